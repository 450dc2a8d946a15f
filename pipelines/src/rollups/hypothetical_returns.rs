//! gold.hypothetical_returns: what yesterday's positions earned today, whatever was traded meanwhile.
//!
//! Most positions are not touched on a day, and what they gained is in gold.position_returns already. Only those that
//! something moved into or out of are valued again, at the closes and rates of their market. The range is worked on a
//! month at a time, so that no more than a month of positions is in memory.

mod revalued;

use chrono::{Datelike, Days, Months, NaiveDate};
use lake::{DateRange, Lake, Parameter, RecordBatch, Snapshot};
use schemas::BusinessDate;
use schemas::table::Record;
use schemas::tables::hypothetical_returns::HypotheticalReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::{
    corporate_actions, daily_returns, fx_rates, hypothetical_returns, instruments, nav_bridge, portfolio_values,
    portfolios, position_returns, quotes, transactions,
};

use self::revalued::{Revaluing, gather};
use super::risk::markets::Markets;
use super::{Made, Rollup};
use crate::error::Error;
use crate::{StageReport, Work};

/// One row per portfolio and valuation date.
pub static ROLLUP: Rollup = Rollup {
    writes: &hypothetical_returns::TABLE,
    also_writes: &[],
    reads: &[
        &portfolios::TABLE,
        &instruments::TABLE,
        &quotes::TABLE,
        &fx_rates::TABLE,
        &corporate_actions::TABLE,
        &transactions::TABLE,
        &portfolio_values::TABLE,
        &daily_returns::TABLE,
        &position_returns::TABLE,
        &nav_bridge::TABLE,
    ],
    make,
};

/// The query for what is known without valuing anything again.
const DAYS: &str = include_str!("../../rollups/hypothetical_returns/days.sql");
/// The query for what must be valued again.
const REVALUED: &str = include_str!("../../rollups/hypothetical_returns/revalued.sql");
/// Calendar days before a date on which what is booked can take effect on it.
const BOOKED_DAYS: u64 = 62;

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let mut snapshots = Vec::with_capacity(ROLLUP.reads.len());
        for definition in ROLLUP.reads {
            let snapshot = lake.snapshot(definition).await?;
            report.read(&snapshot);
            snapshots.push(snapshot);
        }
        let snapshot = lake.snapshot(Portfolio::TABLE).await?;
        let mut portfolios: Vec<Portfolio> = lake::read::rows(&snapshot, lake, DateRange::ALL).await?;
        portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
        let markets = Markets::read(lake, work, &portfolios, 1, &mut report).await?;
        let revaluing = Revaluing::new(&markets, &portfolios, work.age_limits.close_days_max);
        let mut batches = Vec::new();
        for (from, to) in months(work.from, work.to) {
            batches.push(of_month(lake, work, &snapshots, &revaluing, (from, to)).await?);
        }
        let name = hypothetical_returns::TABLE.name;
        report.rows_written = work.replace_batches(lake, &hypothetical_returns::TABLE, &batches, name).await?.rows;
        Ok(report)
    })
}

/// The rows of the dates of a month.
async fn of_month(
    lake: &Lake,
    work: &Work,
    snapshots: &[Snapshot],
    revaluing: &Revaluing<'_>,
    (from, to): (BusinessDate, BusinessDate),
) -> Result<RecordBatch, Error> {
    let since = from.day().checked_sub_days(Days::new(BOOKED_DAYS)).and_then(|day| BusinessDate::new(day).ok());
    let since = since.unwrap_or(BusinessDate::FIRST);
    let range = DateRange::between(since, to);
    let restricted: Vec<Snapshot> = snapshots.iter().map(|snapshot| snapshot.restricted_to(range)).collect();
    let context = lake.engine().session(&restricted)?;
    let dates = || {
        vec![
            ("from_date", Parameter::Date(from)),
            ("to_date", Parameter::Date(to)),
            ("since_date", Parameter::Date(since)),
        ]
    };
    let name = hypothetical_returns::TABLE.name;
    let mut rows: Vec<HypotheticalReturn> = Vec::new();
    let columns: Vec<&str> = hypothetical_returns::TABLE.columns.iter().map(|column| column.name).collect();
    for batch in of_work(work, lake.engine().run(&context, name, DAYS, dates()).await?)? {
        let batch = lake::read::with_columns(&batch, HypotheticalReturn::TABLE, &columns)?;
        rows.extend(HypotheticalReturn::from_batch(&batch).map_err(lake::Error::from)?);
    }
    let moved = gather(&of_work(work, lake.engine().run(&context, name, REVALUED, dates()).await?)?)?;
    revaluing.complete(&mut rows, &moved);
    Ok(HypotheticalReturn::to_batch(&rows).map_err(lake::Error::from)?)
}

/// The rows of the portfolios of the work.
fn of_work(work: &Work, batches: Vec<RecordBatch>) -> Result<Vec<RecordBatch>, Error> {
    let Some(portfolios) = &work.portfolios else { return Ok(batches) };
    let of_them = batches.iter().map(|batch| lake::read::of_portfolios(HypotheticalReturn::TABLE, batch, portfolios));
    Ok(of_them.collect::<Result<Vec<RecordBatch>, lake::Error>>()?)
}

/// The months of a range, each from its first date in the range to its last.
fn months(from: BusinessDate, to: BusinessDate) -> Vec<(BusinessDate, BusinessDate)> {
    let mut months = Vec::new();
    let mut first = from;
    while first <= to {
        let next = first.day().with_day(1).and_then(|day: NaiveDate| day.checked_add_months(Months::new(1)));
        let next = next.and_then(|day| BusinessDate::new(day).ok()).filter(|next| *next <= to);
        let Some(next) = next else {
            months.push((first, to));
            break;
        };
        months.push((first, next.previous_calendar_day()));
        first = next;
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_its_months() {
        let day = |text: &str| text.parse::<BusinessDate>().expect("a date");
        let parts = |from: &str, to: &str| {
            let parts = months(day(from), day(to)).into_iter().map(|(from, to)| format!("{from} {to}"));
            parts.collect::<Vec<String>>()
        };
        assert_eq!(parts("2024-01-30", "2024-01-30"), ["2024-01-30 2024-01-30"]);
        assert_eq!(
            parts("2023-12-15", "2024-02-01"),
            ["2023-12-15 2023-12-31", "2024-01-01 2024-01-31", "2024-02-01 2024-02-01"]
        );
    }
}
