//! What can go wrong while jobs run.

use chrono::{DateTime, Utc};
use schemas::{BusinessDate, RunId, Subject};

/// Why a job could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such job.
    #[error("unknown job `{name}`; known: {known}")]
    UnknownJob {
        /// The name as given.
        name: String,
        /// The names that are known.
        known: String,
    },
    /// There is no such run.
    #[error("there is no run `{run_id}`; `financr status` lists the latest")]
    NoSuchRun {
        /// The run as given.
        run_id: RunId,
    },
    /// The range of dates is the wrong way round.
    #[error("the range ends on {to}, before it starts on {from}")]
    Range {
        /// The first date.
        from: BusinessDate,
        /// The last date.
        to: BusinessDate,
    },
    /// Another process works on the run.
    #[error("run {run_id} is held by {owner} until {until}; wait for it, or stop that process")]
    Held {
        /// The run.
        run_id: RunId,
        /// The process.
        owner: String,
        /// When its lease ends.
        until: DateTime<Utc>,
    },
    /// A step failed.
    #[error("step {step} of run {run_id} failed; mend the cause and run the same command again, it goes on there")]
    Step {
        /// The run.
        run_id: RunId,
        /// The step.
        step: &'static str,
        /// The reason.
        source: Box<Error>,
    },
    /// Tables could not be made.
    #[error(transparent)]
    Pipelines(#[from] pipelines::Error),
    /// The lake refused.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A document could not be made or delivered.
    #[error("the statement of {subject} cannot be made")]
    Document {
        /// What it is about.
        subject: Subject,
        /// The reason.
        source: reports::Error,
    },
    /// Statements whose figures were handed over cannot be made.
    #[error(transparent)]
    Statements(reports::Error),
    /// Mail cannot be sent as configured.
    #[error("mail cannot be sent as configured")]
    Mail(#[source] reports::Error),
    /// A mail about an account cannot be made.
    #[error("a mail about an account cannot be made: {problem}")]
    AccountMail {
        /// Why not.
        problem: &'static str,
    },
    /// A channel cannot be used as configured.
    #[error("statements cannot be handed over as configured")]
    Channel(#[source] reports::Error),
    /// A mail about a mail cannot be taken in.
    #[error("{problem}")]
    Returned {
        /// Why not; names no address.
        problem: String,
    },
    /// A browser cannot be put on the list of a portfolio.
    #[error("{problem}")]
    Subscription {
        /// Why not, and what to do.
        problem: String,
    },
    /// A made-up portfolio would reach a store of real ones, or the other way round.
    #[error("{what}; {help}")]
    Kind {
        /// What was tried.
        what: String,
        /// What to do.
        help: &'static str,
    },
    /// An export cannot be imported as it was asked.
    #[error("{file}: {problem}")]
    Export {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A statement cannot be restated as asked.
    #[error("{problem}")]
    Restatement {
        /// Which statement, why not, and what to do.
        problem: String,
    },
    /// A file cannot be looked at, or there is no such statement.
    #[error("{what}: {problem}")]
    Published {
        /// The file or the statement.
        what: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A schedule cannot be read.
    #[error("schedule `{name}`: {problem}")]
    Schedule {
        /// The schedule.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The copy of the transactions in the lake changed whenever it was about to be written.
    #[error("other processes wrote to silver.transactions {attempts} times while it was copied; run it again")]
    Mirror {
        /// How often it was tried.
        attempts: usize,
    },
    /// A worker thread ended without a result.
    #[error("a worker ended without a result; this is a bug")]
    Worker,
}

impl Error {
    /// Whether the run belongs to another process by now.
    pub(crate) fn is_lost_lease(&self) -> bool {
        matches!(self, Error::Store(store::Error::LeaseLost { .. }))
    }

    /// Whether the cause is what was given, and not something that failed.
    pub fn is_wrong_input(&self) -> bool {
        matches!(
            self,
            Error::UnknownJob { .. }
                | Error::NoSuchRun { .. }
                | Error::Range { .. }
                | Error::Restatement { .. }
                | Error::Published { .. }
                | Error::Returned { .. }
                | Error::Subscription { .. }
                | Error::Kind { .. }
                | Error::Schedule { .. }
                | Error::Export { .. }
                | Error::Statements(
                    reports::Error::File { action: "read", .. } | reports::Error::TooManyRejects { .. }
                )
                | Error::Pipelines(
                    pipelines::Error::Folder { .. }
                        | pipelines::Error::Sheet { .. }
                        | pipelines::Error::File { .. }
                        | pipelines::Error::UnknownFormat { .. }
                        | pipelines::Error::Why(_)
                )
        )
    }
}
