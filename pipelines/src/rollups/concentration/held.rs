//! What a position is worth here: exact, because debts and what is owned of one group may come to nothing together.

use lake::RecordBatch;
use schemas::table::{Record, TableError, cell, typed_column};
use schemas::tables::valuations::Valuation;
use schemas::{Amount, Currency, Quantity};

use crate::error::Error;
use crate::rollups::risk::holdings::Worth;

/// A position, in exact numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worthwhile {
    /// Units held, negative if short.
    pub(super) quantity: Quantity,
    /// The currency of the instrument.
    pub(super) currency: Currency,
    /// In the base currency; none if nobody knows.
    pub(super) value: Option<Amount>,
}

/// How it is read.
pub(super) const HELD: Worth<Worthwhile> = Worth {
    sql: include_str!("../../../rollups/concentration/positions.sql"),
    columns: &["portfolio_id", "instrument_id", "business_date", "quantity", "currency", "value_base"],
    of_rows,
};

fn of_rows(batch: &RecordBatch) -> Result<Vec<Worthwhile>, Error> {
    Ok(in_batch(batch).map_err(lake::Error::from)?)
}

fn in_batch(batch: &RecordBatch) -> Result<Vec<Worthwhile>, TableError> {
    let table = Valuation::TABLE.name;
    let quantities = typed_column::<Quantity>(table, "quantity", batch)?;
    let currencies = typed_column::<Currency>(table, "currency", batch)?;
    let values = typed_column::<Option<Amount>>(table, "value_base", batch)?;
    let of_row = |row: usize| {
        Ok(Worthwhile {
            quantity: cell(table, "quantity", &quantities, row)?,
            currency: cell(table, "currency", &currencies, row)?,
            value: cell(table, "value_base", &values, row)?,
        })
    };
    (0..batch.num_rows()).map(of_row).collect()
}
