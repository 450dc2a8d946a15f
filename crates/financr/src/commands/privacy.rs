//! `financr privacy`: what the house knows about a person, for the person, and the end of it.

use std::fs::{File, OpenOptions};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use store::ErasureOutcome;

use super::Session;
use super::users::known;
use crate::audit_heads::house_key;
use crate::config::Config;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// Write out everything about a person, check such an archive, or erase a person
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr privacy export zoe@example.org --out zoe.tar.gz    everything about a person, signed\n",
    "  financr privacy verify zoe.tar.gz                          whether an archive is whole and ours\n",
    "  financr privacy erase zoe@example.org                      the end of it, if the law allows it\n\n",
    "docs/PRIVACY.md says what is in an archive, and what an erasure leaves."
);

#[derive(Debug, Subcommand)]
enum Action {
    /// Write everything about a person into an archive, signed with the key of the house
    Export {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
        /// The file; it must not be there yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Check that an archive is whole and was signed with the key of the house; ends with 5 if not
    Verify {
        /// The archive
        file: PathBuf,
    },
    /// Erase a person for good; refused, with the reason and the day, as long as the law has the house know who it is
    Erase {
        /// The address or the id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        user: String,
    },
}

/// Bytes of the files of an archive.
const BYTES_MAX: usize = 2 << 30;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    match &arguments.action {
        Action::Export { user, out } => export(session, &config, user, out).await,
        Action::Verify { file } => verify(session, &config, file),
        Action::Erase { user } => erase(session, &config, user).await,
    }
}

async fn export(session: &Session, config: &Config, user: &str, out: &Path) -> anyhow::Result<Ending> {
    let key = house_key(&config.privacy)?;
    let context = house::open(config, session.display.watcher()).await?;
    let (store, now) = (house::by_hand(&context.store), context.clock.now());
    let user_id = known(&store, user).await?.user_id;
    let archive = api::PersonArchive::gather(&store, &context.lake, &user_id, BYTES_MAX, now).await?;
    let file = new_file(out)?;
    archive.write(&key, house::VERSION, file)?.sync_all().with_context(|| format!("writing {}", out.display()))?;
    session.say(&format!("wrote {}", out.display()))?;
    Ok(Ending::Done)
}

fn verify(session: &Session, config: &Config, file: &Path) -> anyhow::Result<Ending> {
    let key = house_key(&config.privacy)?;
    let opened = File::open(file).map_err(|error| Usage(format!("cannot read {}: {error}", file.display())))?;
    match api::verify_archive(BufReader::new(opened), &key) {
        Ok(manifest) => {
            let (user, made, files) = (&manifest.user_id, manifest.made_at, manifest.files.len());
            session.say(&format!("whole and ours: about user {user}, made {made:?}, {files} files"))?;
            if session.format != Format::Table {
                let mut listing = Listing::new(&["name", "bytes", "sha256"]);
                for file in manifest.files {
                    listing.push([file.name.into(), file.bytes.into(), file.sha256.into()]);
                }
                session.write(&listing)?;
            }
            Ok(Ending::Done)
        }
        Err(problem) => {
            session.say(&format!("not proven: {problem}"))?;
            Ok(Ending::NotProven)
        }
    }
}

async fn erase(session: &Session, config: &Config, user: &str) -> anyhow::Result<Ending> {
    let context = house::open(config, session.display.watcher()).await?;
    let (store, now) = (house::by_hand(&context.store), context.clock.now());
    let user_id = known(&store, user).await?.user_id;
    match store.erase_person(&user_id, now).await? {
        ErasureOutcome::Erased => {
            session.say(&format!("user {user_id} is erased; so that backups do not know more, change the keys"))?;
            session.say("with `financr keys rotate` and `financr keys retire` (docs/PRIVACY.md)")?;
            Ok(Ending::Done)
        }
        ErasureOutcome::Unknown => Err(Usage(format!("user {user_id} was erased before")).into()),
        ErasureOutcome::Refused(refusal) => Err(Usage(format!("nothing was erased: {refusal}")).into()),
    }
}

/// A file that only its owner can read, and that was not there.
fn new_file(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(|error| Usage(format!("cannot make {}: {error}", path.display())).into())
}
