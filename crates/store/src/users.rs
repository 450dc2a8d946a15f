//! Users: the people, and the programs with an account of their own, that may ask.

use std::fmt;

use chrono::{DateTime, Utc};
use schemas::{Language, Role, UserId};

use crate::database::{SqlTransaction, reading, within};
use crate::delivery_records::decided;
use crate::error::{Error, Result};
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

impl Store {
    /// Puts in a new user. Returns false, and changes nothing, if the address is somebody's already.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without an address, or the database's reason, also if the id is taken.
    pub async fn insert_user(&self, user: &User) -> Result<bool> {
        let lookup = decided("an address", &address(&user.email))?;
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(user.user_id.as_str())
                .bind(user.kind.word())
                .bind(user.email.trim())
                .bind(lookup.as_str())
                .bind(user.display_name.as_str())
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
        row.map(UserRow::user).transpose()
    }

    /// A user by address, whatever its capitals.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, UserRow>(SELECT_BY_EMAIL).bind(address(email)).fetch_optional(pool).await
        })
        .map_err(Error::query("read a user by address"))?;
        row.map(UserRow::user).transpose()
    }
}

/// A user by id, in a transaction.
pub(crate) async fn user_within(work: &mut SqlTransaction, user_id: &UserId) -> Result<Option<User>> {
    let row = within!(work, open => {
        sqlx::query_as::<_, UserRow>(SELECT_ONE).bind(user_id.as_str()).fetch_optional(open).await
    })
    .map_err(Error::query("read a user"))?;
    row.map(UserRow::user).transpose()
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
}

impl UserRow {
    pub(crate) fn user(self) -> Result<User> {
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
