//! gold.position_flows: what moved value into and out of single positions.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per portfolio, instrument (cash included) and valuation date on which something moved value into the
    /// position or out of it: trades with their charges, what was paid for holding it, units that cross the border of
    /// the portfolio or turn into those of another instrument, at their value of the day; for cash its other side,
    /// contributions and withdrawals. What no other position gave or took (interest and fees that are about no
    /// instrument, units given by issuers) is no flow. The flows of all positions add up to those of gold.cash_flows.
    PositionFlow = "gold.position_flows", key ["portfolio_id", "instrument_id", "business_date"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The instrument, or cash.
    instrument_id: InstrumentId,
    /// The valuation date on which the flows take effect.
    business_date: BusinessDate,
    /// The currency of `inflow` and `outflow`: that of the instrument.
    currency: Currency,
    /// What moved in, positive; none if one amount is unknown.
    inflow: Option<Amount>,
    /// What moved out, positive; none if one amount is unknown.
    outflow: Option<Amount>,
    /// What moved in, in the portfolio's base currency at the rates of its days; none if one amount is unknown.
    inflow_base: Option<Amount>,
    /// What moved out, in the same way.
    outflow_base: Option<Amount>,
}
