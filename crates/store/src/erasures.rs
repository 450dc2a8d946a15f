//! The end of what the house knows about a person (Art. 17 of Regulation (EU) 2016/679).
//!
//! The key of the person is destroyed, and with it the address and the name; what else names the person is emptied.
//! Rows stay, by an id that leads to nobody: who owned and did what is known for as long as the law has it, and the
//! audit log stays whole. As long as the law has the house know who somebody was, it refuses, with the reason and the
//! day.

use chrono::{DateTime, Months, NaiveDate, Utc};
use schemas::person_retention::{PersonRecord, PersonRetention};
use schemas::{Role, UserId};

use crate::audit::{AuditAction, AuditOutcome, AuditSubject, NewAuditEntry};
use crate::database::{SqlTransaction, within};
use crate::error::{Error, Result};
use crate::session_proofs::SessionEnd;
use crate::sessions::end_all;
use crate::store::Store;
use crate::stored_text::{instant, parsed_or_none};
use crate::users::User;

/// What became of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErasureOutcome {
    /// The person is erased.
    Erased,
    /// There is no such user, or it was erased before.
    Unknown,
    /// The house must know who it is.
    Refused(ErasureRefusal),
}

/// Why the house must know who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErasureRefusal {
    /// Portfolios are the person's.
    OwnsPortfolios,
    /// The person works for the house, and the account is not disabled.
    WorksHere,
    /// The law has it known until a day.
    Retained {
        /// The rule.
        rule: PersonRetention,
        /// The first day on which it is possible.
        possible_on: NaiveDate,
    },
}

impl std::fmt::Display for ErasureRefusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ErasureRefusal::OwnsPortfolios => formatter.write_str("the user owns portfolios: the relationship goes on"),
            ErasureRefusal::WorksHere => formatter.write_str("the user works for the house; disable the account first"),
            ErasureRefusal::Retained { rule: PersonRetention { years, basis, .. }, possible_on } => write!(
                formatter,
                "who the user was must be known for {years} years ({basis}); it is possible on {possible_on}"
            ),
        }
    }
}

const SELECT_OWNERSHIP: &str = include_str!("queries/erasures/select_ownership.sql");
const END_USER: &str = include_str!("queries/erasures/end_user.sql");
/// What is done beside, with the id of the user.
const EMPTY: [&str; 11] = [
    include_str!("queries/erasures/destroy_key.sql"),
    include_str!("queries/erasures/empty_sessions.sql"),
    include_str!("queries/erasures/delete_refresh_tokens.sql"),
    include_str!("queries/erasures/delete_account_tokens.sql"),
    include_str!("queries/erasures/end_account_mails.sql"),
    include_str!("queries/erasures/delete_oidc_links.sql"),
    include_str!("queries/erasures/delete_recovery_codes.sql"),
    include_str!("queries/erasures/delete_sign_in_challenges.sql"),
    include_str!("queries/erasures/delete_passkey_ceremonies.sql"),
    include_str!("queries/erasures/delete_notifications.sql"),
    include_str!("queries/erasures/delete_notification_settings.sql"),
];
/// What ends at the moment of the erasure.
const END: [&str; 3] = [
    include_str!("queries/erasures/revoke_api_keys.sql"),
    include_str!("queries/erasures/end_second_factors.sql"),
    include_str!("queries/erasures/end_passkeys.sql"),
];

impl Store {
    /// Erases a person, if the law does not have the house know who it is. It cannot be undone.
    ///
    /// # Errors
    /// The database's reason. Nothing was changed then.
    pub async fn erase_person(&self, user_id: &UserId, now: DateTime<Utc>) -> Result<ErasureOutcome> {
        let mut work = self.database.begin().await?;
        let outcome = self.erase_within(&mut work, user_id, now).await?;
        match outcome {
            ErasureOutcome::Erased => work.commit().await?,
            ErasureOutcome::Unknown => {}
            ErasureOutcome::Refused(_) => {
                drop(work);
                self.note_refused(user_id, now).await?;
            }
        }
        Ok(outcome)
    }

    /// Erases a person within work that is under way, which is to be given up unless the outcome is
    /// [`ErasureOutcome::Erased`].
    pub(crate) async fn erase_within(
        &self,
        work: &mut SqlTransaction,
        user_id: &UserId,
        now: DateTime<Utc>,
    ) -> Result<ErasureOutcome> {
        let Some(user) = self.user_within(work, user_id).await? else { return Ok(ErasureOutcome::Unknown) };
        // The row is held first: nobody gives the user a portfolio or another role meanwhile.
        let rows = within!(work, open => {
            sqlx::query(END_USER)
                .bind(user_id.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("erase a user"))?;
        if rows == 0 {
            return Ok(ErasureOutcome::Unknown);
        }
        if let Some(refusal) = refusal(work, &user, now).await? {
            return Ok(ErasureOutcome::Refused(refusal));
        }
        for statement in EMPTY {
            within!(work, open => sqlx::query(statement).bind(user_id.as_str()).execute(open).await.map(|_| ()))
                .map_err(Error::query("erase what is beside a user"))?;
        }
        for statement in END {
            within!(work, open => {
                sqlx::query(statement).bind(user_id.as_str()).bind(instant(now)).execute(open).await.map(|_| ())
            })
            .map_err(Error::query("end the keys and authenticators of a user"))?;
        }
        end_all(work, user_id, None, SessionEnd::Disabled, now).await?;
        self.note(work, (AuditAction::Erased, user_id, "everything"), now).await?;
        Ok(ErasureOutcome::Erased)
    }

    /// Notes that a person was to be erased and was not.
    pub(crate) async fn note_refused(&self, user_id: &UserId, now: DateTime<Utc>) -> Result<()> {
        let entry = NewAuditEntry {
            action: AuditAction::Erased,
            subject: AuditSubject::User(user_id.clone()),
            fields: "everything",
            outcome: AuditOutcome::Refused,
        };
        self.note_reads(vec![entry], now).await
    }
}

/// Why the house must know who a user is; none if it need not.
async fn refusal(work: &mut SqlTransaction, user: &User, now: DateTime<Utc>) -> Result<Option<ErasureRefusal>> {
    let row = within!(work, open => {
        sqlx::query_as::<_, OwnershipRow>(SELECT_OWNERSHIP).bind(user.user_id.as_str()).fetch_one(open).await
    })
    .map_err(Error::query("read what a user owned"))?;
    if 0 < row.owned_now {
        return Ok(Some(ErasureRefusal::OwnsPortfolios));
    }
    let last: Option<DateTime<Utc>> = parsed_or_none("portfolio_owners", "until_at", row.last_until_at.as_deref())?;
    if let Some(refusal) = last.and_then(|end| retained(PersonRecord::ClientRelationship, end, now)) {
        return Ok(Some(refusal));
    }
    if user.role == Role::Client {
        return Ok(None);
    }
    Ok(match user.disabled_at {
        None => Some(ErasureRefusal::WorksHere),
        Some(end) => retained(PersonRecord::Staff, end, now),
    })
}

/// Whether a record is to be kept at an instant that ended at another.
fn retained(record: PersonRecord, end: DateTime<Utc>, now: DateTime<Utc>) -> Option<ErasureRefusal> {
    let rule = record.longest_retention()?;
    let last_day = end.date_naive().checked_add_months(Months::new(rule.years.saturating_mul(12)))?;
    let possible_on = last_day.succ_opt()?;
    (now.date_naive() < possible_on).then_some(ErasureRefusal::Retained { rule, possible_on })
}

#[derive(sqlx::FromRow)]
struct OwnershipRow {
    owned_now: i64,
    last_until_at: Option<String>,
}
