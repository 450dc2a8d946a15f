//! Where a statement's files are kept: a path that follows from what the file is and what is in it.
//!
//! Two files with different contents never share a path, so nothing is ever overwritten, and writing the same file
//! twice is harmless. The caller does the writing.

use std::fmt::Write;

use schemas::{BusinessDate, Subject};
use sha2::{Digest, Sha256};

use super::Channel;
use crate::error::Error;
use crate::overviews;
use crate::render::Format;

/// The archive's place on the shelf.
pub const CHANNEL: Channel = Channel { id: "archive", title: "Archive" };

/// The media type of the manifest of a statement.
pub const MANIFEST_MEDIA_TYPE: &str = "application/vnd.financr.manifest+json";
/// The ending of its name.
const MANIFEST_EXTENSION: &str = "manifest";

/// What names a statement; each of its versions is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatementKey {
    /// The kind: the name of a statement or of an overview.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// The last day of the period.
    pub period_end: BusinessDate,
    /// 1 for the first statement of the period, then 2, 3, … for restatements.
    pub version: u32,
}

/// The path of a statement's file in the object store:
/// `statements/<kind>/<subject>/<period_end>/v<version>/<sha256>.<ending>`.
///
/// # Errors
/// [`Error::UnknownStatement`] if there is no such kind: a name that nobody has checked never becomes a path.
pub fn object_path(key: &StatementKey, format: Format, content: &[u8]) -> Result<String, Error> {
    path_of(key, format.extension(), content)
}

/// The path of a statement's manifest, beside its files.
///
/// # Errors
/// [`Error::UnknownStatement`] if there is no such kind.
pub fn manifest_path(key: &StatementKey, content: &[u8]) -> Result<String, Error> {
    path_of(key, MANIFEST_EXTENSION, content)
}

fn path_of(key: &StatementKey, extension: &str, content: &[u8]) -> Result<String, Error> {
    let kind = overviews::kind_named(&key.kind)?;
    let StatementKey { subject, period_end, version, .. } = key;
    let name = sha256_hex(content);
    Ok(format!("statements/{kind}/{subject}/{period_end}/v{version}/{name}.{extension}"))
}

/// The SHA-256 of a file as 64 lower-case hexadecimal digits.
pub fn sha256_hex(content: &[u8]) -> String {
    let mut running = RunningSha256::default();
    running.take(content);
    running.hex()
}

/// The SHA-256 and the length of a file that is read part by part.
#[derive(Clone, Debug, Default)]
pub struct RunningSha256 {
    digest: Sha256,
    byte_count: u64,
}

impl RunningSha256 {
    /// Takes the next part.
    pub fn take(&mut self, part: &[u8]) {
        self.digest.update(part);
        self.byte_count = self.byte_count.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
    }

    /// The bytes taken so far.
    pub fn byte_count(&self) -> u64 {
        self.byte_count
    }

    /// The hash of all parts, as 64 lower-case hexadecimal digits.
    pub fn hex(self) -> String {
        hexadecimal(&self.digest.finalize())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_the_file_is_and_what_is_in_it() {
        // FIPS 180-2, appendix B.1: SHA-256 of "abc".
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), sha256);
        let mut running = RunningSha256::default();
        for part in [&b"a"[..], b"", b"bc"] {
            running.take(part);
        }
        assert_eq!((running.byte_count(), running.hex()), (3, sha256.to_owned()));
        let key = StatementKey {
            kind: "portfolio_statement".to_owned(),
            subject: Subject::Portfolio("D03".parse().expect("an id")),
            period_end: "2014-12-31".parse().expect("a date"),
            version: 2,
        };
        let path = object_path(&key, Format::Pdf, b"abc").expect("a known kind");
        assert_eq!(path, format!("statements/portfolio_statement/D03/2014-12-31/v2/{sha256}.pdf"));
        let of_group = StatementKey {
            kind: "gips_composite_report".to_owned(),
            subject: Subject::Group("growth".parse().expect("an id")),
            ..key.clone()
        };
        let path = object_path(&of_group, Format::Pdf, b"abc").expect("a known kind");
        assert_eq!(path, format!("statements/gips_composite_report/growth/2014-12-31/v2/{sha256}.pdf"));
        assert!(object_path(&StatementKey { kind: "../x".to_owned(), ..key }, Format::Pdf, b"abc").is_err());
    }
}
