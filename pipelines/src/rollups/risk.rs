//! gold.risk and gold.risk_contributions from the positions of a date and the past returns of what they hold.
//!
//! The positions of each valuation date are put through what happened on the last 500 valuation dates of their market
//! on which something that the portfolio holds was quoted, by the simulation that `financr bench b3` runs over files.
//! Every date of the work has its rows, so that a range and its nights make the same ones. Docs/RISK.md has the rules.

pub mod by_factor;
mod columns;
mod counted_days;
pub mod groups;
pub(super) mod histories;
pub(super) mod holdings;
pub(super) mod markets;
pub mod on_request;
pub mod over_days;
mod proxies;
mod simulation;

use lake::{DateRange, Lake, Parameter, RecordBatch};
use schemas::InstrumentId;
use schemas::table::{Record, TableDefinition};
use schemas::tables::portfolios::Portfolio;
use schemas::tables::{
    corporate_actions, fx_rates, instruments, portfolio_values, portfolios, quotes, risk, risk_contributions,
    valuations,
};

use self::histories::{Gap, Histories, SCENARIOS_MAX};
use self::holdings::Holdings;
use self::markets::Markets;
use super::{Made, Rollup};
use crate::error::Error;
use crate::{StageReport, Work};

/// One row per portfolio, valuation date, method and tail; and beside it one per position.
pub static ROLLUP: Rollup = Rollup {
    writes: &risk::TABLE,
    also_writes: &[&risk_contributions::TABLE],
    reads: &[
        &portfolios::TABLE,
        &instruments::TABLE,
        &quotes::TABLE,
        &fx_rates::TABLE,
        &corporate_actions::TABLE,
        &portfolio_values::TABLE,
        &valuations::TABLE,
    ],
    make,
};

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let mut portfolios = read::<Portfolio>(lake, DateRange::ALL, &mut report).await?;
        portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
        portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
        let markets = Markets::read(lake, work, &portfolios, SCENARIOS_MAX, &mut report).await?;
        let holdings = Holdings::read(lake, work, portfolios, &mut report).await?;
        let simulating = tokio::task::spawn_blocking(move || simulation::simulate(&holdings, &markets));
        let made = simulating.await.map_err(|_| Error::Worker)??;
        for (table, batches) in [(&risk::TABLE, made.risk), (&risk_contributions::TABLE, made.contributions)] {
            report.rows_written += work.replace_batches(lake, table, &batches, table.name).await?.rows;
        }
        Ok(report)
    })
}

/// The returns of instruments, or why those of one are not known.
pub(crate) type PastReturns = Vec<Result<Vec<f64>, String>>;

/// What instruments returned on the days of the scenarios of a date in the base currency of a portfolio, or why that is
/// not known of one or of all of them.
pub(crate) async fn past_returns(
    lake: &Lake,
    work: &Work,
    portfolio: &Portfolio,
    instruments: &[&InstrumentId],
) -> Result<Result<PastReturns, String>, Error> {
    let mut report = StageReport::default();
    let markets = Markets::read(lake, work, std::slice::from_ref(portfolio), SCENARIOS_MAX, &mut report).await?;
    let Some(board) = markets.board(&portfolio.market_id) else {
        return Ok(Err(format!("nothing is listed in the market {}", portfolio.market_id)));
    };
    let rates = markets.rates(&portfolio.fx_source);
    let histories = Histories::new(board, rates, portfolio.base_currency, instruments)?;
    let lines: Vec<usize> = (0..instruments.len()).collect();
    let found = histories.returns(work.to, &lines).map_err(|reason| reason.to_string());
    let in_words = |found: Vec<Result<Vec<f64>, Gap>>| {
        found.into_iter().map(|returns| returns.map_err(|gap| gap.to_string())).collect()
    };
    Ok(found.map(in_words))
}

pub(super) async fn read<R: Record>(lake: &Lake, range: DateRange, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}

/// Some columns of the rows of one table, as a query gives them, in the types of the table.
pub(super) async fn columns_of(
    lake: &Lake,
    definition: &'static TableDefinition,
    range: DateRange,
    (sql, columns): (&str, &[&str]),
    parameters: Vec<(&str, Parameter)>,
    report: &mut StageReport,
) -> Result<Vec<RecordBatch>, Error> {
    let snapshot = lake.snapshot(definition).await?;
    report.read(&snapshot);
    let context = lake.engine().session(&[snapshot.restricted_to(range)])?;
    let batches = lake.engine().run(&context, definition.name, sql, parameters).await?;
    let in_types = batches.iter().map(|batch| lake::read::with_columns(batch, definition, columns));
    Ok(in_types.collect::<Result<Vec<RecordBatch>, lake::Error>>()?)
}
