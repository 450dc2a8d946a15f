//! gold.portfolio_group_returns from the values, returns and flows of the members of each group.
//!
//! The table has no portfolios, so that a rebuild of some portfolios cannot keep the rows of the others. It need not: a
//! row follows from what gold and silver say of all members, whoever is made again. So every work, also one of a few
//! portfolios, replaces the rows of all groups on its dates, after their values and returns have been written. Where
//! several sets of portfolios are made again one after the other, the last one sees them all; each set is made again up
//! to the last day, so that no row is left that followed from an earlier state. What a group is, is part of what the
//! markers of `crate::history` say of its members: a group that changes makes its members be made again.

mod day;
mod members;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use lake::{DateRange, Lake, Parameter};
use ledger::FxBoard;
use schemas::table::{Record, cell, typed_column};
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::portfolio_group_returns::{self, PortfolioGroupReturn};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, MarketId, PortfolioId};

use self::members::{Group, Known, Transfer, groups};
use super::{Made, Rollup};
use crate::error::Error;
use crate::{StageReport, Work};

/// One row per group and day on which a member was valued.
pub static ROLLUP: Rollup = Rollup {
    writes: &portfolio_group_returns::TABLE,
    also_writes: &[],
    reads: &[
        Portfolio::TABLE,
        GroupMember::TABLE,
        Quote::TABLE,
        FxRate::TABLE,
        Transaction::TABLE,
        CashFlow::TABLE,
        PortfolioValue::TABLE,
        DailyReturn::TABLE,
    ],
    make,
};

/// Days for which a member counts with a value before, while its market is closed.
const CARRIED_DAYS_MAX: u64 = 31;
/// Days of a range that are held in memory at once.
const DAYS_AT_ONCE: u64 = 92;

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let groups = groups(read::<GroupMember>(lake, &mut report).await?);
        let mut rows: Vec<PortfolioGroupReturn> = Vec::new();
        if !groups.is_empty() {
            let mut known = facts(lake, work, &groups, &mut report).await?;
            let mut first = work.from;
            while first <= work.to {
                let last = later(first, DAYS_AT_ONCE - 1).min(work.to);
                fill(lake, &mut known, first, last).await?;
                for group in &groups {
                    rows.extend(group.rows(&known, first, last));
                }
                let next = later(last, 1);
                if next == last {
                    break;
                }
                first = next;
            }
        }
        let key = work.key(ROLLUP.writes.name);
        let batch = PortfolioGroupReturn::to_batch(&rows).map_err(lake::Error::from)?;
        let written = lake.replace_dates_batches(ROLLUP.writes, work.from, work.to, &[batch], &key).await?;
        report.rows_written = written.rows;
        Ok(report)
    })
}

/// What is needed for every date: the portfolios, and the rates of their sources.
async fn facts(lake: &Lake, work: &Work, groups: &[Group], report: &mut StageReport) -> Result<Known, Error> {
    let members: BTreeSet<&PortfolioId> = groups.iter().flat_map(Group::members).collect();
    let mut known = Known::default();
    for portfolio in read::<Portfolio>(lake, report).await? {
        if members.contains(&portfolio.portfolio_id) {
            known.portfolios.insert(portfolio.portfolio_id.clone(), portfolio);
        }
    }
    let sources: BTreeSet<String> =
        known.portfolios.values().map(|portfolio| portfolio.fx_source.to_string()).collect();
    let snapshot = lake.snapshot(FxRate::TABLE).await?;
    report.read(&snapshot);
    let through = DateRange::through(work.to);
    let rates: Vec<FxRate> = lake::read::rows_named(&snapshot, lake, through, &[("fx_source", &sources)]).await?;
    let mut by_source: BTreeMap<MarketId, Vec<FxRate>> = BTreeMap::new();
    for rate in rates {
        by_source.entry(rate.fx_source.clone()).or_default().push(rate);
    }
    let days_max = work.age_limits.fx_rate_days_max;
    known.boards =
        by_source.into_iter().map(|(source, rates)| (source, FxBoard::new(&rates).with_days_max(days_max))).collect();
    for definition in [Quote::TABLE, Transaction::TABLE, CashFlow::TABLE, PortfolioValue::TABLE, DailyReturn::TABLE] {
        report.read(&lake.snapshot(definition).await?);
    }
    Ok(known)
}

/// What happened on some dates, and the values from which it led.
async fn fill(lake: &Lake, known: &mut Known, first: BusinessDate, last: BusinessDate) -> Result<(), Error> {
    let ids: BTreeSet<String> = known.portfolios.keys().map(ToString::to_string).collect();
    let named = [("portfolio_id", &ids)];
    let dates = DateRange::between(first, last);
    let snapshot = lake.snapshot(PortfolioValue::TABLE).await?;
    let carried = DateRange::between(earlier(first, CARRIED_DAYS_MAX), last);
    let values: Vec<PortfolioValue> = lake::read::rows_named(&snapshot, lake, carried, &named).await?;
    let snapshot = lake.snapshot(DailyReturn::TABLE).await?;
    let returns: Vec<DailyReturn> = lake::read::rows_named(&snapshot, lake, dates, &named).await?;
    known.values.clear();
    for row in values {
        known.values.entry(row.portfolio_id.clone()).or_default().insert(row.business_date, row);
    }
    known.returns = returns.into_iter().map(|row| ((row.portfolio_id.clone(), row.business_date), row)).collect();
    known.open.clear();
    let markets: BTreeSet<MarketId> = known.portfolios.values().map(|portfolio| portfolio.market_id.clone()).collect();
    let snapshot = lake.snapshot(Quote::TABLE).await?;
    for market in markets {
        let name = BTreeSet::from([market.to_string()]);
        let days = lake::read::dates_named::<Quote>(&snapshot, lake, dates, &[("market_id", &name)]).await?;
        known.open.extend(days.into_iter().map(|day| (market.clone(), day)));
    }
    known.transfers = transfers(lake, first, last).await?;
    Ok(())
}

/// What portfolios sent each other on some dates, by the portfolio in whose books it is.
async fn transfers(
    lake: &Lake,
    first: BusinessDate,
    last: BusinessDate,
) -> Result<BTreeMap<(PortfolioId, BusinessDate), Vec<Transfer>>, Error> {
    let flows = lake.snapshot(CashFlow::TABLE).await?.restricted_to(DateRange::between(first, last));
    let context = lake.engine().session(&[flows, lake.snapshot(Transaction::TABLE).await?])?;
    let parameters = vec![("from_date", Parameter::Date(first)), ("to_date", Parameter::Date(last))];
    let sql = include_str!("../../rollups/portfolio_group_returns.sql");
    let name = DailyReturn::TABLE.name;
    let mut found: BTreeMap<(PortfolioId, BusinessDate), Vec<Transfer>> = BTreeMap::new();
    for batch in lake.engine().run(&context, ROLLUP.writes.name, sql, parameters).await? {
        // The columns are called like those of daily returns, and are as they are.
        let columns = ["portfolio_id", "business_date", "inflow", "outflow"];
        let typed = lake::read::with_columns(&batch, DailyReturn::TABLE, &columns)?;
        let others = lake::read::with_columns(&batch, Transaction::TABLE, &["counter_portfolio_id"])?;
        let wrong = |source: schemas::table::TableError| Error::from(lake::Error::from(source));
        let ids = typed_column::<PortfolioId>(name, "portfolio_id", &typed).map_err(wrong)?;
        let days = typed_column::<BusinessDate>(name, "business_date", &typed).map_err(wrong)?;
        let ins = typed_column::<Amount>(name, "inflow", &typed).map_err(wrong)?;
        let outs = typed_column::<Amount>(name, "outflow", &typed).map_err(wrong)?;
        let counter = "counter_portfolio_id";
        let others = typed_column::<PortfolioId>(Transaction::TABLE.name, counter, &others).map_err(wrong)?;
        for row in 0..batch.num_rows() {
            let id: PortfolioId = cell(name, "portfolio_id", &ids, row).map_err(wrong)?;
            let day: BusinessDate = cell(name, "business_date", &days, row).map_err(wrong)?;
            let inflow: Amount = cell(name, "inflow", &ins, row).map_err(wrong)?;
            let outflow: Amount = cell(name, "outflow", &outs, row).map_err(wrong)?;
            let other: PortfolioId = cell(name, counter, &others, row).map_err(wrong)?;
            let transfer = Transfer { other, inflow: inflow.decimal(), outflow: outflow.decimal() };
            found.entry((id, day)).or_default().push(transfer);
        }
    }
    Ok(found)
}

async fn read<R: Record>(lake: &Lake, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, DateRange::ALL).await?)
}

/// The day some days later; the same day at the end of time.
fn later(date: BusinessDate, days: u64) -> BusinessDate {
    let moved = date.day().checked_add_days(Days::new(days));
    moved.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(date)
}

/// The day some days before; the first day there is at the beginning of time.
fn earlier(date: BusinessDate, days: u64) -> BusinessDate {
    let moved = date.day().checked_sub_days(Days::new(days));
    moved.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(BusinessDate::FIRST)
}
