//! Plain Parquet files beside the lake's tables: what other programs deliver, and what is handed to them.
//!
//! Texts are read with their dictionary, so that a column of a million rows and a thousand words costs a thousand
//! comparisons. Reading and writing block; callers bring their own threads.

pub mod extract;
pub mod row_groups;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::error::Error;

/// Rows that are read at once.
const BATCH_ROWS: usize = 1 << 16;
/// Rows of one group of a written file.
const GROUP_ROWS: usize = 1 << 20;
/// Files that are read from one folder.
const FILES_MAX: usize = 100_000;

/// The Parquet files of a folder, by name; the file itself if the path is one.
///
/// # Errors
/// [`Error::File`] if there is neither, or too many.
pub fn parquet_files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |problem: String| Error::File { path: path.to_owned(), problem };
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| failed(error.to_string()))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| failed(error.to_string()))?.path();
        if file.extension().is_some_and(|extension| extension == "parquet") {
            files.push(file);
        }
    }
    files.sort();
    match files.len() {
        0 => Err(failed("there is no .parquet file in it".to_owned())),
        count if FILES_MAX < count => Err(failed(format!("it holds {count} files; at most {FILES_MAX} are read"))),
        _ => Ok(files),
    }
}

/// Reads columns of a file, in the order asked for, a batch of rows at a time. Text columns come with a dictionary.
///
/// # Errors
/// [`Error::File`] if the file is no Parquet or lacks a column; each batch may fail in the same way.
pub fn read_columns(
    path: &Path,
    columns: &[&str],
) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<>, Error> {
    let (file, metadata) = open(path, columns)?;
    batches(path, ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata), columns)
}

/// Opens a file that has these columns.
fn open(path: &Path, columns: &[&str]) -> Result<(File, ArrowReaderMetadata), Error> {
    let failed = |problem: String| Error::File { path: path.to_owned(), problem };
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let found = ArrowReaderMetadata::load(&file, options).map_err(|error| failed(error.to_string()))?;
    let with_dictionaries = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Field::new(field.name(), words, field.is_nullable())
        }
        _ => field.as_ref().clone(),
    };
    let schema = Schema::new(found.schema().fields().iter().map(with_dictionaries).collect::<Vec<Field>>());
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true).with_schema(Arc::new(schema));
    let metadata = ArrowReaderMetadata::load(&file, options).map_err(|error| failed(error.to_string()))?;
    if let Some(missing) = columns.iter().find(|column| metadata.schema().index_of(column).is_err()) {
        let there: Vec<&str> = metadata.schema().fields().iter().map(|field| field.name().as_str()).collect();
        return Err(failed(format!("it has no column `{missing}`; it has {}", there.join(", "))));
    }
    Ok((file, metadata))
}

/// What a reader reads of these columns.
fn batches(
    path: &Path,
    builder: ParquetRecordBatchReaderBuilder<File>,
    columns: &[&str],
) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<>, Error> {
    let owned = path.to_owned();
    let failed = move |problem: String| Error::File { path: owned.clone(), problem };
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
    let reader = reader.map_err(|error| failed(error.to_string()))?;
    let wanted: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    Ok(reader.map(move |batch| {
        let batch = batch.map_err(|error| failed(error.to_string()))?;
        let positions: Result<Vec<usize>, _> = wanted.iter().map(|column| batch.schema().index_of(column)).collect();
        let positions = positions.map_err(|error| failed(error.to_string()))?;
        batch.project(&positions).map_err(|error| failed(error.to_string()))
    }))
}

/// How the values of a column are written where a dictionary would only cost time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnForm {
    /// As they are, without the smallest and largest of a group: nearly all of them differ, and nobody looks for one.
    Plain,
    /// As differences of whole numbers or days that follow each other.
    Differences,
}

/// A Parquet file while it is written.
pub struct FileWriter {
    path: PathBuf,
    writer: ArrowWriter<File>,
}

impl FileWriter {
    /// Begins a file, compressed with zstd. Columns have a dictionary unless they are named with another form.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be made.
    pub fn create(path: &Path, schema: SchemaRef, forms: &[(&str, ColumnForm)]) -> Result<FileWriter, Error> {
        Ok(FileWriter { path: path.to_owned(), writer: create(path, schema, forms)? })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`Error::File`] if they do not fit the file's columns or the disk.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let path = &self.path;
        self.writer.write(batch).map_err(|error| Error::File { path: path.clone(), problem: error.to_string() })
    }

    /// Adds a key with a value to the file's metadata.
    pub(crate) fn note(&mut self, key: String, value: String) {
        self.writer.append_key_value_metadata(KeyValue::new(key, value));
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`Error::File`] if the rest cannot be written.
    pub fn close(self) -> Result<(), Error> {
        let path = self.path;
        self.writer.close().map(|_| ()).map_err(|error| Error::File { path, problem: error.to_string() })
    }
}

/// Begins a file, compressed with zstd.
fn create(path: &Path, schema: SchemaRef, forms: &[(&str, ColumnForm)]) -> Result<ArrowWriter<File>, Error> {
    let failed = |problem: String| Error::File { path: path.to_owned(), problem };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
    }
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS));
    for (column, form) in forms {
        let column = ColumnPath::from(*column);
        properties = properties.set_column_dictionary_enabled(column.clone(), false);
        properties = match form {
            ColumnForm::Plain => properties.set_column_statistics_enabled(column, EnabledStatistics::None),
            ColumnForm::Differences => properties.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED),
        };
    }
    let file = File::create(path).map_err(|error| failed(error.to_string()))?;
    ArrowWriter::try_new(file, schema, Some(properties.build())).map_err(|error| failed(error.to_string()))
}
