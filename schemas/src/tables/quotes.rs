//! silver.quotes: observed prices.

use crate::dates::BusinessDate;
use crate::decimals::{Price, Quantity};
use crate::identifiers::{InstrumentId, MarketId};

crate::table! {
    /// One row per instrument and day on which it was quoted. Days without a quote have no row: nothing is carried
    /// forward here.
    Quote = "silver.quotes", key ["instrument_id", "quote_date"], dated Some("quote_date"),
    /// The market.
    market_id: MarketId,
    /// The instrument.
    instrument_id: InstrumentId,
    /// The day of the quote.
    quote_date: BusinessDate,
    /// The close, as quoted: in pence for a pence line.
    close: Price,
    /// The unit as delivered, e.g. `EUR` or `GBX`.
    quote_unit: String,
    /// Units traded on the day, counted in units of that day where quotes are as traded, and adjusted for splits where
    /// they are. Zero if nothing was; none if the file does not say.
    volume: Option<Quantity>,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
