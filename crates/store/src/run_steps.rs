//! The steps of a run: what has been done, from which versions of which tables.

use chrono::{DateTime, Utc};
use schemas::RunId;

use crate::database::{reading, within};
use crate::error::{Error, Result};
use crate::run_claims::hold;
use crate::runs::{Run, RunState};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none};

/// A step of a run, e.g. the conforming of quotes.
#[derive(Clone, Debug, PartialEq)]
pub struct RunStep {
    /// The run.
    pub run_id: RunId,
    /// The place in the order of steps, from 0.
    pub position: i64,
    /// The name, unique within the run, e.g. `conform`.
    pub name: String,
    /// How far it has come.
    pub state: RunState,
    /// The version of every table that it read, by the table's name, e.g. `{"silver.quotes": 17}`.
    pub table_versions_read: serde_json::Value,
    /// Rows written. Not negative.
    pub rows_written: i64,
    /// How long it took, in milliseconds. Not negative.
    pub duration_ms: i64,
    /// What people should know about it; empty if nothing.
    pub note: String,
    /// When it ended; none while it is running.
    pub finished_at: Option<DateTime<Utc>>,
}

const UPSERT: &str = include_str!("queries/run_steps/upsert.sql");
const SELECT_OF_RUN: &str = include_str!("queries/run_steps/select_of_run.sql");

impl Store {
    /// Records a step of a run that one owns. A step that is recorded again, by its name, replaces what was recorded.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] if the run is another's now or is over, or the database's reason.
    pub async fn record_step(&self, run: &Run, step: &RunStep) -> Result<()> {
        debug_assert_eq!(run.id, step.run_id, "a step is recorded under its own run");
        let mut work = self.database.begin().await?;
        hold(&mut work, run).await?;
        within!(&mut work, open => {
            sqlx::query(UPSERT)
                .bind(run.id.as_str())
                .bind(step.position)
                .bind(step.name.as_str())
                .bind(step.state.word())
                .bind(step.table_versions_read.to_string())
                .bind(step.rows_written)
                .bind(step.duration_ms)
                .bind(step.note.as_str())
                .bind(step.finished_at.map(instant))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("record a step of a run"))?;
        work.commit().await
    }

    /// The steps of a run in their order.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn steps(&self, run_id: &RunId) -> Result<Vec<RunStep>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, RunStepRow>(SELECT_OF_RUN).bind(run_id.as_str()).fetch_all(pool).await
        })
        .map_err(Error::query("read the steps of a run"))?;
        rows.into_iter().map(RunStepRow::step).collect()
    }
}

#[derive(sqlx::FromRow)]
struct RunStepRow {
    run_id: String,
    position: i64,
    name: String,
    state: String,
    table_versions_read: String,
    rows_written: i64,
    duration_ms: i64,
    note: String,
    finished_at: Option<String>,
}

impl RunStepRow {
    fn step(self) -> Result<RunStep> {
        let table = "run_steps";
        Ok(RunStep {
            run_id: parsed(table, "run_id", &self.run_id)?,
            position: self.position,
            name: self.name,
            state: parsed(table, "state", &self.state)?,
            table_versions_read: parsed(table, "table_versions_read", &self.table_versions_read)?,
            rows_written: self.rows_written,
            duration_ms: self.duration_ms,
            note: self.note,
            finished_at: parsed_or_none(table, "finished_at", self.finished_at.as_deref())?,
        })
    }
}
