//! Keys of users for programs: what they may be used for, until when, and when they were.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use schemas::{Scope, UserId};

use crate::audit::AuditAction;
use crate::database::{reading, row_limit, within};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none};
use crate::user_standings::{StandingColumns, UserStanding};

/// Keys that a user may have in force.
pub const API_KEYS_MAX: i64 = 20;

/// Keys that a program with an account of its own may have in force: the one in use, and the one that takes its place.
pub const SERVICE_KEYS_MAX: i64 = 2;

/// A key of a user. Its secret is not here.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The part of the key that may be seen, e.g. `9f86d081884c`.
    pub key_id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// What its user calls it; may be empty.
    pub title: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// When it was used, to the minute; none if it never was.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked; none if it was not.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Whether it can be used.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ApiKey { key_id, user_id, .. } = self;
        formatter.debug_struct("ApiKey").field("key_id", key_id).field("user_id", user_id).finish_non_exhaustive()
    }
}

/// How exactly the last use of a key is known.
const USE_STEP: TimeDelta = TimeDelta::minutes(1);

const INSERT: &str = include_str!("queries/api_keys/insert.sql");
const SELECT_OF_USER: &str = include_str!("queries/api_keys/select_of_user.sql");
const SELECT_BY_SECRET: &str = include_str!("queries/api_keys/select_by_secret.sql");
const REVOKE: &str = include_str!("queries/api_keys/revoke.sql");
const NOTE_USE: &str = include_str!("queries/api_keys/note_use.sql");

impl Store {
    /// Puts in a key. Returns false, and changes nothing, if its user has [`API_KEYS_MAX`] in force.
    ///
    /// # Errors
    /// The database's reason, also if the id or the secret is taken.
    pub async fn insert_api_key(&self, key: &ApiKey, secret_hash: &str) -> Result<bool> {
        self.put_key(key, secret_hash, API_KEYS_MAX).await
    }

    /// Puts in a key of a program with an account of its own. Returns false, and changes nothing, if it has
    /// [`SERVICE_KEYS_MAX`] in force.
    ///
    /// # Errors
    /// The database's reason, also if the id or the secret is taken.
    pub async fn insert_service_key(&self, key: &ApiKey, secret_hash: &str) -> Result<bool> {
        self.put_key(key, secret_hash, SERVICE_KEYS_MAX).await
    }

    async fn put_key(&self, key: &ApiKey, secret_hash: &str, keys_max: i64) -> Result<bool> {
        let scopes = key.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ");
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(key.key_id.as_str())
                .bind(key.user_id.as_str())
                .bind(key.title.as_str())
                .bind(secret_hash)
                .bind(scopes.as_str())
                .bind(instant(key.created_at))
                .bind(instant(key.expires_at))
                .bind(keys_max)
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("put in a key"))?;
        if 0 < rows {
            self.note(&mut work, (AuditAction::KeyMade, &key.user_id, ""), key.created_at).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// A page of the keys of a user, by id, also those that can be used no more.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn api_keys_of(&self, user_id: &UserId, after: &str, limit: u32) -> Result<Vec<ApiKey>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, ApiKeyRow>(SELECT_OF_USER)
                .bind(user_id.as_str())
                .bind(after)
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the keys of a user"))?;
        rows.into_iter().map(ApiKeyRow::key).collect()
    }

    /// The key with a secret, and its user.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn api_key_by_secret(&self, secret_hash: &str) -> Result<Option<(ApiKey, UserStanding)>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, StandingRow>(SELECT_BY_SECRET).bind(secret_hash).fetch_optional(pool).await
        })
        .map_err(Error::query("read a key"))?;
        row.map(|row| Ok((row.key.key()?, row.standing.standing()?))).transpose()
    }

    /// Revokes a key of a user. Returns false if it is none, or was revoked.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn revoke_api_key(&self, user_id: &UserId, key_id: &str, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(REVOKE)
                .bind(key_id)
                .bind(user_id.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("revoke a key"))?;
        if 0 < rows {
            self.note(&mut work, (AuditAction::KeyRevoked, user_id, ""), now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Notes that a key is used, unless that was noted within the last minute.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn note_api_key_use(&self, key: &ApiKey, now: DateTime<Utc>) -> Result<()> {
        let before = now.checked_sub_signed(USE_STEP).unwrap_or(now);
        if key.last_used_at.is_some_and(|last| before <= last) {
            return Ok(());
        }
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(NOTE_USE)
                .bind(key.key_id.as_str())
                .bind(instant(now))
                .bind(instant(before))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("note the use of a key"))?;
        work.commit().await
    }
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    #[sqlx(flatten)]
    key: ApiKeyRow,
    #[sqlx(flatten)]
    standing: StandingColumns,
}

#[derive(sqlx::FromRow)]
struct ApiKeyRow {
    key_id: String,
    user_id: String,
    title: String,
    scopes: String,
    created_at: String,
    expires_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

impl ApiKeyRow {
    fn key(self) -> Result<ApiKey> {
        let scopes = self.scopes.split(' ').map(|word| parsed("api_keys", "scopes", word));
        Ok(ApiKey {
            key_id: self.key_id,
            user_id: parsed("api_keys", "user_id", &self.user_id)?,
            title: self.title,
            scopes: scopes.collect::<Result<_>>()?,
            created_at: parsed("api_keys", "created_at", &self.created_at)?,
            expires_at: parsed("api_keys", "expires_at", &self.expires_at)?,
            last_used_at: parsed_or_none("api_keys", "last_used_at", self.last_used_at.as_deref())?,
            revoked_at: parsed_or_none("api_keys", "revoked_at", self.revoked_at.as_deref())?,
        })
    }
}
