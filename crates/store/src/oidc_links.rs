//! Users who sign in at another house (OpenID Connect): which of ours they are, and sign-ins that are under way.
//!
//! Whoever it is there is known by the issuer and the subject, never by an address: addresses are given to others.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::UserId;

use crate::account_mails::{AccountMailKind, queue_within};
use crate::database::{reading, within};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed};

const INSERT_SIGN_IN: &str = include_str!("queries/oidc_sign_ins/insert.sql");
const TAKE_SIGN_IN: &str = include_str!("queries/oidc_sign_ins/take.sql");
const INSERT_LINK: &str = include_str!("queries/oidc_links/insert.sql");
const SELECT_USER: &str = include_str!("queries/oidc_links/select_user.sql");

impl Store {
    /// Puts in a sign-in at another house that begins, by the hash of its secret.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn begin_oidc_sign_in(&self, attempt_hash: &str, life: TimeDelta, now: DateTime<Utc>) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(INSERT_SIGN_IN)
                .bind(attempt_hash)
                .bind(instant(now))
                .bind(instant(now.checked_add_signed(life).unwrap_or(now)))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("put in a sign-in at another house"))?;
        work.commit().await
    }

    /// Uses a sign-in at another house. Returns false if it was used, has expired, or is none.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn take_oidc_sign_in(&self, attempt_hash: &str, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(TAKE_SIGN_IN)
                .bind(attempt_hash)
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("use a sign-in at another house"))?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Which of our users a user of another house is.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn user_of_oidc_link(&self, issuer: &str, subject: &str) -> Result<Option<UserId>> {
        let found = reading!(&self.database, pool => {
            sqlx::query_scalar::<_, String>(SELECT_USER).bind(issuer).bind(subject).fetch_optional(pool).await
        })
        .map_err(Error::query("read who signs in at another house"))?;
        found.map(|text| parsed("oidc_links", "user_id", &text)).transpose()
    }

    /// Notes which of our users a user of another house is. Returns false, and changes nothing, if that one is linked
    /// already, or ours is to another one of that house.
    ///
    /// # Errors
    /// The database's reason, also if the user is not there.
    pub async fn link_oidc(
        &self,
        (issuer, subject): (&str, &str),
        user_id: &UserId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT_LINK)
                .bind(issuer)
                .bind(subject)
                .bind(user_id.as_str())
                .bind(instant(now))
                .bind(by)
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("link a user of another house"))?;
        if 0 < rows {
            queue_within(&mut work, user_id, AccountMailKind::OtherHouseLinked, now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }
}
