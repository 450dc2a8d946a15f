//! Who may work on a run.
//!
//! A run has at most one owner. The owner holds a lease, which it extends while it works; when the lease has ended, or
//! the owner is known to be dead, another process may take the run over. Every change of owner raises the run's fence,
//! and every write names the fence of the owner that writes: an owner that was only slow, not dead, is refused.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::{BusinessDate, RunId};

use crate::database::{ByEngine, SqlTransaction, within};
use crate::error::{Error, Result};
use crate::runs::{Run, RunRow, RunState};
use crate::store::Store;
use crate::stored_text::{instant, lease_end};

/// A run that somebody wants to work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// The run, e.g. `nightly-2014-12-31-1`: derived from job, dates and revision, so that all processes agree on it.
    pub id: RunId,
    /// The job, e.g. `nightly`.
    pub job: String,
    /// The first business date it is for.
    pub from_date: BusinessDate,
    /// The last business date it is for.
    pub to_date: BusinessDate,
    /// Which run for these dates it is. Not negative.
    pub revision: i64,
    /// A marker of everything it will read.
    pub input_fingerprint: String,
    /// The version of the program that will do it.
    pub program_version: String,
}

/// What came of the wish to work on a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// The run is yours, until its lease ends.
    Claimed(Run),
    /// Another process works on it.
    HeldByOther {
        /// That process.
        owner: String,
        /// When its lease ends, unless it extends it.
        until: DateTime<Utc>,
    },
    /// The run is over, finished or blocked: nothing is left to do under this revision.
    Over(Run),
}

const INSERT: &str = include_str!("queries/runs/insert.sql");
const TAKE_OVER: &str = include_str!("queries/runs/take_over.sql");
const EXTEND_LEASE: &str = include_str!("queries/runs/extend_lease.sql");
const HOLD: &str = include_str!("queries/runs/hold.sql");
const FINISH: &str = include_str!("queries/runs/finish.sql");
const DELETE_STEPS: &str = include_str!("queries/run_steps/delete_of_run.sql");
const LOCK_ONE: ByEngine = ByEngine {
    sqlite: include_str!("queries/runs/lock_one.sqlite.sql"),
    postgres: include_str!("queries/runs/lock_one.postgres.sql"),
};
const LOCK_REVISION: ByEngine = ByEngine {
    sqlite: include_str!("queries/runs/lock_revision.sqlite.sql"),
    postgres: include_str!("queries/runs/lock_revision.postgres.sql"),
};

impl Store {
    /// Claims a run: makes it, or takes it up again if it failed or the lease of its owner has ended.
    ///
    /// If several processes claim one run at once, exactly one of them gets it. A run that is taken up keeps its
    /// finished steps, so that work goes on at the first unfinished one; but if it is claimed with another input
    /// fingerprint than it had, its steps are forgotten, because they were made from other inputs.
    ///
    /// # Errors
    /// [`Error::RunIdTaken`] if the id belongs to another job, dates or revision, [`Error::RevisionTaken`] if these
    /// have another id in the store, or the database's reason.
    pub async fn claim_run(&self, wanted: &NewRun, owner: &str, lease: TimeDelta, now: DateTime<Utc>) -> Result<Claim> {
        let lease_until = lease_end(now, lease);
        let mut work = self.database.begin().await?;
        let claim = match insert(&mut work, wanted, owner, &lease_until, now).await? {
            Some(run) => Claim::Claimed(run),
            None => {
                let found = lock_revision(&mut work, wanted).await?;
                let existing = found.ok_or_else(|| Error::RunIdTaken { run_id: wanted.id.clone() })?;
                if existing.id != wanted.id {
                    return Err(Error::RevisionTaken { run_id: wanted.id.clone(), existing: existing.id });
                }
                let lapsed = existing.lease_until <= now;
                let new_owner = NewOwner {
                    owner,
                    lease_until: &lease_until,
                    program_version: &wanted.program_version,
                    input_fingerprint: &wanted.input_fingerprint,
                };
                take_up(&mut work, existing, lapsed, &new_owner).await?
            }
        };
        work.commit().await?;
        Ok(claim)
    }

    /// Takes a run from an owner that is known to be dead, without waiting for the end of its lease.
    ///
    /// A failed run, and one whose lease has ended, is taken up as well, whoever owned it.
    ///
    /// # Errors
    /// [`Error::UnknownRun`] if there is no such run, or the database's reason.
    pub async fn take_over(
        &self,
        run_id: &RunId,
        dead_owner: &str,
        owner: &str,
        program_version: &str,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Claim> {
        let mut work = self.database.begin().await?;
        let found = lock_one(&mut work, run_id).await?;
        let existing = found.ok_or_else(|| Error::UnknownRun { run_id: run_id.clone() })?;
        let abandoned = existing.owner == dead_owner || existing.lease_until <= now;
        let lease_until = lease_end(now, lease);
        let input_fingerprint = existing.input_fingerprint.clone();
        let new_owner =
            NewOwner { owner, lease_until: &lease_until, program_version, input_fingerprint: &input_fingerprint };
        let claim = take_up(&mut work, existing, abandoned, &new_owner).await?;
        work.commit().await?;
        Ok(claim)
    }

    /// Extends the lease of a run that one owns: from now, for the length of a lease.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] if the run is another's now or is over, or the database's reason.
    pub async fn heartbeat(&self, run: &Run, now: DateTime<Utc>, lease: TimeDelta) -> Result<()> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(EXTEND_LEASE)
                .bind(run.id.as_str())
                .bind(run.fence)
                .bind(lease_end(now, lease))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("extend the lease of a run"))?;
        if rows == 0 {
            return Err(lease_lost(run));
        }
        work.commit().await
    }

    /// Ends a run that one owns, and returns it as it stands then.
    ///
    /// # Errors
    /// [`Error::NotAnEnd`] if the state is `running`, [`Error::LeaseLost`] if the run is another's now or is over, or
    /// the database's reason.
    pub async fn finish_run(
        &self,
        run: &Run,
        state: RunState,
        error: Option<&str>,
        summary: Option<&serde_json::Value>,
        now: DateTime<Utc>,
    ) -> Result<Run> {
        if state == RunState::Running {
            return Err(Error::NotAnEnd { run_id: run.id.clone(), state });
        }
        let mut work = self.database.begin().await?;
        let row = within!(&mut work, open => {
            sqlx::query_as::<_, RunRow>(FINISH)
                .bind(run.id.as_str())
                .bind(run.fence)
                .bind(state.word())
                .bind(instant(now))
                .bind(error)
                .bind(summary.map(ToString::to_string))
                .fetch_optional(open)
                .await
        })
        .map_err(Error::query("end a run"))?;
        let ended = row.ok_or_else(|| lease_lost(run))?.run()?;
        work.commit().await?;
        Ok(ended)
    }
}

/// Holds a run's row until the transaction ends, if the run is still its owner's.
///
/// # Errors
/// [`Error::LeaseLost`] if it is not.
pub(crate) async fn hold(work: &mut SqlTransaction, run: &Run) -> Result<()> {
    let rows = within!(work, open => {
        sqlx::query(HOLD)
            .bind(run.id.as_str())
            .bind(run.fence)
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("hold a run"))?;
    if rows == 0 { Err(lease_lost(run)) } else { Ok(()) }
}

fn lease_lost(run: &Run) -> Error {
    Error::LeaseLost { run_id: run.id.clone(), fence: run.fence }
}

/// Who takes a run up, and with what.
struct NewOwner<'a> {
    owner: &'a str,
    lease_until: &'a str,
    program_version: &'a str,
    input_fingerprint: &'a str,
}

/// Hands a run whose row is locked to a new owner, if its state allows it.
async fn take_up(work: &mut SqlTransaction, existing: Run, abandoned: bool, new_owner: &NewOwner<'_>) -> Result<Claim> {
    match existing.state {
        RunState::Finished | RunState::Blocked => return Ok(Claim::Over(existing)),
        RunState::Running if !abandoned => {
            return Ok(Claim::HeldByOther { owner: existing.owner, until: existing.lease_until });
        }
        RunState::Running | RunState::Failed => {}
    }
    if existing.input_fingerprint != new_owner.input_fingerprint {
        within!(&mut *work, open => {
            sqlx::query(DELETE_STEPS)
                .bind(existing.id.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("forget the steps of a run"))?;
    }
    let row = within!(&mut *work, open => {
        sqlx::query_as::<_, RunRow>(TAKE_OVER)
            .bind(existing.id.as_str())
            .bind(existing.fence)
            .bind(new_owner.owner)
            .bind(new_owner.lease_until)
            .bind(new_owner.program_version)
            .bind(new_owner.input_fingerprint)
            .fetch_optional(open)
            .await
    })
    .map_err(Error::query("take a run over"))?;
    let run = row.ok_or_else(|| lease_lost(&existing))?.run()?;
    tracing::warn!(
        run.id = %run.id,
        run.fence = run.fence,
        "took up run {} after its owner `{}` left it {}",
        run.id,
        existing.owner,
        existing.state
    );
    Ok(Claim::Claimed(run))
}

async fn insert(
    work: &mut SqlTransaction,
    wanted: &NewRun,
    owner: &str,
    lease_until: &str,
    now: DateTime<Utc>,
) -> Result<Option<Run>> {
    let row = within!(work, open => {
        sqlx::query_as::<_, RunRow>(INSERT)
            .bind(wanted.id.as_str())
            .bind(wanted.job.as_str())
            .bind(wanted.from_date.to_string())
            .bind(wanted.to_date.to_string())
            .bind(wanted.revision)
            .bind(wanted.input_fingerprint.as_str())
            .bind(owner)
            .bind(lease_until)
            .bind(wanted.program_version.as_str())
            .bind(instant(now))
            .fetch_optional(open)
            .await
    })
    .map_err(Error::query("claim a run"))?;
    row.map(RunRow::run).transpose()
}

async fn lock_one(work: &mut SqlTransaction, run_id: &RunId) -> Result<Option<Run>> {
    let text = work.text(&LOCK_ONE);
    let row = within!(work, open => {
        sqlx::query_as::<_, RunRow>(text).bind(run_id.as_str()).fetch_optional(open).await
    })
    .map_err(Error::query("lock a run"))?;
    row.map(RunRow::run).transpose()
}

async fn lock_revision(work: &mut SqlTransaction, wanted: &NewRun) -> Result<Option<Run>> {
    let text = work.text(&LOCK_REVISION);
    let row = within!(work, open => {
        sqlx::query_as::<_, RunRow>(text)
            .bind(wanted.job.as_str())
            .bind(wanted.from_date.to_string())
            .bind(wanted.to_date.to_string())
            .bind(wanted.revision)
            .fetch_optional(open)
            .await
    })
    .map_err(Error::query("lock a run"))?;
    row.map(RunRow::run).transpose()
}
