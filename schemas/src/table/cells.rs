//! One cell of a row, to Arrow and back.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Float64Builder, Int64Array, ListArray,
    ListBuilder, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::Date32Type;
use chrono::{DateTime, NaiveDate, Utc};

use super::{ColumnKind, numbers_field};
use crate::currency::Currency;
use crate::dates::{BusinessDate, ReportingPeriod};
use crate::decimals::{Amount, OutOfRange, Price, Quantity, Rate};
use crate::identifiers::{GroupId, InstrumentId, MarketId, PortfolioId, RunId};
use crate::language::Language;
use crate::severity::Severity;
use crate::tables::nav_bridge::BridgeComponent;

/// A type that a column can hold.
pub trait Cell: Sized + 'static {
    /// What the column holds.
    const KIND: ColumnKind;
    /// Whether it may be empty.
    const NULLABLE: bool = false;
    /// The Arrow array of such a column.
    type Column: Array + Clone + 'static;

    /// The column of these cells.
    fn to_array(cells: &mut dyn Iterator<Item = &Self>) -> Result<ArrayRef, OutOfRange> {
        Self::optional_to_array(&mut cells.map(Some))
    }

    /// The column of these cells, some empty.
    fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange>;

    /// The array in its own type.
    fn column(array: &ArrayRef) -> Option<Self::Column> {
        array.as_any().downcast_ref::<Self::Column>().cloned()
    }

    /// The cell in a row, or what is wrong with it.
    fn get(column: &Self::Column, row: usize) -> Result<Self, String>;
}

const EMPTY: &str = "the cell is empty";

impl<C: Cell> Cell for Option<C> {
    const KIND: ColumnKind = C::KIND;
    const NULLABLE: bool = true;
    type Column = C::Column;

    fn to_array(cells: &mut dyn Iterator<Item = &Self>) -> Result<ArrayRef, OutOfRange> {
        C::optional_to_array(&mut cells.map(Option::as_ref))
    }

    fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange> {
        C::optional_to_array(&mut cells.map(|cell| cell.and_then(Option::as_ref)))
    }

    fn get(column: &Self::Column, row: usize) -> Result<Self, String> {
        if column.is_null(row) { Ok(None) } else { C::get(column, row).map(Some) }
    }
}

macro_rules! text_cell {
    ($($type:ty => $write:expr, $read:expr;)+) => { $(
        impl Cell for $type {
            const KIND: ColumnKind = ColumnKind::Text;
            type Column = StringArray;

            fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange> {
                let write: fn(&$type) -> &str = $write;
                Ok(Arc::new(cells.map(|cell| cell.map(write)).collect::<StringArray>()))
            }

            fn get(column: &StringArray, row: usize) -> Result<Self, String> {
                let read: fn(&str) -> Result<$type, String> = $read;
                if column.is_null(row) { Err(EMPTY.to_owned()) } else { read(column.value(row)) }
            }
        }
    )+ };
}

text_cell! {
    String => |cell| cell.as_str(), |text| Ok(text.to_owned());
    PortfolioId => |cell| cell.as_str(), |text| text.parse().map_err(|error| format!("{error}"));
    MarketId => |cell| cell.as_str(), |text| text.parse().map_err(|error| format!("{error}"));
    GroupId => |cell| cell.as_str(), |text| text.parse().map_err(|error| format!("{error}"));
    RunId => |cell| cell.as_str(), |text| text.parse().map_err(|error| format!("{error}"));
    InstrumentId => |cell| cell.as_str(), |text| text.parse().map_err(|error| format!("{error}"));
    Currency => |cell| cell.code(), |text| text.parse().map_err(|error| format!("{error}"));
    ReportingPeriod => |cell| cell.code(), |text| text.parse();
    Severity => |cell| cell.word(), |text| text.parse();
    BridgeComponent => |cell| cell.code(), |text| text.parse();
    Language => |cell| cell.code(), |text| text.parse();
}

macro_rules! decimal_cell {
    ($($type:ident),+) => { $(
        impl Cell for $type {
            const KIND: ColumnKind = ColumnKind::$type;
            type Column = Decimal128Array;

            fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange> {
                let units: Result<Vec<Option<i128>>, OutOfRange> =
                    cells.map(|cell| cell.map(|number| number.to_units()).transpose()).collect();
                let array = Decimal128Array::from(units?).with_data_type(ColumnKind::$type.arrow_type());
                Ok(Arc::new(array))
            }

            fn column(array: &ArrayRef) -> Option<Decimal128Array> {
                let typed = array.as_any().downcast_ref::<Decimal128Array>()?;
                (*array.data_type() == ColumnKind::$type.arrow_type()).then(|| typed.clone())
            }

            fn get(column: &Decimal128Array, row: usize) -> Result<Self, String> {
                if column.is_null(row) {
                    return Err(EMPTY.to_owned());
                }
                let units = column.value(row);
                $type::from_units(units).ok_or_else(|| format!("{units} has more than 28 digits"))
            }
        }
    )+ };
}

decimal_cell!(Quantity, Price, Amount, Rate);

macro_rules! plain_cell {
    ($($type:ty, $kind:ident, $array:ty;)+) => { $(
        impl Cell for $type {
            const KIND: ColumnKind = ColumnKind::$kind;
            type Column = $array;

            fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange> {
                Ok(Arc::new(cells.map(|cell| cell.copied()).collect::<$array>()))
            }

            fn get(column: &$array, row: usize) -> Result<Self, String> {
                if column.is_null(row) { Err(EMPTY.to_owned()) } else { Ok(column.value(row)) }
            }
        }
    )+ };
}

plain_cell! {
    i64, Integer, Int64Array;
    f64, Float, Float64Array;
    bool, Flag, BooleanArray;
}

impl Cell for Vec<f64> {
    const KIND: ColumnKind = ColumnKind::Numbers;
    type Column = ListArray;

    fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange> {
        let mut lists = ListBuilder::new(Float64Builder::new()).with_field(numbers_field());
        for cell in cells {
            lists.values().append_slice(cell.map(Vec::as_slice).unwrap_or_default());
            lists.append(cell.is_some());
        }
        Ok(Arc::new(lists.finish()))
    }

    fn column(array: &ArrayRef) -> Option<ListArray> {
        let lists = array.as_any().downcast_ref::<ListArray>()?;
        lists.values().as_any().is::<Float64Array>().then(|| lists.clone())
    }

    fn get(column: &ListArray, row: usize) -> Result<Self, String> {
        if column.is_null(row) {
            return Err(EMPTY.to_owned());
        }
        let list = column.value(row);
        let Some(numbers) = list.as_any().downcast_ref::<Float64Array>() else {
            return Err(format!("expected a list of numbers, found one of {}", list.data_type()));
        };
        let missing = || "a number of the list is missing".to_owned();
        numbers.iter().map(|number| number.ok_or_else(missing)).collect()
    }
}

impl Cell for NaiveDate {
    const KIND: ColumnKind = ColumnKind::Date;
    type Column = Date32Array;

    fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange> {
        let days = cells.map(|cell| cell.map(|day| Date32Type::from_naive_date(*day)));
        Ok(Arc::new(days.collect::<Date32Array>()))
    }

    fn get(column: &Date32Array, row: usize) -> Result<Self, String> {
        if column.is_null(row) {
            return Err(EMPTY.to_owned());
        }
        column.value_as_date(row).ok_or_else(|| "the day is outside the calendar".to_owned())
    }
}

impl Cell for BusinessDate {
    const KIND: ColumnKind = ColumnKind::Date;
    type Column = Date32Array;

    fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange> {
        let days: Vec<Option<NaiveDate>> = cells.map(|cell| cell.map(|date| date.day())).collect();
        NaiveDate::optional_to_array(&mut days.iter().map(Option::as_ref))
    }

    fn get(column: &Date32Array, row: usize) -> Result<Self, String> {
        BusinessDate::new(NaiveDate::get(column, row)?).map_err(|error| error.to_string())
    }
}

impl Cell for DateTime<Utc> {
    const KIND: ColumnKind = ColumnKind::Instant;
    type Column = TimestampMicrosecondArray;

    fn optional_to_array(cells: &mut dyn Iterator<Item = Option<&Self>>) -> Result<ArrayRef, OutOfRange> {
        let array: TimestampMicrosecondArray = cells.map(|cell| cell.map(DateTime::timestamp_micros)).collect();
        Ok(Arc::new(array.with_timezone("UTC")))
    }

    fn get(column: &TimestampMicrosecondArray, row: usize) -> Result<Self, String> {
        if column.is_null(row) {
            return Err(EMPTY.to_owned());
        }
        DateTime::from_timestamp_micros(column.value(row)).ok_or_else(|| "the instant is out of range".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::new_null_array;
    use arrow::datatypes::{Float64Type, Int64Type};

    use super::*;

    #[test]
    fn lists_of_numbers_come_back_as_they_were() {
        let lists = [Some(vec![0.25, -1.5]), None, Some(Vec::new()), Some(vec![f64::MAX])];
        let array = Option::<Vec<f64>>::to_array(&mut lists.iter()).expect("an array");
        assert_eq!(*array.data_type(), ColumnKind::Numbers.arrow_type());
        let column = Vec::<f64>::column(&array).expect("lists of numbers");
        for (row, list) in lists.iter().enumerate() {
            assert_eq!(Option::<Vec<f64>>::get(&column, row).as_ref(), Ok(list));
        }
        assert_eq!(Vec::<f64>::get(&column, 1), Err("the cell is empty".to_owned()));
        let older = new_null_array(&ColumnKind::Numbers.arrow_type(), 1);
        let older = Vec::<f64>::column(&older).expect("lists of numbers");
        assert_eq!(Option::<Vec<f64>>::get(&older, 0), Ok(None));
    }

    #[test]
    fn lists_of_something_else_or_with_a_hole_are_none() {
        let whole = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1_i64)])]);
        let whole: ArrayRef = Arc::new(whole);
        assert!(Vec::<f64>::column(&whole).is_none());
        let holes = ListArray::from_iter_primitive::<Float64Type, _, _>([Some([Some(1.0), None])]);
        let holes: ArrayRef = Arc::new(holes);
        let column = Vec::<f64>::column(&holes).expect("lists of numbers");
        assert_eq!(Vec::<f64>::get(&column, 0), Err("a number of the list is missing".to_owned()));
    }
}
