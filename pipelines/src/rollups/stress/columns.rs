//! The rows of the table, gathered column by column: there are several for each portfolio.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Builder, Float64Builder, Int64Builder, StringBuilder};
use lake::RecordBatch;
use schemas::PortfolioId;
use schemas::table::{Record, TableError};
use schemas::tables::stress::StressRow;

use crate::error::Error;
use crate::stress::scenario::StressScenario;
use crate::stress::total::Total;

/// Columns under construction.
#[derive(Default)]
pub(super) struct Columns {
    portfolio_id: StringBuilder,
    business_date: Date32Builder,
    scenario_id: StringBuilder,
    version: Int64Builder,
    profit: Float64Builder,
    profit_fraction: Float64Builder,
    position_count: Int64Builder,
    unreached_fraction: Float64Builder,
    unknown_fraction: Float64Builder,
    unavailable_reason: StringBuilder,
}

impl Columns {
    pub(super) fn new() -> Columns {
        Columns::default()
    }

    /// What a scenario does to a portfolio on a date, in days since 1970.
    pub(super) fn push(
        &mut self,
        (portfolio_id, date, position_count): (&PortfolioId, i32, usize),
        scenario: &StressScenario,
        found: &Total,
    ) {
        self.portfolio_id.append_value(portfolio_id.as_str());
        self.business_date.append_value(date);
        self.scenario_id.append_value(&scenario.id);
        self.version.append_value(scenario.version);
        self.profit.append_option(found.profit.as_ref().ok().copied());
        self.profit_fraction.append_option(found.profit_fraction);
        self.position_count.append_value(i64::try_from(position_count).unwrap_or(i64::MAX));
        self.unreached_fraction.append_option(found.unreached_fraction);
        self.unknown_fraction.append_option(found.unknown_fraction);
        self.unavailable_reason.append_option(found.profit.as_ref().err());
    }

    /// The rows in the order in which they came.
    pub(super) fn finish(mut self) -> Result<RecordBatch, Error> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.portfolio_id.finish()),
            Arc::new(self.business_date.finish()),
            Arc::new(self.scenario_id.finish()),
            Arc::new(self.version.finish()),
            Arc::new(self.profit.finish()),
            Arc::new(self.profit_fraction.finish()),
            Arc::new(self.position_count.finish()),
            Arc::new(self.unreached_fraction.finish()),
            Arc::new(self.unknown_fraction.finish()),
            Arc::new(self.unavailable_reason.finish()),
        ];
        let table = StressRow::TABLE.name;
        let batch = RecordBatch::try_new(StressRow::TABLE.schema(), columns);
        Ok(batch.map_err(|source| lake::Error::from(TableError::Arrow { table, source }))?)
    }
}
