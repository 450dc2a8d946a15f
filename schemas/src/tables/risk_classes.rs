//! gold.risk_classes: how risky a portfolio is on the scales from 1 to 7 that the law prescribes.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, valuation date and scale: the class by the returns up to the date, with the figures that
    /// it rests on, or the reason why there is none. Returns count from after the last day without one.
    RiskClassRow = "gold.risk_classes", key ["portfolio_id", "business_date", "scale"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// The scale: `srri` (UCITS, CESR/10-673) or `priips` (the market risk measure, Regulation (EU) 2017/653).
    scale: String,
    /// The class from 1 to 7. That of `srri` changes only when every reference point of four months lies in another.
    risk_class: Option<i64>,
    /// What the class is made of, a fraction a year: for `srri` the volatility of 260 weekly returns, for `priips` the
    /// volatility that a normal distribution would need for the value at risk; an estimate.
    volatility: Option<f64>,
    /// The class of that figure alone, whatever the class was before.
    volatility_class: Option<i64>,
    /// The returns that count: weekly ones, at most 260, for `srri`, daily ones, at most 1,280, for `priips`.
    return_count: i64,
    /// The holding period that `priips` is made for, in years; none for `srri`.
    holding_years: Option<f64>,
    /// Why there is no class; none where there is one.
    unavailable_reason: Option<String>,
}
