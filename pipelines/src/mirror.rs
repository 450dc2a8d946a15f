//! The store's portfolios and transactions in the lake, so that a night reads tables only.

use lake::Lake;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;

use crate::error::Error;
use crate::{StageReport, Work};

/// Replaces the mirrored portfolios and transactions by the store's.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be written.
pub async fn mirror(
    lake: &Lake,
    work: &Work,
    portfolios: &[Portfolio],
    transactions: &[Transaction],
) -> Result<StageReport, Error> {
    let first = lake.replace_all(portfolios, &work.key("silver.portfolios")).await?;
    let second = lake.replace_all(transactions, &work.key("silver.transactions")).await?;
    Ok(StageReport {
        rows_written: first.rows + second.rows,
        note: format!("{} portfolios, {} transactions", portfolios.len(), transactions.len()),
        ..StageReport::default()
    })
}
