//! How concentrated a portfolio is, on request.

use schemas::BusinessDate;
use schemas::tables::portfolios::Portfolio;

use crate::context::Context;
use crate::error::Error;

pub use pipelines::concentration::{Concentrated, LARGEST};

/// The concentration of a portfolio as it was valued on a date, by position, currency and each taxonomy of its market,
/// or why there is none.
///
/// # Errors
/// [`Error`] if the lake refuses.
pub async fn concentrated(
    context: &Context,
    portfolio: &Portfolio,
    date: BusinessDate,
) -> Result<Result<Vec<Concentrated>, String>, Error> {
    Ok(pipelines::concentration::concentrated(&context.lake, portfolio, date).await?)
}
