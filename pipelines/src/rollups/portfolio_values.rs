//! gold.portfolio_values from gold.valuations.

use schemas::tables::{portfolio_values, portfolios, quotes, valuations};

use super::{Rollup, from_sql};

/// One row per portfolio and valuation date.
pub static ROLLUP: Rollup = Rollup {
    writes: &portfolio_values::TABLE,
    reads: &[&portfolios::TABLE, &quotes::TABLE, &valuations::TABLE],
    make: |lake, work| Box::pin(from_sql(lake, work, &ROLLUP, include_str!("../../rollups/portfolio_values.sql"))),
};
