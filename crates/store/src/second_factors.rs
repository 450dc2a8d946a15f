//! Second factors: the authenticator that a user signs in with beside the password, and the codes that take its place.
//!
//! What an authenticator shares with the house stands here sealed with a key that the store does not have. The code of
//! a time step is good once, and none of an earlier step is good after it (RFC 6238, section 5.2). Nothing is deleted
//! but the secret of what ended: who had a second factor when, and who took it away, stays.

use std::fmt;

use chrono::{DateTime, Utc};
use schemas::UserId;

use crate::account_mails::{AccountMailKind, queue_within};
use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::delivery_records::bounded;
use crate::error::{Error, Result};
use crate::session_proofs::{SessionEnd, SessionProof, set_proof};
use crate::sessions::end_all;
use crate::sign_in_challenges::void_challenges;
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

stored_words! {
    /// Why an authenticator counts no more.
    FactorEnd, "end of a second factor":
    /// Another one took its place.
    Replaced = "replaced",
    /// Its user turned it off.
    TurnedOff = "turned_off",
    /// An operator took it away from a user who lost it.
    Reset = "reset",
}

/// An authenticator of a user.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The id.
    pub factor_id: String,
    /// What it shares with the house, sealed; none once it has ended.
    pub sealed_secret: Option<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When its first code was right; none as long as it waits for that, and counts for nothing.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// How it ended; none for one that has not.
    pub end: Option<EndedFactor>,
}

/// How an authenticator ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedFactor {
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: FactorEnd,
    /// Who did it: the id of the user, or the name of an operator.
    pub by: String,
    /// What an operator noted.
    pub note: Option<String>,
}

/// Shows no secret.
impl fmt::Debug for SecondFactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SecondFactor").field("factor_id", &self.factor_id).finish_non_exhaustive()
    }
}

/// An authenticator whose first code was right.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmedFactor<'a> {
    /// Whose it is.
    pub user_id: &'a UserId,
    /// The authenticator.
    pub factor_id: &'a str,
    /// The time step of the code.
    pub step: i64,
    /// The hashes of the recovery codes that belong to it.
    pub code_hashes: &'a [String],
    /// The session that counts as proved by it. The others end.
    pub session_id: &'a str,
    /// How that one is proved now.
    pub proof: SessionProof,
}

/// Who ends an authenticator, and why.
#[derive(Clone, Copy, Debug)]
pub struct FactorEnding<'a> {
    /// Why.
    pub reason: FactorEnd,
    /// Who does it.
    pub by: &'a str,
    /// What an operator notes.
    pub note: Option<&'a str>,
    /// The session that stays, if one does.
    pub session_that_stays: Option<&'a str>,
}

const INSERT: &str = include_str!("queries/second_factors/insert.sql");
const SELECT_IN_FORCE: &str = include_str!("queries/second_factors/select_in_force.sql");
const SELECT_WAITING: &str = include_str!("queries/second_factors/select_waiting.sql");
const SELECT_OF_USER: &str = include_str!("queries/second_factors/select_of_user.sql");
const CONFIRM: &str = include_str!("queries/second_factors/confirm.sql");
const USE_STEP: &str = include_str!("queries/second_factors/use_step.sql");
const END_IN_FORCE: &str = include_str!("queries/second_factors/end_in_force.sql");
const END_WAITING: &str = include_str!("queries/second_factors/end_waiting.sql");
const INSERT_CODE: &str = include_str!("queries/recovery_codes/insert.sql");
const USE_CODE: &str = include_str!("queries/recovery_codes/use.sql");
const VOID_CODES: &str = include_str!("queries/recovery_codes/void.sql");
const COUNT_CODES: &str = include_str!("queries/recovery_codes/count_left.sql");

impl Store {
    /// The authenticator that a user signs in with; none for one who needs none.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn second_factor(&self, user_id: &UserId) -> Result<Option<SecondFactor>> {
        self.factor(SELECT_IN_FORCE, user_id).await
    }

    /// The authenticator of a user that waits for its first code.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn waiting_second_factor(&self, user_id: &UserId) -> Result<Option<SecondFactor>> {
        self.factor(SELECT_WAITING, user_id).await
    }

    /// The authenticators that a user has or had, the latest first.
    ///
    /// - `limit`: authenticators, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn second_factors_of(&self, user_id: &UserId, limit: u32) -> Result<Vec<SecondFactor>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, FactorRow>(SELECT_OF_USER)
                .bind(user_id.as_str())
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the second factors of a user"))?;
        rows.into_iter().map(FactorRow::factor).collect()
    }

    /// Puts in an authenticator that waits for its first code, in place of another one that waits.
    ///
    /// # Errors
    /// The database's reason, also if the user is not there.
    pub async fn begin_second_factor(
        &self,
        user_id: &UserId,
        factor_id: &str,
        sealed_secret: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        end_factor(&mut work, END_WAITING, user_id, FactorEnding::replaced_by(user_id), now).await?;
        within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(factor_id)
                .bind(user_id.as_str())
                .bind(sealed_secret)
                .bind(instant(now))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("put in a second factor"))?;
        work.commit().await
    }

    /// Lets an authenticator count whose first code was right, in place of the one until now: other recovery codes
    /// belong to it, other sessions end, and no open sign-in goes on. Returns false, and changes nothing, if it does
    /// not wait for a code any more.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn confirm_second_factor(&self, confirmed: ConfirmedFactor<'_>, now: DateTime<Utc>) -> Result<bool> {
        let ConfirmedFactor { user_id, factor_id, step, code_hashes, session_id, proof } = confirmed;
        let mut work = self.database.begin().await?;
        end_factor(&mut work, END_IN_FORCE, user_id, FactorEnding::replaced_by(user_id), now).await?;
        let rows = within!(&mut work, open => {
            sqlx::query(CONFIRM)
                .bind(factor_id)
                .bind(user_id.as_str())
                .bind(instant(now))
                .bind(step)
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("confirm a second factor"))?;
        if rows == 0 {
            return Ok(false);
        }
        put_codes(&mut work, user_id, code_hashes, now).await?;
        set_proof(&mut work, user_id, session_id, proof).await?;
        end_all(&mut work, user_id, Some(session_id), SessionEnd::Ended, now).await?;
        void_challenges(&mut work, user_id, now).await?;
        queue_within(&mut work, user_id, AccountMailKind::SecondFactorAdded, now).await?;
        work.commit().await?;
        Ok(true)
    }

    /// Uses the code of a time step. Returns false if that of this or of a later step was used, or the authenticator
    /// has ended.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn use_factor_step(&self, factor_id: &str, step: i64) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(USE_STEP).bind(factor_id).bind(step).execute(open).await.map(|done| done.rows_affected())
        })
        .map_err(Error::query("use a code of a second factor"))?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Uses a recovery code of a user. Returns false if it is none, was used, or is good no more.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn use_recovery_code(&self, user_id: &UserId, code_hash: &str, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(USE_CODE)
                .bind(code_hash)
                .bind(user_id.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("use a recovery code"))?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Gives a user other recovery codes; those until now are good no more.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn replace_recovery_codes(
        &self,
        user_id: &UserId,
        code_hashes: &[String],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        put_codes(&mut work, user_id, code_hashes, now).await?;
        queue_within(&mut work, user_id, AccountMailKind::RecoveryCodesRenewed, now).await?;
        work.commit().await
    }

    /// How many recovery codes of a user are good.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn recovery_codes_left(&self, user_id: &UserId) -> Result<i64> {
        reading!(&self.database, pool => {
            sqlx::query_scalar::<_, i64>(COUNT_CODES).bind(user_id.as_str()).fetch_one(pool).await
        })
        .map_err(Error::query("count recovery codes"))
    }

    /// Takes the authenticator of a user away, also one that waits, and the recovery codes; sessions end, but for one
    /// that may stay, and no open sign-in goes on. Returns false if there was none.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn end_second_factor(
        &self,
        user_id: &UserId,
        ending: FactorEnding<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let waiting = end_factor(&mut work, END_WAITING, user_id, ending, now).await?;
        let in_force = end_factor(&mut work, END_IN_FORCE, user_id, ending, now).await?;
        void_codes(&mut work, user_id, now).await?;
        if let Some(session_id) = ending.session_that_stays {
            set_proof(&mut work, user_id, session_id, SessionProof::Password).await?;
        }
        end_all(&mut work, user_id, ending.session_that_stays, SessionEnd::Ended, now).await?;
        void_challenges(&mut work, user_id, now).await?;
        // One that waits for its first code counts for nothing: its end is nothing to tell of.
        if 0 < in_force {
            queue_within(&mut work, user_id, AccountMailKind::SecondFactorRemoved, now).await?;
        }
        work.commit().await?;
        Ok(0 < waiting + in_force)
    }

    async fn factor(&self, text: &'static str, user_id: &UserId) -> Result<Option<SecondFactor>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, FactorRow>(text).bind(user_id.as_str()).fetch_optional(pool).await
        })
        .map_err(Error::query("read a second factor"))?;
        row.map(FactorRow::factor).transpose()
    }
}

impl<'a> FactorEnding<'a> {
    fn replaced_by(user_id: &'a UserId) -> FactorEnding<'a> {
        FactorEnding { reason: FactorEnd::Replaced, by: user_id.as_str(), note: None, session_that_stays: None }
    }
}

async fn end_factor(
    work: &mut SqlTransaction,
    text: &'static str,
    user_id: &UserId,
    ending: FactorEnding<'_>,
    now: DateTime<Utc>,
) -> Result<u64> {
    within!(work, open => {
        sqlx::query(text)
            .bind(user_id.as_str())
            .bind(instant(now))
            .bind(ending.reason.word())
            .bind(ending.by)
            .bind(ending.note.map(bounded))
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("end a second factor"))
}

async fn put_codes(
    work: &mut SqlTransaction,
    user_id: &UserId,
    code_hashes: &[String],
    now: DateTime<Utc>,
) -> Result<()> {
    void_codes(work, user_id, now).await?;
    for code_hash in code_hashes {
        within!(&mut *work, open => {
            sqlx::query(INSERT_CODE)
                .bind(code_hash.as_str())
                .bind(user_id.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("put in a recovery code"))?;
    }
    Ok(())
}

async fn void_codes(work: &mut SqlTransaction, user_id: &UserId, now: DateTime<Utc>) -> Result<()> {
    within!(work, open => {
        sqlx::query(VOID_CODES).bind(user_id.as_str()).bind(instant(now)).execute(open).await.map(|_| ())
    })
    .map_err(Error::query("void recovery codes"))
}

#[derive(sqlx::FromRow)]
struct FactorRow {
    factor_id: String,
    sealed_secret: Option<String>,
    made_at: String,
    confirmed_at: Option<String>,
    ended_at: Option<String>,
    end_reason: Option<String>,
    ended_by: Option<String>,
    end_note: Option<String>,
}

impl FactorRow {
    fn factor(self) -> Result<SecondFactor> {
        let end = match (self.ended_at, self.end_reason, self.ended_by) {
            (Some(at), Some(reason), Some(by)) => Some(EndedFactor {
                at: parsed("second_factors", "ended_at", &at)?,
                reason: parsed("second_factors", "end_reason", &reason)?,
                by,
                note: self.end_note,
            }),
            _ => None,
        };
        Ok(SecondFactor {
            factor_id: self.factor_id,
            sealed_secret: self.sealed_secret,
            made_at: parsed("second_factors", "made_at", &self.made_at)?,
            confirmed_at: parsed_or_none("second_factors", "confirmed_at", self.confirmed_at.as_deref())?,
            end,
        })
    }
}
