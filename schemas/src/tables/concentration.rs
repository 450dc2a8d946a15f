//! gold.concentration: how much of a portfolio lies in few hands.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, valuation date and way of grouping what is held. The positions of a group are added up
    /// first, so that a debt lowers what is owned of the same issuer; then each group counts with its size. Shares are
    /// estimates, fractions of the sum of all sizes; a row has all figures, or the reason why it has none.
    ConcentrationRow = "gold.concentration", key ["portfolio_id", "business_date", "grouping"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// What is grouped by: `position`, `currency`, or a taxonomy of the market such as `issuer`, in which money is
    /// `cash` and what no row classifies is `unclassified`.
    grouping: String,
    /// The groups that are not zero.
    group_count: Option<i64>,
    /// The Herfindahl index: the sum of the squared shares, from one over the number of groups to 1.
    herfindahl: Option<f64>,
    /// How many groups of one size would be as concentrated: one over the index.
    effective_number: Option<f64>,
    /// The index on a scale from 0 (all equal) to 1 (all in one).
    normalized_herfindahl: Option<f64>,
    /// How many groups of one size have the same entropy; small groups count for more in it.
    entropy_number: Option<f64>,
    /// The share of the largest group.
    largest_share: Option<f64>,
    /// The share of the five largest groups together.
    largest_five_share: Option<f64>,
    /// The share of the ten largest groups together.
    largest_ten_share: Option<f64>,
    /// The largest group; of groups of one size the first by name.
    largest_group: Option<String>,
    /// The share of what no row classifies; none for `position` and `currency`, too.
    unclassified_share: Option<f64>,
    /// Why there are no figures; none where there are.
    unavailable_reason: Option<String>,
}
