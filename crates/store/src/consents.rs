//! What users agreed to have done with their data, and what they took back.

use chrono::{DateTime, Utc};
use schemas::UserId;

use crate::audit::AuditAction;
use crate::database::{reading, row_limit, within};
use crate::error::{Error, Result, is_missing_reference};
use crate::store::Store;
use crate::stored_text::{instant, parsed, stored_words};

stored_words! {
    /// What a user decided.
    ConsentDecision, "decision about a consent":
    /// It may be done.
    Given = "given",
    /// It may not be done any more.
    Withdrawn = "withdrawn",
}

stored_words! {
    /// How the house learned of it.
    ConsentChannel, "channel of a consent":
    /// The user said it, signed in.
    Account = "account",
    /// On paper.
    Paper = "paper",
    /// By telephone.
    Telephone = "telephone",
    /// Face to face.
    InPerson = "in_person",
}

/// A decision of a user about what is done with the user's data. It never changes; the latest about a purpose counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The id.
    pub consent_id: String,
    /// Who decided.
    pub user_id: UserId,
    /// For what, e.g. `newsletter`; at most 60 characters.
    pub purpose: String,
    /// The version of the text that was agreed to, e.g. `2026-01`; at most 60 characters.
    pub text_version: String,
    /// What was decided.
    pub decision: ConsentDecision,
    /// How the house learned of it.
    pub channel: ConsentChannel,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// Who wrote it down.
    pub recorded_by: String,
}

const INSERT: &str = include_str!("queries/consents/insert.sql");
const SELECT_OF_USER: &str = include_str!("queries/consents/select_of_user.sql");
const SELECT_CURRENT: &str = include_str!("queries/consents/select_current.sql");

impl Store {
    /// Writes down what a user decided. Returns false if there is no such user.
    ///
    /// # Errors
    /// The database's reason, also if the id is taken or a text too long.
    pub async fn record_consent(&self, consent: &Consent) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let written = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(consent.consent_id.as_str())
                .bind(consent.user_id.as_str())
                .bind(consent.purpose.as_str())
                .bind(consent.text_version.as_str())
                .bind(consent.decision.word())
                .bind(consent.channel.word())
                .bind(instant(consent.decided_at))
                .bind(consent.recorded_by.as_str())
                .execute(open)
                .await
                .map(|_| ())
        });
        match written {
            Err(error) if is_missing_reference(&error) => return Ok(false),
            other => other.map_err(Error::query("write a consent down"))?,
        }
        let action = match consent.decision {
            ConsentDecision::Given => AuditAction::ConsentGiven,
            ConsentDecision::Withdrawn => AuditAction::ConsentWithdrawn,
        };
        self.note(&mut work, (action, &consent.user_id, "consents"), consent.decided_at).await?;
        work.commit().await?;
        Ok(true)
    }

    /// What a user decided, the latest first.
    ///
    /// - `limit`: decisions, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn consents(&self, user_id: &UserId, limit: u32) -> Result<Vec<Consent>> {
        self.consent_rows(SELECT_OF_USER, user_id, limit).await
    }

    /// What counts: the latest decision of a user about each purpose, by purpose.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn current_consents(&self, user_id: &UserId, limit: u32) -> Result<Vec<Consent>> {
        self.consent_rows(SELECT_CURRENT, user_id, limit).await
    }

    async fn consent_rows(&self, statement: &'static str, user_id: &UserId, limit: u32) -> Result<Vec<Consent>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, ConsentRow>(statement)
                .bind(user_id.as_str())
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the consents of a user"))?;
        rows.into_iter().map(ConsentRow::consent).collect()
    }
}

#[derive(sqlx::FromRow)]
struct ConsentRow {
    consent_id: String,
    user_id: String,
    purpose: String,
    text_version: String,
    decision: String,
    channel: String,
    decided_at: String,
    recorded_by: String,
}

impl ConsentRow {
    fn consent(self) -> Result<Consent> {
        let table = "consents";
        Ok(Consent {
            consent_id: self.consent_id,
            user_id: parsed(table, "user_id", &self.user_id)?,
            purpose: self.purpose,
            text_version: self.text_version,
            decision: parsed(table, "decision", &self.decision)?,
            channel: parsed(table, "channel", &self.channel)?,
            decided_at: parsed(table, "decided_at", &self.decided_at)?,
            recorded_by: self.recorded_by,
        })
    }
}
