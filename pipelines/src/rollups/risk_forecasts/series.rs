//! The daily returns of two years and of the work, by portfolio.

use std::collections::HashMap;

use arrow::array::Array;
use arrow::datatypes::Date32Type;
use chrono::Days;
use lake::{DateRange, Lake, Parameter, RecordBatch};
use schemas::table::{Record, typed_column};
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::hypothetical_returns::HypotheticalReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, PortfolioId};

use crate::error::Error;
use crate::{StageReport, Work};

/// Calendar days whose returns a forecast is made from: two years.
pub(super) const HISTORY_DAYS: i32 = 730;

/// The returns of a portfolio.
pub(super) struct Series {
    pub(super) portfolio_id: PortfolioId,
    start: i32,
    /// Days since 1970 in order, each with its return; NaN if it has none. Rows of days before the start are left out:
    /// a start that was moved to a later day leaves them behind.
    pub(super) days: Vec<(i32, f64)>,
    /// Where the days of the work begin.
    pub(super) first: usize,
    /// The days of the work, each with its hypothetical return.
    hypothetical: Vec<(i32, f64)>,
    /// The days of the work and before it that have no hypothetical return.
    pub(super) passed_over: Vec<i32>,
}

impl Series {
    /// The valuation date before the first one of the work, if a forecast of it still counts then.
    pub(super) fn before(&self) -> Option<i32> {
        let first = self.days.get(self.first)?.0;
        let before = self.days.get(self.first.checked_sub(1)?)?.0;
        (first - HISTORY_DAYS <= before).then_some(before)
    }

    /// The hypothetical return of a day of the work; NaN if it has none.
    pub(super) fn hypothetical_on(&self, date: i32) -> f64 {
        let place = self.hypothetical.binary_search_by_key(&date, |(day, _)| *day).ok();
        place.and_then(|place| self.hypothetical.get(place)).map_or(f64::NAN, |(_, number)| *number)
    }
}

/// Reads the returns of these portfolios; those that have none on the dates of the work are left out.
pub(super) async fn read_series(
    lake: &Lake,
    work: &Work,
    portfolios: Vec<Portfolio>,
    report: &mut StageReport,
) -> Result<Vec<Series>, Error> {
    let earlier = work.from.day().checked_sub_days(Days::new(u64::from(HISTORY_DAYS.unsigned_abs())));
    let from = earlier.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(BusinessDate::FIRST);
    let snapshot = lake.snapshot(DailyReturn::TABLE).await?;
    report.read(&snapshot);
    let context = lake.engine().session(&[snapshot.restricted_to(DateRange::between(from, work.to))])?;
    let sql = include_str!("../../../rollups/risk_forecasts/returns.sql");
    let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(work.to))];
    let batches = lake.engine().run(&context, "returns of forecasts", sql, parameters).await?;
    let days_of = |date: BusinessDate| Date32Type::from_naive_date(date.day());
    let series = |portfolio: Portfolio| Series {
        start: days_of(portfolio.start_date),
        portfolio_id: portfolio.portfolio_id,
        days: Vec::new(),
        first: 0,
        hypothetical: Vec::new(),
        passed_over: Vec::new(),
    };
    let mut all: Vec<Series> = portfolios.into_iter().map(series).collect();
    let numbers: HashMap<String, usize> =
        all.iter().enumerate().map(|(number, series)| (series.portfolio_id.as_str().to_owned(), number)).collect();
    for batch in batches {
        let columns = ["portfolio_id", "business_date", "return_fraction"];
        take_in(&lake::read::with_columns(&batch, DailyReturn::TABLE, &columns)?, &numbers, |number, day| {
            if let Some(series) = all.get_mut(number).filter(|series| series.start <= day.0) {
                series.days.push(day);
            }
        })?;
    }
    read_hypothetical(lake, (from, work), &numbers, &mut all, report).await?;
    let first_day = days_of(work.from);
    for series in &mut all {
        series.days.sort_unstable_by_key(|(date, _)| *date);
        series.hypothetical.sort_unstable_by_key(|(date, _)| *date);
        series.passed_over.sort_unstable();
        series.first = series.days.partition_point(|(date, _)| *date < first_day);
    }
    all.retain(|series| series.first < series.days.len());
    Ok(all)
}

/// Reads what the positions of the date before earned on the dates of the work, and on which dates before nobody knows.
async fn read_hypothetical(
    lake: &Lake,
    (from, work): (BusinessDate, &Work),
    numbers: &HashMap<String, usize>,
    all: &mut [Series],
    report: &mut StageReport,
) -> Result<(), Error> {
    let snapshot = lake.snapshot(HypotheticalReturn::TABLE).await?;
    report.read(&snapshot);
    let context = lake.engine().session(&[snapshot.restricted_to(DateRange::between(from, work.to))])?;
    let sql = include_str!("../../../rollups/risk_forecasts/hypothetical.sql");
    let parameters = vec![
        ("history_date", Parameter::Date(from)),
        ("from_date", Parameter::Date(work.from)),
        ("to_date", Parameter::Date(work.to)),
    ];
    let first_day = Date32Type::from_naive_date(work.from.day());
    for batch in lake.engine().run(&context, "hypothetical returns of forecasts", sql, parameters).await? {
        let columns = ["portfolio_id", "business_date", "return_fraction"];
        let batch = lake::read::with_columns(&batch, HypotheticalReturn::TABLE, &columns)?;
        take_in(&batch, numbers, |number, day| {
            let Some(series) = all.get_mut(number) else { return };
            if day.1.is_nan() {
                series.passed_over.push(day.0);
            }
            if first_day <= day.0 {
                series.hypothetical.push(day);
            }
        })?;
    }
    Ok(())
}

/// Calls `take` with the number of the portfolio and the day with its return (NaN if it has none) of every row.
fn take_in(
    batch: &RecordBatch,
    numbers: &HashMap<String, usize>,
    mut take: impl FnMut(usize, (i32, f64)),
) -> Result<(), Error> {
    let table = DailyReturn::TABLE.name;
    let ids = typed_column::<String>(table, "portfolio_id", batch).map_err(lake::Error::from)?;
    let dates = typed_column::<BusinessDate>(table, "business_date", batch).map_err(lake::Error::from)?;
    let returns = typed_column::<Option<f64>>(table, "return_fraction", batch).map_err(lake::Error::from)?;
    for row in 0..batch.num_rows() {
        let Some(number) = numbers.get(ids.value(row)).copied() else { continue };
        take(number, (dates.value(row), if returns.is_null(row) { f64::NAN } else { returns.value(row) }));
    }
    Ok(())
}
