//! silver.transactions: the store's transactions, as a night saw them.

use chrono::{DateTime, Utc};

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::{Amount, Price, Quantity};
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per booked transaction; immutable.
    Transaction = "silver.transactions", key ["portfolio_id", "transaction_id"], dated Some("trade_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The id within the portfolio, as the file gave it.
    transaction_id: String,
    /// Position in the file, from 1: the order of bookings of one day.
    booking_sequence: i64,
    /// The day of the trade or of the cash movement.
    trade_date: BusinessDate,
    /// The day on which cash and securities change hands; none if it is the trade date.
    settlement_date: Option<BusinessDate>,
    /// The kind, e.g. `BUY`.
    kind: String,
    /// The instrument, for kinds that have one.
    instrument_id: Option<InstrumentId>,
    /// Units of the instrument, positive where the kind moves units; the ratio of a SPLIT.
    quantity: Option<Quantity>,
    /// Price per unit as quoted; the amount per unit of a DIVIDEND.
    price: Option<Price>,
    /// The currency of `net_cash`, `fees` and `taxes`.
    currency: Currency,
    /// Fees inside `net_cash`; negative if they came back.
    fees: Amount,
    /// Taxes inside `net_cash`; negative if they came back.
    taxes: Amount,
    /// The signed change of the cash account in `currency`, fees and taxes inside.
    net_cash: Amount,
    /// The other currency of an FX deal.
    counter_currency: Option<Currency>,
    /// The signed amount booked in the other currency.
    counter_amount: Option<Amount>,
    /// For units brought in (`TRANSFER_IN`, `INTERNAL_IN`, `OPENING_BALANCE`): what they had cost before, in
    /// `currency`, if the lots keep their cost. None to take over the lots of the other portfolio with an
    /// `INTERNAL_IN`, and otherwise to count them at their market value of the day.
    lot_cost: Option<Amount>,
    /// For units brought in: the day on which they were acquired, if the lots keep their age.
    lot_acquired_date: Option<BusinessDate>,
    /// For a disposal by specific identification: the lots to close as `transaction_id` or `transaction_id=units`,
    /// separated by `;`, e.g. `17=40;21`.
    lots_closed: Option<String>,
    /// For a `REVERSAL`: the id of the transaction that it takes back.
    reverses: Option<String>,
    /// For an internal transfer: the other portfolio.
    counter_portfolio_id: Option<PortfolioId>,
    /// When the store learned of it; none before it is stored.
    recorded_at: Option<DateTime<Utc>>,
    /// What the broker wrote beside it.
    note: String,
    /// The file and line it was imported from, e.g. `D01/transactions.csv:7`.
    origin: String,
}
