//! The outbox: messages that announce statements, each to be sent once.
//!
//! A message is written in the transaction that publishes its statement and sent later, by whoever leases it first. A
//! sender that dies between the acceptance of a message and the note of it in the outbox is the one case in which a
//! message goes out twice; its id never changes, so that mail servers can recognize the second one. What became of each
//! attempt stands in `delivery_records`.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use schemas::{DeliveryChannel, Language, RunId};
use uuid::Uuid;

use crate::database::{ByEngine, SqlTransaction, reading, row_limit, within};
use crate::error::{Error, Result, is_missing_reference};
use crate::store::Store;
use crate::stored_text::{instant, lease_end, parsed, parsed_or_none, stored_words};

stored_words! {
    /// How far a message has come.
    DeliveryState, "delivery state":
    /// It is to be sent, now or later.
    Pending = "pending",
    /// It has been handed over.
    Delivered = "delivered",
    /// It will not be tried again.
    Failed = "failed",
    /// It is optional, and its recipient wants none or cannot be reached.
    Suppressed = "suppressed",
    /// It was handed over and came back.
    Returned = "returned",
}

stored_words! {
    /// Whether a client may have no more messages of a kind.
    Necessity, "necessity":
    /// The house owes it: it is sent whatever the list of suppressions says.
    Required = "required",
    /// It is a service, and ends when its recipient wants no more.
    Optional = "optional",
}

/// Whether a message may share a mail with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundling {
    /// It goes by itself: it has a time limit of the law, or corrects something.
    Alone,
    /// It goes with what the same run has for the same recipient, in one language and of one necessity.
    Together,
}

/// A message to be put into the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The way it goes, e.g. `email`.
    pub channel: String,
    /// Where it goes, e.g. a mail address. Never logged.
    pub recipient: String,
    /// Its first line. Never logged.
    pub subject: String,
    /// Whether its recipient may have no more of its kind.
    pub necessity: Necessity,
    /// What it is written in: the language of its statement.
    pub language: Language,
    /// Whether it may share a mail with others.
    pub bundling: Bundling,
}

/// A message in the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message. It follows from statement, channel and recipient.
    pub id: String,
    /// The statement that it announces.
    pub statement_id: String,
    /// The way it goes, e.g. `email`.
    pub channel: String,
    /// Where it goes, e.g. a mail address. Never logged.
    pub recipient: String,
    /// Its first line. Never logged.
    pub subject: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often a sender has leased it, also if nothing came of it.
    pub attempts: i64,
    /// When it is due; none unless it is pending.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was handed over; none unless it is delivered.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Copies that may have gone out, among them the one that is being sent.
    pub copies: i64,
    /// Leases before it was queued for the last time.
    pub attempts_before: i64,
    /// Whether its recipient may have no more of its kind.
    pub necessity: Necessity,
    /// When it came into the outbox.
    pub queued_at: DateTime<Utc>,
    /// What it is written in.
    pub language: Language,
    /// The mail that it went with, or is going with; none before the first attempt.
    pub mail_id: Option<String>,
}

impl Delivery {
    /// How often a sender has leased it since it was queued for the last time.
    pub fn tries(&self) -> i64 {
        self.attempts - self.attempts_before
    }

    /// The beginning of the id, which is enough to name the message unless the store says otherwise.
    pub fn short_id(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }
}

/// An attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedAttempt<'a> {
    /// Why, without addresses.
    pub reason: &'a str,
    /// What follows.
    pub next: NextAttempt,
    /// Whether the other side may have the message all the same.
    pub copy: SentCopy,
}

/// Whether the other side has a message after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentCopy {
    /// It has nothing.
    No,
    /// Nobody can say.
    Perhaps,
}

/// What follows from a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextAttempt {
    /// The message is tried again, not before this instant.
    At(DateTime<Utc>),
    /// The failure is permanent.
    Never,
    /// The message is not wanted.
    NotWanted,
}

/// The space of the ids of deliveries.
const ID_SPACE: Uuid = Uuid::from_u128(0x3f0c_5d52_8a41_4a0e_9d6b_71f2_c8e4_1b95);
/// The space of the ids of bundles.
const BUNDLE_SPACE: Uuid = Uuid::from_u128(0x8b1d_2f64_51c7_4d3a_a0e9_6c42_f915_7d08);

const INSERT: &str = include_str!("queries/deliveries/insert.sql");
const SELECT_DUE: &str = include_str!("queries/deliveries/select_due.sql");
const SELECT_OF_STATEMENT: &str = include_str!("queries/deliveries/select_of_statement.sql");
const LEASE_OWNERS: &str = include_str!("queries/deliveries/lease_owners.sql");
const RELEASE: &str = include_str!("queries/deliveries/release.sql");
const CLAIM: ByEngine = ByEngine {
    sqlite: include_str!("queries/deliveries/claim.sqlite.sql"),
    postgres: include_str!("queries/deliveries/claim.postgres.sql"),
};

impl Store {
    /// Puts a message about a published statement into the outbox, due now, to go by itself. Returns false if it was
    /// there already.
    ///
    /// # Errors
    /// [`Error::UnknownStatement`] if the statement is not in the store, or the database's reason.
    pub async fn enqueue_delivery(
        &self,
        statement_id: &str,
        delivery: &NewDelivery,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let inserted = enqueue(&mut work, statement_id, delivery, None, now).await?;
        work.commit().await?;
        Ok(inserted)
    }

    /// Messages that are due and that nobody is sending, the longest due first. To send them, claim them.
    ///
    /// - `limit`: messages, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn due_deliveries(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Delivery>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, DeliveryRow>(SELECT_DUE)
                .bind(instant(now))
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the deliveries that are due"))?;
        rows.into_iter().map(DeliveryRow::delivery).collect()
    }

    /// Leases messages of a channel that are due to one sender: no other sender gets them before the lease ends. Counts
    /// an attempt.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn claim_deliveries(
        &self,
        channel: DeliveryChannel,
        owner: &str,
        lease: TimeDelta,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Delivery>> {
        let mut work = self.database.begin().await?;
        let text = work.text(&CLAIM);
        let rows = within!(&mut work, open => {
            sqlx::query_as::<_, DeliveryRow>(text)
                .bind(owner)
                .bind(lease_end(now, lease))
                .bind(instant(now))
                .bind(row_limit(limit))
                .bind(channel.name())
                .fetch_all(open)
                .await
        })
        .map_err(Error::query("claim deliveries"))?;
        let claimed: Result<Vec<Delivery>> = rows.into_iter().map(DeliveryRow::delivery).collect();
        let mut deliveries = claimed?;
        deliveries.sort_by(|left, right| (left.next_attempt_at, &left.id).cmp(&(right.next_attempt_at, &right.id)));
        work.commit().await?;
        Ok(deliveries)
    }

    /// The senders that have leased messages.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn delivery_lease_owners(&self) -> Result<Vec<String>> {
        reading!(&self.database, pool => sqlx::query_scalar::<_, String>(LEASE_OWNERS).fetch_all(pool).await)
            .map_err(Error::query("read who has leased deliveries"))
    }

    /// Lifts the leases of a sender that is known to be gone, and returns how many there were.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn release_deliveries(&self, dead_owner: &str) -> Result<u64> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(RELEASE).bind(dead_owner).execute(open).await.map(|done| done.rows_affected())
        })
        .map_err(Error::query("lift the leases of a sender"))?;
        work.commit().await?;
        Ok(rows)
    }

    /// Notes that a message was handed over. Returns false if that was noted already, or the id is unknown.
    ///
    /// - `answer`: what the other side said, without addresses.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn mark_delivered(&self, delivery: &Delivery, answer: &str, now: DateTime<Utc>) -> Result<bool> {
        Ok(0 < self.mark_all_delivered(std::slice::from_ref(delivery), answer, now).await?)
    }

    /// Notes that an attempt failed, and ends its lease. Returns false, and changes nothing, if the message was
    /// delivered or claimed by another sender since.
    ///
    /// - `delivery`: the message as [`Store::claim_deliveries`] returned it.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn mark_failed_attempt(
        &self,
        delivery: &Delivery,
        failed: &FailedAttempt<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        Ok(0 < self.mark_all_failed(std::slice::from_ref(delivery), failed, now).await?)
    }

    /// The messages about one statement, by channel and recipient.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn deliveries_of_statement(&self, statement_id: &str) -> Result<Vec<Delivery>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, DeliveryRow>(SELECT_OF_STATEMENT).bind(statement_id).fetch_all(pool).await
        })
        .map_err(Error::query("read the deliveries of a statement"))?;
        rows.into_iter().map(DeliveryRow::delivery).collect()
    }
}

/// Puts a message into the outbox; false if it is there already.
///
/// - `run_id`: the run with whose other messages it may share a mail, if it may; none if it goes by itself.
pub(crate) async fn enqueue(
    work: &mut SqlTransaction,
    statement_id: &str,
    delivery: &NewDelivery,
    run_id: Option<&RunId>,
    due_at: DateTime<Utc>,
) -> Result<bool> {
    let rows = within!(work, open => {
        sqlx::query(INSERT)
            .bind(delivery_id(statement_id, delivery))
            .bind(statement_id)
            .bind(delivery.channel.as_str())
            .bind(delivery.recipient.as_str())
            .bind(delivery.subject.as_str())
            .bind(instant(due_at))
            .bind(delivery.necessity.word())
            .bind(delivery.language.code())
            .bind(run_id.and_then(|run_id| bundle(run_id, delivery)))
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(|source| {
        if is_missing_reference(&source) {
            Error::UnknownStatement { statement_id: statement_id.to_owned() }
        } else {
            Error::query("enqueue a delivery")(source)
        }
    })?;
    Ok(0 < rows)
}

/// The id of a message: the same for the same statement, channel and recipient, on any machine.
fn delivery_id(statement_id: &str, delivery: &NewDelivery) -> String {
    let name = [statement_id, delivery.channel.as_str(), delivery.recipient.as_str()].join("\n");
    Uuid::new_v5(&ID_SPACE, name.as_bytes()).to_string()
}

/// What messages have in common that may go in one mail; none if this one goes by itself.
fn bundle(run_id: &RunId, delivery: &NewDelivery) -> Option<String> {
    if delivery.bundling == Bundling::Alone || delivery.channel != DeliveryChannel::Email.name() {
        return None;
    }
    let parts = [run_id.as_str(), &delivery.recipient, delivery.language.code(), delivery.necessity.word()];
    Some(Uuid::new_v5(&BUNDLE_SPACE, parts.join("\n").as_bytes()).to_string())
}

impl fmt::Debug for NewDelivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NewDelivery").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Delivery")
            .field("id", &self.id)
            .field("statement_id", &self.statement_id)
            .field("channel", &self.channel)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("next_attempt_at", &self.next_attempt_at)
            .field("delivered_at", &self.delivered_at)
            .finish_non_exhaustive()
    }
}

pub(crate) const TABLE: &str = "deliveries";

/// A row of `deliveries`.
#[derive(sqlx::FromRow)]
pub(crate) struct DeliveryRow {
    delivery_id: String,
    statement_id: String,
    channel: String,
    recipient: String,
    subject: String,
    state: String,
    attempts: i64,
    next_attempt_at: Option<String>,
    delivered_at: Option<String>,
    last_error: Option<String>,
    copies: i64,
    attempts_before: i64,
    necessity: String,
    queued_at: String,
    language: String,
    mail_id: Option<String>,
}

impl DeliveryRow {
    pub(crate) fn delivery(self) -> Result<Delivery> {
        Ok(Delivery {
            id: self.delivery_id,
            statement_id: self.statement_id,
            channel: self.channel,
            recipient: self.recipient,
            subject: self.subject,
            state: parsed(TABLE, "state", &self.state)?,
            attempts: self.attempts,
            next_attempt_at: parsed_or_none(TABLE, "next_attempt_at", self.next_attempt_at.as_deref())?,
            delivered_at: parsed_or_none(TABLE, "delivered_at", self.delivered_at.as_deref())?,
            last_error: self.last_error,
            copies: self.copies,
            attempts_before: self.attempts_before,
            necessity: parsed(TABLE, "necessity", &self.necessity)?,
            queued_at: parsed(TABLE, "queued_at", &self.queued_at)?,
            language: parsed(TABLE, "language", &self.language)?,
            mail_id: self.mail_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_statement_channel_and_recipient() {
        let mail = |recipient: &str| NewDelivery {
            channel: "email".to_owned(),
            recipient: recipient.to_owned(),
            subject: "Your statement".to_owned(),
            necessity: Necessity::Required,
            language: Language::English,
            bundling: Bundling::Together,
        };
        let first = delivery_id("s1", &mail("a@example.org"));
        assert_eq!(first, delivery_id("s1", &mail("a@example.org")));
        assert_ne!(first, delivery_id("s1", &mail("b@example.org")));
        assert_ne!(first, delivery_id("s2", &mail("a@example.org")));
    }

    #[test]
    fn only_what_is_alike_shares_a_mail() {
        let mail = NewDelivery {
            channel: "email".to_owned(),
            recipient: "a@example.org".to_owned(),
            subject: "Your statement".to_owned(),
            necessity: Necessity::Required,
            language: Language::English,
            bundling: Bundling::Together,
        };
        let run = |text: &str| text.parse::<RunId>().expect("an id");
        let first = bundle(&run("nightly-2014-12-31-1"), &mail).expect("it may share a mail");
        let other_subject = NewDelivery { subject: "Your tax report".to_owned(), ..mail.clone() };
        assert_eq!(bundle(&run("nightly-2014-12-31-1"), &other_subject), Some(first.clone()));
        assert_ne!(bundle(&run("nightly-2015-01-02-1"), &mail), Some(first.clone()));
        for other in [
            NewDelivery { recipient: "b@example.org".to_owned(), ..mail.clone() },
            NewDelivery { language: Language::French, ..mail.clone() },
            NewDelivery { necessity: Necessity::Optional, ..mail.clone() },
        ] {
            assert_ne!(bundle(&run("nightly-2014-12-31-1"), &other), Some(first.clone()));
        }
        let drop = NewDelivery { channel: "drop_folder".to_owned(), ..mail.clone() };
        for by_itself in [NewDelivery { bundling: Bundling::Alone, ..mail }, drop] {
            assert_eq!(bundle(&run("nightly-2014-12-31-1"), &by_itself), None);
        }
    }

    #[test]
    fn debug_output_names_no_recipient() {
        let mail = NewDelivery {
            channel: "email".to_owned(),
            recipient: "a@example.org".to_owned(),
            subject: "Statement of A. Client".to_owned(),
            necessity: Necessity::Required,
            language: Language::English,
            bundling: Bundling::Together,
        };
        let text = format!("{mail:?}");
        assert!(!text.contains("example.org") && !text.contains("Client"), "{text}");
    }
}
