//! What gold says of one portfolio, under names that do not depend on how its instruments are called.

use std::collections::BTreeMap;

use lake::Lake;
use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::positions::Position;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, InstrumentId};

use crate::samples::all;

/// Amounts of bookings in halves are rounded twice, to ten decimals.
const MONEY: Decimal = Decimal::from_parts(1, 0, 0, false, 8);
/// Daily returns are one division each.
const RETURNS: f64 = 1e-12;
/// Ratios with a denominator next to nothing: a Sharpe ratio of 500 has lost three digits.
const MEASURES: f64 = 1e-8;

/// The rows of gold that pictures are made of.
pub(super) struct Gold {
    positions: Vec<Position>,
    valuations: Vec<Valuation>,
    values: Vec<PortfolioValue>,
    returns: Vec<DailyReturn>,
    measures: Vec<MeasureRow>,
    pub(super) risk: Vec<RiskRow>,
    pub(super) contributions: Vec<RiskContribution>,
}

impl Gold {
    pub(super) async fn read(lake: &Lake) -> Gold {
        Gold {
            positions: all(lake).await,
            valuations: all(lake).await,
            values: all(lake).await,
            returns: all(lake).await,
            measures: all(lake).await,
            risk: all(lake).await,
            contributions: all(lake).await,
        }
    }
}

/// Every figure of a portfolio by a name for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Picture {
    /// Units and exact amounts; none where nobody knows.
    exact: BTreeMap<String, Option<Decimal>>,
    /// Estimates in money.
    money: BTreeMap<String, Option<f64>>,
    /// Returns, by day.
    returns: BTreeMap<String, Option<f64>>,
    /// Measures that are not money.
    measures: BTreeMap<String, Option<f64>>,
    /// Days, and reasons for there being no figure.
    words: BTreeMap<String, String>,
}

/// A name that both names of an instrument share.
fn name_of(instrument: &InstrumentId) -> &str {
    match instrument.symbol() {
        "QQQ" => "AAA",
        "AB" => "BBB",
        "MM" => "USD1",
        other => other,
    }
}

impl Picture {
    pub(super) fn of(gold: &Gold, portfolio: &str) -> Picture {
        let mut picture = Picture::default();
        let exact = &mut picture.exact;
        let amount = |amount: Option<Amount>| amount.map(Amount::decimal);
        for row in gold.positions.iter().filter(|row| row.portfolio_id.as_str() == portfolio) {
            let name = format!("{} {}", name_of(&row.instrument_id), row.business_date);
            exact.insert(format!("quantity {name}"), Some(row.quantity.decimal()));
            exact.insert(format!("cost {name}"), amount(row.cost));
            exact.insert(format!("cost_base {name}"), amount(row.cost_base));
        }
        for row in gold.valuations.iter().filter(|row| row.portfolio_id.as_str() == portfolio) {
            let name = format!("value_base {} {}", name_of(&row.instrument_id), row.business_date);
            exact.insert(name, amount(row.value_base));
        }
        for row in gold.values.iter().filter(|row| row.portfolio_id.as_str() == portfolio) {
            exact.insert(format!("market_value {}", row.business_date), amount(row.market_value));
        }
        for row in gold.returns.iter().filter(|row| row.portfolio_id.as_str() == portfolio) {
            picture.returns.insert(format!("return {}", row.business_date), row.return_fraction);
            picture.returns.insert(format!("benchmark {}", row.business_date), row.benchmark_return_fraction);
        }
        for row in gold.measures.iter().filter(|row| row.portfolio_id.as_str() == portfolio) {
            let name = format!("{} {} {}", row.measure, row.period.code(), row.business_date);
            exact.insert(name.clone(), amount(row.amount));
            picture.measures.insert(name.clone(), row.value);
            picture.words.insert(name, format!("{:?} {:?}", row.value_date, row.unavailable_reason));
        }
        for row in gold.risk.iter().filter(|row| row.portfolio_id.as_str() == portfolio) {
            let name = format!("{} {} {}", row.method, row.tail, row.business_date);
            picture.money.insert(format!("value at risk {name}"), row.value_at_risk);
            picture.money.insert(format!("expected shortfall {name}"), row.expected_shortfall);
        }
        for row in gold.contributions.iter().filter(|row| row.portfolio_id.as_str() == portfolio) {
            let name = format!("contribution {} {}", name_of(&row.instrument_id), row.business_date);
            picture.money.insert(name, row.es_975_contribution);
        }
        picture
    }

    /// What is left of it, by the first word of the names.
    pub(super) fn only(mut self, words: &[&str]) -> Picture {
        let is_kept = |name: &str| words.contains(&name.split(' ').next().unwrap_or_default());
        self.exact.retain(|name, _| is_kept(name));
        self.money.retain(|name, _| is_kept(name));
        self.returns.retain(|name, _| is_kept(name));
        self.measures.retain(|name, _| is_kept(name));
        self.words.retain(|name, _| is_kept(name));
        self
    }

    /// What is left of it without the figures of which the other has none.
    pub(super) fn on_the_days_of(mut self, other: &Picture) -> Picture {
        self.exact.retain(|name, _| other.exact.contains_key(name));
        self.money.retain(|name, _| other.money.contains_key(name));
        self.returns.retain(|name, _| other.returns.contains_key(name));
        self.measures.retain(|name, _| other.measures.contains_key(name));
        self.words.retain(|name, _| other.words.contains_key(name));
        self
    }

    /// Whether the other has the same figures, with so many times the money.
    pub(super) fn is_like(&self, other: &Picture, times: u8) -> Result<(), TestCaseError> {
        prop_assert!(!self.returns.is_empty(), "there is something to compare");
        prop_assert!(self.exact.keys().eq(other.exact.keys()), "the same exact figures");
        for (name, own) in &self.exact {
            let expected = own.map(|own| own * Decimal::from(times));
            match (expected, other.exact.get(name).copied().flatten()) {
                (Some(expected), Some(found)) => {
                    prop_assert!((expected - found).abs() <= MONEY, "{name}: {found}, not {expected}");
                }
                (expected, found) => prop_assert_eq!(expected, found, "{}", name),
            }
        }
        are_close(&self.money, &other.money, f64::from(times), MEASURES)?;
        are_close(&self.returns, &other.returns, 1.0, RETURNS)?;
        are_close(&self.measures, &other.measures, 1.0, MEASURES)?;
        prop_assert_eq!(&self.words, &other.words);
        Ok(())
    }
}

fn are_close(
    own: &BTreeMap<String, Option<f64>>,
    other: &BTreeMap<String, Option<f64>>,
    factor: f64,
    tolerance: f64,
) -> Result<(), TestCaseError> {
    prop_assert!(own.keys().eq(other.keys()), "the same estimates");
    for ((name, own), found) in own.iter().zip(other.values()) {
        match (own.map(|own| own * factor), *found) {
            (Some(expected), Some(found)) => {
                let scale = expected.abs().max(1.0);
                prop_assert!((expected - found).abs() <= tolerance * scale, "{name}: {found}, not {expected}");
            }
            (expected, found) => prop_assert_eq!(expected, found, "{}", name),
        }
    }
    Ok(())
}
