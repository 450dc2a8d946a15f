//! Returns of instruments in scenarios from a file, as the matrix of the simulation.

use std::path::Path;

use analytics::scenario_matrix::{Placed, ScenarioMatrix, ScenarioMatrixBuilder, ScenarioRows};
use arrow::array::RecordBatch;
use lake::files::row_groups::RowGroupReader;

use super::bad_file;
use super::columns::Columns;
use super::cores::workers;
use super::symbols::{SymbolColumn, Symbols};
use crate::error::Error;

/// The columns of a file of scenarios, in the order in which they are read.
pub(super) const SCENARIO_COLUMNS: &[&str] = &["scenario", "symbol", "return"];

/// Some rows of a file of scenarios.
pub(super) struct ScenarioBatch {
    first_row: usize,
    symbols: SymbolColumn,
    scenarios: Vec<usize>,
    /// A return that is not known is NaN.
    returns: Vec<f64>,
}

/// Reads a row group of a file of scenarios.
pub(super) fn read_scenarios(file: &RowGroupReader, group: usize) -> Result<Vec<ScenarioBatch>, Error> {
    let mut batches = Vec::new();
    let mut first_row = file.first_row(group);
    for batch in file.read(group)? {
        let batch = batch?;
        batches.push(read_batch(file.path(), first_row, &batch)?);
        first_row += batch.num_rows();
    }
    Ok(batches)
}

fn read_batch(path: &Path, first_row: usize, batch: &RecordBatch) -> Result<ScenarioBatch, Error> {
    let columns = Columns::new(path, batch);
    let (numbers, words, returns) = (columns.integers(0)?, columns.words(1)?, columns.numbers(2)?);
    let symbols = SymbolColumn::read(path, first_row, batch.num_rows(), &words)?;
    if let Some(row) = returns.iter().position(|number| number.is_some_and(|number| !number.is_finite())) {
        let problem = format!("row {}: {} is no return of {}", first_row + row, returns.value(row), symbols.name(row));
        return Err(bad_file(path, problem));
    }
    let scenario = |(row, number): (usize, Option<i64>)| {
        let number = number.and_then(|number| usize::try_from(number).ok());
        number
            .ok_or_else(|| bad_file(path, format!("row {}: `scenario` is not a number from zero on", first_row + row)))
    };
    let scenarios = numbers.iter().enumerate().map(scenario).collect::<Result<Vec<usize>, Error>>()?;
    let returns = returns.iter().map(|number| number.unwrap_or(f64::NAN)).collect();
    Ok(ScenarioBatch { first_row, symbols, scenarios, returns })
}

/// The matrix of all rows of a file, on all cores. Its instruments have the numbers of their symbols.
pub(super) fn matrix(path: &Path, batches: &[ScenarioBatch], symbols: &mut Symbols) -> Result<ScenarioMatrix, Error> {
    let instruments: Vec<Vec<usize>> = batches.iter().map(|batch| symbols.of(&batch.symbols)).collect();
    let instruments = instruments.as_slice();
    let last = batches.iter().flat_map(|batch| &batch.scenarios).max();
    let scenarios = last.map_or(0, |last| last.saturating_add(1));
    let failed = |reason: analytics::NoFigure| bad_file(path, reason.to_string());
    let mut builder = ScenarioMatrixBuilder::new(symbols.names().len(), scenarios).map_err(failed)?;
    let parts = builder.parts(workers()).into_iter();
    let outcomes: Vec<Result<(), Error>> = std::thread::scope(|scope| {
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || fill(path, part, batches, instruments))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(Error::Worker))).collect()
    });
    outcomes.into_iter().collect::<Result<(), Error>>()?;
    builder.finish().map_err(failed)
}

/// Puts into some rows what belongs there.
fn fill(
    path: &Path,
    mut rows: ScenarioRows<'_>,
    batches: &[ScenarioBatch],
    instruments: &[Vec<usize>],
) -> Result<(), Error> {
    for (batch, instruments) in batches.iter().zip(instruments) {
        let cells = batch.symbols.keys.iter().zip(&batch.scenarios).zip(&batch.returns);
        for (row, ((key, scenario), number)) in cells.enumerate() {
            let instrument = instruments.get(*key).copied().unwrap_or(usize::MAX);
            if rows.put(instrument, *scenario, *number) == Placed::Twice {
                let name = batch.symbols.name(row);
                let problem = format!("row {}: {name} has two returns in scenario {scenario}", batch.first_row + row);
                return Err(bad_file(path, problem));
            }
        }
    }
    Ok(())
}
