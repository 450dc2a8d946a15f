//! `financr push`: the key of messages to browsers, and the browsers that get them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use jobs::{Context, VapidKey};
use schemas::PortfolioId;
use secrecy::ExposeSecret;
use serde_json::Value;
use store::{PushOutcome, PushSubscription};
use url::Url;

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// Make the key of messages to browsers (web push), and say which browsers get those of a portfolio
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr push key --out vapid.pem\n",
    "  financr push add D01 subscription.json --by anna\n",
    "  financr push list --portfolio D01\n",
    "  financr push end 0b7c5a6e-3c1f-4c57-9a52-2f1f0a8e7d11 --by anna\n\n",
    "What a browser tells of its subscription is JSON.stringify(subscription). It is no business of others: who has it \
     can write to the browser. A portfolio gets messages if `delivery` of its portfolio.json names web_push. A browser \
     that is gone, as its push service says, comes off the list by itself."
);

#[derive(Debug, Subcommand)]
enum Action {
    /// Tell the public key that browsers subscribe with; with --out make a new pair first
    Key {
        /// Write a new private key into this file, which must not be there
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Put a browser on the list of a portfolio
    Add {
        /// The portfolio
        portfolio: PortfolioId,
        /// A file with what the browser tells of its subscription, as JSON
        file: PathBuf,
        /// Who decides it
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
    },
    /// List the browsers that are on a list, or were
    List {
        /// Those of one portfolio
        #[arg(long, value_name = "ID")]
        portfolio: Option<PortfolioId>,
        /// Also those whose subscriptions have ended
        #[arg(long)]
        ended: bool,
        /// How many subscriptions are shown, in order of their portfolios
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
    },
    /// Take a browser off the list of its portfolio
    End {
        /// The id of the subscription
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
        /// Who decides it
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
    },
}

/// Subscriptions that are read at once.
const PAGE_SUBSCRIPTIONS: u32 = 1_000;
/// Bytes that a file with a subscription may have.
const SUBSCRIPTION_BYTES_MAX: u64 = 16 << 10;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    if let Action::Key { out } = &arguments.action {
        let public = match out {
            Some(path) => new_key(path)?,
            None => configured_key(config.web_push.as_ref())?,
        };
        let mut listing = Listing::new(&["application_server_key"]);
        listing.push([public.into()]);
        session.write(&listing)?;
        return Ok(Ending::Done);
    }
    let context = house::open(&config, session.display.watcher()).await?;
    match &arguments.action {
        Action::Key { .. } => {}
        Action::Add { portfolio, file, by } => add(session, &context, (portfolio, file), by).await?,
        Action::List { portfolio, ended, limit } => {
            list(session, &context, portfolio.as_ref(), (*ended, *limit)).await?;
        }
        Action::End { id, by } => {
            if !context.store.end_push_subscription(id, by, context.clock.now()).await? {
                let help = "`financr push list` shows those that are";
                return Err(Usage(format!("`{id}` is no subscription in force; {help}")).into());
            }
            session.say("the browser is off the list now")?;
        }
    }
    Ok(Ending::Done)
}

/// Makes a pair of keys, writes the private one into a new file that only its owner reads, and returns the public one.
fn new_key(path: &Path) -> anyhow::Result<String> {
    let wrong = |error: std::io::Error| Usage(format!("{} cannot be written: {error}", path.display()));
    let new = jobs::make_push_key()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(wrong)?;
    let written = file.write_all(new.private_pem.expose_secret().as_bytes()).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // The message about the first failure says more than one about the second.
        let _ = fs::remove_file(path);
        wrong(error)
    })?;
    Ok(new.public_text)
}

fn configured_key(settings: Option<&jobs::WebPushSettings>) -> anyhow::Result<String> {
    let settings = settings.ok_or_else(|| {
        Usage("web push is not configured; `financr push key --out FILE` makes a key for [web_push]".to_owned())
    })?;
    let key = VapidKey::read(&settings.key_file).map_err(|problem| Usage(format!("`key_file` {problem}")))?;
    Ok(key.public_text().to_owned())
}

async fn add(
    session: &Session,
    context: &Context,
    (portfolio, file): (&PortfolioId, &Path),
    by: &str,
) -> anyhow::Result<()> {
    let unreadable = |error: std::io::Error| Usage(format!("cannot read {}: {error}", file.display()));
    if SUBSCRIPTION_BYTES_MAX < fs::metadata(file).map_err(unreadable)?.len() {
        return Err(Usage(format!("{} has more than 16 KiB and is no subscription", file.display())).into());
    }
    let told = fs::read_to_string(file).map_err(unreadable)?;
    match jobs::subscriptions::add(context, portfolio, &told, by).await? {
        PushOutcome::Added(id) => {
            if !jobs::subscriptions::is_chosen(context, portfolio).await? {
                let help = "add web_push to `delivery` of its portfolio.json and import it";
                session.say(&format!("portfolio `{portfolio}` tells no browsers of its documents yet; {help}"))?;
            }
            session.say(&format!("the browser is on the list now, as {id}"))
        }
        PushOutcome::Known(id) => session.say(&format!("the browser was on the list already, as {id}")),
        PushOutcome::Full => {
            let help = "end one with `financr push end`, or raise `subscriptions_max` under [web_push]";
            Err(Usage(format!("portfolio `{portfolio}` has as many browsers as it may have; {help}")).into())
        }
    }
}

async fn list(
    session: &Session,
    context: &Context,
    portfolio: Option<&PortfolioId>,
    (ended, limit): (bool, u32),
) -> anyhow::Result<()> {
    let columns = ["id", "portfolio", "push_service", "added_at", "added_by", "ended_at", "ended_by", "end_reason"];
    let mut listing = Listing::new(&columns);
    let mut last: Option<PushSubscription> = None;
    let most = usize::try_from(limit)?;
    while listing.rows.len() < most {
        let page = context.store.push_subscriptions(portfolio, last.as_ref(), PAGE_SUBSCRIPTIONS).await?;
        let Some(end) = page.last() else { break };
        last = Some(end.clone());
        let shown = page.into_iter().filter(|subscription| ended || subscription.end.is_none());
        for subscription in shown.take(most - listing.rows.len()) {
            listing.push(row(subscription));
        }
    }
    if listing.rows.is_empty() && session.format == Format::Table {
        session.say("nothing")
    } else {
        session.write(&listing)
    }
}

/// A subscription without what opens its browser.
fn row(subscription: PushSubscription) -> [Value; 8] {
    let moment = |at: chrono::DateTime<chrono::Utc>| Value::from(at.format("%Y-%m-%d %H:%M:%SZ").to_string());
    let url = Url::parse(&subscription.endpoint).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let (ended_at, ended_by, reason) = match subscription.end {
        Some(end) => (moment(end.at), end.by.into(), end.reason.word().into()),
        None => (Value::Null, Value::Null, Value::Null),
    };
    [
        subscription.subscription_id.into(),
        subscription.portfolio_id.to_string().into(),
        host.into(),
        moment(subscription.added_at),
        subscription.added_by.into(),
        ended_at,
        ended_by,
        reason,
    ]
}
