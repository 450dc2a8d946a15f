//! gold.exceptions: what the checks found.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;
use crate::severity::Severity;

crate::table! {
    /// One row per finding of a consistency check.
    Exception = "gold.exceptions", key ["check_name", "business_date", "portfolio_id", "subject"],
    dated Some("business_date"),
    /// The check, e.g. `missing_fx_rate`.
    check_name: String,
    /// The business date that was checked.
    business_date: BusinessDate,
    /// What follows from it.
    severity: Severity,
    /// The portfolio concerned.
    portfolio_id: PortfolioId,
    /// What in the portfolio is concerned: an instrument, a transaction, or the portfolio itself.
    subject: String,
    /// What is wrong, in a sentence with the figures.
    message: String,
}
