//! gold.attribution from the groups of portfolios and the weights of their benchmarks.
//!
//! A benchmark is weighed on some days: every day, or at the ends of months. Between two of them a portfolio is split
//! into groups, day by day, and compared with the benchmark's groups; these times are linked into the month and the
//! year of the day. A row is made on the first valuation date on or after the day, when it is known which valuation
//! was the last one by then; so a range gives the rows of its nights.

mod group_days;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Included};

use analytics::attribution::{ALLOCATION, Attribution, INTERACTION, SELECTION, brinson_fachler};
use analytics::group_attribution::{GroupOfBenchmark, GroupedPeriod};
use analytics::linking::DEFAULT_LINKING_METHOD;
use lake::{DateRange, Lake};
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::attribution::{self, AttributionRow};
use schemas::tables::benchmark_weights::{self, BenchmarkWeight};
use schemas::tables::portfolios::{self, Portfolio};
use schemas::tables::{daily_returns, nav_bridge, valuations};
use schemas::{BusinessDate, MarketId, PortfolioId, ReportingPeriod};

use self::group_days::{Grouped, grouped};
use super::{Made, Rollup};
use crate::error::Error;
use crate::{StageReport, Work};

/// One row per portfolio, day of its benchmark's weights, period and group.
pub static ROLLUP: Rollup = Rollup {
    writes: &attribution::TABLE,
    also_writes: &[],
    reads: &[
        &portfolios::TABLE,
        &benchmark_weights::TABLE,
        &daily_returns::TABLE,
        &valuations::TABLE,
        &nav_bridge::TABLE,
    ],
    make,
};

/// The taxonomy of currencies: that of the instrument or the cash.
pub(crate) const CURRENCY: &str = "currency";
/// The group that all groups are together.
pub(crate) const TOTAL: &str = "total";

/// Portfolios whose history is in memory at once.
const PORTFOLIOS_AT_ONCE: usize = 200;
/// The periods of which there are rows.
const PERIODS: [ReportingPeriod; 2] = [ReportingPeriod::MonthToDate, ReportingPeriod::YearToDate];

/// The groups of a benchmark on the days on which it was weighed: with what they weigh from then on, and what they
/// returned up to then.
type Weighings = BTreeMap<BusinessDate, BTreeMap<String, GroupOfBenchmark>>;

/// The time between two days on which the benchmark was weighed.
struct Span {
    from: BusinessDate,
    to: BusinessDate,
    /// The portfolio by its groups, or why it is not known.
    portfolio: Result<GroupedPeriod, String>,
    benchmark: BTreeMap<String, GroupOfBenchmark>,
}

/// What a row is about.
#[derive(Clone, Copy)]
struct Subject<'a> {
    portfolio_id: &'a PortfolioId,
    business_date: BusinessDate,
    through_date: BusinessDate,
    period: ReportingPeriod,
}

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let benchmarks = weighings(&read(lake, DateRange::through(work.to), &mut report).await?);
        let portfolios: Vec<Portfolio> = read(lake, DateRange::ALL, &mut report).await?;
        let compared = portfolios.into_iter().filter(|portfolio| work.covers(&portfolio.portfolio_id));
        let compared: BTreeMap<PortfolioId, Weighings> = compared
            .filter_map(|row| Some((row.portfolio_id.clone(), benchmarks.get(&named_by(&row)?)?.clone())))
            .collect();
        let mut rows = Vec::new();
        let ids: Vec<&PortfolioId> = compared.keys().collect();
        for chunk in ids.chunks(PORTFOLIOS_AT_ONCE) {
            let of_chunk: BTreeMap<&PortfolioId, &Weighings> =
                chunk.iter().filter_map(|id| Some((*id, compared.get(*id)?))).collect();
            let known = grouped(lake, work, &of_chunk, &mut report).await?;
            let weighings: BTreeMap<PortfolioId, Weighings> =
                of_chunk.into_iter().map(|(id, weighings)| (id.clone(), weighings.clone())).collect();
            let from = work.from;
            let made = tokio::task::spawn_blocking(move || attribute_all(&known, &weighings, from));
            rows.extend(made.await.map_err(|_| Error::Worker)?);
        }
        let written = work.replace(lake, &rows, AttributionRow::TABLE.name).await?;
        report.rows_written = written.rows;
        Ok(report)
    })
}

async fn read<R: Record>(lake: &Lake, range: DateRange, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}

/// The benchmark of a portfolio as a market's weights name it; none if it has none.
fn named_by(portfolio: &Portfolio) -> Option<(MarketId, String)> {
    let name = portfolio.benchmark_blend.as_ref().or(portfolio.benchmark_symbol.as_ref())?;
    Some((portfolio.market_id.clone(), name.clone()))
}

fn weighings(rows: &[BenchmarkWeight]) -> BTreeMap<(MarketId, String), Weighings> {
    let mut benchmarks: BTreeMap<(MarketId, String), Weighings> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.taxonomy == CURRENCY) {
        let group = GroupOfBenchmark {
            weight: row.weight.decimal().to_f64().unwrap_or(f64::NAN),
            return_fraction: row.return_fraction.and_then(|earned| earned.decimal().to_f64()),
        };
        let benchmark = benchmarks.entry((row.market_id.clone(), row.benchmark.clone())).or_default();
        benchmark.entry(row.weight_date).or_default().insert(row.node.clone(), group);
    }
    benchmarks
}

fn attribute_all(
    known: &BTreeMap<PortfolioId, Grouped>,
    weighings: &BTreeMap<PortfolioId, Weighings>,
    from: BusinessDate,
) -> Vec<AttributionRow> {
    let both = known.iter().filter_map(|(id, grouped)| Some((id, grouped, weighings.get(id)?)));
    both.flat_map(|(id, grouped, weighings)| attribute(id, grouped, weighings, from)).collect()
}

/// The rows of one portfolio from a date on.
fn attribute(
    portfolio_id: &PortfolioId,
    grouped: &Grouped,
    weighings: &Weighings,
    from: BusinessDate,
) -> Vec<AttributionRow> {
    let spans = spans(grouped, weighings, from);
    let mut rows = Vec::new();
    for pair in grouped.dates().windows(2) {
        let [before, business_date] = *pair else { continue };
        if business_date < from {
            continue;
        }
        for (through_date, _) in weighings.range((Excluded(before), Included(business_date))) {
            for period in PERIODS {
                let subject = Subject { portfolio_id, business_date, through_date: *through_date, period };
                rows.extend(subject.rows(grouped, &spans));
            }
        }
    }
    rows
}

/// The times between the days of the benchmark's weights, as far back as the years of the rows reach.
fn spans(grouped: &Grouped, weighings: &Weighings, from: BusinessDate) -> Vec<Span> {
    let start = first_weighing(grouped.dates(), weighings, from);
    let days: Vec<(&BusinessDate, &BTreeMap<String, GroupOfBenchmark>)> =
        weighings.iter().filter(|(day, _)| start.is_some_and(|start| start <= **day)).collect();
    let span = |pair: &[(&BusinessDate, &BTreeMap<String, GroupOfBenchmark>)]| {
        let [(from, weighed), (to, returned)] = pair else { return None };
        let mut benchmark: BTreeMap<String, GroupOfBenchmark> = BTreeMap::new();
        for (name, group) in *weighed {
            benchmark.insert(name.clone(), GroupOfBenchmark { weight: group.weight, return_fraction: None });
        }
        for (name, group) in *returned {
            let unweighted = GroupOfBenchmark { weight: 0.0, return_fraction: None };
            benchmark.entry(name.clone()).or_insert(unweighted).return_fraction = group.return_fraction;
        }
        Some(Span { from: **from, to: **to, portfolio: grouped.between(**from, **to), benchmark })
    };
    days.windows(2).filter_map(span).collect()
}

/// The day of the weights with which the earliest year begins of which rows are made from a date on; none without rows.
fn first_weighing(dates: &[BusinessDate], weighings: &Weighings, from: BusinessDate) -> Option<BusinessDate> {
    let known = dates.partition_point(|date| *date < from);
    let before = known.checked_sub(1).and_then(|place| dates.get(place));
    let first_made = weighings.keys().find(|day| before.is_none_or(|before| before < *day))?;
    let opening = ReportingPeriod::YearToDate.opening_date(*first_made)?;
    let at_opening = weighings.keys().rev().find(|day| day.day() <= opening);
    at_opening.or(weighings.keys().next()).copied()
}

impl Subject<'_> {
    fn rows(&self, grouped: &Grouped, spans: &[Span]) -> Vec<AttributionRow> {
        let opening = self.period.opening_date(self.through_date);
        let inside =
            |span: &&Span| span.to <= self.through_date && opening.is_none_or(|opening| opening < span.to.day());
        let chain: Vec<&Span> =
            spans.iter().filter(inside).skip_while(|span| !grouped.is_invested_on(span.from)).collect();
        match linked(&chain) {
            Ok((names, attribution)) => self.rows_of(&chain, &names, &attribution),
            Err(reason) => vec![AttributionRow { unavailable_reason: Some(reason), ..self.row(TOTAL) }],
        }
    }

    /// A row without effects so far.
    fn row(&self, node: &str) -> AttributionRow {
        AttributionRow {
            portfolio_id: self.portfolio_id.clone(),
            business_date: self.business_date,
            through_date: self.through_date,
            from_date: None,
            period: self.period,
            taxonomy: CURRENCY.to_owned(),
            node: node.to_owned(),
            model: brinson_fachler::MODEL.id.to_owned(),
            linking: DEFAULT_LINKING_METHOD.id.to_owned(),
            portfolio_weight: None,
            benchmark_weight: None,
            portfolio_return_fraction: None,
            benchmark_return_fraction: None,
            allocation: None,
            selection: None,
            interaction: None,
            unavailable_reason: None,
        }
    }

    fn rows_of(&self, chain: &[&Span], names: &BTreeSet<String>, attribution: &Attribution) -> Vec<AttributionRow> {
        let from_date = chain.first().map(|span| span.from);
        let part = |id: &str, place: usize| attribution.effect(id)?.parts.get(place).copied();
        let total = |id: &str| attribution.effect(id).map(analytics::attribution::Effect::total);
        let mut rows: Vec<AttributionRow> = Vec::with_capacity(names.len() + 1);
        for (place, name) in names.iter().enumerate() {
            let held = |span: &Span| span.portfolio.as_ref().ok()?.groups().get(name).copied();
            let compared = |span: &Span| span.benchmark.get(name).copied();
            rows.push(AttributionRow {
                from_date,
                portfolio_weight: chain.first().map(|span| held(span).map_or(0.0, |group| group.weight)),
                benchmark_weight: chain.first().map(|span| compared(span).map_or(0.0, |group| group.weight)),
                portfolio_return_fraction: compounded(chain.iter().map(|span| held(span)?.return_fraction)),
                benchmark_return_fraction: compounded(chain.iter().map(|span| compared(span)?.return_fraction)),
                allocation: part(ALLOCATION, place),
                selection: part(SELECTION, place),
                interaction: part(INTERACTION, place),
                ..self.row(name)
            });
        }
        rows.push(AttributionRow {
            from_date,
            portfolio_weight: Some(1.0),
            benchmark_weight: Some(1.0),
            portfolio_return_fraction: Some(attribution.portfolio_return),
            benchmark_return_fraction: Some(attribution.benchmark_return),
            allocation: total(ALLOCATION),
            selection: total(SELECTION),
            interaction: total(INTERACTION),
            ..self.row(TOTAL)
        });
        rows
    }
}

/// The effects of all times together, with the names of the groups, or why there are none.
fn linked(chain: &[&Span]) -> Result<(BTreeSet<String>, Attribution), String> {
    if chain.is_empty() {
        return Err("there are no weights of the benchmark before, or nothing was invested by then".to_owned());
    }
    let mut names = BTreeSet::new();
    let mut portfolios = Vec::with_capacity(chain.len());
    for span in chain {
        let portfolio = span.portfolio.as_ref().map_err(Clone::clone)?;
        names.extend(portfolio.names(&span.benchmark));
        portfolios.push(portfolio);
    }
    let mut parts = Vec::with_capacity(chain.len());
    for (span, portfolio) in chain.iter().zip(portfolios) {
        let part = portfolio.attribute(&span.benchmark, &names);
        parts.push(part.map_err(|error| format!("from {} to {}: {error}", span.from, span.to))?);
    }
    let whole = DEFAULT_LINKING_METHOD.link(&parts).map_err(|error| error.to_string())?;
    Ok((names, whole))
}

/// The returns of consecutive times as one, as far as there are any; none without one.
fn compounded(returns: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    returns
        .flatten()
        .fold(None, |so_far: Option<f64>, earned| Some((1.0 + so_far.unwrap_or(0.0)) * (1.0 + earned) - 1.0))
}
