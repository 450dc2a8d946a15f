//! The days on which benchmarks were weighed, the times between them, and what these times come to together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analytics::attribution::Attribution;
use analytics::group_attribution::{GroupOfBenchmark, GroupedPeriod};
use analytics::linking::LinkingMethod;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, MarketId, ReportingPeriod};

use super::group_days::Grouped;

/// The taxonomy of currencies: that of the instrument or the cash.
pub const CURRENCY: &str = "currency";
/// The taxonomy whose groups are the positions, cash included.
pub const POSITIONS: &str = "instrument";
/// The group that all groups are together.
pub const TOTAL: &str = "total";

/// The groups of a benchmark on the days on which it was weighed: with what they weigh from then on, and what they
/// returned up to then.
pub(super) type Weighings = BTreeMap<BusinessDate, BTreeMap<String, GroupOfBenchmark>>;
/// The weighings of a benchmark by each taxonomy.
pub(super) type Benchmark = BTreeMap<String, Arc<Weighings>>;

/// The time between two days on which the benchmark was weighed.
pub(super) struct Span {
    pub(super) from: BusinessDate,
    pub(super) to: BusinessDate,
    /// The portfolio by its groups, or why it is not known.
    pub(super) portfolio: Result<GroupedPeriod, String>,
    pub(super) benchmark: BTreeMap<String, GroupOfBenchmark>,
}

/// Both sides of a group over a period.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSides {
    /// The group, e.g. `USD`.
    pub node: String,
    /// Its part of the portfolio at the start, a fraction.
    pub portfolio_weight: f64,
    /// Its part of the benchmark at the start, a fraction.
    pub benchmark_weight: f64,
    /// What the portfolio's part returned, in the base currency, a fraction; none if there was none.
    pub portfolio_return: Option<f64>,
    /// What the benchmark's part returned, a fraction; none if nobody says.
    pub benchmark_return: Option<f64>,
}

/// Why a portfolio did better or worse than its benchmark over the times between several weighings.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The day of the first weights.
    pub from: BusinessDate,
    /// The day of the last ones.
    pub through: BusinessDate,
    /// The groups by name.
    pub groups: Vec<GroupSides>,
    /// The effects, with a part for each of the groups, in their order.
    pub attribution: Attribution,
}

/// The benchmark of a portfolio as a market's weights name it; none if it has none.
pub(super) fn named_by(portfolio: &Portfolio) -> Option<(MarketId, String)> {
    let name = portfolio.benchmark_blend.as_ref().or(portfolio.benchmark_symbol.as_ref())?;
    Some((portfolio.market_id.clone(), name.clone()))
}

/// The benchmarks of markets, by name.
pub(super) fn benchmarks(rows: &[BenchmarkWeight]) -> BTreeMap<(MarketId, String), Benchmark> {
    let mut known: BTreeMap<(MarketId, String), BTreeMap<String, Weighings>> = BTreeMap::new();
    for row in rows {
        let group = GroupOfBenchmark {
            weight: row.weight.decimal().to_f64().unwrap_or(f64::NAN),
            return_fraction: row.return_fraction.and_then(|earned| earned.decimal().to_f64()),
        };
        let benchmark = known.entry((row.market_id.clone(), row.benchmark.clone())).or_default();
        let weighings = benchmark.entry(row.taxonomy.clone()).or_default();
        weighings.entry(row.weight_date).or_default().insert(row.node.clone(), group);
    }
    let shared = |benchmark: BTreeMap<String, Weighings>| {
        benchmark.into_iter().map(|(taxonomy, weighings)| (taxonomy, Arc::new(weighings))).collect()
    };
    known.into_iter().map(|(name, benchmark)| (name, shared(benchmark))).collect()
}

/// The day of the weights with which the earliest year begins of which rows are made from a date on; none without rows.
pub(super) fn first_weighing(
    dates: &[BusinessDate],
    weighings: &Weighings,
    from: BusinessDate,
) -> Option<BusinessDate> {
    let known = dates.partition_point(|date| *date < from);
    let before = known.checked_sub(1).and_then(|place| dates.get(place));
    let first_made = weighings.keys().find(|day| before.is_none_or(|before| before < *day))?;
    let opening = ReportingPeriod::YearToDate.opening_date(*first_made)?;
    let at_opening = weighings.keys().rev().find(|day| day.day() <= opening);
    at_opening.or(weighings.keys().next()).copied()
}

/// The times between the days of the benchmark's weights from one of them on.
pub(super) fn spans_since(grouped: &Grouped, weighings: &Weighings, start: Option<BusinessDate>) -> Vec<Span> {
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

/// Those of the times that end inside a period and by a day, from the first one on at whose start something was
/// invested.
pub(super) fn chain<'a>(
    grouped: &Grouped,
    spans: &'a [Span],
    period: ReportingPeriod,
    end: BusinessDate,
    through: BusinessDate,
) -> Vec<&'a Span> {
    let opening = period.opening_date(end);
    let inside = |span: &&Span| span.to <= through && opening.is_none_or(|opening| opening < span.to.day());
    spans.iter().filter(inside).skip_while(|span| !grouped.life().is_invested_on(span.from)).collect()
}

/// All times together, or why there are no effects.
pub(super) fn linked(chain: &[&Span], method: &LinkingMethod) -> Result<Comparison, String> {
    joined(chain, method, |span, portfolio, names| {
        let told = |error| format!("from {} to {}: {error}", span.from, span.to);
        portfolio.attribute(&span.benchmark, names).map_err(told)
    })
}

/// All times together by a model, which has a part for each of the names.
pub(super) fn joined(
    chain: &[&Span],
    method: &LinkingMethod,
    attribute: impl Fn(&Span, &GroupedPeriod, &BTreeSet<String>) -> Result<Attribution, String>,
) -> Result<Comparison, String> {
    let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
        return Err("there are no weights of the benchmark before, or nothing was invested by then".to_owned());
    };
    let mut names = BTreeSet::new();
    let mut portfolios = Vec::with_capacity(chain.len());
    for span in chain {
        let portfolio = span.portfolio.as_ref().map_err(Clone::clone)?;
        names.extend(portfolio.names(&span.benchmark));
        portfolios.push(portfolio);
    }
    if names.contains(TOTAL) {
        return Err(format!(
            "a group is called `{TOTAL}`, which is what all groups are together: give it another name"
        ));
    }
    let mut parts = Vec::with_capacity(chain.len());
    for (span, portfolio) in chain.iter().zip(portfolios) {
        parts.push(attribute(span, portfolio, &names)?);
    }
    let attribution = method.link(&parts).map_err(|error| error.to_string())?;
    let held = |span: &Span, name: &str| span.portfolio.as_ref().ok()?.groups().get(name).copied();
    let compared = |span: &Span, name: &str| span.benchmark.get(name).copied();
    let sides = |name: String| GroupSides {
        portfolio_weight: held(first, &name).map_or(0.0, |group| group.weight),
        benchmark_weight: compared(first, &name).map_or(0.0, |group| group.weight),
        portfolio_return: compounded(chain.iter().map(|span| held(span, &name)?.return_fraction)),
        benchmark_return: compounded(chain.iter().map(|span| compared(span, &name)?.return_fraction)),
        node: name,
    };
    Ok(Comparison { from: first.from, through: last.to, groups: names.into_iter().map(sides).collect(), attribution })
}

/// The returns of consecutive times as one, as far as there are any; none without one.
pub(super) fn compounded(returns: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    returns
        .flatten()
        .fold(None, |so_far: Option<f64>, earned| Some((1.0 + so_far.unwrap_or(0.0)) * (1.0 + earned) - 1.0))
}
