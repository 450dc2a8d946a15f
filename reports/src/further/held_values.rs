//! What holdings were worth over a period, added up day by day while the valuations are read.
//!
//! A year of valuations of five hundred portfolios does not fit memory; their sums do.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use lake::DateRange;
use lake::read::HeldClose;
use rust_decimal::Decimal;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::{Amount, BusinessDate, InstrumentId, PortfolioId};

use super::{Further, of};
use crate::gather::Facts;
use crate::span::Span;

/// What one holding was worth while the same costs counted: the sum over valuation dates of its value at the close
/// times the calendar days since the valuation date before.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldValue {
    /// The instrument; never cash.
    pub instrument_id: InstrumentId,
    /// The costs that counted; none if they are not known.
    pub costs: Option<InstrumentCost>,
    /// Value in base currency times calendar days, of the days on which it was known and positive: a short position
    /// bears no costs of its instrument.
    pub value_days: Amount,
    /// Calendar days of closes at which a value was not known.
    pub unknown_days: i64,
}

/// Calendar days by portfolio and valuation date, from the valuation date before or the opening date on.
type Days = BTreeMap<PortfolioId, BTreeMap<BusinessDate, i64>>;

/// The costs of each instrument by the day from which they count.
pub type InstrumentCosts = BTreeMap<InstrumentId, BTreeMap<BusinessDate, InstrumentCost>>;

/// Value times days, and days without a value, by the day from which costs count, if they are known.
type Parts = BTreeMap<Option<BusinessDate>, (Decimal, i64)>;

/// What is added up so far, by the ids as they stand in the rows: there are millions, and none is copied twice.
struct Sums<'a> {
    costs: &'a InstrumentCosts,
    portfolios: HashMap<&'a str, Book<'a>>,
}

/// One portfolio: the days that its closes stand for, and its holdings.
struct Book<'a> {
    days: &'a BTreeMap<BusinessDate, i64>,
    holdings: HashMap<String, (InstrumentId, Parts)>,
}

/// Reads what the holdings of some portfolios were worth.
pub(super) async fn read(
    facts: &Facts,
    span: Span,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let days = days(facts.of(span.days(), only).await?, span.opening);
    let mut costs = InstrumentCosts::new();
    for row in facts.read::<InstrumentCost>(DateRange::ALL).await? {
        costs.entry(row.instrument_id.clone()).or_default().insert(row.valid_from, row);
    }
    let costs = Arc::new(costs);
    days.keys().for_each(|id| of(found, id).instrument_costs = Arc::clone(&costs));
    let portfolios = days.iter().map(|(id, days)| (id.as_str(), Book { days, holdings: HashMap::new() })).collect();
    let mut sums = Sums { costs: &costs, portfolios };
    if let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value()) {
        facts.each_held_close(span.days(), (first, last), |close| sums.take(close)).await?;
    }
    for portfolio_id in days.keys() {
        let Some(book) = sums.portfolios.remove(portfolio_id.as_str()) else { continue };
        let holdings: BTreeMap<InstrumentId, Parts> = book.holdings.into_values().collect();
        for (instrument_id, parts) in holdings {
            let stated = costs.get(&instrument_id);
            let held = parts.into_iter().map(|(from, (value_days, unknown_days))| HeldValue {
                costs: from.and_then(|from| stated?.get(&from)).cloned(),
                instrument_id: instrument_id.clone(),
                value_days: Amount::new(value_days),
                unknown_days,
            });
            of(found, portfolio_id).held_values.extend(held);
        }
    }
    Ok(())
}

fn days(values: Vec<PortfolioValue>, opening: BusinessDate) -> Days {
    let mut days = Days::new();
    for row in values {
        let since = days_of(&row, opening);
        days.entry(row.portfolio_id).or_default().insert(row.business_date, since);
    }
    days
}

/// The calendar days that a close stands for: those since the valuation date before, or since the opening date of the
/// period if that is later. The first close of a portfolio stands for its own day.
pub(crate) fn days_of(row: &PortfolioValue, opening: BusinessDate) -> i64 {
    let since = row.previous_business_date.unwrap_or_else(|| row.business_date.previous_calendar_day());
    row.business_date.days_since(since.max(opening))
}

impl Sums<'_> {
    fn take(&mut self, close: HeldClose<'_>) -> Result<(), lake::Error> {
        let Some(Book { days, holdings }) = self.portfolios.get_mut(close.portfolio_id) else { return Ok(()) };
        let date = close.business_date;
        let Some(days) = days.get(&date).copied() else { return Ok(()) };
        if !holdings.contains_key(close.instrument_id) {
            holdings.insert(close.instrument_id.to_owned(), (close.instrument()?, Parts::new()));
        }
        let held = holdings.get_mut(close.instrument_id).filter(|(id, _)| !id.is_cash());
        let Some((id, parts)) = held else { return Ok(()) };
        let costs = self.costs.get(id);
        let from = costs.and_then(|costs| costs.range(..=date).next_back()).map(|(from, _)| *from);
        let (sum, unknown) = parts.entry(from).or_default();
        let part = close.value_base.map(|value| value.decimal().max(Decimal::ZERO).checked_mul(Decimal::from(days)));
        match part.flatten().and_then(|part| sum.checked_add(part)) {
            Some(added) => *sum = added,
            None => *unknown += days,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use schemas::{Currency, Rate};

    use super::*;

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    fn stated(from: &str) -> InstrumentCost {
        let zero = Rate::ZERO;
        InstrumentCost {
            market_id: "M1".parse().expect("an id"),
            instrument_id: "M1~FUND".parse().expect("an id"),
            valid_from: date(from),
            ongoing: zero,
            transaction: zero,
            incidental: zero,
            entry: zero,
            exit: zero,
            landing_sha256: String::new(),
            line: 2,
        }
    }

    /// Friday 100, Monday 110 with other costs from Saturday on, Tuesday short: 1 · 100; 3 · 110; nothing.
    #[test]
    fn values_count_for_their_days_under_the_costs_of_their_dates() {
        let of_portfolio = [("2024-03-01", 1), ("2024-03-04", 3), ("2024-03-05", 1)];
        let days: Days =
            [("P1".parse().expect("an id"), of_portfolio.map(|(day, days)| (date(day), days)).into())].into();
        let fund: InstrumentId = "M1~FUND".parse().expect("an id");
        let rows = ["2024-01-01", "2024-03-02"].map(|from| (date(from), stated(from)));
        let costs = InstrumentCosts::from([(fund.clone(), rows.into())]);
        let portfolios = days.iter().map(|(id, days)| (id.as_str(), Book { days, holdings: HashMap::new() })).collect();
        let mut sums = Sums { costs: &costs, portfolios };
        let rows = [
            ("M1~FUND", "2024-03-01", Some("100")),
            ("M1~FUND", "2024-03-04", Some("110")),
            ("M1~FUND", "2024-03-05", Some("-50")),
            ("M1~SHARE", "2024-03-04", None),
            ("CASH~EUR", "2024-03-04", Some("999")),
            ("M1~FUND", "2024-02-29", Some("7")),
        ];
        for (instrument_id, on, value) in rows {
            let value_base = value.map(|value| value.parse().expect("an amount"));
            let close = HeldClose { portfolio_id: "P1", instrument_id, business_date: date(on), value_base };
            sums.take(close).expect("taken");
        }
        let holdings = &sums.portfolios["P1"].holdings;
        let (first, second) = (Some(date("2024-01-01")), Some(date("2024-03-02")));
        let expected = Parts::from([(first, (Decimal::from(100), 0)), (second, (Decimal::from(330), 0))]);
        assert_eq!(holdings["M1~FUND"].1, expected);
        assert_eq!(holdings["M1~SHARE"].1, Parts::from([(None, (Decimal::ZERO, 3))]));
        assert!(holdings.values().all(|(id, parts)| id.is_cash() == parts.is_empty()));
    }

    #[test]
    fn a_close_stands_for_the_days_since_the_one_before_inside_the_period() {
        let row = |on: &str, previous: Option<&str>| PortfolioValue {
            portfolio_id: "P1".parse().expect("an id"),
            business_date: date(on),
            previous_business_date: previous.map(date),
            base_currency: Currency::EUR,
            market_value: None,
            securities_value: None,
            cash_value: None,
            position_count: 0,
            carried_price_count: 0,
            missing_count: 0,
            benchmark_level: None,
            risk_free_annual: None,
        };
        let opening = date("2023-12-31");
        assert_eq!(days_of(&row("2024-01-02", Some("2023-12-29")), opening), 2);
        assert_eq!(days_of(&row("2024-01-08", Some("2024-01-05")), opening), 3);
        assert_eq!(days_of(&row("2024-01-08", None), opening), 1);
    }
}
