//! Makes tables: sources to bronze, bronze to silver, silver to gold.
//!
//! Each stage reads tables and writes tables, for a range of business dates, and can be run alone. None asks what time
//! it is, and none is told who asks.

pub mod books;
pub mod checks;
pub mod conform;
mod error;
mod frames;
pub mod history;
pub mod landing;
pub mod mirror;
pub mod rollups;
mod sieve;
pub mod sources;

pub use error::Error;

use schemas::{BusinessDate, RunId};

/// What a stage works on: a range of business dates, both included, on behalf of a run.
#[derive(Clone, Debug)]
pub struct Work {
    /// The run; writes of one run are done once.
    pub run_id: RunId,
    /// A marker of everything the run reads.
    pub inputs_fingerprint: String,
    /// How many owners the run has had. A write of an earlier owner is refused once a later one has written.
    pub fence: i64,
    /// The first business date.
    pub from: BusinessDate,
    /// The last business date.
    pub to: BusinessDate,
}

impl Work {
    /// The key under which an owner of the run writes a table, once for each range of dates.
    fn key(&self, table: &str) -> lake::WriteKey {
        lake::WriteKey::new(format!("financr/{}/{}/{table}", self.run_id, self.from), self.fence)
    }
}

/// What a stage did, for the run ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageReport {
    /// Rows written to all tables.
    pub rows_written: u64,
    /// Version of each table that was read.
    pub versions_read: std::collections::BTreeMap<String, u64>,
    /// A sentence for people.
    pub note: String,
    /// What a person should look at although the stage is done, e.g. statements that were not published.
    pub snags: Vec<String>,
}

impl StageReport {
    fn read(&mut self, snapshot: &lake::Snapshot) {
        if let Some(version) = snapshot.version() {
            self.versions_read.insert(snapshot.definition().name.to_owned(), version);
        }
    }
}
