//! gold.portfolio_group_measures from the daily returns of households and composites.
//!
//! The measures are those of portfolios, computed by the same code from a group's days. As with the returns of groups,
//! every work replaces the rows of all groups on its dates, whichever portfolios are made again.

use std::collections::BTreeMap;

use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::portfolio_group_measures::{self, GroupMeasureRow};
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::{BusinessDate, GroupId};

use super::measures::of_groups;
use super::{Made, Rollup};
use crate::{StageReport, Work};

/// One row per group, day on which a member was valued, period and measure.
pub static ROLLUP: Rollup =
    Rollup { writes: &portfolio_group_measures::TABLE, also_writes: &[], reads: &[PortfolioGroupReturn::TABLE], make };

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let snapshot = lake.snapshot(PortfolioGroupReturn::TABLE).await?;
        report.read(&snapshot);
        let through = DateRange::through(work.to);
        let rows: Vec<PortfolioGroupReturn> = lake::read::rows(&snapshot, lake, through).await?;
        // A house that never had a group has nothing to replace.
        if rows.is_empty() && lake.snapshot(ROLLUP.writes).await?.version().is_none() {
            return Ok(report);
        }
        let mut days: BTreeMap<GroupId, BTreeMap<BusinessDate, PortfolioGroupReturn>> = BTreeMap::new();
        for row in rows {
            days.entry(row.group_id.clone()).or_default().insert(row.business_date, row);
        }
        let mut made: Vec<GroupMeasureRow> = Vec::new();
        for (group, days) in days {
            let days: Vec<PortfolioGroupReturn> = days.into_values().collect();
            made.extend(of_groups::measures(&group, &days, work.from));
        }
        let batch = GroupMeasureRow::to_batch(&made).map_err(lake::Error::from)?;
        let key = work.key(ROLLUP.writes.name);
        let written = lake.replace_dates_batches(ROLLUP.writes, work.from, work.to, &[batch], &key).await?;
        report.rows_written = written.rows;
        Ok(report)
    })
}
