//! Whole tables, and free statements.

use arrow::array::Array;
use datafusion::error::DataFusionError;
use datafusion::prelude::{DataFrame, col, lit};
use futures::StreamExt;
use schemas::MarketId;
use schemas::table::Record;
use schemas::tables::TABLES;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;

use crate::engine::Parameter;
use crate::error::Error;
use crate::snapshot::{DateRange, Snapshot};
use crate::table::{Lake, conform};

/// Rows that a free statement may return; a larger result is an error that says so.
const STATEMENT_ROWS_MAX: usize = 100_000;

/// The rows of a table whose dates lie in a range, in no particular order.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn rows<R: Record>(snapshot: &Snapshot, lake: &Lake, range: DateRange) -> Result<Vec<R>, Error> {
    Ok(mapped(snapshot, lake, range, |rows: Vec<R>| rows).await?.into_iter().flatten().collect())
}

/// What becomes of the rows of a table whose dates lie in a range, in no particular order: a batch at a time and on all
/// cores, so that no more of them are held as records than a few thousand.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn mapped<R: Record, T: Send + 'static>(
    snapshot: &Snapshot,
    lake: &Lake,
    range: DateRange,
    become_of: impl Fn(Vec<R>) -> T + Clone + Send + 'static,
) -> Result<Vec<T>, Error> {
    let failed = Error::query(R::TABLE.name);
    let streams = frame(snapshot, lake, range).await?.execute_stream_partitioned().await.map_err(&failed)?;
    let mut tasks = tokio::task::JoinSet::new();
    for (partition, mut batches) in streams.into_iter().enumerate() {
        let become_of = become_of.clone();
        tasks.spawn(async move {
            let mut made = Vec::new();
            while let Some(batch) = batches.next().await {
                let batch = batch.map_err(Error::query(R::TABLE.name))?;
                made.push(become_of(R::from_batch(&conform(R::TABLE, &batch)?)?));
            }
            Ok::<(usize, Vec<T>), Error>((partition, made))
        });
    }
    let mut by_partition = std::collections::BTreeMap::new();
    while let Some(done) = tasks.join_next().await {
        let (partition, made) = done.map_err(|lost| failed(DataFusionError::ExecutionJoin(Box::new(lost))))??;
        by_partition.insert(partition, made);
    }
    Ok(by_partition.into_values().flatten().collect())
}

/// The rows of a table whose dates lie in a range, not read yet.
pub(crate) async fn frame(snapshot: &Snapshot, lake: &Lake, range: DateRange) -> Result<DataFrame, Error> {
    let definition = snapshot.definition();
    let context = lake.engine().session(&[snapshot.restricted_to(range)])?;
    let failed = Error::query(definition.name);
    let mut table = context.table(definition.name).await.map_err(&failed)?;
    if let Some(column) = definition.dated {
        let bound = |date| lit(datafusion::common::ScalarValue::from(Parameter::Date(date)));
        if let Some(from) = range.from {
            table = table.filter(col(column).gt_eq(bound(from))).map_err(&failed)?;
        }
        if let Some(to) = range.to {
            table = table.filter(col(column).lt_eq(bound(to))).map_err(&failed)?;
        }
    }
    Ok(table)
}

/// The portfolios that the last night saw, by id.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn portfolios(lake: &Lake) -> Result<Vec<Portfolio>, Error> {
    let snapshot = lake.snapshot(Portfolio::TABLE).await?;
    let mut portfolios: Vec<Portfolio> = rows(&snapshot, lake, DateRange::ALL).await?;
    portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
    Ok(portfolios)
}

/// The instruments of a market, by id.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn instruments(lake: &Lake, market: &MarketId) -> Result<Vec<Instrument>, Error> {
    let snapshot = lake.snapshot(Instrument::TABLE).await?;
    let mut instruments: Vec<Instrument> = rows(&snapshot, lake, DateRange::ALL).await?;
    instruments.retain(|instrument| instrument.market_id == *market);
    instruments.sort_by(|left, right| left.instrument_id.cmp(&right.instrument_id));
    Ok(instruments)
}

/// The earliest valuation date from which one of those in a range leads; none if the range has none, or only the
/// first ones of portfolios.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn earliest_previous_date(
    lake: &Lake,
    from: schemas::BusinessDate,
    to: schemas::BusinessDate,
) -> Result<Option<schemas::BusinessDate>, Error> {
    let definition = schemas::tables::portfolio_values::PortfolioValue::TABLE;
    let snapshot = lake.snapshot(definition).await?.restricted_to(DateRange::between(from, to));
    let context = lake.engine().session(&[snapshot])?;
    let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(to))];
    let sql = include_str!("earliest_previous_date.sql");
    let batches = lake.engine().run(&context, "earliest_previous_date", sql, parameters).await?;
    let name = "previous_business_date";
    if let Some(batch) = batches.iter().find(|batch| 0 < batch.num_rows()) {
        let column = schemas::table::typed_column::<Option<schemas::BusinessDate>>(definition.name, name, batch)?;
        return Ok(schemas::table::cell(definition.name, name, &column, 0)?);
    }
    Ok(None)
}

/// Runs a statement that a person wrote over all tables, reading only.
///
/// # Errors
/// [`Error::Query`] if it is no query, fails, or returns more rows than may be shown.
pub async fn statement(lake: &Lake, sql: &str) -> Result<StatementRows, Error> {
    let failed = Error::query("as written");
    let mut snapshots = Vec::with_capacity(TABLES.len());
    for definition in TABLES {
        snapshots.push(lake.snapshot(definition).await?);
    }
    let context = lake.engine().session(&snapshots)?;
    let reading =
        datafusion::prelude::SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let frame = context.sql_with_options(sql, reading).await.map_err(&failed)?;
    let frame = frame.limit(0, Some(STATEMENT_ROWS_MAX + 1)).map_err(&failed)?;
    let batches = frame.clone().collect().await.map_err(&failed)?;
    let rows: usize = batches.iter().map(crate::RecordBatch::num_rows).sum();
    if STATEMENT_ROWS_MAX < rows {
        return Err(Error::Missing {
            what: format!("room for more than {STATEMENT_ROWS_MAX} rows"),
            help: "add a LIMIT or a narrower WHERE",
        });
    }
    let schema = frame.schema().as_arrow();
    let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut found = StatementRows { columns, rows: Vec::with_capacity(rows) };
    for batch in &batches {
        found.push(batch).map_err(|error| failed(error.into()))?;
    }
    Ok(found)
}

/// What a statement returned. Numbers are JSON numbers, decimals and dates texts, nothing is null.
#[derive(Clone, Debug, Default)]
pub struct StatementRows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<serde_json::Value>>,
}

impl StatementRows {
    fn push(&mut self, batch: &crate::RecordBatch) -> Result<(), arrow::error::ArrowError> {
        let options = arrow::util::display::FormatOptions::default();
        let mut formatters = Vec::with_capacity(batch.num_columns());
        for column in batch.columns() {
            formatters.push(arrow::util::display::ArrayFormatter::try_new(column.as_ref(), &options)?);
        }
        for row in 0..batch.num_rows() {
            let mut cells = Vec::with_capacity(formatters.len());
            for (column, formatter) in batch.columns().iter().zip(&formatters) {
                let text = || formatter.value(row).to_string();
                cells.push(if column.is_null(row) {
                    serde_json::Value::Null
                } else if column.data_type().is_integer() || column.data_type().is_floating() {
                    serde_json::from_str(&text()).unwrap_or_else(|_| text().into())
                } else {
                    text().into()
                });
            }
            self.rows.push(cells);
        }
        Ok(())
    }
}

/// The days from one date to another, both included, on which anything was quoted.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn quote_dates(
    lake: &Lake,
    from: schemas::BusinessDate,
    to: schemas::BusinessDate,
) -> Result<Vec<schemas::BusinessDate>, Error> {
    let definition = schemas::tables::quotes::Quote::TABLE;
    let snapshot = lake.snapshot(definition).await?.restricted_to(DateRange::between(from, to));
    let context = lake.engine().session(&[snapshot])?;
    let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(to))];
    let batches = lake.engine().run(&context, "quote_dates", include_str!("quote_dates.sql"), parameters).await?;
    let mut dates = Vec::new();
    for batch in &batches {
        let column = schemas::table::typed_column::<schemas::BusinessDate>(definition.name, "quote_date", batch)?;
        for row in 0..batch.num_rows() {
            dates.push(schemas::table::cell(definition.name, "quote_date", &column, row)?);
        }
    }
    Ok(dates)
}
