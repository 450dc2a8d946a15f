//! The rows of the gold tables of risk, as callers get them.

use chrono::NaiveDate;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::stress::StressRow;
use schemas::{BusinessDate, InstrumentId};
use serde::Serialize;
use utoipa::ToSchema;

/// What the positions of the date may lose, for one tail. Estimates in the base currency; a loss is positive.
#[derive(Serialize, ToSchema)]
pub(super) struct PositionRisk {
    /// The method: `historical_simulation`.
    #[schema(example = "historical_simulation")]
    method: String,
    /// The probability of the tail: 0.05, 0.025 or 0.01.
    #[schema(example = 0.025)]
    tail: f64,
    /// For how many days ahead.
    #[schema(example = 1)]
    horizon_days: i64,
    /// The loss that is exceeded with the tail's probability; null if there is no figure.
    #[schema(example = 3774.68)]
    value_at_risk: Option<f64>,
    /// The mean loss in the tail; null if there is no figure.
    #[schema(example = 4961.88)]
    expected_shortfall: Option<f64>,
    /// How many scenarios there are.
    #[schema(example = 500)]
    scenario_count: i64,
    /// The positions held, cash included.
    position_count: i64,
    /// The positions left out because their instruments lack returns.
    excluded_count: i64,
    /// Their part of the sum of all values regardless of sign, a fraction; null if a value is unknown.
    excluded_fraction: Option<f64>,
    /// The positions for which something else stands in some scenarios; null in rows from before this was done.
    proxied_count: Option<i64>,
    /// Their part of the sum of all values regardless of sign, a fraction; null if a value is unknown.
    proxied_fraction: Option<f64>,
    /// Why there are no figures; null if there are.
    unavailable_reason: Option<String>,
}

impl From<&RiskRow> for PositionRisk {
    fn from(row: &RiskRow) -> PositionRisk {
        PositionRisk {
            method: row.method.clone(),
            tail: row.tail,
            horizon_days: row.horizon_days,
            value_at_risk: row.value_at_risk,
            expected_shortfall: row.expected_shortfall,
            scenario_count: row.scenario_count,
            position_count: row.position_count,
            excluded_count: row.excluded_count,
            excluded_fraction: row.excluded_fraction,
            proxied_count: row.proxied_count,
            proxied_fraction: row.proxied_fraction,
            unavailable_reason: row.unavailable_reason.clone(),
        }
    }
}

/// What a position adds to the expected shortfall.
#[derive(Serialize, ToSchema)]
pub(super) struct PositionContribution {
    /// The instrument: its market and its symbol there; or cash.
    #[schema(value_type = String, example = "world~SAP")]
    instrument_id: InstrumentId,
    /// Its part, an estimate in the base currency; negative if it makes the loss smaller. Null if there is none.
    #[schema(example = 412.5)]
    contribution: Option<f64>,
    /// Why there is none; null if there is one.
    unavailable_reason: Option<String>,
    /// What stands for the instrument in the scenarios in which it lacks a return; null if it lacks none.
    #[schema(value_type = Option<String>, example = "world~DAX")]
    proxy_instrument_id: Option<InstrumentId>,
    /// In how many scenarios.
    proxied_scenario_count: Option<i64>,
    /// The last day of them.
    proxied_through_date: Option<NaiveDate>,
}

impl From<&RiskContribution> for PositionContribution {
    fn from(row: &RiskContribution) -> PositionContribution {
        PositionContribution {
            instrument_id: row.instrument_id.clone(),
            contribution: row.es_975_contribution,
            unavailable_reason: row.unavailable_reason.clone(),
            proxy_instrument_id: row.proxy_instrument_id.clone(),
            proxied_scenario_count: row.proxied_scenario_count,
            proxied_through_date: row.proxied_through_date.map(BusinessDate::day),
        }
    }
}

/// What a method says about the next valuation date. Estimates as fractions of the value; a loss is positive.
#[derive(Serialize, ToSchema)]
pub(super) struct Forecast {
    /// The method.
    #[schema(example = "historical")]
    method: String,
    /// The probability of the tail: 0.05, 0.025 or 0.01.
    #[schema(example = 0.01)]
    tail: f64,
    /// The loss that the next day exceeds with the tail's probability; null if there is no forecast.
    #[schema(example = 0.021)]
    value_at_risk: Option<f64>,
    /// The mean loss in the tail; null if there is no forecast.
    #[schema(example = 0.034)]
    expected_shortfall: Option<f64>,
    /// The daily returns that it was made from.
    #[schema(example = 500)]
    return_count: i64,
    /// Why there is no forecast; null if there is one.
    unavailable_reason: Option<String>,
}

impl From<&RiskForecast> for Forecast {
    fn from(row: &RiskForecast) -> Forecast {
        Forecast {
            method: row.method.clone(),
            tail: row.tail,
            value_at_risk: row.value_at_risk,
            expected_shortfall: row.expected_shortfall,
            return_count: row.return_count,
            unavailable_reason: row.unavailable_reason.clone(),
        }
    }
}

/// How the forecasts of a method kept what they promised, over the last 250 returns at most. Figures are null if there
/// is none, for the reason given.
#[derive(Serialize, ToSchema)]
pub(super) struct Backtest {
    /// The method.
    #[schema(example = "historical")]
    method: String,
    /// The probability of the tail: 0.05, 0.025 or 0.01.
    #[schema(example = 0.01)]
    tail: f64,
    /// With what forecasts are compared: `actual`, the daily return, or `hypothetical`, that of the positions of the
    /// day before.
    #[schema(example = "actual")]
    profit_and_loss: String,
    /// Days that had a forecast.
    #[schema(example = 250)]
    day_count: i64,
    /// Those of them that lost more than the value at risk.
    #[schema(example = 3)]
    exceedance_count: i64,
    /// The zone of the Basel traffic light: `green`, `yellow` or `red`; null without a day.
    #[schema(example = "green")]
    zone: Option<String>,
    /// Whether the method is in force for the tail.
    is_in_force: bool,
    /// What capital would be multiplied with, for 250 days at a tail of 0.01.
    capital_multiplier: Option<f64>,
    /// The likelihood ratio of Kupiec's proportion of failures.
    kupiec_statistic: Option<f64>,
    /// The probability that a method that is right looks at least as wrong.
    kupiec_probability: Option<f64>,
    /// The likelihood ratio of Christoffersen's independence.
    independence_statistic: Option<f64>,
    /// Its probability.
    independence_probability: Option<f64>,
    /// The likelihood ratio of Christoffersen's conditional coverage.
    coverage_statistic: Option<f64>,
    /// Its probability.
    coverage_probability: Option<f64>,
    /// The second statistic of Acerbi and Szekely; below zero if losses were more or larger than forecast.
    acerbi_szekely: Option<f64>,
    /// The mean pinball loss of the value at risk: the smaller the better.
    pinball: Option<f64>,
    /// The days of the pinball loss.
    pinball_day_count: Option<i64>,
    /// The days that lost more than the value at risk.
    #[schema(value_type = Vec<String>, example = json!(["2014-10-15"]))]
    exceeded_dates: Vec<String>,
    /// The last day that had a return and no forecast: days up to it are not counted.
    last_gap_date: Option<NaiveDate>,
    /// Why a test has no figure; null if all have one.
    unavailable_reason: Option<String>,
}

impl From<&BacktestRow> for Backtest {
    fn from(row: &BacktestRow) -> Backtest {
        Backtest {
            method: row.method.clone(),
            tail: row.tail,
            profit_and_loss: row.profit_and_loss.clone(),
            day_count: row.day_count,
            exceedance_count: row.exceedance_count,
            zone: row.zone.clone(),
            is_in_force: row.is_in_force,
            capital_multiplier: row.capital_multiplier,
            kupiec_statistic: row.kupiec_statistic,
            kupiec_probability: row.kupiec_probability,
            independence_statistic: row.independence_statistic,
            independence_probability: row.independence_probability,
            coverage_statistic: row.coverage_statistic,
            coverage_probability: row.coverage_probability,
            acerbi_szekely: row.acerbi_szekely,
            pinball: row.pinball,
            pinball_day_count: row.pinball_day_count,
            exceeded_dates: row.exceeded_dates.split_whitespace().map(str::to_owned).collect(),
            last_gap_date: row.last_gap_date,
            unavailable_reason: row.unavailable_reason.clone(),
        }
    }
}

/// What a scenario would do to the positions of the date if it happened at once.
#[derive(Serialize, ToSchema)]
pub(super) struct StressResult {
    /// The scenario.
    #[schema(example = "equity_down_20")]
    scenario_id: String,
    /// Its version.
    #[schema(example = 1)]
    version: i64,
    /// What the positions would gain, an estimate in the base currency; a loss is negative. Null if there is no figure.
    #[schema(example = -37895.77)]
    profit: Option<f64>,
    /// The same as a fraction of the sum of their values.
    #[schema(example = -0.148)]
    profit_fraction: Option<f64>,
    /// The positions held, cash included.
    position_count: i64,
    /// The part of the sum of all values regardless of sign that no change reaches; null if unknown.
    unreached_fraction: Option<f64>,
    /// The part of which nobody knows what would happen; null if unknown.
    unknown_fraction: Option<f64>,
    /// Why there is no figure; null if there is one.
    unavailable_reason: Option<String>,
}

impl From<&StressRow> for StressResult {
    fn from(row: &StressRow) -> StressResult {
        StressResult {
            scenario_id: row.scenario_id.clone(),
            version: row.version,
            profit: row.profit,
            profit_fraction: row.profit_fraction,
            position_count: row.position_count,
            unreached_fraction: row.unreached_fraction,
            unknown_fraction: row.unknown_fraction,
            unavailable_reason: row.unavailable_reason.clone(),
        }
    }
}

/// How risky the portfolio is on a scale from 1 to 7 that the law prescribes.
#[derive(Serialize, ToSchema)]
pub(super) struct RiskClass {
    /// The scale: `srri` (UCITS) or `priips` (the market risk measure).
    #[schema(example = "priips")]
    scale: String,
    /// The class; null if there is none.
    #[schema(example = 4)]
    risk_class: Option<i64>,
    /// What the class is made of, a fraction a year.
    #[schema(example = 0.127)]
    volatility: Option<f64>,
    /// The class of that figure alone, whatever the class was before.
    volatility_class: Option<i64>,
    /// The returns that count.
    return_count: i64,
    /// The holding period that `priips` is made for, in years; null for `srri`.
    holding_years: Option<f64>,
    /// Why there is no class; null if there is one.
    unavailable_reason: Option<String>,
}

impl From<&RiskClassRow> for RiskClass {
    fn from(row: &RiskClassRow) -> RiskClass {
        RiskClass {
            scale: row.scale.clone(),
            risk_class: row.risk_class,
            volatility: row.volatility,
            volatility_class: row.volatility_class,
            return_count: row.return_count,
            holding_years: row.holding_years,
            unavailable_reason: row.unavailable_reason.clone(),
        }
    }
}

/// The rows of one portfolio on one date.
pub(super) fn all<'a, R: 'a, T: From<&'a R>>(rows: &'a [R]) -> Vec<T> {
    rows.iter().map(T::from).collect()
}
