//! `correlation(return_fraction, benchmark_return)`: how closely returns follow those of a benchmark.

use analytics::columns;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments::{self, Argument, ArgumentKind};

/// Correlation with a benchmark of a group.
pub static FUNCTION: Function = Function {
    name: "correlation",
    aliases: &[],
    title: "Correlation with a benchmark",
    definition: "Pearson's correlation of the returns with those of the benchmark. Their order does not matter.",
    arguments: &[
        arguments::RETURN_OF_A_DAY,
        Argument {
            name: "benchmark_return",
            kind: ArgumentKind::Number,
            meaning: "The benchmark's return of the same day as a fraction.",
        },
    ],
    result: "Ratio from -1 to 1.",
    nulls: "Rows without a return are left out. NULL if a row that has one lacks that of the benchmark: a figure of \
            the other days would be one of another period. NULL with fewer than two, if one side does not vary, or if \
            a number is NaN or infinite.",
    source: "Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4.",
    example: concat!(
        "SELECT portfolio_id, correlation(return_fraction, benchmark_return_fraction) ",
        "FROM gold.daily_returns GROUP BY portfolio_id"
    ),
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return, Role::Number], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    Ok(columns::correlation(rows.numbers(), rows.others()).ok())
}
