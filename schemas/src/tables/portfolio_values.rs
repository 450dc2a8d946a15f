//! gold.portfolio_values: what each portfolio is worth.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio and valuation date. The values are none if one position has no value: a part is not
    /// shown as the whole.
    PortfolioValue = "gold.portfolio_values", key ["portfolio_id", "business_date"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// The valuation date before; none on the portfolio's first.
    previous_business_date: Option<BusinessDate>,
    /// The base currency, in which the values are.
    base_currency: Currency,
    /// Securities and cash.
    market_value: Option<Amount>,
    /// Securities only.
    securities_value: Option<Amount>,
    /// Cash only; negative if overdrawn.
    cash_value: Option<Amount>,
    /// Securities held.
    position_count: i64,
    /// Securities valued with a price observed before the business date.
    carried_price_count: i64,
    /// Positions without a price or a rate.
    missing_count: i64,
    /// The close of the benchmark in the base currency, the last one on or before the date, as if its splits had not
    /// been; an estimate. None without a benchmark, or if there is no close or no rate so far.
    benchmark_level: Option<f64>,
    /// The risk-free rate a year that counts on the date, a fraction: the last one stated on or before it. None if the
    /// portfolio names no dated rates, or if there is none by then that is young enough.
    risk_free_annual: Option<f64>,
}
