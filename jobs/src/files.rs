//! Books and statements as files, worked on without a store: for platforms that hand over everything at once, and for
//! measuring.

use std::path::PathBuf;

pub use pipelines::parquet_books::FilesReport;
pub use reports::prepared::{PreparedReport, REJECTS};

use crate::error::Error;

/// What is to be made of the files.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FilesWork {
    /// Measures of return and risk from daily returns and those of a benchmark.
    Measures {
        /// The rate a year of an investment without risk, as a fraction, e.g. 0.02.
        risk_free_annual: f64,
    },
    /// The whole daily history of every portfolio from its transactions.
    ValuationHistory,
    /// One more day for books that are valued up to the day before.
    NextDay,
    /// Value at risk, expected shortfall and its contributions from positions and scenarios.
    HistoricalSimulation,
}

/// Does the work on a folder of files, on all cores.
///
/// # Errors
/// [`Error`] if a file cannot be read or written, or a transaction cannot be booked; the message names it.
pub async fn value_files(work: FilesWork, input: PathBuf, output: PathBuf) -> Result<FilesReport, Error> {
    let working = tokio::task::spawn_blocking(move || match work {
        FilesWork::Measures { risk_free_annual } => {
            pipelines::parquet_books::measures(&input, &output, risk_free_annual)
        }
        FilesWork::ValuationHistory => pipelines::parquet_books::valuation_history(&input, &output),
        FilesWork::NextDay => pipelines::parquet_books::next_day(&input, &output),
        FilesWork::HistoricalSimulation => pipelines::parquet_books::historical_simulation(&input, &output),
    });
    Ok(working.await.map_err(|_| Error::Worker)??)
}

/// Writes a PDF for every statement of a file, on all cores.
///
/// # Errors
/// [`Error::Statements`] if a file cannot be read or written, or hardly any line is a statement; the message names it.
pub async fn render_statements(input: PathBuf, output: PathBuf) -> Result<PreparedReport, Error> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let working = tokio::task::spawn_blocking(move || {
        reports::prepared::render_statements(&input, &output, threads, env!("CARGO_PKG_VERSION"))
    });
    working.await.map_err(|_| Error::Worker)?.map_err(Error::Statements)
}
