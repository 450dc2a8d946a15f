//! Runs: what a job did for a range of business dates, and who is doing it.
//!
//! Reading stands here; taking a run and writing to it stands in `run_claims` and `run_steps`.

use chrono::{DateTime, Utc};
use schemas::{BusinessDate, RunId};

use crate::database::{reading, row_limit};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

stored_words! {
    /// How far a run or a step of it has come.
    RunState, "run state":
    /// Somebody works on it, or died while doing so.
    Running = "running",
    /// It is done.
    Finished = "finished",
    /// It stopped at an error and may be taken up again.
    Failed = "failed",
    /// A check forbids to go on; a person must look at it.
    Blocked = "blocked",
}

/// A run of a job. It is *for* business dates; the instants only say when the machine worked.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The run, e.g. `nightly-2014-12-31-1`.
    pub id: RunId,
    /// The job, e.g. `nightly`.
    pub job: String,
    /// The first business date it is for.
    pub from_date: BusinessDate,
    /// The last business date it is for; the same as the first for a single day.
    pub to_date: BusinessDate,
    /// Which run for these dates it is: a later one replaces the figures of an earlier one.
    pub revision: i64,
    /// A marker of everything it reads; the same marker means that it need not run again.
    pub input_fingerprint: String,
    /// How far it has come.
    pub state: RunState,
    /// The process that works on it, or was the last to do so.
    pub owner: String,
    /// How many owners it has had. Whoever writes must name the number that it was given.
    pub fence: i64,
    /// Until when the owner is believed to be alive.
    pub lease_until: DateTime<Utc>,
    /// The version of the program of the last owner.
    pub program_version: String,
    /// When the first owner claimed it.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it is running.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it failed or was blocked.
    pub error: Option<String>,
    /// What it came to, for people and later runs.
    pub summary: Option<serde_json::Value>,
}

/// A place in the list of runs, which goes from the latest start to the earliest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunCursor {
    /// When the run at that place started.
    pub started_at: DateTime<Utc>,
    /// The run at that place.
    pub run_id: RunId,
}

const SELECT_ONE: &str = include_str!("queries/runs/select_one.sql");
const SELECT_LATEST: &str = include_str!("queries/runs/select_latest.sql");
const SELECT_ENDED_ON: &str = include_str!("queries/runs/select_ended_on.sql");
const SELECT_PAGE: &str = include_str!("queries/runs/select_page.sql");

/// A place before all runs, as it is stored: no instant sorts behind it.
pub(crate) const BEFORE_ALL: &str = "9999-12-31T23:59:59.999999Z";

impl Run {
    /// The place of this run in the list.
    pub fn cursor(&self) -> RunCursor {
        RunCursor { started_at: self.started_at, run_id: self.id.clone() }
    }
}

impl Store {
    /// One run; none if it is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn run(&self, run_id: &RunId) -> Result<Option<Run>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, RunRow>(SELECT_ONE).bind(run_id.as_str()).fetch_optional(pool).await
        })
        .map_err(Error::query("read a run"))?;
        row.map(RunRow::run).transpose()
    }

    /// The run with the highest revision of a job for these dates; none if there has been none.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn latest_run(&self, job: &str, from_date: BusinessDate, to_date: BusinessDate) -> Result<Option<Run>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, RunRow>(SELECT_LATEST)
                .bind(job)
                .bind(from_date.to_string())
                .bind(to_date.to_string())
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read the latest run of a job"))?;
        row.map(RunRow::run).transpose()
    }

    /// The run of a job that ended last, of those whose last business date is this one; none if none has ended.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn run_ended_on(&self, job: &str, to_date: BusinessDate) -> Result<Option<Run>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, RunRow>(SELECT_ENDED_ON)
                .bind(job)
                .bind(to_date.to_string())
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read the run of a job that ended last"))?;
        row.map(RunRow::run).transpose()
    }

    /// A page of all runs, the latest start first.
    ///
    /// - `limit`: runs on the page, at most [`crate::PAGE_ROWS_MAX`].
    /// - `before`: the [`Run::cursor`] of the last run of the page before; none for the first page.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn runs(&self, limit: u32, before: Option<&RunCursor>) -> Result<Vec<Run>> {
        let (started_at, run_id) = match before {
            Some(cursor) => (instant(cursor.started_at), cursor.run_id.as_str()),
            None => (BEFORE_ALL.to_owned(), ""),
        };
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, RunRow>(SELECT_PAGE)
                .bind(started_at)
                .bind(run_id)
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the runs"))?;
        rows.into_iter().map(RunRow::run).collect()
    }
}

/// A row of `runs`.
#[derive(sqlx::FromRow)]
pub(crate) struct RunRow {
    run_id: String,
    job: String,
    from_date: String,
    to_date: String,
    revision: i64,
    input_fingerprint: String,
    state: String,
    owner: String,
    fence: i64,
    lease_until: String,
    program_version: String,
    started_at: String,
    finished_at: Option<String>,
    error: Option<String>,
    summary: Option<String>,
}

impl RunRow {
    /// The run in this row.
    pub(crate) fn run(self) -> Result<Run> {
        let table = "runs";
        Ok(Run {
            id: parsed(table, "run_id", &self.run_id)?,
            job: self.job,
            from_date: parsed(table, "from_date", &self.from_date)?,
            to_date: parsed(table, "to_date", &self.to_date)?,
            revision: self.revision,
            input_fingerprint: self.input_fingerprint,
            state: parsed(table, "state", &self.state)?,
            owner: self.owner,
            fence: self.fence,
            lease_until: parsed(table, "lease_until", &self.lease_until)?,
            program_version: self.program_version,
            started_at: parsed(table, "started_at", &self.started_at)?,
            finished_at: parsed_or_none(table, "finished_at", self.finished_at.as_deref())?,
            error: self.error,
            summary: parsed_or_none(table, "summary", self.summary.as_deref())?,
        })
    }
}
