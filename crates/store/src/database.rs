//! The two engines behind one name, and the macros that run one statement on whichever is there.
//!
//! The drivers share no type that a plain function could take, so a statement is written once and compiled twice.
//!
//! SQLite has one connection that writes, and it begins every transaction as a writer: a reader that turns writer
//! half-way fails at once instead of waiting. Readers have connections of their own and are never held up.

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};

use crate::error::{Error, Result};
use crate::rights_versions::count_commit;

/// Rows that one call returns at most; a larger limit is cut to this.
pub const PAGE_ROWS_MAX: u32 = 1_000;

/// The pools of the engine that is in use.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// One file: a pool of one connection that writes, and a pool of connections that read.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    /// A server.
    Postgres(PgPool),
}

/// A transaction that may write. It is undone if it is dropped before it is committed.
pub(crate) enum SqlTransaction {
    /// A transaction on the only connection that writes.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// A transaction on a connection of the pool.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// A statement that the engines must be told in two ways.
pub(crate) struct ByEngine {
    /// The text for SQLite.
    pub(crate) sqlite: &'static str,
    /// The text for PostgreSQL.
    pub(crate) postgres: &'static str,
}

impl Database {
    /// Begins a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<SqlTransaction> {
        let begun = match self {
            Database::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(SqlTransaction::Sqlite),
            Database::Postgres(pool) => pool.begin().await.map(SqlTransaction::Postgres),
        };
        begun.map_err(Error::query("begin a transaction"))
    }

    /// Waits for what is running and closes all connections.
    pub(crate) async fn close(&self) {
        match self {
            Database::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Database::Postgres(pool) => pool.close().await,
        }
    }
}

impl SqlTransaction {
    /// Makes what was written visible to all and safe from a crash.
    pub(crate) async fn commit(self) -> Result<()> {
        let committed = match self {
            SqlTransaction::Sqlite(open) => open.commit().await,
            SqlTransaction::Postgres(open) => open.commit().await,
        };
        count_commit();
        committed.map_err(Error::query("commit a transaction"))
    }

    /// The text of a statement for the engine of this transaction.
    pub(crate) fn text(&self, statement: &ByEngine) -> &'static str {
        match self {
            SqlTransaction::Sqlite(_) => statement.sqlite,
            SqlTransaction::Postgres(_) => statement.postgres,
        }
    }
}

/// A number of rows as SQL takes it, at most [`PAGE_ROWS_MAX`].
pub(crate) fn row_limit(limit: u32) -> i64 {
    i64::from(limit.min(PAGE_ROWS_MAX))
}

/// Runs one statement that only reads: `reading!(&self.database, pool => sqlx::query_as(…).fetch_all(pool).await)`.
macro_rules! reading {
    ($database:expr, $pool:ident => $query:expr) => {
        match $database {
            $crate::database::Database::Sqlite { readers: $pool, .. } => $query,
            $crate::database::Database::Postgres($pool) => $query,
        }
    };
}
pub(crate) use reading;

/// Runs one statement in a transaction: `within!(&mut transaction, open => sqlx::query(…).execute(open).await)`.
macro_rules! within {
    ($transaction:expr, $open:ident => $query:expr) => {
        match $transaction {
            $crate::database::SqlTransaction::Sqlite(transaction) => {
                let $open = &mut **transaction;
                $query
            }
            $crate::database::SqlTransaction::Postgres(transaction) => {
                let $open = &mut **transaction;
                $query
            }
        }
    };
}
pub(crate) use within;
