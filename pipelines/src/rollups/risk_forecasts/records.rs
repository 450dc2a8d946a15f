//! What is carried from one valuation date to the next: forecasts, and the days that exceeded those before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::Array;
use arrow::datatypes::Date32Type;
use chrono::NaiveDate;
use lake::{DateRange, Lake, Parameter, RecordBatch};
use schemas::BusinessDate;
use schemas::table::{Record, TableDefinition, typed_column};
use schemas::tables::backtests::BacktestRow;
use schemas::tables::risk_forecasts::RiskForecast;

use super::methods::{COMBINATIONS, number_of};
use super::series::Series;
use crate::StageReport;
use crate::error::Error;

/// Of each method and tail of a portfolio what the next date needs.
pub(super) type Records = [Track; COMBINATIONS];

/// What one method said of one tail, and how that went.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    /// The value at risk forecast for the next day, a fraction.
    pub(super) forecast: Option<f64>,
    /// The days that exceeded their forecasts, as days since 1970 in order.
    pub(super) exceeded: Vec<i32>,
    /// The last day with a return that had no forecast.
    pub(super) last_gap: Option<i32>,
}

/// What the valuation date before the work left, by the position of the series; nothing of those that have none.
pub(super) async fn read_before(
    lake: &Lake,
    series: &[Series],
    report: &mut StageReport,
) -> Result<BTreeMap<usize, Records>, Error> {
    let mut wanted: HashMap<&str, (usize, i32)> = HashMap::new();
    let mut dates: BTreeSet<i32> = BTreeSet::new();
    for (position, series) in series.iter().enumerate() {
        if let Some(before) = series.before() {
            wanted.insert(series.portfolio_id.as_str(), (position, before));
            dates.insert(before);
        }
    }
    let mut found = BTreeMap::new();
    let forecasts = include_str!("../../../rollups/risk_forecasts/forecasts_before.sql");
    let judged = include_str!("../../../rollups/risk_forecasts/backtests_before.sql");
    for date in dates {
        for batch in rows_of(lake, RiskForecast::TABLE, forecasts, date, report).await? {
            take_forecasts(&batch, date, &wanted, &mut found)?;
        }
        for batch in rows_of(lake, BacktestRow::TABLE, judged, date, report).await? {
            take_exceeded(&batch, date, &wanted, &mut found)?;
        }
    }
    Ok(found)
}

async fn rows_of(
    lake: &Lake,
    definition: &'static TableDefinition,
    sql: &str,
    date: i32,
    report: &mut StageReport,
) -> Result<Vec<RecordBatch>, Error> {
    let day = NaiveDate::from_epoch_days(date).and_then(|day| BusinessDate::new(day).ok()).ok_or(Error::Worker)?;
    let snapshot = lake.snapshot(definition).await?;
    report.read(&snapshot);
    let context = lake.engine().session(&[snapshot.restricted_to(DateRange::between(day, day))])?;
    Ok(lake.engine().run(&context, definition.name, sql, vec![("date", Parameter::Date(day))]).await?)
}

fn take_forecasts(
    batch: &RecordBatch,
    date: i32,
    wanted: &HashMap<&str, (usize, i32)>,
    found: &mut BTreeMap<usize, Records>,
) -> Result<(), Error> {
    let batch =
        lake::read::with_columns(batch, RiskForecast::TABLE, &["portfolio_id", "method", "tail", "value_at_risk"])?;
    let table = RiskForecast::TABLE.name;
    let numbers = typed_column::<Option<f64>>(table, "value_at_risk", &batch).map_err(lake::Error::from)?;
    for_each_track(&batch, table, date, wanted, found, |track, row| {
        track.forecast = (!numbers.is_null(row)).then(|| numbers.value(row));
        Ok(())
    })
}

fn take_exceeded(
    batch: &RecordBatch,
    date: i32,
    wanted: &HashMap<&str, (usize, i32)>,
    found: &mut BTreeMap<usize, Records>,
) -> Result<(), Error> {
    let columns = ["portfolio_id", "method", "tail", "exceeded_dates", "last_gap_date"];
    let batch = lake::read::with_columns(batch, BacktestRow::TABLE, &columns)?;
    let table = BacktestRow::TABLE.name;
    let dates = typed_column::<String>(table, "exceeded_dates", &batch).map_err(lake::Error::from)?;
    let gaps = typed_column::<Option<NaiveDate>>(table, "last_gap_date", &batch).map_err(lake::Error::from)?;
    for_each_track(&batch, table, date, wanted, found, |track, row| {
        let day = |word: &str| word.parse().map(Date32Type::from_naive_date);
        let exceeded: Result<Vec<i32>, chrono::ParseError> = dates.value(row).split_whitespace().map(day).collect();
        let problem = |error: chrono::ParseError| schemas::table::TableError::Column {
            table,
            column: "exceeded_dates",
            problem: format!("row {row}: {error}"),
        };
        track.exceeded = exceeded.map_err(|error| lake::Error::from(problem(error)))?;
        track.last_gap = (!gaps.is_null(row)).then(|| gaps.value(row));
        Ok(())
    })
}

/// Calls `take` with every row whose portfolio had its last valuation date on this one, and what it is about.
fn for_each_track(
    batch: &RecordBatch,
    table: &'static str,
    date: i32,
    wanted: &HashMap<&str, (usize, i32)>,
    found: &mut BTreeMap<usize, Records>,
    take: impl Fn(&mut Track, usize) -> Result<(), Error>,
) -> Result<(), Error> {
    let ids = typed_column::<String>(table, "portfolio_id", batch).map_err(lake::Error::from)?;
    let methods = typed_column::<String>(table, "method", batch).map_err(lake::Error::from)?;
    let tails = typed_column::<f64>(table, "tail", batch).map_err(lake::Error::from)?;
    for row in 0..batch.num_rows() {
        let Some((position, before)) = wanted.get(ids.value(row)) else { continue };
        if *before != date {
            continue;
        }
        let records = found.entry(*position).or_default();
        let number = number_of(methods.value(row), tails.value(row));
        // A method that is no longer among those of the night says nothing any more.
        if let Some(track) = number.and_then(|number| records.get_mut(number)) {
            take(track, row)?;
        }
    }
    Ok(())
}
