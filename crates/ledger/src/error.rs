//! What can go wrong in a book.

use std::fmt;

use schemas::tables::corporate_actions::CorporateAction;
use schemas::{BusinessDate, InstrumentId, MarketId, PortfolioId};

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
    /// The cost basis methods of a portfolio cannot be read.
    #[error("the cost basis of {portfolio_id} cannot be read")]
    CostBasis {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// What is wrong with it.
        source: Box<crate::cost_basis_schedule::ScheduleError>,
    },
    /// Lots cannot be moved as a booking asks.
    #[error("{booking} of {portfolio_id} on {date} cannot be booked")]
    Lots {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The transaction or corporate action.
        booking: String,
        /// The date.
        date: BusinessDate,
        /// The reason.
        source: Box<crate::lot_choice::LotError>,
    },
    /// A corporate action cannot be applied to a portfolio.
    #[error("a corporate action cannot be applied to {portfolio_id}")]
    Action {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The reason.
        source: Box<crate::corporate_actions::ActionError>,
    },
    /// More units were elected than are held when a corporate action takes effect.
    #[error(
        "{elections} of {portfolio_id} cannot be booked; take it back with a REVERSAL and book an election of at most \
         what is held under a new id"
    )]
    Election {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The elections, each with kind, id, file and line, e.g. `ELECT_TENDER 7 (D01/transactions.csv:8)`.
        elections: String,
        /// How many units were elected, and how many are held.
        source: Box<crate::corporate_actions::ActionError>,
    },
    /// What an issuer announced cannot be booked for a portfolio that holds the instrument.
    #[error(
        "the {announcement} cannot be booked for {portfolio_id}; import a corporate_actions.csv with the right terms \
         in a row of the same date, symbol and type"
    )]
    Announcement {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The announcement.
        announcement: Box<Announcement>,
        /// The reason.
        source: Box<Error>,
    },
    /// A number has more than 28 digits.
    #[error("{what} of {portfolio_id} on {date} has more than 28 digits")]
    Overflow {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The date.
        date: BusinessDate,
        /// What overflowed.
        what: String,
    },
    /// A transaction has numbers that the books cannot hold.
    #[error("transaction {transaction_id} of {portfolio_id} cannot be booked")]
    TooLarge {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The transaction.
        transaction_id: String,
        /// The number that does not fit.
        source: Box<Error>,
    },
}

/// An announcement as people find it again, e.g. `SPLIT of D01~ACME with the ex-date 2024-01-17
/// (D01/corporate_actions.csv, line 4)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The kind, e.g. `SPLIT`.
    pub kind: String,
    /// The instrument.
    pub instrument_id: InstrumentId,
    /// The ex-date.
    pub ex_date: BusinessDate,
    /// The market that announced it.
    pub market_id: MarketId,
    /// The line in its file, from 1.
    pub line: i64,
}

impl From<&CorporateAction> for Announcement {
    fn from(action: &CorporateAction) -> Announcement {
        Announcement {
            kind: action.kind.clone(),
            instrument_id: action.instrument_id.clone(),
            ex_date: action.ex_date,
            market_id: action.market_id.clone(),
            line: action.line,
        }
    }
}

impl fmt::Display for Announcement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Announcement { kind, instrument_id, ex_date, market_id, line } = self;
        write!(formatter, "{kind} of {instrument_id} with the ex-date {ex_date} ")?;
        write!(formatter, "({market_id}/corporate_actions.csv, line {line})")
    }
}
