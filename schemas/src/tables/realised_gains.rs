//! gold.realised_gains: what sales earned against the lots they closed.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::{Amount, Quantity};
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per transaction that reduced a position: sales, transfers out and write-offs.
    RealisedGain = "gold.realised_gains", key ["portfolio_id", "transaction_id"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The transaction.
    transaction_id: String,
    /// Its position in the file.
    booking_sequence: i64,
    /// The instrument.
    instrument_id: InstrumentId,
    /// The valuation date on which it takes effect.
    business_date: BusinessDate,
    /// The day of the trade.
    trade_date: BusinessDate,
    /// The transaction's kind.
    kind: String,
    /// Units that left.
    quantity: Quantity,
    /// The instrument's currency, in which the next three are.
    currency: Currency,
    /// What came in, net of fees and taxes of the sale; for a transfer out the market value;
    /// none if that is unknown.
    proceeds: Option<Amount>,
    /// What the lots closed had cost by the portfolio's method; none if a transfer came in without a price.
    cost: Option<Amount>,
    /// Proceeds minus cost; none if the proceeds are unknown.
    gain: Option<Amount>,
    /// The gain in base currency: cost at the rates of the purchases, proceeds at the rate of the sale. None if a
    /// rate is missing.
    gain_base: Option<Amount>,
    /// The part of `gain_base` that prices made: the gain in the instrument's currency at the rate of the sale.
    price_gain_base: Option<Amount>,
    /// The part of `gain_base` that exchange rates made: the cost at the rate of the sale minus the cost in base
    /// currency.
    currency_gain_base: Option<Amount>,
    /// The fees and taxes inside the gain, of the purchases and of the sale, in the instrument's currency.
    charges: Option<Amount>,
    /// The same in base currency, each at the rate of its own day.
    charges_base: Option<Amount>,
}
