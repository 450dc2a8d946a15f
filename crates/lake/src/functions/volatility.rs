//! `volatility(return_fraction, business_date)`: how far returns stray from their mean, a year.

use analytics::measures::volatility::MEASURE;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments;

/// Volatility of a group.
pub static FUNCTION: Function = Function {
    name: "volatility",
    aliases: &[],
    title: "Volatility",
    definition: "The standard deviation (n - 1) of daily returns, times the square root of 252.",
    arguments: &[arguments::RETURN_OF_A_DAY, arguments::DAY_OF_A_RETURN],
    result: "Fraction a year: 0.15 is fifteen percent.",
    nulls: "Rows without a return are left out. NULL with fewer than two. NULL as well if a number is NaN or \
            infinite. Two returns of one day are an error.",
    source: "Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4.",
    example: concat!(
        "SELECT portfolio_id, volatility(return_fraction, business_date) ",
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
