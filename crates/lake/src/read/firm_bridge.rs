//! What changed the value of all portfolios together.

use schemas::table::{Record, cell, typed_column};
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::{Amount, BusinessDate, PortfolioId};

use super::with_columns;
use crate::engine::Parameter;
use crate::error::Error;
use crate::snapshot::{DateRange, Snapshot};
use crate::table::Lake;

/// A step of the bridges of all portfolios of one base currency and one source of rates over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirmStep {
    /// The first of the portfolios that have it, by id: its base currency is that of the amount.
    pub portfolio_id: PortfolioId,
    /// What changed the value.
    pub component: BridgeComponent,
    /// The sum of what is known, in the base currency; none if nothing is.
    pub amount_base: Option<Amount>,
    /// How many rows of the bridges have no amount. Not negative.
    pub unknown_count: i64,
}

/// The columns that the bridges have, too.
const COLUMNS: [&str; 3] = ["portfolio_id", "component", "amount_base"];

/// The bridges of all portfolios over a period in one, by portfolio and component.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn firm_bridge(
    (bridges, portfolios): (&Snapshot, &Snapshot),
    lake: &Lake,
    (from, to): (BusinessDate, BusinessDate),
) -> Result<Vec<FirmStep>, Error> {
    let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(to))];
    let tables = [bridges.restricted_to(DateRange::between(from, to)), portfolios.clone()];
    let context = lake.engine().session(&tables)?;
    let batches = lake.engine().run(&context, "firm_bridge", include_str!("firm_bridge.sql"), parameters).await?;
    let table = NavBridgeRow::TABLE.name;
    let mut steps = Vec::new();
    for batch in batches {
        let counts = typed_column::<i64>(table, "unknown_count", &batch)?;
        let batch = with_columns(&batch, NavBridgeRow::TABLE, &COLUMNS)?;
        let ids = typed_column::<PortfolioId>(table, "portfolio_id", &batch)?;
        let components = typed_column::<BridgeComponent>(table, "component", &batch)?;
        let amounts = typed_column::<Option<Amount>>(table, "amount_base", &batch)?;
        for row in 0..batch.num_rows() {
            steps.push(FirmStep {
                portfolio_id: cell(table, "portfolio_id", &ids, row)?,
                component: cell(table, "component", &components, row)?,
                amount_base: cell(table, "amount_base", &amounts, row)?,
                unknown_count: cell(table, "unknown_count", &counts, row)?,
            });
        }
    }
    Ok(steps)
}
