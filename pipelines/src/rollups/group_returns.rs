//! gold.group_returns from the valuations, bookings and flows of portfolios, and the groups of their instruments.
//!
//! A row follows from two valuation dates and what was booked between them, and from nothing else, so that a range
//! gives the rows of its nights. Groups have no dates: a `classifications.csv` that says something else changes the
//! markers of `crate::history`, and the next night makes again what the portfolios that held the instruments have.

use lake::{DateRange, Lake, Parameter};
use schemas::table::TableDefinition;
use schemas::tables::{
    action_payments, cash_flows, classifications, daily_returns, fx_rates, group_returns, instruments,
    portfolio_values, portfolios, transactions, valuations,
};

use super::{Made, Rollup};
use crate::{StageReport, Work};

/// One row per portfolio, valuation date, taxonomy and node.
pub static ROLLUP: Rollup = Rollup {
    writes: &group_returns::TABLE,
    reads: &[
        &portfolios::TABLE,
        &instruments::TABLE,
        &classifications::TABLE,
        &transactions::TABLE,
        &fx_rates::TABLE,
        &cash_flows::TABLE,
        &action_payments::TABLE,
        &valuations::TABLE,
        &portfolio_values::TABLE,
        &daily_returns::TABLE,
    ],
    make,
};

/// The tables of which only the dates of the work are read.
const OF_THE_DATES: [&TableDefinition; 4] =
    [&cash_flows::TABLE, &action_payments::TABLE, &portfolio_values::TABLE, &daily_returns::TABLE];

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let of_the_dates = DateRange::between(work.from, work.to);
        let opening = lake::read::earliest_previous_date(lake, work.from, work.to).await?.unwrap_or(work.from);
        let mut snapshots = Vec::with_capacity(ROLLUP.reads.len());
        for definition in ROLLUP.reads {
            let snapshot = lake.snapshot(definition).await?;
            report.read(&snapshot);
            let range = match definition.name {
                name if OF_THE_DATES.iter().any(|table| table.name == name) => of_the_dates,
                name if name == valuations::TABLE.name => DateRange::between(opening, work.to),
                // A later reversal counts on the day of what it takes back.
                name if name == transactions::TABLE.name => DateRange::ALL,
                _ => DateRange::through(work.to),
            };
            snapshots.push(snapshot.restricted_to(range));
        }
        let context = lake.engine().session(&snapshots)?;
        let parameters = vec![
            ("from_date", Parameter::Date(work.from)),
            ("to_date", Parameter::Date(work.to)),
            ("fx_rate_days_max", Parameter::Integer(work.age_limits.fx_rate_days_max.into())),
        ];
        let sql = include_str!("../../rollups/group_returns.sql");
        let batches = lake.engine().run(&context, ROLLUP.writes.name, sql, parameters).await?;
        let written = work.replace_batches(lake, ROLLUP.writes, &batches, ROLLUP.writes.name).await?;
        report.rows_written = written.rows;
        Ok(report)
    })
}
