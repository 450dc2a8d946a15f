//! silver.portfolios: the store's portfolios, as a night saw them.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::identifiers::{MarketId, PortfolioId};
use crate::language::Language;

crate::table! {
    /// One row per portfolio; replaced as a whole by every night, so that a night is self-contained.
    Portfolio = "silver.portfolios", key ["portfolio_id"], dated None,
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The market it is valued from.
    market_id: MarketId,
    /// The source of its FX rates: its market, or `ecb_reference_rates`.
    fx_source: MarketId,
    /// The title for people.
    title: String,
    /// The currency of its figures.
    base_currency: Currency,
    /// Its first day.
    start_date: BusinessDate,
    /// Its last day, if it has been closed.
    end_date: Option<BusinessDate>,
    /// Symbol of its benchmark in its market; none if it has none, or one of several symbols.
    benchmark_symbol: Option<String>,
    /// Its benchmark of several symbols: each with its weight, and how often the weights are restored, e.g.
    /// `SPY 0.6, AGG 0.4; quarterly`.
    benchmark_blend: Option<String>,
    /// The risk-free rate a year, a fraction (0.02 is two percent); none if the mandate names none, or dated rates.
    risk_free_annual: Option<f64>,
    /// The market whose dated risk-free rates count; none if the rate is one for all days, or the mandate names none.
    risk_free_source: Option<MarketId>,
    /// Where its statements are mailed; none for no mail.
    client_email: Option<String>,
    /// The channels by which its documents go, e.g. `email, webhook`, or `none`; empty for mail if there is an address.
    delivery: Option<String>,
    /// How the lots to close are chosen: a cost basis method, and the ones that took its place with the day from which
    /// each counts, e.g. `fifo` or `fifo; 2024-01-01 average_cost`. Rows older than this column have none and count as
    /// `fifo`.
    cost_basis: String = "fifo",
    /// The language of its documents, e.g. `fr`. Rows older than this column have none and count as `en`.
    language: Language = "en",
    /// Whether the client gets a confirmation of every executed order (Art. 59), so that statements need not list
    /// trades. Rows older than this column have nothing in it and count as false.
    confirmations: bool = "false",
    /// The last day of the last closed tax year: nothing may be booked on or before it any more. None if no year is
    /// closed.
    locked_through: Option<BusinessDate>,
}
