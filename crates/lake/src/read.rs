//! Typed reads: what the other rooms ask of the tables, as records.
//!
//! A question that computes is one SQL file beside its function; whole rows of one portfolio are looked up. Reads over
//! a range of dates open only the files that overlap it.

mod firm_bridge;
mod groups;
mod held_closes;
mod history;
mod market_data;
mod named;
mod news;
mod portfolio;
mod portfolio_group;
mod portfolio_risk;
mod tables;

pub use firm_bridge::{FirmStep, firm_bridge};
pub use groups::{firm_asset_classes, group_returns, last_attribution};
pub use held_closes::{HeldClose, each_held_close};
pub use history::{cash_flows, daily_returns, nav_bridge, nav_bridges, portfolio_values, realised_gains, transactions};
pub use market_data::{
    InstrumentSearch, RatesAsked, fx_rates, instrument, instruments_found, last_closes, last_fx_rate_date,
    last_quote_date, last_quote_date_of_markets, quotes,
};
pub use named::{Named, dates_named, each_batch_between, rows_named};
pub use news::{NewsPlace, NewsSearch, last_news_date, news};
pub use portfolio::{
    attribution, each_position_return, exceptions, latest_business_date, measures, position_returns, positions,
    risk_classes, stress, valuations,
};
pub use portfolio_group::{PortfolioGroup, group_members, portfolio_group};
pub use portfolio_risk::{
    backtests, concentration, factor_exposures, factor_regressions, liquidity, new_falls, risk, risk_contributions,
    risk_forecasts, stated_backtests,
};
pub(crate) use tables::frame;
pub use tables::{
    StatementRows, earliest_previous_date, instruments, mapped, portfolios, quote_dates, rows, statement,
};

use datafusion::prelude::SessionContext;
use schemas::table::{Record, TableDefinition};

use crate::engine::Parameter;
use crate::error::Error;
use crate::snapshot::{DateRange, Snapshot};
use crate::table::{Lake, conform, conform_to};

/// Markets as a query takes them: the ids with a space before and after each; empty if any market will do.
fn one_of(markets: Option<&std::collections::BTreeSet<schemas::MarketId>>) -> Parameter {
    let words = |ids: &std::collections::BTreeSet<schemas::MarketId>| {
        std::iter::once(" ".to_owned()).chain(ids.iter().map(|id| format!("{id} "))).collect::<String>()
    };
    Parameter::Text(markets.map(words).unwrap_or_default())
}

/// Runs a query over tables, each reduced to a range of dates, and returns its rows as records.
pub(crate) async fn query<R: Record>(
    lake: &Lake,
    name: &str,
    sql: &str,
    tables: &[(&'static TableDefinition, DateRange)],
    parameters: Vec<(&str, Parameter)>,
) -> Result<Vec<R>, Error> {
    let mut snapshots = Vec::with_capacity(tables.len());
    for (definition, range) in tables {
        snapshots.push(lake.snapshot(definition).await?.restricted_to(*range));
    }
    query_pinned(lake, name, sql, &snapshots, parameters).await
}

/// Runs a query over tables at the versions given, and returns its rows as records.
pub(crate) async fn query_pinned<R: Record>(
    lake: &Lake,
    name: &str,
    sql: &str,
    snapshots: &[Snapshot],
    parameters: Vec<(&str, Parameter)>,
) -> Result<Vec<R>, Error> {
    let context = lake.engine().session(snapshots)?;
    answered(lake, &context, name, sql, parameters).await
}

/// Runs a query over rows of a table that were read before, and returns its rows as records.
pub(crate) async fn query_rows<T: Record, R: Record>(
    lake: &Lake,
    name: &str,
    sql: &str,
    rows: &[T],
    parameters: Vec<(&str, Parameter)>,
) -> Result<Vec<R>, Error> {
    let context = lake.engine().session(&[])?;
    lake.engine().register_rows(&context, rows)?;
    answered(lake, &context, name, sql, parameters).await
}

async fn answered<R: Record>(
    lake: &Lake,
    context: &SessionContext,
    name: &str,
    sql: &str,
    parameters: Vec<(&str, Parameter)>,
) -> Result<Vec<R>, Error> {
    let batches = lake.engine().run(context, name, sql, parameters).await?;
    let mut rows = Vec::new();
    for batch in batches {
        rows.extend(R::from_batch(&conform(R::TABLE, &batch)?)?);
    }
    Ok(rows)
}

/// Some columns of a query's result, in the types that a table gives them.
///
/// # Errors
/// [`Error::Columns`] if one is missing or has a type that cannot be brought into the table's.
pub fn with_columns(
    batch: &crate::RecordBatch,
    definition: &'static TableDefinition,
    columns: &[&str],
) -> Result<crate::RecordBatch, Error> {
    let wanted = |field: &&std::sync::Arc<arrow::datatypes::Field>| columns.contains(&field.name().as_str());
    let schema = definition.schema();
    let fields: Vec<_> = schema.fields().iter().filter(wanted).cloned().collect();
    conform_to(definition, std::sync::Arc::new(arrow::datatypes::Schema::new(fields)), batch)
}

/// The rows of some portfolios.
///
/// # Errors
/// [`Error::Columns`] if the rows name no portfolio.
pub fn of_portfolios(
    definition: &'static TableDefinition,
    batch: &crate::RecordBatch,
    portfolios: &std::collections::BTreeSet<schemas::PortfolioId>,
) -> Result<crate::RecordBatch, Error> {
    let problem = |problem: String| Error::Columns { table: definition.name, problem };
    let column = batch.column_by_name("portfolio_id").ok_or_else(|| problem("no `portfolio_id`".to_owned()))?;
    let texts = arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8);
    let texts = texts.map_err(|error| problem(error.to_string()))?;
    let texts = texts.as_any().downcast_ref::<arrow::array::StringArray>();
    let texts = texts.ok_or_else(|| problem("`portfolio_id` is no text".to_owned()))?;
    let wanted: std::collections::HashSet<&str> = portfolios.iter().map(schemas::PortfolioId::as_str).collect();
    let rows: arrow::array::BooleanArray =
        texts.iter().map(|text| Some(text.is_some_and(|text| wanted.contains(text)))).collect();
    arrow::compute::filter_record_batch(batch, &rows).map_err(|error| problem(error.to_string()))
}
