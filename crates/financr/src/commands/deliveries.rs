//! `financr deliveries`: what was sent to whom, when, and what the other side answered.

use std::path::PathBuf;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use jobs::Context;
use jobs::deliveries::TakenIn;
use schemas::PortfolioId;
use serde_json::Value;
use store::{Delivery, DeliveryState};

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// Show what was sent to whom with the proof of it, or send something once more
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only deliveries of this portfolio
    #[arg(long, value_name = "ID")]
    portfolio: Option<PortfolioId>,
    /// Only deliveries in this state: pending, delivered, failed, suppressed or returned
    #[arg(long)]
    state: Option<DeliveryState>,
    /// How many deliveries are shown, the latest first
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr deliveries --portfolio D01\n",
    "  financr deliveries --state failed\n",
    "  financr deliveries show 4f1d09ab\n",
    "  financr deliveries again 4f1d09ab --note \"the client has a new address\" --by anna\n",
    "  financr deliveries returned bounce.eml\n\n",
    "An id may be shortened as long as it is clear."
);

#[derive(Debug, Subcommand)]
enum Action {
    /// Show one delivery with every attempt and what the other side answered
    Show {
        /// Its id, or the beginning of it
        id: String,
    },
    /// Send something once more that was given up, was not wanted or came back
    Again {
        /// Its id, or the beginning of it; or the whole id of a mail, for all that it brought
        id: String,
        /// Why: what was mended, or what the client said
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        note: String,
        /// Who decides it
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
    },
    /// Take in a mail server's report that a mail came back (RFC 3464), or a complaint (RFC 5965)
    Returned {
        /// The report, as it came
        file: PathBuf,
    },
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    match &arguments.action {
        Some(Action::Show { id }) => show(session, &context, id).await?,
        Some(Action::Again { id, note, by }) => {
            let queued = jobs::deliveries::queue_again(&context, id, note, by).await;
            let queued = queued.map_err(|error| match error {
                jobs::Error::Store(error) => as_usage(error),
                other => other.into(),
            })?;
            for delivery in queued {
                session
                    .say(&format!("{} is in the outbox again; `financr run deliver` sends it", delivery.short_id()))?;
            }
        }
        Some(Action::Returned { file }) => {
            let mail =
                std::fs::read(file).map_err(|error| Usage(format!("cannot read {}: {error}", file.display())))?;
            let taken = jobs::deliveries::take_in_returned(&context, &mail).await;
            let taken = taken.with_context(|| format!("cannot take in {}", file.display()))?;
            session.say(&match taken {
                TakenIn::Noted(ids) => {
                    let shown = ids.iter().map(|id| format!("`financr deliveries show {id}`")).collect::<Vec<_>>();
                    format!("noted; {} shows it", shown.join(", "))
                }
                TakenIn::Nothing => "the report tells of a delay or of a success; nothing follows".to_owned(),
            })?;
        }
        None => list(session, &context, arguments).await?,
    }
    Ok(Ending::Done)
}

/// What a person did wrong is wrong usage, not a failure.
fn as_usage(error: store::Error) -> anyhow::Error {
    match error {
        store::Error::UnknownDelivery { .. }
        | store::Error::AmbiguousDelivery { .. }
        | store::Error::DeliveryNotEnded { .. }
        | store::Error::DecisionWithout { .. } => Usage(error.to_string()).into(),
        other => other.into(),
    }
}

/// A column of a delivery.
type Column = (&'static str, fn(&Delivery) -> Value);

const COLUMNS: &[Column] = &[
    ("id", |row| row.id.clone().into()),
    ("statement", |row| row.statement_id.clone().into()),
    ("channel", |row| row.channel.clone().into()),
    ("recipient", |row| row.recipient.clone().into()),
    ("mail", |row| row.mail_id.clone().into()),
    ("necessity", |row| row.necessity.word().into()),
    ("state", |row| row.state.word().into()),
    ("attempts", |row| row.attempts.into()),
    ("queued_at", |row| at(row.queued_at)),
    ("delivered_at", |row| row.delivered_at.map_or(Value::Null, at)),
    ("next_attempt_at", |row| row.next_attempt_at.map_or(Value::Null, at)),
    ("last_error", |row| row.last_error.clone().into()),
];

fn at(instant: DateTime<Utc>) -> Value {
    instant.format("%Y-%m-%d %H:%M:%SZ").to_string().into()
}

async fn list(session: &Session, context: &Context, arguments: &Arguments) -> anyhow::Result<()> {
    let found = context.store.deliveries(arguments.portfolio.as_ref(), arguments.state, arguments.limit).await?;
    if found.is_empty() && session.format == Format::Table {
        return session.say("nothing");
    }
    if session.format == Format::Table {
        let mut listing = Listing::new(&["id", "statement", "recipient", "state", "attempts", "delivered", "error"]);
        for row in &found {
            listing.push([
                row.short_id().into(),
                row.statement_id.clone().into(),
                row.recipient.clone().into(),
                row.state.word().into(),
                row.attempts.into(),
                row.delivered_at.map_or(Value::Null, at),
                row.last_error.clone().into(),
            ]);
        }
        return session.write(&listing);
    }
    let mut listing = Listing::new(&COLUMNS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    listing.rows = found.iter().map(|row| COLUMNS.iter().map(|(_, cell)| cell(row)).collect()).collect();
    session.write(&listing)
}

/// One delivery: for people a line for each thing that is known of it; for programs a row for each event.
async fn show(session: &Session, context: &Context, id: &str) -> anyhow::Result<()> {
    let delivery = context.store.delivery(id).await.map_err(as_usage)?;
    let events = context.store.delivery_events(&delivery.id).await?;
    if session.format == Format::Table {
        let mut listing = Listing::new(&["what", "value"]);
        let known = COLUMNS.iter().map(|(name, cell)| (*name, cell(&delivery)));
        for (name, cell) in known.filter(|(_, cell)| !cell.is_null()) {
            listing.push([name.into(), cell]);
        }
        for event in &events {
            let when = event.happened_at.format("%Y-%m-%d %H:%M");
            let what = format!("{when} attempt {} {}", event.attempt, event.change);
            listing.push([what.into(), format!("by {}: {}", event.actor, event.note).into()]);
        }
        return session.write(&listing);
    }
    let mut listing =
        Listing::new(&["id", "statement", "channel", "recipient", "happened_at", "attempt", "event", "actor", "note"]);
    for event in events {
        listing.push([
            delivery.id.clone().into(),
            delivery.statement_id.clone().into(),
            delivery.channel.clone().into(),
            delivery.recipient.clone().into(),
            at(event.happened_at),
            event.attempt.into(),
            event.change.word().into(),
            event.actor.into(),
            event.note.into(),
        ]);
    }
    session.write(&listing)
}
