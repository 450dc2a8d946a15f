//! gold.risk: what portfolios may lose with the positions that they hold.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, valuation date, method and tail: what the positions of the date may lose in a day. Both
    /// figures are estimates in the portfolio's base currency, a loss is positive, or there is the reason why there are
    /// none. They are those of the positions whose instruments have returns in every scenario, or something that stands
    /// for them where they lack one; how much that is, and how much is left out, is said.
    RiskRow = "gold.risk", key ["portfolio_id", "business_date", "method", "tail"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// The method: `historical_simulation`.
    method: String,
    /// The probability of the tail: 0.05, 0.025 or 0.01.
    tail: f64,
    /// For how many days ahead: 1.
    horizon_days: i64,
    /// The loss in the base currency that is exceeded with the tail's probability; an estimate.
    value_at_risk: Option<f64>,
    /// The mean loss in the base currency in the tail; an estimate.
    expected_shortfall: Option<f64>,
    /// How many scenarios there are: the last valuation dates of the market, 500 of them if there are so many.
    scenario_count: i64,
    /// The positions held, cash included.
    position_count: i64,
    /// The positions left out because their instruments lack returns; `gold.risk_contributions` says which and why.
    excluded_count: i64,
    /// Their part of the sum of all values regardless of sign, a fraction; none if a value is unknown.
    excluded_fraction: Option<f64>,
    /// Why there are no figures; none where there are.
    unavailable_reason: Option<String>,
    /// The positions for which something else stands in some scenarios, because their instruments lack returns there;
    /// `gold.risk_contributions` says which and what. Rows older than this column have none.
    proxied_count: Option<i64>,
    /// Their part of the sum of all values regardless of sign, a fraction; none if a value is unknown.
    proxied_fraction: Option<f64>,
}
