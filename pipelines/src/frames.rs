//! Clean records as columns: the one place that knows Polars.
//!
//! Polars splits and trims the cells and reads the dates of a whole column at once. Numbers leave it as text, because
//! money is read exactly or not at all. Columns are copied, not shared: sharing memory between the two column
//! libraries needs `unsafe`, which this house does without (docs/adr/0006).

use std::io::Cursor;

use chrono::NaiveDate;
use polars::prelude::{
    CsvReadOptions, DataFrame, DataType, Field, PolarsError, Schema, SerReader, StringChunked, StringMethods,
};
use rust_decimal::Decimal;

use crate::error::Error;
use crate::sieve::{BadLine, sift};

/// Size of a file; a larger one is refused.
pub(crate) const FILE_BYTES_MAX: usize = 1 << 30;

/// Words that mean an empty cell.
const EMPTY_WORDS: &[&str] = &["N/A", "NA", "NaN", "nan", "null", "NULL", "-"];

/// A CSV file as columns of text.
pub(crate) struct Sheet {
    file: String,
    frame: DataFrame,
    lines: Vec<i64>,
    rejected: Vec<BadLine>,
}

/// A column of cells; an empty one is none.
pub(crate) struct TextColumn {
    cells: Vec<Option<String>>,
}

impl Sheet {
    /// Reads a file that must have some columns; others may be there.
    ///
    /// # Errors
    /// [`Error::Sheet`] if the file is too large, has no header, or lacks a column.
    pub(crate) fn read(file: &str, bytes: &[u8], required: &[&str]) -> Result<Sheet, Error> {
        let problem = |problem: String| Error::Sheet { file: file.to_owned(), problem };
        if FILE_BYTES_MAX < bytes.len() {
            return Err(problem(format!("the file has more than {FILE_BYTES_MAX} bytes; split it by year")));
        }
        let sifted = sift(bytes).map_err(&problem)?;
        for column in required {
            if !sifted.header.iter().any(|name| name == column) {
                return Err(problem(format!("column `{column}` is missing; found: {}", sifted.header.join(", "))));
            }
        }
        let fields = sifted.header.iter().map(|name| Field::new(name.as_str().into(), DataType::String));
        let schema = Schema::from_iter(fields);
        let frame = if sifted.lines.is_empty() {
            DataFrame::empty_with_schema(&schema)
        } else {
            CsvReadOptions::default()
                .with_has_header(true)
                .with_schema(Some(schema.into()))
                .into_reader_with_file_handle(Cursor::new(&sifted.clean))
                .finish()
                .map_err(|error| problem(error.to_string()))?
        };
        if frame.height() != sifted.lines.len() {
            return Err(problem(format!(
                "{} records became {} rows; this is a bug",
                sifted.lines.len(),
                frame.height()
            )));
        }
        Ok(Sheet { file: file.to_owned(), frame, lines: sifted.lines, rejected: sifted.rejected })
    }

    /// The line of each row.
    pub(crate) fn lines(&self) -> &[i64] {
        &self.lines
    }

    /// The lines that are no rows.
    pub(crate) fn rejected(&self) -> &[BadLine] {
        &self.rejected
    }

    /// The names of the columns.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.frame.get_column_names().iter().map(|name| name.to_string()).collect()
    }

    /// A column as trimmed text. A column that is not there has only empty cells.
    ///
    /// # Errors
    /// [`Error::Sheet`] if the column cannot be read as text.
    pub(crate) fn text(&self, column: &str) -> Result<TextColumn, Error> {
        let Ok(found) = self.frame.column(column) else {
            return Ok(TextColumn { cells: vec![None; self.lines.len()] });
        };
        let chunked = found.str().map_err(|error| self.problem(&error))?;
        let trim = |cell: &str| {
            let cell = cell.trim();
            (!cell.is_empty() && !EMPTY_WORDS.contains(&cell)).then(|| cell.to_owned())
        };
        Ok(TextColumn { cells: chunked.iter().map(|cell| cell.and_then(trim)).collect() })
    }

    /// A column of ISO dates, with none where the text is no date.
    ///
    /// # Errors
    /// [`Error::Sheet`] if the column cannot be read as text.
    pub(crate) fn dates(&self, column: &TextColumn) -> Result<Vec<Option<NaiveDate>>, Error> {
        let texts = column.cells.iter().map(|cell| cell.as_deref().filter(|text| text.len() == 10));
        let chunked = texts.collect::<StringChunked>();
        let dates = chunked.as_date(Some("%Y-%m-%d"), true).map_err(|error| self.problem(&error))?;
        Ok(dates.as_date_iter().collect())
    }

    fn problem(&self, error: &PolarsError) -> Error {
        Error::Sheet { file: self.file.clone(), problem: error.to_string() }
    }
}

impl TextColumn {
    /// The text of a row; none if the cell is empty.
    pub(crate) fn cell(&self, row: usize) -> Option<&str> {
        self.cells.get(row)?.as_deref()
    }

    /// The text of a row, or why there is none.
    pub(crate) fn required(&self, row: usize) -> Result<&str, String> {
        self.cell(row).ok_or_else(|| "the cell is empty".to_owned())
    }

    /// The exact number of a row; none if the cell is empty.
    pub(crate) fn number(&self, row: usize) -> Result<Option<Decimal>, String> {
        self.cell(row).map(exact).transpose()
    }

    /// The exact number of a row, or why there is none.
    pub(crate) fn required_number(&self, row: usize) -> Result<Decimal, String> {
        exact(self.required(row)?)
    }
}

/// A number with a point and no thousands separators, digit for digit.
pub(crate) fn exact(text: &str) -> Result<Decimal, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let parsed = match Decimal::from_str_exact(mantissa) {
        // The mantissa is read for itself, because the form with an exponent rounds one that is too long.
        Ok(_) if mantissa.len() < text.len() => Decimal::from_scientific(text),
        parsed => parsed,
    };
    match parsed {
        Ok(number) if plain => Ok(number),
        _ if has_form_of_number(text) => Err(too_many_digits(text, text)),
        _ => Err(format!("`{}` is no number; write 1234.56", beginning(text))),
    }
}

/// Digits that any number may have; a few with one more fit, too.
const DIGITS_MAX: usize = 28;

/// Why a number of the right form cannot be read: a text, and its digits with a point.
pub(crate) fn too_many_digits(text: &str, digits: &str) -> String {
    let count = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    let whole = count(digits.split('.').next().unwrap_or_default().trim_start_matches(['+', '-', '0']));
    let (shown, all) = (beginning(text), count(digits));
    if digits.contains(['e', 'E']) {
        return format!("`{shown}` is too large or too small: a number has at most {DIGITS_MAX} digits");
    }
    if DIGITS_MAX < whole {
        let limit = format!("{whole} digits before the point, and a number has at most {DIGITS_MAX} in all");
        return format!("`{shown}` is too large: it has {limit}");
    }
    format!("`{shown}` has too many digits: {all}, and a number has at most {DIGITS_MAX} with its decimals")
}

/// Whether a text is written like a number, however many digits it has.
fn has_form_of_number(text: &str) -> bool {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (mantissa, exponent) = (without_sign(mantissa), without_sign(exponent));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let lacks_digits = whole.is_empty() && fraction.is_empty() || exponent.is_empty();
    !lacks_digits && [whole, fraction, exponent].into_iter().all(is_digits)
}

fn without_sign(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn beginning(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed_and_dates_are_read_strictly() {
        let file = b"date,close\n2014-01-02, 553.13 \n2014-02-30,N/A\n02.01.2014,\"1,000\"\n";
        let sheet = Sheet::read("prices.csv", file, &["date", "close"]).expect("readable");
        let dates = sheet.dates(&sheet.text("date").expect("text")).expect("dates");
        assert_eq!(dates, [NaiveDate::from_ymd_opt(2014, 1, 2), None, None]);
        let close = sheet.text("close").expect("text");
        assert_eq!(close.required_number(0), Ok(Decimal::new(55_313, 2)));
        assert_eq!(close.number(1), Ok(None));
        assert_eq!(close.number(2), Err("`1,000` is no number; write 1234.56".to_owned()));
    }

    #[test]
    fn a_number_with_too_many_digits_is_a_number_and_too_large() {
        let reason = |text: &str| exact(text).expect_err("refused");
        let nines = "9".repeat(30);
        let words =
            format!("`-{nines}` is too large: it has 30 digits before the point, and a number has at most 28 in all");
        assert_eq!(reason(&format!("-{nines}")), words);
        let long = "0.1234567890123456789012345678901234567";
        let words = format!("`{long}` has too many digits: 38, and a number has at most 28 with its decimals");
        assert_eq!(reason(long), words);
        assert!(exact(&format!("{long}e1")).is_err(), "it is not rounded either");
        assert_eq!(reason("1e400"), "`1e400` is too large or too small: a number has at most 28 digits");
        for wrong in ["1.2.3", "1e", "e5", ".", "", "-", "1-", "--1", "0x10", "1_000"] {
            assert!(reason(wrong).contains("is no number"), "{wrong}");
        }
        // 2^96 − 1 is the largest.
        assert!(exact("79228162514264337593543950335").is_ok() && exact("79228162514264337593543950336").is_err());
    }

    #[test]
    fn a_missing_column_lists_what_was_found() {
        let error = Sheet::read("prices.csv", b"day,close\n", &["date"]).err().expect("refused");
        assert_eq!(error.to_string(), "prices.csv: column `date` is missing; found: day, close");
    }
}
