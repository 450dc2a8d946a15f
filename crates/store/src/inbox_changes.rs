//! Changing the inbox: putting findings in, and closing what is settled.
//!
//! Reading stands in `inbox`.

use chrono::{DateTime, Utc};
use schemas::PortfolioId;
use serde_json::Value;

use crate::database::{SqlTransaction, row_limit, within};
use crate::error::{Error, Result, is_missing_reference};
use crate::inbox::{
    CANDIDATES_MAX, INBOX_ACTOR, InboxChange, InboxItem, InboxKind, InboxRow, InboxState, ItemRow, SELECT_BY_PREFIX,
    the_only,
};
use crate::store::Store;
use crate::stored_text::instant;

/// How a person closes an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxEnd {
    /// It is settled; a difference that is found again is opened again.
    Resolved,
    /// It is as it should be, and stays closed even if it is found again.
    Dismissed,
}

/// What putting findings into the inbox came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxOutcome {
    /// Findings that are new.
    pub opened: u64,
    /// Findings that are there already, open or dismissed, or resolved and not of a kind that is opened again.
    pub seen_again: u64,
    /// Differences and failed deliveries that had been resolved and are open again.
    pub reopened: u64,
}

/// Why an item was closed that nobody closed.
const CLEARED: &str = "cleared by itself: it was not found any more";
/// Findings that one transaction of the database takes.
const CHUNK_ITEMS: usize = 1_000;

const INSERT: &str = include_str!("queries/inbox/insert.sql");
const REOPEN: &str = include_str!("queries/inbox/reopen.sql");
const SEE_AGAIN: &str = include_str!("queries/inbox/see_again.sql");
const CLOSE: &str = include_str!("queries/inbox/close.sql");
const CLOSE_NOT_SEEN: &str = include_str!("queries/inbox/close_not_seen.sql");
const INSERT_EVENT: &str = include_str!("queries/inbox/insert_event.sql");

impl InboxEnd {
    fn state(self) -> InboxState {
        match self {
            InboxEnd::Resolved => InboxState::Resolved,
            InboxEnd::Dismissed => InboxState::Dismissed,
        }
    }

    fn change(self) -> InboxChange {
        match self {
            InboxEnd::Resolved => InboxChange::Resolved,
            InboxEnd::Dismissed => InboxChange::Dismissed,
        }
    }
}

impl Store {
    /// Puts findings into the inbox.
    ///
    /// A finding that is there is not put in again: it notes that it was seen, and while it is open also what is said
    /// of it now. A difference or a failed delivery that had been resolved is open again; one that was dismissed stays
    /// dismissed, and so does a row of an import that was resolved, because the same file may come again.
    ///
    /// # Errors
    /// [`Error::UnknownPortfolio`] if a portfolio is not in the store, or the database's reason. Findings come in by
    /// the thousand; those of thousands before the one that failed stay, and putting all of them in again is harmless.
    pub async fn put_inbox(&self, items: &[InboxItem], now: DateTime<Utc>) -> Result<InboxOutcome> {
        let mut outcome = InboxOutcome::default();
        // In one order, whoever comes: two processes that put in the same findings do not wait for each other for ever.
        let mut in_order: Vec<&InboxItem> = items.iter().collect();
        in_order.sort_by(|left, right| left.item_key.cmp(&right.item_key));
        for chunk in in_order.chunks(CHUNK_ITEMS) {
            let mut work = self.database.begin().await?;
            for item in chunk {
                put(&mut work, item, now, &mut outcome).await?;
            }
            work.commit().await?;
        }
        Ok(outcome)
    }

    /// Closes an open item on behalf of a person, and returns it as it is then.
    ///
    /// - `key`: its key or the beginning of it.
    /// - `actor`: who closes it.
    /// - `resolution`: why, e.g. the transaction that was booked.
    ///
    /// # Errors
    /// [`Error::UnknownInboxItem`], [`Error::AmbiguousInboxItem`] with the candidates, [`Error::InboxItemClosed`] if it
    /// is not open, [`Error::InboxWithout`] if actor or resolution is empty, or the database's reason.
    pub async fn resolve_inbox(
        &self,
        key: &str,
        actor: &str,
        resolution: &str,
        end: InboxEnd,
        now: DateTime<Utc>,
    ) -> Result<InboxRow> {
        let (actor, resolution) = (bounded(actor.trim()), bounded(resolution.trim()));
        for (text, what) in [(&actor, "the name of whoever closes it"), (&resolution, "a reason")] {
            if text.is_empty() {
                return Err(Error::InboxWithout { what });
            }
        }
        let mut work = self.database.begin().await?;
        let row = find(&mut work, key).await?;
        let item_key = row.item.item_key.clone();
        let closed = within!(&mut work, open => {
            sqlx::query(CLOSE)
                .bind(item_key.as_str())
                .bind(end.state().word())
                .bind(instant(now))
                .bind(actor.as_str())
                .bind(resolution.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("close an item of the inbox"))?;
        if closed == 0 {
            return Err(Error::InboxItemClosed { key: row.short_key().to_owned(), state: row.state });
        }
        note(&mut work, &item_key, &actor, end.change(), &resolution, now).await?;
        let row = find(&mut work, &item_key).await?;
        work.commit().await?;
        Ok(row)
    }

    /// Closes the open items of a portfolio and kind that were not found any more, and returns how many there were.
    ///
    /// - `seen_since`: items found at or after this instant stay open.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn close_inbox_not_seen(
        &self,
        portfolio_id: &PortfolioId,
        kind: InboxKind,
        seen_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let mut work = self.database.begin().await?;
        let keys = within!(&mut work, open => {
            sqlx::query_scalar::<_, String>(CLOSE_NOT_SEEN)
                .bind(portfolio_id.as_str())
                .bind(kind.word())
                .bind(instant(seen_since))
                .bind(instant(now))
                .bind(INBOX_ACTOR)
                .bind(CLEARED)
                .fetch_all(open)
                .await
        })
        .map_err(Error::query("close items of the inbox that are not found any more"))?;
        let mut cleared = 0;
        for key in &keys {
            note(&mut work, key, INBOX_ACTOR, InboxChange::Cleared, CLEARED, now).await?;
            cleared += 1;
        }
        work.commit().await?;
        Ok(cleared)
    }
}

/// Puts one finding in, or notes that it was found again.
async fn put(
    work: &mut SqlTransaction,
    item: &InboxItem,
    now: DateTime<Utc>,
    outcome: &mut InboxOutcome,
) -> Result<()> {
    if insert(work, item, now).await? {
        outcome.opened += 1;
        return note(work, &item.item_key, INBOX_ACTOR, InboxChange::Opened, "", now).await;
    }
    let reopened = within!(work, open => {
        sqlx::query(REOPEN).bind(item.item_key.as_str()).execute(open).await.map(|done| done.rows_affected())
    })
    .map_err(Error::query("open an item of the inbox again"))?;
    if 0 < reopened {
        outcome.reopened += 1;
        note(work, &item.item_key, INBOX_ACTOR, InboxChange::Reopened, "it was found again", now).await?;
    } else {
        outcome.seen_again += 1;
    }
    within!(work, open => {
        sqlx::query(SEE_AGAIN)
            .bind(item.item_key.as_str())
            .bind(instant(now))
            .bind(item.severity.word())
            .bind(bounded(&item.message))
            .bind(bounded(&item.detail))
            .bind(item.suggestion.as_ref().map(Value::to_string))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("note that an item of the inbox was found again"))
}

/// Puts a finding in; false if it is there already.
async fn insert(work: &mut SqlTransaction, item: &InboxItem, now: DateTime<Utc>) -> Result<bool> {
    let rows = within!(work, open => {
        sqlx::query(INSERT)
            .bind(item.item_key.as_str())
            .bind(item.portfolio_id.as_str())
            .bind(item.kind.word())
            .bind(item.severity.word())
            .bind(bounded(&item.subject))
            .bind(bounded(&item.message))
            .bind(bounded(&item.detail))
            .bind(item.suggestion.as_ref().map(Value::to_string))
            .bind(instant(now))
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(|source| {
        if is_missing_reference(&source) {
            Error::UnknownPortfolio { portfolio_id: item.portfolio_id.clone() }
        } else {
            Error::query("put an item into the inbox")(source)
        }
    })?;
    Ok(0 < rows)
}

/// Writes down what happened to an item.
async fn note(
    work: &mut SqlTransaction,
    item_key: &str,
    actor: &str,
    change: InboxChange,
    text: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(INSERT_EVENT)
            .bind(item_key)
            .bind(instant(now))
            .bind(actor)
            .bind(change.word())
            .bind(text)
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("write down what happened to an item of the inbox"))
}

async fn find(work: &mut SqlTransaction, key: &str) -> Result<InboxRow> {
    let rows = within!(work, open => {
        sqlx::query_as::<_, ItemRow>(SELECT_BY_PREFIX)
            .bind(key)
            .bind(row_limit(CANDIDATES_MAX))
            .fetch_all(open)
            .await
    })
    .map_err(Error::query("read an item of the inbox"))?;
    the_only(key, rows)
}

/// A text that fits its column, in characters that both engines store.
fn bounded(text: &str) -> String {
    let storable = |character: char| if character == '\0' { char::REPLACEMENT_CHARACTER } else { character };
    let mut kept: String = text.chars().take(InboxItem::TEXT_CHARS_MAX).map(storable).collect();
    if text.chars().nth(InboxItem::TEXT_CHARS_MAX).is_some() {
        kept.pop();
        kept.push('…');
    }
    kept
}
