//! `expected_shortfall_of(outcomes, tail_probability)`: the mean loss in the tail, of a vector of scenarios.

use analytics::risk::historical;
use arrow::array::{ArrayRef, Float64Array};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;

use super::{Function, Make};
use crate::arguments::{Argument, ArgumentKind};
use crate::row_functions;

/// Expected shortfall of a vector.
pub static FUNCTION: Function = Function {
    name: "expected_shortfall_of",
    aliases: &[],
    title: "Expected shortfall of a vector",
    definition: "Minus the mean of exactly the tail's share of the smallest numbers of a list, each a scenario of the \
                 same weight; the last of them counts as far as the share reaches into it.",
    arguments: &[
        Argument { name: "outcomes", kind: ArgumentKind::Numbers, meaning: "The profit or return in each scenario." },
        Argument {
            name: "tail_probability",
            kind: ArgumentKind::Number,
            meaning: "The probability of the tail, 0.05 for 95 %.",
        },
    ],
    result: "The unit of the numbers; a loss is positive. Never less than value_at_risk_of.",
    nulls: "NULL if the list or the probability is NULL, the list is empty, or one of its numbers is NULL, NaN or \
            infinite. A probability that is not between 0 and 1 is an error.",
    source: "Acerbi and Tasche, *On the Coherence of Expected Shortfall*, Journal of Banking and Finance 26 (2002).",
    example: "SELECT expected_shortfall_of(make_array(-0.03, 0.01, -0.02, 0.04), 0.25)",
    make: Make::Scalar(make),
};

fn make() -> ScalarUDF {
    row_functions::of_each_row(&FUNCTION, figures)
}

fn figures(function: &'static Function, arrays: &[ArrayRef], rows: usize) -> Result<Float64Array> {
    row_functions::of_tails(function, arrays, rows, |list, probability| {
        historical::expected_shortfall(list, probability).number()
    })
}
