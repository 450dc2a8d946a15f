//! The rows of one group, and the order into which they are put.

use std::cmp::Ordering;
use std::sync::Arc;

use analytics::{DatedNumber, PerformanceSeries, PeriodMoney, RiskFree, Sampling};
use arrow::array::{Array, ArrayRef, BooleanArray, Date32Array, Float64Array, LargeListArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Date32Type, Field};
use datafusion::error::{DataFusionError, Result};
use schemas::BusinessDate;

use crate::arguments::{day, number, number_field, typed};
use crate::functions::Function;

/// What an aggregate gathers, and what it makes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// What each argument is, in their order; at most two numbers, a day and a constant.
    pub(crate) roles: &'static [Role],
    /// The figure of the rows in their order; there is at least one, and every number is finite.
    pub(crate) figure: fn(&Rows) -> Result<Option<f64>>,
}

/// What an argument is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A return: a row without one is left out, since nothing was invested.
    Return,
    /// A number that no row can do without: if it is NULL, there is no figure.
    Number,
    /// The day of the row, each once in a group.
    Day,
    /// The day of the row, any number of times.
    AnyDay,
    /// A number that all rows of a group have in common. If it is NULL, there is no figure.
    Constant,
}

/// The rows of one group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    days: Vec<i32>,
    numbers: Vec<f64>,
    others: Vec<f64>,
    /// The lowest and the highest constant, which must be the same.
    constants: Option<(f64, f64)>,
    /// A number is NULL or not finite: there is no figure.
    unknown: bool,
}

/// The arguments of many rows.
pub(super) struct Arguments<'a> {
    function: &'static Function,
    columns: Vec<(Role, Column<'a>)>,
}

enum Column<'a> {
    Numbers(&'a Float64Array),
    Days(&'a Date32Array),
}

impl<'a> Arguments<'a> {
    pub(super) fn of(function: &'static Function, shape: &Shape, arrays: &'a [ArrayRef]) -> Result<Arguments<'a>> {
        let column = |(place, role): (usize, &Role)| match role {
            Role::Day | Role::AnyDay => Ok((*role, Column::Days(typed(arrays, place)?))),
            Role::Return | Role::Number | Role::Constant => Ok((*role, Column::Numbers(typed(arrays, place)?))),
        };
        let columns = shape.roles.iter().enumerate().map(column).collect::<Result<_>>()?;
        Ok(Arguments { function, columns })
    }
}

impl Rows {
    /// Adds a row.
    pub(super) fn add(&mut self, arguments: &Arguments<'_>, row: usize) -> Result<()> {
        let left_out = |(role, column): &(Role, Column<'_>)| match column {
            Column::Numbers(numbers) => *role == Role::Return && numbers.is_null(row),
            Column::Days(_) => false,
        };
        if arguments.columns.iter().any(left_out) {
            return Ok(());
        }
        let mut first = true;
        for (role, column) in &arguments.columns {
            match column {
                Column::Days(days) => {
                    let name = arguments.function.name;
                    let missing = || DataFusionError::Execution(format!("{name}: a row with a number has no date"));
                    self.days.push(day(days, row).ok_or_else(missing)?);
                }
                Column::Numbers(numbers) => {
                    let found = number(numbers, row).filter(|number| number.is_finite());
                    self.unknown |= found.is_none();
                    let found = found.unwrap_or_default();
                    if *role == Role::Constant {
                        self.share(found, found);
                    } else if first {
                        first = false;
                        self.numbers.push(found);
                    } else {
                        self.others.push(found);
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes the lowest and the highest constant of some rows.
    fn share(&mut self, lowest: f64, highest: f64) {
        let (low, high) = self.constants.unwrap_or((lowest, highest));
        self.constants = Some((low.min(lowest), high.max(highest)));
    }

    /// The figure; none if a number is unknown or there is no row.
    pub(super) fn figure(&mut self, function: &Function, shape: &Shape) -> Result<Option<f64>> {
        if self.unknown || self.numbers.is_empty() {
            return Ok(None);
        }
        if let Some((low, high)) = self.constants
            && low < high
        {
            let argument = function.arguments.last().map_or("the last argument", |argument| argument.name);
            return Err(DataFusionError::Execution(format!(
                "{}: `{argument}` is {low} in one row of a group and {high} in another; it must be the same in all",
                function.name
            )));
        }
        self.put_in_order();
        if shape.roles.contains(&Role::Day)
            && let Some(twice) = self.days.windows(2).find(|pair| pair.first() == pair.last())
        {
            let day = twice.first().copied().and_then(|day| business_date(day).ok());
            let day = day.map_or_else(|| "one day".to_owned(), |day| day.to_string());
            return Err(DataFusionError::Execution(format!(
                "{}: two rows of a group are of {day}; group by what tells the series apart, e.g. portfolio_id",
                function.name
            )));
        }
        Ok((shape.figure)(self)?.filter(|number| number.is_finite()))
    }

    /// The returns, in order of date or, without dates, of size.
    pub(crate) fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// The second number of each row.
    pub(crate) fn others(&self) -> &[f64] {
        &self.others
    }

    /// What all rows have in common; zero if the function has no such argument.
    pub(crate) fn constant(&self) -> f64 {
        self.constants.map_or(0.0, |(low, _)| low)
    }

    /// The numbers with their days, in order of date.
    ///
    /// # Errors
    /// If a day is not between 1900 and 2199.
    pub(crate) fn dated(&self) -> Result<Vec<DatedNumber>> {
        let both = self.days.iter().zip(&self.numbers);
        both.map(|(day, number)| Ok(DatedNumber { date: business_date(*day)?, number: *number })).collect()
    }

    /// The returns as a series of which measures are taken.
    ///
    /// # Errors
    /// If a day is not between 1900 and 2199.
    pub(crate) fn series(&self, risk_free_annual: Option<f64>) -> Result<PerformanceSeries> {
        let returns = self.dated()?;
        let date = |entry: Option<&DatedNumber>| entry.map_or(BusinessDate::FIRST, |entry| entry.date);
        Ok(PerformanceSeries {
            opening_date: date(returns.first()),
            end_date: date(returns.last()),
            opening_value: 0.0,
            values: Vec::new(),
            returns,
            returns_before_fees: None,
            returns_before_taxes: None,
            sampling: Sampling::Daily252,
            flows: Vec::new(),
            risk_free: risk_free_annual.map(RiskFree::Annual),
            benchmark: None,
            money: PeriodMoney::default(),
        })
    }

    /// Memory beyond the struct itself, in bytes.
    pub(super) fn heap_size(&self) -> usize {
        self.days.capacity() * size_of::<i32>() + (self.numbers.capacity() + self.others.capacity()) * size_of::<f64>()
    }

    fn put_in_order(&mut self) {
        let mut order: Vec<usize> = (0..self.numbers.len()).collect();
        if order.is_sorted_by(|left, right| self.compare(*left, *right).is_le()) {
            return;
        }
        order.sort_unstable_by(|left, right| self.compare(*left, *right));
        self.days = in_order(&self.days, &order);
        self.numbers = in_order(&self.numbers, &order);
        self.others = in_order(&self.others, &order);
    }

    /// By day, then by the numbers: rows that are equal in all of these are the same.
    fn compare(&self, left: usize, right: usize) -> Ordering {
        let numbers = |column: &[f64]| match (column.get(left), column.get(right)) {
            (Some(left), Some(right)) => left.total_cmp(right),
            _ => Ordering::Equal,
        };
        let days = self.days.get(left).cmp(&self.days.get(right));
        days.then_with(|| numbers(&self.numbers)).then_with(|| numbers(&self.others))
    }

    /// Adds the rows of a state.
    pub(super) fn merge(&mut self, states: &States<'_>, row: usize) {
        let days = states.days.value(row);
        if let Some(days) = days.as_any().downcast_ref::<Date32Array>() {
            self.days.extend_from_slice(days.values());
        }
        for (mine, theirs) in [(&mut self.numbers, states.numbers), (&mut self.others, states.others)] {
            let theirs = theirs.value(row);
            if let Some(theirs) = theirs.as_any().downcast_ref::<Float64Array>() {
                mine.extend_from_slice(theirs.values());
            }
        }
        self.unknown |= states.unknown.value(row);
        if let (Some(low), Some(high)) = (number(states.lowest, row), number(states.highest, row)) {
            self.share(low, high);
        }
    }
}

/// The partial results of many groups.
pub(super) struct States<'a> {
    days: &'a LargeListArray,
    numbers: &'a LargeListArray,
    others: &'a LargeListArray,
    lowest: &'a Float64Array,
    highest: &'a Float64Array,
    unknown: &'a BooleanArray,
}

impl<'a> States<'a> {
    pub(super) fn of(arrays: &'a [ArrayRef]) -> Result<States<'a>> {
        Ok(States {
            days: typed(arrays, 0)?,
            numbers: typed(arrays, 1)?,
            others: typed(arrays, 2)?,
            lowest: typed(arrays, 3)?,
            highest: typed(arrays, 4)?,
            unknown: typed(arrays, 5)?,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.unknown.len()
    }
}

/// The columns of partial results.
pub(super) fn state_types() -> Vec<(&'static str, DataType)> {
    vec![
        ("days", DataType::LargeList(day_field())),
        ("numbers", DataType::LargeList(number_field())),
        ("others", DataType::LargeList(number_field())),
        ("lowest", DataType::Float64),
        ("highest", DataType::Float64),
        ("unknown", DataType::Boolean),
    ]
}

/// The partial results of groups.
pub(super) fn states(groups: &[Rows]) -> Result<Vec<ArrayRef>> {
    let days: Vec<i32> = groups.iter().flat_map(|rows| rows.days.iter().copied()).collect();
    let days = lists(day_field(), groups.iter().map(|rows| rows.days.len()), Arc::new(Date32Array::from(days)))?;
    let numbers = |column: fn(&Rows) -> &[f64]| {
        let all: Vec<f64> = groups.iter().flat_map(|rows| column(rows).iter().copied()).collect();
        lists(number_field(), groups.iter().map(|rows| column(rows).len()), Arc::new(Float64Array::from(all)))
    };
    let (first, second) = (numbers(Rows::numbers)?, numbers(Rows::others)?);
    let lowest: Float64Array = groups.iter().map(|rows| rows.constants.map(|(low, _)| low)).collect();
    let highest: Float64Array = groups.iter().map(|rows| rows.constants.map(|(_, high)| high)).collect();
    let unknown: Vec<bool> = groups.iter().map(|rows| rows.unknown).collect();
    let unknown = BooleanArray::from(unknown);
    Ok(vec![days, first, second, Arc::new(lowest), Arc::new(highest), Arc::new(unknown)])
}

fn lists(field: Arc<Field>, lengths: impl Iterator<Item = usize>, values: ArrayRef) -> Result<ArrayRef> {
    Ok(Arc::new(LargeListArray::try_new(field, OffsetBuffer::from_lengths(lengths), values, None)?))
}

fn day_field() -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::Date32, true))
}

fn in_order<T: Copy>(column: &[T], order: &[usize]) -> Vec<T> {
    order.iter().filter_map(|place| column.get(*place).copied()).collect()
}

fn business_date(day: i32) -> Result<BusinessDate> {
    let date = Date32Type::to_naive_date_opt(day).and_then(|date| BusinessDate::new(date).ok());
    date.ok_or_else(|| {
        DataFusionError::Execution(format!("a date {day} days from 1970-01-01 is not between 1900 and 2199"))
    })
}
