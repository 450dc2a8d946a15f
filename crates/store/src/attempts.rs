//! Attempts to get in: whoever fails often waits, and longer each time.
//!
//! An attempt is counted before it is made and taken back when it leads in: many at once do not get more than their
//! number. Who tries stands here as a hash and as nothing else.

use chrono::{DateTime, TimeDelta, Utc};

use crate::database::{SqlTransaction, within};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed_or_none};

/// Who tries, and how often before waiting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempting {
    /// The SHA-256 of who it is, 64 hexadecimal digits.
    pub key: String,
    /// Failures from which on there is a wait after each.
    pub failures_max: u32,
}

/// How long whoever fails waits.
#[derive(Clone, Copy, Debug)]
pub struct LockOut {
    /// The first wait; each further failure doubles it.
    pub first: TimeDelta,
    /// The longest wait.
    pub longest: TimeDelta,
    /// For how long failures are remembered.
    pub memory: TimeDelta,
}

/// The doublings of a wait that are looked at.
const DOUBLINGS_MAX: u32 = 20;

const BEGIN: &str = include_str!("queries/attempts/begin.sql");
const LOCK_OUT: &str = include_str!("queries/attempts/lock_out.sql");
const FORGET: &str = include_str!("queries/attempts/forget.sql");
const TAKE_BACK: &str = include_str!("queries/attempts/take_back.sql");

impl Store {
    /// Counts an attempt for all who make it. Returns until when they must wait, and counts nothing, if one of them
    /// must.
    ///
    /// # Errors
    /// The database's reason: then nobody may be let in.
    pub async fn begin_attempt(
        &self,
        attempting: &[Attempting],
        lock_out: LockOut,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>> {
        let mut in_order = attempting.to_vec();
        // Always in one order: two that wait for each other's rows would wait for ever.
        in_order.sort();
        let mut work = self.database.begin().await?;
        for one in &in_order {
            let (failures, locked_until) = begin(&mut work, &one.key, lock_out, now).await?;
            if let Some(until) = locked_until.filter(|until| now < *until) {
                return Ok(Some(until));
            }
            if let Some(wait) = lock_out.wait(failures, one.failures_max) {
                set_lock(&mut work, &one.key, now.checked_add_signed(wait).unwrap_or(now)).await?;
            }
        }
        work.commit().await?;
        Ok(None)
    }

    /// Forgets the failures of whoever got in.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn forget_attempts(&self, key: &str) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => sqlx::query(FORGET).bind(key).execute(open).await.map(|_| ()))
            .map_err(Error::query("forget failed attempts"))?;
        work.commit().await
    }

    /// Takes an attempt back that led in, from where others may have failed: their failures stay.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn take_back_attempt(&self, attempting: &Attempting) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(TAKE_BACK)
                .bind(attempting.key.as_str())
                .bind(i64::from(attempting.failures_max))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("take an attempt back"))?;
        work.commit().await
    }
}

impl LockOut {
    /// How long to wait after so many failures; none if there were fewer than are borne.
    fn wait(&self, failures: i64, failures_max: u32) -> Option<TimeDelta> {
        let beyond = u32::try_from(failures.checked_sub(i64::from(failures_max))?).ok()?;
        let factor = 1_i32.checked_shl(beyond.min(DOUBLINGS_MAX))?;
        Some(self.first.checked_mul(factor).unwrap_or(self.longest).min(self.longest))
    }
}

async fn begin(
    work: &mut SqlTransaction,
    key: &str,
    lock_out: LockOut,
    now: DateTime<Utc>,
) -> Result<(i64, Option<DateTime<Utc>>)> {
    let remembered = now.checked_sub_signed(lock_out.memory).unwrap_or(now);
    let (failures, locked_until) = within!(work, open => {
        sqlx::query_as::<_, (i64, Option<String>)>(BEGIN)
            .bind(key)
            .bind(instant(now))
            .bind(instant(remembered))
            .fetch_one(open)
            .await
    })
    .map_err(Error::query("count an attempt"))?;
    Ok((failures, parsed_or_none("attempts", "locked_until", locked_until.as_deref())?))
}

async fn set_lock(work: &mut SqlTransaction, key: &str, until: DateTime<Utc>) -> Result<()> {
    within!(work, open => {
        sqlx::query(LOCK_OUT).bind(key).bind(instant(until)).execute(open).await.map(|_| ())
    })
    .map_err(Error::query("let somebody wait"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_doubles_and_has_an_end() {
        let lock_out =
            LockOut { first: TimeDelta::seconds(30), longest: TimeDelta::minutes(15), memory: TimeDelta::days(1) };
        let waits = [4, 5, 6, 9, 10, 500].map(|failures| lock_out.wait(failures, 5).map(|wait| wait.num_seconds()));
        assert_eq!(waits, [None, Some(30), Some(60), Some(480), Some(900), Some(900)]);
    }
}
