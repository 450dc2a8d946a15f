//! A copy of a published statement that only a password opens.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Args;
use jobs::Context;
use jobs::encrypted_copy::encrypted_copy;
use schemas::secret_file::{FileRights, check_owner_only};
use secrecy::SecretString;

use super::Session;
use crate::ending::{Ending, Usage};

/// Bytes of a file that holds one password and a line feed, at most.
const PASSWORD_FILE_MAX: u64 = 1024;

/// What is wanted of the copy.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// Write a copy of the PDF that only a password opens (AES-256); it is no archived document any more
    #[arg(long, requires_all = ["password_file", "output"])]
    pub(super) encrypt: bool,
    /// The file with the password on its first line, which only you can read; on the command line others would see it
    #[arg(long, value_name = "FILE", requires = "encrypt")]
    password_file: Option<PathBuf>,
    /// Where the copy is written; a file that is there is not replaced
    #[arg(long, value_name = "FILE", requires = "encrypt")]
    output: Option<PathBuf>,
}

pub(super) async fn execute(session: &Session, context: &Context, id: &str, asked: &Asked) -> anyhow::Result<Ending> {
    let (Some(from), Some(to)) = (&asked.password_file, &asked.output) else {
        return Err(Usage("--encrypt needs --password-file and --output".to_owned()).into());
    };
    let Some(statement) = context.store.statement(id).await? else {
        return Err(Usage(format!("there is no statement `{id}`; `financr report list` lists them")).into());
    };
    if to.exists() {
        return Err(Usage(format!("{} is there already; name another file", to.display())).into());
    }
    let bytes = encrypted_copy(context, &statement, password(from)?).await?;
    write_new(to, &bytes)?;
    session.say(&format!(
        "{} holds {id}, encrypted with AES-256: {} bytes; `financr report verify` knows the archived file and not this \
         copy",
        to.display(),
        bytes.len()
    ))?;
    Ok(Ending::Done)
}

/// The first line of a file that nobody but its owner has rights to.
fn password(path: &Path) -> Result<SecretString, Usage> {
    let wrong = |problem: String| Usage(format!("the file of the password {}: {problem}", path.display()));
    let unreadable = |error: io::Error| wrong(format!("cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let found = file.metadata().map_err(unreadable)?;
    check_owner_only(path, FileRights { owner: found.uid(), mode: found.mode() })
        .map_err(|error| wrong(error.to_string()))?;
    let mut text = String::new();
    let read = file.take(PASSWORD_FILE_MAX + 1).read_to_string(&mut text).map_err(unreadable)?;
    if u64::try_from(read).map_or(true, |read| PASSWORD_FILE_MAX < read) {
        return Err(wrong("has more than 1,024 bytes; it holds one password on one line".to_owned()));
    }
    let mut lines = text.lines();
    match (lines.next(), lines.next()) {
        (Some(line), None) if !line.is_empty() => Ok(SecretString::from(line)),
        (Some(_), Some(_)) => Err(wrong("has more than one line".to_owned())),
        _ => Err(wrong("is empty; it holds one password on one line".to_owned())),
    }
}

/// Writes a file that must not be there, and leaves no half of one.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Usage> {
    let wrong = |error: std::io::Error| Usage(format!("{} cannot be written: {error}", path.display()));
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(wrong)?;
    file.write_all(bytes).map_err(|error| {
        // The message about the first failure says more than one about the second.
        let _ = fs::remove_file(path);
        wrong(error)
    })
}
