//! The lake and its three writes: append, upsert by key, replace a range of dates.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use deltalake_core::DeltaTable;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Add, Remove, Transaction};
use deltalake_core::logstore::{StorageConfig, default_logstore};
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use schemas::table::{Record, TableDefinition};
use schemas::{BusinessDate, PortfolioId};
use tokio::sync::Mutex;

use crate::commit::{self, data_file, table_folder};
use crate::engine::{Engine, EngineSettings};
use crate::error::Error;
use crate::growth::{grown_schema, schema_of};
use crate::lookup::Kept;
use crate::recent::Recent;
use crate::replacing::{Replaced, refuse_dates_outside};
use crate::snapshot::{DateRange, Snapshot};
use crate::storage::Storage;

/// Commits between two checkpoints of a table's log.
const CHECKPOINT_INTERVAL: &str = "20";
/// How long replaced files and old log entries are kept: the ten years for which figures must be reproducible.
const RETENTION: &str = "interval 3650 days";

/// Who writes what for which purpose. A write with a key that the table has already seen is not done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteKey {
    writer: String,
    revision: i64,
}

impl WriteKey {
    /// The write of a step of a run.
    pub fn new(writer: impl Into<String>, revision: i64) -> WriteKey {
        WriteKey { writer: writer.into(), revision }
    }
}

/// A number that a table remembers with a write, under a name: e.g. how far a source has been copied into it. The last
/// one is what [`Lake::written_revision`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The name, of everybody who writes the table.
    pub name: &'a str,
    /// The number.
    pub number: i64,
}

/// What rows that are copied from a source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// Those that the table lacks.
    More,
    /// All there are.
    Everything,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The table's version afterwards; none if the table is empty and nothing was to be written.
    pub version: Option<u64>,
    /// Rows written.
    pub rows: u64,
    /// Whether the write had been done before and nothing was done now.
    pub already_done: bool,
}

/// The tables of facts.
#[derive(Clone)]
pub struct Lake {
    storage: Storage,
    engine: Engine,
    tables: Arc<Mutex<HashMap<&'static str, DeltaTable>>>,
    recent: Arc<Recent>,
    kept: Arc<Kept>,
}

impl Lake {
    /// The lake in a storage.
    ///
    /// # Errors
    /// [`Error`] if the query engine cannot be set up.
    pub fn open(storage: Storage, settings: &EngineSettings) -> Result<Lake, Error> {
        let engine = Engine::new(&storage, settings)?;
        Ok(Lake { storage, engine, tables: Arc::default(), recent: Arc::default(), kept: Arc::default() })
    }

    /// The same lake for whoever only reads, many times a second: the newest version of a table is looked for again
    /// after `age_max`. What another process writes is seen that much later.
    #[must_use]
    pub fn looking_again_after(self, age_max: Duration) -> Lake {
        Lake { recent: Arc::new(Recent::new(age_max)), ..self }
    }

    /// The objects beside the tables: landed bytes and archived documents.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// The query engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Sees a table that was written just now.
    pub(crate) fn forget_recent(&self, definition: &'static TableDefinition) {
        self.recent.forget(definition.name);
    }

    /// What is kept of data files that were looked into.
    pub(crate) fn kept(&self) -> &Kept {
        &self.kept
    }

    pub(crate) fn tables(&self) -> &Mutex<HashMap<&'static str, DeltaTable>> {
        &self.tables
    }

    /// The newest version of a table; for a lake that [looks again](Lake::looking_again_after) after a while, the
    /// newest of that while.
    ///
    /// # Errors
    /// [`Error::Delta`] if its log cannot be read.
    pub async fn snapshot(&self, definition: &'static TableDefinition) -> Result<Snapshot, Error> {
        if let Some(snapshot) = self.recent.get(definition.name) {
            return Ok(snapshot);
        }
        let mut tables = self.tables.lock().await;
        // Whoever waited for the same table finds what the first one has seen.
        if let Some(snapshot) = self.recent.get(definition.name) {
            return Ok(snapshot);
        }
        let at = Instant::now();
        let table = self.table(&mut tables, definition).await?;
        let snapshot = snapshot_of(definition, table)?;
        self.recent.put(definition.name, at, &snapshot);
        Ok(snapshot)
    }

    /// The last revision that a writer wrote to a table; none if it never did.
    ///
    /// # Errors
    /// [`Error::Delta`] if the table's log cannot be read.
    pub async fn written_revision(
        &self,
        definition: &'static TableDefinition,
        writer: &str,
    ) -> Result<Option<i64>, Error> {
        let failed = Error::delta("read", definition.name);
        let mut tables = self.tables.lock().await;
        let table = self.table(&mut tables, definition).await?;
        if table.version().is_none() {
            return Ok(None);
        }
        let log_store = table.log_store();
        let state = table.snapshot().map_err(&failed)?;
        state.snapshot().transaction_version(log_store.as_ref(), writer).await.map_err(&failed)
    }

    /// A table as it was at a version.
    ///
    /// # Errors
    /// [`Error::Delta`] if there is no such version.
    pub async fn snapshot_at(&self, definition: &'static TableDefinition, version: u64) -> Result<Snapshot, Error> {
        let mut table = self.unloaded(definition);
        table.load_version(version).await.map_err(Error::delta("read", definition.name))?;
        snapshot_of(definition, &table)
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit or the commit fails; nothing has been written then.
    pub async fn append<R: Record>(&self, rows: &[R], key: &WriteKey) -> Result<Written, Error> {
        self.write(R::TABLE, &[R::to_batch(rows)?], Replaced::Nothing, key).await
    }

    /// Adds rows if the table is still at the version they were made from; otherwise does nothing and returns none.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit or the commit fails; nothing has been written then.
    pub async fn append_at<R: Record>(
        &self,
        version: Option<u64>,
        rows: &[R],
        key: &WriteKey,
    ) -> Result<Option<Written>, Error> {
        let batches = [R::to_batch(rows)?];
        match self.write_at(Some(version), R::TABLE, &batches, Replaced::Nothing, (key, None)).await {
            Ok(written) => Ok((!written.already_done).then_some(written)),
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Adds rows, or replaces all by them, and remembers a mark, if the table is still at the version from which the
    /// rows were chosen; otherwise does nothing and returns none.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit or the commit fails; nothing has been written then.
    pub async fn copy_at(
        &self,
        version: Option<u64>,
        definition: &'static TableDefinition,
        batches: &[RecordBatch],
        copied: Copied,
        (key, mark): (&WriteKey, Mark<'_>),
    ) -> Result<Option<Written>, Error> {
        let replaced = match copied {
            Copied::More => Replaced::Nothing,
            Copied::Everything => Replaced::Everything,
        };
        if self.written_revision(definition, &key.writer).await?.is_some_and(|revision| key.revision <= revision) {
            return Ok(Some(Written { version, rows: 0, already_done: true }));
        }
        match self.write_at(Some(version), definition, batches, replaced, (key, Some(mark))).await {
            Ok(written) => Ok((!written.already_done).then_some(written)),
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces all rows.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit or the commit fails; nothing has been written then.
    pub async fn replace_all<R: Record>(&self, rows: &[R], key: &WriteKey) -> Result<Written, Error> {
        self.write(R::TABLE, &[R::to_batch(rows)?], Replaced::Everything, key).await
    }

    /// Replaces the rows of a range of dates, both included. Rows given outside the range are an error.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit or the commit fails; nothing has been written then.
    pub async fn replace_dates<R: Record>(
        &self,
        from: BusinessDate,
        to: BusinessDate,
        rows: &[R],
        key: &WriteKey,
    ) -> Result<Written, Error> {
        self.replace_dates_batches(R::TABLE, from, to, &[R::to_batch(rows)?], key).await
    }

    /// As [`Lake::replace_dates`], for rows that a query made. Columns are brought into the table's types by name.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit or the commit fails; nothing has been written then.
    pub async fn replace_dates_batches(
        &self,
        definition: &'static TableDefinition,
        from: BusinessDate,
        to: BusinessDate,
        batches: &[RecordBatch],
        key: &WriteKey,
    ) -> Result<Written, Error> {
        let conformed: Result<Vec<RecordBatch>, Error> = batches
            .iter()
            .map(|batch| if has_words(definition, batch) { Ok(batch.clone()) } else { conform(definition, batch) })
            .collect();
        self.write(definition, &conformed?, Replaced::Dates(DateRange::between(from, to)), key).await
    }

    /// Replaces the rows of some portfolios in a range of dates, both included; those of other portfolios stay.
    /// Columns are brought into the table's types by name. Rows given of other dates or portfolios are an error.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit or the commit fails; nothing has been written then.
    pub async fn replace_portfolios_batches(
        &self,
        definition: &'static TableDefinition,
        portfolios: &BTreeSet<PortfolioId>,
        (from, to): (BusinessDate, BusinessDate),
        batches: &[RecordBatch],
        key: &WriteKey,
    ) -> Result<Written, Error> {
        let conformed: Result<Vec<RecordBatch>, Error> =
            batches.iter().map(|batch| conform(definition, batch)).collect();
        self.write(definition, &conformed?, Replaced::Portfolios(DateRange::between(from, to), portfolios), key).await
    }

    /// Inserts rows and replaces those of the same key.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit or the commit fails; nothing has been written then.
    pub async fn upsert<R: Record>(&self, rows: &[R], key: &WriteKey) -> Result<Written, Error> {
        self.write(R::TABLE, &[R::to_batch(rows)?], Replaced::Keys, key).await
    }

    async fn write(
        &self,
        definition: &'static TableDefinition,
        batches: &[RecordBatch],
        replaced: Replaced<'_>,
        key: &WriteKey,
    ) -> Result<Written, Error> {
        self.write_at(None, definition, batches, replaced, (key, None)).await
    }

    /// Writes, if a version is expected only when the table is at it.
    async fn write_at(
        &self,
        expected: Option<Option<u64>>,
        definition: &'static TableDefinition,
        batches: &[RecordBatch],
        replaced: Replaced<'_>,
        (key, mark): (&WriteKey, Option<Mark<'_>>),
    ) -> Result<Written, Error> {
        let mut tables = self.tables.lock().await;
        let before = self.table(&mut tables, definition).await?.version();
        if expected.is_some_and(|expected| expected != before) {
            return Ok(Written { version: before, rows: 0, already_done: true });
        }
        refuse_dates_outside(definition, batches, replaced)?;
        let table = self.created(&mut tables, definition).await?;
        let failed = Error::delta("write", definition.name);
        let state = table.snapshot().map_err(&failed)?;
        let log_store = table.log_store();
        let seen = state.snapshot().transaction_version(log_store.as_ref(), &key.writer).await.map_err(&failed)?;
        if seen.is_some_and(|revision| key.revision <= revision) {
            return Ok(Written { version: table.version(), rows: 0, already_done: true });
        }
        let schema = grown_schema(definition, state)?;
        let current = snapshot_of(definition, table)?;
        let (kept, overlapped) = self.kept_rows(&current, batches, replaced).await?;
        let removes: Vec<Remove> = state
            .log_data()
            .iter()
            .filter(|view| overlapped.contains(&format!("{}/{}", table_folder(definition), view.path())))
            .map(|view| view.remove_action(true))
            .collect();
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let all: Vec<RecordBatch> = kept.into_iter().chain(batches.iter().cloned()).collect();
        let adds: Vec<Add> = commit::write_files(self.storage.root(), definition, &all).await?;
        let remembered = std::iter::once((key.writer.as_str(), key.revision));
        let remembered = remembered.chain(mark.map(|mark| (mark.name, mark.number)));
        let transactions = remembered.map(|(name, number)| Transaction::new(name, number)).collect();
        let properties = CommitProperties::default()
            .with_application_transactions(transactions)
            .with_max_retries(0)
            .with_cleanup_expired_logs(Some(false));
        let mode = if overlapped.is_empty() { SaveMode::Append } else { SaveMode::Overwrite };
        CommitBuilder::from(properties)
            .with_actions(commit::actions(schema, adds, removes))
            .build(Some(state), log_store, DeltaOperation::Write { mode, partition_by: None, predicate: None })
            .await
            .map_err(&failed)?;
        table.update_state().await.map_err(&failed)?;
        self.forget_recent(definition);
        Ok(Written { version: table.version(), rows: u64::try_from(rows).unwrap_or(u64::MAX), already_done: false })
    }

    fn unloaded(&self, definition: &'static TableDefinition) -> DeltaTable {
        let folder = table_folder(definition);
        let prefixed = Arc::new(PrefixStore::new(Arc::clone(self.storage.root()), Path::from(folder.as_str())));
        // Only the path of this address is used, from the root of the lake's own storage. The host tells the reader of
        // the log that listings come in any order, as those of a folder do, and must be sorted: it is the mark by which
        // that library knows an S3 directory bucket, the one kind of store of which it expects no order.
        let location = url::Url::parse(&format!("lake://unordered--x-s3/{folder}/"));
        // The name of a table is a constant of this program and always part of a valid address.
        let location = location.unwrap_or_else(|_| unreachable!("{folder} is part of an address"));
        let options = StorageConfig::default();
        DeltaTable::new(default_logstore(prefixed, Arc::clone(self.storage.root()), &location, &options))
    }

    /// The table with its newest state; an empty one has none.
    pub(crate) async fn table<'t>(
        &self,
        tables: &'t mut HashMap<&'static str, DeltaTable>,
        definition: &'static TableDefinition,
    ) -> Result<&'t mut DeltaTable, Error> {
        let failed = Error::delta("read", definition.name);
        let table = tables.entry(definition.name).or_insert_with(|| self.unloaded(definition));
        if table.version().is_some() || table.verify_deltatable_existence().await.map_err(&failed)? {
            table.update_state().await.map_err(&failed)?;
        }
        Ok(table)
    }

    async fn created<'t>(
        &self,
        tables: &'t mut HashMap<&'static str, DeltaTable>,
        definition: &'static TableDefinition,
    ) -> Result<&'t mut DeltaTable, Error> {
        let failed = Error::delta("create", definition.name);
        let table = self.table(tables, definition).await?;
        if table.version().is_none() {
            let schema = schema_of(definition, "create")?;
            *table = table
                .clone()
                .create()
                .with_save_mode(SaveMode::Ignore)
                .with_columns(schema.fields().cloned())
                .with_comment(definition.doc.trim())
                .with_configuration([
                    ("delta.checkpointInterval".to_owned(), Some(CHECKPOINT_INTERVAL.to_owned())),
                    ("delta.deletedFileRetentionDuration".to_owned(), Some(RETENTION.to_owned())),
                    ("delta.logRetentionDuration".to_owned(), Some(RETENTION.to_owned())),
                ])
                .await
                .map_err(&failed)?;
        }
        Ok(table)
    }
}

fn snapshot_of(definition: &'static TableDefinition, table: &DeltaTable) -> Result<Snapshot, Error> {
    let Some(version) = table.version() else {
        return Ok(Snapshot::new(definition, None, Vec::new()));
    };
    let state = table.snapshot().map_err(Error::delta("read", definition.name))?;
    let mut files = Vec::new();
    for view in state.log_data().iter() {
        files.push(data_file(definition, &view.path(), view.size(), view.stats().as_deref())?);
    }
    files.sort_by(|left, right| (left.dates, &left.path).cmp(&(right.dates, &right.path)));
    Ok(Snapshot::new(definition, Some(version), files))
}

/// Whether a batch has the columns of a table but for texts that are held once each: those are brought into the table's
/// types when they are written, a batch at a time, because millions of them would take several times the memory.
fn has_words(definition: &'static TableDefinition, batch: &RecordBatch) -> bool {
    let fits = |wanted: &arrow::datatypes::DataType, found: &arrow::datatypes::DataType| match found {
        arrow::datatypes::DataType::Dictionary(_, words) => words.as_ref() == wanted,
        other => other == wanted,
    };
    let (wanted, found) = (definition.schema(), batch.schema());
    let mut fields = wanted.fields().iter().zip(found.fields());
    wanted.fields().len() == found.fields().len()
        && fields.all(|(wanted, found)| wanted.name() == found.name() && fits(wanted.data_type(), found.data_type()))
}

/// Brings the columns of a query's result into the types and order of a table.
pub(crate) fn conform(definition: &'static TableDefinition, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    conform_to(definition, definition.schema(), batch)
}

/// Brings some columns of a query's result into the types that a table gives them.
pub(crate) fn conform_to(
    definition: &'static TableDefinition,
    schema: arrow::datatypes::SchemaRef,
    batch: &RecordBatch,
) -> Result<RecordBatch, Error> {
    let problem = |problem: String| Error::Columns { table: definition.name, problem };
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let array = batch.column_by_name(field.name()).ok_or_else(|| problem(format!("no `{}`", field.name())))?;
        let options = arrow::compute::CastOptions { safe: false, ..arrow::compute::CastOptions::default() };
        let cast = arrow::compute::cast_with_options(array, field.data_type(), &options);
        columns.push(cast.map_err(|error| problem(format!("`{}`: {error}", field.name())))?);
    }
    RecordBatch::try_new(schema, columns).map_err(|error| problem(error.to_string()))
}
