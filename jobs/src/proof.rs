//! Proof that a file is a document that this house published.
//!
//! A document is known by the SHA-256 of its bytes, which was written into the store when it was published and which
//! the store refuses to change. A file with that hash is that document; one with any other hash is not, however much it
//! looks like one. The archived copy is held against the same hash.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use reports::delivery::archive::RunningSha256;
use store::{Removal, Statement, StatementFile};

use crate::context::Context;
use crate::error::Error;

/// Bytes that a file may have to be looked at; the largest document is far smaller.
pub const FILE_BYTES_MAX: u64 = 256 << 20;
/// Bytes that are read at once.
const PART_BYTES: usize = 64 << 10;

/// What is known of a file.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub byte_count: u64,
    /// The published documents that it is; none if this house did not write it.
    pub published: Vec<PublishedFile>,
}

/// A published document.
#[derive(Clone, Debug)]
pub struct PublishedFile {
    /// The statement.
    pub statement: Statement,
    /// The format of it.
    pub file: StatementFile,
    /// The latest version, if it is a later one.
    pub replaced_by: Option<Statement>,
    /// What has become of the archived copy.
    pub archived: Archived,
}

/// What has become of the archived copy of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Archived {
    /// It is byte for byte what was published.
    Same,
    /// It is something else.
    Differs {
        /// The SHA-256 of what is there.
        sha256: String,
        /// Its length.
        byte_count: u64,
    },
    /// It is not there.
    Missing,
    /// It was removed after its period of retention.
    Removed(Removal),
}

impl Proof {
    /// Whether the file is a document of this house, and the archive has the same, as long as it must.
    pub fn holds(&self) -> bool {
        !self.published.is_empty() && self.published.iter().all(|published| published.archived.is_as_it_should_be())
    }
}

impl Archived {
    /// Whether the archive has what it must have.
    pub fn is_as_it_should_be(&self) -> bool {
        matches!(self, Archived::Same | Archived::Removed(_))
    }
}

/// Looks up what a file is, by nothing but its bytes. Reads only.
///
/// # Errors
/// [`Error::Published`] if the file cannot be read or is too large; [`Error`] if store or archive cannot be read.
pub async fn prove(context: &Context, path: &Path) -> Result<Proof, Error> {
    let place = path.to_owned();
    let hashing = tokio::task::spawn_blocking(move || fingerprint(&place));
    let (sha256, byte_count) = hashing.await.map_err(|_| Error::Worker)??;
    let mut published = Vec::new();
    for statement in context.store.statements_with_file(&sha256).await? {
        let replaced_by = latest_version(context, &statement).await?.filter(|other| statement.version < other.version);
        let archived_files = statement.files.iter().filter(|file| file.sha256 == sha256);
        for file in archived_files {
            published.push(PublishedFile {
                archived: archived(context, &statement.id, file).await?,
                file: file.clone(),
                statement: statement.clone(),
                replaced_by: replaced_by.clone(),
            });
        }
    }
    Ok(Proof { sha256, byte_count, published })
}

/// The latest version of a statement; none if it is not in the store.
///
/// # Errors
/// [`Error::Store`] if the store cannot be read.
pub async fn latest_version(context: &Context, statement: &Statement) -> Result<Option<Statement>, Error> {
    Ok(context.store.statement_versions(statement).await?.pop())
}

/// Holds the archived copy of a document against the hash that was published.
///
/// # Errors
/// [`Error::Lake`] if the archive cannot be read.
pub async fn archived(context: &Context, statement_id: &str, file: &StatementFile) -> Result<Archived, Error> {
    let mut running = RunningSha256::default();
    if !context.lake.storage().each_part(&file.object_path, |part| running.take(part)).await? {
        let removal = context.store.removal(statement_id).await?;
        return Ok(removal.map_or(Archived::Missing, Archived::Removed));
    }
    let byte_count = running.byte_count();
    let sha256 = running.hex();
    Ok(if sha256 == file.sha256 { Archived::Same } else { Archived::Differs { sha256, byte_count } })
}

/// The SHA-256 and the length of a file.
fn fingerprint(path: &Path) -> Result<(String, u64), Error> {
    let refused = |problem: String| Error::Published { what: path.display().to_string(), problem };
    let unreadable = |error: std::io::Error| refused(format!("cannot be read: {error}"));
    let too_large = || {
        let limit = FILE_BYTES_MAX >> 20;
        refused(format!("has more than {limit} MiB; no document of this house is that large"))
    };
    let known = std::fs::metadata(path).map_err(unreadable)?;
    if !known.is_file() {
        return Err(refused("is no file; name a PDF, CSV or JSON file".to_owned()));
    }
    if FILE_BYTES_MAX < known.len() {
        return Err(too_large());
    }
    // The file may grow while it is read: what counts is what was read.
    let mut file = File::open(path).map_err(unreadable)?.take(FILE_BYTES_MAX + 1);
    let mut running = RunningSha256::default();
    let mut part = vec![0_u8; PART_BYTES];
    loop {
        let read = file.read(&mut part).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        running.take(part.get(..read).unwrap_or_default());
    }
    let byte_count = running.byte_count();
    if FILE_BYTES_MAX < byte_count { Err(too_large()) } else { Ok((running.hex(), byte_count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_hashed_part_by_part_and_what_is_none_is_refused() {
        let folder = std::env::temp_dir().join(format!("financr-proof-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("made");
        let path = folder.join("a");
        // FIPS 180-2, appendix B.3: one million times the letter a.
        std::fs::write(&path, "a".repeat(1_000_000)).expect("written");
        let hash = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
        assert_eq!(fingerprint(&path).expect("readable"), (hash.to_owned(), 1_000_000));
        let sparse = File::create(folder.join("sparse")).expect("made");
        sparse.set_len(FILE_BYTES_MAX + 1).expect("grown");
        for (wrong, words) in [(folder.clone(), "is no file"), (folder.join("sparse"), "more than 256 MiB")] {
            let error = fingerprint(&wrong).expect_err("refused").to_string();
            assert!(error.contains(words), "{error}");
        }
        assert!(fingerprint(&folder.join("none")).is_err());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
