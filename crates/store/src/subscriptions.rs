//! Which plan counts for a user, and what billing providers say of it.
//!
//! A plan begins and ends by a row that stays. A provider tells of beginnings and ends by events, which come several
//! times and in any order: an event counts once, and not at all if one of a later moment has come before it.

use chrono::{DateTime, Utc};
use schemas::UserId;
use uuid::Uuid;

use crate::audit::AuditAction;
use crate::database::{ByEngine, SqlTransaction, reading, row_limit, within};
use crate::delivery_records::decided;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

stored_words! {
    /// What happened to a subscription.
    BillingEventKind, "kind of billing event":
    /// It began, was paid for longer, or changed its plan.
    Started = "started",
    /// It ended.
    Ended = "ended",
}

stored_words! {
    /// What came of an event.
    BillingOutcome, "outcome of a billing event":
    /// It changed the subscription.
    Applied = "applied",
    /// An event of a later moment had come before: nothing changed.
    Stale = "stale",
    /// It had come before: nothing changed.
    Known = "known",
}

/// A plan that counts or counted for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The user.
    pub user_id: UserId,
    /// The name of the plan, e.g. `premium`.
    pub plan: String,
    /// Since when it counts.
    pub since_at: DateTime<Utc>,
    /// When it ends by itself; none if it does not.
    pub paid_until_at: Option<DateTime<Utc>>,
    /// When another began or it was ended; none while that has not happened.
    pub until_at: Option<DateTime<Utc>>,
    /// Who gave it.
    pub given_by: String,
}

/// What a billing provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingEvent {
    /// The provider.
    pub provider: String,
    /// The provider's id of the event, the same each time it is sent.
    pub event_id: String,
    /// Whose subscription it is about.
    pub user_id: UserId,
    /// What happened.
    pub kind: BillingEventKind,
    /// The plan that began; none if it ended.
    pub plan: Option<String>,
    /// Until when it is paid for; none if it does not end by itself.
    pub paid_until_at: Option<DateTime<Utc>>,
    /// When it happened at the provider.
    pub occurred_at: DateTime<Utc>,
    /// The provider's order of events of one moment.
    pub sequence_number: i64,
}

const INSERT: &str = include_str!("queries/subscriptions/insert.sql");
const END: &str = include_str!("queries/subscriptions/end.sql");
const SELECT_CURRENT: &str = include_str!("queries/subscriptions/select_current.sql");
const SELECT_OF_USER: &str = include_str!("queries/subscriptions/select_of_user.sql");
const INSERT_EVENT: &str = include_str!("queries/billing_events/insert.sql");
const IS_OVERTAKEN: &str = include_str!("queries/billing_events/is_overtaken.sql");
const LOCK_USER: ByEngine = ByEngine {
    sqlite: include_str!("queries/subscriptions/lock_user.sqlite.sql"),
    postgres: include_str!("queries/subscriptions/lock_user.postgres.sql"),
};

impl Store {
    /// Lets a plan count for a user from now on, in place of the one that counts. Returns false, and changes nothing,
    /// if there is no such user.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a plan or a name, or the database's reason.
    pub async fn subscribe(
        &self,
        user: &UserId,
        plan: &str,
        paid_until_at: Option<DateTime<Utc>>,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let plan = decided("a plan", plan)?;
        let by = decided("the name of whoever decides it", by)?;
        let mut work = self.database.begin().await?;
        if !locked_user(&mut work, user).await? {
            return Ok(false);
        }
        end_current(&mut work, user, now).await?;
        begin_plan(&mut work, user, &plan, paid_until_at, &by, now).await?;
        self.note(&mut work, (AuditAction::PlanGiven, user, "plan"), now).await?;
        work.commit().await?;
        Ok(true)
    }

    /// The plan that counts for a user at an instant; none if none was given.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn subscription(&self, user: &UserId, at: DateTime<Utc>) -> Result<Option<Subscription>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, SubscriptionRow>(SELECT_CURRENT)
                .bind(user.as_str())
                .bind(instant(at))
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read the plan of a user"))?;
        row.map(SubscriptionRow::subscription).transpose()
    }

    /// The plans that count or counted for a user, the latest first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn subscriptions(&self, user: &UserId, limit: u32) -> Result<Vec<Subscription>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, SubscriptionRow>(SELECT_OF_USER)
                .bind(user.as_str())
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the plans of a user"))?;
        rows.into_iter().map(SubscriptionRow::subscription).collect()
    }

    /// Takes in what a billing provider says, once. Returns none, and changes nothing, if there is no such user.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a provider, an id or the plan that began, or the database's reason.
    pub async fn take_in_billing_event(
        &self,
        event: &BillingEvent,
        now: DateTime<Utc>,
    ) -> Result<Option<BillingOutcome>> {
        let provider = decided("a provider", &event.provider)?;
        decided("the id of the event", &event.event_id)?;
        if event.kind == BillingEventKind::Started {
            decided("a plan", event.plan.as_deref().unwrap_or_default())?;
        }
        let mut work = self.database.begin().await?;
        if !locked_user(&mut work, &event.user_id).await? {
            return Ok(None);
        }
        let outcome =
            if is_overtaken(&mut work, event).await? { BillingOutcome::Stale } else { BillingOutcome::Applied };
        if !write_event(&mut work, event, outcome, now).await? {
            return Ok(Some(BillingOutcome::Known));
        }
        if outcome == BillingOutcome::Applied {
            end_current(&mut work, &event.user_id, now).await?;
            if let Some(plan) = &event.plan {
                begin_plan(&mut work, &event.user_id, plan, event.paid_until_at, &provider, now).await?;
            }
            self.note(&mut work, (AuditAction::PlanGiven, &event.user_id, "plan"), now).await?;
        }
        work.commit().await?;
        Ok(Some(outcome))
    }
}

/// Holds a user's row until the transaction ends, so that plans of one user change one after another; false if there is
/// no such user.
async fn locked_user(work: &mut SqlTransaction, user: &UserId) -> Result<bool> {
    let text = work.text(&LOCK_USER);
    let found = within!(work, open => {
        sqlx::query_scalar::<_, String>(text).bind(user.as_str()).fetch_optional(open).await
    })
    .map_err(Error::query("lock a user"))?;
    Ok(found.is_some())
}

async fn end_current(work: &mut SqlTransaction, user: &UserId, now: DateTime<Utc>) -> Result<()> {
    within!(work, open => {
        sqlx::query(END).bind(user.as_str()).bind(instant(now)).execute(open).await.map(|_| ())
    })
    .map_err(Error::query("end the plan of a user"))
}

async fn begin_plan(
    work: &mut SqlTransaction,
    user: &UserId,
    plan: &str,
    paid_until_at: Option<DateTime<Utc>>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(INSERT)
            .bind(Uuid::new_v4().to_string())
            .bind(user.as_str())
            .bind(plan)
            .bind(instant(now))
            .bind(paid_until_at.map(instant))
            .bind(by)
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("begin the plan of a user"))
}

async fn is_overtaken(work: &mut SqlTransaction, event: &BillingEvent) -> Result<bool> {
    let later = within!(work, open => {
        sqlx::query_scalar::<_, i64>(IS_OVERTAKEN)
            .bind(event.provider.trim())
            .bind(event.user_id.as_str())
            .bind(instant(event.occurred_at))
            .bind(event.sequence_number)
            .fetch_one(open)
            .await
    })
    .map_err(Error::query("look for later billing events"))?;
    Ok(0 < later)
}

/// Writes an event down; false if it is there.
async fn write_event(
    work: &mut SqlTransaction,
    event: &BillingEvent,
    outcome: BillingOutcome,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = within!(work, open => {
        sqlx::query(INSERT_EVENT)
            .bind(event.provider.trim())
            .bind(event.event_id.as_str())
            .bind(event.user_id.as_str())
            .bind(event.kind.word())
            .bind(event.plan.as_deref())
            .bind(event.paid_until_at.map(instant))
            .bind(instant(event.occurred_at))
            .bind(event.sequence_number)
            .bind(instant(now))
            .bind(outcome.word())
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("write a billing event down"))?;
    Ok(0 < rows)
}

#[derive(sqlx::FromRow)]
struct SubscriptionRow {
    user_id: String,
    plan: String,
    since_at: String,
    paid_until_at: Option<String>,
    until_at: Option<String>,
    given_by: String,
}

impl SubscriptionRow {
    fn subscription(self) -> Result<Subscription> {
        let table = "subscriptions";
        Ok(Subscription {
            user_id: parsed(table, "user_id", &self.user_id)?,
            plan: self.plan,
            since_at: parsed(table, "since_at", &self.since_at)?,
            paid_until_at: parsed_or_none(table, "paid_until_at", self.paid_until_at.as_deref())?,
            until_at: parsed_or_none(table, "until_at", self.until_at.as_deref())?,
            given_by: self.given_by,
        })
    }
}
