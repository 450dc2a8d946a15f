//! gold.action_payments: cash and units that the books take from announcements, because no broker books them.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::{Amount, Quantity};
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per corporate action and currency whose cash or units follow from its announcement and the units held:
    /// the price of a merger or redemption, a liquidation, fractions, the units of a split or spin-off. What the
    /// portfolio's own transactions book has no row.
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
    /// The currency of the cash; that of the instrument if only units moved.
    currency: Currency,
    /// What was received; negative if it was paid, zero if only units moved.
    amount: Amount,
    /// The day on which the issuer pays or delivers, the ex-date if no other was announced. None in rows of programs
    /// that did not record it.
    pay_date: Option<BusinessDate>,
    /// Units of the instrument just before, negative if short; the same in every row of an action. None in rows of
    /// programs that did not record units; booking their dates again records them.
    quantity_before: Option<Quantity>,
    /// Units of the instrument just after; what was sold as a fraction has left.
    quantity_after: Option<Quantity>,
    /// The instrument that holders receive; none if the action has none.
    target_instrument_id: Option<InstrumentId>,
    /// Units of the target just before; none without a target.
    target_quantity_before: Option<Quantity>,
    /// Units of the target just after; none without a target.
    target_quantity_after: Option<Quantity>,
}
