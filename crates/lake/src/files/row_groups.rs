//! Row groups of one Parquet file, read and written by several threads at once.
//!
//! A file of many rows is one file for whoever delivers or takes it, but work for more than one thread: each group is
//! decoded or encoded by itself. Written groups stand in the file in the order of their numbers, whoever is done first.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;

use super::ColumnForm;
use crate::error::Error;

/// A Parquet file whose row groups are read one by one, in any order and by any thread.
#[derive(Clone, Debug)]
pub struct RowGroupReader {
    path: PathBuf,
    columns: Vec<String>,
    metadata: ArrowReaderMetadata,
}

/// A Parquet file whose row groups are written by any thread.
pub struct RowGroupWriter {
    path: PathBuf,
    schema: SchemaRef,
    factory: ArrowRowGroupWriterFactory,
    order: Mutex<GroupOrder>,
}

/// The file of a writer, and the groups that wait for one before them.
struct GroupOrder {
    writer: SerializedFileWriter<File>,
    next: usize,
    waiting: BTreeMap<usize, Vec<ArrowColumnChunk>>,
}

impl RowGroupReader {
    /// Opens a file to read columns of it, in the order asked for.
    ///
    /// # Errors
    /// [`Error::File`] if the file is no Parquet or lacks a column.
    pub fn open(path: &Path, columns: &[&str]) -> Result<RowGroupReader, Error> {
        let (_, metadata) = super::open(path, columns)?;
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Ok(RowGroupReader { path: path.to_owned(), columns, metadata })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many row groups it has.
    pub fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// How many rows come before a group.
    pub fn first_row(&self, group: usize) -> usize {
        let before = self.metadata.metadata().row_groups().iter().take(group);
        before.map(|group| usize::try_from(group.num_rows()).unwrap_or_default()).sum()
    }

    /// Reads a group, a batch of rows at a time. Text columns come with a dictionary.
    ///
    /// # Errors
    /// [`Error::File`] if there is no such group or it cannot be read; each batch may fail in the same way.
    pub fn read(&self, group: usize) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<>, Error> {
        let failed = |problem: String| Error::File { path: self.path.clone(), problem };
        if self.groups() <= group {
            return Err(failed(format!("it has {} row groups, none with the number {group}", self.groups())));
        }
        // Each reading has a file of its own: two readings of one would move each other's place in it.
        let file = File::open(&self.path).map_err(|error| failed(error.to_string()))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        super::batches(&self.path, builder.with_row_groups(vec![group]), &columns)
    }
}

impl RowGroupWriter {
    /// Begins a file, compressed with zstd. Columns have a dictionary unless they are named with another form.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be made.
    pub fn create(path: &Path, schema: SchemaRef, forms: &[(&str, ColumnForm)]) -> Result<RowGroupWriter, Error> {
        let writer = super::create(path, schema.clone(), forms)?.into_serialized_writer();
        let (writer, factory) =
            writer.map_err(|error| Error::File { path: path.to_owned(), problem: error.to_string() })?;
        let order = Mutex::new(GroupOrder { writer, next: 0, waiting: BTreeMap::new() });
        Ok(RowGroupWriter { path: path.to_owned(), schema, factory, order })
    }

    /// Encodes rows as the group of this number and, as soon as all groups before it are there, writes it. Groups are
    /// numbered from zero; one that comes early is kept in memory, compressed.
    ///
    /// # Errors
    /// [`Error::File`] if the rows do not fit the file's columns or the disk, or a number comes twice.
    pub fn write(&self, group: usize, rows: &RecordBatch) -> Result<(), Error> {
        if rows.schema().fields() != self.schema.fields() {
            return Err(self.failed("rows with other columns were to be written to it"));
        }
        let chunks = self.encode(group, rows).map_err(|error| self.failed(error.to_string()))?;
        let mut order = self.order.lock().map_err(|_| self.failed("a thread that wrote to it ended early"))?;
        if group < order.next || order.waiting.insert(group, chunks).is_some() {
            return Err(self.failed(format!("its row group {group} comes twice")));
        }
        order.write_ready().map_err(|error| self.failed(error.to_string()))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`Error::File`] if the rest cannot be written, or a group is missing before one that came.
    pub fn close(self) -> Result<(), Error> {
        let path = self.path;
        let failed = |problem: String| Error::File { path: path.clone(), problem };
        let order = self.order.into_inner().map_err(|_| failed("a thread that wrote to it ended early".to_owned()))?;
        if !order.waiting.is_empty() {
            return Err(failed(format!("its row group {} is missing", order.next)));
        }
        order.writer.close().map(|_| ()).map_err(|error| failed(error.to_string()))
    }

    fn failed(&self, problem: impl Into<String>) -> Error {
        Error::File { path: self.path.clone(), problem: problem.into() }
    }

    fn encode(&self, group: usize, rows: &RecordBatch) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
        let mut writers = self.factory.create_column_writers(group)?.into_iter();
        let mut chunks = Vec::with_capacity(writers.len());
        for (field, column) in self.schema.fields().iter().zip(rows.columns()) {
            for leaf in compute_leaves(field.as_ref(), column)? {
                let writer = writers.next();
                let mut writer =
                    writer.ok_or_else(|| ParquetError::General(format!("no place for {}", field.name())))?;
                writer.write(&leaf)?;
                chunks.push(writer.close()?);
            }
        }
        Ok(chunks)
    }
}

impl GroupOrder {
    fn write_ready(&mut self) -> Result<(), ParquetError> {
        while let Some(chunks) = self.waiting.remove(&self.next) {
            let mut group = self.writer.next_row_group()?;
            for chunk in chunks {
                chunk.append_to_row_group(&mut group)?;
            }
            group.close()?;
            self.next += 1;
        }
        Ok(())
    }
}
