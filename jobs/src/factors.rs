//! What moves a portfolio, on request.

use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, ReportingPeriod};

use crate::context::Context;
use crate::error::Error;

pub use pipelines::factors::{Explained, FactorChoice};

/// Explains the returns of a portfolio over a period that ends on a date by factors of its market, or says why that
/// cannot be done. What has landed is conformed first, so that factors count as soon as they are imported.
///
/// `returns` are the daily returns of the portfolio's life up to the date, in order of date.
///
/// # Errors
/// [`Error`] if the lake refuses.
pub async fn explained(
    context: &Context,
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    date: BusinessDate,
    period: ReportingPeriod,
    choice: &FactorChoice,
) -> Result<Result<Explained, String>, Error> {
    let lake = &context.lake;
    pipelines::conform::conform(lake).await?;
    Ok(pipelines::factors::explained(lake, portfolio, returns, date, period, choice).await?)
}
