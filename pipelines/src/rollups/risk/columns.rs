//! The rows of both tables, gathered column by column: there are millions of them.

use std::sync::Arc;

use analytics::risk_simulation::{SimulatedTail, TAILS};
use arrow::array::{ArrayRef, Date32Builder, Float64Builder, Int64Builder, StringBuilder};
use arrow::datatypes::Date32Type;
use lake::RecordBatch;
use schemas::InstrumentId;
use schemas::PortfolioId;
use schemas::table::{Record, TableError};
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_contributions::RiskContribution;

use super::proxies::Proxied;
use crate::error::Error;

/// The method of all rows.
const METHOD: &str = "historical_simulation";
/// For how many days ahead the figures are.
const HORIZON_DAYS: i64 = 1;

/// What there is to say about one portfolio on a date.
pub(super) struct Said<'a> {
    pub(super) portfolio_id: &'a PortfolioId,
    /// Days since 1970.
    pub(super) date: i32,
    pub(super) scenario_count: usize,
    pub(super) position_count: usize,
    pub(super) excluded_count: usize,
    pub(super) excluded_fraction: Option<f64>,
    pub(super) proxied_count: usize,
    pub(super) proxied_fraction: Option<f64>,
    pub(super) tails: Result<[SimulatedTail; 3], String>,
}

/// Columns of both tables under construction. They begin empty: a group may have one row.
pub(super) struct Columns {
    risk: RiskColumns,
    contributions: ContributionColumns,
}

struct RiskColumns {
    portfolio_id: StringBuilder,
    business_date: Date32Builder,
    method: StringBuilder,
    tail: Float64Builder,
    horizon_days: Int64Builder,
    value_at_risk: Float64Builder,
    expected_shortfall: Float64Builder,
    scenario_count: Int64Builder,
    position_count: Int64Builder,
    excluded_count: Int64Builder,
    excluded_fraction: Float64Builder,
    unavailable_reason: StringBuilder,
    proxied_count: Int64Builder,
    proxied_fraction: Float64Builder,
}

struct ContributionColumns {
    portfolio_id: StringBuilder,
    instrument_id: StringBuilder,
    business_date: Date32Builder,
    contribution: Float64Builder,
    unavailable_reason: StringBuilder,
    proxy_instrument_id: StringBuilder,
    proxied_scenario_count: Int64Builder,
    proxied_through_date: Date32Builder,
}

impl Columns {
    pub(super) fn new() -> Columns {
        let texts = || StringBuilder::with_capacity(0, 0);
        let (numbers, counts) = (|| Float64Builder::with_capacity(0), || Int64Builder::with_capacity(0));
        let dates = || Date32Builder::with_capacity(0);
        Columns {
            risk: RiskColumns {
                portfolio_id: texts(),
                business_date: dates(),
                method: texts(),
                tail: numbers(),
                horizon_days: counts(),
                value_at_risk: numbers(),
                expected_shortfall: numbers(),
                scenario_count: counts(),
                position_count: counts(),
                excluded_count: counts(),
                excluded_fraction: numbers(),
                unavailable_reason: texts(),
                proxied_count: counts(),
                proxied_fraction: numbers(),
            },
            contributions: ContributionColumns {
                portfolio_id: texts(),
                instrument_id: texts(),
                business_date: dates(),
                contribution: numbers(),
                unavailable_reason: texts(),
                proxy_instrument_id: texts(),
                proxied_scenario_count: counts(),
                proxied_through_date: dates(),
            },
        }
    }

    /// The figures of a portfolio, a row for each tail.
    pub(super) fn push_risk(&mut self, said: &Said<'_>) {
        let rows = &mut self.risk;
        for (number, tail) in TAILS.into_iter().enumerate() {
            let found = said.tails.as_ref().ok().and_then(|tails| tails.get(number));
            rows.portfolio_id.append_value(said.portfolio_id.as_str());
            rows.business_date.append_value(said.date);
            rows.method.append_value(METHOD);
            rows.tail.append_value(tail);
            rows.horizon_days.append_value(HORIZON_DAYS);
            rows.value_at_risk.append_option(found.map(|found| found.value_at_risk));
            rows.expected_shortfall.append_option(found.map(|found| found.expected_shortfall));
            rows.scenario_count.append_value(count(said.scenario_count));
            rows.position_count.append_value(count(said.position_count));
            rows.excluded_count.append_value(count(said.excluded_count));
            rows.excluded_fraction.append_option(said.excluded_fraction);
            rows.unavailable_reason.append_option(said.tails.as_ref().err());
            rows.proxied_count.append_value(count(said.proxied_count));
            rows.proxied_fraction.append_option(said.proxied_fraction);
        }
    }

    /// What a position contributes, or why it has no contribution; and what stands for it in some scenarios.
    pub(super) fn push_contribution(
        &mut self,
        (portfolio_id, date): (&PortfolioId, i32),
        instrument_id: &InstrumentId,
        outcome: Result<f64, &str>,
        proxied: Option<&Proxied>,
    ) {
        let rows = &mut self.contributions;
        rows.portfolio_id.append_value(portfolio_id.as_str());
        rows.instrument_id.append_value(instrument_id.as_str());
        rows.business_date.append_value(date);
        rows.contribution.append_option(outcome.ok());
        rows.unavailable_reason.append_option(outcome.err());
        rows.proxy_instrument_id.append_option(proxied.map(|proxied| proxied.proxy.as_str()));
        rows.proxied_scenario_count.append_option(proxied.map(|proxied| count(proxied.scenarios)));
        let through = proxied.map(|proxied| Date32Type::from_naive_date(proxied.through.day()));
        rows.proxied_through_date.append_option(through);
    }

    /// The rows of both tables, in the order in which they came.
    pub(super) fn finish(self) -> Result<(RecordBatch, RecordBatch), Error> {
        let Columns { mut risk, mut contributions } = self;
        let of_risk: Vec<ArrayRef> = vec![
            Arc::new(risk.portfolio_id.finish()),
            Arc::new(risk.business_date.finish()),
            Arc::new(risk.method.finish()),
            Arc::new(risk.tail.finish()),
            Arc::new(risk.horizon_days.finish()),
            Arc::new(risk.value_at_risk.finish()),
            Arc::new(risk.expected_shortfall.finish()),
            Arc::new(risk.scenario_count.finish()),
            Arc::new(risk.position_count.finish()),
            Arc::new(risk.excluded_count.finish()),
            Arc::new(risk.excluded_fraction.finish()),
            Arc::new(risk.unavailable_reason.finish()),
            Arc::new(risk.proxied_count.finish()),
            Arc::new(risk.proxied_fraction.finish()),
        ];
        let of_positions: Vec<ArrayRef> = vec![
            Arc::new(contributions.portfolio_id.finish()),
            Arc::new(contributions.instrument_id.finish()),
            Arc::new(contributions.business_date.finish()),
            Arc::new(contributions.contribution.finish()),
            Arc::new(contributions.unavailable_reason.finish()),
            Arc::new(contributions.proxy_instrument_id.finish()),
            Arc::new(contributions.proxied_scenario_count.finish()),
            Arc::new(contributions.proxied_through_date.finish()),
        ];
        Ok((batch::<RiskRow>(of_risk)?, batch::<RiskContribution>(of_positions)?))
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn batch<R: Record>(columns: Vec<ArrayRef>) -> Result<RecordBatch, Error> {
    let table = R::TABLE.name;
    let batch = RecordBatch::try_new(R::TABLE.schema(), columns);
    Ok(batch.map_err(|source| lake::Error::from(TableError::Arrow { table, source }))?)
}
