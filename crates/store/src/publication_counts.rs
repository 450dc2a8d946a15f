//! What was published about a period and what became of the messages, in numbers; and what could not be made.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemas::{BusinessDate, RunId, Subject};

use crate::database::{reading, within};
use crate::deliveries::{DeliveryState, TABLE};
use crate::delivery_counts::DeliveryCounts;
use crate::delivery_records::bounded;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed};

/// A document that was due and could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedStatement {
    /// The kind of document.
    pub kind: String,
    /// What it would be about.
    pub subject: Subject,
    /// The day before the first day of its period.
    pub period_start: BusinessDate,
    /// The last day of its period.
    pub period_end: BusinessDate,
    /// Why it could not be made; what is longer than 2,000 characters is cut.
    pub reason: String,
}

/// What was published about a period of one kind of document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublicationCounts {
    /// Documents in their first version.
    pub published: i64,
    /// Later versions of documents.
    pub restated: i64,
    /// Documents that were due, could not be made, and are not there up to now.
    pub blocked: i64,
    /// The messages about documents of all versions.
    pub deliveries: DeliveryCounts,
}

const UPSERT_BLOCKED: &str = include_str!("queries/blocked_statements/upsert.sql");
const SELECT_BLOCKED: &str = include_str!("queries/blocked_statements/select_reason.sql");
const COUNT_BLOCKED: &str = include_str!("queries/blocked_statements/count_by_kind.sql");
const COUNT_STATEMENTS: &str = include_str!("queries/statements/count_by_kind.sql");
const COUNT_DELIVERIES: &str = include_str!("queries/deliveries/count_by_kind.sql");

impl Store {
    /// Writes down what a run could not make. A document that could not be made before is noted with the run and the
    /// reason of now.
    ///
    /// # Errors
    /// The database's reason, e.g. that the run is not there.
    pub async fn record_blocked(&self, run_id: &RunId, blocked: &[BlockedStatement], now: DateTime<Utc>) -> Result<()> {
        if blocked.is_empty() {
            return Ok(());
        }
        let mut work = self.database.begin().await?;
        for statement in blocked {
            within!(&mut work, open => {
                sqlx::query(UPSERT_BLOCKED)
                    .bind(statement.kind.as_str())
                    .bind(statement.subject.kind())
                    .bind(statement.subject.id())
                    .bind(statement.period_start.to_string())
                    .bind(statement.period_end.to_string())
                    .bind(run_id.as_str())
                    .bind(instant(now))
                    .bind(bounded(&statement.reason))
                    .execute(open)
                    .await
                    .map(|done| done.rows_affected())
            })
            .map_err(Error::query("write down a statement that could not be made"))?;
        }
        work.commit().await
    }

    /// Why a document could not be made when that was last tried; none if it never failed.
    ///
    /// - `kind`: the kind of document.
    /// - `subject`: what it would be about.
    /// - `span`: the day before its period, and the days from the one to the other on which the period may end.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn blocked_because(
        &self,
        kind: &str,
        subject: &Subject,
        (opening, from, to): (BusinessDate, BusinessDate, BusinessDate),
    ) -> Result<Option<String>> {
        let (opening, from, to) = (opening.to_string(), from.to_string(), to.to_string());
        reading!(&self.database, pool => {
            sqlx::query_scalar::<_, String>(SELECT_BLOCKED)
                .bind(kind)
                .bind(subject.kind())
                .bind(subject.id())
                .bind(opening.as_str())
                .bind(from.as_str())
                .bind(to.as_str())
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read why a statement could not be made"))
    }

    /// What was published, and could not be, about periods that end after a day and up to another, by kind of document.
    /// A kind of which there is nothing is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn publication_counts(
        &self,
        after: BusinessDate,
        up_to: BusinessDate,
    ) -> Result<BTreeMap<String, PublicationCounts>> {
        let (after, up_to) = (after.to_string(), up_to.to_string());
        let mut counts: BTreeMap<String, PublicationCounts> = BTreeMap::new();
        let statements = reading!(&self.database, pool => {
            let query = sqlx::query_as::<_, (String, i64, i64)>(COUNT_STATEMENTS);
            query.bind(after.as_str()).bind(up_to.as_str()).fetch_all(pool).await
        })
        .map_err(Error::query("count the statements by kind"))?;
        for (kind, published, restated) in statements {
            let of_kind = counts.entry(kind).or_default();
            (of_kind.published, of_kind.restated) = (published, restated);
        }
        let blocked = reading!(&self.database, pool => {
            let query = sqlx::query_as::<_, (String, i64)>(COUNT_BLOCKED);
            query.bind(after.as_str()).bind(up_to.as_str()).fetch_all(pool).await
        })
        .map_err(Error::query("count what could not be made"))?;
        for (kind, count) in blocked {
            counts.entry(kind).or_default().blocked = count;
        }
        let deliveries = reading!(&self.database, pool => {
            let query = sqlx::query_as::<_, (String, String, i64)>(COUNT_DELIVERIES);
            query.bind(after.as_str()).bind(up_to.as_str()).fetch_all(pool).await
        })
        .map_err(Error::query("count the deliveries by kind"))?;
        for (kind, word, count) in deliveries {
            let state: DeliveryState = parsed(TABLE, "state", &word)?;
            counts.entry(kind).or_default().deliveries.set(state, count);
        }
        Ok(counts)
    }
}
