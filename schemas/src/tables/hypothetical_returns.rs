//! gold.hypothetical_returns: what portfolios would have earned if nobody had traded.

use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio and valuation date: what the positions of the valuation date before earned up to this one,
    /// at the closes and rates of the date and with their income, but without trades, fees, taxes and what the client
    /// brought in or took out. Forecasts of the risk are compared with it (docs/RISK.md).
    HypotheticalReturn = "gold.hypothetical_returns", key ["portfolio_id", "business_date"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// What the positions were worth on the valuation date before, in the base currency; none if unknown.
    begin_value: Option<Amount>,
    /// What positions gained that nothing moved into or out of, in the base currency; none without a figure.
    kept_gain: Option<Amount>,
    /// Dividends and interest of the date in the base currency, before tax; none without a figure.
    income: Option<Amount>,
    /// What the other positions, and cash in other currencies, would have gained if nothing had moved; an estimate in
    /// the base currency. None without a figure.
    revaluation: Option<f64>,
    /// (kept gain + income + revaluation) / begin value, a fraction.
    return_fraction: Option<f64>,
    /// Why there is none; none where there is one.
    unavailable_reason: Option<String>,
}
