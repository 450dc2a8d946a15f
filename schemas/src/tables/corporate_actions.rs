//! silver.corporate_actions: what issuers did.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::{Price, Rate};
use crate::identifiers::{InstrumentId, MarketId};

crate::table! {
    /// One row per corporate action of an instrument.
    CorporateAction = "silver.corporate_actions", key ["instrument_id", "ex_date", "kind"], dated Some("ex_date"),
    /// The market.
    market_id: MarketId,
    /// The instrument.
    instrument_id: InstrumentId,
    /// The first day on which the instrument is quoted without the right.
    ex_date: BusinessDate,
    /// `SPLIT` or `CASH_DIVIDEND`.
    kind: String,
    /// New units for one old unit, for a split: 7 is seven for one, 0.1 a reverse split of ten into one.
    ratio: Option<Rate>,
    /// Amount per unit, for a dividend, in `currency`.
    amount: Option<Price>,
    /// The currency of the amount.
    currency: Option<Currency>,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
