//! Sign-ins whose first step is done and whose second one is open: kept as hashes, good for one use.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::UserId;

use crate::database::{SqlTransaction, reading, within};
use crate::error::{Error, Result};
use crate::session_proofs::SessionProof;
use crate::store::Store;
use crate::stored_text::{instant, parsed};

const INSERT: &str = include_str!("queries/sign_in_challenges/insert.sql");
const SELECT_USER: &str = include_str!("queries/sign_in_challenges/select_user.sql");
const TAKE: &str = include_str!("queries/sign_in_challenges/take.sql");
const VOID_OF_USER: &str = include_str!("queries/sign_in_challenges/void_of_user.sql");

impl Store {
    /// Puts in a sign-in of a user, by the hash of its challenge.
    ///
    /// - `first_proof`: how the user did the first step.
    ///
    /// # Errors
    /// The database's reason, also if the user is not there.
    pub async fn begin_challenge(
        &self,
        challenge_hash: &str,
        user_id: &UserId,
        first_proof: SessionProof,
        life: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(challenge_hash)
                .bind(user_id.as_str())
                .bind(first_proof.word())
                .bind(instant(now))
                .bind(instant(now.checked_add_signed(life).unwrap_or(now)))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("put in a sign-in"))?;
        work.commit().await
    }

    /// Whose sign-in a challenge is of, if its second step can be done now. It stays as it is.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn user_of_challenge(&self, challenge_hash: &str, now: DateTime<Utc>) -> Result<Option<UserId>> {
        let found = reading!(&self.database, pool => {
            sqlx::query_scalar::<_, String>(SELECT_USER)
                .bind(challenge_hash)
                .bind(instant(now))
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read whose a sign-in is"))?;
        found.map(|text| parsed("sign_in_challenges", "user_id", &text)).transpose()
    }

    /// Uses a challenge. Returns whose sign-in it was of, and how the first step was done; none if it cannot be used.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn take_challenge(
        &self,
        challenge_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<(UserId, SessionProof)>> {
        let mut work = self.database.begin().await?;
        let taken = within!(&mut work, open => {
            sqlx::query_as::<_, (String, String)>(TAKE)
                .bind(challenge_hash)
                .bind(instant(now))
                .fetch_optional(open)
                .await
        })
        .map_err(Error::query("use a sign-in"))?;
        work.commit().await?;
        let Some((user_id, proof)) = taken else { return Ok(None) };
        let user_id = parsed("sign_in_challenges", "user_id", &user_id)?;
        Ok(Some((user_id, parsed("sign_in_challenges", "first_proof", &proof)?)))
    }
}

/// Lets no open sign-in of a user go on.
pub(crate) async fn void_challenges(work: &mut SqlTransaction, user_id: &UserId, now: DateTime<Utc>) -> Result<()> {
    within!(work, open => {
        sqlx::query(VOID_OF_USER).bind(user_id.as_str()).bind(instant(now)).execute(open).await.map(|_| ())
    })
    .map_err(Error::query("void the sign-ins of a user"))
}
