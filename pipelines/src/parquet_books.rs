//! Whole books as Parquet files: for platforms that hand over a hundred thousand portfolios at once, and for
//! measuring how fast they are valued and measured.
//!
//! The files are read into the same rows that a night reads from its tables, and valued by the same walk
//! (`ledger::keep_books`); only reading and writing differ. Portfolios pass through in chunks, so memory does not grow
//! with their number. Only the simulation holds all positions, which are as few as those of one day.

mod columns;
pub(crate) mod cores;
mod daily_returns;
mod exposures;
mod historical_simulation;
mod market;
mod measures;
mod next_day;
mod portfolios;
mod scenarios;
mod symbols;
mod valuation_history;

use std::path::Path;

pub use historical_simulation::historical_simulation;
pub use measures::measures;
pub use next_day::next_day;
pub use valuation_history::valuation_history;

use crate::error::Error;

/// What a run over files did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilesReport {
    /// Portfolios valued.
    pub portfolios: u64,
    /// Transactions booked.
    pub transactions: u64,
    /// Rows written.
    pub rows: u64,
    /// Days, or scenarios, in which a security was held and valued, summed over all positions; where there are no
    /// positions, the daily returns that were measured.
    pub position_days: u64,
    /// Portfolios of which a figure is not known; the output says why.
    pub without_figures: u64,
}

impl FilesReport {
    fn add(&mut self, other: FilesReport) {
        self.portfolios += other.portfolios;
        self.transactions += other.transactions;
        self.rows += other.rows;
        self.position_days += other.position_days;
        self.without_figures += other.without_figures;
    }
}

/// A file that says something that cannot be booked.
fn bad_file(path: &Path, problem: impl Into<String>) -> Error {
    Error::Sheet { file: path.display().to_string(), problem: problem.into() }
}
