//! Data files and the commits that make them part of a table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, Date32Array, RecordBatch};
use arrow::datatypes::Date32Type;
use chrono::NaiveDate;
use deltalake_core::kernel::{Action, Add};
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
/// Rows up to which a write of several months is one file; above, it is one file a month.
const SINGLE_FILE_ROWS: usize = 200_000;

/// The folder of a table from the lake's root, e.g. `gold/valuations`.
pub(crate) fn table_folder(definition: &TableDefinition) -> String {
    definition.name.replace('.', "/")
}

/// Writes rows as data files and returns the actions that add them, with their places.
pub(crate) async fn write_files(
    root: &Arc<dyn ObjectStore>,
    definition: &'static TableDefinition,
    batches: &[RecordBatch],
) -> Result<Vec<Add>, Error> {
    let mut adds = Vec::new();
    for part in by_month(definition, batches)? {
        let name = format!("part-{}.parquet", uuid::Uuid::new_v4());
        let path = format!("{}/{name}", table_folder(definition));
        let bytes = encode(definition, &part)?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        root.put(&Path::from(path.as_str()), bytes.into()).await.map_err(|source| Error::Storage {
            action: "write",
            path,
            source,
        })?;
        adds.push(Add {
            path: name,
            partition_values: HashMap::new(),
            size,
            modification_time: 0,
            data_change: true,
            stats: Some(statistics(definition, &part)?),
            tags: None,
            deletion_vector: None,
            base_row_id: None,
            default_row_commit_version: None,
            clustering_provider: None,
        });
    }
    Ok(adds)
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
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), definition.schema(), Some(properties)).map_err(&failed)?;
    for batch in batches {
        writer.write(&conform(definition, batch)?).map_err(&failed)?;
    }
    writer.into_inner().map_err(&failed)
}

/// Rows of a large write of a dated table, apart by calendar month, in their order within each.
fn by_month(definition: &'static TableDefinition, batches: &[RecordBatch]) -> Result<Vec<Vec<RecordBatch>>, Error> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if rows == 0 {
        return Ok(Vec::new());
    }
    let Some(column) = definition.dated.filter(|_| SINGLE_FILE_ROWS < rows) else {
        return Ok(vec![batches.to_vec()]);
    };
    let mut months: std::collections::BTreeMap<(i32, u32), Vec<RecordBatch>> = std::collections::BTreeMap::new();
    for batch in batches {
        let mut places: std::collections::BTreeMap<(i32, u32), Vec<u64>> = std::collections::BTreeMap::new();
        for (row, day) in (0_u64..).zip(days(definition, column, batch)?.iter()) {
            let day = Date32Type::to_naive_date_opt(day.unwrap_or_default()).unwrap_or_default();
            places.entry((chrono::Datelike::year(&day), chrono::Datelike::month(&day))).or_default().push(row);
        }
        for (month, rows) in places {
            let part = arrow::compute::take_record_batch(batch, &arrow::array::UInt64Array::from(rows));
            let part = part.map_err(|error| Error::parquet("write", definition.name)(error.into()))?;
            months.entry(month).or_default().push(part);
        }
    }
    Ok(months.into_values().collect())
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
