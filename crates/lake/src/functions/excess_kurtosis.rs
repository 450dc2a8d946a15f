//! `excess_kurtosis(return_fraction)`: how much more frequent extreme days are than in a normal distribution.

use analytics::columns;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments;

/// Excess kurtosis of a group.
pub static FUNCTION: Function = Function {
    name: "excess_kurtosis",
    aliases: &[],
    title: "Excess kurtosis",
    definition: "The fourth moment of the returns over the fourth power of their deviation, both of the population, \
                 less 3. Their order does not matter.",
    arguments: &[arguments::RETURN_OF_A_DAY],
    result: "Ratio; positive where extreme days are more frequent than in a normal distribution.",
    nulls: "Rows without a return are left out. NULL without any, if they do not vary, or if one is NaN or infinite.",
    source: "Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4.",
    example: "SELECT portfolio_id, excess_kurtosis(return_fraction) FROM gold.daily_returns GROUP BY portfolio_id",
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    Ok(columns::excess_kurtosis(rows.numbers()).ok())
}
