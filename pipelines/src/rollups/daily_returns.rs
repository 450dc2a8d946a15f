//! gold.daily_returns from gold.portfolio_values and gold.cash_flows.

use schemas::tables::{cash_flows, daily_returns, portfolio_values};

use super::{Rollup, from_sql};

/// One row per portfolio and valuation date.
pub static ROLLUP: Rollup = Rollup {
    writes: &daily_returns::TABLE,
    reads: &[&portfolio_values::TABLE, &cash_flows::TABLE],
    make: |lake, work| Box::pin(from_sql(lake, work, &ROLLUP, include_str!("../../rollups/daily_returns.sql"))),
};
