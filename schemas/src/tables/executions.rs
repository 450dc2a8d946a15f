//! silver.executions: how orders were executed, as far as bookings do not say it.

use chrono::{DateTime, Utc};

use crate::dates::BusinessDate;
use crate::decimals::{Amount, Price, Quantity, Rate};
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per tranche of an executed order. Tranches of one booking add up to its quantity and have its price on
    /// average; a file that says otherwise is rejected for that booking. What is not known is empty.
    Execution = "silver.executions", key ["portfolio_id", "transaction_id", "tranche"], dated Some("trade_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The booking of the order.
    transaction_id: String,
    /// The number of the tranche, from 1, in the order of the file.
    tranche: i64,
    /// How many tranches the order has; rows with a higher number are of an earlier file and count no more.
    tranche_count: i64,
    /// The day of the trade, as booked.
    trade_date: BusinessDate,
    /// When it was executed.
    executed_at: Option<DateTime<Utc>>,
    /// How far the clock of the place was ahead of UTC, in seconds, e.g. 7200; none if the instant is unknown.
    utc_offset_s: Option<i64>,
    /// The order's own id.
    order_id: Option<String>,
    /// The type of the order: `market`, `limit`, `stop`, `stop_limit`, `trailing_stop`, `at_open`, `at_close` or
    /// `other`.
    order_type: Option<String>,
    /// Where it was executed: a market identifier code (ISO 10383), e.g. `XPAR`; `XOFF` is outside of trading venues,
    /// `SINT` a systematic internaliser.
    venue_mic: Option<String>,
    /// What the order was if no plain purchase or sale: `subscription`, `redemption`, `switch`, `exercise` or
    /// `transfer`.
    nature: Option<String>,
    /// Units of the tranche; none for all of the booking's.
    quantity: Option<Quantity>,
    /// Price per unit as quoted; none for the booking's.
    price: Option<Price>,
    /// The exchange rate obtained: units of the booking's currency for one of the instrument's.
    fx_rate: Option<Rate>,
    /// Who the other side was: `market`, `anonymous`, `firm`, `group` or `client`.
    counterparty: Option<String>,
    /// What is inside the price for the firm that dealt on its own account, in the booking's currency.
    mark_up: Option<Amount>,
    /// The account on which it is settled, as the client knows it.
    settlement_account: Option<String>,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
