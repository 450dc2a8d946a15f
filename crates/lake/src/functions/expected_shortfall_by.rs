//! `expected_shortfall_by(returns, tail_probability, method)`: the expected shortfall as a method estimates it.

use analytics::risk::TailRisk;
use arrow::array::{ArrayRef, Float64Array};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;

use super::{Function, Make};
use crate::arguments::{METHOD, RETURNS_IN_ORDER, TAIL_PROBABILITY};
use crate::row_functions;

/// Expected shortfall by any method.
pub static FUNCTION: Function = Function {
    name: "expected_shortfall_by",
    aliases: &[],
    title: "Expected shortfall by a method",
    definition: "The mean loss of the next day in its tail, estimated from a list of daily returns by the method that \
                 is named; the methods are those of value_at_risk_by.",
    arguments: &[RETURNS_IN_ORDER, TAIL_PROBABILITY, METHOD],
    result: "Fraction of the value; a loss is positive. Never less than value_at_risk_by.",
    nulls: "NULL and errors as those of value_at_risk_by.",
    source: "McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2nd ed., 2015, 9.2.",
    example: concat!(
        "SELECT portfolio_id, ",
        "expected_shortfall_by(array_agg(return_fraction ORDER BY business_date), 0.025, 'monte_carlo') ",
        "FROM gold.daily_returns WHERE return_fraction IS NOT NULL GROUP BY portfolio_id"
    ),
    make: Make::Scalar(make),
};

fn make() -> ScalarUDF {
    row_functions::of_each_row(&FUNCTION, figures)
}

fn figures(function: &'static Function, arrays: &[ArrayRef], rows: usize) -> Result<Float64Array> {
    row_functions::of_methods(function, arrays, rows, |risk: TailRisk| risk.expected_shortfall())
}
