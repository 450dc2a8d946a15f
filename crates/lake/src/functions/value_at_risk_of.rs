//! `value_at_risk_of(outcomes, tail_probability)`: the loss that few of a vector of scenarios exceed.

use analytics::risk::historical;
use arrow::array::{ArrayRef, Float64Array};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;

use super::{Function, Make};
use crate::arguments::{Argument, ArgumentKind};
use crate::row_functions;

/// Value at risk of a vector.
pub static FUNCTION: Function = Function {
    name: "value_at_risk_of",
    aliases: &[],
    title: "Value at risk of a vector",
    definition: "Minus the quantile of the numbers of a list, each a scenario of the same weight, with linear \
                 interpolation between order statistics (type 7).",
    arguments: &[
        Argument { name: "outcomes", kind: ArgumentKind::Numbers, meaning: "The profit or return in each scenario." },
        Argument {
            name: "tail_probability",
            kind: ArgumentKind::Number,
            meaning: "The probability of the tail, 0.05 for 95 %.",
        },
    ],
    result: "The unit of the numbers; a loss is positive.",
    nulls: "NULL if the list or the probability is NULL, the list is empty, or one of its numbers is NULL, NaN or \
            infinite. A probability that is not between 0 and 1 is an error.",
    source: "Hyndman and Fan, *Sample Quantiles in Statistical Packages*, 1996, type 7.",
    example: "SELECT value_at_risk_of(make_array(-0.03, 0.01, -0.02, 0.04), 0.25)",
    make: Make::Scalar(make),
};

fn make() -> ScalarUDF {
    row_functions::of_each_row(&FUNCTION, figures)
}

fn figures(function: &'static Function, arrays: &[ArrayRef], rows: usize) -> Result<Float64Array> {
    row_functions::of_tails(function, arrays, rows, |list, probability| {
        historical::value_at_risk(list, probability).number()
    })
}
