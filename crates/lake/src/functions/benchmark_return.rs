//! `benchmark_return(begin_value, level_before, level)`: what a benchmark earned on a day of a portfolio.

use arrow::array::{Array, ArrayRef, Decimal128Array, Float64Array};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;

use super::{Function, Make};
use crate::arguments::{Argument, ArgumentKind, number, typed};
use crate::row_functions;

/// The return of a benchmark from its levels; NULL if a level that is needed is, or the value before.
pub static FUNCTION: Function = Function {
    name: "benchmark_return",
    aliases: &[],
    title: "Return of a benchmark on a day of a portfolio",
    definition: "level / level_before - 1; 0 if the portfolio started the day without capital, since it was bought at \
                 the end of the day.",
    arguments: &[
        Argument {
            name: "begin_value",
            kind: ArgumentKind::Amount,
            meaning: "The market value of the portfolio before the day.",
        },
        Argument {
            name: "level_before",
            kind: ArgumentKind::Number,
            meaning: "The level of the benchmark before the day, in the currency of the portfolio.",
        },
        Argument { name: "level", kind: ArgumentKind::Number, meaning: "Its level at the end of the day." },
    ],
    result: "Fraction: 0.01 is one percent.",
    nulls: "NULL if begin_value is, or if a level that is needed is NULL or not positive.",
    source: "The rule of the house; a portfolio and its benchmark are compared over the same time.",
    example: "SELECT benchmark_return(100.0, 4000.0, 4040.0)",
    make: Make::Scalar(make),
};

fn make() -> ScalarUDF {
    row_functions::of_each_row(&FUNCTION, figures)
}

fn figures(_function: &'static Function, arrays: &[ArrayRef], rows: usize) -> Result<Float64Array> {
    let begin: &Decimal128Array = typed(arrays, 0)?;
    let (before, today): (&Float64Array, &Float64Array) = (typed(arrays, 1)?, typed(arrays, 2)?);
    let of_row = |row: usize| {
        let begin = begin.is_valid(row).then(|| begin.value(row))?;
        analytics::benchmark_return(begin, number(before, row), number(today, row))
    };
    Ok((0..rows).map(of_row).collect())
}
