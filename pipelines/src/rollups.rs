//! Rollups: gold from gold, one table per file.
//!
//! A rollup is a SQL file named after the table it makes, or a maker in Rust where the mathematics is not SQL's. The
//! order is derived from what each reads and writes.

pub mod attribution;
pub mod concentration;
pub mod daily_returns;
pub mod depreciation;
pub mod group_returns;
pub mod hypothetical_returns;
pub mod measures;
pub mod portfolio_group_measures;
pub mod portfolio_group_returns;
pub mod position_returns;
pub mod risk;
pub mod risk_forecasts;
pub mod stress;

use std::future::Future;
use std::pin::Pin;

use lake::{DateRange, Lake, Parameter};
use schemas::table::TableDefinition;

use crate::error::Error;
use crate::{StageReport, Work};

/// What a maker returns.
type Made<'a> = Pin<Box<dyn Future<Output = Result<StageReport, Error>> + Send + 'a>>;

/// The maker of one gold table.
#[derive(Clone, Copy)]
pub struct Rollup {
    /// The table it makes.
    pub writes: &'static TableDefinition,
    /// Tables that it makes beside, of the same computation.
    pub also_writes: &'static [&'static TableDefinition],
    /// The tables it reads.
    pub reads: &'static [&'static TableDefinition],
    /// Makes the rows of the dates of the work.
    make: for<'a> fn(&'a Lake, &'a Work) -> Made<'a>,
}

/// Every rollup, in no particular order.
pub const ROLLUPS: &[&Rollup] = &[
    &attribution::ROLLUP,
    &concentration::ROLLUP,
    &daily_returns::ROLLUP,
    &depreciation::ROLLUP,
    &group_returns::ROLLUP,
    &hypothetical_returns::ROLLUP,
    &measures::ROLLUP,
    &portfolio_group_measures::ROLLUP,
    &portfolio_group_returns::ROLLUP,
    &position_returns::ROLLUP,
    &risk::ROLLUP,
    &risk_forecasts::ROLLUP,
    &stress::ROLLUP,
];

/// Portfolios times days whose rows are made at once. A night of more portfolios than that is one piece; longer ranges
/// are made in parts, so that they do not need more memory than nights.
const PORTFOLIO_DAYS_AT_ONCE: usize = 70_000;

/// Makes every gold table that is rolled up, each after those it reads, and of a long range one part after the other.
///
/// # Errors
/// [`Error`] if a table cannot be read or written.
pub async fn roll_up(lake: &Lake, work: &Work) -> Result<StageReport, Error> {
    let mut total = StageReport::default();
    let ordered = in_order(ROLLUPS);
    let mut written = vec![0; ordered.len()];
    let portfolios = match &work.portfolios {
        Some(portfolios) => portfolios.len(),
        None => lake::read::portfolios(lake).await?.len(),
    };
    for part in work.parts(portfolios, PORTFOLIO_DAYS_AT_ONCE) {
        for (rollup, written) in ordered.iter().zip(&mut written) {
            let report = (rollup.make)(lake, &part).await?;
            *written += report.rows_written;
            total.versions_read.extend(report.versions_read);
        }
    }
    total.rows_written = written.iter().sum();
    // Most houses have no weights of benchmarks, and so no attribution.
    let made = ordered.iter().zip(written).filter(|(_, written)| 0 < *written);
    let note = |(rollup, written): (&&Rollup, u64)| format!("{written} {}", rollup.writes.short_name());
    let notes: Vec<String> = made.map(note).collect();
    total.note = if notes.is_empty() { "no rows".to_owned() } else { notes.join(", ") };
    Ok(total)
}

/// The rollups, each after those whose tables it reads. Rollups that read each other in a circle come last.
fn in_order(rollups: &[&'static Rollup]) -> Vec<&'static Rollup> {
    let mut left: Vec<&'static Rollup> = rollups.to_vec();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let writes = |rollup: &'static Rollup| std::iter::once(rollup.writes).chain(rollup.also_writes.iter().copied());
        let pending: Vec<&str> = left.iter().copied().flat_map(writes).map(|table| table.name).collect();
        let ready = |rollup: &&'static Rollup| !rollup.reads.iter().any(|read| pending.contains(&read.name));
        let position = left.iter().position(ready).unwrap_or(0);
        ordered.push(left.remove(position));
    }
    ordered
}

/// Runs a rollup that is one SQL statement over `$from_date` and `$to_date`.
async fn from_sql(lake: &Lake, work: &Work, rollup: &Rollup, sql: &str) -> Result<StageReport, Error> {
    let mut report = StageReport::default();
    let mut snapshots = Vec::with_capacity(rollup.reads.len());
    for definition in rollup.reads {
        let snapshot = lake.snapshot(definition).await?;
        report.read(&snapshot);
        snapshots.push(snapshot.restricted_to(DateRange::through(work.to)));
    }
    let context = lake.engine().session(&snapshots)?;
    let parameters = vec![("from_date", Parameter::Date(work.from)), ("to_date", Parameter::Date(work.to))];
    let batches = lake.engine().run(&context, rollup.writes.name, sql, parameters).await?;
    let written = work.replace_batches(lake, rollup.writes, &batches, rollup.writes.name).await?;
    report.rows_written = written.rows;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tables_are_made_once_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> =
            ROLLUPS.iter().map(|rollup| format!("{}.rs", rollup.writes.short_name())).collect();
        assert_eq!(listed.len(), ROLLUPS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rollups");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned());
        assert_eq!(names.filter(|name| name.ends_with(".rs")).collect::<BTreeSet<String>>(), listed);
    }

    #[test]
    fn each_comes_after_what_it_reads() {
        let order: Vec<&str> = in_order(ROLLUPS).iter().map(|rollup| rollup.writes.short_name()).collect();
        let expected = [
            "concentration",
            "daily_returns",
            "depreciation",
            "measures",
            "portfolio_group_returns",
            "portfolio_group_measures",
            "position_returns",
            "group_returns",
            "attribution",
            "hypothetical_returns",
            "risk",
            "risk_forecasts",
            "stress",
        ];
        assert_eq!(order, expected);
    }
}
