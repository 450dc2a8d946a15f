//! gold.valuations: what each position is worth.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::{Amount, Price, Quantity, Rate};
use crate::identifiers::{InstrumentId, PortfolioId};

crate::table! {
    /// One row per portfolio, held instrument (cash included) and valuation date.
    Valuation = "gold.valuations", key ["portfolio_id", "instrument_id", "business_date"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The instrument, or cash.
    instrument_id: InstrumentId,
    /// The valuation date.
    business_date: BusinessDate,
    /// Units held.
    quantity: Quantity,
    /// The price used, as quoted; 1 for cash; none if there is no price at all.
    price: Option<Price>,
    /// The day the price was observed; earlier than the business date if it is carried. None for cash.
    price_date: Option<BusinessDate>,
    /// What the price is: `quote`, `last_trade` (no quote so far), `cash` or `missing`.
    price_basis: String,
    /// The currency of `value`.
    currency: Currency,
    /// Quantity × price × scale, in `currency`; none if price is.
    value: Option<Amount>,
    /// Units of the base currency for one unit of `currency`, rounded to twelve decimals for display; the base value
    /// is computed from the unrounded cross rate. None if there is no rate, or none that is young enough.
    fx_rate: Option<Rate>,
    /// The day of the older of the two FX rates, also where that is too old to be used; none if no conversion was
    /// needed or a rate was never published.
    fx_rate_date: Option<BusinessDate>,
    /// The value in the portfolio's base currency; none if price or rate is.
    value_base: Option<Amount>,
}
