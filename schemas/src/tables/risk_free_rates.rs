//! silver.risk_free_rates: dated rates of investments without risk.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Rate;
use crate::identifiers::MarketId;

crate::table! {
    /// One row per source, currency and day on which a rate was stated.
    RiskFreeRate = "silver.risk_free_rates", key ["risk_free_source", "currency", "rate_date"],
    dated Some("rate_date"),
    /// The market whose folder brought the rates.
    risk_free_source: MarketId,
    /// The currency in which the investment is without risk.
    currency: Currency,
    /// The day of the rate.
    rate_date: BusinessDate,
    /// The rate a year, compounded annually, a fraction: 0.0525 is five and a quarter percent. May be negative.
    rate_annual: Rate,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
