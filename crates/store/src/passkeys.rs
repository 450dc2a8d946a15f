//! Passkeys: what authenticators of users prove themselves with (WebAuthn), and the questions that wait for them.
//!
//! The private key never leaves the authenticator; here stands what its answers are checked with. A question is kept as
//! the hash of what leads to it and is good for one answer.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::UserId;

use crate::account_mails::{AccountMailKind, queue_within};
use crate::audit::AuditAction;
use crate::database::{SqlTransaction, reading, within};
use crate::error::{Error, Result};
use crate::session_proofs::SessionEnd;
use crate::sessions::end_all;
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none};

/// A passkey that a user signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// The id.
    pub passkey_id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// What the user calls it.
    pub label: String,
    /// What its authenticator calls it, in base 64 (RFC 4648, section 5).
    pub credential_id: String,
    /// What its answers are checked with, likewise.
    pub public_key: String,
    /// What changes with its answers, e.g. the counter of the authenticator, likewise.
    pub use_state: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it last proved something; none if it never did.
    pub used_at: Option<DateTime<Utc>>,
}

/// Who takes a passkey away.
#[derive(Clone, Copy, Debug)]
pub struct PasskeyEnding<'a> {
    /// Who: the id of the user, or the name of an operator.
    pub by: &'a str,
    /// The session that stays, if one does.
    pub session_that_stays: Option<&'a str>,
}

const INSERT: &str = include_str!("queries/passkeys/insert.sql");
const SELECT_OF_USER: &str = include_str!("queries/passkeys/select_of_user.sql");
const SELECT_BY_CREDENTIAL: &str = include_str!("queries/passkeys/select_by_credential.sql");
const USE: &str = include_str!("queries/passkeys/use.sql");
const END: &str = include_str!("queries/passkeys/end.sql");
const END_ALL: &str = include_str!("queries/passkeys/end_all.sql");
const INSERT_CEREMONY: &str = include_str!("queries/passkey_ceremonies/insert.sql");
const TAKE_CEREMONY: &str = include_str!("queries/passkey_ceremonies/take.sql");

impl Store {
    /// Puts in a question to an authenticator, by the hash of what leads to it.
    ///
    /// - `user_id`: whose new passkey it is about; none where somebody proves who it is.
    ///
    /// # Errors
    /// The database's reason, also if the user is not there.
    pub async fn begin_passkey_ceremony(
        &self,
        ceremony_hash: &str,
        user_id: Option<&UserId>,
        question: &str,
        life: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(INSERT_CEREMONY)
                .bind(ceremony_hash)
                .bind(user_id.map(UserId::as_str))
                .bind(question)
                .bind(instant(now))
                .bind(instant(now.checked_add_signed(life).unwrap_or(now)))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("put in a question to an authenticator"))?;
        work.commit().await
    }

    /// Uses a question. Returns it; none if it was used, has expired, is none, or is not about this user.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn take_passkey_ceremony(
        &self,
        ceremony_hash: &str,
        user_id: Option<&UserId>,
        now: DateTime<Utc>,
    ) -> Result<Option<String>> {
        let mut work = self.database.begin().await?;
        let taken = within!(&mut work, open => {
            sqlx::query_scalar::<_, String>(TAKE_CEREMONY)
                .bind(ceremony_hash)
                .bind(user_id.map_or("", UserId::as_str))
                .bind(instant(now))
                .fetch_optional(open)
                .await
        })
        .map_err(Error::query("use a question to an authenticator"))?;
        work.commit().await?;
        Ok(taken)
    }

    /// Puts in a passkey, and a mail to its user. Returns false, and changes nothing, if there is one that its
    /// authenticator calls alike.
    ///
    /// # Errors
    /// The database's reason, also if the user is not there.
    pub async fn insert_passkey(&self, passkey: &Passkey) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(passkey.passkey_id.as_str())
                .bind(passkey.user_id.as_str())
                .bind(passkey.label.as_str())
                .bind(passkey.credential_id.as_str())
                .bind(passkey.public_key.as_str())
                .bind(passkey.use_state.as_str())
                .bind(instant(passkey.made_at))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("put in a passkey"))?;
        if 0 < rows {
            let now = passkey.made_at;
            self.note(&mut work, (AuditAction::UserChanged, &passkey.user_id, "passkeys"), now).await?;
            queue_within(&mut work, &passkey.user_id, AccountMailKind::PasskeyAdded, now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// The passkeys that a user signs in with, the oldest first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn passkeys_of(&self, user_id: &UserId) -> Result<Vec<Passkey>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, PasskeyRow>(SELECT_OF_USER).bind(user_id.as_str()).fetch_all(pool).await
        })
        .map_err(Error::query("read the passkeys of a user"))?;
        rows.into_iter().map(PasskeyRow::passkey).collect()
    }

    /// The passkey that its authenticator calls by a name.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn passkey_by_credential(&self, credential_id: &str) -> Result<Option<Passkey>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, PasskeyRow>(SELECT_BY_CREDENTIAL).bind(credential_id).fetch_optional(pool).await
        })
        .map_err(Error::query("read a passkey"))?;
        row.map(PasskeyRow::passkey).transpose()
    }

    /// Notes that a passkey proved something, and what changed with that. Returns false, and changes nothing, if
    /// another answer of it came in between, or it counts no more.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn use_passkey(&self, passkey: &Passkey, use_state: &str, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(USE)
                .bind(passkey.passkey_id.as_str())
                .bind(passkey.use_state.as_str())
                .bind(use_state)
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("note the use of a passkey"))?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Takes a passkey of a user away, with a mail to the user; other sessions end. Returns false if it is none.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn end_passkey(
        &self,
        user_id: &UserId,
        passkey_id: &str,
        ending: PasskeyEnding<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(END)
                .bind(user_id.as_str())
                .bind(passkey_id)
                .bind(instant(now))
                .bind(ending.by)
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("take a passkey away"))?;
        if 0 < rows {
            self.passkeys_taken(&mut work, user_id, ending, now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Takes every passkey of a user away, as [`Store::end_passkey`] does one. Returns how many there were.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn end_passkeys(&self, user_id: &UserId, ending: PasskeyEnding<'_>, now: DateTime<Utc>) -> Result<u64> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(END_ALL)
                .bind(user_id.as_str())
                .bind(instant(now))
                .bind(ending.by)
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("take the passkeys of a user away"))?;
        if 0 < rows {
            self.passkeys_taken(&mut work, user_id, ending, now).await?;
        }
        work.commit().await?;
        Ok(rows)
    }

    /// What follows from the end of passkeys.
    async fn passkeys_taken(
        &self,
        work: &mut SqlTransaction,
        user_id: &UserId,
        ending: PasskeyEnding<'_>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        end_all(work, user_id, ending.session_that_stays, SessionEnd::Ended, now).await?;
        self.note(work, (AuditAction::UserChanged, user_id, "passkeys"), now).await?;
        queue_within(work, user_id, AccountMailKind::PasskeyRemoved, now).await
    }
}

#[derive(sqlx::FromRow)]
struct PasskeyRow {
    passkey_id: String,
    user_id: String,
    label: String,
    credential_id: String,
    public_key: String,
    use_state: String,
    made_at: String,
    used_at: Option<String>,
}

impl PasskeyRow {
    fn passkey(self) -> Result<Passkey> {
        Ok(Passkey {
            passkey_id: self.passkey_id,
            user_id: parsed("passkeys", "user_id", &self.user_id)?,
            label: self.label,
            credential_id: self.credential_id,
            public_key: self.public_key,
            use_state: self.use_state,
            made_at: parsed("passkeys", "made_at", &self.made_at)?,
            used_at: parsed_or_none("passkeys", "used_at", self.used_at.as_deref())?,
        })
    }
}
