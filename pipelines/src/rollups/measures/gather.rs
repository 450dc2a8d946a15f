//! The histories of portfolios, column by column and a stretch of ids at a time: those of 100,000 portfolios over ten
//! years would not fit memory, let alone as records.

use arrow::array::{Array, BooleanArray, Date32Array, Decimal128Array, Float64Array, StringArray};
use arrow::datatypes::Date32Type;
use lake::{DateRange, Lake, RecordBatch, Snapshot};
use schemas::table::Record;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate};

use super::history::{Counted, Day, Flow, History, Owner, estimate};
use crate::error::Error;
use crate::places::Places;
use crate::{StageReport, Work};

/// What is read of a day.
const COLUMNS: [&str; 12] = [
    "portfolio_id",
    "business_date",
    "begin_value",
    "inflow",
    "outflow",
    "end_value",
    "return_fraction",
    "return_before_fees_fraction",
    "return_before_taxes_fraction",
    "benchmark_return_fraction",
    "risk_free_annual",
    "is_observed",
];

/// Days that room is made for before they are read.
const DAYS_EXPECTED_MAX: usize = 10_000;

/// The tables that histories are gathered from, at the versions that a work sees.
pub(super) struct Gathering<'a> {
    lake: &'a Lake,
    portfolios: Vec<Portfolio>,
    returns: Snapshot,
    flows: Snapshot,
    through: DateRange,
}

impl<'a> Gathering<'a> {
    /// The tables as they are now, up to the last date of a work.
    pub(super) async fn over(lake: &'a Lake, work: &Work, report: &mut StageReport) -> Result<Self, Error> {
        let through = DateRange::through(work.to);
        let described = lake.snapshot(Portfolio::TABLE).await?;
        let (returns, flows) = (lake.snapshot(DailyReturn::TABLE).await?, lake.snapshot(CashFlow::TABLE).await?);
        for snapshot in [&described, &returns, &flows] {
            report.read(snapshot);
        }
        let mut portfolios: Vec<Portfolio> = lake::read::rows(&described, lake, DateRange::ALL).await?;
        portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
        portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
        let returns = returns.restricted_to(through);
        Ok(Gathering { lake, portfolios, returns, flows, through })
    }

    /// The portfolios in the order of their ids.
    pub(super) fn portfolios(&self) -> &[Portfolio] {
        &self.portfolios
    }

    /// The portfolios in the order of their ids, in parts that have about as many days as may be held at once.
    pub(super) fn shares(&self, days_at_once: u64) -> impl Iterator<Item = &[Portfolio]> {
        shares(&self.portfolios, self.returns.row_count(), days_at_once)
    }

    /// The histories of portfolios that lie beside each other.
    pub(super) async fn histories(&self, portfolios: &[Portfolio]) -> Result<Vec<History>, Error> {
        let (Some(first), Some(last)) = (portfolios.first(), portfolios.last()) else { return Ok(Vec::new()) };
        let stretch = (&first.portfolio_id, &last.portfolio_id);
        // Most have a day for each date; a vector that grows is copied again and again.
        let days = self.returns.row_count() / u64::try_from(self.portfolios.len()).unwrap_or(u64::MAX).max(1);
        let days = usize::try_from(days).unwrap_or_default().saturating_add(1).min(DAYS_EXPECTED_MAX);
        let empty = |portfolio: &Portfolio| History {
            owner: Owner::portfolio(portfolio),
            days: Vec::with_capacity(days),
            flows: Vec::new(),
            counted: Counted::Observed,
        };
        let mut histories: Vec<History> = portfolios.iter().map(empty).collect();
        let mut places = Places::of(portfolios.iter().map(|portfolio| portfolio.portfolio_id.as_str()));
        lake::read::each_batch_between(&self.returns, self.lake, self.through, &COLUMNS, stretch, |batch| {
            add_days(batch, &mut places, &mut histories)
        })
        .await?;
        let mut flows: Vec<CashFlow> = Vec::new();
        let all: Vec<&str> = CashFlow::TABLE.columns.iter().map(|column| column.name).collect();
        lake::read::each_batch_between(&self.flows, self.lake, self.through, &all, stretch, |batch| {
            flows.extend(CashFlow::from_batch(batch).map_err(lake::Error::from)?);
            Ok::<(), Error>(())
        })
        .await?;
        flows.sort_by(|left, right| key(left).cmp(&key(right)));
        for flow in flows {
            let history = places.of_id(flow.portfolio_id.as_str()).and_then(|place| histories.get_mut(place));
            // A start that was moved to a later day leaves rows of days that no longer belong to the portfolio.
            if let Some(history) = history.filter(|history| history.owner.start_date <= flow.business_date) {
                history.flows.push(Flow::new(&flow));
            }
        }
        for history in &mut histories {
            let start = history.owner.start_date;
            history.days.retain(|day| start <= day.date);
            // Each file has a month in order, which this sort takes as it is.
            history.days.sort_by_key(|day| day.date);
        }
        Ok(histories)
    }
}

fn shares<T>(portfolios: &[T], days: u64, days_at_once: u64) -> impl Iterator<Item = &[T]> {
    let parts = usize::try_from(days.div_ceil(days_at_once.max(1))).unwrap_or(usize::MAX);
    portfolios.chunks(portfolios.len().div_ceil(parts.max(1)).max(1))
}

fn key(flow: &CashFlow) -> (BusinessDate, chrono::NaiveDate, &str) {
    (flow.business_date, flow.flow_date, &flow.transaction_id)
}

/// Adds the days of a batch to the histories of their portfolios.
fn add_days(batch: &RecordBatch, places: &mut Places<'_>, histories: &mut [History]) -> Result<(), Error> {
    let ids: &StringArray = column(batch, "portfolio_id")?;
    let dates: &Date32Array = column(batch, "business_date")?;
    let amount = |name: &'static str| column::<Decimal128Array>(batch, name);
    let amounts = [amount("begin_value")?, amount("inflow")?, amount("outflow")?];
    let ends = amount("end_value")?;
    let fraction = |name: &'static str| column::<Float64Array>(batch, name);
    let (fractions, of_benchmark) = (fraction("return_fraction")?, fraction("benchmark_return_fraction")?);
    let before_fees = fraction("return_before_fees_fraction")?;
    let before_taxes = fraction("return_before_taxes_fraction")?;
    let risk_free_annual = fraction("risk_free_annual")?;
    let is_observed: &BooleanArray = column(batch, "is_observed")?;
    let known = |column: &Float64Array, row: usize| column.is_valid(row).then(|| column.value(row));
    for row in 0..batch.num_rows() {
        let Some(history) = places.of_id(ids.value(row)).and_then(|place| histories.get_mut(place)) else { continue };
        let day = Date32Type::to_naive_date_opt(dates.value(row)).and_then(|day| BusinessDate::new(day).ok());
        let date = day.ok_or_else(|| odd("business_date", "a day that is none"))?;
        let end = ends.is_valid(row).then(|| Amount::from_units(ends.value(row)));
        let end = end.map(|end| end.ok_or_else(|| odd("end_value", "more digits than a number holds"))).transpose()?;
        history.days.push(Day {
            date,
            value: end.and_then(estimate),
            exact: end.map(Amount::decimal),
            fraction: known(fractions, row),
            before_fees: known(before_fees, row),
            before_taxes: known(before_taxes, row),
            benchmark_fraction: known(of_benchmark, row),
            risk_free_annual: known(risk_free_annual, row),
            is_known: end.is_some() && amounts.iter().all(|amount| amount.is_valid(row)),
            is_observed: is_observed.is_null(row) || is_observed.value(row),
        });
    }
    Ok(())
}

fn column<'b, A: Array + 'static>(batch: &'b RecordBatch, name: &'static str) -> Result<&'b A, Error> {
    let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<A>());
    found.ok_or_else(|| odd(name, "another type than the table's"))
}

fn odd(name: &str, problem: &str) -> Error {
    let problem = format!("the column `{name}` has {problem}");
    Error::Lake(lake::Error::Columns { table: DailyReturn::TABLE.name, problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_as_many_as_days_need_and_have_every_portfolio_once() {
        let portfolios: Vec<usize> = (0..10).collect();
        let parts =
            |days: u64, at_once: u64| shares(&portfolios, days, at_once).map(<[usize]>::len).collect::<Vec<_>>();
        assert_eq!(parts(1_000, 1_000), [10]);
        assert_eq!(parts(1_001, 1_000), [5, 5]);
        assert_eq!(parts(2_500, 1_000), [4, 4, 2]);
        assert_eq!(parts(1_000_000, 1), [1; 10], "no part is without a portfolio");
        assert_eq!(parts(0, 1_000), [10]);
        assert_eq!(shares::<usize>(&[], 5, 1).count(), 0);
    }
}
