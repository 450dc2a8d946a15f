//! The return of a portfolio in parts, when somebody asks: what was earned in the currencies of its positions and what
//! exchange rates made of it; and beside it the returns of other definitions, with the flows on which they depend.
//!
//! Nothing of it is kept by a night: it follows from gold.position_returns, gold.daily_returns and gold.cash_flows.

use std::collections::{BTreeMap, BTreeSet};

use analytics::attribution::AttributionError;
use analytics::currency_split::{PositionAmounts, SplitDay, link, parts_of};
use analytics::large_flows::{large_flows, linked_at_large_flows};
use analytics::measures::{modified_dietz_large_flows, return_on_average_capital};
use analytics::{DatedNumber, Measure, PerformanceSeries};
use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, MeasureValue, ReportingPeriod};

use crate::error::Error;
use crate::rollups::measures::series_of_every_date;

pub use analytics::currency_split::{CurrencyParts, CurrencySplit};
pub use analytics::large_flows::{LARGE_FLOW_FRACTION, LargeFlow};

/// What there is to say beside the time-weighted return.
#[derive(Clone, Debug, PartialEq)]
pub struct ReturnParts {
    /// The large flows of the longest of the periods, or why they are not known.
    pub large_flows: Result<Vec<LargeFlow>, String>,
    /// The periods, as asked for.
    pub periods: Vec<PeriodParts>,
}

/// The parts of one period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodParts {
    /// The period.
    pub period: ReportingPeriod,
    /// The measure `return_on_average_capital`.
    pub on_average_capital: MeasureValue,
    /// Modified Dietz between the large flows of the policy, linked.
    pub at_large_flows: MeasureValue,
    /// The return in local parts and those of exchange rates, or why it cannot be split; none if the period is longer
    /// than was asked for.
    pub split: Option<Result<PeriodSplit, String>>,
}

/// The return of a period by the currencies of what was held.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodSplit {
    /// The figures of the whole portfolio, and the linked parts of each currency.
    pub whole: CurrencySplit,
    /// The currencies, in the order of the parts.
    pub currencies: Vec<Currency>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AskedReturns<'a> {
    /// The day on which all periods end.
    pub date: BusinessDate,
    /// The periods.
    pub periods: &'a [ReportingPeriod],
    /// The part of the value before from which on flows are large.
    pub large_flow_fraction: f64,
    /// Days of a period whose return is split at most: the positions of every day are read for it.
    pub split_days_max: i64,
}

/// The measure of [`PeriodParts::on_average_capital`].
pub fn measure_on_average_capital() -> &'static Measure {
    &return_on_average_capital::MEASURE
}

/// The measure of [`PeriodParts::at_large_flows`], at the policy that a house has without saying so.
pub fn measure_at_large_flows() -> &'static Measure {
    &modified_dietz_large_flows::MEASURE
}

/// The parts of the return over periods that end on a date. `returns` are the daily returns of the portfolio's life up
/// to the date, in order of date.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn return_parts(
    lake: &Lake,
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    asked: &AskedReturns<'_>,
) -> Result<ReturnParts, Error> {
    let (id, date) = (&portfolio.portfolio_id, asked.date);
    let flows = lake::read::cash_flows(lake, id, portfolio.start_date.min(date), date).await?;
    let series = |period: &ReportingPeriod| (*period, series_of_every_date(portfolio, returns, &flows, date, *period));
    let series: Vec<(ReportingPeriod, Result<PerformanceSeries, String>)> = asked.periods.iter().map(series).collect();
    let known = || series.iter().filter_map(|(_, series)| series.as_ref().ok());
    let is_split = |series: &PerformanceSeries| series.days() <= asked.split_days_max;
    let since = known().filter(|series| is_split(series)).map(|series| series.opening_date).min();
    let range = DateRange::between(since.unwrap_or(date).min(date), date);
    let positions = Positions::read(lake, portfolio, range).await?;
    let capital = capital_by_date(returns);
    let of_period = |(period, series): &(ReportingPeriod, Result<PerformanceSeries, String>)| match series {
        Ok(series) => PeriodParts {
            period: *period,
            on_average_capital: return_on_average_capital::MEASURE.of(series),
            at_large_flows: match linked_at_large_flows(series, asked.large_flow_fraction) {
                Ok(number) => MeasureValue::finite(number, "the modified Dietz return between large flows"),
                Err(reason) => reason.into(),
            },
            split: is_split(series).then(|| positions.split(&series.returns, &capital)),
        },
        Err(reason) => PeriodParts {
            period: *period,
            on_average_capital: MeasureValue::Unavailable(reason.clone()),
            at_large_flows: MeasureValue::Unavailable(reason.clone()),
            split: Some(Err(reason.clone())),
        },
    };
    let large = match known().min_by_key(|series| series.opening_date) {
        Some(series) => large_flows(series, asked.large_flow_fraction).map_err(|reason| reason.to_string()),
        None => Err(format!("no period up to {date} has figures")),
    };
    Ok(ReturnParts { large_flows: large, periods: series.iter().map(of_period).collect() })
}

/// What was there to earn the return of each date, in units of the tenth decimal of the base currency.
fn capital_by_date(returns: &[DailyReturn]) -> BTreeMap<BusinessDate, i128> {
    let capital = |row: &DailyReturn| row.begin_value?.to_units().ok()?.checked_add(row.inflow?.to_units().ok()?);
    returns.iter().filter_map(|row| Some((row.business_date, capital(row)?))).collect()
}

/// What positions were worth and what moved, in order of date and instrument.
struct Positions(Vec<PositionDay>);

/// A position on a date.
struct PositionDay {
    date: BusinessDate,
    instrument: InstrumentId,
    currency: Currency,
    /// In its own currency and in the base currency; none if an amount is unknown.
    amounts: Option<(PositionAmounts, PositionAmounts)>,
}

impl Positions {
    async fn read(lake: &Lake, portfolio: &Portfolio, range: DateRange) -> Result<Positions, Error> {
        let snapshot = lake.snapshot(PositionReturn::TABLE).await?.restricted_to(range);
        let columns: Vec<&str> = PositionReturn::TABLE.columns.iter().map(|column| column.name).collect();
        let only = (&portfolio.portfolio_id, &portfolio.portfolio_id);
        let mut days = Vec::new();
        lake::read::each_batch_between(&snapshot, lake, range, &columns, only, |batch| {
            let rows = PositionReturn::from_batch(batch).map_err(lake::Error::from)?;
            days.extend(rows.iter().map(PositionDay::of));
            Ok::<(), Error>(())
        })
        .await?;
        days.sort_by(|left, right| (left.date, &left.instrument).cmp(&(right.date, &right.instrument)));
        Ok(Positions(days))
    }

    /// The return of the days of a period in parts by currency.
    fn split(&self, returns: &[DatedNumber], capital: &BTreeMap<BusinessDate, i128>) -> Result<PeriodSplit, String> {
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
