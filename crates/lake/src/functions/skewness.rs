//! `skewness(return_fraction)`: which side of the mean has the longer tail.

use analytics::columns;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments;

/// Skewness of a group.
pub static FUNCTION: Function = Function {
    name: "skewness",
    aliases: &[],
    title: "Skewness",
    definition: "The third moment of the returns over the third power of their deviation, both of the population. \
                 Their order does not matter.",
    arguments: &[arguments::RETURN_OF_A_DAY],
    result: "Ratio; negative where large losses are more frequent than large gains.",
    nulls: "Rows without a return are left out. NULL without any, if they do not vary, or if one is NaN or infinite.",
    source: "Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4.",
    example: "SELECT portfolio_id, skewness(return_fraction) FROM gold.daily_returns GROUP BY portfolio_id",
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    Ok(columns::skewness(rows.numbers()).ok())
}
