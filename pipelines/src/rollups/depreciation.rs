//! gold.depreciation from the daily returns of the reporting periods that the dates of a work lie in.
//!
//! The fall since a period began is the product of its days, so a night reads the days of one quarter and three columns
//! beside the amounts: those of 100,000 portfolios are six million at most, and are gathered a share of the portfolios
//! at a time. Nothing that an earlier night wrote is read: a range has the rows of its nights.

mod falls;

use arrow::array::{Array, Date32Array, Decimal128Array, Float64Array, StringArray};
use arrow::datatypes::Date32Type;
use lake::{DateRange, Lake, RecordBatch};
use schemas::table::Record;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::depreciation::{self, DepreciationRow};
use schemas::tables::portfolios::Portfolio;
use schemas::tables::{daily_returns, portfolios};
use schemas::{Amount, BusinessDate, PortfolioId, ReportingPeriod};

use self::falls::{Day, falls};
use super::{Made, Rollup};
use crate::error::Error;
use crate::parquet_books::cores::on_all_cores;
use crate::places::Places;
use crate::{StageReport, Work};

/// One row per portfolio and valuation date.
pub static ROLLUP: Rollup = Rollup {
    writes: &depreciation::TABLE,
    also_writes: &[],
    reads: &[&portfolios::TABLE, &daily_returns::TABLE],
    make,
};

/// The reporting period: the calendar quarter, as Art. 60(3) of the regulation has it by default.
const PERIOD: ReportingPeriod = ReportingPeriod::QuarterToDate;

/// What is read of a day.
const COLUMNS: [&str; 7] =
    ["portfolio_id", "business_date", "begin_value", "inflow", "outflow", "end_value", "return_fraction"];

/// Days of all portfolios that are held in memory at once.
const DAYS_AT_ONCE: u64 = 8_000_000;

/// Portfolios that are worked on together at most.
const PIECE: usize = 2048;

/// The last day before the reporting period of a date.
fn opening_of(date: BusinessDate) -> Result<BusinessDate, Error> {
    PERIOD.opening_date(date).and_then(|day| BusinessDate::new(day).ok()).ok_or(Error::Worker)
}

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let described = lake.snapshot(Portfolio::TABLE).await?;
        let returns = lake.snapshot(DailyReturn::TABLE).await?;
        report.read(&described);
        report.read(&returns);
        let mut portfolios: Vec<Portfolio> = lake::read::rows(&described, lake, DateRange::ALL).await?;
        portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
        portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
        let days = DateRange::between(opening_of(work.from)?.next_calendar_day(), work.to);
        let returns = returns.restricted_to(days);
        let parts = usize::try_from(returns.row_count().div_ceil(DAYS_AT_ONCE)).unwrap_or(usize::MAX).max(1);
        let mut batches = Vec::new();
        for share in portfolios.chunks(portfolios.len().div_ceil(parts).max(1)) {
            let (Some(first), Some(last)) = (share.first(), share.last()) else { continue };
            let mut places = Places::of(share.iter().map(|portfolio| portfolio.portfolio_id.as_str()));
            let mut histories: Vec<Vec<Day>> = vec![Vec::new(); share.len()];
            let stretch = (&first.portfolio_id, &last.portfolio_id);
            lake::read::each_batch_between(&returns, lake, days, &COLUMNS, stretch, |batch| {
                add_days(batch, &mut places, &mut histories)
            })
            .await?;
            let owners: Vec<Owner> = share.iter().zip(histories).map(Owner::of).collect();
            let from = work.from;
            let computing = tokio::task::spawn_blocking(move || all_rows(&owners, from));
            batches.extend(computing.await.map_err(|_| Error::Worker)??);
        }
        report.rows_written = work.replace_batches(lake, ROLLUP.writes, &batches, ROLLUP.writes.name).await?.rows;
        Ok(report)
    })
}

/// A portfolio and the days of its reporting periods.
struct Owner {
    portfolio_id: PortfolioId,
    days: Vec<Day>,
}

impl Owner {
    fn of((portfolio, mut days): (&Portfolio, Vec<Day>)) -> Owner {
        // A start that was moved to a later day leaves rows of days that no longer belong to the portfolio.
        days.retain(|day| portfolio.start_date <= day.date);
        days.sort_by_key(|day| day.date);
        Owner { portfolio_id: portfolio.portfolio_id.clone(), days }
    }
}

/// The rows of all portfolios from a date on, on all cores, in the order of the portfolios.
fn all_rows(owners: &[Owner], from: BusinessDate) -> Result<Vec<RecordBatch>, Error> {
    on_all_cores(owners.len().div_ceil(PIECE), |number| {
        let mut rows: Vec<DepreciationRow> = Vec::new();
        for owner in owners.iter().skip(number * PIECE).take(PIECE) {
            rows.extend(falls(&owner.portfolio_id, &owner.days, from)?);
        }
        Ok(DepreciationRow::to_batch(&rows).map_err(lake::Error::from)?)
    })
}

/// Adds the days of a batch to the histories of their portfolios.
fn add_days(batch: &RecordBatch, places: &mut Places<'_>, histories: &mut [Vec<Day>]) -> Result<(), Error> {
    let ids: &StringArray = column(batch, "portfolio_id")?;
    let dates: &Date32Array = column(batch, "business_date")?;
    let amounts = |name: &'static str| column::<Decimal128Array>(batch, name);
    let (begins, inflows) = (amounts("begin_value")?, amounts("inflow")?);
    let (outflows, ends) = (amounts("outflow")?, amounts("end_value")?);
    let fractions: &Float64Array = column(batch, "return_fraction")?;
    for row in 0..batch.num_rows() {
        let Some(days) = places.of_id(ids.value(row)).and_then(|place| histories.get_mut(place)) else { continue };
        let date = Date32Type::to_naive_date_opt(dates.value(row)).and_then(|day| BusinessDate::new(day).ok());
        days.push(Day {
            date: date.ok_or_else(|| odd("business_date", "a day that is none"))?,
            begin: amount_at("begin_value", begins, row)?,
            inflow: amount_at("inflow", inflows, row)?,
            outflow: amount_at("outflow", outflows, row)?,
            end: amount_at("end_value", ends, row)?,
            fraction: fractions.is_valid(row).then(|| fractions.value(row)),
        });
    }
    Ok(())
}

fn amount_at(name: &str, cells: &Decimal128Array, row: usize) -> Result<Option<Amount>, Error> {
    if cells.is_null(row) {
        return Ok(None);
    }
    Amount::from_units(cells.value(row)).map(Some).ok_or_else(|| odd(name, "more digits than a number holds"))
}

fn column<'b, A: Array + 'static>(batch: &'b RecordBatch, name: &'static str) -> Result<&'b A, Error> {
    let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<A>());
    found.ok_or_else(|| odd(name, "another type than the table's"))
}

fn odd(name: &str, problem: &str) -> Error {
    let problem = format!("the column `{name}` has {problem}");
    Error::Lake(lake::Error::Columns { table: DailyReturn::TABLE.name, problem })
}
