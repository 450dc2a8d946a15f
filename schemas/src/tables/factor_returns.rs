//! silver.factor_returns: what factors earned that move many securities at once.

use crate::dates::BusinessDate;
use crate::decimals::Rate;
use crate::identifiers::MarketId;

crate::table! {
    /// One row per source, set of factors, factor and day.
    FactorReturn = "silver.factor_returns", key ["factor_source", "factor_set", "factor", "return_date"],
    dated Some("return_date"),
    /// The market whose folder brought the factors.
    factor_source: MarketId,
    /// The set that the factor belongs to, e.g. `ff3`: a factor of one name may be another one in another set.
    factor_set: String,
    /// The factor, e.g. `smb`.
    factor: String,
    /// The day on which the return ends; it begins on the day before of the same set.
    return_date: BusinessDate,
    /// The return of the day, a fraction: 0.0012 is twelve hundredths of a percent. May be negative.
    return_fraction: Rate,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
