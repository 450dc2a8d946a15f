//! Which method counts for each tail, with its forecast, and which methods were demoted.

use std::cmp::Ordering;

use analytics::risk::{RiskMethod, cornish_fisher, ewma, filtered_historical, historical, normal, risk_method};
use schemas::tables::backtests::BacktestRow;
use schemas::tables::risk_forecasts::RiskForecast;
use serde::Serialize;
use utoipa::ToSchema;

/// The methods in the order in which they count (docs/RISK.md).
static ORDER: [&RiskMethod; 5] =
    [&historical::METHOD, &filtered_historical::METHOD, &ewma::METHOD, &cornish_fisher::METHOD, &normal::METHOD];
/// The zone of methods that lose their place.
const RED: &str = "red";

/// The method that counts for a tail, and what it says about the next valuation date.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct MethodInForce {
    /// The probability of the tail: 0.05, 0.025 or 0.01.
    #[schema(example = 0.01)]
    tail: f64,
    /// The method; null if none is in force.
    #[schema(example = "historical")]
    method: Option<String>,
    /// What it does, with its parameters.
    #[schema(value_type = Option<String>)]
    definition: Option<&'static str>,
    /// The loss that the next day exceeds with the tail's probability, a fraction of the value.
    #[schema(example = 0.021)]
    value_at_risk: Option<f64>,
    /// The mean loss in the tail, a fraction of the value.
    #[schema(example = 0.034)]
    expected_shortfall: Option<f64>,
    /// The daily returns that the forecast was made from.
    #[schema(example = 500)]
    return_count: Option<i64>,
    /// Its zone of the Basel traffic light, the worse of both profits and losses; null if it has not been judged.
    #[schema(example = "green")]
    zone: Option<String>,
    /// The methods that would have counted before it and are red.
    demoted: Vec<DemotedMethod>,
    /// Why no method is in force; null if one is.
    unavailable_reason: Option<String>,
}

/// A method that was demoted because its backtest is red.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct DemotedMethod {
    /// The method.
    #[schema(example = "historical")]
    method: String,
    /// By which profit and loss it has most exceedances: `actual` or `hypothetical`.
    #[schema(example = "actual")]
    profit_and_loss: String,
    /// Days that had a forecast.
    #[schema(example = 250)]
    day_count: i64,
    /// Those of them that lost more than the value at risk.
    #[schema(example = 11)]
    exceedance_count: i64,
}

/// The method in force of each tail, the widest tail first.
pub(super) fn methods_in_force(forecasts: &[RiskForecast], backtests: &[BacktestRow]) -> Vec<MethodInForce> {
    let of_both = forecasts.iter().map(|row| row.tail).chain(backtests.iter().map(|row| row.tail));
    let mut tails: Vec<f64> = of_both.collect();
    tails.sort_by(|one, other| other.total_cmp(one));
    tails.dedup_by(|one, other| is_same(*one, *other));
    tails.into_iter().map(|tail| of_tail(tail, forecasts, backtests)).collect()
}

fn of_tail(tail: f64, forecasts: &[RiskForecast], backtests: &[BacktestRow]) -> MethodInForce {
    let judged: Vec<&BacktestRow> = backtests.iter().filter(|row| is_same(row.tail, tail)).collect();
    let in_force = worst(judged.iter().copied().filter(|row| row.is_in_force));
    let place = in_force.map_or(ORDER.len(), |row| place_of(&row.method));
    let red = |method: &RiskMethod| {
        worst(judged.iter().copied().filter(|row| row.method == method.id && row.zone.as_deref() == Some(RED)))
    };
    let demoted: Vec<DemotedMethod> =
        ORDER.iter().take(place).filter_map(|method| red(method)).map(DemotedMethod::from).collect();
    let method = in_force.map(|row| row.method.as_str());
    let forecast = forecasts.iter().find(|row| is_same(row.tail, tail) && Some(row.method.as_str()) == method);
    let none_judged = "no forecast of this date has been judged";
    let all_red = "every method that has a forecast of this date is red";
    let reason = || if demoted.is_empty() { none_judged } else { all_red }.to_owned();
    MethodInForce {
        tail,
        definition: method.and_then(|id| risk_method(id).ok()).map(|known| known.definition),
        value_at_risk: forecast.and_then(|row| row.value_at_risk),
        expected_shortfall: forecast.and_then(|row| row.expected_shortfall),
        return_count: forecast.map(|row| row.return_count),
        zone: in_force.and_then(|row| row.zone.clone()),
        unavailable_reason: in_force.is_none().then(reason),
        method: method.map(str::to_owned),
        demoted,
    }
}

impl From<&BacktestRow> for DemotedMethod {
    fn from(row: &BacktestRow) -> DemotedMethod {
        DemotedMethod {
            method: row.method.clone(),
            profit_and_loss: row.profit_and_loss.clone(),
            day_count: row.day_count,
            exceedance_count: row.exceedance_count,
        }
    }
}

/// Of the rows of a method the one with most exceedances; of two with as many the actual one.
fn worst<'a>(rows: impl Iterator<Item = &'a BacktestRow>) -> Option<&'a BacktestRow> {
    rows.max_by_key(|row| (row.exceedance_count, row.profit_and_loss == "actual"))
}

fn place_of(id: &str) -> usize {
    ORDER.iter().position(|method| method.id == id).unwrap_or(ORDER.len())
}

fn is_same(one: f64, other: f64) -> bool {
    one.total_cmp(&other) == Ordering::Equal
}
