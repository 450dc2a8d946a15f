//! `sortino_ratio(return_fraction, business_date, risk_free_annual)`: reward for each unit of downside risk, a year.

use analytics::measures::sortino_rf::MEASURE;
use datafusion::error::Result;
use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates::{self, Role, Rows, Shape};
use crate::arguments;

/// Sortino ratio of a group.
pub static FUNCTION: Function = Function {
    name: "sortino_ratio",
    aliases: &[],
    title: "Sortino ratio",
    definition: "The mean of the daily returns above the risk-free rate over the deviation below it, times the square \
                 root of 252; all days count in the deviation. The rate of a day is (1 + rate)^(1/252) - 1.",
    arguments: &[arguments::RETURN_OF_A_DAY, arguments::DAY_OF_A_RETURN, arguments::RISK_FREE_ANNUAL],
    result: "Ratio a year.",
    nulls: "Rows without a return are left out. NULL without any, if none is below the rate, or if the rate is NULL \
            or not above -1. NULL as well if a number is NaN or infinite. Two returns of one day are an error. So are \
            two rates in one group.",
    source: "Sortino and Price, *Performance Measurement in a Downside Risk Framework*, 1994.",
    example: concat!(
        "SELECT portfolio_id, sortino_ratio(return_fraction, business_date, 0.02) ",
        "FROM gold.daily_returns GROUP BY portfolio_id"
    ),
    make: Make::Aggregate(make),
};

static SHAPE: Shape = Shape { roles: &[Role::Return, Role::Day, Role::Constant], figure };

fn make() -> AggregateUDF {
    aggregates::of_rows(&FUNCTION, &SHAPE)
}

fn figure(rows: &Rows) -> Result<Option<f64>> {
    Ok(MEASURE.of(&rows.series(Some(rows.constant()))?).number())
}
