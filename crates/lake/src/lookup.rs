//! Lookups: the rows of one portfolio, from the pages that they are in.
//!
//! The query engine plans every question anew, and for some dozen rows the plan takes longer than the reading. Whoever
//! wants whole rows of one portfolio needs no plan: the footer of a file says which of its pages may have them. Footers
//! are kept, and the rows of pages: after a night one portfolio is asked for after the other, and a page has many.

mod kept;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, Scalar, StringArray, new_null_array};
use arrow::compute::kernels::cmp;
use arrow::compute::{
    SortColumn, SortOptions, concat_batches, filter_record_batch, lexsort_to_indices, take_record_batch,
};
use arrow::datatypes::{Date32Type, Schema};
use arrow::error::ArrowError;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, RowFilter, RowSelection,
};
use parquet::arrow::async_reader::{AsyncFileReader, ParquetRecordBatchStreamBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use schemas::PortfolioId;
use schemas::table::{Record, TableDefinition};

pub(crate) use self::kept::Kept;
use self::kept::PageKey;
use crate::error::Error;
use crate::snapshot::{DataFile, DateRange, Snapshot};
use crate::storage::Storage;
use crate::table::{Lake, conform};

/// The column by which rows are looked up.
const PORTFOLIO_ID: &str = "portfolio_id";
/// Rows of a page that is kept: twice what pages have that this program writes. Of larger ones only the rows of the
/// portfolio are decoded.
const KEPT_ROWS_MAX: usize = 8_192;
/// Files that are read at once for a question.
const FILES_AT_ONCE: usize = 4;

/// A column by which rows are in order; those without a value come last.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    /// Smallest first.
    Ascending(&'static str),
    /// Largest first.
    Descending(&'static str),
}

/// The rows of a portfolio whose dates lie in a range, in an order.
pub(crate) async fn rows_of<R: Record>(
    lake: &Lake,
    portfolio: &PortfolioId,
    range: DateRange,
    order: &[By],
) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    rows_in(lake, &snapshot, portfolio, range, order).await
}

/// As [`rows_of`], at the version given.
pub(crate) async fn rows_in<R: Record>(
    lake: &Lake,
    snapshot: &Snapshot,
    portfolio: &PortfolioId,
    range: DateRange,
    order: &[By],
) -> Result<Vec<R>, Error> {
    let snapshot = snapshot.restricted_to(range);
    let mut files = Vec::with_capacity(snapshot.files().len());
    for file in snapshot.files() {
        files.push(of_file(lake, R::TABLE, file, portfolio).boxed());
    }
    let found: Vec<Vec<RecordBatch>> = futures::stream::iter(files).buffered(FILES_AT_ONCE).try_collect().await?;
    let failed = |error: ArrowError| Error::parquet("read", R::TABLE.name)(error.into());
    let rows = concat_batches(&R::TABLE.schema(), found.iter().flatten()).map_err(failed)?;
    let rows = dated(R::TABLE, rows, range).map_err(failed)?;
    Ok(R::from_batch(&ordered(&rows, order).map_err(failed)?)?)
}

/// The rows of a portfolio in one file, in the columns of the table.
async fn of_file(
    lake: &Lake,
    definition: &'static TableDefinition,
    file: &DataFile,
    portfolio: &PortfolioId,
) -> Result<Vec<RecordBatch>, Error> {
    let failed = Error::parquet("read", definition.name);
    let mut reader = ObjectReader::of(lake.storage(), file);
    let footer = lake.kept().footer(file, &mut reader).await.map_err(&failed)?;
    let missing = || Error::Columns { table: definition.name, problem: format!("no `{PORTFOLIO_ID}`") };
    let columns = footer.parquet_schema().columns();
    let column = columns.iter().position(|column| column.name() == PORTFOLIO_ID).ok_or_else(missing)?;
    let stretches = places(footer.metadata(), column, portfolio.as_str().as_bytes()).map_err(&failed)?;
    let (pages, large): (Vec<Stretch>, Vec<Stretch>) =
        stretches.into_iter().partition(|stretch| stretch.rows.len() <= KEPT_ROWS_MAX);
    let id = Scalar::new(StringArray::from(vec![portfolio.as_str()]));
    let path: Arc<str> = Arc::from(file.path.as_str());
    let mut found = Vec::with_capacity(pages.len());
    for stretch in pages {
        let key = PageKey::of(&path, stretch.group, stretch.rows.start);
        let read = whole(definition, ObjectReader::of(lake.storage(), file), footer.clone(), stretch);
        let page = lake.kept().page(&key, read).await?;
        let own = page.column_by_name(PORTFOLIO_ID).ok_or_else(missing)?;
        let own = cmp::eq(own, &id).and_then(|own| filter_record_batch(&page, &own));
        found.push(own.map_err(|error| failed(error.into()))?);
    }
    if !large.is_empty() {
        found.extend(sifted(definition, reader, footer, (column, id), &large).await?);
    }
    Ok(found)
}

/// All rows of a stretch, in the columns of the table.
async fn whole(
    definition: &'static TableDefinition,
    reader: ObjectReader,
    footer: ArrowReaderMetadata,
    stretch: Stretch,
) -> Result<RecordBatch, Error> {
    let failed = Error::parquet("read", definition.name);
    let row_count = stretch.rows.len();
    let selection = selection(footer.metadata(), std::slice::from_ref(&stretch)).map_err(&failed)?;
    let rows = ParquetRecordBatchStreamBuilder::new_with_metadata(reader, footer)
        .with_row_groups(vec![stretch.group])
        .with_row_selection(selection)
        .with_batch_size(row_count)
        .build()
        .map_err(&failed)?;
    let rows: Vec<RecordBatch> = rows.try_collect().await.map_err(&failed)?;
    let rows: Result<Vec<RecordBatch>, Error> =
        rows.iter().map(|batch| conform(definition, &grown(definition, batch)?)).collect();
    concat_batches(&definition.schema(), &rows?).map_err(|error| failed(error.into()))
}

/// The rows of some stretches whose column has a word, in the columns of the table: only of these the others are
/// decoded.
async fn sifted(
    definition: &'static TableDefinition,
    reader: ObjectReader,
    footer: ArrowReaderMetadata,
    (column, word): (usize, Scalar<StringArray>),
    stretches: &[Stretch],
) -> Result<Vec<RecordBatch>, Error> {
    let failed = Error::parquet("read", definition.name);
    let selection = selection(footer.metadata(), stretches).map_err(&failed)?;
    let mut groups: Vec<usize> = stretches.iter().map(|stretch| stretch.group).collect();
    groups.dedup();
    let only_column = ProjectionMask::leaves(footer.parquet_schema(), [column]);
    let has_word = ArrowPredicateFn::new(only_column, move |rows: RecordBatch| -> Result<BooleanArray, ArrowError> {
        cmp::eq(rows.column(0), &word)
    });
    let rows = ParquetRecordBatchStreamBuilder::new_with_metadata(reader, footer)
        .with_row_groups(groups)
        .with_row_selection(selection)
        .with_row_filter(RowFilter::new(vec![Box::new(has_word)]))
        .build()
        .map_err(&failed)?;
    let rows: Vec<RecordBatch> = rows.try_collect().await.map_err(&failed)?;
    rows.iter().map(|batch| conform(definition, &grown(definition, batch)?)).collect()
}

/// A data file in the lake's store, as the Parquet library reads it.
struct ObjectReader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    byte_count: u64,
}

impl ObjectReader {
    fn of(storage: &Storage, file: &DataFile) -> ObjectReader {
        let store = Arc::clone(storage.root());
        ObjectReader { store, path: Path::from(file.path.as_str()), byte_count: file.byte_count }
    }
}

fn external(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

impl AsyncFileReader for ObjectReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        async move { self.store.get_range(&self.path, range).await.map_err(external) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        async move { self.store.get_ranges(&self.path, &ranges).await.map_err(external) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        async move {
            let byte_count = self.byte_count;
            let footer = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
            Ok(Arc::new(footer.load_and_finish(self, byte_count).await?))
        }
        .boxed()
    }
}

/// Rows of a group that follow one another.
struct Stretch {
    group: usize,
    rows: Range<usize>,
}

/// Where rows with a word in a column may be, page by page; whole groups where the file does not say more.
fn places(metadata: &ParquetMetaData, column: usize, word: &[u8]) -> Result<Vec<Stretch>, ParquetError> {
    let mut stretches = Vec::new();
    for (group, about) in metadata.row_groups().iter().enumerate() {
        let bounds = about.column(column).statistics();
        let first = bounds.and_then(|bounds| bounds.min_bytes_opt());
        let last = bounds.and_then(|bounds| bounds.max_bytes_opt());
        if !may_be_between(first, last, word) {
            continue;
        }
        let row_count = row_count(metadata, group)?;
        let pages = pages(metadata, group, column, word).unwrap_or_else(|| std::iter::once(0..row_count).collect());
        let of_group = pages.into_iter().map(|page| Stretch { group, rows: page.start..page.end.min(row_count) });
        stretches.extend(of_group.filter(|stretch| !stretch.rows.is_empty()));
    }
    Ok(stretches)
}

/// The rows of stretches among those of the groups in which there are any. Stretches are in the order of the file.
fn selection(metadata: &ParquetMetaData, stretches: &[Stretch]) -> Result<RowSelection, ParquetError> {
    let (mut total, mut last_group, mut begin) = (0, None, 0);
    let mut ranges = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        if last_group != Some(stretch.group) {
            begin = total;
            total += row_count(metadata, stretch.group)?;
            last_group = Some(stretch.group);
        }
        ranges.push(begin + stretch.rows.start..begin + stretch.rows.end);
    }
    Ok(RowSelection::from_consecutive_ranges(ranges.into_iter(), total))
}

fn row_count(metadata: &ParquetMetaData, group: usize) -> Result<usize, ParquetError> {
    usize::try_from(metadata.row_group(group).num_rows()).map_err(|error| ParquetError::External(Box::new(error)))
}

/// The rows of a group that are in pages which may have a word in a column; none if the file does not say.
fn pages(metadata: &ParquetMetaData, group: usize, column: usize, word: &[u8]) -> Option<Vec<Range<usize>>> {
    let ColumnIndexMetaData::BYTE_ARRAY(bounds) = metadata.column_index()?.get(group)?.get(column)? else {
        return None;
    };
    let pages = metadata.offset_index()?.get(group)?.get(column)?.page_locations();
    let begins = |page: usize| pages.get(page).and_then(|page| usize::try_from(page.first_row_index).ok());
    let wanted = (0..pages.len()).filter(|page| {
        !bounds.is_null_page(*page) && may_be_between(bounds.min_value(*page), bounds.max_value(*page), word)
    });
    wanted.map(|page| Some(begins(page)?..begins(page + 1).unwrap_or(usize::MAX))).collect()
}

/// Bounds may be shortened: the lower one is then smaller, the upper one larger than any value.
fn may_be_between(first: Option<&[u8]>, last: Option<&[u8]>, word: &[u8]) -> bool {
    first.is_none_or(|first| first <= word) && last.is_none_or(|last| word <= last)
}

/// A batch with the columns that the table got after its file was written, empty.
fn grown(definition: &'static TableDefinition, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let schema = definition.schema();
    if batch.num_columns() == schema.fields().len() {
        return Ok(batch.clone());
    }
    let (mut fields, mut columns) = (batch.schema().fields().to_vec(), batch.columns().to_vec());
    let new = schema.fields().iter().filter(|field| batch.column_by_name(field.name()).is_none());
    for field in new.filter(|field| field.is_nullable()) {
        columns.push(new_null_array(field.data_type(), batch.num_rows()));
        fields.push(Arc::clone(field));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|error| Error::parquet("read", definition.name)(error.into()))
}

/// The rows whose date lies in a range.
fn dated(definition: &'static TableDefinition, rows: RecordBatch, range: DateRange) -> Result<RecordBatch, ArrowError> {
    let days = definition.dated.and_then(|column| rows.column_by_name(column)).cloned();
    let Some(days) = days else { return Ok(rows) };
    let day = |date: schemas::BusinessDate| {
        let day = Date32Type::from_naive_date(date.day());
        Scalar::new(arrow::array::Date32Array::from(vec![day]))
    };
    let begun = range.from.map(|from| cmp::gt_eq(&days, &day(from))).transpose()?;
    let ended = range.to.map(|to| cmp::lt_eq(&days, &day(to))).transpose()?;
    let within = match (begun, ended) {
        (Some(begun), Some(ended)) => arrow::compute::and(&begun, &ended)?,
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return Ok(rows),
    };
    filter_record_batch(&rows, &within)
}

fn ordered(rows: &RecordBatch, order: &[By]) -> Result<RecordBatch, ArrowError> {
    if order.is_empty() || rows.num_rows() < 2 {
        return Ok(rows.clone());
    }
    let by = order.iter().map(|by| {
        let (column, descending) = match by {
            By::Ascending(column) => (*column, false),
            By::Descending(column) => (*column, true),
        };
        let values = rows.column(rows.schema().index_of(column)?);
        let options = SortOptions { descending, nulls_first: false };
        Ok(SortColumn { values: Arc::clone(values), options: Some(options) })
    });
    let by: Result<Vec<SortColumn>, ArrowError> = by.collect();
    take_record_batch(rows, &lexsort_to_indices(&by?, None)?)
}
