//! gold.group_returns from what each position earned, the flows of the client, and the groups of the instruments.
//!
//! A row follows from the rows of its date, and from nothing else, so that a range gives the rows of its nights. Groups
//! have no dates: a `classifications.csv` that says something else changes the markers of `crate::history`, and the
//! next night makes again what the portfolios that held the instruments have.

use lake::{DateRange, Lake, Parameter};
use schemas::tables::{
    cash_flows, classifications, daily_returns, group_returns, instruments, portfolios, position_returns, transactions,
};

use super::{Made, Rollup};
use crate::{StageReport, Work};

/// One row per portfolio, valuation date, taxonomy and node.
pub static ROLLUP: Rollup = Rollup {
    writes: &group_returns::TABLE,
    also_writes: &[],
    reads: &[
        &portfolios::TABLE,
        &instruments::TABLE,
        &classifications::TABLE,
        &transactions::TABLE,
        &cash_flows::TABLE,
        &position_returns::TABLE,
        &daily_returns::TABLE,
    ],
    make,
};

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let of_the_dates = DateRange::between(work.from, work.to);
        let mut snapshots = Vec::with_capacity(ROLLUP.reads.len());
        for definition in ROLLUP.reads {
            let snapshot = lake.snapshot(definition).await?;
            report.read(&snapshot);
            // A client's transfer is booked on or before the date on which it counts.
            let is_of_the_dates = definition.dated.is_some() && definition.name != transactions::TABLE.name;
            snapshots.push(snapshot.restricted_to(if is_of_the_dates { of_the_dates } else { DateRange::ALL }));
        }
        let context = lake.engine().session(&snapshots)?;
        let parameters = vec![("from_date", Parameter::Date(work.from)), ("to_date", Parameter::Date(work.to))];
        let sql = include_str!("../../rollups/group_returns.sql");
        let batches = lake.engine().run(&context, ROLLUP.writes.name, sql, parameters).await?;
        let written = work.replace_batches(lake, ROLLUP.writes, &batches, ROLLUP.writes.name).await?;
        report.rows_written = written.rows;
        Ok(report)
    })
}
