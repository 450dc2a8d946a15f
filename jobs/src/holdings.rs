//! Holdings: what a portfolio holds on a day, by trade or by settlement date, as it is booked by now.

use pipelines::BalanceBasis;
use pipelines::holdings::read_markets;
use schemas::BusinessDate;
use schemas::tables::portfolios::Portfolio;

use crate::context::Context;
use crate::error::Error;

pub use pipelines::holdings::{Holdings, Told};

/// What a portfolio holds at the close of a day, or the reason why it cannot be told. What has landed is conformed
/// first, so that a split counts as soon as it is imported.
///
/// # Errors
/// [`Error`] if the store or the lake refuses.
pub async fn holdings(
    context: &Context,
    portfolio: &Portfolio,
    date: BusinessDate,
    basis: BalanceBasis,
) -> Result<Told, Error> {
    let lake = &context.lake;
    pipelines::conform::conform(lake).await?;
    let markets = read_markets(lake).await?;
    let transactions = context.store.transactions_of(&portfolio.portfolio_id).await?;
    Ok(pipelines::holdings::holdings(lake, &markets, portfolio, &transactions, date, basis).await?)
}
