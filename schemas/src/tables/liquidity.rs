//! gold.liquidity: how long it takes to sell what portfolios hold.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio and valuation date: the days that it takes to sell the positions at a part of the volume
    /// that is traded on an average day. Estimates; a figure that there is not has its reason beside it.
    LiquidityRow = "gold.liquidity", key ["portfolio_id", "business_date"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// The part of an average day's volume that one is, e.g. 0.2.
    participation: f64,
    /// The positions held, cash included.
    position_count: i64,
    /// The positions of which nobody knows how long they take, e.g. because no volume is known; an overdraft, which is
    /// paid back and not sold, is not one of them.
    unknown_count: i64,
    /// Trading days until everything is sold, not rounded; none if that is not known of every position.
    days_until_all: Option<f64>,
    /// Why it is not known how long it takes: the first position without days, and its reason. None if it is known.
    days_unavailable_reason: Option<String>,
    /// The part of the value of all positions, regardless of sign, that is sold within one day. What nobody knows
    /// counts as not sold.
    one_day_share: Option<f64>,
    /// The part that is sold within five days.
    five_day_share: Option<f64>,
    /// The part that is sold within twenty days.
    twenty_day_share: Option<f64>,
    /// The part of which nobody knows how long it takes.
    unknown_share: Option<f64>,
    /// Why there are no shares, e.g. because a position has no value; none where there are.
    shares_unavailable_reason: Option<String>,
}
