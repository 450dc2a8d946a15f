//! How concentrated a portfolio is, on request.

use schemas::BusinessDate;
use schemas::tables::portfolios::Portfolio;

use crate::context::Context;
use crate::error::Error;

pub use pipelines::concentration::{Concentrated, LARGEST};

/// The concentration of a portfolio as it was valued on a date, by position, currency and each taxonomy of its market,
/// or why there is none: what the night said, and where it said nothing what follows from the positions now.
///
/// # Errors
/// [`Error`] if the lake refuses.
pub async fn concentrated(
    context: &Context,
    portfolio: &Portfolio,
    date: BusinessDate,
) -> Result<Result<Vec<Concentrated>, String>, Error> {
    let rows = lake::read::concentration(&context.lake, &portfolio.portfolio_id, date).await?;
    if let Some(stated) = pipelines::concentration::stated(&rows) {
        return Ok(stated);
    }
    Ok(pipelines::concentration::concentrated(&context.lake, portfolio, date).await?)
}
