//! What holdings were worth at the closes of a time, row by row: of a year there are millions.

use schemas::table::{Record, cell, typed_column};
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, InstrumentId, PortfolioId};

use super::each_batch_between;
use crate::error::Error;
use crate::snapshot::{DateRange, Snapshot};
use crate::table::Lake;

/// The columns that are read.
const COLUMNS: [&str; 4] = ["portfolio_id", "instrument_id", "business_date", "value_base"];

/// What a holding was worth at a close, with its ids as they stand in the rows.
#[derive(Clone, Copy, Debug)]
pub struct HeldClose<'a> {
    /// The id of the portfolio.
    pub portfolio_id: &'a str,
    /// The id of the instrument, or of cash.
    pub instrument_id: &'a str,
    /// The valuation date.
    pub business_date: BusinessDate,
    /// The value in the portfolio's base currency; none if it is not known.
    pub value_base: Option<Amount>,
}

impl HeldClose<'_> {
    /// The instrument.
    ///
    /// # Errors
    /// [`Error::Columns`] if the text is no id.
    pub fn instrument(&self) -> Result<InstrumentId, Error> {
        let parsed = self.instrument_id.parse::<InstrumentId>();
        parsed.map_err(|error| Error::Columns { table: Valuation::TABLE.name, problem: error.to_string() })
    }
}

/// Hands on the closes of a stretch of portfolios in a range of dates, in no particular order.
///
/// # Errors
/// [`Error`] if the table cannot be read; what `take` returns.
pub async fn each_held_close<E: From<Error>>(
    snapshot: &Snapshot,
    lake: &Lake,
    range: DateRange,
    stretch: (&PortfolioId, &PortfolioId),
    mut take: impl FnMut(HeldClose<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let table = Valuation::TABLE.name;
    each_batch_between(snapshot, lake, range, &COLUMNS, stretch, |batch| {
        let portfolios = typed_column::<PortfolioId>(table, "portfolio_id", batch).map_err(Error::from)?;
        let instruments = typed_column::<InstrumentId>(table, "instrument_id", batch).map_err(Error::from)?;
        let dates = typed_column::<BusinessDate>(table, "business_date", batch).map_err(Error::from)?;
        let values = typed_column::<Option<Amount>>(table, "value_base", batch).map_err(Error::from)?;
        for row in 0..batch.num_rows() {
            take(HeldClose {
                portfolio_id: portfolios.value(row),
                instrument_id: instruments.value(row),
                business_date: cell(table, "business_date", &dates, row).map_err(Error::from)?,
                value_base: cell(table, "value_base", &values, row).map_err(Error::from)?,
            })?;
        }
        Ok(())
    })
    .await
}
