//! What is carried from one valuation date to the next: forecasts, and what was counted of those before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use analytics::risk::TailRisk;
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
use super::tally::{Exceeded, ProfitAndLoss, Track};
use crate::StageReport;
use crate::error::Error;

/// Where a day's loss would be, if it has none as a part of its expected shortfall.
pub(super) const NO_LOSS: &str = "none";

/// Of each method and tail of a portfolio what the next date needs.
pub(super) type Records = [Track; COMBINATIONS];

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
            take_counted(&batch, date, &wanted, &mut found)?;
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
    let columns = ["portfolio_id", "method", "tail", "value_at_risk", "expected_shortfall"];
    let batch = lake::read::with_columns(batch, RiskForecast::TABLE, &columns)?;
    let table = RiskForecast::TABLE.name;
    let number = |column| typed_column::<Option<f64>>(table, column, &batch).map_err(lake::Error::from);
    let (edges, means) = (number("value_at_risk")?, number("expected_shortfall")?);
    for_each_track(&batch, table, date, wanted, found, |track, row| {
        let is_known = !edges.is_null(row) && !means.is_null(row);
        track.forecast = is_known.then(|| TailRisk::new(edges.value(row), means.value(row)).ok()).flatten();
        Ok(())
    })
}

fn take_counted(
    batch: &RecordBatch,
    date: i32,
    wanted: &HashMap<&str, (usize, i32)>,
    found: &mut BTreeMap<usize, Records>,
) -> Result<(), Error> {
    let columns = [
        "portfolio_id",
        "method",
        "tail",
        "profit_and_loss",
        "exceeded_dates",
        "last_gap_date",
        "pinball",
        "pinball_day_count",
        "exceeded_losses",
    ];
    let batch = lake::read::with_columns(batch, BacktestRow::TABLE, &columns)?;
    let table = BacktestRow::TABLE.name;
    let kinds = typed_column::<String>(table, "profit_and_loss", &batch).map_err(lake::Error::from)?;
    let dates = typed_column::<String>(table, "exceeded_dates", &batch).map_err(lake::Error::from)?;
    let gaps = typed_column::<Option<NaiveDate>>(table, "last_gap_date", &batch).map_err(lake::Error::from)?;
    let scores = typed_column::<Option<f64>>(table, "pinball", &batch).map_err(lake::Error::from)?;
    let counts = typed_column::<Option<i64>>(table, "pinball_day_count", &batch).map_err(lake::Error::from)?;
    let losses = typed_column::<Option<String>>(table, "exceeded_losses", &batch).map_err(lake::Error::from)?;
    for_each_track(&batch, table, date, wanted, found, |track, row| {
        let kind = ProfitAndLoss::ALL.iter().position(|kind| kind.word() == kinds.value(row));
        let Some(tally) = kind.and_then(|kind| track.tallies.get_mut(kind)) else { return Ok(()) };
        let parts = if losses.is_null(row) { "" } else { losses.value(row) };
        tally.exceeded = exceeded(dates.value(row), parts).map_err(|(column, problem)| {
            let problem = format!("row {row}: {problem}");
            lake::Error::from(schemas::table::TableError::Column { table, column, problem })
        })?;
        tally.last_gap = (!gaps.is_null(row)).then(|| gaps.value(row));
        if !scores.is_null(row) && !counts.is_null(row) {
            (tally.pinball, tally.pinball_days) = (scores.value(row), counts.value(row));
        }
        tally.is_carried = true;
        Ok(())
    })
}

/// Days with what they lost, from their texts; or the column that says something else. Rows that are older than their
/// losses do not say how large these were.
fn exceeded(dates: &str, losses: &str) -> Result<Vec<Exceeded>, (&'static str, String)> {
    let mut parts = losses.split_whitespace();
    let day = |word: &str| -> Result<Exceeded, (&'static str, String)> {
        let date = word.parse().map_err(|error: chrono::ParseError| ("exceeded_dates", error.to_string()))?;
        let part = match parts.next() {
            None | Some(NO_LOSS) => f64::NAN,
            Some(word) => word.parse::<f64>().map_err(|_| ("exceeded_losses", format!("`{word}` is no number")))?,
        };
        Ok(Exceeded { date: Date32Type::from_naive_date(date), part })
    };
    dates.split_whitespace().map(day).collect()
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
