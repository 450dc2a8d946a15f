//! gold.cash_flows: what the client brought in or took out.

use chrono::NaiveDate;

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per external flow: deposits, withdrawals and transfers in kind. Dividends, interest, fees and taxes are
    /// not external.
    CashFlow = "gold.cash_flows", key ["portfolio_id", "transaction_id"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The transaction.
    transaction_id: String,
    /// The valuation date on which the flow takes effect.
    business_date: BusinessDate,
    /// The day of the flow itself; money-weighted returns count from here.
    flow_date: NaiveDate,
    /// The transaction's kind.
    kind: String,
    /// The currency of `amount`.
    currency: Currency,
    /// The signed amount, positive if it came in; for a transfer in kind its value in the instrument's currency;
    /// none if there is no price for it.
    amount: Option<Amount>,
    /// The same in the portfolio's base currency: cash at the rate of the flow's own day, securities at the close and
    /// rate of the business date; none if a price or a rate is missing.
    amount_base: Option<Amount>,
}
