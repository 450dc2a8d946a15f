//! Mails: messages of the outbox that go together, so that a client gets one mail and not six.
//!
//! Each message keeps its own row, its own copies and its own proof; what is leased, noted or given up together is so
//! in one transaction. Which messages a mail has is decided when they are leased, and written down before it is sent:
//! what may have gone out goes again with what it went with, under the same id. The id follows from the messages alone.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::database::{ByEngine, SqlTransaction, reading, within};
use crate::deliveries::{Delivery, DeliveryRow, DeliveryState, FailedAttempt, NextAttempt, SentCopy};
use crate::delivery_records::{DeliveryChange, SENDER, record};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, lease_end};

/// Messages that one mail has at most; a recipient of more gets several mails.
pub const MAIL_DELIVERIES_MAX: u32 = 50;

/// The space of the ids of mails with several messages.
const MAIL_SPACE: Uuid = Uuid::from_u128(0x51d7_0c9e_3b62_4f18_b4a5_90d3_e76f_2a1c);

const CLAIM: &str = include_str!("queries/deliveries/claim_mail.sql");
const BIND: &str = include_str!("queries/deliveries/bind_mail.sql");
const PUT_BACK: &str = include_str!("queries/deliveries/put_back.sql");
const SELECT_OF_MAIL: &str = include_str!("queries/deliveries/select_of_mail.sql");
const MARK_DELIVERED: &str = include_str!("queries/deliveries/mark_delivered.sql");
const MARK_FAILED_ATTEMPT: &str = include_str!("queries/deliveries/mark_failed_attempt.sql");
const ALONE: ByEngine = ByEngine {
    sqlite: include_str!("queries/deliveries/claim_mails_alone.sqlite.sql"),
    postgres: include_str!("queries/deliveries/claim_mails_alone.postgres.sql"),
};

impl Store {
    /// Leases the messages of the mail that has been due for the longest to one sender, as
    /// [`Store::claim_deliveries`] does: what may have gone out goes again with what it went with, and what has not
    /// goes with all that may share its mail. Empty if nothing is due.
    ///
    /// - `deliveries_max`: messages of a mail that nobody has begun to send; one for a mail each.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn claim_mail(
        &self,
        owner: &str,
        lease: TimeDelta,
        now: DateTime<Utc>,
        deliveries_max: u32,
    ) -> Result<Vec<Delivery>> {
        let others_max = i64::from(deliveries_max.clamp(1, MAIL_DELIVERIES_MAX)) - 1;
        let mut work = self.database.begin().await?;
        let alone = work.text(&ALONE);
        within!(&mut work, open => sqlx::query(alone).execute(open).await.map(|_| ()))
            .map_err(Error::query("claim a mail alone"))?;
        let rows = within!(&mut work, open => {
            sqlx::query_as::<_, DeliveryRow>(CLAIM)
                .bind(owner)
                .bind(lease_end(now, lease))
                .bind(instant(now))
                .bind(others_max)
                .fetch_all(open)
                .await
        })
        .map_err(Error::query("claim a mail"))?;
        let claimed: Result<Vec<Delivery>> = rows.into_iter().map(DeliveryRow::delivery).collect();
        let mut deliveries = claimed?;
        deliveries.sort_by(|left, right| left.id.cmp(&right.id));
        bind(&mut work, &mut deliveries).await?;
        work.commit().await?;
        Ok(deliveries)
    }

    /// Writes down that leased messages go in one mail, without those that were leased with them and cannot. The mail
    /// has another id then.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn bind_mail(&self, deliveries: &mut [Delivery]) -> Result<()> {
        let id = mail_id(deliveries);
        if deliveries.iter().all(|delivery| delivery.mail_id == id) {
            return Ok(());
        }
        let mut work = self.database.begin().await?;
        bind(&mut work, deliveries).await?;
        work.commit().await
    }

    /// Gives leased messages back of which no sending was begun: they are due as before, and the attempt does not
    /// count.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn put_back_deliveries(&self, deliveries: &[Delivery]) -> Result<()> {
        if deliveries.is_empty() {
            return Ok(());
        }
        let mut work = self.database.begin().await?;
        for delivery in deliveries {
            within!(&mut work, open => {
                sqlx::query(PUT_BACK)
                    .bind(delivery.id.as_str())
                    .bind(delivery.attempts)
                    .execute(open)
                    .await
                    .map(|_| ())
            })
            .map_err(Error::query("put back a delivery"))?;
        }
        work.commit().await
    }

    /// The messages that went with a mail, by its id; of one that went by itself it is that of the message.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn deliveries_of_mail(&self, mail_id: &str) -> Result<Vec<Delivery>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, DeliveryRow>(SELECT_OF_MAIL)
                .bind(mail_id)
                .bind(i64::from(MAIL_DELIVERIES_MAX))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the deliveries of a mail"))?;
        rows.into_iter().map(DeliveryRow::delivery).collect()
    }

    /// Notes that messages were handed over together, all or none. Returns of how many that was not noted already.
    ///
    /// - `answer`: what the other side said, without addresses.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn mark_all_delivered(&self, deliveries: &[Delivery], answer: &str, now: DateTime<Utc>) -> Result<u64> {
        let mut work = self.database.begin().await?;
        let mut noted = 0;
        for delivery in deliveries {
            let rows = within!(&mut work, open => {
                sqlx::query(MARK_DELIVERED)
                    .bind(delivery.id.as_str())
                    .bind(instant(now))
                    .execute(open)
                    .await
                    .map(|done| done.rows_affected())
            })
            .map_err(Error::query("note a delivery"))?;
            if 0 < rows {
                record(&mut work, delivery, DeliveryChange::Delivered, SENDER, answer, now).await?;
            }
            noted += rows;
        }
        work.commit().await?;
        Ok(noted)
    }

    /// Notes that an attempt with messages failed, all or none, and ends their leases. Returns of how many: those that
    /// were delivered or claimed by another sender since stay as they are.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn mark_all_failed(
        &self,
        deliveries: &[Delivery],
        failed: &FailedAttempt<'_>,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let (state, next_attempt_at) = match failed.next {
            NextAttempt::At(at) => (DeliveryState::Pending, Some(instant(at))),
            NextAttempt::Never => (DeliveryState::Failed, None),
            NextAttempt::NotWanted => (DeliveryState::Suppressed, None),
        };
        let copies_less = i64::from(failed.copy == SentCopy::No);
        let mut work = self.database.begin().await?;
        let mut noted = 0;
        for delivery in deliveries {
            let rows = within!(&mut work, open => {
                sqlx::query(MARK_FAILED_ATTEMPT)
                    .bind(delivery.id.as_str())
                    .bind(delivery.attempts)
                    .bind(state.word())
                    .bind(next_attempt_at.as_deref())
                    .bind(failed.reason)
                    .bind(copies_less)
                    .execute(open)
                    .await
                    .map(|done| done.rows_affected())
            })
            .map_err(Error::query("note a failed delivery"))?;
            if 0 < rows {
                record(&mut work, delivery, change_of(failed), SENDER, failed.reason, now).await?;
            }
            noted += rows;
        }
        work.commit().await?;
        Ok(noted)
    }
}

/// Writes the id of their mail into messages that are leased, and into their rows where another stands there.
async fn bind(work: &mut SqlTransaction, deliveries: &mut [Delivery]) -> Result<()> {
    let id = mail_id(deliveries);
    for delivery in deliveries.iter_mut().filter(|delivery| delivery.mail_id != id) {
        within!(&mut *work, open => {
            sqlx::query(BIND)
                .bind(delivery.id.as_str())
                .bind(delivery.attempts)
                .bind(id.as_deref())
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("write down which mail a delivery goes with"))?;
        delivery.mail_id.clone_from(&id);
    }
    Ok(())
}

/// The id of the mail with these messages: that of the message if it is one, and otherwise the same for the same
/// messages in any order, on any machine. None of no message.
fn mail_id(deliveries: &[Delivery]) -> Option<String> {
    let mut ids: Vec<&str> = deliveries.iter().map(|delivery| delivery.id.as_str()).collect();
    ids.sort_unstable();
    match ids.as_slice() {
        [] => None,
        [only] => Some((*only).to_owned()),
        several => Some(Uuid::new_v5(&MAIL_SPACE, several.join("\n").as_bytes()).to_string()),
    }
}

fn change_of(failed: &FailedAttempt<'_>) -> DeliveryChange {
    match (failed.next, failed.copy) {
        (NextAttempt::NotWanted, _) => DeliveryChange::Suppressed,
        (NextAttempt::Never, _) => DeliveryChange::Failed,
        (NextAttempt::At(_), SentCopy::No) => DeliveryChange::Postponed,
        (NextAttempt::At(_), SentCopy::Perhaps) => DeliveryChange::Unknown,
    }
}
