//! gold.measures from the daily returns, values and flows of each portfolio.
//!
//! A portfolio's history is gathered once; every measure of every period is computed from slices of it. Since
//! inception every measure is kept, for shorter periods those that statements show.

mod columns;
pub mod whole_life;

use std::collections::BTreeMap;

use analytics::{DatedNumber, MEASURES, Measure, Measured, PerformanceSeries, PeriodMoney, Sampling};
use lake::{DateRange, Lake, RecordBatch};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::cash_flows::{self, CashFlow};
use schemas::tables::daily_returns::{self, DailyReturn};
use schemas::tables::measures;
use schemas::tables::portfolios::{self, Portfolio};
use schemas::{Amount, BusinessDate, HolidayCalendar, MeasureValue, PortfolioId, ReportingPeriod};

use self::columns::Columns;
use super::{Made, Rollup};
use crate::error::Error;
use crate::{StageReport, Work};

/// One row per portfolio, valuation date, period and measure.
pub static ROLLUP: Rollup =
    Rollup { writes: &measures::TABLE, reads: &[&portfolios::TABLE, &daily_returns::TABLE, &cash_flows::TABLE], make };

/// What is kept for a day and a week, for which nothing can be estimated.
const DAY_MEASURES: &[&str] = &["gain", "twr"];
/// What is kept for longer periods, of those that are shorter than the portfolio's life.
const PERIOD_MEASURES: &[&str] = &[
    "annualised_return_act365",
    "gain",
    "max_drawdown",
    "max_drawdown_peak_date",
    "max_drawdown_trough_date",
    "modified_dietz",
    "mwr_period",
    "sharpe_rf",
    "twr",
    "volatility",
    "xirr",
];

/// One portfolio's history up to the last date of the work.
struct History {
    portfolio: Portfolio,
    returns: Vec<DailyReturn>,
    flows: Vec<CashFlow>,
}

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let histories = gather(lake, work, &mut report).await?;
        let batches = {
            let from = work.from;
            tokio::task::spawn_blocking(move || compute_all(&histories, from)).await.map_err(|_| Error::Worker)??
        };
        let written = work.replace_batches(lake, &measures::TABLE, &batches, measures::TABLE.name).await?;
        report.rows_written = written.rows;
        Ok(report)
    })
}

async fn gather(lake: &Lake, work: &Work, report: &mut StageReport) -> Result<Vec<History>, Error> {
    let mut histories: BTreeMap<PortfolioId, History> = BTreeMap::new();
    let portfolios = read::<Portfolio>(lake, DateRange::ALL, report).await?;
    for portfolio in portfolios.into_iter().filter(|portfolio| work.covers(&portfolio.portfolio_id)) {
        let id = portfolio.portfolio_id.clone();
        histories.insert(id, History { portfolio, returns: Vec::new(), flows: Vec::new() });
    }
    let through = DateRange::through(work.to);
    for row in read::<DailyReturn>(lake, through, report).await? {
        // A start that was moved to a later day leaves rows of days that no longer belong to the portfolio.
        if let Some(history) = histories.get_mut(&row.portfolio_id)
            && history.portfolio.start_date <= row.business_date
        {
            history.returns.push(row);
        }
    }
    for row in read::<CashFlow>(lake, through, report).await? {
        if let Some(history) = histories.get_mut(&row.portfolio_id)
            && history.portfolio.start_date <= row.business_date
        {
            history.flows.push(row);
        }
    }
    for history in histories.values_mut() {
        history.returns.sort_by_key(|row| row.business_date);
        history.flows.sort_by(|left, right| {
            (left.business_date, left.flow_date, &left.transaction_id).cmp(&(
                right.business_date,
                right.flow_date,
                &right.transaction_id,
            ))
        });
    }
    Ok(histories.into_values().collect())
}

async fn read<R: Record>(lake: &Lake, range: DateRange, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}

/// The measures of all portfolios from a date on, on all cores, in the order of the portfolios.
fn compute_all(histories: &[History], from: BusinessDate) -> Result<Vec<RecordBatch>, Error> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = histories.len().div_ceil(workers * 4).max(1);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let shares: Vec<&[History]> = histories.chunks(share).collect();
    let finished: Vec<Result<Vec<(usize, RecordBatch)>, Error>> = std::thread::scope(|scope| {
        let work = || {
            let mut mine = Vec::new();
            loop {
                let position = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(histories) = shares.get(position) else { return Ok(mine) };
                let mut columns = Columns::default();
                for history in *histories {
                    history.compute(from, &mut columns);
                }
                mine.push((position, columns.finish()?));
            }
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(Error::Worker))).collect()
    });
    let mut ordered: BTreeMap<usize, RecordBatch> = BTreeMap::new();
    for share in finished {
        ordered.extend(share?);
    }
    Ok(ordered.into_values().collect())
}

/// The series from which the measures of a date and a period are computed, or why there are none. Rows are in order of
/// date.
pub(crate) fn series_on(
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    flows: &[CashFlow],
    date: BusinessDate,
    period: ReportingPeriod,
) -> Result<PerformanceSeries, String> {
    let history = History { portfolio: portfolio.clone(), returns: returns.to_vec(), flows: flows.to_vec() };
    let days: Vec<Day> = returns.iter().map(Day::new).collect();
    let own: Vec<Flow> = flows.iter().map(Flow::new).collect();
    let after = returns.partition_point(|row| row.business_date <= date);
    match after.checked_sub(1) {
        Some(last) => history.series(&days, &own, last, date, period),
        None => Err(format!("no day up to {date} was valued")),
    }
}

impl History {
    fn compute(&self, from: BusinessDate, columns: &mut Columns) {
        let numbers: Vec<Day> = self.returns.iter().map(Day::new).collect();
        let flows: Vec<Flow> = self.flows.iter().map(Flow::new).collect();
        let first = self.returns.partition_point(|row| row.business_date < from);
        for (last, row) in self.returns.iter().enumerate().skip(first) {
            for period in ReportingPeriod::ALL {
                let series = self.series(&numbers, &flows, last, row.business_date, period);
                let measured = series.as_ref().map(Measured::new);
                for measure in kept(period) {
                    let value = match &measured {
                        Ok(measured) => (measure.compute)(measured),
                        Err(reason) => MeasureValue::Unavailable((*reason).clone()),
                    };
                    columns.push(&self.portfolio.portfolio_id, row.business_date, period, measure.id, &value);
                }
            }
        }
    }

    /// The part of the history that belongs to a period ending on the last day, or why it has no figures.
    fn series(
        &self,
        days: &[Day],
        flows: &[Flow],
        last: usize,
        end_date: BusinessDate,
        period: ReportingPeriod,
    ) -> Result<PerformanceSeries, String> {
        let start = self.portfolio.start_date;
        let opening = period.opening_date(end_date).and_then(|day| BusinessDate::new(day).ok());
        if period.fixed_months().is_some() && opening.is_none_or(|opening| opening < start) {
            return Err(format!("the portfolio began on {start}, inside the period {period}"));
        }
        // A month or a year to date in which a portfolio began opens on its own first day, with nothing.
        let opening = opening.filter(|opening| start <= *opening);
        let first = opening.map_or(0, |opening| days.partition_point(|day| day.date <= opening));
        let opened = opening.and(first.checked_sub(1)).and_then(|before| days.get(before));
        let (opening_value, exact_opening) = match opened {
            None => (0.0, Decimal::ZERO),
            Some(day) => day.value.zip(day.exact).ok_or_else(|| unknown(day.date))?,
        };
        let days = days.get(first..=last).unwrap_or_default();
        if let Some(day) = days.iter().find(|day| !day.is_known) {
            return Err(unknown(day.date));
        }
        let opened_after =
            first.checked_sub(1).and_then(|before| self.returns.get(before)).map(|row| row.business_date);
        let first_flow = opened_after.map_or(0, |date| flows.partition_point(|flow| flow.effective <= date));
        let last_flow = flows.partition_point(|flow| flow.effective <= end_date);
        let dated = |date: BusinessDate, number: f64| DatedNumber { date, number };
        Ok(PerformanceSeries {
            opening_date: opening.unwrap_or(start),
            end_date: self.counted_until(end_date),
            opening_value,
            values: days.iter().filter_map(|day| day.value.map(|value| dated(day.date, value))).collect(),
            returns: days.iter().filter_map(|day| day.fraction.map(|fraction| dated(day.date, fraction))).collect(),
            sampling: Sampling::Daily252,
            flows: flows
                .get(first_flow..last_flow)
                .unwrap_or_default()
                .iter()
                .map(|flow| dated(flow.own, flow.amount))
                .collect(),
            risk_free_annual: self.portfolio.risk_free_annual,
            benchmark: self.portfolio.benchmark_symbol.as_ref().map(|_| {
                let earned = days.iter().filter_map(|day| day.benchmark_fraction.map(|number| dated(day.date, number)));
                earned.collect()
            }),
            money: PeriodMoney {
                opening_value: exact_opening,
                closing_value: days.last().and_then(|day| day.exact),
                net_external_flows: net_flows(flows.get(first_flow..last_flow).unwrap_or_default(), end_date)?,
            },
        })
    }
}

impl History {
    /// The day up to which the last valuation counts: the portfolio's last day, if no business day lies between.
    fn counted_until(&self, date: BusinessDate) -> BusinessDate {
        let Some(end) = self.portfolio.end_date.filter(|end| date < *end) else { return date };
        let Ok(calendar) = HolidayCalendar::named("TARGET") else { return date };
        let mut day = date.next_calendar_day();
        while day <= end {
            if calendar.is_business_day(day).unwrap_or(true) {
                return date;
            }
            day = day.next_calendar_day();
        }
        end
    }
}

/// The exact sum of flows.
fn net_flows(flows: &[Flow], end_date: BusinessDate) -> Result<Decimal, String> {
    let sum = flows.iter().try_fold(Decimal::ZERO, |sum, flow| sum.checked_add(flow.exact?));
    sum.ok_or_else(|| unknown(end_date))
}

fn unknown(date: BusinessDate) -> String {
    format!("the value or a flow of {date} is unknown; see the exceptions of that date")
}

/// The measures kept for a period.
fn kept(period: ReportingPeriod) -> impl Iterator<Item = &'static Measure> {
    let chosen = match period {
        ReportingPeriod::SinceInception => None,
        ReportingPeriod::OneDay | ReportingPeriod::WeekToDate => Some(DAY_MEASURES),
        _ => Some(PERIOD_MEASURES),
    };
    MEASURES.iter().copied().filter(move |measure| chosen.is_none_or(|chosen| chosen.contains(&measure.id)))
}

/// A valuation date as estimates need it.
struct Day {
    date: BusinessDate,
    value: Option<f64>,
    exact: Option<Decimal>,
    fraction: Option<f64>,
    benchmark_fraction: Option<f64>,
    is_known: bool,
}

impl Day {
    fn new(row: &DailyReturn) -> Day {
        let amounts = [row.begin_value, row.inflow, row.outflow, row.end_value];
        Day {
            date: row.business_date,
            value: row.end_value.and_then(estimate),
            exact: row.end_value.map(Amount::decimal),
            fraction: row.return_fraction,
            benchmark_fraction: row.benchmark_return_fraction,
            is_known: amounts.iter().all(Option::is_some),
        }
    }
}

/// An external flow as estimates need it.
struct Flow {
    effective: BusinessDate,
    own: BusinessDate,
    amount: f64,
    exact: Option<Decimal>,
}

impl Flow {
    fn new(row: &CashFlow) -> Flow {
        Flow {
            effective: row.business_date,
            own: BusinessDate::new(row.flow_date).unwrap_or(row.business_date),
            // An unknown amount makes its day unknown, and with it every period that contains it.
            amount: row.amount_base.and_then(estimate).unwrap_or(f64::NAN),
            exact: row.amount_base.map(Amount::decimal),
        }
    }
}

fn estimate(amount: Amount) -> Option<f64> {
    amount.decimal().to_f64()
}
