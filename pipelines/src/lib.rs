//! Makes tables: sources to bronze, bronze to silver, silver to gold.
//!
//! Each stage reads tables and writes tables, for a range of business dates, and can be run alone. None asks what time
//! it is, and none is told who asks.

mod age_limits;
pub mod balances;
pub mod books;
pub mod checks;
pub mod concentration;
pub mod conform;
mod delimited;
pub mod doubts;
mod error;
pub mod export_books;
pub mod factors;
mod frames;
pub mod history;
mod holding_years;
pub mod holdings;
pub mod imports;
mod intake;
mod json_parts;
pub mod landing;
pub mod liquidity;
pub mod mirror;
mod numerals;
pub mod parquet_books;
pub mod reconciliation;
mod refusals;
pub mod return_parts;
pub mod rollups;
mod sieve;
pub mod sources;
pub mod stress;
pub mod track_record;
mod undelivered;
pub mod why;
mod xml_elements;

pub use age_limits::AgeLimits;
pub use analytics::attribution::{Attribution, Effect, Excess};
pub use analytics::linking::{DEFAULT_LINKING_METHOD, LINKING_METHODS, LinkingMethod, linking_method};
pub use analytics::{KIND_ON_REQUEST, MEASURE_KINDS, MEASURES, Measure, MeasureKind, Unit as MeasureUnit};
pub use error::Error;
pub use holding_years::HoldingYears;
pub use ledger::reconciliation::{BalanceBasis, Difference, Measured, Subject};

use std::collections::BTreeSet;
use std::sync::Arc;

use lake::{Lake, RecordBatch, Written};
use schemas::table::{Record, TableDefinition};
use schemas::{BusinessDate, PortfolioId, RunId};

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
    /// The portfolios that are made again; all of them if none are named.
    pub portfolios: Option<Arc<BTreeSet<PortfolioId>>>,
    /// How old what values something may be.
    pub age_limits: AgeLimits,
    /// The holding period, in years, that the market risk measure of PRIIPs is made for.
    pub holding_years: HoldingYears,
}

impl Work {
    /// The key under which an owner of the run writes a table, once for each range of dates. The inputs are part of it:
    /// a store that was set back to an earlier state gives the name of a lost run to another one.
    fn key(&self, table: &str) -> lake::WriteKey {
        let Work { run_id, inputs_fingerprint, from, fence, .. } = self;
        lake::WriteKey::new(format!("financr/{run_id}/{inputs_fingerprint}/{from}/{table}"), *fence)
    }

    /// Whether a portfolio is worked on.
    fn covers(&self, portfolio: &PortfolioId) -> bool {
        self.portfolios.as_ref().is_none_or(|portfolios| portfolios.contains(portfolio))
    }

    /// Replaces the rows of the dates and portfolios of the work.
    async fn replace<R: Record>(&self, lake: &Lake, rows: &[R], purpose: &str) -> Result<Written, lake::Error> {
        self.replace_batches(lake, R::TABLE, &[R::to_batch(rows)?], purpose).await
    }

    /// As [`Work::replace`], for rows that a query made of all portfolios.
    async fn replace_batches(
        &self,
        lake: &Lake,
        definition: &'static TableDefinition,
        batches: &[RecordBatch],
        purpose: &str,
    ) -> Result<Written, lake::Error> {
        let (from, to, key) = (self.from, self.to, self.key(purpose));
        match &self.portfolios {
            None => lake.replace_dates_batches(definition, from, to, batches, &key).await,
            Some(portfolios) => {
                let of_them: Result<Vec<RecordBatch>, lake::Error> =
                    batches.iter().map(|batch| lake::read::of_portfolios(definition, batch, portfolios)).collect();
                lake.replace_portfolios_batches(definition, portfolios, (from, to), &of_them?, &key).await
            }
        }
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
