//! Statements as files in a folder or a bucket, for programs that fetch them there (docs/adr/0008).
//!
//! `<portfolio>/<statement>.<ending>`, one file a format, and beside them `<statement>.sha256`, which is written last:
//! where it is, the files are complete. Nothing is ever overwritten: a name that is taken by other bytes is a finding
//! for a person, because somebody else writes there.

use bytes::Bytes;
use lake::{S3Settings, Storage};
use schemas::with_causes;
use serde::Deserialize;

use super::archive::sha256_hex;
use super::{Channel, Outcome};
use crate::error::Error;
use crate::render::Format;

/// The drop folder's place on the shelf.
pub const CHANNEL: Channel = Channel { id: "drop_folder", title: "Drop folder" };

/// The ending of the file that lists the others.
const INDEX_ENDING: &str = "sha256";
/// Statements that are written at once.
const WRITERS_MAX: usize = 4;

/// Where the files are put.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropFolderSettings {
    /// A folder, or `s3://bucket/prefix`; made if it is not there.
    pub url: String,
    /// The formats that are put there, of `pdf`, `csv`, `json` and `html`. Default `pdf`, `csv` and `json`.
    #[serde(default = "default_formats")]
    pub formats: Vec<String>,
    /// How to reach a bucket; set by the program from the environment.
    #[serde(skip)]
    pub s3: S3Settings,
}

fn default_formats() -> Vec<String> {
    [Format::Pdf, Format::Csv, Format::Json].map(|format| format.extension().to_owned()).to_vec()
}

/// A statement to be put there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The portfolio, whose folder it is.
    pub portfolio_id: String,
    /// The statement, whose id begins the names.
    pub statement_id: String,
    /// The files by their formats.
    pub files: Vec<(Format, Bytes)>,
}

/// A folder or a bucket that takes statements.
#[derive(Debug)]
pub struct DropFolder {
    storage: Storage,
    formats: Vec<Format>,
}

impl DropFolder {
    /// Opens the folder or the bucket.
    ///
    /// # Errors
    /// [`Error::Channel`] if it cannot be opened, or a format is not known.
    pub fn new(settings: &DropFolderSettings) -> Result<DropFolder, Error> {
        let refused = |problem: String| Error::Channel { channel: CHANNEL.title, problem };
        let mut formats = Vec::new();
        for name in &settings.formats {
            let known = Format::ALL.into_iter().find(|format| format.extension() == name);
            formats.push(known.ok_or_else(|| {
                let known = Format::ALL.map(Format::extension).join(", ");
                refused(format!("`formats` has `{name}`, which is no format of a statement; known: {known}"))
            })?);
        }
        if formats.is_empty() {
            return Err(refused("`formats` names no format; leave it out for pdf, csv and json".to_owned()));
        }
        let storage = Storage::open(&settings.url, &settings.s3).map_err(|error| match error {
            lake::Error::Address { url, problem } => {
                refused(format!("`url` {url} cannot be opened: {problem}; use a folder or `s3://bucket/prefix`"))
            }
            other => refused(with_causes(&other)),
        })?;
        Ok(DropFolder { storage, formats })
    }

    /// The formats that are put there.
    pub fn formats(&self) -> &[Format] {
        &self.formats
    }

    /// Statements that can be under way at once.
    pub fn statements_at_once_max(&self) -> usize {
        WRITERS_MAX
    }

    /// Puts the files of a statement there, unless they are.
    pub async fn deliver(&self, dropped: &Dropped) -> Outcome {
        match self.put(dropped).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::ChannelFailure(format!("cannot write to the drop folder: {}", with_causes(&error))),
        }
    }

    async fn put(&self, dropped: &Dropped) -> Result<Outcome, lake::Error> {
        let Dropped { portfolio_id, statement_id, files } = dropped;
        let mut index = String::new();
        let mut is_new = false;
        for (format, bytes) in files {
            let name = format!("{statement_id}.{}", format.extension());
            // The form of `sha256sum`: two spaces, so that `sha256sum --check` understands it.
            index += &format!("{}  {name}\n", sha256_hex(bytes));
            match self.put_file(&format!("{portfolio_id}/{name}"), bytes).await? {
                Written::New => is_new = true,
                Written::Same => {}
                Written::Other => return Ok(taken(&name)),
            }
        }
        let name = format!("{statement_id}.{INDEX_ENDING}");
        match self.put_file(&format!("{portfolio_id}/{name}"), &Bytes::from(index)).await? {
            Written::New => Ok(Outcome::Delivered(format!("written beside {portfolio_id}/{name}"))),
            Written::Same if is_new => Ok(Outcome::Delivered(format!("completed beside {portfolio_id}/{name}"))),
            Written::Same => Ok(Outcome::AlreadyDelivered),
            Written::Other => Ok(taken(&name)),
        }
    }

    async fn put_file(&self, path: &str, bytes: &Bytes) -> Result<Written, lake::Error> {
        if self.storage.put_once(path, bytes.clone()).await? {
            return Ok(Written::New);
        }
        let is_same = self.storage.get(path).await? == *bytes;
        Ok(if is_same { Written::Same } else { Written::Other })
    }
}

/// What became of a file.
enum Written {
    /// It was not there.
    New,
    /// It was there.
    Same,
    /// Other bytes have its name.
    Other,
}

fn taken(name: &str) -> Outcome {
    Outcome::PermanentFailure(format!(
        "another file has the name {name} in the drop folder and was left as it is; move it away"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dropped(text: &'static [u8]) -> Dropped {
        Dropped {
            portfolio_id: "D03".to_owned(),
            statement_id: "portfolio_statement-D03-2014-12-31-v1".to_owned(),
            files: vec![(Format::Pdf, Bytes::from_static(b"%PDF")), (Format::Csv, Bytes::from_static(text))],
        }
    }

    fn folder(url: &str) -> DropFolder {
        let settings =
            DropFolderSettings { url: url.to_owned(), formats: default_formats(), s3: S3Settings::default() };
        DropFolder::new(&settings).expect("it opens")
    }

    async fn text(folder: &DropFolder, ending: &str) -> String {
        let path = format!("D03/portfolio_statement-D03-2014-12-31-v1.{ending}");
        String::from_utf8(folder.storage.get(&path).await.expect("it is there").to_vec()).expect("text")
    }

    #[tokio::test]
    async fn files_are_written_once_and_their_index_can_be_checked_with_sha256sum() {
        let folder = folder("memory:");
        let written = "written beside D03/portfolio_statement-D03-2014-12-31-v1.sha256".to_owned();
        assert_eq!(folder.deliver(&dropped(b"abc")).await, Outcome::Delivered(written));
        assert_eq!(text(&folder, "csv").await, "abc");
        // FIPS 180-2, appendix B.1, for "abc"; the other one with `printf %s %PDF | sha256sum`.
        let (of_pdf, of_csv) = (
            "315d429b7714cedb6ad04ac31240145257692630457f3c88253c5beceac76027",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
        let name = "portfolio_statement-D03-2014-12-31-v1";
        let index = format!("{of_pdf}  {name}.pdf\n{of_csv}  {name}.csv\n");
        assert_eq!(text(&folder, "sha256").await, index);
        assert_eq!(folder.deliver(&dropped(b"abc")).await, Outcome::AlreadyDelivered);

        let Outcome::PermanentFailure(reason) = folder.deliver(&dropped(b"abd")).await else {
            panic!("another document never takes the place of the first")
        };
        assert!(reason.contains("v1.csv in the drop folder and was left as it is; move it away"), "{reason}");
        assert_eq!(
            (text(&folder, "csv").await.as_str(), text(&folder, "sha256").await.as_str()),
            ("abc", index.as_str())
        );
    }

    #[tokio::test]
    async fn what_a_killed_process_left_is_completed() {
        let folder = folder("memory:");
        let all = dropped(b"abc");
        let path = format!("D03/{}.pdf", all.statement_id);
        folder.storage.put_once(&path, Bytes::from_static(b"%PDF")).await.expect("written");
        assert!(matches!(folder.deliver(&all).await, Outcome::Delivered(_)));
        assert!(text(&folder, "sha256").await.lines().count() == 2);
    }

    #[tokio::test]
    async fn a_folder_on_the_disk_takes_them_too_and_wrong_settings_are_refused() {
        let place = tempfile::tempdir().expect("a folder");
        let url = place.path().join("drop").display().to_string();
        assert!(matches!(folder(&url).deliver(&dropped(b"abc")).await, Outcome::Delivered(_)));
        let csv = place.path().join("drop/D03/portfolio_statement-D03-2014-12-31-v1.csv");
        assert_eq!(std::fs::read(csv).expect("readable"), b"abc");
        for (url, formats, words) in [
            ("ftp://host/x", vec!["pdf"], "scheme"),
            ("memory:", vec!["docx"], "known: pdf, csv, json, html"),
            ("memory:", vec![], "names no format"),
        ] {
            let formats = formats.into_iter().map(str::to_owned).collect();
            let settings = DropFolderSettings { url: url.to_owned(), formats, s3: S3Settings::default() };
            let error = DropFolder::new(&settings).expect_err("refused").to_string();
            assert!(error.contains("Drop folder") && error.contains(words), "{error}");
        }
    }
}
