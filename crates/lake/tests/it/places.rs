//! Fresh lakes, and small rows to put into them.

use std::path::Path;

use chrono::{Days, NaiveDate};
use lake::{DateRange, EngineSettings, Lake, S3Settings, Storage, WriteKey};
use rust_decimal::Decimal;
use schemas::table::Record;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, Price};
use tempfile::TempDir;

/// A lake that nobody else has.
pub(crate) struct Place {
    pub(crate) lake: Lake,
    _folder: Option<TempDir>,
}

impl Place {
    pub(crate) fn memory() -> Place {
        Place { lake: open("memory:"), _folder: None }
    }

    pub(crate) fn folder() -> Place {
        let folder = TempDir::new().expect("a temporary folder");
        Place { lake: open_folder(folder.path()), _folder: Some(folder) }
    }

    /// One of each kind.
    pub(crate) fn each() -> [Place; 2] {
        [Place::memory(), Place::folder()]
    }
}

/// Another handle on the lake in a folder.
pub(crate) fn open_folder(folder: &Path) -> Lake {
    open(folder.to_str().expect("the folder's name is UTF-8"))
}

fn open(url: &str) -> Lake {
    let storage = Storage::open(url, &S3Settings::default()).expect("the storage opens");
    Lake::open(storage, &EngineSettings { partitions: 3, ..EngineSettings::default() }).expect("the lake opens")
}

/// The key of a write of the one writer that most tests need.
pub(crate) fn key(revision: i64) -> WriteKey {
    WriteKey::new("test", revision)
}

/// So many days after the first of January 2014.
pub(crate) fn date(day: u64) -> BusinessDate {
    let first = NaiveDate::from_ymd_opt(2014, 1, 1).expect("a day");
    BusinessDate::new(first + Days::new(day)).expect("a date")
}

pub(crate) fn quote(symbol: &str, day: u64, cents: i64) -> Quote {
    Quote {
        market_id: "M1".parse().expect("an id"),
        instrument_id: format!("M1~{symbol}").parse().expect("an id"),
        quote_date: date(day),
        close: Price::new(Decimal::new(cents, 2)),
        quote_unit: "EUR".to_owned(),
        volume: None,
        landing_sha256: "0".repeat(64),
        line: 2,
    }
}

/// All quotes of the newest version, by instrument and day.
pub(crate) async fn quotes(lake: &Lake) -> Vec<Quote> {
    let snapshot = lake.snapshot(Quote::TABLE).await.expect("a snapshot");
    let mut rows: Vec<Quote> = lake::read::rows(&snapshot, lake, DateRange::ALL).await.expect("rows");
    assert_eq!(u64::try_from(rows.len()), Ok(snapshot.row_count()), "the log counts the rows that are there");
    rows.sort_by(|left, right| (&left.instrument_id, left.quote_date).cmp(&(&right.instrument_id, right.quote_date)));
    rows
}
