//! How a table of the lake is described, and how its rows become Arrow and back.
//!
//! A table is a record struct, written once with its meaning, keys and units. Its Arrow schema, its conversion and its
//! page in `docs/TABLES.md` all come from that one description, so they cannot disagree.

mod cells;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};

pub use cells::Cell;

use crate::decimals::{Amount, Price, Quantity, Rate};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// UTF-8 text.
    Text,
    /// A calendar day.
    Date,
    /// An instant in UTC, to the microsecond.
    Instant,
    /// A whole number.
    Integer,
    /// An estimate; never money.
    Float,
    /// A list of estimates, e.g. a return for each scenario; never money.
    Numbers,
    /// Yes or no.
    Flag,
    /// An exact quantity.
    Quantity,
    /// An exact price.
    Price,
    /// An exact amount.
    Amount,
    /// An exact conversion rate or scale.
    Rate,
}

impl ColumnKind {
    /// The Arrow type.
    pub fn arrow_type(self) -> DataType {
        match self {
            ColumnKind::Text => DataType::Utf8,
            ColumnKind::Date => DataType::Date32,
            ColumnKind::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            ColumnKind::Integer => DataType::Int64,
            ColumnKind::Float => DataType::Float64,
            ColumnKind::Numbers => DataType::List(numbers_field()),
            ColumnKind::Flag => DataType::Boolean,
            ColumnKind::Quantity => DataType::Decimal128(Quantity::PRECISION, Quantity::SCALE),
            ColumnKind::Price => DataType::Decimal128(Price::PRECISION, Price::SCALE),
            ColumnKind::Amount => DataType::Decimal128(Amount::PRECISION, Amount::SCALE),
            ColumnKind::Rate => DataType::Decimal128(Rate::PRECISION, Rate::SCALE),
        }
    }
}

/// What a list of estimates holds: a number at every place, under the name that Parquet and Delta have for it.
fn numbers_field() -> FieldRef {
    Arc::new(Field::new("element", DataType::Float64, false))
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name in SQL.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether a row may leave it empty.
    pub nullable: bool,
    /// What it means, with unit and example.
    pub doc: &'static str,
}

/// A table of the lake.
#[derive(Clone, Copy, Debug)]
pub struct TableDefinition {
    /// Layer and name, e.g. `gold.valuations`.
    pub name: &'static str,
    /// What one row is.
    pub doc: &'static str,
    /// The columns that name one row.
    pub key: &'static [&'static str],
    /// The column by whose ranges rows are replaced and files are skipped; none for a table without dates.
    pub dated: Option<&'static str>,
    /// The columns in order.
    pub columns: &'static [Column],
}

impl TableDefinition {
    /// The Arrow schema of the table.
    pub fn schema(&self) -> SchemaRef {
        let fields =
            self.columns.iter().map(|column| Field::new(column.name, column.kind.arrow_type(), column.nullable));
        Arc::new(Schema::new(fields.collect::<Vec<Field>>()))
    }

    /// The name without the layer, e.g. `valuations`.
    pub fn short_name(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, name)| name)
    }
}

/// Why rows do not become a table or a table no rows. Each is a bug or a table written by other software.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A number is too large for its column.
    #[error("{table}.{column}: {source}")]
    OutOfRange {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The number and the column's limits.
        source: crate::decimals::OutOfRange,
    },
    /// A column is missing, has another type, or is empty where it must not be.
    #[error("{table}.{column}: {problem}")]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Arrow refused the columns.
    #[error("cannot form rows of {table}")]
    Arrow {
        /// The table.
        table: &'static str,
        /// Arrow's reason.
        source: arrow::error::ArrowError,
    },
}

/// A row of one table.
pub trait Record: Sized + Send + Sync + 'static {
    /// The table.
    const TABLE: &'static TableDefinition;

    /// Rows as Arrow columns, in the order given.
    ///
    /// # Errors
    /// [`TableError`] if a number does not fit its column.
    fn to_batch(rows: &[Self]) -> Result<RecordBatch, TableError>;

    /// Arrow columns as rows. Columns are found by name; others are ignored. Rows that are older than a column have
    /// nothing in it, or what its declaration says that they count as.
    ///
    /// # Errors
    /// [`TableError`] if a column that may not be empty is missing, or one is of another type or empty where it must
    /// not be.
    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, TableError>;
}

/// Builds one Arrow column from one field of each row.
pub fn column_of<R, C: Cell>(
    table: &'static str,
    column: &'static str,
    rows: &[R],
    field: impl Fn(&R) -> &C,
) -> Result<ArrayRef, TableError> {
    C::to_array(&mut rows.iter().map(field)).map_err(|source| TableError::OutOfRange { table, column, source })
}

/// Finds a column by name and gives it its type. A column that may be empty and is not there is empty in every row:
/// the rows are older than the column.
///
/// # Errors
/// [`TableError`] if a column that may not be empty is missing, or the column is of another type.
pub fn typed_column<C: Cell>(
    table: &'static str,
    column: &'static str,
    batch: &RecordBatch,
) -> Result<C::Column, TableError> {
    let problem = |problem: String| TableError::Column { table, column, problem };
    let array = match batch.column_by_name(column) {
        Some(array) => Arc::clone(array),
        None if C::NULLABLE => new_null_array(&C::KIND.arrow_type(), batch.num_rows()),
        None => return Err(problem("the column is missing".to_owned())),
    };
    C::column(&array).ok_or_else(|| problem(format!("expected {:?}, found {}", C::KIND, array.data_type())))
}

/// As [`typed_column`], for a text or a flag that is never empty but in rows that are older than the column: these
/// count as having what its declaration names.
///
/// # Errors
/// [`TableError`] if the column is of another type.
pub fn typed_column_or<C: Cell<Column: Filled>>(
    table: &'static str,
    column: &'static str,
    batch: &RecordBatch,
    earlier: &'static str,
) -> Result<C::Column, TableError> {
    Ok(typed_column::<Option<C>>(table, column, batch)?.filled(earlier))
}

/// Columns of which empty cells can count as something.
pub trait Filled {
    /// The column with something in place of nothing.
    #[must_use]
    fn filled(self, earlier: &'static str) -> Self;
}

impl Filled for StringArray {
    fn filled(self, earlier: &'static str) -> Self {
        self.iter().map(|text| Some(text.unwrap_or(earlier))).collect()
    }
}

impl Filled for BooleanArray {
    fn filled(self, earlier: &'static str) -> Self {
        self.iter().map(|flag| Some(flag.unwrap_or(earlier == "true"))).collect()
    }
}

/// The cell of a column in a row.
pub fn cell<C: Cell>(
    table: &'static str,
    column: &'static str,
    array: &C::Column,
    row: usize,
) -> Result<C, TableError> {
    C::get(array, row).map_err(|problem| TableError::Column { table, column, problem: format!("row {row}: {problem}") })
}

/// Whether a column may be empty: by its type, or because rows that are older count as having a text.
#[doc(hidden)]
#[macro_export]
macro_rules! column_may_be_empty {
    ($type:ty) => {
        <$type as $crate::table::Cell>::NULLABLE
    };
    ($type:ty, $earlier:literal) => {
        true
    };
}

/// A column of a batch in its type, with what older rows count as.
#[doc(hidden)]
#[macro_export]
macro_rules! column_of_batch {
    ($type:ty, $table:literal, $field:ident, $batch:ident) => {
        $crate::table::typed_column::<$type>($table, stringify!($field), $batch)?
    };
    ($type:ty, $table:literal, $field:ident, $batch:ident, $earlier:literal) => {
        $crate::table::typed_column_or::<$type>($table, stringify!($field), $batch, $earlier)?
    };
}

/// Declares a table: its record, its definition and the conversion, from one list of documented columns.
///
/// Rows are kept for years, so a column that is added later must be able to say nothing about older rows: its type is
/// an `Option`, or a text or a flag with what they count as, `cost_basis: String = "fifo"`.
#[macro_export]
macro_rules! table {
    (
        $(#[doc = $table_doc:literal])+
        $record:ident = $name:literal, key [$($key:literal),+], dated $dated:expr,
        $( $(#[doc = $doc:literal])+ $field:ident: $type:ty $(= $earlier:literal)?, )+
    ) => {
        $(#[doc = $table_doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $record { $( $(#[doc = $doc])+ pub $field: $type, )+ }

        /// The definition of the table.
        pub const TABLE: $crate::table::TableDefinition = $crate::table::TableDefinition {
            name: $name,
            doc: concat!($($table_doc, "\n"),+),
            key: &[$($key),+],
            dated: $dated,
            columns: &[$( $crate::table::Column {
                name: stringify!($field),
                kind: <$type as $crate::table::Cell>::KIND,
                nullable: $crate::column_may_be_empty!($type $(, $earlier)?),
                doc: concat!($($doc, "\n"),+),
            } ),+],
        };

        impl $crate::table::Record for $record {
            const TABLE: &'static $crate::table::TableDefinition = &TABLE;

            fn to_batch(
                rows: &[Self],
            ) -> Result<arrow::array::RecordBatch, $crate::table::TableError> {
                let columns = vec![$(
                    $crate::table::column_of($name, stringify!($field), rows, |row: &Self| &row.$field)?
                ),+];
                arrow::array::RecordBatch::try_new(TABLE.schema(), columns)
                    .map_err(|source| $crate::table::TableError::Arrow { table: $name, source })
            }

            fn from_batch(
                batch: &arrow::array::RecordBatch,
            ) -> Result<Vec<Self>, $crate::table::TableError> {
                $( let $field = $crate::column_of_batch!($type, $name, $field, batch $(, $earlier)?); )+
                (0..batch.num_rows())
                    .map(|row| Ok($record {
                        $( $field: $crate::table::cell::<$type>($name, stringify!($field), &$field, row)?, )+
                    }))
                    .collect()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::portfolios::Portfolio;

    fn portfolio() -> Portfolio {
        Portfolio {
            portfolio_id: "P1".parse().expect("an id"),
            market_id: "M1".parse().expect("an id"),
            fx_source: "M1".parse().expect("an id"),
            title: "A portfolio".to_owned(),
            base_currency: crate::Currency::EUR,
            start_date: "2014-01-02".parse().expect("a date"),
            end_date: None,
            benchmark_symbol: None,
            benchmark_blend: None,
            risk_free_annual: None,
            risk_free_source: None,
            client_email: None,
            delivery: None,
            cost_basis: "average_cost".to_owned(),
            locked_through: Some("2013-12-31".parse().expect("a date")),
            language: crate::Language::French,
            confirmations: true,
        }
    }

    fn without(batch: &RecordBatch, columns: &[&str]) -> RecordBatch {
        let schema = batch.schema();
        let kept = (0..schema.fields().len()).filter(|place| !columns.contains(&schema.field(*place).name().as_str()));
        batch.project(&kept.collect::<Vec<usize>>()).expect("a batch")
    }

    #[test]
    fn rows_older_than_a_column_have_nothing_in_it_or_what_they_count_as() {
        let batch = Portfolio::to_batch(&[portfolio()]).expect("a batch");
        assert_eq!(Portfolio::from_batch(&batch).expect("rows"), [portfolio()]);
        let older = without(&batch, &["cost_basis", "locked_through", "language", "confirmations"]);
        let (cost_basis, language) = ("fifo".to_owned(), crate::Language::English);
        let expected = Portfolio { cost_basis, locked_through: None, language, confirmations: false, ..portfolio() };
        assert_eq!(Portfolio::from_batch(&older).expect("rows"), [expected]);
    }

    #[test]
    fn a_column_that_every_row_needs_cannot_be_missing() {
        let batch = Portfolio::to_batch(&[portfolio()]).expect("a batch");
        let error = Portfolio::from_batch(&without(&batch, &["title"])).expect_err("no title");
        assert_eq!(error.to_string(), "silver.portfolios.title: the column is missing");
    }
}
