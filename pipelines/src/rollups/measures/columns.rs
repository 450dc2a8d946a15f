//! The rows of gold.measures, gathered column by column: there are millions of them. Texts are held once each and named
//! by number; they become texts when the rows are written.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Builder, Float64Builder, StringDictionaryBuilder};
use arrow::datatypes::{Date32Type, Field, Int32Type, Schema};
use lake::RecordBatch;
use schemas::table::{Record, TableError, column_of};
use schemas::tables::measures::MeasureRow;
use schemas::{Amount, BusinessDate, MeasureValue, ReportingPeriod};

use crate::error::Error;

/// Texts of which many are equal.
type Words = StringDictionaryBuilder<Int32Type>;

/// Columns under construction.
#[derive(Default)]
pub(super) struct Columns {
    portfolio_id: Words,
    business_date: Date32Builder,
    period: Words,
    measure: Words,
    value: Float64Builder,
    amount: Vec<Option<Amount>>,
    value_date: Date32Builder,
    unavailable_reason: Words,
}

impl Columns {
    pub(super) fn push(
        &mut self,
        portfolio_id: &str,
        date: BusinessDate,
        period: ReportingPeriod,
        measure: &str,
        value: &MeasureValue,
    ) {
        self.portfolio_id.append_value(portfolio_id);
        self.business_date.append_value(Date32Type::from_naive_date(date.day()));
        self.period.append_value(period.code());
        self.measure.append_value(measure);
        let (number, amount, day, reason) = match value {
            MeasureValue::Number(number) => (Some(*number), None, None, None),
            MeasureValue::Amount(amount) => (None, Some(Amount::new(*amount)), None, None),
            MeasureValue::Date(day) => (None, None, Some(Date32Type::from_naive_date(*day)), None),
            MeasureValue::Unavailable(reason) => (None, None, None, Some(reason)),
        };
        self.value.append_option(number);
        self.amount.push(amount);
        self.value_date.append_option(day);
        self.unavailable_reason.append_option(reason);
    }

    /// The rows, in the order in which they came.
    pub(super) fn finish(mut self) -> Result<RecordBatch, Error> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.portfolio_id.finish()),
            Arc::new(self.business_date.finish()),
            Arc::new(self.period.finish()),
            Arc::new(self.measure.finish()),
            Arc::new(self.value.finish()),
            column_of(MeasureRow::TABLE.name, "amount", &self.amount, |amount| amount).map_err(lake::Error::from)?,
            Arc::new(self.value_date.finish()),
            Arc::new(self.unavailable_reason.finish()),
        ];
        let table = MeasureRow::TABLE.name;
        let defined = MeasureRow::TABLE.schema();
        let typed = defined.fields().iter().zip(&columns);
        let typed = typed.map(|(field, column)| Field::clone(field).with_data_type(column.data_type().clone()));
        let schema = Schema::new(typed.collect::<Vec<Field>>());
        let batch = RecordBatch::try_new(Arc::new(schema), columns);
        Ok(batch.map_err(|source| lake::Error::from(TableError::Arrow { table, source }))?)
    }
}
