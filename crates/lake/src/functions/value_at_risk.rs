//! `value_at_risk(return_fraction, tail_probability)`: the loss that is exceeded with a probability only.

use analytics::risk::historical;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments::{self, Argument, ArgumentKind, tail_probability};

/// Value at risk, historical of a group.
pub static FUNCTION: Function = Function {
    name: "value_at_risk",
    aliases: &[],
    title: "Value at risk, historical",
    definition: "Minus the quantile of the returns as they were, with linear interpolation between order statistics \
                 (type 7). Their order does not matter.",
    arguments: &[
        arguments::RETURN_OF_A_DAY,
        Argument {
            name: "tail_probability",
            kind: ArgumentKind::Number,
            meaning: "The probability of the tail, 0.05 for 95 %; the same in all rows of a group.",
        },
    ],
    result: "Fraction of the value over the time of one return; a loss is positive.",
    nulls: "Rows without a return are left out. NULL without any, if one is NaN or infinite, or if the probability is \
            NULL. A probability that is not between 0 and 1 is an error, and so are two in one group.",
    source: "Hyndman and Fan, *Sample Quantiles in Statistical Packages*, 1996, type 7.",
    example: "SELECT portfolio_id, value_at_risk(return_fraction, 0.05) FROM gold.daily_returns GROUP BY portfolio_id",
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return, Role::Constant], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    let probability = tail_probability(&FUNCTION, rows.constant())?;
    Ok(historical::value_at_risk(rows.numbers(), probability).number())
}
