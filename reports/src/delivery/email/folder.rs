//! Mail into a folder: one file a message, and each name appears exactly once.
//!
//! The message is written under another name, brought to the disk, and only then given its name by a hard link, which
//! fails if the name is taken. A crash in between leaves a file that nobody reads, never half a message.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::delivery::{DeliveryId, Outcome};

/// Names that are tried for the unfinished file, should a crash have left some.
const ATTEMPTS_MAX: usize = 1000;

/// Tells the unfinished files of one process apart.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A folder that takes mail.
#[derive(Debug)]
pub(super) struct MailFolder {
    path: PathBuf,
}

impl MailFolder {
    pub(super) fn new(path: PathBuf) -> MailFolder {
        MailFolder { path }
    }

    /// Puts a message into the folder as `<delivery id>.eml`, unless it is there.
    pub(super) async fn deliver(&self, id: &DeliveryId, message: Vec<u8>) -> Outcome {
        let (folder, name) = (self.path.clone(), format!("{id}.eml"));
        let written = tokio::task::spawn_blocking(move || put(&folder, &name, &message)).await;
        match written {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Outcome::ChannelFailure(format!("cannot write to the mail folder: {}", error.kind())),
            Err(_) => Outcome::TransientFailure("writing to the mail folder was interrupted".to_owned()),
        }
    }
}

fn put(folder: &Path, name: &str, message: &[u8]) -> io::Result<Outcome> {
    std::fs::create_dir_all(folder)?;
    let target = folder.join(name);
    if target.try_exists()? {
        return Ok(Outcome::AlreadyDelivered);
    }
    let (mut file, unfinished) = create_unfinished(folder, name)?;
    let linked =
        file.write_all(message).and_then(|()| file.sync_all()).and_then(|()| std::fs::hard_link(&unfinished, &target));
    let removed = std::fs::remove_file(&unfinished);
    match linked {
        Ok(()) => {
            removed?;
            sync_folder(folder)?;
            Ok(Outcome::Delivered(format!("written as {name}")))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Outcome::AlreadyDelivered),
        Err(error) => Err(error),
    }
}

/// A new file under a name that no reader of the folder takes for a message.
fn create_unfinished(folder: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    for _ in 0..ATTEMPTS_MAX {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".{name}.{}-{number}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "too many unfinished files"))
}

/// Brings the new name to the disk. Only Unix can, and only there is it needed.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
