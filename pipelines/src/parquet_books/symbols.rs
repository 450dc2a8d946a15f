//! Symbols of files by number, and columns of them.

use std::collections::HashMap;
use std::path::Path;

use super::bad_file;
use super::columns::Words;
use crate::error::Error;

/// Symbols in the order in which they came first.
#[derive(Default)]
pub(super) struct Symbols {
    numbers: HashMap<String, usize>,
    names: Vec<String>,
}

/// A column of symbols: for each row the key of its word.
pub(super) struct SymbolColumn {
    words: Vec<Option<String>>,
    pub(super) keys: Vec<usize>,
}

impl Symbols {
    /// The number of a symbol, which is a new one if the symbol is.
    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len();
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The number of the symbol of each key of a column. A key that no row has may be any number.
    pub(super) fn of(&mut self, column: &SymbolColumn) -> Vec<usize> {
        column.words.iter().map(|word| word.as_deref().map_or(usize::MAX, |name| self.number(name))).collect()
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The symbol of a number.
    pub(super) fn name(&self, number: usize) -> &str {
        self.names.get(number).map_or("", String::as_str)
    }
}

impl SymbolColumn {
    /// Takes over the symbols of so many rows; the first of them is the row of this number in the file.
    pub(super) fn read(path: &Path, first_row: usize, rows: usize, words: &Words) -> Result<SymbolColumn, Error> {
        let texts = words.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
        let key = |row: usize| {
            let key = words.key(row).filter(|key| texts.get(*key).is_some_and(Option::is_some));
            key.ok_or_else(|| bad_file(path, format!("row {}: `symbol` is empty", first_row + row)))
        };
        let keys = (0..rows).map(key).collect::<Result<Vec<usize>, Error>>()?;
        Ok(SymbolColumn { words: texts, keys })
    }

    /// The symbol of a row of the column.
    pub(super) fn name(&self, row: usize) -> &str {
        let word = self.keys.get(row).and_then(|key| self.words.get(*key));
        word.and_then(Option::as_deref).unwrap_or_default()
    }
}
