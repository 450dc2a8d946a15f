//! silver.fx_rates: reference rates against the euro.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Rate;
use crate::identifiers::MarketId;

crate::table! {
    /// One row per source, currency and day on which a rate was published.
    FxRate = "silver.fx_rates", key ["fx_source", "currency", "rate_date"], dated Some("rate_date"),
    /// The market whose folder brought the rates, or `ecb_reference_rates`.
    fx_source: MarketId,
    /// The currency.
    currency: Currency,
    /// The day of the rate.
    rate_date: BusinessDate,
    /// Units of the currency for one euro, e.g. 1.0956 for USD.
    units_per_eur: Rate,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
