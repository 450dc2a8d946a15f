//! `monte_carlo_bound(returns, tail_probability, end)`: how exactly a simulation knows its value at risk.

use analytics::risk::RiskQuestion;
use analytics::risk::monte_carlo::{PATHS, SEED, simulate};
use arrow::array::{ArrayRef, Float64Array};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::ScalarUDF;

use super::{Function, Make};
use crate::arguments::{Argument, ArgumentKind, RETURNS_IN_ORDER, TAIL_PROBABILITY};
use crate::row_functions;

/// An end of the interval of a simulated value at risk.
pub static FUNCTION: Function = Function {
    name: "monte_carlo_bound",
    aliases: &[],
    title: "Confidence interval of a simulated value at risk",
    definition: "The lower or the upper end of the interval that holds the value at risk of endless paths with 95 %, \
                 given the 20,000 paths of `value_at_risk_by(returns, tail_probability, 'monte_carlo')` and their \
                 fixed seed 20170312. It is about the simulation only: how well the returns are described by the \
                 distribution, it does not say.",
    arguments: &[
        RETURNS_IN_ORDER,
        TAIL_PROBABILITY,
        Argument { name: "end", kind: ArgumentKind::Text, meaning: "The end of the interval: `low` or `high`." },
    ],
    result: "Fraction of the value; a loss is positive.",
    nulls: "NULL where `monte_carlo` has no figure, or the tail has too few paths for an interval. An end that is \
            neither `low` nor `high` is an error.",
    source: "David and Nagaraja, *Order Statistics*, 3rd ed., 7.1.",
    example: concat!(
        "SELECT portfolio_id, monte_carlo_bound(array_agg(return_fraction ORDER BY business_date), 0.01, 'high') ",
        "FROM gold.daily_returns WHERE return_fraction IS NOT NULL GROUP BY portfolio_id"
    ),
    make: Make::Scalar(make),
};

fn make() -> ScalarUDF {
    row_functions::of_each_row(&FUNCTION, figures)
}

fn figures(function: &'static Function, arrays: &[ArrayRef], rows: usize) -> Result<Float64Array> {
    row_functions::of_named_tails(function, arrays, rows, |question: &RiskQuestion<'_>, end| {
        let is_low = match end {
            "low" => true,
            "high" => false,
            other => {
                let problem = format!("{}: unknown end `{other}`; known: low, high", function.name);
                return Err(DataFusionError::Execution(problem));
            }
        };
        let found = simulate(question, SEED, PATHS).ok().map(|simulation| simulation.value_at_risk_interval);
        Ok(found.map(|(low, high)| if is_low { low } else { high }))
    })
}
