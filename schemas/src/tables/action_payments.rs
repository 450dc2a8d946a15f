//! gold.action_payments: cash that the books take from announcements, because no broker books it.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per corporate action and currency whose cash follows from its announcement and the units held: the price
    /// of a merger or redemption, a liquidation, fractions. Cash that the portfolio's own transactions book has no row.
    ActionPayment = "gold.action_payments",
    key ["portfolio_id", "instrument_id", "ex_date", "kind", "currency"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The instrument whose issuer pays.
    instrument_id: InstrumentId,
    /// The ex-date that was announced.
    ex_date: BusinessDate,
    /// The kind of the corporate action.
    kind: String,
    /// The valuation date on which the cash is booked.
    business_date: BusinessDate,
    /// The currency of the cash.
    currency: Currency,
    /// What was received; negative if it was paid.
    amount: Amount,
}
