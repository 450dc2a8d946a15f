//! One portfolio on one date under every scenario in force, by position; and which uniform fall loses so much.
//!
//! It is what a night computes for gold.stress, by the same functions, with the parts that a night does not keep.

use std::collections::BTreeSet;

use analytics::estimate;
use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::classifications::Classification;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, InstrumentId};

use super::effects::{Effect, Held, classes, effects};
use super::likeliest::{Likeliest, likeliest};
use super::replays::{Ends, days_of};
use super::reverse::{ReverseFall, falls};
use super::scenario::{StressScenario, by_market, in_force};
use super::total::{Line, Total, too_early, total};
use super::{built_in, versions};
use crate::error::Error;
use crate::{AgeLimits, StageReport};

/// A portfolio under stress.
#[derive(Clone, Debug)]
pub struct Stressed {
    /// The sum of the values of its positions in the base currency, an estimate; none if one is unknown.
    pub value: Option<f64>,
    /// Every scenario in force on the date, by id.
    pub scenarios: Vec<UnderScenario>,
    /// Which uniform falls lose the part of the value that was asked for.
    pub falls: Vec<ReverseFall>,
    /// The least unusual move of everything together that loses as much, or why there is none.
    pub likeliest: Result<Likeliest, String>,
}

/// A portfolio under one scenario.
#[derive(Clone, Debug)]
pub struct UnderScenario {
    /// The scenario.
    pub scenario: StressScenario,
    /// Whether nights keep a row of it.
    pub is_of_night: bool,
    /// All positions together.
    pub total: Total,
    /// Each position, the largest change first; none if the scenario says nothing of the date.
    pub positions: Vec<UnderStress>,
}

/// A position under a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct UnderStress {
    /// The instrument, or cash.
    pub instrument_id: InstrumentId,
    /// What it is worth in the base currency, an estimate; none if it is not known.
    pub value: Option<f64>,
    /// What happens to it, or why that cannot be computed.
    pub change: Result<PositionChange, String>,
}

/// What happens to a position.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionChange {
    /// The change of its price, a fraction.
    pub price_change: f64,
    /// The change of its currency against the base currency, a fraction.
    pub exchange_change: f64,
    /// What the price does at the old rate, in the base currency; none if the value is not known.
    pub price_profit: Option<f64>,
    /// What the rate does at the new price.
    pub exchange_profit: Option<f64>,
    /// The part of it that a change reaches.
    pub reached_fraction: f64,
    /// Why nobody knows what would happen to it, or to a part of it; none if that is known.
    pub gap: Option<String>,
}

impl PositionChange {
    /// What price and rate do together; none if the value is not known.
    pub fn profit(&self) -> Option<f64> {
        Some(self.price_profit? + self.exchange_profit?)
    }
}

/// Puts the positions of a portfolio on a date under every scenario in force, and asks which uniform falls lose a part
/// of the value.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn stressed(
    lake: &Lake,
    portfolio: &Portfolio,
    date: BusinessDate,
    age_limits: AgeLimits,
    loss_fraction: f64,
) -> Result<Stressed, Error> {
    let mut report = StageReport::default();
    let mut scenarios = built_in::all()?;
    scenarios.extend(by_market(versions::stored(lake).await?).remove(&portfolio.market_id).unwrap_or_default());
    let markets = BTreeSet::from([portfolio.market_id.clone()]);
    let days = days_of(scenarios.iter(), date);
    let ends = Ends::read(lake, age_limits, &markets, &days, &mut report).await?;
    let valuations = lake::read::valuations(lake, &portfolio.portfolio_id, date).await?;
    let snapshot = lake.snapshot(Classification::TABLE).await?;
    let named = BTreeSet::from([portfolio.market_id.to_string()]);
    let rows: Vec<Classification> =
        lake::read::rows_named(&snapshot, lake, DateRange::ALL, &[("market_id", &named)]).await?;
    let classes = classes(&rows);
    let held: Vec<Held<'_>> = valuations
        .iter()
        .map(|row| Held {
            instrument_id: &row.instrument_id,
            currency: ends.currency_of(&row.instrument_id),
            classes: classes.get(&row.instrument_id).map_or(&[][..], Vec::as_slice),
            durations: ends.durations_of(&row.instrument_id),
        })
        .collect();
    let values: Vec<f64> = valuations.iter().map(value_of).collect();
    let closes = ends.of(&portfolio.market_id, &portfolio.fx_source);
    let mut found = Vec::new();
    for scenario in in_force(&scenarios, date) {
        let effects = effects(scenario, portfolio.base_currency, &held, &closes);
        let lines: Vec<Line<'_>> = held
            .iter()
            .zip(&values)
            .zip(&effects)
            .map(|((held, value), effect)| Line { instrument_id: held.instrument_id, value: *value, effect })
            .collect();
        let (together, positions) = match too_early(scenario, date) {
            Some(reason) => (Total::unavailable(reason), Vec::new()),
            None => (total(&lines), largest_first(lines.iter().map(position).collect())),
        };
        let is_of_night = !built_in::is_on_request(&scenario.id);
        found.push(UnderScenario { scenario: scenario.clone(), is_of_night, total: together, positions });
    }
    let value = analytics::statistics::neumaier_sum(values.iter().copied());
    let value = Some(value).filter(|value| !value.is_nan());
    let falls = falls(portfolio.base_currency, &held, &values, loss_fraction);
    let positions: Vec<(InstrumentId, f64)> =
        valuations.iter().zip(&values).map(|(row, value)| (row.instrument_id.clone(), *value)).collect();
    let loss = value.map_or(f64::NAN, |value| loss_fraction * value);
    let likeliest = likeliest(lake, portfolio, (date, age_limits), &positions, loss).await?;
    Ok(Stressed { value, scenarios: found, falls, likeliest })
}

/// The value of a position in the base currency, as the night estimates it; NaN if it is not known.
fn value_of(row: &Valuation) -> f64 {
    let units = row.value_base.and_then(|value| value.to_units().ok());
    units.map_or(f64::NAN, |units| estimate(units) / 10_f64.powi(i32::from(Amount::SCALE)))
}

fn position(line: &Line<'_>) -> UnderStress {
    let value = Some(line.value).filter(|value| !value.is_nan());
    let change = |effect: &Effect| PositionChange {
        price_change: effect.price,
        exchange_change: effect.exchange,
        price_profit: value.map(|value| value * effect.price_profit()),
        exchange_profit: value.map(|value| value * effect.exchange_profit()),
        reached_fraction: effect.reached,
        gap: effect.unknown.map(|(_, gap)| gap.to_string()),
    };
    UnderStress {
        instrument_id: line.instrument_id.clone(),
        value,
        change: line.effect.as_ref().map(change).map_err(Clone::clone),
    }
}

/// The largest loss or gain first; of equal ones in the order of the instruments.
fn largest_first(mut positions: Vec<UnderStress>) -> Vec<UnderStress> {
    let size =
        |position: &UnderStress| position.change.as_ref().ok().and_then(PositionChange::profit).map_or(0.0, f64::abs);
    positions.sort_by(|left, right| {
        size(right).total_cmp(&size(left)).then_with(|| left.instrument_id.cmp(&right.instrument_id))
    });
    positions
}
