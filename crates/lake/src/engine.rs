//! The query engine: DataFusion on this machine.
//!
//! One runtime per process bounds memory and spills to disk; a session per query sees the tables it was given, at the
//! versions it was given, and nothing else.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::catalog::memory::{MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider};
use datafusion::catalog::{CatalogProviderList, SchemaProvider, TableProvider};
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::datasource::MemTable;
use datafusion::execution::SessionState;
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use schemas::table::{Record, TableDefinition};
use schemas::{BusinessDate, PortfolioId};

use crate::error::Error;
use crate::functions;
use crate::snapshot::{STORE_URL, Snapshot};
use crate::storage::Storage;

/// How much the engine may use.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Memory for queries before they spill, in bytes.
    pub memory_bytes_max: usize,
    /// Disk for spilling, in bytes.
    pub spill_bytes_max: u64,
    /// Partitions worked on at once.
    pub partitions: usize,
}

impl Default for EngineSettings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        EngineSettings { memory_bytes_max: 2 << 30, spill_bytes_max: 20 << 30, partitions: cores }
    }
}

/// The query engine of one process.
#[derive(Clone, Debug)]
pub struct Engine {
    /// What every session begins with: functions, rules and settings, and no tables.
    beginning: Arc<SessionState>,
}

/// A value bound to a `$name` in a query.
#[derive(Clone, Debug)]
pub enum Parameter {
    /// A date.
    Date(BusinessDate),
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
}

impl From<BusinessDate> for Parameter {
    fn from(date: BusinessDate) -> Parameter {
        Parameter::Date(date)
    }
}

impl From<&PortfolioId> for Parameter {
    fn from(id: &PortfolioId) -> Parameter {
        Parameter::Text(id.as_str().to_owned())
    }
}

impl From<Parameter> for ScalarValue {
    fn from(parameter: Parameter) -> ScalarValue {
        match parameter {
            Parameter::Date(date) => {
                ScalarValue::Date32(Some(arrow::datatypes::Date32Type::from_naive_date(date.day())))
            }
            Parameter::Text(text) => ScalarValue::Utf8(Some(text)),
            Parameter::Integer(number) => ScalarValue::Int64(Some(number)),
        }
    }
}

impl Engine {
    /// An engine over a storage.
    ///
    /// # Errors
    /// [`Error::Query`] if the runtime cannot be set up.
    pub fn new(storage: &Storage, settings: &EngineSettings) -> Result<Engine, Error> {
        let pool = TrackConsumersPool::new(
            FairSpillPool::new(settings.memory_bytes_max),
            std::num::NonZeroUsize::MIN.saturating_add(4),
        );
        // File lists come from snapshots; a cache of directory listings could only be stale.
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(pool))
            .with_max_temp_directory_size(settings.spill_bytes_max)
            .with_object_list_cache_limit(0)
            .build_arc()
            .map_err(Error::query("set-up"))?;
        let url = url::Url::parse(STORE_URL)
            .map_err(|error| Error::Address { url: STORE_URL.to_owned(), problem: error.to_string() })?;
        runtime.register_object_store(&url, Arc::clone(storage.root()));
        let config = SessionConfig::new()
            .with_target_partitions(settings.partitions.max(1))
            .with_create_default_catalog_and_schema(false)
            .with_information_schema(true)
            .set_bool("datafusion.sql_parser.parse_float_as_decimal", true);
        let context = SessionContext::new_with_config_rt(config, runtime);
        functions::register(&context);
        Ok(Engine { beginning: Arc::new(context.state()) })
    }

    /// A session that sees these tables under their full names, e.g. `gold.valuations`.
    ///
    /// # Errors
    /// [`Error::Query`] if a table cannot be registered.
    pub fn session(&self, tables: &[Snapshot]) -> Result<SessionContext, Error> {
        // Some hundred functions and rules are the same for all; the catalogue is the session's own.
        let mut state = SessionState::clone(&self.beginning);
        let catalogues = MemoryCatalogProviderList::new();
        let name = state.config().options().catalog.default_catalog.clone();
        catalogues.register_catalog(name, Arc::new(MemoryCatalogProvider::new()));
        state.register_catalog_list(Arc::new(catalogues));
        let context = SessionContext::new_with_state(state);
        for table in tables {
            register(&context, table.definition(), Arc::new(table.clone()))?;
        }
        Ok(context)
    }

    /// Runs one statement and returns its rows.
    ///
    /// # Errors
    /// [`Error::Query`], with the query's name, if it fails.
    pub async fn run(
        &self,
        context: &SessionContext,
        name: &str,
        sql: &str,
        parameters: Vec<(&str, Parameter)>,
    ) -> Result<Vec<RecordBatch>, Error> {
        let failed = Error::query(name);
        let values: Vec<(&str, ScalarValue)> =
            parameters.into_iter().map(|(name, parameter)| (name, ScalarValue::from(parameter))).collect();
        let mut frame = context.sql(sql).await.map_err(&failed)?;
        if !values.is_empty() {
            frame = frame.with_param_values(ParamValues::from(values)).map_err(&failed)?;
        }
        frame.collect().await.map_err(&failed)
    }

    /// Makes rows in memory visible to a session under a table's name, in place of the stored ones.
    ///
    /// # Errors
    /// [`Error`] if the rows do not fit the table.
    pub fn register_rows<R: Record>(&self, context: &SessionContext, rows: &[R]) -> Result<(), Error> {
        let batch = R::to_batch(rows)?;
        let table = MemTable::try_new(R::TABLE.schema(), vec![vec![batch]]).map_err(Error::query(R::TABLE.name))?;
        register(context, R::TABLE, Arc::new(table))
    }
}

fn register(
    context: &SessionContext,
    definition: &'static TableDefinition,
    table: Arc<dyn TableProvider>,
) -> Result<(), Error> {
    let failed = Error::query(definition.name);
    let (layer, name) = definition.name.split_once('.').unwrap_or(("public", definition.name));
    let options = context.state().config().options().catalog.clone();
    let missing = || Error::Missing { what: "catalog".to_owned(), help: "this is a bug" };
    let catalog = context.catalog(&options.default_catalog).ok_or_else(missing)?;
    let schema: Arc<dyn SchemaProvider> = match catalog.schema(layer) {
        Some(schema) => schema,
        None => {
            let schema = Arc::new(MemorySchemaProvider::new());
            catalog.register_schema(layer, schema.clone()).map_err(&failed)?;
            schema
        }
    };
    if schema.table_exist(name) {
        schema.deregister_table(name).map_err(&failed)?;
    }
    schema.register_table(name.to_owned(), table).map_err(&failed)?;
    Ok(())
}
