//! `daily_return(begin_value, inflow, outflow, end_value)`: the return of one day.

use std::sync::Arc;

use arrow::array::{Array, Decimal128Array, Float64Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use schemas::Amount;

use super::{Function, Make};

/// The return of a day from exact amounts; NULL if one of them is, or without capital.
pub static FUNCTION: Function = Function {
    name: "daily_return",
    definition: "daily_return(begin_value, inflow, outflow, end_value DECIMAL(38, 10)) -> DOUBLE: (end + outflow) / \
                 (begin + inflow) - 1; NULL without capital",
    make: Make::Scalar(make),
};

/// As wide as a decimal can be, with the decimals of an amount: sums of amounts fit.
const AMOUNT: DataType = DataType::Decimal128(38, Amount::SCALE);

fn make() -> ScalarUDF {
    create_udf(FUNCTION.name, vec![AMOUNT; 4], DataType::Float64, Volatility::Immutable, Arc::new(returns))
}

fn returns(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let wrong = || DataFusionError::Execution("daily_return takes four decimals".to_owned());
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let amounts: Vec<Decimal128Array> = arrays
        .iter()
        .map(|array| cast(array, &AMOUNT)?.as_any().downcast_ref::<Decimal128Array>().cloned().ok_or_else(wrong))
        .collect::<Result<_>>()?;
    let [begin, inflow, outflow, end] = amounts.as_slice() else { return Err(wrong()) };
    let of_row = |row: usize| {
        let amount = |column: &Decimal128Array| column.is_valid(row).then(|| column.value(row));
        analytics::daily_return(amount(begin)?, amount(inflow)?, amount(outflow)?, amount(end)?)
    };
    Ok(ColumnarValue::Array(Arc::new((0..begin.len()).map(of_row).collect::<Float64Array>())))
}
