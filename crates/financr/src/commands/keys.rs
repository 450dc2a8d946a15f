//! `financr keys`: the keys that what is personal is sealed with.

use clap::{Args, Subcommand};
use store::LocalKeys;

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::Listing;

/// Show the keys that what is personal is sealed with, change them, or seal what is not sealed yet
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr keys             how many users are sealed, with which keys\n",
    "  financr keys seal        seal users that were made before there were keys\n",
    "  financr keys rotate      a new key; the keys of all users are wrapped with it\n",
    "  financr keys retire      take keys out that wrap nothing any more\n\n",
    "Each can be stopped and begun again, beside everything else. Keep a copy of the key file apart from the store: \
     without it nobody can read what is personal any more (docs/PRIVACY.md)."
);

#[derive(Debug, Subcommand)]
enum Action {
    /// Seal users that are not sealed yet
    Seal,
    /// Make a new key and wrap the keys of all users with it
    Rotate,
    /// Take keys out of the key file with which nothing is wrapped any more
    Retire,
}

/// Users that are sealed or wrapped anew before it is told how many.
const PAGE_USERS: u32 = 500;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let (store, now) = (&house::by_hand(&context.store), context.clock.now());
    let keys = LocalKeys::in_file(&config.privacy.key_file);
    match &arguments.action {
        None => {}
        Some(Action::Seal) => {
            let mut total = 0;
            loop {
                let sealed = store.seal_plain_users(PAGE_USERS, now).await?;
                if sealed == 0 {
                    break;
                }
                total += sealed;
            }
            session.say(&format!("sealed {total} users"))?;
        }
        Some(Action::Rotate) => {
            let name = keys.add_key()?;
            let mut total = 0;
            loop {
                let wrapped = store.rewrap_keys(PAGE_USERS).await?;
                if wrapped == 0 {
                    break;
                }
                total += wrapped;
            }
            session.say(&format!("the key is {name} now; {total} keys of users were wrapped with it"))?;
            session.say("copy the key file, and take the old keys out with `financr keys retire`")?;
        }
        Some(Action::Retire) => {
            let counts = store.sealed_counts().await?;
            let is_used = |name: &String| counts.by_key.iter().any(|(used, _)| used == name);
            let mut unused: Vec<String> = keys.key_ids()?.into_iter().skip(1).collect();
            if let Some(used) = unused.iter().find(|name| is_used(name)) {
                let help = "`financr keys rotate` wraps them with a new one";
                return Err(Usage(format!("keys of users are wrapped with `{used}` still; {help}")).into());
            }
            for name in unused.drain(..) {
                keys.remove_key(&name)?;
                session.say(&format!("took out the key {name}"))?;
            }
        }
    }
    let counts = store.sealed_counts().await?;
    let mut listing = Listing::new(&["key", "users"]);
    for (name, users) in counts.by_key {
        listing.push([name.into(), users.into()]);
    }
    listing.push(["(not sealed)".into(), counts.plain.into()]);
    session.write(&listing)?;
    Ok(Ending::Done)
}
