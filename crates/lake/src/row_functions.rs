//! Functions that have one figure for each row.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use analytics::risk::{RiskQuestion, TailRisk, risk_method};
use arrow::array::{Array, ArrayRef, Float64Array, StringArray};
use arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::arguments::{Lists, coerced, number, tail_probability, typed};
use crate::functions::Function;

/// The figures of some rows: a number in each, or none.
type Figures = fn(&'static Function, &[ArrayRef], usize) -> Result<Float64Array>;

/// A function of each row's arguments.
pub(crate) fn of_each_row(function: &'static Function, figures: Figures) -> ScalarUDF {
    ScalarUDF::from(RowFunction { function, signature: Signature::user_defined(Volatility::Immutable), figures })
}

/// A figure of the tail of each row's list, for functions of a list and a probability.
///
/// # Errors
/// If a probability is not between 0 and 1.
pub(crate) fn of_tails(
    function: &'static Function,
    arrays: &[ArrayRef],
    rows: usize,
    figure: fn(&[f64], f64) -> Option<f64>,
) -> Result<Float64Array> {
    let (lists, probabilities): (_, &Float64Array) = (Lists::of(arrays, 0)?, typed(arrays, 1)?);
    let of_row = |row: usize| {
        let Some(probability) = number(probabilities, row) else { return Ok(None) };
        let probability = tail_probability(function, probability)?;
        Ok(lists.get(row).and_then(|list| figure(list, probability)))
    };
    (0..rows).map(of_row).collect()
}

/// A figure of each row's list, probability and word; lists and numbers that are NULL have none.
///
/// # Errors
/// If a probability is not between 0 and 1, or `figure` does not know the word.
pub(crate) fn of_named_tails(
    function: &'static Function,
    arrays: &[ArrayRef],
    rows: usize,
    figure: impl Fn(&RiskQuestion<'_>, &str) -> Result<Option<f64>>,
) -> Result<Float64Array> {
    let (lists, probabilities): (_, &Float64Array) = (Lists::of(arrays, 0)?, typed(arrays, 1)?);
    let words: &StringArray = typed(arrays, 2)?;
    let of_row = |row: usize| {
        let Some(probability) = number(probabilities, row).filter(|_| words.is_valid(row)) else { return Ok(None) };
        let tail_probability = tail_probability(function, probability)?;
        // A word that is not known is one even where there is no list.
        let returns = lists.get(row).unwrap_or_default();
        figure(&RiskQuestion { returns, tail_probability, days: 1 }, words.value(row))
    };
    (0..rows).map(of_row).collect()
}

/// A figure of the tail of each row's returns by the method that the row names.
///
/// # Errors
/// If a probability is not between 0 and 1, or a method is not known.
pub(crate) fn of_methods(
    function: &'static Function,
    arrays: &[ArrayRef],
    rows: usize,
    figure: fn(TailRisk) -> f64,
) -> Result<Float64Array> {
    of_named_tails(function, arrays, rows, |question, method| {
        let method =
            risk_method(method).map_err(|error| DataFusionError::Execution(format!("{}: {error}", function.name)))?;
        Ok((method.estimate)(question).ok().map(figure))
    })
}

#[derive(Debug)]
struct RowFunction {
    function: &'static Function,
    signature: Signature,
    figures: Figures,
}

/// Functions are told apart by their names, which are unique.
impl PartialEq for RowFunction {
    fn eq(&self, other: &RowFunction) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for RowFunction {}

impl Hash for RowFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl ScalarUDFImpl for RowFunction {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        coerced(self.function, given)
    }

    fn return_type(&self, _given: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let arrays =
            arguments.args.iter().map(|argument| argument.to_array(rows)).collect::<Result<Vec<ArrayRef>>>()?;
        Ok(ColumnarValue::Array(Arc::new((self.figures)(self.function, &arrays, rows)?)))
    }
}
