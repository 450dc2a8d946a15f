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
mod file_endings;
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
mod places;
pub mod proposals;
pub mod reconciliation;
mod refusals;
pub mod return_parts;
pub mod rollups;
mod sieve;
pub mod sources;
pub mod stress;
pub mod track_record;
mod undelivered;
pub mod weights_of_prices;
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

use chrono::Days;
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
    /// The first business date of the work that this one is a part of, if it is one: parts of two works that begin on
    /// the same date write rows of different portfolios.
    pub part_of: Option<BusinessDate>,
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
        let dates = self.part_of.map_or_else(|| from.to_string(), |whole| format!("{whole}/{from}"));
        lake::WriteKey::new(format!("financr/{run_id}/{inputs_fingerprint}/{dates}/{table}"), *fence)
    }

    /// The work in parts, in order of date, none of which has more than so many portfolios times days unless it is a
    /// single day. Parts that hold a month end with one, as files of tables do.
    fn parts(&self, portfolios: usize, most: usize) -> Vec<Work> {
        let days = u64::try_from((most / portfolios.max(1)).max(1)).unwrap_or(u64::MAX);
        let mut parts = Vec::new();
        let mut from = self.from;
        loop {
            let reached = from.day().checked_add_days(Days::new(days - 1)).and_then(|day| BusinessDate::new(day).ok());
            let Some(reached) = reached.filter(|reached| *reached < self.to) else { break };
            let month = history::month_start(reached.next_calendar_day());
            let to = if from < month { month.previous_calendar_day() } else { reached };
            parts.push(Work { from, to, part_of: Some(self.from), ..self.clone() });
            from = to.next_calendar_day();
        }
        let part_of = (!parts.is_empty()).then_some(self.from);
        parts.push(Work { from, part_of, ..self.clone() });
        parts
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn work(from: &str, to: &str) -> Work {
        let date = |text: &str| BusinessDate::new(text.parse().expect("a date")).expect("a business date");
        Work {
            run_id: "nightly-1".parse().expect("a name"),
            inputs_fingerprint: "facts".to_owned(),
            fence: 1,
            from: date(from),
            to: date(to),
            part_of: None,
            portfolios: None,
            age_limits: AgeLimits::default(),
            holding_years: HoldingYears::default(),
        }
    }

    fn dates(parts: &[Work]) -> Vec<String> {
        parts.iter().map(|part| format!("{} {}", part.from, part.to)).collect()
    }

    #[test]
    fn a_work_that_is_small_enough_is_one_part_and_writes_as_before() {
        let night = work("2024-06-28", "2024-06-28");
        let parts = night.parts(100_000, 70_000);
        assert_eq!(dates(&parts), ["2024-06-28 2024-06-28"]);
        assert_eq!(parts[0].part_of, None);
    }

    #[test]
    fn parts_end_with_a_month_where_one_fits() {
        let parts = work("2021-11-15", "2022-03-10").parts(1_000, 50_000);
        assert_eq!(dates(&parts), ["2021-11-15 2021-12-31", "2022-01-01 2022-01-31", "2022-02-01 2022-03-10"]);
        let parts = work("2024-06-26", "2024-07-02").parts(10_000, 30_000);
        assert_eq!(dates(&parts), ["2024-06-26 2024-06-28", "2024-06-29 2024-06-30", "2024-07-01 2024-07-02"]);
    }

    #[test]
    fn parts_of_two_works_do_not_pass_for_each_other() {
        let january = work("2024-01-01", "2024-03-31").parts(1_000, 40_000);
        let february = work("2024-02-01", "2024-03-31").parts(1_000, 40_000);
        assert_eq!(january[1].from, february[0].from);
        assert_ne!(january[1].key("gold.measures"), february[0].key("gold.measures"));
    }

    proptest! {
        #[test]
        fn every_day_is_in_one_part(length in 0_u64..800, portfolios in 0_usize..3_000, most in 1_usize..100_000) {
            let first = work("2020-02-20", "2020-02-20").from;
            let last = BusinessDate::new(first.day() + Days::new(length)).expect("a business date");
            let whole = Work { to: last, ..work("2020-02-20", "2020-02-20") };
            let parts = whole.parts(portfolios, most);
            prop_assert_eq!((parts[0].from, parts[parts.len() - 1].to), (first, last));
            for pair in parts.windows(2) {
                prop_assert_eq!(pair[0].to.next_calendar_day(), pair[1].from);
            }
            for part in &parts {
                let days = usize::try_from((part.to.day() - part.from.day()).num_days() + 1).expect("some");
                prop_assert!(days == 1 || days * portfolios <= most);
            }
        }
    }
}
