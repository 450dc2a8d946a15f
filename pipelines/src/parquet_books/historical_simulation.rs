//! What every portfolio may lose, from its positions and the returns of their instruments in scenarios.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use analytics::risk_simulation::{Exposure, SimulatedRisk, Simulator};
use analytics::scenario_matrix::ScenarioMatrix;
use arrow::array::{ArrayRef, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use lake::files::row_groups::{RowGroupReader, RowGroupWriter};
use lake::files::{ColumnForm, FileWriter};

use super::cores::on_all_cores;
use super::exposures::{Holdings, POSITION_COLUMNS, PositionBatch, read_positions};
use super::scenarios::{SCENARIO_COLUMNS, ScenarioBatch, matrix, read_scenarios};
use super::symbols::Symbols;
use super::{FilesReport, bad_file};
use crate::error::Error;

/// Positions that are simulated and written together: a sixteenth of all, but neither so few that a row group is not
/// worth its dictionaries, nor so many that the last one keeps one core at work alone.
const PIECES: usize = 16;
const PIECE_POSITIONS_MIN: usize = 1 << 13;
const PIECE_POSITIONS_MAX: usize = 1 << 17;
/// How the columns of risks are written of which nearly every value is another one.
const RISK_FORMS: &[(&str, ColumnForm)] = &[
    ("portfolio_id", ColumnForm::Plain),
    ("var_95", ColumnForm::Plain),
    ("var_99", ColumnForm::Plain),
    ("es_975", ColumnForm::Plain),
];
/// How the column of contributions is written.
const CONTRIBUTION_FORMS: &[(&str, ColumnForm)] = &[("es_975_contribution", ColumnForm::Plain)];

/// The risk of a portfolio, or why there is none.
type Outcome = Result<SimulatedRisk, String>;

/// Simulates every portfolio of `positions.parquet` (portfolio_id, symbol, market_value; the rows of a portfolio stand
/// together) in every scenario of `scenarios.parquet` (scenario from zero on, symbol, return).
///
/// Writes `risk.parquet` (portfolio_id, var_95, var_99, es_975, reason) and `contributions.parquet` (portfolio_id,
/// symbol, es_975_contribution), both in the order of the positions. A portfolio whose figures are not known has none,
/// and the reason.
///
/// # Errors
/// [`Error`] if a file cannot be read or written, a row cannot be understood, an instrument has two returns in one
/// scenario, or the positions of a portfolio do not stand together; the message names it.
pub fn historical_simulation(input: &Path, output: &Path) -> Result<FilesReport, Error> {
    let scenarios = RowGroupReader::open(&input.join("scenarios.parquet"), SCENARIO_COLUMNS)?;
    let positions = RowGroupReader::open(&input.join("positions.parquet"), POSITION_COLUMNS)?;
    let (scenario_batches, position_batches) = read(&scenarios, &positions)?;
    let mut symbols = Symbols::default();
    let matrix = matrix(scenarios.path(), &scenario_batches, &mut symbols)?;
    drop(scenario_batches);
    let holdings = Holdings::new(positions.path(), &position_batches, &mut symbols)?;
    drop(position_batches);
    let words = StringArray::from_iter_values(symbols.names());
    let run = Run { matrix: &matrix, holdings: &holdings, symbols: &symbols, words: Arc::new(words) };
    run.write(output)
}

/// Reads both files, a row group at a time on each core.
fn read(
    scenarios: &RowGroupReader,
    positions: &RowGroupReader,
) -> Result<(Vec<ScenarioBatch>, Vec<PositionBatch>), Error> {
    enum Read {
        Scenarios(Vec<ScenarioBatch>),
        Positions(Vec<PositionBatch>),
    }
    let groups =
        on_all_cores(scenarios.groups() + positions.groups(), |number| match number.checked_sub(scenarios.groups()) {
            None => read_scenarios(scenarios, number).map(Read::Scenarios),
            Some(group) => read_positions(positions, group).map(Read::Positions),
        })?;
    let (mut scenario_batches, mut position_batches) = (Vec::new(), Vec::new());
    for group in groups {
        match group {
            Read::Scenarios(batches) => scenario_batches.extend(batches),
            Read::Positions(batches) => position_batches.extend(batches),
        }
    }
    Ok((scenario_batches, position_batches))
}

struct Run<'a> {
    matrix: &'a ScenarioMatrix,
    holdings: &'a Holdings,
    symbols: &'a Symbols,
    /// The symbol of each number.
    words: ArrayRef,
}

impl Run<'_> {
    /// Simulates all portfolios on all cores, and writes both files.
    fn write(&self, output: &Path) -> Result<FilesReport, Error> {
        let path = output.join("contributions.parquet");
        let writer = RowGroupWriter::create(&path, contribution_schema(), CONTRIBUTION_FORMS)?;
        let exposures = self.holdings.exposures.len();
        let positions_min = exposures.div_ceil(PIECES).clamp(PIECE_POSITIONS_MIN, PIECE_POSITIONS_MAX);
        let pieces = self.holdings.pieces(positions_min);
        let outcomes = on_all_cores(pieces.len(), |number| {
            let portfolios = pieces.get(number).cloned().unwrap_or_default();
            let (outcomes, contributions) = self.simulate(portfolios.clone());
            writer.write(number, &self.contribution_rows(&path, portfolios, contributions)?)?;
            Ok(outcomes)
        })?;
        writer.close()?;
        let outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
        write_risk(&output.join("risk.parquet"), &self.holdings.portfolio_ids, &outcomes)?;
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Ok(FilesReport {
            portfolios: count(outcomes.len()),
            transactions: 0,
            rows: count(outcomes.len()) + count(exposures),
            position_days: count(exposures) * count(self.matrix.scenarios()),
            without_figures: count(outcomes.iter().filter(|outcome| outcome.is_err()).count()),
        })
    }

    /// The outcome of each of some portfolios, and the contribution of each of their positions: NaN if there is none.
    fn simulate(&self, portfolios: Range<usize>) -> (Vec<Outcome>, Vec<f64>) {
        let mut simulator = Simulator::new(self.matrix);
        let mut outcomes = Vec::with_capacity(portfolios.len());
        let mut contributions = Vec::new();
        for portfolio in portfolios {
            let exposures = self.holdings.exposures.get(self.holdings.rows(portfolio)).unwrap_or_default();
            let outcome = simulator.simulate(exposures, &mut contributions).map_err(|reason| {
                contributions.resize(contributions.len() + exposures.len(), f64::NAN);
                self.reason(exposures).unwrap_or_else(|| reason.to_string())
            });
            outcomes.push(outcome);
        }
        (outcomes, contributions)
    }

    /// Why positions cannot be simulated, with the name of the instrument that is to blame.
    fn reason(&self, exposures: &[Exposure]) -> Option<String> {
        exposures.iter().find_map(|exposure| {
            let name = self.symbols.name(exposure.instrument);
            if self.matrix.instruments() <= exposure.instrument {
                return Some(format!("{name} is not in scenarios.parquet"));
            }
            if let Some(scenario) = self.matrix.gap(exposure.instrument) {
                return Some(format!("{name} has no return in scenario {scenario}"));
            }
            exposure.value.is_nan().then(|| format!("{name} has no market value"))
        })
    }

    /// The rows of some portfolios in the file of contributions.
    fn contribution_rows(
        &self,
        path: &Path,
        portfolios: Range<usize>,
        contributions: Vec<f64>,
    ) -> Result<RecordBatch, Error> {
        let failed = |error: arrow::error::ArrowError| bad_file(path, error.to_string());
        let key = |number: usize| i32::try_from(number).map_err(|_| bad_file(path, "it would have too many words"));
        let (mut id_keys, mut symbol_keys) = (Vec::new(), Vec::new());
        for (position, portfolio) in portfolios.clone().enumerate() {
            let exposures = self.holdings.exposures.get(self.holdings.rows(portfolio)).unwrap_or_default();
            id_keys.resize(id_keys.len() + exposures.len(), key(position)?);
            for exposure in exposures {
                symbol_keys.push(key(exposure.instrument)?);
            }
        }
        let ids = self.holdings.portfolio_ids.get(portfolios).unwrap_or_default();
        let words = Arc::new(StringArray::from_iter_values(ids));
        let column = |keys: Vec<i32>, words: ArrayRef| {
            DictionaryArray::<Int32Type>::try_new(Int32Array::from(keys), words).map_err(failed)
        };
        let columns: Vec<ArrayRef> = vec![
            Arc::new(column(id_keys, words)?),
            Arc::new(column(symbol_keys, Arc::clone(&self.words))?),
            Arc::new(numbers(contributions)),
        ];
        RecordBatch::try_new(contribution_schema(), columns).map_err(failed)
    }
}

/// A column of numbers; a NaN is one that is not known.
fn numbers(cells: Vec<f64>) -> Float64Array {
    if cells.iter().any(|cell| cell.is_nan()) {
        return cells.into_iter().map(|cell| Some(cell).filter(|cell| !cell.is_nan())).collect();
    }
    Float64Array::from(cells)
}

fn contribution_schema() -> SchemaRef {
    let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Arc::new(Schema::new(vec![
        Field::new("portfolio_id", words.clone(), false),
        Field::new("symbol", words, false),
        Field::new("es_975_contribution", DataType::Float64, true),
    ]))
}

fn write_risk(path: &Path, portfolio_ids: &[String], outcomes: &[Outcome]) -> Result<(), Error> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("portfolio_id", DataType::Utf8, false),
        Field::new("var_95", DataType::Float64, true),
        Field::new("var_99", DataType::Float64, true),
        Field::new("es_975", DataType::Float64, true),
        Field::new("reason", DataType::Utf8, true),
    ]));
    let column = |figure: fn(&SimulatedRisk) -> f64| -> ArrayRef {
        Arc::new(outcomes.iter().map(|outcome| outcome.as_ref().ok().map(figure)).collect::<Float64Array>())
    };
    let reasons = outcomes.iter().map(|outcome| outcome.as_ref().err().map(String::as_str));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(portfolio_ids)),
        column(|risk| risk.var_95),
        column(|risk| risk.var_99),
        column(|risk| risk.es_975),
        Arc::new(reasons.collect::<StringArray>()),
    ];
    let rows = RecordBatch::try_new(Arc::clone(&schema), columns);
    let rows = rows.map_err(|error| bad_file(path, error.to_string()))?;
    let mut writer = FileWriter::create(path, schema, RISK_FORMS)?;
    writer.write(&rows)?;
    Ok(writer.close()?)
}
