//! The return of a period in parts by the currencies of what was held, from the rows that the nights keep.
//!
//! The mathematics is that of [`currency_split`](crate::currency_split); here the days of a portfolio are put together,
//! and what cannot be split says why.

use std::collections::{BTreeMap, BTreeSet};

use schemas::table::Record;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, BusinessDate, Currency, InstrumentId};

use crate::attribution::AttributionError;
use crate::currency_split::{CurrencyParts, CurrencySplit, PositionAmounts, SplitDay, link, parts_of};
use crate::series::DatedNumber;

/// The return of a period by the currencies of what was held.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodSplit {
    /// The figures of the whole portfolio, and the linked parts of each currency.
    pub whole: CurrencySplit,
    /// The currencies, in the order of the parts.
    pub currencies: Vec<Currency>,
}

/// What was there to earn the return of each date, in units of the tenth decimal of the base currency.
pub type CapitalByDate = BTreeMap<BusinessDate, i128>;

/// The capital of some days: what the portfolio was worth before, and what the client brought in.
pub fn capital_by_date(returns: &[DailyReturn]) -> CapitalByDate {
    let capital = |row: &DailyReturn| row.begin_value?.to_units().ok()?.checked_add(row.inflow?.to_units().ok()?);
    returns.iter().filter_map(|row| Some((row.business_date, capital(row)?))).collect()
}

/// What the positions of a portfolio were worth and what moved, in order of date and instrument.
#[derive(Clone, Debug, Default)]
pub struct SplitPositions(Vec<PositionDay>);

/// A position on a date.
#[derive(Clone, Debug)]
struct PositionDay {
    date: BusinessDate,
    instrument: InstrumentId,
    currency: Currency,
    /// In its own currency and in the base currency; none if an amount is unknown.
    amounts: Option<(PositionAmounts, PositionAmounts)>,
}

impl SplitPositions {
    /// Takes in rows of the portfolio, in any order.
    pub fn add(&mut self, rows: &[PositionReturn]) {
        self.0.extend(rows.iter().map(PositionDay::of));
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Brings the rows into the order of their days, which [`SplitPositions::split`] relies on.
    #[must_use]
    pub fn in_order(mut self) -> SplitPositions {
        self.0.sort_by(|left, right| (left.date, &left.instrument).cmp(&(right.date, &right.instrument)));
        self
    }

    /// The return of the days of a period in parts by currency.
    ///
    /// # Errors
    /// The reason, if the capital, the positions or an amount of a day are not known, or the days cannot be linked.
    pub fn split(&self, returns: &[DatedNumber], capital: &CapitalByDate) -> Result<PeriodSplit, String> {
        let of_day = |date: BusinessDate| {
            let start = self.0.partition_point(|day| day.date < date);
            let end = self.0.partition_point(|day| day.date <= date);
            self.0.get(start..end).unwrap_or_default()
        };
        let held = returns.iter().flat_map(|day| of_day(day.date).iter().map(|position| position.currency));
        let currencies: Vec<Currency> = held.collect::<BTreeSet<Currency>>().into_iter().collect();
        let mut days = Vec::with_capacity(returns.len());
        for day in returns {
            let capital = capital.get(&day.date).copied();
            let capital = capital.ok_or_else(|| format!("the capital of {} is not known", day.date))?;
            let mut segments = vec![CurrencyParts::default(); currencies.len()];
            let positions = of_day(day.date);
            if positions.is_empty() {
                let table = PositionReturn::TABLE.name;
                let date = day.date;
                return Err(format!("{table} has no rows of {date}; `financr run rollup --date {date}` makes them"));
            }
            for position in positions {
                let place = currencies.binary_search(&position.currency).ok();
                if let Some(segment) = place.and_then(|place| segments.get_mut(place)) {
                    segment.add(&position.parts(capital)?);
                }
            }
            days.push(SplitDay { return_fraction: day.number, segments });
        }
        let whole = link(&days).map_err(|error| reason(&error, returns))?;
        Ok(PeriodSplit { whole, currencies })
    }
}

impl PositionDay {
    fn of(row: &PositionReturn) -> PositionDay {
        let local = amounts_of([row.begin_value, row.inflow, row.outflow, row.end_value]);
        let base = amounts_of([row.begin_value_base, row.inflow_base, row.outflow_base, row.end_value_base]);
        PositionDay {
            date: row.business_date,
            instrument: row.instrument_id.clone(),
            currency: row.currency,
            amounts: local.zip(base),
        }
    }

    fn parts(&self, capital: i128) -> Result<CurrencyParts, String> {
        let parts = self.amounts.and_then(|(local, base)| parts_of(local, base, capital));
        parts.ok_or_else(|| format!("what {} was worth or what moved on {} is not known", self.instrument, self.date))
    }
}

fn amounts_of(amounts: [Option<Amount>; 4]) -> Option<PositionAmounts> {
    let [begin, inflow, outflow, end] = amounts.map(|amount| amount.and_then(|amount| amount.to_units().ok()));
    Some(PositionAmounts { begin: begin?, inflow: inflow?, outflow: outflow?, end: end? })
}

/// Why days cannot be linked, with the date instead of its number.
fn reason(error: &AttributionError, returns: &[DatedNumber]) -> String {
    let date_of = |period: usize| {
        let day = period.checked_sub(1).and_then(|place| returns.get(place));
        day.map_or_else(|| format!("day {period}"), |day| day.date.to_string())
    };
    match error {
        AttributionError::Unexplained { period, .. } => {
            format!("what the positions earned on {} does not add up to the return of the day", date_of(*period))
        }
        AttributionError::TotalLoss { period } => {
            format!("everything was lost on {}, and no day can be linked to that", date_of(*period))
        }
        AttributionError::Nothing { .. } => "the period has no daily return".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, date};

    fn amount(number: i64) -> Option<Amount> {
        Some(Amount::new(number.into()))
    }

    #[test]
    fn a_share_in_dollars_over_two_days_by_hand() {
        // Day one: 10 % in dollars and 5 % of the dollar on 800 of 1,000 euro; day two: nothing, and the dollar back.
        let row = |on: &str, [begin, end]: [i64; 2], [begin_base, end_base]: [i64; 2]| PositionReturn {
            portfolio_id: "P1".parse().unwrap(),
            instrument_id: "M~USD1".parse().unwrap(),
            business_date: date(on),
            currency: Currency::USD,
            begin_value: amount(begin),
            inflow: amount(0),
            outflow: amount(0),
            end_value: amount(end),
            begin_value_base: amount(begin_base),
            inflow_base: amount(0),
            outflow_base: amount(0),
            end_value_base: amount(end_base),
            return_fraction: None,
            local_return_fraction: None,
            currency_return_fraction: None,
            cross_return_fraction: None,
            contribution_fraction: None,
        };
        let days = ["2014-01-03", "2014-01-06"];
        let dollars = [row(days[1], [1100, 1100], [924, 880]), row(days[0], [1000, 1100], [800, 924])];
        let euros = days.map(|on| PositionReturn {
            instrument_id: "CASH~EUR".parse().unwrap(),
            currency: Currency::EUR,
            ..row(on, [200, 200], [200, 200])
        });
        let mut positions = SplitPositions::default();
        positions.add(&dollars);
        positions.add(&euros);
        assert_eq!(positions.count(), 4);
        let positions = positions.in_order();
        let returns = [(days[0], 0.124), (days[1], -44.0 / 1124.0)];
        let returns = returns.map(|(on, number)| DatedNumber { date: date(on), number });
        let unit = 10_i128.pow(10);
        let capital = BTreeMap::from([(date(days[0]), 1000 * unit), (date(days[1]), 1124 * unit)]);
        let found = positions.split(&returns, &capital).unwrap();
        assert_eq!(found.currencies, [Currency::EUR, Currency::USD]);
        // 1.08 in local currencies on the first day, 1 on the second; 1,080 of 1,000 in all, all of it in dollars.
        assert_close(found.whole.return_fraction, 0.08);
        assert_close(found.whole.local_return, 0.08);
        assert_close(found.whole.currency_return.unwrap(), 0.0);
        assert_close(found.whole.segments[0].total(), 0.0);
        assert_close(found.whole.segments[1].total(), 0.08);
        let reason = positions.split(&returns, &BTreeMap::new()).unwrap_err();
        assert_eq!(reason, "the capital of 2014-01-03 is not known");
        let reason = SplitPositions::default().split(&returns, &capital).unwrap_err();
        assert!(reason.contains("gold.position_returns has no rows of 2014-01-03"), "{reason}");
        let wrong = returns.map(|day| DatedNumber { number: day.number + 0.01, ..day });
        let reason = positions.split(&wrong, &capital).unwrap_err();
        assert_eq!(reason, "what the positions earned on 2014-01-03 does not add up to the return of the day");
    }
}
