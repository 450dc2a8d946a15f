//! Keeping tables quick: many small files become few.
//!
//! Every night adds a file per table. Compaction writes the rows of the small ones into one file per month in one
//! commit that changes no row; older versions stay readable, because replaced files are kept.

use std::collections::BTreeMap;

use chrono::Datelike;
use deltalake_core::kernel::Remove;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use schemas::table::TableDefinition;

use crate::commit::{self, table_folder};
use crate::error::Error;
use crate::growth::grown_schema;
use crate::snapshot::{DataFile, Snapshot};
use crate::table::Lake;

/// Small files of one month from which compaction is worth a commit.
const SMALL_FILES_MIN: usize = 8;
/// Size below which a file is small.
const SMALL_FILE_BYTES: u64 = 4 << 20;
/// Rows up to which a file is small, however well they are packed: what is merged is held in memory as rows.
const SMALL_FILE_ROWS: u64 = 500_000;

/// What compaction did to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// Files before.
    pub files_before: usize,
    /// Files after.
    pub files_after: usize,
}

/// Writes the rows of a table's small files into one file per calendar month. A month with few of them stays as it is.
///
/// # Errors
/// [`Error`] if the table cannot be read or the commit fails; the table is unchanged then.
pub async fn compact(lake: &Lake, definition: &'static TableDefinition) -> Result<Compacted, Error> {
    let snapshot = lake.snapshot(definition).await?;
    let files_before = snapshot.files().len();
    let mut months: BTreeMap<Option<(i32, u32)>, Vec<String>> = BTreeMap::new();
    for file in snapshot.files().iter().filter(|file| is_small(file)) {
        let month = |day: chrono::NaiveDate| (day.year(), day.month());
        match file.dates {
            None => months.entry(None).or_default().push(file.path.clone()),
            Some((first, last)) if month(first) == month(last) => {
                months.entry(Some(month(first))).or_default().push(file.path.clone());
            }
            // A file of several months is the trace of a rebuild of a small book; there are few of them.
            Some(_) => {}
        }
    }
    for paths in months.into_values().filter(|paths| SMALL_FILES_MIN <= paths.len()) {
        merge(lake, definition, &snapshot.only_files(|file| paths.contains(&file.path))).await?;
    }
    let files_after = lake.snapshot(definition).await?.files().len();
    Ok(Compacted { files_before, files_after })
}

fn is_small(file: &DataFile) -> bool {
    file.byte_count < SMALL_FILE_BYTES && file.row_count <= SMALL_FILE_ROWS
}

/// Writes the rows of some files into one.
async fn merge(lake: &Lake, definition: &'static TableDefinition, files: &Snapshot) -> Result<(), Error> {
    let failed = Error::query(definition.name);
    let context = lake.engine().session(std::slice::from_ref(files))?;
    let table = context.table(definition.name).await.map_err(&failed)?;
    let order = definition.dated.iter().chain(definition.key).map(|name| datafusion::prelude::col(*name));
    let order = order.map(|column| column.sort(true, true)).collect();
    let batches = table.sort(order).map_err(&failed)?.collect().await.map_err(&failed)?;
    lake.rewrite(definition, files, &batches).await
}

impl Lake {
    /// Replaces files by others that hold the same rows.
    async fn rewrite(
        &self,
        definition: &'static TableDefinition,
        replaced: &Snapshot,
        batches: &[crate::RecordBatch],
    ) -> Result<(), Error> {
        let failed = Error::delta("compact", definition.name);
        let mut tables = self.tables().lock().await;
        let table = self.table(&mut tables, definition).await?;
        let state = table.snapshot().map_err(&failed)?;
        let gone = |path: &str| {
            let path = format!("{}/{path}", table_folder(definition));
            replaced.files().iter().any(|file| file.path == path)
        };
        let removes: Vec<Remove> =
            state.log_data().iter().filter(|view| gone(&view.path())).map(|view| view.remove_action(false)).collect();
        if removes.len() != replaced.files().len() {
            return Err(Error::Missing {
                what: format!("every file of {} that was to be compacted", definition.name),
                help: "another process wrote to the table meanwhile; run the compaction again",
            });
        }
        let schema = grown_schema(definition, state)?;
        let mut adds = commit::write_files(self.storage().root(), definition, batches).await?;
        for add in &mut adds {
            add.data_change = false;
        }
        CommitBuilder::from(CommitProperties::default().with_max_retries(0).with_cleanup_expired_logs(Some(false)))
            .with_actions(commit::actions(schema, adds, removes))
            .build(
                Some(state),
                table.log_store(),
                DeltaOperation::Write { mode: SaveMode::Overwrite, partition_by: None, predicate: None },
            )
            .await
            .map_err(&failed)?;
        table.update_state().await.map_err(&failed)?;
        self.forget_recent(definition);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_bytes_with_very_many_rows_are_no_small_file() {
        let file = |byte_count: u64, row_count: u64| DataFile {
            path: "gold/measures/part.parquet".to_owned(),
            byte_count,
            row_count,
            dates: None,
        };
        assert!(is_small(&file(400_000, 500_000)));
        assert!(!is_small(&file(400_000, 500_001)), "two million equal rows take 400 KB");
        assert!(!is_small(&file(4 << 20, 10)));
    }
}
