//! gold.position_returns: what each position earned from one valuation date to the next, and what that added to the
//! return of its portfolio.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per portfolio, instrument (cash included) and valuation date if the position was held at the close of
    /// the date or of the one before, or something moved into it or out of it. Inflows count at the start of the day
    /// and outflows at its end, as those of the portfolio (docs/adr/0004).
    PositionReturn = "gold.position_returns", key ["portfolio_id", "instrument_id", "business_date"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The instrument, or cash.
    instrument_id: InstrumentId,
    /// The valuation date.
    business_date: BusinessDate,
    /// The currency of the instrument.
    currency: Currency,
    /// Value at the close of the valuation date before, zero if it was not held; none if unknown.
    begin_value: Option<Amount>,
    /// What moved in on the date, as in gold.position_flows; zero if nothing did.
    inflow: Option<Amount>,
    /// What moved out on the date.
    outflow: Option<Amount>,
    /// Value at the close of the date, zero if it is no longer held; none if unknown.
    end_value: Option<Amount>,
    /// The value before in the portfolio's base currency.
    begin_value_base: Option<Amount>,
    /// What moved in, in the base currency.
    inflow_base: Option<Amount>,
    /// What moved out, in the base currency.
    outflow_base: Option<Amount>,
    /// The value at the close in the base currency.
    end_value_base: Option<Amount>,
    /// What the position earned in the base currency, R: (end + outflow) / (begin + inflow) − 1, a fraction. None where
    /// an amount is unknown or there is no positive capital, as in a short position or overdrawn cash.
    return_fraction: Option<f64>,
    /// The same in the currency of the instrument, L.
    local_return_fraction: Option<f64>,
    /// What exchange rates made of it, X: (1 + R) / (1 + L) − 1, a fraction; none if nothing is left in the currency of
    /// the instrument.
    currency_return_fraction: Option<f64>,
    /// What rates made of the local return, L · X, so that R = L + X + L · X.
    cross_return_fraction: Option<f64>,
    /// What the position earned, in the base currency, over the capital of the portfolio: its part of the portfolio's
    /// return of the date. The parts of all positions add up to it. None on a date without such a return, or if an
    /// amount is unknown.
    contribution_fraction: Option<f64>,
}
