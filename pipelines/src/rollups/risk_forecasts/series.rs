//! The daily returns of two years and of the work, by portfolio.

use std::collections::HashMap;

use arrow::array::Array;
use arrow::datatypes::Date32Type;
use chrono::Days;
use lake::{DateRange, Lake, Parameter, RecordBatch};
use schemas::table::{Record, typed_column};
use schemas::tables::daily_returns::DailyReturn;
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
    /// Days since 1970 in order, each with its return; NaN if it has none.
    pub(super) days: Vec<(i32, f64)>,
    /// Where the days of the work begin.
    pub(super) first: usize,
}

impl Series {
    /// The valuation date before the first one of the work, if a forecast of it still counts then.
    pub(super) fn before(&self) -> Option<i32> {
        let first = self.days.get(self.first)?.0;
        let before = self.days.get(self.first.checked_sub(1)?)?.0;
        (first - HISTORY_DAYS <= before).then_some(before)
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
    };
    let mut all: Vec<Series> = portfolios.into_iter().map(series).collect();
    let numbers: HashMap<String, usize> =
        all.iter().enumerate().map(|(number, series)| (series.portfolio_id.as_str().to_owned(), number)).collect();
    for batch in batches {
        let columns = ["portfolio_id", "business_date", "return_fraction"];
        take_in(&lake::read::with_columns(&batch, DailyReturn::TABLE, &columns)?, &numbers, &mut all)?;
    }
    let first_day = days_of(work.from);
    for series in &mut all {
        series.days.sort_unstable_by_key(|(date, _)| *date);
        series.first = series.days.partition_point(|(date, _)| *date < first_day);
    }
    all.retain(|series| series.first < series.days.len());
    Ok(all)
}

fn take_in(batch: &RecordBatch, numbers: &HashMap<String, usize>, all: &mut [Series]) -> Result<(), Error> {
    let table = DailyReturn::TABLE.name;
    let ids = typed_column::<String>(table, "portfolio_id", batch).map_err(lake::Error::from)?;
    let dates = typed_column::<BusinessDate>(table, "business_date", batch).map_err(lake::Error::from)?;
    let returns = typed_column::<Option<f64>>(table, "return_fraction", batch).map_err(lake::Error::from)?;
    for row in 0..batch.num_rows() {
        let number = numbers.get(ids.value(row)).copied();
        let Some(series) = number.and_then(|number| all.get_mut(number)) else { continue };
        let date = dates.value(row);
        // A start that was moved to a later day leaves rows of days that no longer belong to the portfolio.
        if series.start <= date {
            let number = if returns.is_null(row) { f64::NAN } else { returns.value(row) };
            series.days.push((date, number));
        }
    }
    Ok(())
}
