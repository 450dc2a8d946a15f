//! silver.classifications: to which groups instruments belong.

use crate::decimals::Rate;
use crate::identifiers::{InstrumentId, MarketId};

crate::table! {
    /// One row per instrument, taxonomy and node: a part of the instrument, or all of it. What the nodes of a taxonomy
    /// leave of an instrument is `unclassified`. The last `classifications.csv` of a market is the whole truth.
    Classification = "silver.classifications", key ["instrument_id", "taxonomy", "node"], dated None,
    /// The market.
    market_id: MarketId,
    /// The instrument.
    instrument_id: InstrumentId,
    /// What is told apart, e.g. `sector`.
    taxonomy: String,
    /// The group, e.g. `Technology`.
    node: String,
    /// The part of the instrument that belongs to the group, a fraction above zero and at most 1, with six decimals;
    /// at most 1 for all nodes of a taxonomy together.
    weight: Rate,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
