//! What can go wrong in a book.

use schemas::{BusinessDate, InstrumentId, PortfolioId};

/// Why a portfolio's books cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A kind that the vocabulary does not have.
    #[error("unknown transaction kind `{kind}`; known: {known}")]
    UnknownKind {
        /// The word as given.
        kind: String,
        /// The words that are known.
        known: String,
    },
    /// A transaction names an instrument that its market does not list.
    #[error("transaction {transaction_id} of {portfolio_id} names {instrument_id}, which its market does not list")]
    UnknownInstrument {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The transaction.
        transaction_id: String,
        /// The instrument.
        instrument_id: InstrumentId,
    },
    /// A transaction lacks what its kind needs.
    #[error("transaction {transaction_id} of {portfolio_id} lacks `{column}`")]
    Incomplete {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The transaction.
        transaction_id: String,
        /// The column that is empty.
        column: &'static str,
    },
    /// A number has more than 28 digits.
    #[error("{what} of {portfolio_id} on {date} has more than 28 digits")]
    Overflow {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The date.
        date: BusinessDate,
        /// What overflowed.
        what: &'static str,
    },
}
