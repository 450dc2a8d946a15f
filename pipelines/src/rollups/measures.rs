//! gold.measures from the daily returns, values and flows of each portfolio.
//!
//! A portfolio's history is gathered once; every measure of every period is computed from slices of it. Since
//! inception every measure is kept, for shorter periods those that statements show. The risk classes that the law
//! prescribes, and what factors explain, are made of the same histories, so that a night does not read them twice.

mod columns;
mod factor_exposures;
mod gather;
mod history;
pub(crate) mod of_groups;
mod risk_classes;
pub mod whole_life;

use std::collections::BTreeMap;
use std::sync::Arc;

use analytics::{MEASURES, Measure, Measured, every_measure};
use lake::{Lake, RecordBatch};
use schemas::table::TableDefinition;
use schemas::tables::cash_flows::{self, CashFlow};
use schemas::tables::daily_returns::{self, DailyReturn};
use schemas::tables::measures::{self, MeasureRow};
use schemas::tables::portfolios::{self, Portfolio};
use schemas::tables::{
    factor_exposures as exposures, factor_regressions as regressions, factor_returns, risk_classes as classes,
};
use schemas::{BusinessDate, MeasureValue, ReportingPeriod};
use tokio::task::{JoinError, JoinHandle};

use self::columns::Columns;
pub(crate) use self::factor_exposures::explain_again;
use self::factor_exposures::{FactorRows, MarketFactors};
use self::gather::Gathering;
use self::history::History;
pub(crate) use self::history::{series_of_every_date, series_on};
use self::risk_classes::{ClassColumns, classify};
use super::{Made, Rollup};
use crate::error::Error;
use crate::{HoldingYears, StageReport, Work};

/// One row per portfolio, valuation date, period and measure, of the classes one per scale, and once a month of what
/// factors explain one per set, and one per factor.
pub static ROLLUP: Rollup = Rollup {
    writes: &measures::TABLE,
    also_writes: &[&classes::TABLE, &regressions::TABLE, &exposures::TABLE],
    reads: &[&portfolios::TABLE, &daily_returns::TABLE, &cash_flows::TABLE, &factor_returns::TABLE],
    make,
};

/// What is kept for a day and a week, for which nothing can be estimated.
const DAY_MEASURES: &[&str] = &["gain", "twr"];
/// What is kept for longer periods, of those that are shorter than the portfolio's life.
const PERIOD_MEASURES: &[&str] = &[
    "annualised_return_act365",
    "gain",
    "max_drawdown",
    "max_drawdown_peak_date",
    "max_drawdown_trough_date",
    "modified_dietz",
    "mwr_period",
    "sharpe_rf",
    "twr",
    "twr_before_fees",
    "twr_before_taxes",
    "volatility",
    "xirr",
];

/// The tables that are made, and the rows of some portfolios in that order.
const MADE: [&TableDefinition; 4] = [&measures::TABLE, &classes::TABLE, &regressions::TABLE, &exposures::TABLE];
type AllRows = [RecordBatch; MADE.len()];

/// Days of all portfolios that are measured at once, while as many are read: 100,000 portfolios of ten years take
/// thirty-two rounds.
const DAYS_AT_ONCE: u64 = 8_000_000;

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let gathering = Gathering::over(lake, work, &mut report).await?;
        let factors = Arc::new(MarketFactors::read(lake, work, gathering.portfolios(), &mut report).await?);
        let mut made: [Vec<RecordBatch>; MADE.len()] = Default::default();
        // The next portfolios are read while those before are measured.
        let mut computing: Option<JoinHandle<Result<Vec<AllRows>, Error>>> = None;
        for portfolios in gathering.shares(DAYS_AT_ONCE) {
            let histories = gathering.histories(portfolios).await?;
            let (from, holding_years) = (work.from, work.holding_years);
            let factors = Arc::clone(&factors);
            let next = move || compute_all(&histories, from, holding_years, &factors);
            if let Some(before) = computing.take() {
                take_in(before.await, &mut made)?;
            }
            computing = Some(tokio::task::spawn_blocking(next));
        }
        if let Some(last) = computing {
            take_in(last.await, &mut made)?;
        }
        for (table, batches) in MADE.into_iter().zip(made) {
            report.rows_written += work.replace_batches(lake, table, &batches, table.name).await?.rows;
        }
        Ok(report)
    })
}

/// Adds the rows that were computed.
fn take_in(
    computed: Result<Result<Vec<AllRows>, Error>, JoinError>,
    made: &mut [Vec<RecordBatch>; MADE.len()],
) -> Result<(), Error> {
    for rows in computed.map_err(|_| Error::Worker)?? {
        for (batches, batch) in made.iter_mut().zip(rows) {
            batches.push(batch);
        }
    }
    Ok(())
}

/// The rows of all portfolios from a date on, on all cores, in the order of the portfolios.
fn compute_all(
    histories: &[History],
    from: BusinessDate,
    holding_years: HoldingYears,
    factors: &MarketFactors,
) -> Result<Vec<AllRows>, Error> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = histories.len().div_ceil(workers * 4).max(1);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let shares: Vec<&[History]> = histories.chunks(share).collect();
    let finished: Vec<Result<Vec<(usize, AllRows)>, Error>> = std::thread::scope(|scope| {
        let work = || {
            let mut mine = Vec::new();
            loop {
                let position = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(histories) = shares.get(position) else { return Ok(mine) };
                let (mut columns, mut classes) = (Columns::default(), ClassColumns::default());
                let mut explained = FactorRows::default();
                for history in *histories {
                    history.compute(from, &mut columns);
                    classify(history, from, holding_years, &mut classes);
                    factors.explain(history, from, &mut explained);
                }
                let [regressions, exposures] = explained.finish()?;
                mine.push((position, [columns.finish()?, classes.finish()?, regressions, exposures]));
            }
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(Error::Worker))).collect()
    });
    let mut ordered: BTreeMap<usize, AllRows> = BTreeMap::new();
    for share in finished {
        ordered.extend(share?);
    }
    Ok(ordered.into_values().collect())
}

impl History {
    /// The measures of every date from one on.
    fn compute(&self, from: BusinessDate, columns: &mut Columns) {
        let first = self.days.partition_point(|day| day.date < from);
        for (last, day) in self.days.iter().enumerate().skip(first) {
            for period in ReportingPeriod::ALL {
                let series = self.series(last, day.date, period);
                let measured = series.as_ref().map(Measured::unbroken);
                for measure in kept(period) {
                    let value = match &measured {
                        Ok(measured) => measure.reported(measured),
                        Err(reason) => MeasureValue::Unavailable((*reason).clone()),
                    };
                    columns.push(&self.owner.id, day.date, period, measure.id, &value);
                }
            }
        }
    }
}

/// Every measure of a period that ends on a date, kept by nights or not. Rows are in order of date.
pub fn on_request(
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    flows: &[CashFlow],
    date: BusinessDate,
    period: ReportingPeriod,
) -> Vec<MeasureRow> {
    let series = series_on(portfolio, returns, flows, date, period);
    let measured = series.as_ref().map(Measured::unbroken);
    let value = |measure: &Measure| match &measured {
        Ok(measured) => measure.reported(measured),
        Err(reason) => MeasureValue::Unavailable((*reason).clone()),
    };
    let id = &portfolio.portfolio_id;
    every_measure().map(|measure| MeasureRow::of(id, date, period, measure.id, value(measure))).collect()
}

/// The measures kept for a period.
fn kept(period: ReportingPeriod) -> impl Iterator<Item = &'static Measure> {
    let chosen = match period {
        ReportingPeriod::SinceInception => None,
        ReportingPeriod::OneDay | ReportingPeriod::WeekToDate => Some(DAY_MEASURES),
        _ => Some(PERIOD_MEASURES),
    };
    MEASURES.iter().copied().filter(move |measure| chosen.is_none_or(|chosen| chosen.contains(&measure.id)))
}
