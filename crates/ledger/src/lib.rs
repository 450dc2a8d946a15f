//! Pure bookkeeping in exact decimals: transactions become lots, positions, cash and values.
//!
//! Nothing here knows files, networks or the time of day. The state of a book is a function of its transactions, the
//! corporate actions of what it holds, and a cost basis method: the same inputs give the same rows, whatever the day
//! on which they are computed.

mod action_outcome;
mod action_terms;
mod apportion;
pub mod average_volume;
pub mod basis;
pub mod benchmark_blend;
pub mod benchmark_levels;
pub mod books;
mod boot;
pub mod conversion;
pub mod corporate_actions;
pub mod cost_basis_schedule;
mod error;
pub mod fixed;
pub mod fx_grid;
pub mod holding;
pub mod internal_transfers;
pub mod invariants;
pub mod lot_choice;
pub mod lots;
pub mod nav_bridge;
mod open_lots;
pub mod quote_board;
mod ratio;
pub mod reconciliation;
mod reorganisation;
pub mod risk_free_board;
pub mod transaction;
pub mod value_history;
mod wash_sales;

pub use benchmark_levels::{Benchmark, benchmark_levels, benchmark_of, local_level};
pub use books::{BookRows, Detail, keep_books, kept_through};
pub use conversion::FxBoard;
pub use error::{Announcement, Error};
pub use fx_grid::FxGrid;
pub use quote_board::{BoardBuilder, Listing, QuoteBoard};
pub use risk_free_board::{RISK_FREE_DAYS_MAX, RiskFreeBoard};
pub use transaction::TransactionKind;
pub use value_history::{DayValue, ValueHistory};
