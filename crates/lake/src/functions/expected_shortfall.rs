//! `expected_shortfall(return_fraction, tail_probability)`: the mean loss in the tail.

use analytics::risk::historical;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments::{self, Argument, ArgumentKind, tail_probability};

/// Expected shortfall, historical of a group.
pub static FUNCTION: Function = Function {
    name: "expected_shortfall",
    aliases: &[],
    title: "Expected shortfall, historical",
    definition: "Minus the mean of exactly the tail's share of the worst returns; the last of them counts as far as \
                 the share reaches into it. Their order does not matter.",
    arguments: &[
        arguments::RETURN_OF_A_DAY,
        Argument {
            name: "tail_probability",
            kind: ArgumentKind::Number,
            meaning: "The probability of the tail, 0.05 for 95 %; the same in all rows of a group.",
        },
    ],
    result: "Fraction of the value over the time of one return; a loss is positive. Never less than value_at_risk.",
    nulls: "Rows without a return are left out. NULL without any, if one is NaN or infinite, or if the probability is \
            NULL. A probability that is not between 0 and 1 is an error, and so are two in one group.",
    source: "Acerbi and Tasche, *On the Coherence of Expected Shortfall*, Journal of Banking and Finance 26 (2002).",
    example: concat!(
        "SELECT portfolio_id, expected_shortfall(return_fraction, 0.025) ",
        "FROM gold.daily_returns GROUP BY portfolio_id"
    ),
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return, Role::Constant], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    let probability = tail_probability(&FUNCTION, rows.constant())?;
    Ok(historical::expected_shortfall(rows.numbers(), probability).number())
}
