//! The measures of many portfolios from their daily returns, beside those of a benchmark.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use analytics::measures as shelf;
use analytics::{Measure, Measured, PerformanceSeries, PeriodMoney, RiskFree, Sampling};
use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use lake::files::row_groups::RowGroupReader;
use lake::files::{ColumnForm, FileWriter};
use schemas::{BusinessDate, MeasureValue};

use super::cores::on_all_cores;
use super::daily_returns::{BENCHMARK_COLUMNS, Benchmark, Ends, History, RETURN_COLUMNS, read_returns};
use super::{FilesReport, bad_file};
use crate::error::Error;

/// The columns of figures that are written, each with the measure that is in it.
static FIGURES: &[(&str, &Measure)] = &[
    ("twr", &shelf::twr::MEASURE),
    ("annualized_return", &shelf::annualised_return_252::MEASURE),
    ("volatility", &shelf::volatility::MEASURE),
    ("sharpe", &shelf::sharpe_rf::MEASURE),
    ("sortino", &shelf::sortino_rf::MEASURE),
    ("max_drawdown", &shelf::max_drawdown::MEASURE),
    ("calmar", &shelf::calmar::MEASURE),
    ("beta", &shelf::beta::MEASURE),
    ("alpha", &shelf::alpha_annual::MEASURE),
    ("tracking_error", &shelf::tracking_error::MEASURE),
    ("information_ratio", &shelf::information_ratio::MEASURE),
    ("correlation", &shelf::correlation::MEASURE),
    ("skewness", &shelf::skewness::MEASURE),
    ("kurtosis", &shelf::excess_kurtosis::MEASURE),
    ("var_95", &shelf::var_hist_95::MEASURE),
    ("var_99", &shelf::var_hist_99::MEASURE),
    ("es_95", &shelf::es_hist_95::MEASURE),
    ("es_975", &shelf::es_hist_975::MEASURE),
    ("normal_var_95", &shelf::var_normal_95::MEASURE),
    ("normal_var_99", &shelf::var_normal_99::MEASURE),
    ("cornish_fisher_var_95", &shelf::var_cornish_fisher_95::ANYWHERE),
    ("ewma_volatility", &shelf::ewma_volatility_094_daily::MEASURE),
    ("hit_ratio", &shelf::hit_ratio::MEASURE),
    ("best_day", &shelf::best_day::MEASURE),
    ("worst_day", &shelf::worst_day::MEASURE),
    ("ulcer_index", &shelf::ulcer_index::MEASURE),
];

/// What is the same for all portfolios.
struct Terms {
    benchmark: Benchmark,
    risk_free_annual: f64,
}

/// One portfolio in the file of measures.
struct Row {
    portfolio_id: String,
    returns: usize,
    /// In the order of [`FIGURES`].
    figures: Vec<Option<f64>>,
    /// Why figures are missing; none if all are there.
    reason: Option<String>,
}

/// What one row group says: portfolios that it has whole, and those at its ends.
struct Group {
    rows: Vec<Row>,
    ends: Ends,
}

/// A part of the file of measures, in its order.
enum Part {
    Whole(Vec<Row>),
    /// The next of the portfolios that may have been cut.
    Cut,
}

/// Measures every portfolio of `returns.parquet` (`portfolio_id`, `date`, `return`; the rows of a portfolio stand
/// together, in order of date) beside `benchmark.parquet` (`date`, `return`), with a rate a year without risk.
///
/// Writes `measures.parquet` (`portfolio_id`, a column for each figure, `reason`) in the order of the returns. A figure
/// that is not known is null, and the reason says why.
///
/// # Errors
/// [`Error`] if a file cannot be read or written, a row has no portfolio or no date, or the rows of a portfolio do not
/// stand together; the message names it.
pub fn measures(input: &Path, output: &Path, risk_free_annual: f64) -> Result<FilesReport, Error> {
    let returns = RowGroupReader::open(&input.join("returns.parquet"), RETURN_COLUMNS)?;
    let benchmark = RowGroupReader::open(&input.join("benchmark.parquet"), BENCHMARK_COLUMNS)?;
    let terms = Terms { benchmark: Benchmark::read(&benchmark)?, risk_free_annual };
    let groups = on_all_cores(returns.groups(), |group| {
        let mut meter = Meter::new(&terms);
        let mut rows = Vec::new();
        let ends = read_returns(&returns, group, &terms.benchmark, |history| rows.push(meter.measure(history)))?;
        Ok(Group { rows, ends })
    })?;
    let rows = joined(groups, &terms)?;
    check_order(returns.path(), &rows)?;
    write(&output.join("measures.parquet"), &rows)?;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ok(FilesReport {
        portfolios: count(rows.len()),
        transactions: 0,
        rows: count(rows.len()),
        position_days: count(rows.iter().map(|row| row.returns).sum()),
        without_figures: count(rows.iter().filter(|row| row.reason.is_some()).count()),
    })
}

/// The rows of all groups, in the order of the file. Portfolios that were cut are put together and measured whole.
fn joined(groups: Vec<Group>, terms: &Terms) -> Result<Vec<Row>, Error> {
    let (mut cuts, mut parts) = (Vec::new(), Vec::new());
    for group in groups {
        join(&mut cuts, &mut parts, group.ends.first);
        if !group.rows.is_empty() {
            parts.push(Part::Whole(group.rows));
        }
        join(&mut cuts, &mut parts, group.ends.last);
    }
    let measured = on_all_cores(cuts.len(), |number| {
        let history = cuts.get(number).cloned().ok_or(Error::Worker)?;
        Ok(Meter::new(terms).measure(history))
    })?;
    let mut measured = measured.into_iter();
    let mut rows = Vec::new();
    for part in parts {
        match part {
            Part::Whole(whole) => rows.extend(whole),
            Part::Cut => rows.extend(measured.next()),
        }
    }
    Ok(rows)
}

/// Puts the end of a group behind what came before it: with the same portfolio, if the group before ended in it.
fn join(cuts: &mut Vec<History>, parts: &mut Vec<Part>, end: Option<History>) {
    let Some(history) = end else { return };
    match cuts.last_mut() {
        Some(before) if matches!(parts.last(), Some(Part::Cut)) && before.portfolio_id == history.portfolio_id => {
            before.append(history);
        }
        _ => {
            cuts.push(history);
            parts.push(Part::Cut);
        }
    }
}

/// Whether the rows of each portfolio stood together.
fn check_order(path: &Path, rows: &[Row]) -> Result<(), Error> {
    let mut seen = HashSet::with_capacity(rows.len());
    match rows.iter().find(|row| !seen.insert(row.portfolio_id.as_str())) {
        None => Ok(()),
        Some(row) => {
            let id = &row.portfolio_id;
            Err(bad_file(path, format!("the returns of {id} do not stand together; sort the file by portfolio")))
        }
    }
}

/// What measures one portfolio after the other.
struct Meter {
    series: PerformanceSeries,
}

impl Meter {
    fn new(terms: &Terms) -> Meter {
        let series = PerformanceSeries {
            opening_date: BusinessDate::FIRST,
            end_date: BusinessDate::FIRST,
            opening_value: 0.0,
            values: Vec::new(),
            returns: Vec::new(),
            returns_before_fees: None,
            returns_before_taxes: None,
            sampling: Sampling::Daily252,
            flows: Vec::new(),
            risk_free: Some(RiskFree::Annual(terms.risk_free_annual)),
            benchmark: Some(terms.benchmark.returns.clone()),
            money: PeriodMoney::default(),
        };
        Meter { series }
    }

    fn measure(&mut self, history: History) -> Row {
        self.series.opening_date = history.first_date;
        self.series.end_date = history.last_date;
        self.series.returns = history.returns;
        let measured = Measured::new(&self.series);
        let mut figures = Vec::with_capacity(FIGURES.len());
        let mut missing: Vec<(String, Vec<&str>)> = Vec::new();
        for (column, measure) in FIGURES {
            let reason = match (measure.compute)(&measured) {
                MeasureValue::Number(number) => {
                    figures.push(Some(number));
                    continue;
                }
                MeasureValue::Unavailable(reason) => reason,
                MeasureValue::Amount(_) | MeasureValue::Date(_) => "it is no number".to_owned(),
            };
            figures.push(None);
            match missing.iter_mut().find(|(other, _)| *other == reason) {
                Some((_, columns)) => columns.push(*column),
                None => missing.push((reason, vec![*column])),
            }
        }
        let reason = said(&missing);
        Row { portfolio_id: history.portfolio_id, returns: self.series.returns.len(), figures, reason }
    }
}

/// The reasons for missing figures, each with the columns that it empties; alone if it empties all of them.
fn said(missing: &[(String, Vec<&str>)]) -> Option<String> {
    match missing {
        [] => None,
        [(reason, columns)] if columns.len() == FIGURES.len() => Some(reason.clone()),
        _ => {
            let parts: Vec<String> =
                missing.iter().map(|(reason, columns)| format!("{}: {reason}", columns.join(", "))).collect();
            Some(parts.join("; "))
        }
    }
}

fn write(path: &Path, rows: &[Row]) -> Result<(), Error> {
    let mut fields = vec![Field::new("portfolio_id", DataType::Utf8, false)];
    let mut columns: Vec<ArrayRef> =
        vec![Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.portfolio_id)))];
    let mut forms = vec![("portfolio_id", ColumnForm::Plain)];
    for (place, (column, _)) in FIGURES.iter().enumerate() {
        let figures = rows.iter().map(|row| row.figures.get(place).copied().flatten());
        fields.push(Field::new(*column, DataType::Float64, true));
        columns.push(Arc::new(figures.collect::<Float64Array>()));
        forms.push((*column, ColumnForm::Plain));
    }
    fields.push(Field::new("reason", DataType::Utf8, true));
    columns.push(Arc::new(rows.iter().map(|row| row.reason.as_deref()).collect::<StringArray>()));
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns);
    let batch = batch.map_err(|error| bad_file(path, error.to_string()))?;
    let mut writer = FileWriter::create(path, schema, &forms)?;
    writer.write(&batch)?;
    Ok(writer.close()?)
}
