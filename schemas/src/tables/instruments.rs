//! silver.instruments: what can be held or compared with.

use crate::currency::Currency;
use crate::decimals::Rate;
use crate::identifiers::{InstrumentId, MarketId};

crate::table! {
    /// One row per instrument of a market.
    Instrument = "silver.instruments", key ["instrument_id"], dated None,
    /// Market and symbol, e.g. `D01~AAPL`.
    instrument_id: InstrumentId,
    /// The market.
    market_id: MarketId,
    /// The symbol in that market. Not a key: two markets may use one symbol for two instruments.
    symbol: String,
    /// The name for people.
    name: String,
    /// The currency in which it is valued; for a pence line GBP, never GBX.
    currency: Currency,
    /// What a quote is multiplied by to be in `currency`: 0.01 for a pence line, otherwise 1.
    price_scale: Rate,
    /// What the quotes are adjusted for: `none`, `split` or `total`.
    adjusted: String,
    /// Where the quotes come from, in words.
    quote_origin: String,
    /// ISIN, where the file gives one.
    isin: Option<String>,
    /// CUSIP, where the file gives one.
    cusip: Option<String>,
    /// Whether its quotes grow with what it pays: `total` if they do, as those of a total return index or a fund that
    /// keeps its income; `price` if they do not. None if nobody says; quotes that are adjusted for dividends always do.
    return_basis: Option<String>,
    /// By how many percent its price falls if all yields rise by one percentage point, in years: modified duration.
    /// None if nobody says.
    modified_duration: Option<Rate>,
    /// By how many percent its price falls if its spread rises by one percentage point, in years. None if nobody says.
    spread_duration: Option<Rate>,
    /// Whether it is leveraged, or a contingent liability: one of which more than the stake can be lost, or a tenth of
    /// it in a small move. None if nobody says; it then counts as not leveraged.
    leveraged: Option<bool>,
    /// The instrument of the market whose returns stand for those that this one lacks in the scenarios of risk. None if
    /// the file names none.
    proxy_instrument_id: Option<InstrumentId>,
}
