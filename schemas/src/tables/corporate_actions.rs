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
    /// The kind, e.g. `SPLIT`; docs/CORPORATE_ACTIONS.md lists them with their ISO 20022 codes.
    kind: String,
    /// New units, a whole number, for every `ratio_old` old ones: 7 for 1 is a split, 1 for 10 a reverse split. None
    /// for kinds without a ratio.
    ratio_new: Option<i64>,
    /// Old units, a whole number.
    ratio_old: Option<i64>,
    /// The instrument that holders receive: the company spun off, the acquirer, the right, or the same company under
    /// its new name.
    target_instrument_id: Option<InstrumentId>,
    /// Cash per old unit, in `currency`; for a dividend before tax.
    amount: Option<Price>,
    /// The part of the old basis that goes to the target, a fraction of one, for a spin-off.
    basis_fraction: Option<Rate>,
    /// What a whole unit brings in `currency` where a fraction of one is paid in cash.
    fraction_price: Option<Price>,
    /// The day on which cash or units are delivered; none if it is the ex-date.
    pay_date: Option<BusinessDate>,
    /// The currency of the amount.
    currency: Option<Currency>,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
