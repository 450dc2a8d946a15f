//! gold.risk_forecasts: what the next day may lose, as it was known before the day.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, valuation date, method and tail: the forecast for the valuation date after, made from the
    /// daily returns of the two years up to the date. Later days do not change it. Both figures are fractions of the
    /// portfolio's value, a loss is positive, or there is the reason why there are none.
    RiskForecast = "gold.risk_forecasts", key ["portfolio_id", "business_date", "method", "tail"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date with whose return the forecast was made.
    business_date: BusinessDate,
    /// The method: `historical`, `filtered_historical`, `ewma`, `cornish_fisher` or `normal`.
    method: String,
    /// The probability of the tail: 0.05, 0.025 or 0.01.
    tail: f64,
    /// The loss that the next day exceeds with the tail's probability, a fraction; an estimate.
    value_at_risk: Option<f64>,
    /// The mean loss in the tail, a fraction; an estimate.
    expected_shortfall: Option<f64>,
    /// The daily returns that it was made from, at least 250.
    return_count: i64,
    /// Why there is no forecast; none where there is one.
    unavailable_reason: Option<String>,
}
