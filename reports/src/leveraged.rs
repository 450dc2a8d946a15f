//! Leveraged positions: how far each has fallen from its initial value (Art. 62(2) of Delegated Regulation (EU)
//! 2017/565).
//!
//! The initial value of a position is what its open units cost by the portfolio's method, without charges and in the
//! currency of the instrument; of a short position it is what it brought. Units that are bought later count with their
//! own cost, and units that are sold take theirs with them. A position that was closed begins anew.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::positions::Position;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, InstrumentId, PortfolioId};

/// Multiples of ten percent that are told: of a short position ten times what it brought can be lost, and more.
const STEP_MAX: i64 = 100;

/// A position that fell through one or more multiples of ten percent of its initial value on a date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeveragedFall {
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// The instrument.
    pub instrument_id: InstrumentId,
    /// The valuation date on which the position was opened.
    pub held_since: BusinessDate,
    /// The date of the fall.
    pub business_date: BusinessDate,
    /// Multiples of ten percent by which it had fallen at the most on earlier dates.
    pub step_before: i64,
    /// Multiples of ten percent by which it has fallen: 1 from -10 % on.
    pub step: i64,
}

impl LeveragedFall {
    /// The names of what happened, one for each multiple that the value fell through.
    pub fn events(&self) -> impl Iterator<Item = String> {
        (self.step_before + 1..=self.step).map(|step| format!("{}:{}:{step}", self.instrument_id, self.held_since))
    }
}

/// What the name of an event is about: the instrument, since when it was held, and the multiple.
pub(crate) fn event_named(name: &str) -> Option<(InstrumentId, BusinessDate, i64)> {
    let mut parts = name.rsplitn(3, ':');
    let (step, since, instrument) = (parts.next()?, parts.next()?, parts.next()?);
    Some((instrument.parse().ok()?, since.parse().ok()?, step.parse().ok()?))
}

/// The initial value of a position; none if it is not known, or nothing is held.
///
/// Charges that nobody knows, as of units that were brought in, stay inside the cost: of a long and of a short position
/// the fall then looks deeper than it is, and the client is told earlier and never later.
pub(crate) fn initial_value(position: &Position) -> Option<Decimal> {
    let cost = position.cost?.decimal();
    let without_charges = match position.charges {
        Some(charges) => cost.checked_sub(charges.decimal())?,
        None => cost,
    };
    Some(without_charges).filter(|initial| !initial.is_zero() && !position.quantity.decimal().is_zero())
}

/// The change from an initial value, a fraction: -0.15 if 15 % are lost. None if it has no size.
pub(crate) fn change(initial: Decimal, value: Decimal) -> Option<Decimal> {
    value.checked_sub(initial)?.checked_div(initial.abs())
}

/// The multiples of ten percent in a change.
fn step_of(change: Decimal) -> i64 {
    let tenths = change.checked_mul(Decimal::from(-10)).unwrap_or(Decimal::MAX).floor();
    tenths.to_i64().unwrap_or(STEP_MAX).clamp(0, STEP_MAX)
}

/// The falls that valuations tell of, in order of portfolio, instrument and date.
///
/// Of a position that was open before the first valuation it is not known how far it had fallen: what it had lost by
/// then is no news.
///
/// - `positions`: all changes of the positions up to the last valuation, in any order.
/// - `valuations`: of some dates without a gap, in any order.
pub(crate) fn falls(positions: &[Position], valuations: &[Valuation]) -> Vec<LeveragedFall> {
    let mut changes: BTreeMap<(&PortfolioId, &InstrumentId), Vec<&Position>> = BTreeMap::new();
    for row in positions {
        changes.entry((&row.portfolio_id, &row.instrument_id)).or_default().push(row);
    }
    changes.values_mut().for_each(|rows| rows.sort_by_key(|row| row.business_date));
    let mut values: Vec<&Valuation> = valuations.iter().collect();
    values.sort_by_key(|row| (&row.portfolio_id, &row.instrument_id, row.business_date));
    let first_date = values.iter().map(|row| row.business_date).min();
    let mut deepest: BTreeMap<(&PortfolioId, &InstrumentId, BusinessDate), i64> = BTreeMap::new();
    let mut found = Vec::new();
    for row in values {
        let (portfolio, instrument) = (&row.portfolio_id, &row.instrument_id);
        let rows = changes.get(&(portfolio, instrument)).map_or(&[][..], Vec::as_slice);
        let Some((position, held_since)) = held_on(rows, row.business_date) else { continue };
        let Some(value) = row.value else { continue };
        let Some(step) = initial_value(position).and_then(|initial| change(initial, value.decimal())).map(step_of)
        else {
            continue;
        };
        let is_young = first_date.is_some_and(|first| first <= held_since);
        let before = deepest.entry((portfolio, instrument, held_since)).or_insert(if is_young { 0 } else { step });
        if *before < step {
            found.push(LeveragedFall {
                portfolio_id: portfolio.clone(),
                instrument_id: instrument.clone(),
                held_since,
                business_date: row.business_date,
                step_before: *before,
                step,
            });
            *before = step;
        }
    }
    found
}

/// The position in force on a date, and since when it has been open on its side; none if nothing is held.
fn held_on<'a>(rows: &[&'a Position], date: BusinessDate) -> Option<(&'a Position, BusinessDate)> {
    let mut held: Option<(&Position, BusinessDate)> = None;
    for row in rows.iter().take_while(|row| row.business_date <= date) {
        let quantity = row.quantity.decimal();
        held = match held {
            _ if quantity.is_zero() => None,
            Some((before, since)) if before.quantity.decimal().is_sign_negative() == quantity.is_sign_negative() => {
                Some((row, since))
            }
            _ => Some((row, row.business_date)),
        };
    }
    held
}

#[cfg(test)]
mod tests {
    use schemas::{Amount, Currency, Quantity};

    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    fn position(on: &str, quantity: &str, cost: &str) -> Position {
        Position {
            portfolio_id: "D01".parse().expect("an id"),
            instrument_id: "M~CERT".parse().expect("an id"),
            business_date: date(on),
            quantity: Quantity::new(number(quantity)),
            currency: Currency::EUR,
            cost: Some(Amount::new(number(cost))),
            cost_base: None,
            charges: Some(Amount::new(number("1"))),
            charges_base: None,
        }
    }

    fn valuation(on: &str, value: &str) -> Valuation {
        Valuation {
            portfolio_id: "D01".parse().expect("an id"),
            instrument_id: "M~CERT".parse().expect("an id"),
            business_date: date(on),
            quantity: Quantity::new(number("10")),
            price: None,
            price_date: None,
            price_basis: "quote".to_owned(),
            currency: Currency::EUR,
            value: Some(Amount::new(number(value))),
            fx_rate: None,
            fx_rate_date: None,
            value_base: None,
        }
    }

    fn found(positions: &[Position], values: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
        let valuations: Vec<Valuation> = values.iter().map(|(on, value)| valuation(on, value)).collect();
        let falls = falls(positions, &valuations).into_iter();
        falls.map(|fall| (fall.business_date.to_string(), fall.events().collect())).collect()
    }

    fn told(on: &str, events: &[&str]) -> (String, Vec<String>) {
        (on.to_owned(), events.iter().map(|event| (*event).to_owned()).collect())
    }

    #[test]
    fn each_multiple_of_ten_percent_of_the_initial_value_is_told_once() {
        // 101 paid, 1 of it charges: 100. 90 is the first multiple itself, 90.01 is above it; 69 are two more at once.
        let bought = [position("2024-01-02", "10", "101")];
        let values = [("2024-01-02", "99"), ("2024-01-03", "90.01"), ("2024-01-04", "90"), ("2024-01-05", "95")];
        let later = [("2024-01-08", "89"), ("2024-01-09", "69")];
        let expected = [
            told("2024-01-04", &["M~CERT:2024-01-02:1"]),
            told("2024-01-09", &["M~CERT:2024-01-02:2", "M~CERT:2024-01-02:3"]),
        ];
        assert_eq!(found(&bought, &[&values[..], &later[..]].concat()), expected);
        assert_eq!(event_named("M~CERT:2024-01-02:3"), Some((bought[0].instrument_id.clone(), date("2024-01-02"), 3)));
        assert_eq!(event_named("2024-01-02:3"), None);
    }

    #[test]
    fn charges_that_nobody_knows_stay_inside_and_the_client_is_told_earlier() {
        let unknown = |quantity: &str, cost: &str| Position { charges: None, ..position("2024-01-02", quantity, cost) };
        // Of 101 a tenth is lost at 90.90; of the 100 without charges it would be at 90.
        let falls = found(&[unknown("10", "101")], &[("2024-01-02", "101"), ("2024-01-03", "90.90")]);
        assert_eq!(falls, [told("2024-01-03", &["M~CERT:2024-01-02:1"])]);
        // Of 99 received a tenth is lost at 108.90; of the 100 without charges it would be at 110.
        let falls = found(&[unknown("-10", "-99")], &[("2024-01-02", "-99"), ("2024-01-03", "-108.90")]);
        assert_eq!(falls, [told("2024-01-03", &["M~CERT:2024-01-02:1"])]);
    }

    #[test]
    fn a_short_position_loses_when_its_value_grows_and_more_than_all_can_be_lost() {
        // 99 received after a charge of 1: 100. To buy it back costs 350: 250 % are lost.
        let sold = [position("2024-01-02", "-10", "-99")];
        let falls = found(&sold, &[("2024-01-02", "-100"), ("2024-01-03", "-119"), ("2024-01-04", "-350")]);
        assert_eq!(falls.iter().map(|(_, events)| events.len()).collect::<Vec<_>>(), [1, 24]);
    }

    #[test]
    fn a_position_that_was_closed_begins_anew_and_what_was_lost_before_is_no_news() {
        let again =
            [position("2024-01-02", "10", "101"), position("2024-01-04", "0", "0"), position("2024-01-05", "10", "51")];
        let falls = found(&again, &[("2024-01-02", "100"), ("2024-01-03", "50"), ("2024-01-05", "44")]);
        assert_eq!(falls.last(), Some(&told("2024-01-05", &["M~CERT:2024-01-05:1"])));
        // Half is lost before the first valuation that is looked at: the next multiple is news, these five are not.
        let old = [position("2023-06-01", "10", "101")];
        let falls = found(&old, &[("2024-01-02", "50"), ("2024-01-03", "39")]);
        assert_eq!(falls, [told("2024-01-03", &["M~CERT:2023-06-01:6"])]);
    }
}
