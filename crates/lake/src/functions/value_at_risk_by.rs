//! `value_at_risk_by(returns, tail_probability, method)`: the value at risk as a method of one's choice estimates it.

use analytics::risk::TailRisk;
use arrow::array::{ArrayRef, Float64Array};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;

use super::{Function, Make};
use crate::arguments::{METHOD, RETURNS_IN_ORDER, TAIL_PROBABILITY};
use crate::row_functions;

/// Value at risk by any method.
pub static FUNCTION: Function = Function {
    name: "value_at_risk_by",
    aliases: &[],
    title: "Value at risk by a method",
    definition: "What the next day may lose, estimated from a list of daily returns by the method that is named: \
                 `historical`, `filtered_historical`, `normal`, `student_t` (greatest likelihood), `cornish_fisher`, \
                 `ewma` or `monte_carlo` (20,000 paths of one day drawn from the fitted Student t distribution with \
                 the fixed seed 20170312: the same returns have the same figure; `monte_carlo_bound` says how exact \
                 it is).",
    arguments: &[RETURNS_IN_ORDER, TAIL_PROBABILITY, METHOD],
    result: "Fraction of the value; a loss is positive.",
    nulls: "NULL if an argument is NULL, a number of the list is NULL, NaN or infinite, or the method has no figure: \
            too few returns (30 for `student_t` and `monte_carlo`), or outside the domain of `cornish_fisher`. A \
            probability that is not between 0 and 1 and a method that is not known are errors.",
    source: "McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2nd ed., 2015, 9.2.",
    example: concat!(
        "SELECT portfolio_id, value_at_risk_by(array_agg(return_fraction ORDER BY business_date), 0.01, 'student_t') ",
        "FROM gold.daily_returns WHERE return_fraction IS NOT NULL GROUP BY portfolio_id"
    ),
    make: Make::Scalar(make),
};

fn make() -> ScalarUDF {
    row_functions::of_each_row(&FUNCTION, figures)
}

fn figures(function: &'static Function, arrays: &[ArrayRef], rows: usize) -> Result<Float64Array> {
    row_functions::of_methods(function, arrays, rows, |risk: TailRisk| risk.value_at_risk())
}
