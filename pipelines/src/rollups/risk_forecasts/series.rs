//! The daily returns of two years and of the work, by portfolio.

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
use crate::places::Places;
use crate::{StageReport, Work};

/// Calendar days whose returns a forecast is made from: two years.
pub(super) const HISTORY_DAYS: i32 = 730;
/// Calendar days that are linked into the next one on which something that is held was observed, and no more: what is
/// not observed for longer has no daily returns.
pub(super) const LINKED_DAYS: i32 = 10;

/// The returns of a portfolio.
pub(super) struct Series {
    pub(super) portfolio_id: PortfolioId,
    start: i32,
    /// Days since 1970 in order, each with its return; NaN if it has none. Rows of days before the start are left out:
    /// a start that was moved to a later day leaves them behind. A day on which nothing that is held was observed has
    /// none of its own: it is linked into that of the next one (docs/adr/0024).
    pub(super) days: Vec<(i32, f64)>,
    /// The days on which nothing that is held was observed.
    unobserved: Vec<i32>,
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

    /// Whether something that is held was observed on a day.
    pub(super) fn is_observed(&self, date: i32) -> bool {
        self.unobserved.binary_search(&date).is_err()
    }

    /// The hypothetical return of a day of the work, with those of the days that are linked into it; NaN if one of them
    /// has none.
    pub(super) fn hypothetical_on(&self, date: i32) -> f64 {
        let first = self.linked_from(date);
        let start = self.hypothetical.partition_point(|(day, _)| *day < first);
        let end = self.hypothetical.partition_point(|(day, _)| *day <= date);
        let linked = self.hypothetical.get(start..end).unwrap_or_default();
        match linked {
            [] => f64::NAN,
            [.., (day, _)] if *day != date => f64::NAN,
            [(_, number)] => *number,
            several => several.iter().map(|(_, number)| 1.0 + number).product::<f64>() - 1.0,
        }
    }

    /// The first of the days that count with this one: it, or the first of the unobserved ones right before it.
    fn linked_from(&self, date: i32) -> i32 {
        let before = self.days.get(..self.days.partition_point(|(day, _)| *day < date)).unwrap_or_default();
        let linked = |day: &&(i32, f64)| date - LINKED_DAYS <= day.0 && !self.is_observed(day.0);
        before.iter().rev().take_while(linked).last().map_or(date, |(day, _)| *day)
    }

    /// Puts what came in into order, and links the returns of days on which nothing was observed.
    fn finish(&mut self, first_day: i32) {
        self.days.sort_by_key(|(date, _)| *date);
        self.unobserved.sort_unstable();
        self.first = self.days.partition_point(|(date, _)| *date < first_day);
        if self.unobserved.is_empty() {
            return;
        }
        let mut waiting: Vec<(i32, f64)> = Vec::new();
        for (date, number) in &mut self.days {
            if self.unobserved.binary_search(date).is_ok() {
                waiting.extend(number.is_finite().then_some((*date, *number)));
                *number = f64::NAN;
            } else if number.is_finite() {
                let linked = waiting.drain(..).filter(|(day, _)| *date - LINKED_DAYS <= *day);
                *number = linked.fold(None, link).map_or(*number, |before| (1.0 + before) * (1.0 + *number) - 1.0);
            }
        }
    }

    /// What has no hypothetical return makes the day unknown into which it is linked.
    fn finish_hypothetical(&mut self) {
        self.hypothetical.sort_unstable_by_key(|(date, _)| *date);
        self.passed_over.sort_unstable();
        if self.unobserved.is_empty() {
            return;
        }
        let next_observed = |date: &i32| {
            let after = self.days.partition_point(|(day, _)| *day < *date);
            let rest = self.days.get(after..).unwrap_or_default();
            let next = rest.iter().map(|(day, _)| *day).find(|day| self.is_observed(*day));
            next.filter(|next| *next - LINKED_DAYS <= *date).unwrap_or(*date)
        };
        let moved: Vec<i32> = self.passed_over.iter().map(next_observed).collect();
        self.passed_over = moved;
        self.passed_over.sort_unstable();
    }
}

/// Reads the returns of these portfolios; those that have none on the dates of the work are left out.
pub(super) async fn read_series(
    lake: &Lake,
    work: &Work,
    portfolios: Vec<Portfolio>,
    report: &mut StageReport,
) -> Result<Vec<Series>, Error> {
    let earlier =
        work.from.day().checked_sub_days(Days::new(u64::from((HISTORY_DAYS + 2 * LINKED_DAYS).unsigned_abs())));
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
        unobserved: Vec::new(),
        first: 0,
        hypothetical: Vec::new(),
        passed_over: Vec::new(),
    };
    let mut all: Vec<Series> = portfolios.into_iter().map(series).collect();
    let ids: Vec<String> = all.iter().map(|series| series.portfolio_id.to_string()).collect();
    let mut places = Places::of(ids.iter().map(String::as_str));
    for batch in batches {
        let columns = ["portfolio_id", "business_date", "return_fraction", "is_observed"];
        let batch = lake::read::with_columns(&batch, DailyReturn::TABLE, &columns)?;
        let table = DailyReturn::TABLE.name;
        let observed = typed_column::<Option<bool>>(table, "is_observed", &batch).map_err(lake::Error::from)?;
        take_in(&batch, &mut places, |number, day, row| {
            if let Some(series) = all.get_mut(number).filter(|series| series.start <= day.0) {
                series.days.push(day);
                if observed.is_valid(row) && !observed.value(row) {
                    series.unobserved.push(day.0);
                }
            }
        })?;
    }
    let first_day = days_of(work.from);
    all.iter_mut().for_each(|series| series.finish(first_day));
    read_hypothetical(lake, (from, work), &mut places, &mut all, report).await?;
    all.iter_mut().for_each(Series::finish_hypothetical);
    all.retain(|series| series.first < series.days.len());
    Ok(all)
}

/// Reads what the positions of the date before earned on the dates of the work, and on which dates before nobody knows.
async fn read_hypothetical(
    lake: &Lake,
    (from, work): (BusinessDate, &Work),
    places: &mut Places<'_>,
    all: &mut [Series],
    report: &mut StageReport,
) -> Result<(), Error> {
    let snapshot = lake.snapshot(HypotheticalReturn::TABLE).await?;
    report.read(&snapshot);
    let context = lake.engine().session(&[snapshot.restricted_to(DateRange::between(from, work.to))])?;
    let sql = include_str!("../../../rollups/risk_forecasts/hypothetical.sql");
    let first_day = Date32Type::from_naive_date(work.from.day());
    // Where a day before the work is linked into one of it, its row is read, too.
    let first_linked = all.iter().filter_map(|series| Some(series.linked_from(series.days.get(series.first)?.0)));
    let first_day = first_linked.min().unwrap_or(first_day).min(first_day);
    let from_date = chrono::NaiveDate::from_epoch_days(first_day).and_then(|day| BusinessDate::new(day).ok());
    let parameters = vec![
        ("history_date", Parameter::Date(from)),
        ("from_date", Parameter::Date(from_date.ok_or(Error::Worker)?)),
        ("to_date", Parameter::Date(work.to)),
    ];
    for batch in lake.engine().run(&context, "hypothetical returns of forecasts", sql, parameters).await? {
        let columns = ["portfolio_id", "business_date", "return_fraction"];
        let batch = lake::read::with_columns(&batch, HypotheticalReturn::TABLE, &columns)?;
        take_in(&batch, places, |number, day, _| {
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

/// Adds a return to what was earned before it.
fn link(before: Option<f64>, (_, number): (i32, f64)) -> Option<f64> {
    Some(before.map_or(number, |before| (1.0 + before) * (1.0 + number) - 1.0))
}

/// Calls `take` with the number of the portfolio, the day with its return (NaN if it has none) and the place of every
/// row.
fn take_in(
    batch: &RecordBatch,
    places: &mut Places<'_>,
    mut take: impl FnMut(usize, (i32, f64), usize),
) -> Result<(), Error> {
    let table = DailyReturn::TABLE.name;
    let ids = typed_column::<String>(table, "portfolio_id", batch).map_err(lake::Error::from)?;
    let dates = typed_column::<BusinessDate>(table, "business_date", batch).map_err(lake::Error::from)?;
    let returns = typed_column::<Option<f64>>(table, "return_fraction", batch).map_err(lake::Error::from)?;
    for row in 0..batch.num_rows() {
        let Some(number) = places.of_id(ids.value(row)) else { continue };
        take(number, (dates.value(row), if returns.is_null(row) { f64::NAN } else { returns.value(row) }), row);
    }
    Ok(())
}
