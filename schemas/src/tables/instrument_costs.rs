//! silver.instrument_costs: what instruments cost those who hold them, as their manufacturers say.

use crate::dates::BusinessDate;
use crate::decimals::Rate;
use crate::identifiers::{InstrumentId, MarketId};

crate::table! {
    /// One row per instrument and day from which its costs count. They are inside the price of the instrument: nothing
    /// of them is booked. The last `instrument_costs.csv` of a market is the whole truth.
    InstrumentCost = "silver.instrument_costs", key ["instrument_id", "valid_from"], dated None,
    /// The market.
    market_id: MarketId,
    /// The instrument.
    instrument_id: InstrumentId,
    /// The first day on which they count; they do until the next such day of the instrument.
    valid_from: BusinessDate,
    /// Ongoing costs a year, a fraction of the value: 0.0015 are fifteen hundredths of a percent.
    ongoing: Rate,
    /// Transaction costs inside the instrument a year, a fraction of the value; negative if they were a gain.
    transaction: Rate,
    /// Incidental costs a year, above all performance fees, a fraction of the value.
    incidental: Rate,
    /// What is taken once from an amount that is invested, a fraction of it.
    entry: Rate,
    /// What is taken once from an amount that is sold or redeemed, a fraction of it.
    exit: Rate,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
