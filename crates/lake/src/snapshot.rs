//! A table at one version: a plain list of Parquet files.
//!
//! A query reads exactly the files of the list, whatever is committed meanwhile, so it can be repeated. The list holds
//! the first and last date of every file, and a query over a range of dates opens only the files that overlap it.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use chrono::NaiveDate;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result as DataFusionResult;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use schemas::BusinessDate;
use schemas::table::TableDefinition;

/// The address under which the lake's object store is known to the engine.
pub(crate) const STORE_URL: &str = "lake://root/";

/// Which dates of a table a query needs, both ends included; none is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateRange {
    /// The first date.
    pub from: Option<BusinessDate>,
    /// The last date.
    pub to: Option<BusinessDate>,
}

impl DateRange {
    /// Every date.
    pub const ALL: DateRange = DateRange { from: None, to: None };

    /// From one date to another, both included.
    pub fn between(from: BusinessDate, to: BusinessDate) -> DateRange {
        DateRange { from: Some(from), to: Some(to) }
    }

    /// Every date up to one.
    pub fn through(to: BusinessDate) -> DateRange {
        DateRange { from: None, to: Some(to) }
    }

    pub(crate) fn overlaps(&self, first: NaiveDate, last: NaiveDate) -> bool {
        self.from.is_none_or(|from| from.day() <= last) && self.to.is_none_or(|to| first <= to.day())
    }

    pub(crate) fn covers(&self, first: NaiveDate, last: NaiveDate) -> bool {
        self.from.is_none_or(|from| from.day() <= first) && self.to.is_none_or(|to| last <= to.day())
    }
}

/// One data file of a snapshot.
#[derive(Clone, Debug)]
pub(crate) struct DataFile {
    /// Path from the lake's root.
    pub(crate) path: String,
    pub(crate) byte_count: u64,
    pub(crate) row_count: u64,
    /// First and last date, for a dated table.
    pub(crate) dates: Option<(NaiveDate, NaiveDate)>,
}

/// A table at one version.
#[derive(Clone, Debug)]
pub struct Snapshot {
    definition: &'static TableDefinition,
    version: Option<u64>,
    files: Vec<DataFile>,
    schema: SchemaRef,
}

impl Snapshot {
    pub(crate) fn new(definition: &'static TableDefinition, version: Option<u64>, files: Vec<DataFile>) -> Snapshot {
        Snapshot { definition, version, files, schema: definition.schema() }
    }

    /// The table.
    pub fn definition(&self) -> &'static TableDefinition {
        self.definition
    }

    /// The version; none if nothing was ever written.
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// Rows in the table.
    pub fn row_count(&self) -> u64 {
        self.files.iter().map(|file| file.row_count).sum()
    }

    /// The last date that any of its rows may have; none if it has no files, or no dates.
    pub(crate) fn last_date(&self) -> Option<BusinessDate> {
        let last = self.files.iter().filter_map(|file| file.dates).map(|(_, last)| last).max()?;
        BusinessDate::new(last).ok()
    }

    /// The same version file by file, those with the last dates first.
    pub(crate) fn by_last_date(&self) -> Vec<Snapshot> {
        let mut files: Vec<&DataFile> = self.files.iter().collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.dates.map(|(_, last)| last)));
        let only = |file: &DataFile| Snapshot {
            files: vec![file.clone()],
            schema: Arc::clone(&self.schema),
            version: self.version,
            definition: self.definition,
        };
        files.into_iter().map(only).collect()
    }

    pub(crate) fn files(&self) -> &[DataFile] {
        &self.files
    }

    /// The same version, reduced to some of its files.
    pub(crate) fn only_files(&self, wanted: impl Fn(&DataFile) -> bool) -> Snapshot {
        let files = self.files.iter().filter(|file| wanted(file)).cloned().collect();
        Snapshot { files, ..self.clone() }
    }

    /// The table before anything was written.
    #[must_use]
    pub fn emptied(&self) -> Snapshot {
        Snapshot { files: Vec::new(), version: None, ..self.clone() }
    }

    /// The same version, reduced to the files that have dates in a range. Rows outside the range may remain in them.
    #[must_use]
    pub fn restricted_to(&self, range: DateRange) -> Snapshot {
        let needed = |file: &&DataFile| file.dates.is_none_or(|(first, last)| range.overlaps(first, last));
        let files = self.files.iter().filter(needed).cloned().collect();
        Snapshot { files, ..self.clone() }
    }
}

#[async_trait]
impl TableProvider for Snapshot {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> DataFusionResult<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let partitions = session.config().target_partitions().clamp(1, self.files.len().max(1));
        let mut groups: Vec<Vec<PartitionedFile>> = vec![Vec::new(); partitions];
        for (position, file) in self.files.iter().enumerate() {
            if let Some(group) = groups.get_mut(position % partitions) {
                group.push(PartitionedFile::new(file.path.clone(), file.byte_count));
            }
        }
        let mut source = ParquetSource::new(Arc::clone(&self.schema));
        if let Some(wanted) = conjunction(filters.iter().cloned()) {
            let columns = DFSchema::try_from(Arc::clone(&self.schema))?;
            // Row groups and pages without a row that is wanted are not decoded: rows of a file are in the order of
            // the table's key, so that those of a portfolio lie together.
            source = source.with_predicate(session.create_physical_expr(wanted, &columns)?);
            // Of the rows of others in the same pages only the columns that tell them apart are decoded. That costs
            // more than it saves where most rows are wanted.
            let first = self.definition.key.first();
            let is_of_one = filters.iter().any(|filter| first.is_some_and(|column| asks_for_one(filter, column)));
            source = source.with_pushdown_filters(is_of_one);
        }
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::parse(STORE_URL)?, Arc::new(source))
            .with_file_groups(groups.into_iter().map(FileGroup::new).collect())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

/// Whether a condition asks for one value of a column.
fn asks_for_one(condition: &Expr, column: &str) -> bool {
    let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) = condition else { return false };
    match (left.as_ref(), right.as_ref()) {
        (Expr::Column(named), Expr::Literal(..)) | (Expr::Literal(..), Expr::Column(named)) => named.name() == column,
        _ => false,
    }
}
