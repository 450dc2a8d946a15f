//! Schedules, and the moments at which they were due.
//!
//! Every process may notice that a schedule is due; the unique key lets exactly one of them enqueue it. The last moment
//! that was enqueued tells after an outage what has been missed.

use chrono::{DateTime, Utc};
use schemas::BusinessDate;

use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::error::{Error, Result, is_missing_reference};
use crate::portfolios::SaveOutcome;
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

stored_words! {
    /// What is done about moments that were missed, because nothing ran.
    CatchUp, "catch-up rule":
    /// Nothing.
    None = "none",
    /// The latest of them is done.
    Last = "last",
    /// All of them are done, the earliest first.
    All = "all",
}

stored_words! {
    /// How far a moment of a schedule has come.
    FireState, "fire state":
    /// It is to be dealt with.
    Queued = "queued",
    /// It has been dealt with.
    Done = "done",
    /// Dealing with it failed.
    Failed = "failed",
}

/// When a job is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The name, e.g. `nightly`.
    pub name: String,
    /// The job, e.g. `nightly`.
    pub job: String,
    /// Second, minute, hour, day of month, month and day of week, e.g. `0 30 22 * * MON-FRI`.
    pub cron: String,
    /// The time zone of the cron expression by its IANA name, e.g. `Europe/Berlin`. Never an offset.
    pub time_zone: String,
    /// What is done about moments that were missed.
    pub catch_up: CatchUp,
    /// Since when it rests; none if it is active.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A moment at which a schedule was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fire {
    /// The schedule.
    pub schedule_name: String,
    /// The moment.
    pub fire_at: DateTime<Utc>,
    /// The day that the job is to be done for.
    pub business_date: BusinessDate,
    /// How far it has come.
    pub state: FireState,
    /// When it was dealt with; none while it is queued.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why dealing with it failed.
    pub error: Option<String>,
}

const SELECT_ALL: &str = include_str!("queries/schedules/select_all.sql");
const SELECT_ONE: &str = include_str!("queries/schedules/select_one.sql");
const INSERT: &str = include_str!("queries/schedules/insert.sql");
const UPDATE: &str = include_str!("queries/schedules/update.sql");
const LAST_ENQUEUED: &str = include_str!("queries/schedules/last_enqueued.sql");
const INSERT_FIRE: &str = include_str!("queries/schedules/insert_fire.sql");
const SELECT_DUE_FIRES: &str = include_str!("queries/schedules/select_due_fires.sql");
const END_FIRE: &str = include_str!("queries/schedules/end_fire.sql");

impl Store {
    /// Saves a schedule as it is set now.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn save_schedule(&self, schedule: &Schedule, now: DateTime<Utc>) -> Result<SaveOutcome> {
        let mut work = self.database.begin().await?;
        let outcome = if 0 < write(&mut work, INSERT, schedule, now).await? {
            SaveOutcome::Inserted
        } else if stored(&mut work, &schedule.name).await?.as_ref() == Some(schedule) {
            SaveOutcome::Unchanged
        } else {
            write(&mut work, UPDATE, schedule, now).await?;
            SaveOutcome::Changed
        };
        work.commit().await?;
        Ok(outcome)
    }

    /// All schedules in the order of their names.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn schedules(&self) -> Result<Vec<Schedule>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, ScheduleRow>(SELECT_ALL).fetch_all(pool).await
        })
        .map_err(Error::query("read the schedules"))?;
        rows.into_iter().map(ScheduleRow::schedule).collect()
    }

    /// One schedule; none if it is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn schedule(&self, name: &str) -> Result<Option<Schedule>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, ScheduleRow>(SELECT_ONE).bind(name).fetch_optional(pool).await
        })
        .map_err(Error::query("read a schedule"))?;
        row.map(ScheduleRow::schedule).transpose()
    }

    /// The latest moment of a schedule that has been enqueued; none if none has.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn last_enqueued(&self, name: &str) -> Result<Option<DateTime<Utc>>> {
        let text = reading!(&self.database, pool => {
            sqlx::query_scalar::<_, Option<String>>(LAST_ENQUEUED).bind(name).fetch_one(pool).await
        })
        .map_err(Error::query("read the last fire of a schedule"))?;
        parsed_or_none(FIRES, "fire_at", text.as_deref())
    }

    /// Enqueues a moment at which a schedule is due. Returns false if it was enqueued already.
    ///
    /// # Errors
    /// [`Error::UnknownSchedule`] if the schedule is not in the store, or the database's reason.
    pub async fn enqueue_fire(&self, name: &str, fire_at: DateTime<Utc>, business_date: BusinessDate) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT_FIRE)
                .bind(name)
                .bind(instant(fire_at))
                .bind(business_date.to_string())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|source| {
            if is_missing_reference(&source) {
                Error::UnknownSchedule { schedule_name: name.to_owned(), fire_at }
            } else {
                Error::query("enqueue a fire")(source)
            }
        })?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Moments that have come and are not dealt with, the longest due first.
    ///
    /// - `limit`: moments, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn due_fires(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Fire>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, FireRow>(SELECT_DUE_FIRES)
                .bind(instant(now))
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the fires that are due"))?;
        rows.into_iter().map(FireRow::fire).collect()
    }

    /// Notes that a moment has been dealt with. Returns false if it is not queued, because it was ended before.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn mark_fire_done(&self, name: &str, fire_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool> {
        self.end_fire(name, fire_at, FireState::Done, None, now).await
    }

    /// Notes that dealing with a moment failed. Returns false if it is not queued, because it was ended before.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn mark_fire_failed(
        &self,
        name: &str,
        fire_at: DateTime<Utc>,
        error: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        self.end_fire(name, fire_at, FireState::Failed, Some(error), now).await
    }

    async fn end_fire(
        &self,
        name: &str,
        fire_at: DateTime<Utc>,
        state: FireState,
        error: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(END_FIRE)
                .bind(name)
                .bind(instant(fire_at))
                .bind(state.word())
                .bind(instant(now))
                .bind(error)
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("end a fire"))?;
        work.commit().await?;
        Ok(0 < rows)
    }
}

/// Inserts or updates a schedule: both statements take the same values. Returns the rows written.
async fn write(
    work: &mut SqlTransaction,
    statement: &'static str,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<u64> {
    within!(work, open => {
        sqlx::query(statement)
            .bind(schedule.name.as_str())
            .bind(schedule.job.as_str())
            .bind(schedule.cron.as_str())
            .bind(schedule.time_zone.as_str())
            .bind(schedule.catch_up.word())
            .bind(schedule.disabled_at.map(instant))
            .bind(instant(now))
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("save a schedule"))
}

async fn stored(work: &mut SqlTransaction, name: &str) -> Result<Option<Schedule>> {
    let row = within!(work, open => {
        sqlx::query_as::<_, ScheduleRow>(SELECT_ONE).bind(name).fetch_optional(open).await
    })
    .map_err(Error::query("read a schedule"))?;
    row.map(ScheduleRow::schedule).transpose()
}

#[derive(sqlx::FromRow)]
struct ScheduleRow {
    schedule_name: String,
    job: String,
    cron: String,
    time_zone: String,
    catch_up: String,
    disabled_at: Option<String>,
}

impl ScheduleRow {
    fn schedule(self) -> Result<Schedule> {
        let table = "schedules";
        Ok(Schedule {
            name: self.schedule_name,
            job: self.job,
            cron: self.cron,
            time_zone: self.time_zone,
            catch_up: parsed(table, "catch_up", &self.catch_up)?,
            disabled_at: parsed_or_none(table, "disabled_at", self.disabled_at.as_deref())?,
        })
    }
}

const FIRES: &str = "schedule_fires";

#[derive(sqlx::FromRow)]
struct FireRow {
    schedule_name: String,
    fire_at: String,
    business_date: String,
    state: String,
    ended_at: Option<String>,
    error: Option<String>,
}

impl FireRow {
    fn fire(self) -> Result<Fire> {
        Ok(Fire {
            fire_at: parsed(FIRES, "fire_at", &self.fire_at)?,
            business_date: parsed(FIRES, "business_date", &self.business_date)?,
            state: parsed(FIRES, "state", &self.state)?,
            ended_at: parsed_or_none(FIRES, "ended_at", self.ended_at.as_deref())?,
            schedule_name: self.schedule_name,
            error: self.error,
        })
    }
}
