//! Heads of the audit log, noted outside of the store and signed: whoever cuts off the end of the log, and puts the
//! head in the store back, is found by them.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use api::HouseKey;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use store::{AuditHead, Store};

use crate::config::PrivacySection;
use crate::ending::Usage;

/// The name of the form in which heads are signed, and its version.
const FORM: &str = "financr audit head 1";
/// Bytes of a file of heads that are read.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// A head as it is noted, one a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NotedHead {
    entry_number: i64,
    entry_hash: String,
    noted_at: String,
    key_id: String,
    signature: String,
}

impl NotedHead {
    fn signed_text(&self) -> String {
        format!("{FORM}\n{}\n{}\n{}\n{}\n", self.entry_number, self.entry_hash, self.noted_at, self.key_id)
    }
}

/// The key of the house, as configured.
///
/// # Errors
/// [`Usage`] if there is none, or what is wrong with its file.
pub(crate) fn house_key(section: &PrivacySection) -> anyhow::Result<HouseKey> {
    let Some(file) = &section.signing_key_file else {
        let help = "make one with `financr users key --out house-key.pem` and name it there";
        return Err(Usage(format!("there is no `signing_key_file` under [privacy]; {help}")).into());
    };
    Ok(HouseKey::read(file).map_err(Usage)?)
}

/// Notes the head that there is, and returns it.
///
/// # Errors
/// If the store cannot be read, there is no key, or the file cannot be written.
pub(crate) async fn note(section: &PrivacySection, store: &Store, now: DateTime<Utc>) -> anyhow::Result<AuditHead> {
    let key = house_key(section)?;
    let head = store.audit_head().await?;
    let mut noted = NotedHead {
        entry_number: head.number,
        entry_hash: head.hash.clone(),
        noted_at: now.to_rfc3339_opts(SecondsFormat::Micros, true),
        key_id: key.key_id().to_owned(),
        signature: String::new(),
    };
    noted.signature = key.sign(noted.signed_text().as_bytes()).map_err(anyhow::Error::msg)?;
    append(&section.audit_heads_file, &serde_json::to_string(&noted)?)
        .with_context(|| format!("cannot write {}", section.audit_heads_file.display()))?;
    Ok(head)
}

/// The heads of a file whose signatures are right; none if the file is not there.
///
/// # Errors
/// [`Usage`] if the file cannot be read, or a line of it is not signed with the key of the house.
pub(crate) fn read(file: &Path, key: &HouseKey) -> anyhow::Result<Vec<AuditHead>> {
    let shown = file.display();
    let text = match read_text(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Usage(format!("cannot read {shown}: {error}")).into()),
    };
    let mut heads = Vec::new();
    for (line, number) in text.lines().zip(1_usize..) {
        let noted: NotedHead = serde_json::from_str(line)
            .map_err(|error| Usage(format!("{shown}, line {number}, is no head of the audit log: {error}")))?;
        if noted.key_id != key.key_id() || !key.verifies(noted.signed_text().as_bytes(), &noted.signature) {
            return Err(Usage(format!("{shown}, line {number}, is not signed with the key of the house")).into());
        }
        heads.push(AuditHead { number: noted.entry_number, hash: noted.entry_hash });
    }
    Ok(heads)
}

fn read_text(file: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    std::fs::File::open(file)?.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

fn append(file: &Path, line: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut opened = std::fs::OpenOptions::new().create(true).append(true).open(file)?;
    // One write, so that two processes do not write into one line.
    opened.write_all(format!("{line}\n").as_bytes())?;
    opened.sync_all()
}
