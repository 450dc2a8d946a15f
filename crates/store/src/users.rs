//! Users: the people, and the programs with an account of their own, that may ask.

use std::fmt;

use chrono::{DateTime, Utc};
use schemas::{Language, Role, UserId};

use crate::audit::AuditAction;
use crate::database::{SqlTransaction, reading, within};
use crate::delivery_records::decided;
use crate::error::{Error, Result};
use crate::personal_data::{KeyRow, LOOKUP_MARK, SEALED, SealedField, SealedUser, open_field};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};
use crate::suppressions::address;

stored_words! {
    /// Whether a user is a person.
    UserKind, "kind of user":
    /// A person, who signs in.
    Person = "person",
    /// A program, which has keys and no password.
    Service = "service",
}

/// A user.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub user_id: UserId,
    /// Whether it is a person.
    pub kind: UserKind,
    /// The address as it was given. Never logged.
    pub email: String,
    /// How the user wants to be called; may be empty. Never logged.
    pub display_name: String,
    /// What the user is to the house.
    pub role: Role,
    /// The language of what is written to the user.
    pub language: Language,
    /// The hash of the password as a PHC string; none as long as none was chosen.
    pub password_hash: Option<String>,
    /// When the user proved to have the address; none as long as that is open.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// Since when the user may not ask any more; none for one who may.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Shows nothing that could tell who it is.
impl fmt::Debug for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let User { user_id, role, .. } = self;
        formatter.debug_struct("User").field("user_id", user_id).field("role", role).finish_non_exhaustive()
    }
}

const INSERT: &str = include_str!("queries/users/insert.sql");
const SELECT_ONE: &str = include_str!("queries/users/select_one.sql");
const SELECT_BY_EMAIL: &str = include_str!("queries/users/select_by_email.sql");
const FIND_PLAIN: &str = include_str!("queries/users/find_plain.sql");

impl Store {
    /// Puts in a new user. Returns false, and changes nothing, if the address is somebody's already.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without an address, or the database's reason, also if the id is taken.
    pub async fn insert_user(&self, user: &User) -> Result<bool> {
        let lookup = decided("an address", &address(&user.email))?;
        let sealed: Option<SealedUser> = match &self.keys {
            Some(_) => Some(self.sealed_user(&user.user_id, user.email.trim(), &lookup, &user.display_name).await?),
            None => None,
        };
        let mut work = self.database.begin().await?;
        if sealed.is_some() && is_plain_address_taken(&mut work, &lookup).await? {
            return Ok(false);
        }
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(user.user_id.as_str())
                .bind(user.kind.word())
                .bind(if sealed.is_some() { SEALED } else { user.email.trim() })
                .bind(sealed.as_ref().map_or(lookup.as_str(), |sealed| sealed.lookup.as_str()))
                .bind(if sealed.is_some() { "" } else { user.display_name.as_str() })
                .bind(user.role.word())
                .bind(user.language.code())
                .bind(user.password_hash.as_deref())
                .bind(user.email_verified_at.map(instant))
                .bind(user.disabled_at.map(instant))
                .bind(instant(user.created_at))
                .bind(instant(user.updated_at))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("put in a user"))?;
        if 0 < rows {
            if let Some(sealed) = &sealed {
                crate::personal_data::insert(&mut work, &user.user_id, sealed, user.created_at).await?;
            }
            self.note_own(&mut work, (AuditAction::UserMade, &user.user_id, "email,display_name"), user.created_at)
                .await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// A user by id.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn user(&self, user_id: &UserId) -> Result<Option<User>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, UserRow>(SELECT_ONE).bind(user_id.as_str()).fetch_optional(pool).await
        })
        .map_err(Error::query("read a user"))?;
        self.opened_or_none(row).await
    }

    /// A user by address, whatever its capitals.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        let address = address(email);
        if address.starts_with(LOOKUP_MARK) {
            return Ok(None);
        }
        let lookup = self.lookup_of(&address).await?;
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, UserRow>(SELECT_BY_EMAIL)
                .bind(lookup.as_str())
                .bind(address.as_str())
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read a user by address"))?;
        self.opened_or_none(row).await
    }

    /// A user by id, in a transaction.
    pub(crate) async fn user_within(&self, work: &mut SqlTransaction, user_id: &UserId) -> Result<Option<User>> {
        let row = within!(work, open => {
            sqlx::query_as::<_, UserRow>(SELECT_ONE).bind(user_id.as_str()).fetch_optional(open).await
        })
        .map_err(Error::query("read a user"))?;
        self.opened_or_none(row).await
    }

    async fn opened_or_none(&self, row: Option<UserRow>) -> Result<Option<User>> {
        match row {
            Some(row) => Ok(Some(self.opened(row).await?)),
            None => Ok(None),
        }
    }

    /// A user from a row, with what of it is sealed.
    pub(crate) async fn opened(&self, mut row: UserRow) -> Result<User> {
        if let (Some(key_id), Some(wrapped_key)) = (row.sealed_key_id.take(), row.sealed_key.take()) {
            let user_id = row.user_id.clone();
            let key = self.opened_key(&KeyRow { user_id: user_id.clone(), key_id, wrapped_key }).await?;
            if let Some(sealed) = row.sealed_email.take() {
                row.email = open_field(&key, SealedField::Email, &user_id, &sealed)?;
            }
            if let Some(sealed) = row.sealed_display_name.take() {
                row.display_name = open_field(&key, SealedField::DisplayName, &user_id, &sealed)?;
            }
        }
        row.user()
    }
}

/// Whether an address in small letters is that of a user who is not sealed yet.
async fn is_plain_address_taken(work: &mut SqlTransaction, address: &str) -> Result<bool> {
    let found = within!(work, open => {
        sqlx::query_scalar::<_, String>(FIND_PLAIN).bind(address).fetch_optional(open).await
    })
    .map_err(Error::query("look an address up"))?;
    Ok(found.is_some())
}

#[derive(sqlx::FromRow)]
pub(crate) struct UserRow {
    user_id: String,
    kind: String,
    email: String,
    display_name: String,
    role: String,
    language: String,
    password_hash: Option<String>,
    email_verified_at: Option<String>,
    disabled_at: Option<String>,
    created_at: String,
    updated_at: String,
    sealed_key_id: Option<String>,
    sealed_key: Option<String>,
    sealed_email: Option<String>,
    sealed_display_name: Option<String>,
}

impl UserRow {
    fn user(self) -> Result<User> {
        Ok(User {
            user_id: parsed("users", "user_id", &self.user_id)?,
            kind: parsed("users", "kind", &self.kind)?,
            email: self.email,
            display_name: self.display_name,
            role: parsed("users", "role", &self.role)?,
            language: parsed("users", "language", &self.language)?,
            password_hash: self.password_hash,
            email_verified_at: parsed_or_none("users", "email_verified_at", self.email_verified_at.as_deref())?,
            disabled_at: parsed_or_none("users", "disabled_at", self.disabled_at.as_deref())?,
            created_at: parsed("users", "created_at", &self.created_at)?,
            updated_at: parsed("users", "updated_at", &self.updated_at)?,
        })
    }
}
