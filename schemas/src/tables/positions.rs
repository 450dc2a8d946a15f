//! gold.positions: what a portfolio holds, written only where it changes.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::{Amount, Quantity};
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per portfolio, instrument and business date on which the position changed, with the position after
    /// the change. It holds until the next row; a closed position has a last row of quantity zero. Cash is a position
    /// in `CASH~<currency>`.
    Position = "gold.positions", key ["portfolio_id", "instrument_id", "business_date"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The instrument, or cash.
    instrument_id: InstrumentId,
    /// The valuation date from which the position holds.
    business_date: BusinessDate,
    /// Units held after the change; negative if short or overdrawn.
    quantity: Quantity,
    /// The currency of `cost`.
    currency: Currency,
    /// What the open lots cost by the portfolio's method, fees and taxes of the purchase inside; for cash its amount.
    /// None if a transfer came in without a price.
    cost: Option<Amount>,
    /// The same in the portfolio's base currency, each lot at the rate of its own date; none for cash or if a rate was
    /// missing.
    cost_base: Option<Amount>,
    /// The fees and taxes inside `cost`; none if unknown, and for cash.
    charges: Option<Amount>,
    /// The fees and taxes inside `cost_base`; none if unknown, and for cash.
    charges_base: Option<Amount>,
}
