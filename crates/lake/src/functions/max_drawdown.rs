//! `max_drawdown(return_fraction, business_date)`: the deepest fall from a high.

use analytics::measures::max_drawdown::MEASURE;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments;

/// Maximum drawdown of a group.
pub static FUNCTION: Function = Function {
    name: "max_drawdown",
    aliases: &[],
    title: "Maximum drawdown",
    definition: "The deepest fall of the wealth that the returns link to below its highest point before; the start is \
                 a high, too.",
    arguments: &[arguments::RETURN_OF_A_DAY, arguments::DAY_OF_A_RETURN],
    result: "Fraction, not positive: -0.25 is a fall by a quarter; 0 if it never fell.",
    nulls: "Rows without a return are left out. NULL without any. NULL as well if a number is NaN or infinite. Two \
            returns of one day are an error.",
    source: "Magdon-Ismail and Atiya, *Maximum Drawdown*, Risk 17 (2004).",
    example: concat!(
        "SELECT portfolio_id, max_drawdown(return_fraction, business_date) ",
        "FROM gold.daily_returns GROUP BY portfolio_id"
    ),
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return, Role::Day], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    Ok(MEASURE.of(&rows.series(None)?).number())
}
