//! gold.lot_closings: which lots each disposal closed, and what rules changed about it since.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::{Amount, Quantity};
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per disposal and lot that it closed, and one per later change of its gain by a rule that looks ahead,
    /// e.g. a wash sale. The gains of all rows of a disposal add up to what the portfolio's method makes of it.
    LotClosing = "gold.lot_closings",
    key ["portfolio_id", "instrument_id", "transaction_id", "business_date", "position"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The instrument.
    instrument_id: InstrumentId,
    /// The transaction that closed the lot.
    transaction_id: String,
    /// The valuation date on which the row takes effect: that of the disposal, or of the change.
    business_date: BusinessDate,
    /// The place among the rows of this disposal and date, from 1.
    position: i64,
    /// The day of the disposal's trade; for a change, the day on which the rule changed it.
    trade_date: BusinessDate,
    /// The transaction that had opened the lot, for a pool the first one in it; for a change, the acquisition that the
    /// units are matched with or that replaces them. None for a change that no single acquisition made.
    opened_by: Option<String>,
    /// The day from which the holding period counts; for a pool, the day on which it was opened. None for a change.
    acquired_date: Option<BusinessDate>,
    /// Units closed, negative if a short position was covered; for a change, the units that the rule concerns.
    quantity: Quantity,
    /// The instrument's currency, in which the next three are.
    currency: Currency,
    /// The lot's share of what came in, net of fees and taxes; none if unknown, and for a change.
    proceeds: Option<Amount>,
    /// What the units had cost by the portfolio's method; none if unknown, and for a change.
    cost: Option<Amount>,
    /// Proceeds minus cost, or what the change adds to the gain; none if unknown.
    gain: Option<Amount>,
    /// The same in base currency, each part at the rate of its own day; none if unknown.
    gain_base: Option<Amount>,
    /// `proceeds` in base currency at the rate of the day of the disposal; none if unknown, and for a change. None in
    /// rows of programs that did not record it; booking their dates again records it.
    proceeds_base: Option<Amount>,
    /// `cost` in base currency at the rates of the days of the acquisitions; none like `proceeds_base`.
    cost_base: Option<Amount>,
    /// Calendar days from the day of acquisition to that of the disposal; none for a change.
    days_held: Option<i64>,
    /// `short` or `long`, for methods of a tax law that distinguishes; none for others.
    holding_term: Option<String>,
    /// The rule that chose the lot, e.g. `fifo` or `same_day`, or that changed the gain, e.g. `wash_sale`.
    rule: String,
}

impl LotClosing {
    /// Whether a rule that looks ahead changed the gain of an earlier disposal, instead of a disposal closing a lot.
    pub fn is_change(&self) -> bool {
        self.acquired_date.is_none()
    }
}
