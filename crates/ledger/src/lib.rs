//! Pure bookkeeping in exact decimals: transactions become lots, positions, cash and values.
//!
//! Nothing here knows files, networks or the time of day. The state of a book is a function of its transactions, the
//! corporate actions of what it holds, and a cost basis method: the same inputs give the same rows, whatever the day
//! on which they are computed.

pub mod books;
pub mod conversion;
pub mod corporate_actions;
mod error;
pub mod holding;
pub mod invariants;
pub mod lots;
pub mod nav_bridge;
pub mod quote_board;
pub mod transaction;

pub use books::{BookRows, keep_books};
pub use conversion::FxBoard;
pub use error::Error;
pub use quote_board::{Listing, QuoteBoard};
pub use transaction::TransactionKind;
