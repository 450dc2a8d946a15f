//! `tracking_error(return_fraction, benchmark_return)`: how far returns stray from those of a benchmark, a year.

use analytics::{Sampling, columns};
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments::{self, Argument, ArgumentKind};

/// Tracking error of a group.
pub static FUNCTION: Function = Function {
    name: "tracking_error",
    aliases: &[],
    title: "Tracking error",
    definition: "The standard deviation (n - 1) of the daily differences from the benchmark, times the square root of \
                 252. Their order does not matter.",
    arguments: &[
        arguments::RETURN_OF_A_DAY,
        Argument {
            name: "benchmark_return",
            kind: ArgumentKind::Number,
            meaning: "The benchmark's return of the same day as a fraction.",
        },
    ],
    result: "Fraction a year: 0.04 is four percent.",
    nulls: "Rows without a return are left out. NULL if a row that has one lacks that of the benchmark: a figure of \
            the other days would be one of another period. NULL with fewer than two, or if a number is NaN or \
            infinite.",
    source: "Grinold and Kahn, *Active Portfolio Management*, 2nd ed., ch. 3.",
    example: concat!(
        "SELECT portfolio_id, tracking_error(return_fraction, benchmark_return_fraction) ",
        "FROM gold.daily_returns GROUP BY portfolio_id"
    ),
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return, Role::Number], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    Ok(columns::tracking_error(rows.numbers(), rows.others(), Sampling::Daily252).ok())
}
