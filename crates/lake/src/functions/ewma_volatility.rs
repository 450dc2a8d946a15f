//! `ewma_volatility(return_fraction, business_date)`: the forecast of the next day, a year.

use analytics::measures::ewma_volatility_094::MEASURE;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments;

/// Volatility, exponentially weighted of a group.
pub static FUNCTION: Function = Function {
    name: "ewma_volatility",
    aliases: &[],
    title: "Volatility, exponentially weighted",
    definition: "The root of 252 v after the last day, with v = 0.94 v + 0.06 r² from the square of the first return \
                 on: the forecast for the next day, a year.",
    arguments: &[arguments::RETURN_OF_A_DAY, arguments::DAY_OF_A_RETURN],
    result: "Fraction a year.",
    nulls: "Rows without a return are left out. NULL without any. NULL as well if a number is NaN or infinite. Two \
            returns of one day are an error.",
    source: "RiskMetrics, *Technical Document*, 4th ed., 1996, ch. 5.",
    example: concat!(
        "SELECT portfolio_id, ewma_volatility(return_fraction, business_date) ",
        "FROM gold.daily_returns GROUP BY portfolio_id"
    ),
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return, Role::Day], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    Ok(MEASURE.of(&rows.series(None)?).number())
}
