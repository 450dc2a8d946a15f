//! Pure portfolio mathematics: performance, risk, attribution, optimisation.
//!
//! A figure is computed from one [`PerformanceSeries`]: a portfolio's values, daily returns and external flows over
//! one period, in its base currency. Whoever needs a figure asks [`measure`] for it by its id, or walks through
//! [`MEASURES`], which a night keeps, and [`MEASURES_ON_REQUEST`]. A figure is a number, a day, or the reason why there
//! is none; never a zero or a NaN for "unknown".
//!
//! Nothing here reads a file, a clock or a network, and equal input gives equal output.
//!
//! Returns, weights and volatilities are fractions (0.05 is five percent). Dispersion is made a year's by the
//! number of returns that a year of their rhythm has ([`Sampling`]), growth by 365 days. Value at risk is a
//! positive fraction where it is a loss.

pub mod attribution;
pub mod backtests;
pub mod columns;
pub mod concentration;
pub mod copula_simulation;
pub mod covariance;
pub mod covariance_matrix;
pub mod currency_split;
pub mod drawdown;
pub mod exceedances;
pub mod factor_contributions;
pub mod factor_days;
pub mod factor_regression;
pub mod figure;
pub mod group_attribution;
pub mod internal_rate;
pub mod large_flows;
pub mod linking;
pub mod liquidity;
pub mod measure_kinds;
pub mod measured;
pub mod measures;
pub mod newey_west;
pub mod observed_days;
pub mod optimization;
pub mod order_free_sum;
pub mod period_split;
pub mod philox;
pub mod proxy_returns;
pub mod reverse_stress;
pub mod risk;
pub mod risk_classes;
pub mod risk_decomposition;
pub mod risk_free;
pub mod risk_simulation;
pub mod root_finding;
pub mod sampling;
pub mod scenario_matrix;
pub mod series;
pub mod sharpe_confidence;
pub mod srri_walk;
pub mod statistics;
pub mod stress;
pub mod student_distribution;
pub mod student_fit;
pub mod tail_forecasts;
pub mod tail_scenarios;
pub mod value_at_risk_parts;

mod benchmark_return;
mod compounding;
mod convex_program;
mod daily_return;
mod dietz;
mod digest;
mod least_squares;
mod loss_tail;
mod market_line;
mod rate_search;
mod relative;
mod reward_to_risk;
mod same_days;
#[cfg(test)]
mod sample_attribution;
#[cfg(test)]
mod sample_series;
mod target_moments;

pub use benchmark_return::benchmark_return;
pub use daily_return::{daily_return, estimate};
pub use figure::NoFigure;
pub use measure_kinds::{KIND_ON_REQUEST, MEASURE_KINDS, MeasureKind};
pub use measured::Measured;
pub use measures::{MEASURES, MEASURES_ON_REQUEST, Measure, Unit, UnknownMeasure, every_measure, measure};
pub use risk_free::RiskFree;
pub use sampling::Sampling;
pub use series::{DatedNumber, PerformanceSeries, PeriodMoney};
