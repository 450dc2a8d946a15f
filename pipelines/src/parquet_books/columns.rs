//! Columns of Parquet files as the words and numbers of the house.

use std::path::Path;

use arrow::array::{Array, Date32Array, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type};
use chrono::NaiveDate;
use ledger::fixed::shortest_decimal;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::bad_file;
use crate::error::Error;

/// The columns of a batch of one file.
pub(super) struct Columns<'a> {
    path: &'a Path,
    batch: &'a RecordBatch,
}

/// A column of texts: a key for each row, and the words that the keys stand for.
pub(super) struct Words {
    array: DictionaryArray<Int32Type>,
    words: StringArray,
}

impl<'a> Columns<'a> {
    pub(super) fn new(path: &'a Path, batch: &'a RecordBatch) -> Columns<'a> {
        Columns { path, batch }
    }

    fn column(&self, position: usize) -> Result<&'a arrow::array::ArrayRef, Error> {
        self.batch.columns().get(position).ok_or_else(|| bad_file(self.path, "a column is missing"))
    }

    fn of_type<A: Array + Clone + 'static>(&self, position: usize, wanted: &DataType) -> Result<A, Error> {
        let array = cast(self.column(position)?, wanted);
        let array = array.map_err(|error| bad_file(self.path, error.to_string()))?;
        let found = array.as_any().downcast_ref::<A>().cloned();
        found.ok_or_else(|| bad_file(self.path, format!("column {position} is no {wanted}")))
    }

    pub(super) fn words(&self, position: usize) -> Result<Words, Error> {
        let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let array: DictionaryArray<Int32Type> = self.of_type(position, &kind)?;
        let words = array.values().as_any().downcast_ref::<StringArray>().cloned();
        let words = words.ok_or_else(|| bad_file(self.path, format!("column {position} is no text")))?;
        Ok(Words { array, words })
    }

    pub(super) fn numbers(&self, position: usize) -> Result<Float64Array, Error> {
        self.of_type(position, &DataType::Float64)
    }

    pub(super) fn integers(&self, position: usize) -> Result<Int64Array, Error> {
        self.of_type(position, &DataType::Int64)
    }

    pub(super) fn days(&self, position: usize) -> Result<Date32Array, Error> {
        self.of_type(position, &DataType::Date32)
    }
}

impl Words {
    /// The text of a row; none if it is empty.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        self.key(row).and_then(|key| self.word(key)).filter(|text| !text.is_empty())
    }

    /// The key of a row.
    pub(super) fn key(&self, row: usize) -> Option<usize> {
        let keys = self.array.keys();
        keys.is_valid(row).then(|| keys.value(row)).and_then(|key| usize::try_from(key).ok())
    }

    /// The texts of rows that follow each other, and how many rows each stands in; none if it is empty.
    pub(super) fn runs(&self) -> Vec<(Option<&str>, usize)> {
        let keys = self.array.keys();
        let text = |key: Option<usize>| key.and_then(|key| self.word(key)).filter(|text| !text.is_empty());
        if keys.null_count() == 0 {
            let runs = keys.values().chunk_by(|key, next| key == next);
            return runs.map(|run| (text(run.first().and_then(|key| usize::try_from(*key).ok())), run.len())).collect();
        }
        let found: Vec<Option<usize>> = (0..keys.len()).map(|row| self.key(row)).collect();
        let runs = found.chunk_by(|key, next| key == next);
        runs.map(|run| (text(run.first().copied().flatten()), run.len())).collect()
    }

    fn word(&self, key: usize) -> Option<&str> {
        (key < self.words.len() && self.words.is_valid(key)).then(|| self.words.value(key))
    }

    /// What each word stands for, by key.
    pub(super) fn map<T>(&self, meaning: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
        (0..self.words.len()).map(|key| self.word(key).and_then(&meaning)).collect()
    }
}

/// The shortest decimal that reads back as the number; none if it is no number or has more than 28 digits.
pub(super) fn decimal(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    if let Some((units, scale)) = shortest_decimal(number, 0) {
        return Some(Decimal::new(units, scale));
    }
    // More digits than a number of this kind holds: what is there beyond twelve decimals is noise.
    Decimal::from_f64_retain(number).map(|number| number.round_dp(12).normalize())
}

/// The date of a count of days since 1970.
pub(super) fn business_date(path: &Path, days: i32) -> Result<BusinessDate, Error> {
    let day = NaiveDate::from_epoch_days(days).ok_or_else(|| bad_file(path, format!("{days} is no day")))?;
    BusinessDate::new(day).map_err(|error| bad_file(path, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_the_decimals_that_they_were_written_as() {
        for text in ["0", "1.1", "0.07", "123456.789012", "-45.25", "0.000000000001", "1000000000"] {
            let exact: Decimal = text.parse().expect("a decimal");
            assert_eq!(decimal(text.parse().expect("a number")), Some(exact), "{text}");
        }
        assert_eq!(decimal(f64::NAN), None);
    }
}
