//! `time_weighted_return(return_fraction)`: daily returns linked to one.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array};
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Accumulator, AggregateUDF, Volatility, create_udaf};

use super::{Function, Make};
use crate::arguments;

/// `∏(1 + r) − 1` over a group's daily returns; rows without a return are left out; no row at all gives NULL.
pub static FUNCTION: Function = Function {
    name: "time_weighted_return",
    aliases: &[],
    title: "Time-weighted return",
    definition: "The product of all 1 + r, less one: the returns of the days linked to the return of all of them. In \
                 another order the last digits may differ, by less than 1e-12 of the product.",
    arguments: &[arguments::RETURN_OF_A_DAY],
    result: "Fraction over all days, not a year.",
    nulls: "Rows without a return are left out. NULL without any, or if one is NaN or infinite.",
    source: "GIPS 2020, glossary, \"time-weighted return\".",
    example: concat!(
        "SELECT portfolio_id, time_weighted_return(return_fraction) ",
        "FROM gold.daily_returns GROUP BY portfolio_id"
    ),
    make: Make::Aggregate(make),
};

fn make() -> AggregateUDF {
    create_udaf(
        FUNCTION.name,
        vec![DataType::Float64],
        Arc::new(DataType::Float64),
        Volatility::Immutable,
        Arc::new(|_| Ok(Box::new(Linked { wealth: 1.0, days: 0 }))),
        Arc::new(vec![DataType::Float64, DataType::Int64]),
    )
}

#[derive(Debug)]
struct Linked {
    wealth: f64,
    days: i64,
}

impl Accumulator for Linked {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for fraction in floats(values)?.iter().flatten() {
            self.wealth *= 1.0 + fraction;
            self.days += 1;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let linked = (0 < self.days).then_some(self.wealth - 1.0);
        Ok(ScalarValue::Float64(linked.filter(|linked| linked.is_finite())))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Float64(Some(self.wealth)), ScalarValue::Int64(Some(self.days))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let days = states.get(1).and_then(|array| array.as_any().downcast_ref::<arrow::array::Int64Array>());
        for wealth in floats(states)?.iter().flatten() {
            self.wealth *= wealth;
        }
        self.days += days.and_then(arrow::compute::sum).unwrap_or(0);
        Ok(())
    }
}

fn floats(arrays: &[ArrayRef]) -> Result<&Float64Array> {
    let array = arrays.first().and_then(|array| array.as_any().downcast_ref::<Float64Array>());
    array.ok_or_else(|| DataFusionError::Internal("time_weighted_return takes a DOUBLE".to_owned()))
}
