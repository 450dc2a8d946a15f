//! `daily_return(begin_value, inflow, outflow, end_value)`: the return of one day.

use arrow::array::{Array, ArrayRef, Decimal128Array, Float64Array};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;

use super::{Function, Make};
use crate::arguments::{Argument, ArgumentKind, typed};
use crate::row_functions;

/// The return of a day from exact amounts; NULL if one of them is, or without capital.
pub static FUNCTION: Function = Function {
    name: "daily_return",
    aliases: &[],
    title: "Return of a day",
    definition: "(end_value + outflow) / (begin_value + inflow) - 1, from exact amounts: what came in counts from the \
                 start of the day, what went out until its end.",
    arguments: &[
        Argument {
            name: "begin_value",
            kind: ArgumentKind::Amount,
            meaning: "The market value before the day, money of one currency.",
        },
        Argument { name: "inflow", kind: ArgumentKind::Amount, meaning: "What was paid in, not negative." },
        Argument { name: "outflow", kind: ArgumentKind::Amount, meaning: "What was taken out, not negative." },
        Argument { name: "end_value", kind: ArgumentKind::Amount, meaning: "The market value at the end of the day." },
    ],
    result: "Fraction: 0.01 is one percent.",
    nulls: "NULL if an amount is, or without capital: begin_value + inflow not above 0.000000001.",
    source: "GIPS 2020, daily valuation; docs/adr/0004.",
    example: concat!(
        "SELECT portfolio_id, business_date, daily_return(begin_value, inflow, outflow, end_value) ",
        "FROM gold.daily_returns"
    ),
    make: Make::Scalar(make),
};

fn make() -> ScalarUDF {
    row_functions::of_each_row(&FUNCTION, figures)
}

fn figures(_function: &'static Function, arrays: &[ArrayRef], rows: usize) -> Result<Float64Array> {
    let (begin, inflow): (&Decimal128Array, &Decimal128Array) = (typed(arrays, 0)?, typed(arrays, 1)?);
    let (outflow, end): (&Decimal128Array, &Decimal128Array) = (typed(arrays, 2)?, typed(arrays, 3)?);
    let of_row = |row: usize| {
        let amount = |column: &Decimal128Array| column.is_valid(row).then(|| column.value(row));
        analytics::daily_return(amount(begin)?, amount(inflow)?, amount(outflow)?, amount(end)?)
    };
    Ok((0..rows).map(of_row).collect())
}
