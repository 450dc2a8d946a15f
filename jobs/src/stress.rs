//! Stress tests on request: one portfolio on one date under every scenario in force.

use schemas::BusinessDate;
use schemas::tables::portfolios::Portfolio;

use crate::context::Context;
use crate::error::Error;

pub use pipelines::stress::likeliest::Likeliest;
pub use pipelines::stress::on_request::{PositionChange, Stressed, UnderScenario, UnderStress};
pub use pipelines::stress::reverse::{Falling, ReverseFall};
pub use pipelines::stress::scenario::{Event, Replay, Shocks, StressScenario};
pub use pipelines::stress::total::Total;

/// Puts the positions of a portfolio on a date under every scenario in force, and asks which uniform falls lose a part
/// of its value. Reads only.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn stressed(
    context: &Context,
    portfolio: &Portfolio,
    date: BusinessDate,
    loss_fraction: f64,
) -> Result<Stressed, Error> {
    let age_limits = context.settings.age_limits;
    Ok(pipelines::stress::on_request::stressed(&context.lake, portfolio, date, age_limits, loss_fraction).await?)
}
