//! Tokens by which somebody proves to have an address, or sets a password: good for one use, and kept as hashes.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::UserId;

use crate::account_mails::{AccountMailKind, queue_within};
use crate::audit::AuditAction;
use crate::database::{SqlTransaction, reading, within};
use crate::error::{Error, Result};
use crate::session_proofs::SessionEnd;
use crate::sessions::end_all;
use crate::store::Store;
use crate::stored_text::{instant, parsed, stored_words};
use crate::user_changes::{has_password, set_password, set_verified};

stored_words! {
    /// What a token is for.
    AccountPurpose, "purpose of a token":
    /// To prove to have the address.
    VerifyEmail = "verify_email",
    /// To set a password without the old one.
    SetPassword = "set_password",
}

const INSERT: &str = include_str!("queries/account_tokens/insert.sql");
const SELECT_USER: &str = include_str!("queries/account_tokens/select_user.sql");
const TAKE: &str = include_str!("queries/account_tokens/take.sql");
const VOID_OF_USER: &str = include_str!("queries/account_tokens/void_of_user.sql");

impl Store {
    /// Puts in a token of a user, by its hash.
    ///
    /// # Errors
    /// The database's reason, also if the user is not there.
    pub async fn insert_account_token(
        &self,
        token_hash: &str,
        user_id: &UserId,
        purpose: AccountPurpose,
        life: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(token_hash)
                .bind(user_id.as_str())
                .bind(purpose.word())
                .bind(instant(now))
                .bind(instant(now.checked_add_signed(life).unwrap_or(now)))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("put in a token of a user"))?;
        work.commit().await
    }

    /// Whose a token is, if it can be used now. It stays as it is.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn user_of_account_token(
        &self,
        token_hash: &str,
        purpose: AccountPurpose,
        now: DateTime<Utc>,
    ) -> Result<Option<UserId>> {
        let found = reading!(&self.database, pool => {
            sqlx::query_scalar::<_, String>(SELECT_USER)
                .bind(token_hash)
                .bind(purpose.word())
                .bind(instant(now))
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read whose a token is"))?;
        found.map(|text| parsed("account_tokens", "user_id", &text)).transpose()
    }

    /// Uses a token to note that its user has the address. Returns none if it cannot be used.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn verify_email(&self, token_hash: &str, now: DateTime<Utc>) -> Result<Option<UserId>> {
        let mut work = self.database.begin().await?;
        let purpose = AccountPurpose::VerifyEmail;
        let Some(user_id) = take(&mut work, token_hash, purpose, now).await? else { return Ok(None) };
        set_verified(&mut work, &user_id, now).await?;
        void(&mut work, &user_id, purpose, now).await?;
        self.note_own(&mut work, (AuditAction::AddressProved, &user_id, "email"), now).await?;
        work.commit().await?;
        Ok(Some(user_id))
    }

    /// Uses a token to set a password: it proves the address, too, and all sessions end. Who had a password learns of
    /// it by mail. Returns none if the token cannot be used.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn set_password_by_token(
        &self,
        token_hash: &str,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<UserId>> {
        let mut work = self.database.begin().await?;
        let purpose = AccountPurpose::SetPassword;
        let Some(user_id) = take(&mut work, token_hash, purpose, now).await? else { return Ok(None) };
        if has_password(&mut work, &user_id).await? {
            queue_within(&mut work, &user_id, AccountMailKind::PasswordChanged, now).await?;
        }
        set_password(&mut work, &user_id, password_hash, now).await?;
        set_verified(&mut work, &user_id, now).await?;
        void(&mut work, &user_id, purpose, now).await?;
        end_all(&mut work, &user_id, None, SessionEnd::PasswordChanged, now).await?;
        self.note_own(&mut work, (AuditAction::PasswordSet, &user_id, "password"), now).await?;
        work.commit().await?;
        Ok(Some(user_id))
    }
}

async fn take(
    work: &mut SqlTransaction,
    token_hash: &str,
    purpose: AccountPurpose,
    now: DateTime<Utc>,
) -> Result<Option<UserId>> {
    let taken = within!(work, open => {
        sqlx::query_scalar::<_, String>(TAKE)
            .bind(token_hash)
            .bind(purpose.word())
            .bind(instant(now))
            .fetch_optional(open)
            .await
    })
    .map_err(Error::query("use a token of a user"))?;
    taken.map(|text| parsed("account_tokens", "user_id", &text)).transpose()
}

async fn void(work: &mut SqlTransaction, user_id: &UserId, purpose: AccountPurpose, now: DateTime<Utc>) -> Result<()> {
    within!(work, open => {
        sqlx::query(VOID_OF_USER)
            .bind(user_id.as_str())
            .bind(purpose.word())
            .bind(instant(now))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("void the tokens of a user"))
}
