//! `financr inbox`: what imports, reconciliations and the outbox found and a person should look at.

use chrono::{DateTime, Utc};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};
use schemas::PortfolioId;
use serde_json::Value;
use store::{InboxEnd, InboxEvent, InboxFilter, InboxKind, InboxRow, InboxState, Store};

use super::Session;
use super::reconcile::in_words;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// Show what imports, reconciliations and the outbox found and a person should look at, or settle it
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only items of this portfolio
    #[arg(long, value_name = "ID")]
    portfolio: Option<PortfolioId>,
    /// Only items from here: import, reconciliation or delivery
    #[arg(long)]
    kind: Option<InboxKind>,
    /// Only items in this state
    #[arg(long, value_enum, default_value_t)]
    state: Wanted,
    /// How many items are shown, the latest first
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr inbox --portfolio D01\n",
    "  financr inbox show 4f1d09ab\n",
    "  financr inbox resolve 4f1d09ab --note \"booked as transaction 18\" --by anna\n",
    "  financr inbox dismiss 4f1d09ab --note \"the custodian rounds to whole shares\" --by anna\n",
    "  financr inbox --state all --format csv\n\n",
    "A key may be shortened as long as it is clear. A resolved difference that is found again is open again; a \
     dismissed one stays dismissed."
);

#[derive(Debug, Subcommand)]
enum Action {
    /// Show one item with its figures, its suggestion and its history
    Show {
        /// Its key, or the beginning of it
        key: String,
    },
    /// Close an item because it is settled
    Resolve(Closing),
    /// Close an item because it is as it should be; it stays closed even if it is found again
    Dismiss(Closing),
}

/// Who closes which item and why.
#[derive(Debug, Args)]
struct Closing {
    /// Its key, or the beginning of it
    key: String,
    /// Why: what was booked, or why nothing needs to be
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    note: String,
    /// Who decides it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    by: String,
}

/// Which states are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Wanted {
    /// Those that somebody should look at.
    #[default]
    Open,
    /// Those that are settled.
    Resolved,
    /// Those that are as they should be.
    Dismissed,
    /// All of them.
    All,
}

/// Items that are read at once.
const PAGE_ITEMS: u32 = 1_000;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let (closing, end) = match &arguments.action {
        None => return list(session, &context.store, arguments).await,
        Some(Action::Show { key }) => {
            let (row, events) = context.store.inbox_item(key).await.map_err(as_usage)?;
            session.write(&item_listing(&row, &events, session.format))?;
            return Ok(Ending::Done);
        }
        Some(Action::Resolve(closing)) => (closing, InboxEnd::Resolved),
        Some(Action::Dismiss(closing)) => (closing, InboxEnd::Dismissed),
    };
    let (key, now) = (closing.key.as_str(), context.clock.now());
    let closed = context.store.resolve_inbox(key, &closing.by, &closing.note, end, now).await;
    let row = closed.map_err(as_usage)?;
    if session.format != Format::Table {
        session.write(&listing_of(&[row], session.format))?;
        return Ok(Ending::Done);
    }
    session.say(&format!("{} {} of {} is {}", row.short_key(), row.item.subject, row.item.portfolio_id, row.state))?;
    Ok(Ending::Done)
}

/// What a person did wrong is wrong usage, not a failure.
fn as_usage(error: store::Error) -> anyhow::Error {
    match error {
        store::Error::UnknownInboxItem { .. }
        | store::Error::AmbiguousInboxItem { .. }
        | store::Error::InboxItemClosed { .. }
        | store::Error::InboxWithout { .. } => Usage(error.to_string()).into(),
        other => other.into(),
    }
}

async fn list(session: &Session, store: &Store, arguments: &Arguments) -> anyhow::Result<Ending> {
    let state = match arguments.state {
        Wanted::Open => Some(InboxState::Open),
        Wanted::Resolved => Some(InboxState::Resolved),
        Wanted::Dismissed => Some(InboxState::Dismissed),
        Wanted::All => None,
    };
    let filter = InboxFilter { portfolio: arguments.portfolio.clone(), kind: arguments.kind, state };
    let mut rows: Vec<InboxRow> = Vec::new();
    let mut left = arguments.limit;
    while 0 < left {
        let page = store.inbox(&filter, left.min(PAGE_ITEMS), rows.last().map(InboxRow::cursor).as_ref()).await?;
        let found = u32::try_from(page.len()).unwrap_or(left);
        rows.extend(page);
        left = left.saturating_sub(found);
        if found == 0 {
            break;
        }
    }
    if rows.is_empty() {
        session.say("nothing")?;
    }
    if !rows.is_empty() || session.format != Format::Table {
        session.write(&listing_of(&rows, session.format))?;
    }
    if left == 0 {
        session.say(&format!("the latest {}; --limit shows more", rows.len()))?;
    }
    Ok(Ending::Done)
}

fn listing_of(rows: &[InboxRow], format: Format) -> Listing {
    if format == Format::Table {
        let mut listing = Listing::new(&["key", "portfolio", "severity", "state", "subject", "message", "suggestion"]);
        for row in rows {
            listing.push([
                row.short_key().into(),
                row.item.portfolio_id.to_string().into(),
                row.item.severity.to_string().into(),
                row.state.to_string().into(),
                row.item.subject.clone().into(),
                row.item.message.clone().into(),
                row.item.suggestion.as_ref().map_or_else(String::new, in_words).into(),
            ]);
        }
        return listing;
    }
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let mut listing = Listing::new(&names);
    listing.rows = rows.iter().map(|row| COLUMNS.iter().map(|(_, cell)| cell(row)).collect()).collect();
    listing
}

/// A column of an item, for programs.
type Column = (&'static str, fn(&InboxRow) -> Value);

const COLUMNS: &[Column] = &[
    ("key", |row| row.item.item_key.clone().into()),
    ("portfolio", |row| row.item.portfolio_id.to_string().into()),
    ("kind", |row| row.item.kind.to_string().into()),
    ("severity", |row| row.item.severity.to_string().into()),
    ("state", |row| row.state.to_string().into()),
    ("subject", |row| row.item.subject.clone().into()),
    ("message", |row| row.item.message.clone().into()),
    ("detail", |row| row.item.detail.clone().into()),
    ("suggestion", |row| row.item.suggestion.clone().unwrap_or(Value::Null)),
    ("opened_at", |row| at(row.opened_at)),
    ("seen_at", |row| at(row.seen_at)),
    ("resolved_at", |row| row.resolved_at.map_or(Value::Null, at)),
    ("resolved_by", |row| row.resolved_by.clone().into()),
    ("resolution", |row| row.resolution.clone().into()),
];

fn at(instant: DateTime<Utc>) -> Value {
    instant.format("%Y-%m-%d %H:%M:%SZ").to_string().into()
}

/// One item: for people a line for each thing that is known of it; for programs the item with its history.
fn item_listing(row: &InboxRow, events: &[InboxEvent], format: Format) -> Listing {
    if format == Format::Table {
        let mut listing = Listing::new(&["what", "value"]);
        let known = COLUMNS.iter().map(|(name, cell)| (*name, cell(row)));
        for (name, cell) in known.filter(|(name, cell)| !cell.is_null() && *name != "suggestion") {
            listing.push([name.into(), cell]);
        }
        for (column, cell) in row.item.suggestion.iter().filter_map(Value::as_object).flatten() {
            listing.push([format!("suggested {column}").into(), cell.clone()]);
        }
        for event in events {
            let when = event.happened_at.format("%Y-%m-%d %H:%M");
            let note = if event.note.is_empty() { String::new() } else { format!(": {}", event.note) };
            listing.push([format!("{when} {}", event.change).into(), format!("by {}{note}", event.actor).into()]);
        }
        return listing;
    }
    let mut listing = listing_of(std::slice::from_ref(row), format);
    listing.columns.push("history".to_owned());
    let event = |event: &InboxEvent| {
        serde_json::json!({
            "happened_at": at(event.happened_at),
            "actor": event.actor,
            "event": event.change.to_string(),
            "note": event.note,
        })
    };
    for cells in &mut listing.rows {
        cells.push(Value::Array(events.iter().map(event).collect()));
    }
    listing
}
