//! The inbox: what an import, a reconciliation or the outbox found and a person should look at.
//!
//! A finding has a key that is made from what was found, so finding it again is no second item. What becomes of an item
//! (by whom, when, why) is written twice: on the item, for the list, and as an event that never changes, for the
//! record.
//!
//! Reading stands here; putting findings in and closing them stands in `inbox_changes`.

use chrono::{DateTime, Utc};
use schemas::{PortfolioId, Severity};
use serde_json::Value;
use uuid::Uuid;

use crate::database::{reading, row_limit};
use crate::error::{Error, Result};
use crate::runs::BEFORE_ALL;
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

stored_words! {
    /// Who puts an item into the inbox.
    InboxKind, "kind of inbox item":
    /// An import that met something it does not understand.
    Import = "import",
    /// A reconciliation that found books and custodian to differ.
    Reconciliation = "reconciliation",
    /// The outbox, with a message that nobody tries again.
    Delivery = "delivery",
}

stored_words! {
    /// How far an item has come.
    InboxState, "inbox state":
    /// Somebody should look at it.
    Open = "open",
    /// It is settled: a correction was booked, or it disappeared by itself.
    Resolved = "resolved",
    /// It is as it should be and will not be asked about again.
    Dismissed = "dismissed",
}

stored_words! {
    /// What happened to an item.
    InboxChange, "inbox event":
    /// It was found for the first time.
    Opened = "opened",
    /// Somebody settled it.
    Resolved = "resolved",
    /// Somebody decided that nothing needs to be done.
    Dismissed = "dismissed",
    /// It had been settled and was found again.
    Reopened = "reopened",
    /// It was not found any more.
    Cleared = "cleared",
}

/// A finding on its way into the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxItem {
    /// What makes it the same finding when it is found again; see [`InboxItem::key`].
    pub item_key: String,
    /// The portfolio, which must be in the store.
    pub portfolio_id: PortfolioId,
    /// Who found it.
    pub kind: InboxKind,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, e.g. a symbol or a line of a file.
    pub subject: String,
    /// What was found, in a sentence. Cut to [`InboxItem::TEXT_CHARS_MAX`] characters.
    pub message: String,
    /// The row as it was delivered, or the figures. Cut to [`InboxItem::TEXT_CHARS_MAX`] characters.
    pub detail: String,
    /// A transaction that would settle it, by the columns of `transactions.csv`; none if there is no good guess.
    pub suggestion: Option<Value>,
}

/// An item of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// The finding, as it was found last while it was open.
    pub item: InboxItem,
    /// How far it has come.
    pub state: InboxState,
    /// When it was found for the first time.
    pub opened_at: DateTime<Utc>,
    /// When it was found for the last time.
    pub seen_at: DateTime<Utc>,
    /// When it was closed; none while it is open.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who closed it, or [`INBOX_ACTOR`].
    pub resolved_by: Option<String>,
    /// Why, in the words of whoever closed it.
    pub resolution: Option<String>,
}

/// A change of the state of an item. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEvent {
    /// When.
    pub happened_at: DateTime<Utc>,
    /// Who, or [`INBOX_ACTOR`].
    pub actor: String,
    /// What.
    pub change: InboxChange,
    /// Why; may be empty.
    pub note: String,
}

/// Which items are asked for; what is none does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxFilter {
    /// Only those of a portfolio.
    pub portfolio: Option<PortfolioId>,
    /// Only those of a kind.
    pub kind: Option<InboxKind>,
    /// Only those in a state.
    pub state: Option<InboxState>,
}

/// A place in the inbox, which goes from the latest item to the earliest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxCursor {
    /// When the item at that place was opened.
    pub opened_at: DateTime<Utc>,
    /// The item at that place.
    pub item_key: String,
}

/// Who acts where no person does.
pub const INBOX_ACTOR: &str = "financr";

/// Items named where a beginning of a key fits several.
pub(crate) const CANDIDATES_MAX: u32 = 8;
/// The space of the keys of items.
const KEY_SPACE: Uuid = Uuid::from_u128(0x9a1d_27c4_55e3_4b0f_8f6e_d2a0_43b7_61c8);
const TABLE: &str = "inbox_items";

const SELECT_PAGE: &str = include_str!("queries/inbox/select_page.sql");
pub(crate) const SELECT_BY_PREFIX: &str = include_str!("queries/inbox/select_by_prefix.sql");
const SELECT_EVENTS: &str = include_str!("queries/inbox/select_events.sql");

impl InboxItem {
    /// Characters of a message or a detail; more are cut.
    pub const TEXT_CHARS_MAX: usize = 2_000;

    /// A key from what makes a finding the same when it is found again: 32 hexadecimal digits, the same on any machine.
    ///
    /// - `marks`: e.g. the subject and the amount of a difference, or the identity of a row of a file.
    pub fn key(kind: InboxKind, portfolio_id: &PortfolioId, marks: &[&str]) -> String {
        let mut name = [kind.word(), portfolio_id.as_str()].join("\n");
        for mark in marks {
            name.push('\n');
            name.push_str(mark);
        }
        Uuid::new_v5(&KEY_SPACE, name.as_bytes()).simple().to_string()
    }
}

impl InboxRow {
    /// The beginning of the key, which is enough to name the item unless the store says otherwise.
    pub fn short_key(&self) -> &str {
        self.item.item_key.get(..8).unwrap_or(&self.item.item_key)
    }

    /// The place of this item in the list.
    pub fn cursor(&self) -> InboxCursor {
        InboxCursor { opened_at: self.opened_at, item_key: self.item.item_key.clone() }
    }
}

impl Store {
    /// A page of the items that fit a filter, the latest first.
    ///
    /// - `limit`: items on the page, at most [`crate::PAGE_ROWS_MAX`].
    /// - `before`: the [`InboxRow::cursor`] of the last item of the page before; none for the first page.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn inbox(&self, filter: &InboxFilter, limit: u32, before: Option<&InboxCursor>) -> Result<Vec<InboxRow>> {
        let (opened_at, item_key) = match before {
            Some(cursor) => (instant(cursor.opened_at), cursor.item_key.as_str()),
            None => (BEFORE_ALL.to_owned(), ""),
        };
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, ItemRow>(SELECT_PAGE)
                .bind(filter.portfolio.as_ref().map(PortfolioId::as_str))
                .bind(filter.kind.map(InboxKind::word))
                .bind(filter.state.map(InboxState::word))
                .bind(opened_at)
                .bind(item_key)
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the inbox"))?;
        rows.into_iter().map(ItemRow::row).collect()
    }

    /// One item with its history, by its key or the beginning of it.
    ///
    /// # Errors
    /// [`Error::UnknownInboxItem`] or [`Error::AmbiguousInboxItem`] with the candidates, or the database's reason.
    pub async fn inbox_item(&self, key: &str) -> Result<(InboxRow, Vec<InboxEvent>)> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, ItemRow>(SELECT_BY_PREFIX)
                .bind(key)
                .bind(row_limit(CANDIDATES_MAX))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read an item of the inbox"))?;
        let row = the_only(key, rows)?;
        let events = reading!(&self.database, pool => {
            sqlx::query_as::<_, EventRow>(SELECT_EVENTS)
                .bind(row.item.item_key.as_str())
                .bind(row_limit(crate::PAGE_ROWS_MAX))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the history of an item of the inbox"))?;
        let events: Result<Vec<InboxEvent>> = events.into_iter().map(EventRow::event).collect();
        Ok((row, events?))
    }
}

/// The row that a key names: the one that has it, or the only one whose key begins with it.
pub(crate) fn the_only(key: &str, rows: Vec<ItemRow>) -> Result<InboxRow> {
    let shown = || key.chars().take(40).collect::<String>();
    if key.is_empty() {
        return Err(Error::UnknownInboxItem { key: shown() });
    }
    if 1 < rows.len() && !rows.iter().any(|row| row.item_key == key) {
        let candidate = |row: &ItemRow| format!("{} ({} {})", row.item_key, row.portfolio_id, row.subject);
        let candidates = rows.iter().map(candidate).collect::<Vec<_>>().join(", ");
        return Err(Error::AmbiguousInboxItem { key: shown(), candidates });
    }
    match rows.into_iter().next() {
        Some(row) => row.row(),
        None => Err(Error::UnknownInboxItem { key: shown() }),
    }
}

/// A row of `inbox_items`.
#[derive(sqlx::FromRow)]
pub(crate) struct ItemRow {
    item_key: String,
    portfolio_id: String,
    kind: String,
    severity: String,
    subject: String,
    message: String,
    detail: String,
    suggestion: Option<String>,
    state: String,
    opened_at: String,
    seen_at: String,
    resolved_at: Option<String>,
    resolved_by: Option<String>,
    resolution: Option<String>,
}

impl ItemRow {
    fn row(self) -> Result<InboxRow> {
        Ok(InboxRow {
            item: InboxItem {
                item_key: self.item_key,
                portfolio_id: parsed(TABLE, "portfolio_id", &self.portfolio_id)?,
                kind: parsed(TABLE, "kind", &self.kind)?,
                severity: parsed(TABLE, "severity", &self.severity)?,
                subject: self.subject,
                message: self.message,
                detail: self.detail,
                suggestion: parsed_or_none(TABLE, "suggestion", self.suggestion.as_deref())?,
            },
            state: parsed(TABLE, "state", &self.state)?,
            opened_at: parsed(TABLE, "opened_at", &self.opened_at)?,
            seen_at: parsed(TABLE, "seen_at", &self.seen_at)?,
            resolved_at: parsed_or_none(TABLE, "resolved_at", self.resolved_at.as_deref())?,
            resolved_by: self.resolved_by,
            resolution: self.resolution,
        })
    }
}

#[derive(sqlx::FromRow)]
struct EventRow {
    happened_at: String,
    actor: String,
    event: String,
    note: String,
}

impl EventRow {
    fn event(self) -> Result<InboxEvent> {
        Ok(InboxEvent {
            happened_at: parsed("inbox_events", "happened_at", &self.happened_at)?,
            actor: self.actor,
            change: parsed("inbox_events", "event", &self.event)?,
            note: self.note,
        })
    }
}
