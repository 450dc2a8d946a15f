//! Rows of one portfolio as a file for other programs: CSV or Parquet, in a fixed order of rows and columns.
//!
//! Rows pass through a batch at a time, so that the length of a history does not matter. Writing has a thread of its
//! own.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::prelude::{col, lit};
use futures::StreamExt;
use schemas::PortfolioId;

use super::FileWriter;
use crate::error::Error;
use crate::read::{frame, with_columns};
use crate::snapshot::{DateRange, Snapshot};
use crate::table::Lake;

/// Batches that wait for the thread that writes.
const WAITING_MAX: usize = 2;

/// A format of plain files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// Comma-separated values with a header, as RFC 4180 has it; a cell without a value is empty, an empty text `""`.
    Csv,
    /// Parquet, compressed with zstd.
    Parquet,
}

/// Which rows are written.
pub struct Extract<'a> {
    /// The table, at the version that is read.
    pub snapshot: &'a Snapshot,
    /// The portfolio.
    pub portfolio: &'a PortfolioId,
    /// The dates.
    pub range: DateRange,
    /// The columns, in the order of the table's definition.
    pub columns: &'a [&'a str],
    /// The columns by which the rows are in order.
    pub order: &'a [&'a str],
    /// Rows that come before them, with at least these columns.
    pub before: Vec<RecordBatch>,
}

/// Writes rows into a new file and returns how many they are. `notes` go into the metadata of a Parquet file; CSV has
/// no place for them.
///
/// # Errors
/// [`Error`] if the table cannot be read; [`Error::File`] if the file cannot be written.
pub async fn write(
    lake: &Lake,
    extract: Extract<'_>,
    path: &Path,
    form: FileForm,
    notes: Vec<(String, String)>,
) -> Result<u64, Error> {
    let definition = extract.snapshot.definition();
    let failed = Error::query(definition.name);
    let schema = definition.schema();
    let positions: Result<Vec<usize>, _> = extract.columns.iter().map(|column| schema.index_of(column)).collect();
    let schema = positions.and_then(|positions| schema.project(&positions));
    let schema: SchemaRef = schema
        .map(std::sync::Arc::new)
        .map_err(|error| Error::Columns { table: definition.name, problem: error.to_string() })?;
    let table = frame(extract.snapshot, lake, extract.range).await?;
    let table = table.filter(col("portfolio_id").eq(lit(extract.portfolio.as_str()))).map_err(&failed)?;
    let order = extract.order.iter().map(|column| col(*column).sort(true, true)).collect();
    let table = table.sort(order).and_then(|table| table.select_columns(extract.columns)).map_err(&failed)?;

    let (sender, mut receiver) = tokio::sync::mpsc::channel::<RecordBatch>(WAITING_MAX);
    let place = path.to_owned();
    let writing = tokio::task::spawn_blocking(move || {
        let mut writer = ExtractWriter::create(&place, schema, form)?;
        let mut rows = 0;
        while let Some(batch) = receiver.blocking_recv() {
            rows += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
            writer.write(&batch)?;
        }
        writer.close(notes)?;
        Ok(rows)
    });
    // A writer that gave up says why when it is waited for.
    let mut is_open = true;
    for batch in &extract.before {
        let batch = with_columns(batch, definition, extract.columns)?;
        is_open = is_open && sender.send(batch).await.is_ok();
    }
    let mut batches = table.execute_stream().await.map_err(&failed)?;
    while is_open && let Some(batch) = batches.next().await {
        let batch = with_columns(&batch.map_err(&failed)?, definition, extract.columns)?;
        is_open = sender.send(batch).await.is_ok();
    }
    drop(sender);
    let lost = |_| Error::File { path: path.to_owned(), problem: "the thread that writes it ended".to_owned() };
    writing.await.map_err(lost)?
}

/// A file while it is written.
enum ExtractWriter {
    Csv(CsvWriter),
    Parquet(Box<FileWriter>),
}

impl ExtractWriter {
    fn create(path: &Path, schema: SchemaRef, form: FileForm) -> Result<ExtractWriter, Error> {
        match form {
            FileForm::Csv => Ok(ExtractWriter::Csv(CsvWriter::create(path, &schema)?)),
            FileForm::Parquet => Ok(ExtractWriter::Parquet(Box::new(FileWriter::create(path, schema, &[])?))),
        }
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        match self {
            ExtractWriter::Csv(writer) => writer.write(batch),
            ExtractWriter::Parquet(writer) => writer.write(batch),
        }
    }

    fn close(self, notes: Vec<(String, String)>) -> Result<(), Error> {
        match self {
            ExtractWriter::Csv(writer) => writer.close(),
            ExtractWriter::Parquet(mut writer) => {
                for (key, value) in notes {
                    writer.note(key, value);
                }
                writer.close()
            }
        }
    }
}

struct CsvWriter {
    path: PathBuf,
    file: BufWriter<File>,
}

impl CsvWriter {
    fn create(path: &Path, schema: &SchemaRef) -> Result<CsvWriter, Error> {
        let failed = |error: std::io::Error| Error::File { path: path.to_owned(), problem: error.to_string() };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut writer = CsvWriter { path: path.to_owned(), file: BufWriter::new(File::create(path).map_err(failed)?) };
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        writer.line(&names.join(","))?;
        Ok(writer)
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let path = self.path.clone();
        let failed = |error: arrow::error::ArrowError| Error::File { path: path.clone(), problem: error.to_string() };
        let options = FormatOptions::default();
        let mut columns = Vec::with_capacity(batch.num_columns());
        for column in batch.columns() {
            let is_text = matches!(column.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
            columns.push((column, is_text, ArrayFormatter::try_new(column.as_ref(), &options).map_err(&failed)?));
        }
        let mut line = String::new();
        for row in 0..batch.num_rows() {
            line.clear();
            for (position, (column, is_text, formatter)) in columns.iter().enumerate() {
                if 0 < position {
                    line.push(',');
                }
                if !column.is_null(row) {
                    let cell = formatter.value(row).try_to_string().map_err(&failed)?;
                    push_cell(&mut line, &cell, *is_text);
                }
            }
            self.line(&line)?;
        }
        Ok(())
    }

    fn line(&mut self, line: &str) -> Result<(), Error> {
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.write_all(b"\r\n"));
        written.map_err(|error| Error::File { path: self.path.clone(), problem: error.to_string() })
    }

    fn close(mut self) -> Result<(), Error> {
        let path = self.path;
        self.file.flush().map_err(|error| Error::File { path, problem: error.to_string() })
    }
}

/// Adds a cell; a text that is empty, or that would be read as more than one cell, stands in quotes.
fn push_cell(line: &mut String, cell: &str, is_text: bool) {
    if is_text && (cell.is_empty() || cell.contains([',', '"', '\n', '\r'])) {
        line.push('"');
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_as_rfc_4180_has_it_and_an_empty_text_is_not_nothing() {
        let mut line = String::new();
        for (cell, is_text) in [("plain", true), ("a, \"b\"", true), ("two\nlines", true), ("", true), ("-1.50", false)]
        {
            line.push('|');
            push_cell(&mut line, cell, is_text);
        }
        assert_eq!(line, "|plain|\"a, \"\"b\"\"\"|\"two\nlines\"|\"\"|-1.50");
    }
}
