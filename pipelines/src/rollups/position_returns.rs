//! gold.position_returns from gold.valuations, gold.position_flows and the capital of gold.daily_returns.
//!
//! A date needs the closes of the one before, which lies days back or, where a market was closed, weeks. How far is
//! asked first, so that a night reads two days of valuations and not all of them.

use arrow::array::{Array, Date32Array};
use lake::{DateRange, Lake, Parameter, RecordBatch};
use schemas::BusinessDate;
use schemas::tables::{daily_returns, portfolio_values, position_flows, position_returns, valuations};

use super::{Made, Rollup};
use crate::{StageReport, Work};

/// One row per portfolio, instrument and valuation date.
pub static ROLLUP: Rollup = Rollup {
    writes: &position_returns::TABLE,
    also_writes: &[],
    reads: &[&portfolio_values::TABLE, &daily_returns::TABLE, &valuations::TABLE, &position_flows::TABLE],
    make,
};

/// The query for how far back the closes are that count.
const SINCE: &str = include_str!("../../rollups/position_returns/since.sql");
/// The query for the rows.
const RETURNS: &str = include_str!("../../rollups/position_returns.sql");

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let mut snapshots = Vec::with_capacity(ROLLUP.reads.len());
        for definition in ROLLUP.reads {
            let snapshot = lake.snapshot(definition).await?;
            report.read(&snapshot);
            snapshots.push(snapshot);
        }
        let name = position_returns::TABLE.name;
        let range = || vec![("from_date", Parameter::Date(work.from)), ("to_date", Parameter::Date(work.to))];
        let of_range = DateRange::between(work.from, work.to);
        let restricted: Vec<_> = snapshots.iter().map(|snapshot| snapshot.restricted_to(of_range)).collect();
        let context = lake.engine().session(&restricted)?;
        let since = lake.engine().run(&context, name, SINCE, range()).await?;
        let since = date_in(&since).map_or(work.from, |since| since.min(work.from));
        let needed = DateRange::between(since, work.to);
        let restricted: Vec<_> = snapshots.iter().map(|snapshot| snapshot.restricted_to(needed)).collect();
        let context = lake.engine().session(&restricted)?;
        let mut parameters = range();
        parameters.push(("since_date", Parameter::Date(since)));
        let batches = lake.engine().run(&context, name, RETURNS, parameters).await?;
        let written = work.replace_batches(lake, &position_returns::TABLE, &batches, name).await?;
        report.rows_written = written.rows;
        Ok(report)
    })
}

/// The one date that a query answered, if it is one.
fn date_in(batches: &[RecordBatch]) -> Option<BusinessDate> {
    let column = batches.iter().find(|batch| 0 < batch.num_rows())?.columns().first()?;
    let dates = column.as_any().downcast_ref::<Date32Array>()?;
    BusinessDate::new(dates.is_valid(0).then(|| dates.value_as_date(0))??).ok()
}
