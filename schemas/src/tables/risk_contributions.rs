//! gold.risk_contributions: what each position adds to the risk of its portfolio.

use crate::dates::BusinessDate;
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per portfolio, position (cash included) and valuation date. The contributions of a portfolio add up to
    /// its expected shortfall of the tail 0.025 in `gold.risk`.
    RiskContribution = "gold.risk_contributions", key ["portfolio_id", "instrument_id", "business_date"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The instrument, or cash.
    instrument_id: InstrumentId,
    /// The valuation date.
    business_date: BusinessDate,
    /// The position's own mean loss in the scenarios in which the portfolio loses most, an estimate in the base
    /// currency; negative if it makes the loss smaller. None if the position was left out or the portfolio has no
    /// figure.
    es_975_contribution: Option<f64>,
    /// Why there is none; none where there is one.
    unavailable_reason: Option<String>,
    /// What stands for the instrument in the scenarios in which it lacks a return; none if it lacks none, or nothing
    /// does.
    proxy_instrument_id: Option<InstrumentId>,
    /// In how many scenarios.
    proxied_scenario_count: Option<i64>,
    /// The last day of them: from the next one on all returns are the instrument's own.
    proxied_through_date: Option<BusinessDate>,
}
