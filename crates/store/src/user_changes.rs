//! What changes about users: their names, their role, their password, and whether they may ask.

use chrono::{DateTime, Utc};
use schemas::{Language, Role, UserId};

use crate::account_mails::{AccountMailKind, queue_within};
use crate::audit::AuditAction;
use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::error::{Error, Result};
use crate::session_proofs::SessionEnd;
use crate::sessions::end_all;
use crate::sign_in_challenges::void_challenges;
use crate::store::Store;
use crate::stored_text::instant;
use crate::users::{User, UserRow};

const HAS_PASSWORD: &str = include_str!("queries/users/has_password.sql");
const SELECT_PAGE: &str = include_str!("queries/users/select_page.sql");
const SELECT_SERVICES: &str = include_str!("queries/users/select_services.sql");
const SET_LANGUAGE: &str = include_str!("queries/users/set_language.sql");
const SET_DISPLAY_NAME: &str = include_str!("queries/users/set_display_name.sql");
const SET_ROLE: &str = include_str!("queries/users/set_role.sql");
const SET_DISABLED: &str = include_str!("queries/users/set_disabled.sql");
const SET_PASSWORD: &str = include_str!("queries/users/set_password.sql");
const SET_VERIFIED: &str = include_str!("queries/users/set_verified.sql");
const REHASH_PASSWORD: &str = include_str!("queries/users/rehash_password.sql");

impl Store {
    /// A page of the users, by id.
    ///
    /// - `after`: the id that the page begins after; empty for the first page.
    /// - `limit`: users, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn users(&self, after: &str, limit: u32) -> Result<Vec<User>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, UserRow>(SELECT_PAGE).bind(after).bind(row_limit(limit)).fetch_all(pool).await
        })
        .map_err(Error::query("read the users"))?;
        let mut users = Vec::with_capacity(rows.len());
        for row in rows {
            users.push(self.opened(row).await?);
        }
        Ok(users)
    }

    /// A page of the programs with an account of their own, by id.
    ///
    /// - `after`: the id that the page begins after; empty for the first page.
    /// - `limit`: programs, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn services(&self, after: &str, limit: u32) -> Result<Vec<User>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, UserRow>(SELECT_SERVICES).bind(after).bind(row_limit(limit)).fetch_all(pool).await
        })
        .map_err(Error::query("read the programs with an account"))?;
        let mut users = Vec::with_capacity(rows.len());
        for row in rows {
            users.push(self.opened(row).await?);
        }
        Ok(users)
    }

    /// Gives a user another name or language; what is none stays. Returns false if there is no such user.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn set_user_names(
        &self,
        user_id: &UserId,
        display_name: Option<&str>,
        language: Option<Language>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(SET_LANGUAGE)
                .bind(user_id.as_str())
                .bind(language.map(Language::code))
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("change a user"))?;
        if 0 < rows {
            if let Some(name) = display_name
                && !self.set_sealed_name(&mut work, user_id, name).await?
            {
                set_plain_name(&mut work, user_id, name).await?;
            }
            let fields = match (display_name, language) {
                (Some(_), None) => "display_name",
                (None, _) => "language",
                (Some(_), Some(_)) => "display_name,language",
            };
            self.note(&mut work, (AuditAction::UserChanged, user_id, fields), now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Gives a user another role. Returns false if there is no such user.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn set_user_role(&self, user_id: &UserId, role: Role, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(SET_ROLE)
                .bind(user_id.as_str())
                .bind(role.word())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("give a user a role"))?;
        if 0 < rows {
            self.note(&mut work, (AuditAction::RoleGiven, user_id, role.word()), now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Lets a user ask no more, and ends all sessions. Returns false if there is no such user.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn disable_user(&self, user_id: &UserId, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = set_disabled(&mut work, user_id, Some(now), now).await?;
        end_all(&mut work, user_id, None, SessionEnd::Disabled, now).await?;
        if 0 < rows {
            self.note(&mut work, (AuditAction::UserDisabled, user_id, ""), now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Lets a user ask again. Returns false if there is no such user.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn enable_user(&self, user_id: &UserId, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = set_disabled(&mut work, user_id, None, now).await?;
        if 0 < rows {
            self.note(&mut work, (AuditAction::UserEnabled, user_id, ""), now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Gives a user another password and ends all sessions but one. The user learns of it by mail.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn change_password(
        &self,
        user_id: &UserId,
        password_hash: &str,
        session_that_stays: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        set_password(&mut work, user_id, password_hash, now).await?;
        end_all(&mut work, user_id, session_that_stays, SessionEnd::PasswordChanged, now).await?;
        self.note_own(&mut work, (AuditAction::PasswordSet, user_id, "password"), now).await?;
        queue_within(&mut work, user_id, AccountMailKind::PasswordChanged, now).await?;
        work.commit().await
    }

    /// Writes another hash of the same password, unless the password was changed meanwhile.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn rehash_password(&self, user_id: &UserId, old_hash: &str, new_hash: &str) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(REHASH_PASSWORD)
                .bind(user_id.as_str())
                .bind(old_hash)
                .bind(new_hash)
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("hash a password anew"))?;
        work.commit().await
    }
}

/// Gives a user whose data is not sealed another name.
async fn set_plain_name(work: &mut SqlTransaction, user_id: &UserId, display_name: &str) -> Result<()> {
    within!(work, open => {
        sqlx::query(SET_DISPLAY_NAME).bind(user_id.as_str()).bind(display_name).execute(open).await.map(|_| ())
    })
    .map_err(Error::query("change the name of a user"))
}

async fn set_disabled(
    work: &mut SqlTransaction,
    user_id: &UserId,
    disabled_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<u64> {
    within!(work, open => {
        sqlx::query(SET_DISABLED)
            .bind(user_id.as_str())
            .bind(disabled_at.map(instant))
            .bind(instant(now))
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("decide whether a user may ask"))
}

/// Gives a user another password: no sign-in that was begun with the old one goes on.
pub(crate) async fn has_password(work: &mut SqlTransaction, user_id: &UserId) -> Result<bool> {
    let count = within!(work, open => {
        sqlx::query_scalar::<_, i64>(HAS_PASSWORD).bind(user_id.as_str()).fetch_one(open).await
    })
    .map_err(Error::query("see whether a user has a password"))?;
    Ok(0 < count)
}

pub(crate) async fn set_password(
    work: &mut SqlTransaction,
    user_id: &UserId,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(SET_PASSWORD)
            .bind(user_id.as_str())
            .bind(password_hash)
            .bind(instant(now))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("set a password"))?;
    void_challenges(work, user_id, now).await
}

/// Notes that a user has the address.
pub(crate) async fn set_verified(work: &mut SqlTransaction, user_id: &UserId, now: DateTime<Utc>) -> Result<()> {
    within!(work, open => {
        sqlx::query(SET_VERIFIED).bind(user_id.as_str()).bind(instant(now)).execute(open).await.map(|_| ())
    })
    .map_err(Error::query("note that an address is the user's"))
}
