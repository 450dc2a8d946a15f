//! gold.stress: what scenarios would do to portfolios with the positions that they hold.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, valuation date and scenario in force: what the positions of the date would gain or lose
    /// if it happened at once. An estimate in the portfolio's base currency, or there is the reason why there is none.
    StressRow = "gold.stress", key ["portfolio_id", "business_date", "scenario_id"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// The scenario, e.g. `equity_down_20`.
    scenario_id: String,
    /// Its version.
    version: i64,
    /// What the positions would gain in the base currency, an estimate; a loss is negative.
    profit: Option<f64>,
    /// The same as a fraction of the sum of their values; none also where that is not above zero.
    profit_fraction: Option<f64>,
    /// The positions held, cash included.
    position_count: i64,
    /// The part of the sum of all values regardless of sign that no change reaches, a fraction; none if a value is
    /// unknown, or what happens to a position cannot be computed.
    unreached_fraction: Option<f64>,
    /// The part of which nobody knows what would happen: its class is not known or it has no closes of the time, and
    /// nothing stands in for it. It is inside the unreached part unless its currency moves. With more than a twentieth
    /// there is no figure.
    unknown_fraction: Option<f64>,
    /// Why there is no figure; none where there is one.
    unavailable_reason: Option<String>,
}
