//! Data files and the commits that make them part of a table.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{Array, Date32Array, RecordBatch, UInt32Array};
use arrow::datatypes::Date32Type;
use chrono::{Datelike, NaiveDate};
use deltalake_core::kernel::{Action, Add};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use schemas::table::TableDefinition;

use crate::error::Error;
use crate::snapshot::DataFile;
use crate::table::conform;

/// Rows in one row group: small enough to skip, large enough to compress.
const ROW_GROUP_ROWS: usize = 128 * 1024;
/// Rows in one page of a column. Rows of one portfolio stand together, and whoever reads one portfolio decodes the
/// pages that it is in: small pages are few rows of others.
const PAGE_ROWS: usize = 4 * 1024;
/// Rows up to which a write of several months is one file; above, it is one file a month.
const SINGLE_FILE_ROWS: usize = 200_000;

/// Rows of one file at most. More are parted evenly, so that several cores make them.
const FILE_ROWS_MAX: usize = 2_000_000;

/// Data files of a write that are made at once.
const FILES_AT_ONCE: usize = 2;

/// The folder of a table from the lake's root, e.g. `gold/valuations`.
pub(crate) fn table_folder(definition: &TableDefinition) -> String {
    definition.name.replace('.', "/")
}

/// Writes rows as data files and returns the actions that add them, with their places. The rows of a month are picked
/// out when its file is made, so that no more than [`FILES_AT_ONCE`] months are held a second time.
pub(crate) async fn write_files(
    root: &Arc<dyn ObjectStore>,
    definition: &'static TableDefinition,
    batches: &[RecordBatch],
) -> Result<Vec<Add>, Error> {
    let parts = parts(definition, batches)?;
    let files = futures::stream::iter(parts).map(|part| write_file(root, definition, batches, part));
    files.buffered(FILES_AT_ONCE).try_collect().await
}

/// Writes one data file.
async fn write_file(
    root: &Arc<dyn ObjectStore>,
    definition: &'static TableDefinition,
    batches: &[RecordBatch],
    part: Part,
) -> Result<Add, Error> {
    let name = format!("part-{}.parquet", uuid::Uuid::new_v4());
    let path = format!("{}/{name}", table_folder(definition));
    // Clones of batches share their columns.
    let batches = batches.to_vec();
    let encoding = tokio::task::spawn_blocking(move || {
        let rows = rows_of(definition, batches, part)?;
        Ok::<_, Error>((encode(definition, &rows)?, statistics(definition, &rows)?))
    });
    let (bytes, stats) = encoding.await.map_err(|_| Error::Worker { action: "write", table: definition.name })??;
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    root.put(&Path::from(path.as_str()), bytes.into()).await.map_err(|source| Error::Storage {
        action: "write",
        path,
        source,
    })?;
    Ok(Add {
        path: name,
        partition_values: HashMap::new(),
        size,
        modification_time: 0,
        data_change: true,
        stats: Some(stats),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
        clustering_provider: None,
    })
}

/// The actions of a commit; the schema is the table's new one, if it has grown.
pub(crate) fn actions(
    schema: Option<Action>,
    adds: Vec<Add>,
    removes: Vec<deltalake_core::kernel::Remove>,
) -> Vec<Action> {
    let removes = removes.into_iter().map(Action::Remove);
    schema.into_iter().chain(removes).chain(adds.into_iter().map(Action::Add)).collect()
}

fn encode(definition: &'static TableDefinition, batches: &[RecordBatch]) -> Result<Vec<u8>, Error> {
    let failed = Error::parquet("write", definition.name);
    let level = ZstdLevel::try_new(1).map_err(&failed)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), definition.schema(), Some(properties)).map_err(&failed)?;
    for batch in batches {
        writer.write(&conform(definition, batch)?).map_err(&failed)?;
    }
    writer.into_inner().map_err(&failed)
}

/// The rows of one file.
enum Part {
    /// All that are written.
    All,
    /// Some of them.
    Places(Places),
}

/// Rows by the number of their batch.
type Places = Vec<(usize, Vec<u32>)>;

/// The files of a write: one, or if it is a large one of a dated table, one a calendar month and more of a month that
/// has very many rows.
fn parts(definition: &'static TableDefinition, batches: &[RecordBatch]) -> Result<Vec<Part>, Error> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if rows == 0 {
        return Ok(Vec::new());
    }
    let Some(column) = definition.dated.filter(|_| SINGLE_FILE_ROWS < rows) else {
        return Ok(vec![Part::All]);
    };
    let mut months: BTreeMap<(i32, u32), Places> = BTreeMap::new();
    for (number, batch) in batches.iter().enumerate() {
        let mut places: BTreeMap<(i32, u32), Vec<u32>> = BTreeMap::new();
        for (row, day) in (0_u32..).zip(days(definition, column, batch)?.iter()) {
            let day = Date32Type::to_naive_date_opt(day.unwrap_or_default()).unwrap_or_default();
            places.entry((day.year(), day.month())).or_default().push(row);
        }
        for (month, rows) in places {
            months.entry(month).or_default().push((number, rows));
        }
    }
    Ok(months.into_values().flat_map(|places| parted(places, FILE_ROWS_MAX)).map(Part::Places).collect())
}

/// The rows in as few parts as hold no more than so many each, about as many in each, in their order.
fn parted(places: Places, most: usize) -> Vec<Places> {
    let count: usize = places.iter().map(|(_, rows)| rows.len()).sum();
    let size = count.div_ceil(count.div_ceil(most).max(1)).max(1);
    let mut parts = Vec::new();
    let (mut part, mut room) = (Vec::new(), size);
    for (number, mut rows) in places {
        while room <= rows.len() {
            let rest = rows.split_off(room);
            part.push((number, rows));
            parts.push(std::mem::take(&mut part));
            (rows, room) = (rest, size);
        }
        if !rows.is_empty() {
            room -= rows.len();
            part.push((number, rows));
        }
    }
    parts.extend((!part.is_empty()).then_some(part));
    parts
}

/// The rows of a file, in their order.
fn rows_of(
    definition: &'static TableDefinition,
    batches: Vec<RecordBatch>,
    part: Part,
) -> Result<Vec<RecordBatch>, Error> {
    let Part::Places(places) = part else { return Ok(batches) };
    let picked = places.into_iter().filter_map(|(number, rows)| {
        let batch = batches.get(number)?;
        // A night has batches of one month only, which need no copy.
        let is_whole = rows.len() == batch.num_rows();
        let picked = || arrow::compute::take_record_batch(batch, &UInt32Array::from(rows));
        Some(if is_whole { Ok(batch.clone()) } else { picked() })
    });
    let picked: Result<Vec<RecordBatch>, _> = picked.collect();
    picked.map_err(|error| Error::parquet("write", definition.name)(error.into()))
}

fn days<'b>(
    definition: &'static TableDefinition,
    column: &'static str,
    batch: &'b RecordBatch,
) -> Result<&'b Date32Array, Error> {
    let array = batch.column_by_name(column).and_then(|array| array.as_any().downcast_ref::<Date32Array>());
    array.ok_or_else(|| Error::Columns { table: definition.name, problem: format!("`{column}` is no date column") })
}

/// The Delta statistics of a file: its rows, and its first and last date.
fn statistics(definition: &'static TableDefinition, batches: &[RecordBatch]) -> Result<String, Error> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let mut value = serde_json::json!({ "numRecords": rows });
    if let Some(column) = definition.dated {
        let mut range: Option<(i32, i32)> = None;
        for batch in batches {
            let days = days(definition, column, batch)?;
            for day in days.iter().flatten() {
                let (first, last) = range.unwrap_or((day, day));
                range = Some((first.min(day), last.max(day)));
            }
        }
        if let Some((first, last)) = range {
            let text = |day: i32| Date32Type::to_naive_date_opt(day).unwrap_or_default().to_string();
            value["minValues"] = serde_json::json!({ column: text(first) });
            value["maxValues"] = serde_json::json!({ column: text(last) });
            value["nullCount"] = serde_json::json!({ column: 0 });
        }
    }
    Ok(value.to_string())
}

/// A data file from its entry in the log.
pub(crate) fn data_file(
    definition: &'static TableDefinition,
    name: &str,
    size: i64,
    stats: Option<&str>,
) -> Result<DataFile, Error> {
    let missing = || Error::Statistics { table: definition.name, path: name.to_owned() };
    let stats: serde_json::Value = serde_json::from_str(stats.ok_or_else(missing)?).map_err(|_| missing())?;
    let day = |bound: &str, column: &str| -> Option<NaiveDate> { stats[bound][column].as_str()?.parse().ok() };
    let dates = match definition.dated {
        None => None,
        Some(column) => Some(day("minValues", column).zip(day("maxValues", column)).ok_or_else(missing)?),
    };
    Ok(DataFile {
        path: format!("{}/{name}", table_folder(definition)),
        byte_count: u64::try_from(size).unwrap_or_default(),
        row_count: stats["numRecords"].as_u64().ok_or_else(missing)?,
        dates,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_are_parted_evenly_and_in_order() {
        let places = |sizes: &[u32]| -> Places { sizes.iter().map(|size| (0..*size).collect()).enumerate().collect() };
        let sizes = |parts: Vec<Places>| -> Vec<Vec<(usize, usize)>> {
            parts.iter().map(|part| part.iter().map(|(number, rows)| (*number, rows.len())).collect()).collect()
        };
        assert_eq!(sizes(parted(places(&[3, 4]), 10)), [[(0, 3), (1, 4)]]);
        assert_eq!(sizes(parted(places(&[12, 0, 9]), 10)), [vec![(0, 7)], vec![(0, 5), (2, 2)], vec![(2, 7)]]);
        let whole: Vec<u32> = parted(places(&[25]), 10).into_iter().flatten().flat_map(|(_, rows)| rows).collect();
        assert_eq!(whole, (0..25).collect::<Vec<u32>>());
        assert!(parted(Vec::new(), 10).is_empty());
    }
}
