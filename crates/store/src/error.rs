//! What can go wrong with the store, and what to do about it.
//!
//! The texts name ids, never people, addresses or amounts: they end up in logs.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use schemas::{BusinessDate, PortfolioId, RunId, Subject};
use sqlx::error::ErrorKind;

use crate::deliveries::DeliveryState;
use crate::inbox::InboxState;
use crate::key_service::KeyError;
use crate::runs::RunState;
use crate::store::StoreKind;

/// The result of everything that the store does.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the store could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL names a database of another make.
    #[error("`{scheme}` is no database the store knows; use `sqlite:path/to/file.db` or `postgres://host/database`")]
    UnknownScheme {
        /// The part of the URL before the colon; the rest may hold a password.
        scheme: String,
    },
    /// The URL names SQLite without a file.
    #[error("the store needs a file that stays; use `sqlite:path/to/file.db`")]
    NoFile,
    /// The URL cannot be read.
    #[error("the URL of the store cannot be read; use `sqlite:path/to/file.db` or `postgres://host/database`")]
    Url {
        /// What is wrong with it.
        source: sqlx::Error,
    },
    /// The folder of the SQLite file cannot be made.
    #[error("cannot make the folder `{folder}` of the store; check its permissions")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The reason of the operating system.
        source: std::io::Error,
    },
    /// The lock file beside the SQLite file cannot be used.
    #[error("cannot lock `{path}`; the folder of the store must be writable and local, not a network share")]
    LockFile {
        /// The lock file.
        path: PathBuf,
        /// The reason of the operating system.
        source: std::io::Error,
    },
    /// Another process has been opening the store for too long.
    #[error("another process has held `{path}` for {waited_s} s while opening the store; stop it and try again")]
    LockHeld {
        /// The lock file.
        path: PathBuf,
        /// How long we waited, in seconds.
        waited_s: u64,
    },
    /// The database does not answer or refuses us.
    #[error("cannot connect to the store {location}; check that it is there and that the user may use it")]
    Connect {
        /// File, or host and database.
        location: String,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The tables could not be brought up to date.
    #[error("cannot bring the tables of the store {location} up to date; a newer program may have changed them")]
    Migrate {
        /// File, or host and database.
        location: String,
        /// The migration and its problem.
        source: sqlx::migrate::MigrateError,
    },
    /// A demonstration store was opened as a live one, or the other way round.
    #[error(
        "this is a {found} store, and a {wanted} store is needed: {location}; \
         name another database in `financr.toml`"
    )]
    WrongKind {
        /// File, or host and database.
        location: String,
        /// What the store was made for.
        found: StoreKind,
        /// What it was opened for.
        wanted: StoreKind,
    },
    /// An invented portfolio was to be saved in a live store.
    #[error("portfolio `{portfolio_id}` is synthetic and this is a live store; save it in a demo store")]
    SyntheticPortfolio {
        /// The portfolio.
        portfolio_id: PortfolioId,
    },
    /// A real portfolio was to be saved in a demonstration store.
    #[error("portfolio `{portfolio_id}` is real and this is a demo store; save it in a live store")]
    RealPortfolio {
        /// The portfolio.
        portfolio_id: PortfolioId,
    },
    /// The risk-free rate of a portfolio is not a finite number.
    #[error("the risk-free rate of portfolio `{portfolio_id}` is not finite; give a fraction such as 0.02, or none")]
    RiskFreeRate {
        /// The portfolio.
        portfolio_id: PortfolioId,
    },
    /// A portfolio's closed years were to be opened again.
    #[error(
        "the books of portfolio `{portfolio_id}` are closed through {locked_through}, and the new lock is {}; a lock \
         only moves forward: name {locked_through} or a later day",
        .given.map_or_else(|| "none".to_owned(), |given| given.to_string())
    )]
    LockMovedBack {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// Through which day its books are closed.
        locked_through: BusinessDate,
        /// Through which day they were to be closed; none for not at all.
        given: Option<BusinessDate>,
    },
    /// The cost basis method of a portfolio's closed years was to be changed.
    #[error(
        "the books of portfolio `{portfolio_id}` are closed through {locked_through} with the cost basis `{found}`, \
         and `{given}` would change them; give the new method a day after {locked_through} from which it counts"
    )]
    LockedCostBasis {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// Through which day its books are closed.
        locked_through: BusinessDate,
        /// The cost basis in the store.
        found: String,
        /// The cost basis that was to be saved.
        given: String,
    },
    /// The portfolio is not in the store.
    #[error("portfolio `{portfolio_id}` is not in the store; save it before its transactions")]
    UnknownPortfolio {
        /// The portfolio.
        portfolio_id: PortfolioId,
    },
    /// A transaction of one portfolio was to be imported into another.
    #[error("transaction `{transaction_id}` belongs to portfolio `{found}`, not to `{wanted}`; import it there")]
    OtherPortfolio {
        /// The transaction.
        transaction_id: String,
        /// Where it belongs.
        found: PortfolioId,
        /// Where it was to be imported.
        wanted: PortfolioId,
    },
    /// The run is not in the store.
    #[error("run `{run_id}` is not in the store; list the runs to find its id")]
    UnknownRun {
        /// The run.
        run_id: RunId,
    },
    /// The id of a new run is the id of another one.
    #[error("run id `{run_id}` is taken by another job, range of dates or revision; derive ids from all of these")]
    RunIdTaken {
        /// The id.
        run_id: RunId,
    },
    /// A run is in the store under another id.
    #[error("run `{run_id}` is in the store as `{existing}`; derive ids from job, dates and revision, always alike")]
    RevisionTaken {
        /// The id that was claimed.
        run_id: RunId,
        /// The id in the store.
        existing: RunId,
    },
    /// Somebody else owns the run now, or it is over.
    #[error("the lease of run `{run_id}` with fence {fence} is lost, nothing was written; stop working on the run")]
    LeaseLost {
        /// The run.
        run_id: RunId,
        /// The fence under which the write was tried.
        fence: i64,
    },
    /// A run was to be ended in a state that is no end.
    #[error("run `{run_id}` cannot end as `{state}`; ends are finished, failed and blocked")]
    NotAnEnd {
        /// The run.
        run_id: RunId,
        /// The state.
        state: RunState,
    },
    /// The id of a new statement is the id of another one.
    #[error(
        "statement id `{statement_id}` is taken by another kind, portfolio, period or version; \
         derive ids from all of these"
    )]
    StatementIdTaken {
        /// The id.
        statement_id: String,
    },
    /// A statement names a portfolio or a run that is not in the store.
    #[error(
        "statement `{statement_id}` names {} `{subject}` and run `{run_id}`, and one of them is not in the store; save \
         the portfolio and claim the run first",
        subject.kind()
    )]
    StatementWithoutRun {
        /// The statement.
        statement_id: String,
        /// What it is about.
        subject: Subject,
        /// Its run.
        run_id: RunId,
    },
    /// A statement that is not about a portfolio tells of events, which only portfolios have.
    #[error("statement `{statement_id}` is about no portfolio and tells of events; only portfolios have them")]
    EventsWithoutPortfolio {
        /// The statement.
        statement_id: String,
    },
    /// The statement is not in the store.
    #[error("statement `{statement_id}` is not in the store; publish it before it is delivered")]
    UnknownStatement {
        /// The statement.
        statement_id: String,
    },
    /// The schedule is not in the store.
    #[error("schedule `{schedule_name}` is not in the store: its fire at {fire_at} is not enqueued; save it first")]
    UnknownSchedule {
        /// The schedule.
        schedule_name: String,
        /// The moment at which it was due.
        fire_at: DateTime<Utc>,
    },
    /// No item of the inbox has this key or one that begins so.
    #[error("no item of the inbox has a key that begins with `{key}`; list the inbox to find its key")]
    UnknownInboxItem {
        /// The key as given.
        key: String,
    },
    /// Several items of the inbox have a key that begins so.
    #[error("`{key}` is the beginning of several keys of the inbox, give more of it; it fits: {candidates}")]
    AmbiguousInboxItem {
        /// The key as given.
        key: String,
        /// The keys that begin so, each with its portfolio and subject; not all of them if there are many.
        candidates: String,
    },
    /// An item of the inbox was to be closed twice.
    #[error("item `{key}` of the inbox is {state} already, nothing was changed; only open items can be closed")]
    InboxItemClosed {
        /// The beginning of its key.
        key: String,
        /// The state it is in.
        state: InboxState,
    },
    /// An item of the inbox was to be closed by nobody or without a reason.
    #[error("to close an item of the inbox give {what}; nothing was changed")]
    InboxWithout {
        /// What is missing.
        what: &'static str,
    },
    /// No message of the outbox has this id or one that begins so.
    #[error("no delivery has an id that begins with `{key}`; `financr deliveries` lists them")]
    UnknownDelivery {
        /// The id as given.
        key: String,
    },
    /// Several messages of the outbox have an id that begins so.
    #[error("`{key}` is the beginning of several ids of deliveries, give more of it; it fits: {candidates}")]
    AmbiguousDelivery {
        /// The id as given.
        key: String,
        /// The ids that begin so; not all of them if there are many.
        candidates: String,
    },
    /// A message that is not given up was to be queued again.
    #[error(
        "delivery `{key}` is {state}, nothing was changed; only one that was given up or came back is queued again"
    )]
    DeliveryNotEnded {
        /// The beginning of its id.
        key: String,
        /// The state it is in.
        state: DeliveryState,
    },
    /// Somebody decided about a delivery or an address without a name or a reason.
    #[error("give {what}; nothing was changed")]
    DecisionWithout {
        /// What is missing.
        what: &'static str,
    },
    /// Something is sealed, and the store was opened without keys.
    #[error("what is personal is sealed, and there are no keys; name `key_file` under [privacy]")]
    NoKeys,
    /// Something cannot be sealed or opened.
    #[error("what is personal cannot be sealed or opened")]
    Keys {
        /// What is wrong with the keys.
        #[from]
        source: KeyError,
    },
    /// There is more about a person than one answer takes.
    #[error("there are more than a million rows of {table} about the person; write them out in parts")]
    TooMuch {
        /// The table.
        table: &'static str,
    },
    /// Somebody else was to write a read into the audit log with others, and could not.
    #[error("a read is not in the audit log, so it is not answered; look for the reason in the log")]
    NotWrittenDown,
    /// A stored value is not what its column holds.
    #[error("{table}.{column} holds something unreadable ({problem}); other software has written to the store")]
    Stored {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A value cannot be written as JSON.
    #[error("cannot write {what} as JSON")]
    Json {
        /// What was to be written.
        what: &'static str,
        /// The reason.
        source: serde_json::Error,
    },
    /// The database failed or refused a statement.
    #[error("cannot {action}")]
    Query {
        /// What was to be done, e.g. `read the portfolios`.
        action: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
}

impl Error {
    /// Names what a statement of SQL was for.
    pub(crate) fn query(action: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
        move |source| Error::Query { action, source }
    }

    /// Whether a portfolio was refused because it would change closed years.
    pub fn is_of_closed_years(&self) -> bool {
        matches!(self, Error::LockMovedBack { .. } | Error::LockedCostBasis { .. })
    }

    /// Whether a constraint of the database refused what was to be written: the writing of anything else may go on.
    pub fn is_refused_content(&self) -> bool {
        let Error::Query { source, .. } = self else { return false };
        let of_content = [ErrorKind::CheckViolation, ErrorKind::NotNullViolation, ErrorKind::UniqueViolation];
        source.as_database_error().is_some_and(|cause| of_content.contains(&cause.kind()))
    }
}

/// Whether a row refers to a row that is not there.
pub(crate) fn is_missing_reference(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|cause| cause.is_foreign_key_violation())
}
