//! `money_weighted_return(amount, flow_date)`: the internal rate of return.

use analytics::internal_rate;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments::{Argument, ArgumentKind};

/// Money-weighted return a year of a group.
pub static FUNCTION: Function = Function {
    name: "money_weighted_return",
    aliases: &["xirr"],
    title: "Money-weighted return a year",
    definition: "The internal rate of return: the one rate a year at which all flows are worth nothing together, \
                 actual days over 365. What was paid in is negative, what was paid out and the value at the end are \
                 positive; a value at the start is paid in.",
    arguments: &[
        Argument {
            name: "amount",
            kind: ArgumentKind::Number,
            meaning: "What was paid out, or in if negative; money of one currency.",
        },
        Argument {
            name: "flow_date",
            kind: ArgumentKind::Day,
            meaning: "The day of the flow; a day may have several.",
        },
    ],
    result: "Fraction a year. Statements do not show it for less than a year.",
    nulls: "NULL if an amount is NULL, NaN or infinite: a flow that is not known is not one of zero. NULL as well if \
            no rate solves it, or more than one of an ordinary size does, as with flows of one sign or on one day. A \
            flow without a date is an error.",
    source: "Microsoft, documentation of XIRR; GIPS 2020, glossary, \"money-weighted return\".",
    example: concat!(
        "SELECT money_weighted_return(amount, flow_date) ",
        "FROM (VALUES (-100.0, '2023-01-01'), (110.0, '2024-01-01')) AS flows (amount, flow_date)"
    ),
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Number, Role::AnyDay], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    let rate = internal_rate::continuous_rate(&rows.dated()?).ok().map(f64::exp_m1);
    // Closer to a loss of everything than a number can tell is no figure.
    Ok(rate.filter(|rate| -1.0 < *rate))
}
