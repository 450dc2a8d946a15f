//! What became of each attempt to deliver, and what people decided about it: the proof of delivery.
//!
//! A message in the outbox says where it stands now. How it came there is written beside it, in the same transaction,
//! and never changes: when, which attempt, what the other side answered, who sent it once more and why.

use chrono::{DateTime, Utc};
use schemas::PortfolioId;

use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::deliveries::{Delivery, DeliveryRow, DeliveryState};
use crate::error::{Error, Result};
use crate::inbox::CANDIDATES_MAX;
use crate::store::Store;
use crate::stored_text::{instant, parsed, stored_words};

stored_words! {
    /// What happened to a message.
    DeliveryChange, "delivery event":
    /// It was handed over.
    Delivered = "delivered",
    /// It was not handed over and is tried again.
    Postponed = "postponed",
    /// Nobody can say whether it was handed over; it is tried again.
    Unknown = "unknown",
    /// It was given up.
    Failed = "failed",
    /// It was not wanted.
    Suppressed = "suppressed",
    /// It came back.
    Returned = "returned",
    /// A person sent it once more.
    QueuedAgain = "queued_again",
}

/// Something that happened to a message. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryEvent {
    /// When.
    pub happened_at: DateTime<Utc>,
    /// The number of the attempt.
    pub attempt: i64,
    /// What.
    pub change: DeliveryChange,
    /// Who.
    pub actor: String,
    /// What the other side answered, or why.
    pub note: String,
}

/// Who acts where no person does.
pub(crate) const SENDER: &str = "financr";
/// Characters of a note; more are cut.
const NOTE_CHARS_MAX: usize = 2_000;

const INSERT_EVENT: &str = include_str!("queries/delivery_events/insert.sql");
const SELECT_EVENTS: &str = include_str!("queries/delivery_events/select_of_delivery.sql");
const SELECT_BY_PREFIX: &str = include_str!("queries/deliveries/select_by_prefix.sql");
const SELECT_PAGE: &str = include_str!("queries/deliveries/select_page.sql");
const QUEUE_AGAIN: &str = include_str!("queries/deliveries/queue_again.sql");
const MARK_RETURNED: &str = include_str!("queries/deliveries/mark_returned.sql");
const NEXT_DUE_AT: &str = include_str!("queries/deliveries/next_due_at.sql");

impl Store {
    /// Messages of a portfolio and in a state, the latest first; what is none does not restrict.
    ///
    /// - `limit`: messages, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn deliveries(
        &self,
        portfolio: Option<&PortfolioId>,
        state: Option<DeliveryState>,
        limit: u32,
    ) -> Result<Vec<Delivery>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, DeliveryRow>(SELECT_PAGE)
                .bind(portfolio.map(PortfolioId::as_str))
                .bind(state.map(DeliveryState::word))
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the deliveries"))?;
        rows.into_iter().map(DeliveryRow::delivery).collect()
    }

    /// One message, by its id or the beginning of it.
    ///
    /// # Errors
    /// [`Error::UnknownDelivery`] or [`Error::AmbiguousDelivery`] with the candidates, or the database's reason.
    pub async fn delivery(&self, key: &str) -> Result<Delivery> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, DeliveryRow>(SELECT_BY_PREFIX)
                .bind(key)
                .bind(row_limit(CANDIDATES_MAX))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read a delivery"))?;
        let found: Result<Vec<Delivery>> = rows.into_iter().map(DeliveryRow::delivery).collect();
        the_only(key, found?)
    }

    /// What happened to a message, the first first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn delivery_events(&self, delivery_id: &str) -> Result<Vec<DeliveryEvent>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, EventRow>(SELECT_EVENTS)
                .bind(delivery_id)
                .bind(row_limit(crate::PAGE_ROWS_MAX))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read what happened to a delivery"))?;
        rows.into_iter().map(EventRow::event).collect()
    }

    /// When the next message of the outbox is due, leased or not; none if none waits.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn next_delivery_due_at(&self) -> Result<Option<DateTime<Utc>>> {
        let due = reading!(&self.database, pool => {
            sqlx::query_scalar::<_, Option<String>>(NEXT_DUE_AT).fetch_one(pool).await
        })
        .map_err(Error::query("read when the next delivery is due"))?;
        due.map(|text| parsed("deliveries", "next_attempt_at", &text)).transpose()
    }

    /// Sends a message once more that was given up, was not wanted or came back: it is due now, and what was tried
    /// before counts no longer.
    ///
    /// # Errors
    /// [`Error::DeliveryNotEnded`] if it is waiting or delivered, [`Error::DecisionWithout`] without a name or a
    /// reason, or the database's reason.
    pub async fn queue_delivery_again(
        &self,
        delivery: &Delivery,
        actor: &str,
        note: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let (actor, note) = (decided("the name of whoever decides it", actor)?, decided("a reason", note)?);
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(QUEUE_AGAIN)
                .bind(delivery.id.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("queue a delivery again"))?;
        if rows == 0 {
            return Err(Error::DeliveryNotEnded { key: delivery.short_id().to_owned(), state: delivery.state });
        }
        record(&mut work, delivery, DeliveryChange::QueuedAgain, &actor, &note, now).await?;
        work.commit().await
    }

    /// Notes that a message came back after it was handed over. Returns false, and changes nothing, if it waits to be
    /// sent or that was noted already.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn mark_returned(&self, delivery: &Delivery, reason: &str, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(MARK_RETURNED)
                .bind(delivery.id.as_str())
                .bind(instant(now))
                .bind(bounded(reason))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("note that a delivery came back"))?;
        if 0 < rows {
            record(&mut work, delivery, DeliveryChange::Returned, SENDER, reason, now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }
}

/// Writes down what happened to a message.
pub(crate) async fn record(
    work: &mut SqlTransaction,
    delivery: &Delivery,
    change: DeliveryChange,
    actor: &str,
    note: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(INSERT_EVENT)
            .bind(delivery.id.as_str())
            .bind(instant(now))
            .bind(delivery.attempts)
            .bind(change.word())
            .bind(actor)
            .bind(bounded(note))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("write down what happened to a delivery"))
}

/// What a person has to say for a decision; never empty.
pub(crate) fn decided(what: &'static str, text: &str) -> Result<String> {
    let text = bounded(text.trim());
    if text.is_empty() { Err(Error::DecisionWithout { what }) } else { Ok(text) }
}

/// A text that fits its column, in characters that both engines store.
pub(crate) fn bounded(text: &str) -> String {
    let storable = |character: char| if character == '\0' { char::REPLACEMENT_CHARACTER } else { character };
    text.chars().take(NOTE_CHARS_MAX).map(storable).collect()
}

/// The message that a key names: the one that has it, or the only one whose id begins with it.
fn the_only(key: &str, found: Vec<Delivery>) -> Result<Delivery> {
    let shown = || key.chars().take(40).collect::<String>();
    if key.is_empty() {
        return Err(Error::UnknownDelivery { key: shown() });
    }
    if 1 < found.len() && !found.iter().any(|delivery| delivery.id == key) {
        let candidates = found.iter().map(|delivery| delivery.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Error::AmbiguousDelivery { key: shown(), candidates });
    }
    found.into_iter().next().ok_or_else(|| Error::UnknownDelivery { key: shown() })
}

#[derive(sqlx::FromRow)]
struct EventRow {
    happened_at: String,
    attempt: i64,
    event: String,
    actor: String,
    note: String,
}

impl EventRow {
    fn event(self) -> Result<DeliveryEvent> {
        Ok(DeliveryEvent {
            happened_at: parsed("delivery_events", "happened_at", &self.happened_at)?,
            attempt: self.attempt,
            change: parsed("delivery_events", "event", &self.event)?,
            actor: self.actor,
            note: self.note,
        })
    }
}
