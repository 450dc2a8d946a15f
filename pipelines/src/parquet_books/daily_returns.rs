//! Daily returns of portfolios and of a benchmark from files, as the numbers of a performance series.

use std::path::Path;

use analytics::DatedNumber;
use arrow::array::{Array, Date32Array, Float64Array};
use lake::files::row_groups::RowGroupReader;
use schemas::BusinessDate;

use super::bad_file;
use super::columns::{Columns, business_date};
use crate::error::Error;

/// The columns of a file of returns, in the order in which they are read.
pub(super) const RETURN_COLUMNS: &[&str] = &["portfolio_id", "date", "return"];
/// The columns of a file of a benchmark, in the order in which they are read.
pub(super) const BENCHMARK_COLUMNS: &[&str] = &["date", "return"];

/// The returns of one portfolio, in the order of the file.
#[derive(Clone)]
pub(super) struct History {
    pub(super) portfolio_id: String,
    /// The first and the last date of the rows, those without a return included.
    pub(super) first_date: BusinessDate,
    pub(super) last_date: BusinessDate,
    /// Rows without a return are left out: days without capital.
    pub(super) returns: Vec<DatedNumber>,
}

/// The portfolios at both ends of a row group, of which other groups may have more; one if it is the only one.
#[derive(Default)]
pub(super) struct Ends {
    pub(super) first: Option<History>,
    pub(super) last: Option<History>,
}

/// The benchmark's returns, and the dates around them by the number that a file has for them.
pub(super) struct Benchmark {
    pub(super) returns: Vec<DatedNumber>,
    first_day: i32,
    dates: Vec<BusinessDate>,
}

impl Benchmark {
    /// Reads the returns of a benchmark; rows without one are left out.
    pub(super) fn read(file: &RowGroupReader) -> Result<Benchmark, Error> {
        let mut days: Vec<(i32, f64)> = Vec::new();
        for group in 0..file.groups() {
            let mut first_row = file.first_row(group);
            for batch in file.read(group)? {
                let batch = batch?;
                let columns = Columns::new(file.path(), &batch);
                let (dates, numbers) = (known_dates(&columns, file.path(), 0, first_row)?, columns.numbers(1)?);
                let rows = dates.values().iter().zip(numbers.iter());
                days.extend(rows.filter_map(|(day, number)| number.map(|number| (*day, number))));
                first_row += batch.num_rows();
            }
        }
        let first_day = days.iter().map(|(day, _)| *day).min().unwrap_or(0);
        let last_day = days.iter().map(|(day, _)| *day).max().unwrap_or(-1);
        let dates = (first_day..=last_day).map(|day| business_date(file.path(), day));
        let mut benchmark = Benchmark { returns: Vec::new(), first_day, dates: dates.collect::<Result<_, Error>>()? };
        for (day, number) in days {
            let date = benchmark.date(file.path(), day)?;
            if benchmark.returns.last().is_some_and(|before| date <= before.date) {
                return Err(bad_file(file.path(), format!("{date} does not come after the date of the row before it")));
            }
            benchmark.returns.push(DatedNumber { date, number });
        }
        Ok(benchmark)
    }

    /// The date of a count of days since 1970.
    fn date(&self, path: &Path, day: i32) -> Result<BusinessDate, Error> {
        let place = day.checked_sub(self.first_day).and_then(|place| usize::try_from(place).ok());
        match place.and_then(|place| self.dates.get(place)) {
            Some(date) => Ok(*date),
            None => business_date(path, day),
        }
    }
}

/// Reads a row group of a file of returns. Every portfolio but those at its ends is handed over as soon as it is
/// whole.
pub(super) fn read_returns(
    file: &RowGroupReader,
    group: usize,
    benchmark: &Benchmark,
    mut whole: impl FnMut(History),
) -> Result<Ends, Error> {
    let mut ends = Ends::default();
    let mut current: Option<History> = None;
    let mut first_row = file.first_row(group);
    for batch in file.read(group)? {
        let batch = batch?;
        let columns = Columns::new(file.path(), &batch);
        let (ids, numbers) = (columns.words(0)?, columns.numbers(2)?);
        let dates = known_dates(&columns, file.path(), 1, first_row)?;
        let mut start = 0;
        for (id, count) in ids.runs() {
            let row = first_row + start;
            let id = id.ok_or_else(|| bad_file(file.path(), format!("row {row} names no portfolio")))?;
            let (days, cells) = (dates.slice(start, count), numbers.slice(start, count));
            let dated = |day: i32| benchmark.date(file.path(), day);
            start += count;
            if let Some(history) = current.as_mut().filter(|history| history.portfolio_id == id) {
                history.extend(&days, &cells, dated)?;
                continue;
            }
            let mut history = History::new(id, &days, dated)?;
            history.extend(&days, &cells, dated)?;
            match current.replace(history) {
                Some(done) if ends.first.is_none() => ends.first = Some(done),
                Some(done) => whole(done),
                None => {}
            }
        }
        first_row += batch.num_rows();
    }
    if ends.first.is_none() {
        ends.first = current;
    } else {
        ends.last = current;
    }
    Ok(ends)
}

impl History {
    /// The history of a portfolio that begins with the first of some days.
    fn new(
        portfolio_id: &str,
        days: &Date32Array,
        dated: impl Fn(i32) -> Result<BusinessDate, Error>,
    ) -> Result<History, Error> {
        let first_date = dated(days.values().first().copied().unwrap_or_default())?;
        let portfolio_id = portfolio_id.to_owned();
        Ok(History { portfolio_id, first_date, last_date: first_date, returns: Vec::new() })
    }

    fn extend(
        &mut self,
        days: &Date32Array,
        cells: &Float64Array,
        dated: impl Fn(i32) -> Result<BusinessDate, Error>,
    ) -> Result<(), Error> {
        self.returns.reserve(days.len());
        for (row, (day, number)) in days.values().iter().zip(cells.values()).enumerate() {
            let date = dated(*day)?;
            self.last_date = self.last_date.max(date);
            if cells.is_valid(row) {
                self.returns.push(DatedNumber { date, number: *number });
            }
        }
        Ok(())
    }

    /// Adds the rows of the same portfolio in the next row group.
    pub(super) fn append(&mut self, next: History) {
        self.last_date = self.last_date.max(next.last_date);
        self.returns.extend(next.returns);
    }
}

/// A column of dates, each of which is there.
fn known_dates(columns: &Columns<'_>, path: &Path, position: usize, first_row: usize) -> Result<Date32Array, Error> {
    let dates = columns.days(position)?;
    match (0..dates.len()).find(|row| dates.null_count() != 0 && dates.is_null(*row)) {
        Some(row) => Err(bad_file(path, format!("row {} has no date", first_row + row))),
        None => Ok(dates),
    }
}
