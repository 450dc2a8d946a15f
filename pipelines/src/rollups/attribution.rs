//! gold.attribution from the groups of portfolios and the weights of their benchmarks.
//!
//! A benchmark is weighed on some days: every day, or at the ends of months. Between two of them a portfolio is split
//! into groups, day by day, and compared with the benchmark's groups; these times are linked into the month and the
//! year of the day. A row is made on the first valuation date on or after the day, when it is known which valuation
//! was the last one by then; so a range gives the rows of its nights.

mod currencies;
mod group_days;
pub mod over_period;
pub mod weighings;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Included};
use std::sync::Arc;

use analytics::attribution::{ALLOCATION, Effect, INTERACTION, SELECTION, brinson_fachler};
use analytics::linking::DEFAULT_LINKING_METHOD;
use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::attribution::{self, AttributionRow};
use schemas::tables::benchmark_weights;
use schemas::tables::portfolios::{self, Portfolio};
use schemas::tables::{daily_returns, group_returns};
use schemas::{BusinessDate, PortfolioId, ReportingPeriod};

use self::group_days::{Grouped, Life, grouped, lives};
use self::weighings::{
    Benchmark, Comparison, GroupSides, Span, TOTAL, Weighings, benchmarks, chain, first_weighing, linked, named_by,
    spans_since,
};
use super::{Made, Rollup};
use crate::error::Error;
use crate::{StageReport, Work};

/// One row per portfolio, day of its benchmark's weights, period, taxonomy and group.
pub static ROLLUP: Rollup = Rollup {
    writes: &attribution::TABLE,
    also_writes: &[],
    reads: &[&portfolios::TABLE, &benchmark_weights::TABLE, &daily_returns::TABLE, &group_returns::TABLE],
    make,
};

/// Portfolios whose history is in memory at once, by the groups of one taxonomy.
const PORTFOLIOS_AT_ONCE: usize = 200;
/// The periods of which there are rows.
const PERIODS: [ReportingPeriod; 2] = [ReportingPeriod::MonthToDate, ReportingPeriod::YearToDate];

/// What a row is about.
#[derive(Clone, Copy)]
struct Subject<'a> {
    portfolio_id: &'a PortfolioId,
    taxonomy: &'a str,
    business_date: BusinessDate,
    through_date: BusinessDate,
    period: ReportingPeriod,
}

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let known = benchmarks(&read(lake, DateRange::through(work.to), &mut report).await?);
        let portfolios: Vec<Portfolio> = read(lake, DateRange::ALL, &mut report).await?;
        let compared = portfolios.into_iter().filter(|portfolio| work.covers(&portfolio.portfolio_id));
        let compared: BTreeMap<PortfolioId, &Benchmark> =
            compared.filter_map(|row| Some((row.portfolio_id.clone(), known.get(&named_by(&row)?)?))).collect();
        let mut rows = Vec::new();
        let ids: Vec<&PortfolioId> = compared.keys().collect();
        for chunk in ids.chunks(PORTFOLIOS_AT_ONCE) {
            let of_chunk: BTreeMap<&PortfolioId, &Benchmark> =
                chunk.iter().filter_map(|id| Some((*id, *compared.get(*id)?))).collect();
            rows.extend(attribute_all(lake, work, &of_chunk, &mut report).await?);
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

/// The rows of some portfolios by every taxonomy in which their benchmarks were weighed.
async fn attribute_all(
    lake: &Lake,
    work: &Work,
    compared: &BTreeMap<&PortfolioId, &Benchmark>,
    report: &mut StageReport,
) -> Result<Vec<AttributionRow>, Error> {
    let ids: BTreeSet<String> = compared.keys().map(ToString::to_string).collect();
    let lives = lives(lake, work.to, &ids, report).await?;
    let taxonomies: BTreeSet<&String> = compared.values().flat_map(|benchmark| benchmark.keys()).collect();
    let mut rows = Vec::new();
    for taxonomy in taxonomies {
        let mut weighed: BTreeMap<PortfolioId, (Arc<Weighings>, BusinessDate)> = BTreeMap::new();
        let mut alive: BTreeMap<PortfolioId, Arc<Life>> = BTreeMap::new();
        let mut opening = work.to;
        for (id, benchmark) in compared {
            let (Some(life), Some(weighings)) = (lives.get(*id), benchmark.get(taxonomy)) else { continue };
            // Without a day of weights there are no rows, and nothing has to be read.
            let Some(start) = first_weighing(life.dates(), weighings, work.from) else { continue };
            let first = life.dates().get(life.last_on(start).unwrap_or(0));
            opening = first.map_or(opening, |date| opening.min(*date));
            weighed.insert((*id).clone(), (weighings.clone(), start));
            alive.insert((*id).clone(), life.clone());
        }
        if weighed.is_empty() {
            continue;
        }
        let known = grouped(lake, DateRange::between(opening, work.to), taxonomy, alive, report).await?;
        let (taxonomy, from) = (taxonomy.clone(), work.from);
        let made = tokio::task::spawn_blocking(move || {
            let both = known.iter().filter_map(|(id, grouped)| Some((id, grouped, weighed.get(id)?)));
            let rows = both.flat_map(|(id, grouped, (weighings, start))| {
                attribute(id, &taxonomy, grouped, weighings, *start, from)
            });
            rows.collect::<Vec<AttributionRow>>()
        });
        rows.extend(made.await.map_err(|_| Error::Worker)?);
    }
    Ok(rows)
}

/// The rows of one portfolio from a date on, with the times from the start on.
fn attribute(
    portfolio_id: &PortfolioId,
    taxonomy: &str,
    grouped: &Grouped,
    weighings: &Weighings,
    start: BusinessDate,
    from: BusinessDate,
) -> Vec<AttributionRow> {
    let spans = spans_since(grouped, weighings, Some(start));
    let mut rows = Vec::new();
    for pair in grouped.life().dates().windows(2) {
        let [before, business_date] = *pair else { continue };
        if business_date < from {
            continue;
        }
        for (through_date, _) in weighings.range((Excluded(before), Included(business_date))) {
            for period in PERIODS {
                let through_date = *through_date;
                let subject = Subject { portfolio_id, taxonomy, business_date, through_date, period };
                rows.extend(subject.rows(grouped, &spans));
            }
        }
    }
    rows
}

impl Subject<'_> {
    fn rows(&self, grouped: &Grouped, spans: &[Span]) -> Vec<AttributionRow> {
        let chain = chain(grouped, spans, self.period, self.through_date, self.through_date);
        match linked(&chain, DEFAULT_LINKING_METHOD) {
            Ok(comparison) => self.rows_of(&comparison),
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
            taxonomy: self.taxonomy.to_owned(),
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

    fn rows_of(&self, comparison: &Comparison) -> Vec<AttributionRow> {
        let attribution = &comparison.attribution;
        let from_date = Some(comparison.from);
        let part = |id: &str, place: usize| attribution.effect(id)?.parts.get(place).copied();
        let total = |id: &str| attribution.effect(id).map(Effect::total);
        let group = |(place, sides): (usize, &GroupSides)| AttributionRow {
            from_date,
            portfolio_weight: Some(sides.portfolio_weight),
            benchmark_weight: Some(sides.benchmark_weight),
            portfolio_return_fraction: sides.portfolio_return,
            benchmark_return_fraction: sides.benchmark_return,
            allocation: part(ALLOCATION, place),
            selection: part(SELECTION, place),
            interaction: part(INTERACTION, place),
            ..self.row(&sides.node)
        };
        let mut rows: Vec<AttributionRow> = comparison.groups.iter().enumerate().map(group).collect();
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
