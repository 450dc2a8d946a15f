//! Figures in parts, when a person asks: nothing of them is kept, and nothing is written.

use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, InstrumentId};

use crate::context::Context;
use crate::error::Error;

pub use pipelines::return_parts::{AskedReturns, LARGE_FLOW_FRACTION, PeriodParts, PeriodSplit, ReturnParts};
pub use pipelines::return_parts::{CurrencyParts, CurrencySplit, LargeFlow};
pub use pipelines::return_parts::{measure_at_large_flows, measure_on_average_capital};
pub use pipelines::rollups::risk::by_factor::{FactorContribution, FactorContributions, FactorParts};
pub use pipelines::rollups::risk::groups::RiskGroup;
pub use pipelines::rollups::risk::on_request::{PositionParts, PositionRisk, RiskParts, SimulatedTail};
pub use pipelines::rollups::risk::on_request::{TailDifference, ValueAtRiskPart};
pub use pipelines::rollups::risk::over_days::{MethodOverDays, OverDays, Simulated, TAILS, TailOverDays, over_days};

/// What was earned in the currencies of a portfolio and by exchange rates, and what other definitions of a return say.
///
/// `returns` are the daily returns of the portfolio's life up to the date, in order of date.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn of_returns(
    context: &Context,
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    asked: &AskedReturns<'_>,
) -> Result<ReturnParts, Error> {
    Ok(pipelines::return_parts::return_parts(&context.lake, portfolio, returns, asked).await?)
}

/// What each position and group adds to the simulated risk of a portfolio on a date; without which position it would be
/// how much less is said of those that add most, and of `asked`.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn of_risk(
    context: &Context,
    portfolio: &Portfolio,
    date: BusinessDate,
    asked: Option<&InstrumentId>,
) -> Result<RiskParts, Error> {
    let limits = context.settings.age_limits;
    Ok(pipelines::rollups::risk::on_request::risk_parts(&context.lake, portfolio, date, limits, asked).await?)
}
