//! gold.daily_returns: how capital grew from one valuation date to the next.

use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio and valuation date. Inflows count at the start of the day and outflows at its end
    /// (docs/adr/0004): both are capital that earned the return.
    DailyReturn = "gold.daily_returns", key ["portfolio_id", "business_date"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// Market value of the valuation date before, zero before the first; none if unknown.
    begin_value: Option<Amount>,
    /// External inflows that take effect on the date, positive; none if one is unknown.
    inflow: Option<Amount>,
    /// External outflows that take effect on the date, positive; none if one is unknown.
    outflow: Option<Amount>,
    /// Market value of the date; none if unknown.
    end_value: Option<Amount>,
    /// (end + outflow) / (begin + inflow) − 1, a fraction; none on a day without capital or with an unknown value.
    return_fraction: Option<f64>,
    /// What the benchmark earned since the valuation date before, in the base currency, a fraction; zero if the day
    /// starts without capital. None without a benchmark, or if the level of one of the days is unknown.
    benchmark_return_fraction: Option<f64>,
    /// The return before fees and taxes (gross): (end + outflow + fees + taxes) / (begin + inflow) − 1, a fraction,
    /// with the fees and taxes of the day in gold.nav_bridge. None like the return, and if the bridge of the day is
    /// unknown.
    return_before_fees_fraction: Option<f64>,
    /// The return after fees, before taxes (net of fees): (end + outflow + taxes) / (begin + inflow) − 1, a fraction.
    /// None as the return before fees.
    return_before_taxes_fraction: Option<f64>,
    /// The risk-free rate a year that counts on the date, a fraction; none if the portfolio names no dated rates, or if
    /// none is known.
    risk_free_annual: Option<f64>,
    /// Whether a security that is held was quoted or traded on the date; while cash only is held, whether the date is
    /// from Monday to Friday. What estimates count returns link those of other dates into the next such date
    /// (docs/adr/0024). None in rows that were made before this was noted, which count as if it were so.
    is_observed: Option<bool>,
}
