//! `financr suppressions`: addresses that get nothing optional.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use serde_json::Value;
use store::{NewSuppression, SuppressionReason};

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// List the addresses that get nothing optional, put one on the list, or take one off
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// How many addresses are shown, in order
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr suppressions\n",
    "  financr suppressions add client@example.org --reason request --note \"by telephone\" --by anna\n",
    "  financr suppressions remove client@example.org --by anna\n\n",
    "An address comes on the list by itself when a mail server says that it does not exist, when mail to it comes back \
     for good, or when its owner complains. What a client must get is sent to it all the same."
);

#[derive(Debug, Subcommand)]
enum Action {
    /// Put an address on the list
    Add {
        /// The address
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        address: String,
        /// Why: bounce, complaint or request
        #[arg(long, default_value_t = SuppressionReason::Request)]
        reason: SuppressionReason,
        /// What is known of it
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Who decides it
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
    },
    /// Take an address off the list
    Remove {
        /// The address
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        address: String,
        /// Who decides it
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
    },
}

/// Addresses that are read at once.
const PAGE_ADDRESSES: u32 = 1_000;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let (store, now) = (&context.store, context.clock.now());
    match &arguments.action {
        Some(Action::Add { address, reason, note, by }) => {
            if !address.contains('@') {
                return Err(Usage(format!("`{address}` is no mail address: it has no @")).into());
            }
            let is_new = store.suppress(address, &NewSuppression { reason: *reason, note, by }, now).await?;
            session.say(if is_new {
                "the address is on the list now"
            } else {
                "the address was on the list already"
            })?;
            return Ok(Ending::Done);
        }
        Some(Action::Remove { address, by }) => {
            if !store.lift_suppression(address, by, now).await? {
                let help = "`financr suppressions` shows the addresses that are";
                return Err(Usage(format!("`{address}` is not on the list; {help}")).into());
            }
            session.say("the address is off the list now")?;
            return Ok(Ending::Done);
        }
        None => {}
    }
    let mut listing = Listing::new(&["address", "reason", "added_at", "added_by", "note"]);
    let (mut after, mut left) = (String::new(), arguments.limit);
    while 0 < left {
        let page = store.suppressions(&after, left.min(PAGE_ADDRESSES)).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.recipient);
        left = left.saturating_sub(u32::try_from(page.len()).unwrap_or(left));
        for row in page {
            listing.push([
                row.recipient.into(),
                row.reason.word().into(),
                Value::from(row.added_at.format("%Y-%m-%d %H:%M:%SZ").to_string()),
                row.added_by.into(),
                row.note.into(),
            ]);
        }
    }
    if listing.rows.is_empty() && session.format == Format::Table {
        session.say("nothing")?;
    } else {
        session.write(&listing)?;
    }
    Ok(Ending::Done)
}
