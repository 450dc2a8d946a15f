//! What can go wrong while tables are made.

use std::path::PathBuf;

/// Why a stage could not do its work. Bad rows are no errors; they are rejected one by one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A file as a whole cannot be used.
    #[error("{file}: {problem}")]
    Sheet {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A folder is neither a book folder nor a folder of them.
    #[error("{}: {problem}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A download failed for good.
    #[error("source {source_name}: {problem}")]
    Download {
        /// The source.
        source_name: &'static str,
        /// What was tried, how often, and why it failed.
        problem: String,
    },
    /// There is no such source.
    #[error("unknown source `{name}`; known: {known}")]
    UnknownSource {
        /// The name as given.
        name: String,
        /// The names that are known.
        known: String,
    },
    /// A file is in no export format, or could be in several.
    #[error("{what}; known: {known}")]
    UnknownFormat {
        /// What is wrong, and what to do.
        what: String,
        /// The names that are known.
        known: String,
    },
    /// A portfolio's books cannot be kept.
    #[error("the books of {portfolio} cannot be kept")]
    Books {
        /// The portfolio.
        portfolio: String,
        /// The reason.
        source: ledger::Error,
    },
    /// A portfolio's books have a number that no column holds.
    #[error("the books of {portfolio} cannot be kept: a number that follows from what is booked is too large")]
    TooLarge {
        /// The portfolio.
        portfolio: String,
        /// The number.
        source: schemas::table::TableError,
    },
    /// A figure cannot be explained as asked.
    #[error(transparent)]
    Why(#[from] crate::why::refused::Refused),
    /// A table could not be read or written.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// A worker thread ended without a result.
    #[error("a worker thread ended without a result; this is a bug")]
    Worker,
}
