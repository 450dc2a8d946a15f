//! gold.risk_forecasts and gold.backtests from the daily and the hypothetical returns of each portfolio.
//!
//! On every valuation date each method says what the next day may lose, and what it said on the date before is compared
//! with what the day returned, and with what the positions of the date before would have. A backtest carries what it
//! counted from date to date, so that a night reads the rows of one date and not of two hundred and fifty.

mod columns;
mod judgement;
mod methods;
mod records;
mod series;
mod tally;

use std::collections::BTreeMap;

use lake::{DateRange, Lake, RecordBatch};
use schemas::table::Record;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::{backtests, daily_returns, hypothetical_returns, portfolios, risk_forecasts};

use self::columns::Columns;
use self::judgement::Judge;
use self::records::Records;
use self::series::{Series, read_series};
use super::{Made, Rollup};
use crate::error::Error;
use crate::parquet_books::cores::{on_all_cores, workers};
use crate::{StageReport, Work};

/// One row per portfolio, valuation date, method and tail, and of backtests one for each profit and loss. Of both the
/// rows of the valuation date before are read, too; those are of an earlier work, or were made on the way.
pub static ROLLUP: Rollup = Rollup {
    writes: &risk_forecasts::TABLE,
    also_writes: &[&backtests::TABLE],
    reads: &[&portfolios::TABLE, &daily_returns::TABLE, &hypothetical_returns::TABLE],
    make,
};

/// Portfolios that are worked on together at most.
const PIECE: usize = 2048;

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let snapshot = lake.snapshot(Portfolio::TABLE).await?;
        report.read(&snapshot);
        let mut portfolios: Vec<Portfolio> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
        portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
        portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
        let series = read_series(lake, work, portfolios, &mut report).await?;
        let before = records::read_before(lake, &series, &mut report).await?;
        let computing = tokio::task::spawn_blocking(move || compute_all(&series, &before));
        let made = computing.await.map_err(|_| Error::Worker)??;
        let (forecasts, judged): (Vec<RecordBatch>, Vec<RecordBatch>) = made.into_iter().unzip();
        for (table, batches) in [(&risk_forecasts::TABLE, forecasts), (&backtests::TABLE, judged)] {
            report.rows_written += work.replace_batches(lake, table, &batches, table.name).await?.rows;
        }
        Ok(report)
    })
}

/// The rows of both tables of all portfolios, in their order, on all cores.
fn compute_all(series: &[Series], before: &BTreeMap<usize, Records>) -> Result<Vec<(RecordBatch, RecordBatch)>, Error> {
    let piece = series.len().div_ceil(4 * workers()).clamp(1, PIECE);
    on_all_cores(series.len().div_ceil(piece), |number| {
        let mut columns = Columns::new();
        let mut judge = Judge::default();
        let first = number * piece;
        for (position, series) in series.iter().enumerate().skip(first).take(piece) {
            judge.follow(series, before.get(&position), &mut columns);
        }
        columns.finish()
    })
}
