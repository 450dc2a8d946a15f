//! What is personal about users, sealed with a key of each (docs/adr/0038).
//!
//! The key of a person is wrapped with one of the house's ([`KeyService`]) and stands beside what it opens. Each value
//! is sealed as what it is: table, column, person; put elsewhere it cannot be opened. In `users` stand a mark in place
//! of the address, and a keyed hash by which it is found.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use schemas::UserId;

use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::error::{Error, Result};
use crate::key_service::{DataKey, KeyService, WrappedKey, open, seal};
use crate::store::Store;
use crate::stored_text::{instant, parsed};

/// What stands in `users.email` if the address is sealed.
pub(crate) const SEALED: &str = "sealed";
/// What a keyed hash in `users.email_lookup` begins with; no address does.
pub(crate) const LOOKUP_MARK: &str = "hmac-sha256:";
/// What values are sealed as, and the version of that.
const FIELD: &str = "financr field 1";

/// A value of a user that is sealed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SealedField {
    Email,
    DisplayName,
}

impl SealedField {
    fn column(self) -> &'static str {
        match self {
            SealedField::Email => "email",
            SealedField::DisplayName => "display_name",
        }
    }
}

/// A key of a person in its row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct KeyRow {
    pub(crate) user_id: String,
    pub(crate) key_id: String,
    pub(crate) wrapped_key: String,
}

/// What of a user is sealed, to be put into its row.
pub(crate) struct SealedUser {
    pub(crate) lookup: String,
    key: WrappedKey,
    email: String,
    display_name: String,
}

/// How far the sealing of a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedCounts {
    /// Users whose address and name are not sealed yet.
    pub plain: i64,
    /// For each key of the house, by name, the users whose keys are wrapped with it.
    pub by_key: Vec<(String, i64)>,
}

const INSERT: &str = include_str!("queries/personal_data/insert.sql");
const SET_DISPLAY_NAME: &str = include_str!("queries/personal_data/set_display_name.sql");
const REWRAP: &str = include_str!("queries/personal_data/rewrap.sql");
const SELECT_KEY: &str = include_str!("queries/personal_data/select_key.sql");
const SELECT_OF_OTHER_KEYS: &str = include_str!("queries/personal_data/select_of_other_keys.sql");
const COUNT_BY_KEY: &str = include_str!("queries/personal_data/count_by_key.sql");
const COUNT_PLAIN: &str = include_str!("queries/users/count_plain.sql");
const SELECT_PLAIN: &str = include_str!("queries/users/select_plain.sql");
const SEAL_ROW: &str = include_str!("queries/users/seal.sql");

/// Sealing what is personal.
impl Store {
    /// The same store with keys: what is personal is sealed from now on, and what is sealed can be read.
    #[must_use]
    pub fn with_keys(self, keys: Arc<dyn KeyService>) -> Store {
        Store { keys: Some(keys), ..self }
    }

    /// Seals what is not sealed yet of some users. Returns how many were sealed; none if nothing is left.
    ///
    /// It can be stopped and begun again at any time, beside everything else.
    ///
    /// - `limit`: users that are looked at, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// [`Error::NoKeys`] without keys, what is wrong with them, or the database's reason.
    pub async fn seal_plain_users(&self, limit: u32, now: DateTime<Utc>) -> Result<u64> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, PlainRow>(SELECT_PLAIN).bind(row_limit(limit)).fetch_all(pool).await
        })
        .map_err(Error::query("read users that are not sealed"))?;
        let mut sealed = 0;
        for row in rows {
            let user_id: UserId = parsed("users", "user_id", &row.user_id)?;
            let new = self.sealed_user(&user_id, &row.email, &row.email_lookup, &row.display_name).await?;
            let mut work = self.database.begin().await?;
            let changed = within!(&mut work, open => {
                sqlx::query(SEAL_ROW)
                    .bind(row.user_id.as_str())
                    .bind(SEALED)
                    .bind(new.lookup.as_str())
                    .bind(row.email_lookup.as_str())
                    .bind(row.display_name.as_str())
                    .execute(open)
                    .await
                    .map(|done| done.rows_affected())
            })
            .map_err(Error::query("seal a user"))?;
            if 0 < changed {
                insert(&mut work, &user_id, &new, now).await?;
                work.commit().await?;
                sealed += changed;
            }
        }
        Ok(sealed)
    }

    /// Wraps the keys of some users anew that are not wrapped with the key that wraps now. Returns how many; none if
    /// nothing is left. It can be stopped and begun again at any time, beside everything else.
    ///
    /// # Errors
    /// [`Error::NoKeys`] without keys, what is wrong with them, or the database's reason.
    pub async fn rewrap_keys(&self, limit: u32) -> Result<u64> {
        let keys = self.needed_keys()?;
        let current = keys.wrapping_key_id().await?;
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, KeyRow>(SELECT_OF_OTHER_KEYS)
                .bind(current.as_str())
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read keys of users"))?;
        let mut wrapped = 0;
        for row in rows {
            let key = keys.unwrap_key(&row.wrapped_key()?, &row.user_id).await?;
            let anew = keys.wrap_key(&key, &row.user_id).await?;
            let mut work = self.database.begin().await?;
            wrapped += within!(&mut work, open => {
                sqlx::query(REWRAP)
                    .bind(row.user_id.as_str())
                    .bind(row.key_id.as_str())
                    .bind(anew.key_id.as_str())
                    .bind(STANDARD.encode(&anew.wrapped))
                    .execute(open)
                    .await
                    .map(|done| done.rows_affected())
            })
            .map_err(Error::query("wrap the key of a user anew"))?;
            work.commit().await?;
        }
        Ok(wrapped)
    }

    /// How many users are sealed, with which keys, and how many are not.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn sealed_counts(&self) -> Result<SealedCounts> {
        let by_key = reading!(&self.database, pool => {
            sqlx::query_as::<_, (String, i64)>(COUNT_BY_KEY).fetch_all(pool).await
        })
        .map_err(Error::query("count the keys of users"))?;
        let plain = reading!(&self.database, pool => {
            sqlx::query_scalar::<_, i64>(COUNT_PLAIN).fetch_one(pool).await
        })
        .map_err(Error::query("count users that are not sealed"))?;
        Ok(SealedCounts { plain, by_key })
    }
}

/// What the other files of users need.
impl Store {
    fn needed_keys(&self) -> Result<&Arc<dyn KeyService>> {
        self.keys.as_ref().ok_or(Error::NoKeys)
    }

    /// By what an address is found: a keyed hash with keys, the address in small letters without.
    ///
    /// - `address`: in small letters.
    pub(crate) async fn lookup_of(&self, address: &str) -> Result<String> {
        match &self.keys {
            Some(keys) => Ok(format!("{LOOKUP_MARK}{}", keys.lookup_hash(address).await?)),
            None => Ok(address.to_owned()),
        }
    }

    /// What of a user is personal, sealed with a new key.
    pub(crate) async fn sealed_user(
        &self,
        user_id: &UserId,
        email: &str,
        address: &str,
        display_name: &str,
    ) -> Result<SealedUser> {
        let keys = self.needed_keys()?;
        let key = DataKey::random()?;
        let sealed = SealedUser {
            lookup: self.lookup_of(address).await?,
            email: seal_field(&key, SealedField::Email, user_id.as_str(), email)?,
            display_name: seal_field(&key, SealedField::DisplayName, user_id.as_str(), display_name)?,
            key: keys.wrap_key(&key, user_id.as_str()).await?,
        };
        Ok(sealed)
    }

    /// The key of a user from its row.
    pub(crate) async fn opened_key(&self, row: &KeyRow) -> Result<DataKey> {
        Ok(self.needed_keys()?.unwrap_key(&row.wrapped_key()?, &row.user_id).await?)
    }

    /// Gives a user whose data is sealed another name. Returns false if it is not sealed. Its row of `users` is held by
    /// the transaction already, so that it is not sealed meanwhile.
    pub(crate) async fn set_sealed_name(
        &self,
        work: &mut SqlTransaction,
        user_id: &UserId,
        display_name: &str,
    ) -> Result<bool> {
        let row = within!(work, open => {
            sqlx::query_as::<_, KeyRow>(SELECT_KEY).bind(user_id.as_str()).fetch_optional(open).await
        })
        .map_err(Error::query("read the key of a user"))?;
        let Some(row) = row else { return Ok(false) };
        let key = self.opened_key(&row).await?;
        let sealed = seal_field(&key, SealedField::DisplayName, user_id.as_str(), display_name)?;
        within!(work, open => {
            sqlx::query(SET_DISPLAY_NAME).bind(user_id.as_str()).bind(sealed.as_str()).execute(open).await.map(|_| ())
        })
        .map_err(Error::query("seal the name of a user"))?;
        Ok(true)
    }
}

impl KeyRow {
    fn wrapped_key(&self) -> Result<WrappedKey> {
        let wrapped = bytes("wrapped_key", &self.wrapped_key)?;
        Ok(WrappedKey { key_id: self.key_id.clone(), wrapped })
    }
}

/// Puts what of a user is sealed into its row.
pub(crate) async fn insert(
    work: &mut SqlTransaction,
    user_id: &UserId,
    sealed: &SealedUser,
    now: DateTime<Utc>,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(INSERT)
            .bind(user_id.as_str())
            .bind(sealed.key.key_id.as_str())
            .bind(STANDARD.encode(&sealed.key.wrapped))
            .bind(sealed.email.as_str())
            .bind(sealed.display_name.as_str())
            .bind(instant(now))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("put in what of a user is sealed"))
}

/// Seals a value as what it is.
fn seal_field(key: &DataKey, field: SealedField, user_id: &str, value: &str) -> Result<String> {
    Ok(STANDARD.encode(seal(key.bytes(), &sealed_as(field, user_id), value.as_bytes())?))
}

/// Opens a value that was sealed as what it is.
pub(crate) fn open_field(key: &DataKey, field: SealedField, user_id: &str, sealed: &str) -> Result<String> {
    let opened = open(key.bytes(), &sealed_as(field, user_id), &bytes(field.column(), sealed)?)?;
    String::from_utf8(opened).map_err(|_| unreadable(field.column(), "no text"))
}

fn sealed_as(field: SealedField, user_id: &str) -> Vec<u8> {
    format!("{FIELD}\nusers\n{}\n{user_id}", field.column()).into_bytes()
}

fn bytes(column: &'static str, text: &str) -> Result<Vec<u8>> {
    STANDARD.decode(text).map_err(|_| unreadable(column, "no base64"))
}

fn unreadable(column: &'static str, problem: &str) -> Error {
    Error::Stored { table: "personal_data", column, problem: problem.to_owned() }
}

#[derive(sqlx::FromRow)]
struct PlainRow {
    user_id: String,
    email: String,
    email_lookup: String,
    display_name: String,
}
