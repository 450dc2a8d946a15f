//! The browsers that get messages about the documents of a portfolio (web push, RFC 8030).
//!
//! A browser is an address at its maker's push service and the keys with which a message is sealed for it. It is on the
//! list of a portfolio once; another portfolio of the same client may name it, too. A subscription that has ended stays
//! as a row, because messages name it, and never comes back: a browser that subscribes anew is a new row.

use std::fmt;

use chrono::{DateTime, Utc};
use schemas::PortfolioId;
use uuid::Uuid;

use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::delivery_records::decided;
use crate::error::{Error, Result, is_missing_reference};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

stored_words! {
    /// Why a subscription has ended.
    PushEnd, "end of a subscription":
    /// The push service says that there is no such browser any more.
    Gone = "gone",
    /// Somebody asked for it.
    Request = "request",
    /// The browser at this address has other keys now.
    Replaced = "replaced",
}

/// A browser to be put on the list of a portfolio. What it says has been checked.
#[derive(Clone, Copy)]
pub struct NewPushSubscription<'a> {
    /// The portfolio whose messages it gets.
    pub portfolio_id: &'a PortfolioId,
    /// Its address at the push service. Never logged.
    pub endpoint: &'a str,
    /// Its public key: 65 bytes in base64url without padding.
    pub p256dh: &'a str,
    /// Its secret: 16 bytes in base64url without padding. Never logged.
    pub auth: &'a str,
    /// Who puts it there.
    pub by: &'a str,
}

/// A browser on the list of a portfolio, or one that was.
#[derive(Clone, PartialEq, Eq)]
pub struct PushSubscription {
    /// The subscription: what messages name as their recipient.
    pub subscription_id: String,
    /// The portfolio whose messages it gets.
    pub portfolio_id: PortfolioId,
    /// Its address at the push service. Never logged.
    pub endpoint: String,
    /// Its public key in base64url.
    pub p256dh: String,
    /// Its secret in base64url. Never logged.
    pub auth: String,
    /// Since when.
    pub added_at: DateTime<Utc>,
    /// Who put it there.
    pub added_by: String,
    /// How it ended; none if it is in force.
    pub end: Option<EndedPush>,
}

/// How a subscription ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedPush {
    /// When.
    pub at: DateTime<Utc>,
    /// Who ended it.
    pub by: String,
    /// Why.
    pub reason: PushEnd,
}

/// What became of a browser that was to be put on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushOutcome {
    /// It is on the list now; the id of the subscription.
    Added(String),
    /// It was on the list already, with the same keys; the id of the subscription.
    Known(String),
    /// The list of the portfolio is full.
    Full,
}

const INSERT: &str = include_str!("queries/push_subscriptions/insert.sql");
const SELECT_ONE: &str = include_str!("queries/push_subscriptions/select_one.sql");
const SELECT_IN_FORCE: &str = include_str!("queries/push_subscriptions/select_in_force.sql");
const SELECT_PAGE: &str = include_str!("queries/push_subscriptions/select_page.sql");
const END_ONE: &str = include_str!("queries/push_subscriptions/end_one.sql");
const END_ENDPOINT: &str = include_str!("queries/push_subscriptions/end_endpoint.sql");

impl Store {
    /// Puts a browser on the list of a portfolio, unless it is there or the list is full. Other keys at the same
    /// address end the subscription that had them.
    ///
    /// - `most`: subscriptions in force that a portfolio has at most, up to [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// [`Error::UnknownPortfolio`], [`Error::DecisionWithout`] without a name, or the database's reason.
    pub async fn add_push_subscription(
        &self,
        new: &NewPushSubscription<'_>,
        most: u32,
        now: DateTime<Utc>,
    ) -> Result<PushOutcome> {
        let by = decided("the name of whoever decides it", new.by)?;
        let mut work = self.database.begin().await?;
        let mut there = in_force(&mut work, new.portfolio_id).await?;
        if let Some(position) = there.iter().position(|known| known.endpoint == new.endpoint) {
            let known = there.swap_remove(position);
            if known.p256dh == new.p256dh && known.auth == new.auth {
                return Ok(PushOutcome::Known(known.subscription_id));
            }
            end(&mut work, END_ONE, &known.subscription_id, (PushEnd::Replaced, &by), now).await?;
        }
        if usize::try_from(row_limit(most)).unwrap_or(0) <= there.len() {
            return Ok(PushOutcome::Full);
        }
        let subscription_id = Uuid::new_v4().to_string();
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(subscription_id.as_str())
                .bind(new.portfolio_id.as_str())
                .bind(new.endpoint)
                .bind(new.p256dh)
                .bind(new.auth)
                .bind(instant(now))
                .bind(by.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|source| {
            if is_missing_reference(&source) {
                Error::UnknownPortfolio { portfolio_id: new.portfolio_id.clone() }
            } else {
                Error::query("put a browser on the list of a portfolio")(source)
            }
        })?;
        if rows == 0 {
            // Another process was faster with the same browser.
            let there = in_force(&mut work, new.portfolio_id).await?;
            let known = there.into_iter().find(|known| known.endpoint == new.endpoint);
            return Ok(known.map_or(PushOutcome::Full, |known| PushOutcome::Known(known.subscription_id)));
        }
        work.commit().await?;
        Ok(PushOutcome::Added(subscription_id))
    }

    /// A subscription, also if it has ended; none if it is not in the store.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn push_subscription(&self, subscription_id: &str) -> Result<Option<PushSubscription>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, PushSubscriptionRow>(SELECT_ONE).bind(subscription_id).fetch_optional(pool).await
        })
        .map_err(Error::query("read a subscription"))?;
        row.map(PushSubscriptionRow::subscription).transpose()
    }

    /// The subscriptions of a portfolio that are in force, the oldest first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn push_subscriptions_in_force(&self, portfolio_id: &PortfolioId) -> Result<Vec<PushSubscription>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, PushSubscriptionRow>(SELECT_IN_FORCE)
                .bind(portfolio_id.as_str())
                .bind(row_limit(u32::MAX))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the subscriptions of a portfolio"))?;
        rows.into_iter().map(PushSubscriptionRow::subscription).collect()
    }

    /// A page of all subscriptions, also of those that have ended, by portfolio.
    ///
    /// - `portfolio_id`: of this portfolio only.
    /// - `after`: the last one of the page before; none for the first page.
    /// - `limit`: subscriptions, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn push_subscriptions(
        &self,
        portfolio_id: Option<&PortfolioId>,
        after: Option<&PushSubscription>,
        limit: u32,
    ) -> Result<Vec<PushSubscription>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, PushSubscriptionRow>(SELECT_PAGE)
                .bind(portfolio_id.map(PortfolioId::as_str))
                .bind(after.map_or("", |last| last.portfolio_id.as_str()))
                .bind(after.map_or("", |last| last.subscription_id.as_str()))
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the subscriptions"))?;
        rows.into_iter().map(PushSubscriptionRow::subscription).collect()
    }

    /// Ends a subscription because somebody asked for it. Returns false if it has ended, or is not in the store.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a name, or the database's reason.
    pub async fn end_push_subscription(&self, subscription_id: &str, by: &str, now: DateTime<Utc>) -> Result<bool> {
        let by = decided("the name of whoever decides it", by)?;
        let mut work = self.database.begin().await?;
        let rows = end(&mut work, END_ONE, subscription_id, (PushEnd::Request, &by), now).await?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Ends every subscription with the address of this one, because the push service says that there is no such
    /// browser any more. Returns how many ended now.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn end_push_subscriptions_gone(
        &self,
        subscription_id: &str,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let by = decided("the name of whoever decides it", by)?;
        let mut work = self.database.begin().await?;
        let rows = end(&mut work, END_ENDPOINT, subscription_id, (PushEnd::Gone, &by), now).await?;
        work.commit().await?;
        Ok(rows)
    }
}

/// The subscriptions of a portfolio that are in force.
async fn in_force(work: &mut SqlTransaction, portfolio_id: &PortfolioId) -> Result<Vec<PushSubscription>> {
    let rows = within!(work, open => {
        sqlx::query_as::<_, PushSubscriptionRow>(SELECT_IN_FORCE)
            .bind(portfolio_id.as_str())
            .bind(row_limit(u32::MAX))
            .fetch_all(open)
            .await
    })
    .map_err(Error::query("read the subscriptions of a portfolio"))?;
    rows.into_iter().map(PushSubscriptionRow::subscription).collect()
}

/// Ends what a statement finds, and returns how many rows that are.
async fn end(
    work: &mut SqlTransaction,
    statement: &'static str,
    subscription_id: &str,
    (reason, by): (PushEnd, &str),
    now: DateTime<Utc>,
) -> Result<u64> {
    within!(work, open => {
        sqlx::query(statement)
            .bind(subscription_id)
            .bind(instant(now))
            .bind(by)
            .bind(reason.word())
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("end a subscription"))
}

/// Shows nothing with which somebody could write to the browser.
impl fmt::Debug for PushSubscription {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PushSubscription")
            .field("subscription_id", &self.subscription_id)
            .field("portfolio_id", &self.portfolio_id)
            .field("added_at", &self.added_at)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// Shows nothing with which somebody could write to the browser.
impl fmt::Debug for NewPushSubscription<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NewPushSubscription").field("portfolio_id", self.portfolio_id).finish_non_exhaustive()
    }
}

const TABLE: &str = "push_subscriptions";

#[derive(sqlx::FromRow)]
struct PushSubscriptionRow {
    subscription_id: String,
    portfolio_id: String,
    endpoint: String,
    p256dh: String,
    auth: String,
    added_at: String,
    added_by: String,
    ended_at: Option<String>,
    ended_by: Option<String>,
    end_reason: Option<String>,
}

impl PushSubscriptionRow {
    fn subscription(self) -> Result<PushSubscription> {
        let reason: Option<PushEnd> = parsed_or_none(TABLE, "end_reason", self.end_reason.as_deref())?;
        let ended_at: Option<DateTime<Utc>> = parsed_or_none(TABLE, "ended_at", self.ended_at.as_deref())?;
        // The database keeps the three together.
        let end = match (ended_at, self.ended_by, reason) {
            (Some(at), Some(by), Some(reason)) => Some(EndedPush { at, by, reason }),
            _ => None,
        };
        Ok(PushSubscription {
            subscription_id: self.subscription_id,
            portfolio_id: parsed(TABLE, "portfolio_id", &self.portfolio_id)?,
            endpoint: self.endpoint,
            p256dh: self.p256dh,
            auth: self.auth,
            added_at: parsed(TABLE, "added_at", &self.added_at)?,
            added_by: self.added_by,
            end,
        })
    }
}
