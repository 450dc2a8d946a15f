//! A transaction by itself, with the one that took it back.

use schemas::PortfolioId;
use schemas::tables::transactions::Transaction;

use crate::database::{SqlTransaction, reading, within};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::transactions::{TransactionRow, transactions_of};

const SELECT_WITH_REVERSAL: &str = include_str!("queries/transactions/select_with_reversal.sql");

impl Store {
    /// A transaction of a portfolio, and after it the one that took it back, if one did; none if it is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn transaction_with_reversal(
        &self,
        portfolio_id: &PortfolioId,
        transaction_id: &str,
    ) -> Result<Vec<Transaction>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, TransactionRow>(SELECT_WITH_REVERSAL)
                .bind(portfolio_id.as_str())
                .bind(transaction_id)
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read a transaction"))?;
        let mut found = transactions_of(rows)?;
        found.sort_by_key(|row| row.transaction_id != transaction_id);
        Ok(if found.first().is_some_and(|row| row.transaction_id == transaction_id) { found } else { Vec::new() })
    }
}

/// A transaction, and those that take it back, as a transaction of the database sees them.
pub(crate) async fn with_reversal_within(
    work: &mut SqlTransaction,
    portfolio_id: &PortfolioId,
    transaction_id: &str,
) -> Result<Vec<Transaction>> {
    let rows = within!(work, open => {
        sqlx::query_as::<_, TransactionRow>(SELECT_WITH_REVERSAL)
            .bind(portfolio_id.as_str())
            .bind(transaction_id)
            .fetch_all(open)
            .await
    })
    .map_err(Error::query("read a transaction"))?;
    transactions_of(rows)
}
