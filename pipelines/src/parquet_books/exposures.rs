//! Positions of portfolios from a file, as the exposures of the simulation.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use analytics::risk_simulation::Exposure;
use arrow::array::RecordBatch;
use lake::files::row_groups::RowGroupReader;

use super::bad_file;
use super::columns::{Columns, Words};
use super::symbols::{SymbolColumn, Symbols};
use crate::error::Error;

/// The columns of a file of positions, in the order in which they are read.
pub(super) const POSITION_COLUMNS: &[&str] = &["portfolio_id", "symbol", "market_value"];

/// Some rows of a file of positions.
pub(super) struct PositionBatch {
    /// Portfolios that follow each other, and how many rows each has.
    portfolios: Vec<(String, usize)>,
    symbols: SymbolColumn,
    /// A value that is not known is NaN.
    values: Vec<f64>,
}

/// The positions of all portfolios, in the order of the file.
#[derive(Default)]
pub(super) struct Holdings {
    pub(super) portfolio_ids: Vec<String>,
    /// Of each portfolio where its positions end.
    ends: Vec<usize>,
    pub(super) exposures: Vec<Exposure>,
}

/// Reads a row group of a file of positions.
pub(super) fn read_positions(file: &RowGroupReader, group: usize) -> Result<Vec<PositionBatch>, Error> {
    let mut batches = Vec::new();
    let mut first_row = file.first_row(group);
    for batch in file.read(group)? {
        let batch = batch?;
        batches.push(read_batch(file.path(), first_row, &batch)?);
        first_row += batch.num_rows();
    }
    Ok(batches)
}

fn read_batch(path: &Path, first_row: usize, batch: &RecordBatch) -> Result<PositionBatch, Error> {
    let columns = Columns::new(path, batch);
    let (ids, words, values) = (columns.words(0)?, columns.words(1)?, columns.numbers(2)?);
    let portfolios = read_portfolios(path, first_row, batch.num_rows(), &ids)?;
    let symbols = SymbolColumn::read(path, first_row, batch.num_rows(), &words)?;
    if let Some(row) = values.iter().position(|number| number.is_some_and(|number| !number.is_finite())) {
        let problem = format!("row {}: {} is no value of {}", first_row + row, values.value(row), symbols.name(row));
        return Err(bad_file(path, problem));
    }
    let values = values.iter().map(|number| number.unwrap_or(f64::NAN)).collect();
    Ok(PositionBatch { portfolios, symbols, values })
}

fn read_portfolios(path: &Path, first_row: usize, rows: usize, ids: &Words) -> Result<Vec<(String, usize)>, Error> {
    let mut portfolios: Vec<(String, usize)> = Vec::new();
    let mut last = None;
    for row in 0..rows {
        let key = ids.key(row);
        match portfolios.last_mut() {
            Some((_, count)) if key == last => *count += 1,
            _ => {
                let id = ids.get(row);
                let id = id.ok_or_else(|| bad_file(path, format!("row {} names no portfolio", first_row + row)))?;
                portfolios.push((id.to_owned(), 1));
                last = key;
            }
        }
    }
    Ok(portfolios)
}

impl Holdings {
    /// Joins what was read of a file, in its order. A portfolio may be cut where a batch or a row group ends.
    pub(super) fn new(path: &Path, batches: &[PositionBatch], symbols: &mut Symbols) -> Result<Holdings, Error> {
        let mut holdings = Holdings::default();
        holdings.exposures.reserve(batches.iter().map(|batch| batch.values.len()).sum());
        for batch in batches {
            for (id, rows) in &batch.portfolios {
                let start = holdings.ends.last().copied().unwrap_or(0);
                match holdings.ends.last_mut() {
                    Some(end) if holdings.portfolio_ids.last() == Some(id) => *end += rows,
                    _ => {
                        holdings.portfolio_ids.push(id.clone());
                        holdings.ends.push(start + rows);
                    }
                }
            }
            let instruments = symbols.of(&batch.symbols);
            holdings.exposures.extend(batch.symbols.keys.iter().zip(&batch.values).map(|(key, value)| {
                let instrument = instruments.get(*key).copied().unwrap_or(usize::MAX);
                Exposure { instrument, value: *value }
            }));
        }
        holdings.check_order(path)?;
        Ok(holdings)
    }

    /// Whether the rows of each portfolio stand together.
    fn check_order(&self, path: &Path) -> Result<(), Error> {
        if self.portfolio_ids.is_sorted() {
            return Ok(());
        }
        let mut seen = HashSet::with_capacity(self.portfolio_ids.len());
        match self.portfolio_ids.iter().find(|id| !seen.insert(id.as_str())) {
            None => Ok(()),
            Some(id) => {
                let problem = format!("the positions of {id} do not stand together; sort the file by portfolio");
                Err(bad_file(path, problem))
            }
        }
    }

    /// Where the positions of a portfolio are.
    pub(super) fn rows(&self, portfolio: usize) -> Range<usize> {
        let end = |portfolio: usize| self.ends.get(portfolio).copied().unwrap_or(self.exposures.len());
        portfolio.checked_sub(1).map_or(0, end)..end(portfolio)
    }

    /// The portfolios in pieces of at least so many positions each, but for the last.
    pub(super) fn pieces(&self, positions_min: usize) -> Vec<Range<usize>> {
        let mut pieces = Vec::new();
        let (mut first, mut start) = (0, 0);
        for (portfolio, end) in self.ends.iter().enumerate() {
            if positions_min <= end - start || portfolio + 1 == self.ends.len() {
                pieces.push(first..portfolio + 1);
                (first, start) = (portfolio + 1, *end);
            }
        }
        pieces
    }
}
