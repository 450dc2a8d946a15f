//! What functions in SQL are given: which types they take, and how a row of them is read.

use arrow::array::{Array, ArrayRef, Date32Array, Float64Array, ListArray};
use arrow::datatypes::{DataType, Field};
use datafusion::error::{DataFusionError, Result};
use schemas::Amount;

use crate::functions::Function;

/// An argument of a function.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name in the reference, e.g. `return_fraction`.
    pub name: &'static str,
    /// Its type.
    pub kind: ArgumentKind,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

/// The return of a day, one row each.
pub(crate) const RETURN_OF_A_DAY: Argument = Argument {
    name: "return_fraction",
    kind: ArgumentKind::Number,
    meaning: "The return of the day as a fraction, 0.01 for one percent.",
};

/// The day of a return, for figures to which the order of days matters.
pub(crate) const DAY_OF_A_RETURN: Argument = Argument {
    name: "business_date",
    kind: ArgumentKind::Day,
    meaning: "The day of the return; each day once in a group.",
};

/// The rate without risk of a group.
pub(crate) const RISK_FREE_ANNUAL: Argument = Argument {
    name: "risk_free_annual",
    kind: ArgumentKind::Number,
    meaning: "The rate a year without risk as a fraction, e.g. 0.02; the same in all rows of a group.",
};

/// Daily returns of a series, for methods to which their order matters.
pub(crate) const RETURNS_IN_ORDER: Argument =
    Argument { name: "returns", kind: ArgumentKind::Numbers, meaning: "Daily returns as fractions in order of date." };

/// The probability of a tail.
pub(crate) const TAIL_PROBABILITY: Argument = Argument {
    name: "tail_probability",
    kind: ArgumentKind::Number,
    meaning: "The probability of the tail, 0.05 for 95 %.",
};

/// A way of estimating the tail.
pub(crate) const METHOD: Argument =
    Argument { name: "method", kind: ArgumentKind::Text, meaning: "The id of the method, e.g. `student_t`." };

/// The type of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentKind {
    /// Exact money.
    Amount,
    /// A number; an exact one is taken as an estimate.
    Number,
    /// A calendar day, or a text like `2024-01-31`.
    Day,
    /// A list of numbers.
    Numbers,
    /// A word.
    Text,
}

impl ArgumentKind {
    /// The type in SQL.
    pub fn sql_type(self) -> &'static str {
        match self {
            ArgumentKind::Amount => "DECIMAL(38, 10)",
            ArgumentKind::Number => "DOUBLE",
            ArgumentKind::Day => "DATE",
            ArgumentKind::Numbers => "DOUBLE[]",
            ArgumentKind::Text => "TEXT",
        }
    }

    /// The type in Arrow.
    pub(crate) fn arrow_type(self) -> DataType {
        match self {
            ArgumentKind::Amount => DataType::Decimal128(38, Amount::SCALE),
            ArgumentKind::Number => DataType::Float64,
            ArgumentKind::Day => DataType::Date32,
            ArgumentKind::Numbers => DataType::new_list(DataType::Float64, true),
            ArgumentKind::Text => DataType::Utf8,
        }
    }

    /// Whether a value of a type can be taken without a doubt about what it means. A text is no number, an estimate no
    /// exact money, and an instant no day: it lies on two of them, depending on where.
    fn takes(self, given: &DataType) -> bool {
        let is_text = matches!(given, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        match self {
            _ if given.is_null() => true,
            ArgumentKind::Amount => given.is_integer() || matches!(given, DataType::Decimal128(..)),
            ArgumentKind::Number => given.is_numeric(),
            ArgumentKind::Text => is_text,
            ArgumentKind::Day => is_text || matches!(given, DataType::Date32 | DataType::Date64),
            ArgumentKind::Numbers => match given {
                DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
                    field.data_type().is_numeric() || field.data_type().is_null()
                }
                _ => false,
            },
        }
    }
}

/// The types into which the arguments of a call are brought.
///
/// # Errors
/// If there are more or fewer than the function has, or one is of a type that it does not take; both say which.
pub(crate) fn coerced(function: &Function, given: &[DataType]) -> Result<Vec<DataType>> {
    let call = || {
        let names: Vec<&str> = function.arguments.iter().map(|argument| argument.name).collect();
        format!("{}({})", function.name, names.join(", "))
    };
    if given.len() != function.arguments.len() {
        return Err(DataFusionError::Plan(format!("{} is called with {} arguments", call(), given.len())));
    }
    for (argument, given) in function.arguments.iter().zip(given) {
        if !argument.kind.takes(given) {
            let (name, wanted) = (argument.name, argument.kind.sql_type());
            return Err(DataFusionError::Plan(format!("{}: `{name}` is {wanted}, not {given}", call())));
        }
    }
    Ok(function.arguments.iter().map(|argument| argument.kind.arrow_type()).collect())
}

/// The probability of a tail.
///
/// # Errors
/// If it is not between 0 and 1, both excluded.
pub(crate) fn tail_probability(function: &Function, probability: f64) -> Result<f64> {
    if 0.0 < probability && probability < 1.0 {
        return Ok(probability);
    }
    let name = function.name;
    Err(DataFusionError::Execution(format!(
        "{name}: the probability of the tail is {probability}, not between 0 and 1; it is 0.05 for 95 %"
    )))
}

/// A column of arguments in its type.
///
/// # Errors
/// If it is not there or of another type, which is a bug: calls are brought into the types of [`coerced`].
pub(crate) fn typed<A: Array + 'static>(arrays: &[ArrayRef], place: usize) -> Result<&A> {
    let array = arrays.get(place).and_then(|array| array.as_any().downcast_ref::<A>());
    array.ok_or_else(|| DataFusionError::Internal(format!("argument {} is not of its type", place + 1)))
}

/// The number in a row; none if it is NULL.
pub(crate) fn number(column: &Float64Array, row: usize) -> Option<f64> {
    column.is_valid(row).then(|| column.value(row))
}

/// The day in a row, in days from 1970-01-01; none if it is NULL.
pub(crate) fn day(column: &Date32Array, row: usize) -> Option<i32> {
    column.is_valid(row).then(|| column.value(row))
}

/// Lists of numbers, one in each row.
pub(crate) struct Lists<'a> {
    lists: &'a ListArray,
    numbers: &'a Float64Array,
}

impl<'a> Lists<'a> {
    /// The lists of a column of arguments.
    ///
    /// # Errors
    /// If the column does not hold lists of numbers, which is a bug.
    pub(crate) fn of(arrays: &'a [ArrayRef], place: usize) -> Result<Lists<'a>> {
        let lists: &ListArray = typed(arrays, place)?;
        let numbers = lists.values().as_any().downcast_ref::<Float64Array>();
        let numbers = numbers.ok_or_else(|| DataFusionError::Internal("a list is not of doubles".to_owned()))?;
        Ok(Lists { lists, numbers })
    }

    /// The list in a row; none if it is NULL or one of its numbers is.
    pub(crate) fn get(&self, row: usize) -> Option<&'a [f64]> {
        if self.lists.is_null(row) {
            return None;
        }
        let offsets = self.lists.value_offsets();
        let from = usize::try_from(*offsets.get(row)?).ok()?;
        let to = usize::try_from(*offsets.get(row + 1)?).ok()?;
        if 0 < self.numbers.null_count() && (from..to).any(|place| self.numbers.is_null(place)) {
            return None;
        }
        self.numbers.values().get(from..to)
    }
}

/// What lists of numbers hold in results and states.
pub(crate) fn number_field() -> std::sync::Arc<Field> {
    std::sync::Arc::new(Field::new_list_field(DataType::Float64, true))
}
