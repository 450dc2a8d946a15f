//! gold.attribution: why portfolios did better or worse than their benchmarks.

use crate::dates::{BusinessDate, ReportingPeriod};
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, day on which its benchmark was weighed, period, taxonomy and group, and one for `total`:
    /// the effects of all groups add up to the difference of the returns. Months and years consist of the times between
    /// the days on which the benchmark was weighed.
    AttributionRow = "gold.attribution",
    key ["portfolio_id", "business_date", "through_date", "period", "taxonomy", "node"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date that made the row: the first one on or after `through_date`.
    business_date: BusinessDate,
    /// The day of the benchmark's weights with which the period ends.
    through_date: BusinessDate,
    /// The day of the weights with which it begins: the last one before the month or year, or the first one on which
    /// the portfolio had been valued. None where there are no effects.
    from_date: Option<BusinessDate>,
    /// The period: `MTD` or `YTD`, of the month or year of `through_date`.
    period: ReportingPeriod,
    /// What is told apart: `currency`, `asset_class`, or a taxonomy of silver.classifications, e.g. `sector`.
    taxonomy: String,
    /// The group as gold.group_returns has it, e.g. `USD`, or `total`.
    node: String,
    /// How the times between two weighings are split, e.g. `brinson_fachler`.
    model: String,
    /// How their effects become those of the period, e.g. `carino`.
    linking: String,
    /// The group's part of the portfolio at the start, a fraction.
    portfolio_weight: Option<f64>,
    /// Its part of the benchmark at the start, a fraction.
    benchmark_weight: Option<f64>,
    /// What the portfolio's part returned, in the base currency, a fraction; none if there was none.
    portfolio_return_fraction: Option<f64>,
    /// What the benchmark's part returned, a fraction; none if nobody says.
    benchmark_return_fraction: Option<f64>,
    /// The effect of holding more or less of the group than the benchmark, a fraction of the portfolio.
    allocation: Option<f64>,
    /// The effect of other returns inside the group, at the benchmark's weight.
    selection: Option<f64>,
    /// What remains: both together, and what was bought and sold in the meantime.
    interaction: Option<f64>,
    /// Why there are no effects; none where there are.
    unavailable_reason: Option<String>,
}
