//! What can go wrong in the lake.

use schemas::table::TableError;

/// Why a table could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address of the lake is not understood.
    #[error("cannot open a lake at `{url}`: {problem}; use a folder, `memory:` or `s3://bucket/prefix`")]
    Address {
        /// The address as given.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A plain file cannot be read or written.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file or folder.
        path: std::path::PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The object store refused.
    #[error("object storage: cannot {action} `{path}`")]
    Storage {
        /// What was tried.
        action: &'static str,
        /// The object.
        path: String,
        /// The store's reason.
        source: object_store::Error,
    },
    /// The table's log could not be read or written.
    #[error("cannot {action} {table}")]
    Delta {
        /// What was tried.
        action: &'static str,
        /// The table.
        table: &'static str,
        /// The reason.
        source: Box<deltalake_core::DeltaTableError>,
    },
    /// A data file could not be written or read.
    #[error("cannot {action} a data file of {table}")]
    Parquet {
        /// What was tried.
        action: &'static str,
        /// The table.
        table: &'static str,
        /// The reason.
        source: parquet::errors::ParquetError,
    },
    /// A thread ended without a result.
    #[error("the thread that was to {action} {table} ended early; this is a bug")]
    Worker {
        /// What it was to do.
        action: &'static str,
        /// The table.
        table: &'static str,
    },
    /// Rows do not fit the table.
    #[error(transparent)]
    Rows(#[from] TableError),
    /// A query failed.
    #[error("the query {query} failed")]
    Query {
        /// The query's name.
        query: String,
        /// The reason.
        source: Box<datafusion::error::DataFusionError>,
    },
    /// A table has columns that this version of the program does not expect.
    #[error("rows do not fit {table}: {problem}")]
    Columns {
        /// The table.
        table: &'static str,
        /// What differs.
        problem: String,
    },
    /// A file of a table names no dates although the table is dated.
    #[error("file `{path}` of {table} has no statistics of its dates; it was not written by Financr")]
    Statistics {
        /// The table.
        table: &'static str,
        /// The file.
        path: String,
    },
    /// The query gave no rows although it must.
    #[error("there is no {what}; {help}")]
    Missing {
        /// What was looked for.
        what: String,
        /// What to do.
        help: &'static str,
    },
}

impl Error {
    pub(crate) fn delta(
        action: &'static str,
        table: &'static str,
    ) -> impl Fn(deltalake_core::DeltaTableError) -> Error {
        move |source| Error::Delta { action, table, source: Box::new(source) }
    }

    /// Whether another process committed to the table at the same moment; trying again on its result may succeed.
    pub(crate) fn is_conflict(&self) -> bool {
        let Error::Delta { source, .. } = self else { return false };
        matches!(
            **source,
            deltalake_core::DeltaTableError::Transaction { .. }
                | deltalake_core::DeltaTableError::VersionAlreadyExists(_)
        )
    }

    pub(crate) fn parquet(
        action: &'static str,
        table: &'static str,
    ) -> impl Fn(parquet::errors::ParquetError) -> Error {
        move |source| Error::Parquet { action, table, source }
    }

    pub(crate) fn query(query: &str) -> impl Fn(datafusion::error::DataFusionError) -> Error {
        let query = query.to_owned();
        move |source| Error::Query { query: query.clone(), source: Box::new(source) }
    }
}
