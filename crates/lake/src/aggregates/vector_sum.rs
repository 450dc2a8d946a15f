//! Lists added up place by place, each times its weight.

use std::sync::Arc;

use analytics::order_free_sum::{OrderFreeSum, TERMS_MAX};
use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, LargeListArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field};
use datafusion::common::ScalarValue;
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::Accumulator;

use crate::arguments::{ArgumentKind, Lists, number, number_field, typed};
use crate::functions::Function;

/// Numbers of one list at most.
const LENGTH_MAX: usize = 100_000;
/// Whole numbers by which one sum is kept.
const PARTS: usize = 5;

/// A sum of lists in the making; each place is added up exactly, so that the order does not matter.
#[derive(Debug)]
pub(super) struct VectorSum {
    function: &'static Function,
    sums: Option<Vec<OrderFreeSum>>,
    terms: u32,
    /// A weight, a list or a number is NULL or not finite: the sum is unknown.
    unknown: bool,
}

impl VectorSum {
    pub(super) fn new(function: &'static Function) -> VectorSum {
        VectorSum { function, sums: None, terms: 0, unknown: false }
    }

    /// The sums so far, for lists of a length.
    fn sums(&mut self, length: usize, terms: u32) -> Result<&mut [OrderFreeSum]> {
        let name = self.function.name;
        let refused = |problem: String| Err(DataFusionError::Execution(format!("{name}: {problem}")));
        if LENGTH_MAX < length {
            return refused(format!("a list has {length} numbers, more than {LENGTH_MAX}"));
        }
        self.terms = match self.terms.checked_add(terms) {
            Some(terms) if terms <= TERMS_MAX => terms,
            _ => return refused(format!("a group has more than {TERMS_MAX} rows")),
        };
        let sums = self.sums.get_or_insert_with(|| vec![OrderFreeSum::default(); length]);
        if sums.len() != length {
            let (short, long) = (length.min(sums.len()), length.max(sums.len()));
            return refused(format!("lists of a group have {short} and {long} numbers; they must have the same"));
        }
        Ok(sums)
    }
}

impl Accumulator for VectorSum {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let (weights, lists) = (typed(values, 0)?, Lists::of(values, 1)?);
        for row in 0..Array::len(weights) {
            let (Some(weight), Some(list)) = (number(weights, row), lists.get(row)) else {
                self.unknown = true;
                continue;
            };
            let mut finite = true;
            for (sum, entry) in self.sums(list.len(), 1)?.iter_mut().zip(list) {
                let product = weight * entry;
                if product.is_finite() {
                    sum.add(product);
                }
                finite &= product.is_finite();
            }
            self.unknown |= !finite;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let numbers = self.sums.iter().flatten().map(OrderFreeSum::value);
        let numbers: Vec<f64> = numbers.collect();
        if self.unknown || self.sums.is_none() || numbers.iter().any(|number| !number.is_finite()) {
            return ScalarValue::try_from(&ArgumentKind::Numbers.arrow_type());
        }
        let array = Arc::new(arrow::array::Float64Array::from(numbers));
        let list = SingleRowListArrayBuilder::new(array).with_field(&number_field());
        Ok(list.build_list_scalar())
    }

    fn size(&self) -> usize {
        let places = self.sums.as_ref().map_or(0, Vec::capacity);
        size_of_val(self) + places * size_of::<OrderFreeSum>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let parts = self.sums.iter().flatten().flat_map(|sum| sum.to_parts());
        let parts = Int64Array::from_iter_values(parts);
        let offsets = OffsetBuffer::from_lengths([parts.len()]);
        let nulls = self.sums.is_none().then(|| arrow::buffer::NullBuffer::new_null(1));
        let parts = LargeListArray::try_new(part_field(), offsets, Arc::new(parts), nulls)?;
        Ok(vec![
            ScalarValue::LargeList(Arc::new(parts)),
            ScalarValue::Int64(Some(i64::from(self.terms))),
            ScalarValue::Boolean(Some(self.unknown)),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let lists: &LargeListArray = typed(states, 0)?;
        let (terms, unknown): (&Int64Array, &BooleanArray) = (typed(states, 1)?, typed(states, 2)?);
        for row in 0..lists.len() {
            self.unknown |= unknown.value(row);
            if lists.is_null(row) {
                continue;
            }
            let list = lists.value(row);
            let parts = list.as_any().downcast_ref::<Int64Array>();
            let parts = parts.ok_or_else(|| DataFusionError::Internal("a state is not of its type".to_owned()))?;
            let (parts, _) = parts.values().as_chunks::<PARTS>();
            let terms = u32::try_from(terms.value(row)).unwrap_or(u32::MAX);
            for (sum, parts) in self.sums(parts.len(), terms)?.iter_mut().zip(parts) {
                sum.merge(&OrderFreeSum::from_parts(*parts));
            }
        }
        Ok(())
    }
}

/// The columns of partial results.
pub(super) fn state_types() -> Vec<(&'static str, DataType)> {
    vec![("sums", DataType::LargeList(part_field())), ("terms", DataType::Int64), ("unknown", DataType::Boolean)]
}

fn part_field() -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::Int64, true))
}
