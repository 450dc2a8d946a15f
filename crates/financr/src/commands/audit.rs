//! `financr audit`: who read or changed what is personal, and whether the log of it is whole.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use store::{AuditSubject, ChainState, NewAuditEntry, Store};

use super::Session;
use super::users::known;
use crate::audit_heads;
use crate::config::Config;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// Show who read or changed what is personal, or check that the log of it is whole
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr audit verify                           check every entry, and the heads that were noted\n",
    "  financr audit show --person zoe@example.org    what was done about one person, the latest first\n",
    "  financr audit note                             sign the last entry, outside of the store\n\n",
    "Keep a copy of the file of noted heads where nobody who can change the store can change it (docs/PRIVACY.md)."
);

#[derive(Debug, Subcommand)]
enum Action {
    /// Check the whole chain; ends with 5 and the first break if it is not whole
    Verify {
        /// The file with the heads that were noted [default: `audit_heads_file` under [privacy]]
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
    },
    /// Show entries, the latest first
    Show {
        /// Only what is about this user, by address or id, and about portfolios that are or were the user's
        #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
        person: Option<String>,
        /// How many entries are shown
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
    },
    /// Note the last entry outside of the store, signed with the key of the house
    Note,
}

/// Entries that are read at once.
const PAGE_ENTRIES: u32 = 1_000;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let (store, now) = (&house::by_hand(&context.store), context.clock.now());
    match &arguments.action {
        Action::Verify { heads } => verify(session, &config, store, heads.as_ref()).await,
        Action::Show { person, limit } => {
            let person = match person {
                Some(named) => Some(known(store, named).await?.user_id),
                None => None,
            };
            if let Some(user_id) = &person {
                let read = NewAuditEntry::read(AuditSubject::User(user_id.clone()), "audit_entries");
                store.note_reads(vec![read], now).await?;
            }
            show(session, store, person.as_ref(), *limit).await
        }
        Action::Note => {
            let head = audit_heads::note(&config.privacy, store, now).await?;
            let file = config.privacy.audit_heads_file.display();
            session.say(&format!("noted entry {} in {file}; keep a copy elsewhere", head.number))?;
            Ok(Ending::Done)
        }
    }
}

async fn verify(session: &Session, config: &Config, store: &Store, heads: Option<&PathBuf>) -> anyhow::Result<Ending> {
    let noted = match (&config.privacy.signing_key_file, heads) {
        (None, Some(_)) => return Err(audit_heads::house_key(&config.privacy).err().unwrap_or_else(no_key)),
        (None, None) => Vec::new(),
        (Some(_), file) => {
            let file = file.unwrap_or(&config.privacy.audit_heads_file);
            audit_heads::read(file, &audit_heads::house_key(&config.privacy)?)?
        }
    };
    match store.check_audit_chain(&noted).await? {
        ChainState::Whole(head) => {
            let heads = noted.len();
            session.say(&format!("whole: {} entries, {heads} noted heads; the last is {}", head.number, head.hash))?;
            if noted.is_empty() {
                session.say("no head was noted: whether the end was cut off cannot be seen")?;
            }
            if session.format != Format::Table {
                let mut listing = Listing::new(&["entry_number", "entry_hash", "noted_heads"]);
                listing.push([head.number.into(), head.hash.into(), heads.into()]);
                session.write(&listing)?;
            }
            Ok(Ending::Done)
        }
        ChainState::Broken(found) => {
            session.say(&format!("broken: {found}"))?;
            if session.format != Format::Table {
                let mut listing = Listing::new(&["entry_number", "problem"]);
                listing.push([found.number.into(), found.to_string().into()]);
                session.write(&listing)?;
            }
            Ok(Ending::NotProven)
        }
    }
}

fn no_key() -> anyhow::Error {
    Usage("noted heads cannot be checked without `signing_key_file` under [privacy]".to_owned()).into()
}

async fn show(
    session: &Session,
    store: &Store,
    person: Option<&schemas::UserId>,
    limit: u32,
) -> anyhow::Result<Ending> {
    let columns = ["number", "happened_at", "actor_kind", "actor", "action", "subject", "fields", "outcome", "request"];
    let mut listing = Listing::new(&columns);
    let (mut before, mut left) = (i64::MAX, limit);
    while 0 < left {
        let page = match person {
            Some(user_id) => store.audit_entries_of(user_id, before, left.min(PAGE_ENTRIES)).await?,
            None => store.audit_entries_before(before, left.min(PAGE_ENTRIES)).await?,
        };
        let Some(last) = page.last() else { break };
        before = last.number;
        left = left.saturating_sub(u32::try_from(page.len()).unwrap_or(left));
        for entry in page {
            listing.push([
                entry.number.into(),
                entry.happened_at.into(),
                entry.actor_kind.into(),
                entry.actor_id.into(),
                entry.action.into(),
                format!("{} {}", entry.subject_kind, entry.subject_id).trim().into(),
                entry.fields.into(),
                entry.outcome.into(),
                entry.request_id.into(),
            ]);
        }
    }
    session.write(&listing)?;
    Ok(Ending::Done)
}
