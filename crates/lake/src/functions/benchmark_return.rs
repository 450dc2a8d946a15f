//! `benchmark_return(begin_value, level_before, level)`: what a benchmark earned on a day of a portfolio.

use std::sync::Arc;

use arrow::array::{Array, Decimal128Array, Float64Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use schemas::Amount;

use super::{Function, Make};

/// The return of a benchmark from its levels; NULL if a level that is needed is, or the value before.
pub static FUNCTION: Function = Function {
    name: "benchmark_return",
    definition: "benchmark_return(begin_value DECIMAL(38, 10), level_before DOUBLE, level DOUBLE) -> DOUBLE: level / \
                 level_before - 1; 0 if the portfolio started the day without capital; NULL without levels",
    make: Make::Scalar(make),
};

/// As wide as a decimal can be, with the decimals of an amount.
const AMOUNT: DataType = DataType::Decimal128(38, Amount::SCALE);

fn make() -> ScalarUDF {
    let arguments = vec![AMOUNT, DataType::Float64, DataType::Float64];
    create_udf(FUNCTION.name, arguments, DataType::Float64, Volatility::Immutable, Arc::new(returns))
}

fn returns(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let wrong = || DataFusionError::Execution("benchmark_return takes a decimal and two doubles".to_owned());
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let [begin, before, today] = arrays.as_slice() else { return Err(wrong()) };
    let begin = cast(begin, &AMOUNT)?;
    let (before, today) = (cast(before, &DataType::Float64)?, cast(today, &DataType::Float64)?);
    let begin = begin.as_any().downcast_ref::<Decimal128Array>().ok_or_else(wrong)?;
    let before = before.as_any().downcast_ref::<Float64Array>().ok_or_else(wrong)?;
    let today = today.as_any().downcast_ref::<Float64Array>().ok_or_else(wrong)?;
    let of_row = |row: usize| {
        let level = |column: &Float64Array| column.is_valid(row).then(|| column.value(row));
        let begin = begin.is_valid(row).then(|| begin.value(row))?;
        analytics::benchmark_return(begin, level(before), level(today))
    };
    Ok(ColumnarValue::Array(Arc::new((0..begin.len()).map(of_row).collect::<Float64Array>())))
}
