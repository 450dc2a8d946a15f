//! How books are written: decided elsewhere, and handed in by whoever starts the API.
//!
//! The rules of portfolios and transactions are those of imports, and imports are not for the API to know. It knows who
//! may write; what may be written is answered by whoever reads the folders, too.

use std::error::Error as StdError;
use std::pin::Pin;

use schemas::BusinessDate;
use schemas::tables::portfolios::Portfolio;
use serde_json::{Map, Value};
use store::{EntryBy, OpenOutcome};

/// What was sent: fields by name.
pub type Fields = Map<String, Value>;
/// Something that is being written.
pub type Writing<T> = Pin<Box<dyn Future<Output = Result<T, NotWritten>> + Send>>;

/// Writes books.
pub trait Bookkeeping: Send + Sync {
    /// Opens a portfolio; the fields are those of `portfolio.json`.
    fn open(&self, by: EntryBy, fields: Fields) -> Writing<(Portfolio, OpenOutcome)>;
    /// Changes a portfolio; the fields are those that are to be another. Returns what it is now.
    fn change(&self, by: EntryBy, before: Portfolio, changes: Fields) -> Writing<Portfolio>;
    /// Books transactions; the fields of a row are the columns of `transactions.csv`.
    fn book(&self, by: EntryBy, portfolio: Portfolio, rows: Vec<Fields>) -> Writing<Written>;
    /// Corrects a transaction: `reason`, and what takes its place (`replacement`), if something does.
    fn correct(&self, by: EntryBy, portfolio: Portfolio, transaction_id: String, fields: Fields) -> Writing<Written>;
}

/// What booking came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Transactions that are new.
    pub inserted: u64,
    /// Transactions that were booked already, just like this.
    pub unchanged: u64,
    /// The first day from which figures are to be made anew; none if nothing is new.
    pub from_date: Option<BusinessDate>,
    /// Bookings that a person should look at.
    pub doubts: usize,
}

/// A field that is wrong, or contradicts what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongField {
    /// Its path, with points between the names; empty for all of what was sent.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Why nothing was written.
#[derive(Debug)]
pub enum NotWritten {
    /// Fields are wrong.
    Wrong(Vec<WrongField>),
    /// It contradicts what is there.
    Conflict(Vec<WrongField>),
    /// What it is about is not there.
    Unknown,
    /// What it is about was changed meanwhile.
    Stale,
    /// Something went wrong that is not the caller's fault.
    Failed(Box<dyn StdError + Send + Sync>),
}
