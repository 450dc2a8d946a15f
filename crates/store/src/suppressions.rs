//! The list of suppressions: addresses that get nothing optional, because mail to them came back, because somebody
//! complained, or because its owner asked for it.
//!
//! What the house owes a client is sent all the same; the list keeps a sender's good name and a client's peace, and is
//! no way to miss a duty. Whoever puts an address on the list or takes it off is written down.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::database::{reading, row_limit, within};
use crate::delivery_records::{bounded, decided};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed, stored_words};

stored_words! {
    /// Why an address is on the list.
    SuppressionReason, "reason of a suppression":
    /// Mail to it came back for good.
    Bounce = "bounce",
    /// Its owner called a mail unwanted.
    Complaint = "complaint",
    /// Its owner asked for it.
    Request = "request",
}

/// An address to be put on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSuppression<'a> {
    /// Why.
    pub reason: SuppressionReason,
    /// What is known of it, without the address; may be empty.
    pub note: &'a str,
    /// Who puts it there.
    pub by: &'a str,
}

/// An address on the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The address in small letters. Never logged.
    pub recipient: String,
    /// Since when.
    pub added_at: DateTime<Utc>,
    /// Who put it there.
    pub added_by: String,
    /// Why.
    pub reason: SuppressionReason,
    /// What is known of it; may be empty.
    pub note: String,
}

const INSERT: &str = include_str!("queries/suppressions/insert.sql");
const LIFT: &str = include_str!("queries/suppressions/lift.sql");
const SELECT_ONE: &str = include_str!("queries/suppressions/select_one.sql");
const SELECT_IN_FORCE: &str = include_str!("queries/suppressions/select_in_force.sql");

impl Store {
    /// Puts an address on the list. Returns false if it is there already.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without an address or a name, or the database's reason.
    pub async fn suppress(&self, recipient: &str, new: &NewSuppression<'_>, now: DateTime<Utc>) -> Result<bool> {
        let recipient = decided("an address", &address(recipient))?;
        let by = decided("the name of whoever decides it", new.by)?;
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(recipient.as_str())
                .bind(instant(now))
                .bind(by.as_str())
                .bind(new.reason.word())
                .bind(bounded(new.note))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("put an address on the list of suppressions"))?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Takes an address off the list. Returns false if it is not there.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a name, or the database's reason.
    pub async fn lift_suppression(&self, recipient: &str, by: &str, now: DateTime<Utc>) -> Result<bool> {
        let by = decided("the name of whoever decides it", by)?;
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(LIFT)
                .bind(address(recipient))
                .bind(instant(now))
                .bind(by.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("take an address off the list of suppressions"))?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Why an address is on the list; none if it is not.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn suppression(&self, recipient: &str) -> Result<Option<Suppression>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, SuppressionRow>(SELECT_ONE).bind(address(recipient)).fetch_optional(pool).await
        })
        .map_err(Error::query("look an address up in the list of suppressions"))?;
        row.map(SuppressionRow::suppression).transpose()
    }

    /// A page of the addresses on the list, in order.
    ///
    /// - `after`: the last address of the page before; empty for the first page.
    /// - `limit`: addresses, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn suppressions(&self, after: &str, limit: u32) -> Result<Vec<Suppression>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, SuppressionRow>(SELECT_IN_FORCE)
                .bind(after)
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the list of suppressions"))?;
        rows.into_iter().map(SuppressionRow::suppression).collect()
    }
}

/// An address as it is compared: mail programs do not tell large letters from small ones, whatever the standard says.
pub(crate) fn address(text: &str) -> String {
    text.trim().to_lowercase()
}

impl fmt::Debug for Suppression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Suppression")
            .field("added_at", &self.added_at)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

#[derive(sqlx::FromRow)]
struct SuppressionRow {
    recipient: String,
    added_at: String,
    added_by: String,
    reason: String,
    note: String,
}

impl SuppressionRow {
    fn suppression(self) -> Result<Suppression> {
        Ok(Suppression {
            recipient: self.recipient,
            added_at: parsed("suppressions", "added_at", &self.added_at)?,
            added_by: self.added_by,
            reason: parsed("suppressions", "reason", &self.reason)?,
            note: self.note,
        })
    }
}
