//! silver.portfolios: the store's portfolios, as a night saw them.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::identifiers::{MarketId, PortfolioId};

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
    /// Symbol of its benchmark in its market.
    benchmark_symbol: Option<String>,
    /// The risk-free rate a year, a fraction (0.02 is two percent); none if the mandate names none.
    risk_free_annual: Option<f64>,
    /// Where its statements are mailed; none for no mail.
    client_email: Option<String>,
}
