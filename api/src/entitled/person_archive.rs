//! Everything about a person as one archive, for the person (Art. 15 and 20 of Regulation (EU) 2016/679).
//!
//! A file of JSON lines for each table, the documents as they were published, a manifest with the SHA-256 of each, and
//! the signature of the manifest by the key of the house: whoever has the archive can show that it is whole and ours.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use lake::Lake;
use schemas::UserId;
use schemas::secret_hash::hexadecimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use store::{AuditAction, AuditEntry, NewAuditEntry, PAGE_ROWS_MAX, PersonTable, Store};

use crate::house_key::HouseKey;
use crate::tar_archive::{ArchiveWriter, read_archive};

/// The name of the form of archives, and its version.
const FORM: &str = "financr archive of a person 1";
const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig";

/// Why an archive could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is no such user.
    #[error("there is no user `{user_id}`")]
    UnknownUser {
        /// The user.
        user_id: UserId,
    },
    /// It would be larger than it may be.
    #[error("the archive would have more than {bytes_max} bytes; `financr privacy export` makes it into a file")]
    TooLarge {
        /// Bytes of the files that it may have.
        bytes_max: usize,
    },
    /// The store cannot be read.
    #[error("cannot read the store")]
    Store {
        /// The reason.
        #[from]
        source: store::Error,
    },
    /// A document cannot be read.
    #[error("cannot read a document")]
    Lake {
        /// The reason.
        #[from]
        source: lake::Error,
    },
    /// It cannot be written or signed.
    #[error("cannot write the archive: {problem}")]
    Write {
        /// The reason.
        problem: String,
    },
}

/// What is in an archive, as its manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveManifest {
    /// The form of the archive.
    pub form: String,
    /// About whom it is.
    pub user_id: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The version of the program that made it.
    pub program_version: String,
    /// The name of the key that signed it.
    pub key_id: String,
    /// The public half of that key, in base64url.
    pub public_key: String,
    /// The files beside the manifest and its signature.
    pub files: Vec<ArchivedFile>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedFile {
    /// The name in the archive.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
}

/// Everything about a person, gathered and not written yet.
pub struct PersonArchive {
    user_id: UserId,
    made_at: DateTime<Utc>,
    files: Vec<(String, Bytes)>,
}

impl PersonArchive {
    /// Gathers everything about a person, and writes into the audit log that it was.
    ///
    /// - `store`: in the hands of whoever asks.
    /// - `bytes_max`: bytes that all files may have together.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub async fn gather(
        store: &Store,
        lake: &Lake,
        user_id: &UserId,
        bytes_max: usize,
        now: DateTime<Utc>,
    ) -> Result<PersonArchive, ArchiveError> {
        let user = store.user(user_id).await?;
        let user = user.ok_or_else(|| ArchiveError::UnknownUser { user_id: user_id.clone() })?;
        let noted = NewAuditEntry::about_user(AuditAction::Exported, user_id, "everything");
        store.note_reads(vec![noted], now).await?;
        let mut gathered = Gathered { bytes_max, bytes: 0, files: Vec::new() };
        gathered.add("user.json".to_owned(), lines(&[described(&user)]))?;
        for table in PersonTable::ALL {
            let records = store.person_records(table, user_id).await?;
            if table.name == "documents" {
                for record in &records {
                    let (path, name) = document(record)?;
                    if !gathered.has(&name) {
                        gathered.add(name, lake.storage().get(path).await?)?;
                    }
                }
            }
            gathered.add(format!("{}.jsonl", table.name), lines(&records))?;
        }
        let entries = audit_entries(store, user_id).await?;
        gathered.add("audit_entries.jsonl".to_owned(), lines(&entries))?;
        Ok(PersonArchive { user_id: user_id.clone(), made_at: now, files: gathered.files })
    }

    /// Writes the archive. It takes time: call it beside the threads that answer.
    ///
    /// # Errors
    /// [`ArchiveError::Write`] with the reason.
    pub fn write<W: Write>(&self, key: &HouseKey, program_version: &str, out: W) -> Result<W, ArchiveError> {
        let problem = |error: std::io::Error| ArchiveError::Write { problem: error.to_string() };
        let listed = |(name, bytes): &(String, Bytes)| ArchivedFile {
            name: name.clone(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
        };
        let manifest = ArchiveManifest {
            form: FORM.to_owned(),
            user_id: self.user_id.to_string(),
            made_at: self.made_at,
            program_version: program_version.to_owned(),
            key_id: key.key_id().to_owned(),
            public_key: key.public().to_owned(),
            files: self.files.iter().map(listed).collect(),
        };
        let text =
            serde_json::to_vec_pretty(&manifest).map_err(|error| ArchiveError::Write { problem: error.to_string() })?;
        let signature = key.sign(&text).map_err(|problem| ArchiveError::Write { problem })?;
        let mut archive = ArchiveWriter::new(out, self.made_at.timestamp());
        for (name, bytes) in &self.files {
            archive.add(name, bytes).map_err(problem)?;
        }
        archive.add(MANIFEST, &text).map_err(problem)?;
        archive.add(SIGNATURE, signature.as_bytes()).map_err(problem)?;
        archive.finish().map_err(problem)
    }
}

/// Checks that an archive is whole and was signed with a key, and returns what is in it.
///
/// # Errors
/// What is wrong with it.
pub fn verify_archive(archive: impl Read, key: &HouseKey) -> Result<ArchiveManifest, String> {
    let (mut found, mut manifest, mut signature) = (BTreeMap::new(), None, None);
    let read = read_archive(archive, |name, bytes| {
        let is_new = match name {
            MANIFEST => manifest.replace(bytes).is_none(),
            SIGNATURE => signature.replace(bytes).is_none(),
            _ => found.insert(name.to_owned(), (bytes.len() as u64, sha256(&bytes))).is_none(),
        };
        if is_new { Ok(()) } else { Err(std::io::Error::other(format!("`{name}` is in it twice"))) }
    });
    read.map_err(|error| format!("it is no archive, or not a whole one: {error}"))?;
    let text = manifest.ok_or("it has no manifest")?;
    let signature = signature.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or("it has no signature")?;
    if !key.verifies(&text, &signature) {
        return Err("it was not signed with the key of the house, or its manifest was changed".to_owned());
    }
    let manifest: ArchiveManifest =
        serde_json::from_slice(&text).map_err(|error| format!("its manifest cannot be read: {error}"))?;
    for file in &manifest.files {
        match found.remove(&file.name) {
            Some((bytes, sha256)) if bytes == file.bytes && sha256 == file.sha256 => {}
            Some(_) => return Err(format!("`{}` was changed", file.name)),
            None => return Err(format!("`{}` is not there", file.name)),
        }
    }
    match found.into_keys().next() {
        Some(name) => Err(format!("`{name}` was put in")),
        None => Ok(manifest),
    }
}

struct Gathered {
    bytes_max: usize,
    bytes: usize,
    files: Vec<(String, Bytes)>,
}

impl Gathered {
    fn add(&mut self, name: String, bytes: Bytes) -> Result<(), ArchiveError> {
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes_max < self.bytes {
            return Err(ArchiveError::TooLarge { bytes_max: self.bytes_max });
        }
        self.files.push((name, bytes));
        Ok(())
    }

    fn has(&self, name: &str) -> bool {
        self.files.iter().any(|(known, _)| known == name)
    }
}

/// The account, without what proves who somebody is.
fn described(user: &store::User) -> Map<String, Value> {
    let value = json!({
        "user_id": user.user_id.as_str(),
        "kind": user.kind.word(),
        "email": user.email,
        "display_name": user.display_name,
        "role": user.role.word(),
        "language": user.language.code(),
        "email_verified_at": user.email_verified_at,
        "disabled_at": user.disabled_at,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    });
    value.as_object().cloned().unwrap_or_default()
}

/// Where a document is kept, and its name in the archive: its hash, by which `documents.jsonl` tells of it.
fn document(record: &Map<String, Value>) -> Result<(&str, String), ArchiveError> {
    let word = |column: &str| record.get(column).and_then(Value::as_str);
    let (Some(path), Some(sha256)) = (word("row_key"), word("sha256")) else {
        return Err(ArchiveError::Write { problem: "a document has no place".to_owned() });
    };
    let ending = path.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() <= 10);
    Ok((path, format!("documents/{sha256}.{}", ending.unwrap_or("bin"))))
}

/// The audit log of a person, the latest first.
async fn audit_entries(store: &Store, user_id: &UserId) -> Result<Vec<Map<String, Value>>, ArchiveError> {
    let (mut found, mut before) = (Vec::new(), i64::MAX);
    loop {
        let page = store.audit_entries_of(user_id, before, PAGE_ROWS_MAX).await?;
        let Some(last) = page.last() else { return Ok(found) };
        before = last.number;
        found.extend(page.iter().map(told));
    }
}

fn told(entry: &AuditEntry) -> Map<String, Value> {
    let value = json!({
        "entry_number": entry.number,
        "happened_at": entry.happened_at,
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "fields": entry.fields,
        "outcome": entry.outcome,
    });
    value.as_object().cloned().unwrap_or_default()
}

fn lines(records: &[Map<String, Value>]) -> Bytes {
    let mut text = Vec::new();
    for record in records {
        // A map of texts and numbers; writing it into memory cannot fail.
        let _ = serde_json::to_writer(&mut text, record);
        text.push(b'\n');
    }
    Bytes::from(text)
}

fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}
