//! gold.history_markers: from which facts the gold of each portfolio and month was made.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio and calendar month. A night compares it with the marker of the same facts as they are
    /// now, and makes again the months of the portfolios for which they differ.
    HistoryMarker = "gold.history_markers", key ["portfolio_id", "month_start"], dated Some("month_start"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The first day of the month.
    month_start: BusinessDate,
    /// The last day whose facts are in the marker: the last of the month, or the date of the night.
    through_date: BusinessDate,
    /// A sum of hashes of the portfolio's description, its transactions of the month, and the closes, volumes,
    /// valuation dates, corporate actions and rates of the month of all that it had touched by then. The same facts
    /// give the same marker, in whatever order they came.
    marker: String,
    /// The same of the factors that count in the month, from which nothing but gold.factor_regressions and
    /// gold.factor_exposures follows; none where a night did not know of them.
    factors_marker: Option<String>,
}
