//! Why one portfolio did better or worse than its benchmark, and what its groups added to its return, over any period
//! and by any way of linking: what is asked for by people.
//!
//! Everything follows from gold.group_returns and the weights of benchmarks, as gold.attribution does: for a month or a
//! year, linked in the way of the table, the effects are those of its rows.

use std::collections::{BTreeMap, BTreeSet};

use analytics::attribution::{Attribution, contribution};
use analytics::group_attribution::GroupDay;
use analytics::linking::LinkingMethod;
use lake::read::rows_named;
use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::classifications::Classification;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, ReportingPeriod};

use super::currencies::Cash;
use super::group_days::{Grouped, Life, grouped, lives};
use super::weighings::{
    Benchmark, CURRENCY, Comparison, POSITIONS, benchmarks, chain, compounded, linked, named_by, spans_since,
};
use crate::error::Error;
use crate::{AgeLimits, StageReport};

/// The taxonomies that every portfolio has.
const BUILT_IN: [&str; 3] = ["asset_class", CURRENCY, POSITIONS];

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The portfolio.
    pub portfolio: &'a Portfolio,
    /// The last day of the period.
    pub date: BusinessDate,
    /// The period.
    pub period: ReportingPeriod,
    /// How times become one.
    pub linking: &'static LinkingMethod,
    /// One taxonomy, or all of them.
    pub taxonomy: Option<&'a str>,
    /// How old an exchange rate may be.
    pub age_limits: AgeLimits,
}

/// What a group added to the return of its portfolio.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributor {
    /// The group; for positions the id of the instrument.
    pub node: String,
    /// Its part of the portfolio before the first day, a fraction; zero if it was not there, none if it is unknown.
    pub begin_weight: Option<f64>,
    /// What it returned, compounded over the days on which it had capital; none without such a day.
    pub return_fraction: Option<f64>,
    /// What it added to the return of the portfolio, a fraction.
    pub contribution: f64,
}

/// What the groups of a taxonomy added to the return of their portfolio.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributions {
    /// The day at whose close the period begins, or the first valuation if the portfolio is younger.
    pub from: BusinessDate,
    /// The last valuation.
    pub through: BusinessDate,
    /// The groups by name.
    pub groups: Vec<Contributor>,
    /// The contributions, in the order of the groups.
    pub attribution: Attribution,
}

/// What is known of a portfolio and a period; each part by its taxonomy, with the reason where there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverPeriod {
    /// The taxonomies that there are, whichever was asked for.
    pub taxonomies: BTreeSet<String>,
    /// Against the benchmark, for each taxonomy in which it was weighed. Empty without any weights.
    pub comparisons: BTreeMap<String, Result<Comparison, String>>,
    /// Against the benchmark by currency, with what the currencies did apart from the markets. None where the benchmark
    /// was not weighed by currency, or is in one with the portfolio.
    pub currencies: Option<Result<Comparison, String>>,
    /// What groups added, for each taxonomy that the portfolio has.
    pub contributions: BTreeMap<String, Result<Contributions, String>>,
}

/// Why a portfolio did better or worse than its benchmark, and what its groups added.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn over_period(lake: &Lake, asked: &Asked<'_>) -> Result<OverPeriod, Error> {
    let mut report = StageReport::default();
    let id = &asked.portfolio.portfolio_id;
    let ids = BTreeSet::from([id.to_string()]);
    let Some(life) = lives(lake, asked.date, &ids, &mut report).await?.remove(id) else {
        return Ok(OverPeriod::default());
    };
    let benchmark = benchmark(lake, asked).await?;
    let taxonomies = taxonomies(lake, asked, &benchmark).await?;
    let mut found = OverPeriod { taxonomies: taxonomies.clone(), ..OverPeriod::default() };
    for taxonomy in taxonomies.into_iter().filter(|known| asked.taxonomy.is_none_or(|asked| asked == known)) {
        let weighings = benchmark.get(&taxonomy);
        if let Some(reason) = too_young(asked) {
            if weighings.is_some() {
                found.comparisons.insert(taxonomy.clone(), Err(reason.clone()));
            }
            found.contributions.insert(taxonomy, Err(reason));
            continue;
        }
        let opening = asked.period.opening_date(asked.date);
        // The weights with which the period begins may be older than the period.
        let start = weighings.and_then(|weighings| {
            let at_opening = weighings.keys().rev().find(|day| opening.is_some_and(|opening| day.day() <= opening));
            at_opening.or(weighings.keys().next()).copied()
        });
        let first = first_day(&life, asked).into_iter().chain(start.and_then(|day| life.last_on(day))).min();
        let Some(from) = life.dates().get(first.unwrap_or(0)) else { continue };
        let range = DateRange::between(*from, asked.date);
        let alone = BTreeMap::from([(id.clone(), life.clone())]);
        let Some(by_group) = grouped(lake, range, &taxonomy, alone, &mut report).await?.remove(id) else { continue };
        if let Some(weighings) = weighings {
            let spans = spans_since(&by_group, weighings, start);
            let chain = chain(&by_group, &spans, asked.period, asked.date, asked.date);
            let comparison = linked(&chain, asked.linking);
            if taxonomy == CURRENCY && comparison.as_ref().is_ok_and(|known| 1 < known.groups.len()) {
                let cash = Cash::read(lake, asked.portfolio, asked.age_limits, asked.date).await?;
                found.currencies = Some(cash.linked(&chain, by_group.life(), asked.linking));
            }
            found.comparisons.insert(taxonomy.clone(), comparison);
        }
        found.contributions.insert(taxonomy, contributions(&by_group, asked));
    }
    Ok(found)
}

/// The weights of the portfolio's benchmark, as far as they are asked for.
async fn benchmark(lake: &Lake, asked: &Asked<'_>) -> Result<Benchmark, Error> {
    let Some((market, name)) = named_by(asked.portfolio) else { return Ok(Benchmark::new()) };
    let (of_market, of_name) = (BTreeSet::from([market.to_string()]), BTreeSet::from([name.clone()]));
    let snapshot = lake.snapshot(BenchmarkWeight::TABLE).await?;
    let words = [("market_id", &of_market), ("benchmark", &of_name)];
    let rows = rows_named(&snapshot, lake, DateRange::through(asked.date), &words).await?;
    Ok(benchmarks(&rows).remove(&(market, name)).unwrap_or_default())
}

/// The taxonomies of the portfolio's market and of its benchmark.
async fn taxonomies(lake: &Lake, asked: &Asked<'_>, benchmark: &Benchmark) -> Result<BTreeSet<String>, Error> {
    let snapshot = lake.snapshot(Classification::TABLE).await?;
    let of_market = BTreeSet::from([asked.portfolio.market_id.to_string()]);
    let rows: Vec<Classification> = rows_named(&snapshot, lake, DateRange::ALL, &[("market_id", &of_market)]).await?;
    let mut known: BTreeSet<String> = rows.into_iter().map(|row| row.taxonomy).collect();
    known.extend(BUILT_IN.map(str::to_owned));
    known.extend(benchmark.keys().cloned());
    Ok(known)
}

/// That the portfolio is younger than a period of years; as measures have it, such a period has no figures then.
fn too_young(asked: &Asked<'_>) -> Option<String> {
    let start = asked.portfolio.start_date;
    let is_inside = asked.period.opening_date(asked.date).is_none_or(|opening| opening < start.day());
    let has_length = asked.period.fixed_months().is_some();
    (has_length && is_inside).then(|| format!("the portfolio began on {start}, inside the period {}", asked.period))
}

/// The place of the valuation with which the period begins: the last one by its opening, or the first of all.
fn first_day(life: &Life, asked: &Asked<'_>) -> Option<usize> {
    let opening = asked.period.opening_date(asked.date).and_then(|day| BusinessDate::new(day).ok());
    opening.and_then(|opening| life.last_on(opening)).or((!life.dates().is_empty()).then_some(0))
}

/// What the groups added on the days of the period, linked; or why that is not known.
fn contributions(by_group: &Grouped, asked: &Asked<'_>) -> Result<Contributions, String> {
    let life = by_group.life();
    let opening = asked.period.opening_date(asked.date);
    let is_inside = |date: &BusinessDate| opening.is_none_or(|opening| opening < date.day()) && *date <= asked.date;
    let places = || (0..).zip(life.dates()).filter(|(_, date)| is_inside(date)).map(|(place, _)| place);
    let mut days: Vec<Vec<GroupDay>> = Vec::new();
    let mut first = None;
    for place in places() {
        let day = by_group.day(place)?;
        // A day without capital has no return that could be linked.
        if !day.is_empty() {
            first = first.or(Some(place));
            days.push(day);
        }
    }
    let (Some(first), Some(through)) = (first, places().last().and_then(|place| life.dates().get(place))) else {
        return Err(format!("there is no return in the period {}", asked.period));
    };
    let from = *life.dates().get(first.saturating_sub(1)).ok_or("there is no such valuation")?;
    let names: BTreeSet<&String> = days.iter().flatten().map(|group| &group.group).collect();
    let place_of: BTreeMap<&String, usize> = names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
    let mut parts = Vec::with_capacity(days.len());
    let mut returns: Vec<Option<f64>> = vec![None; names.len()];
    for day in &days {
        let mut of_day = vec![0.0; names.len()];
        for group in day {
            let Some(place) = place_of.get(&group.group) else { continue };
            if let Some(part) = of_day.get_mut(*place) {
                *part = group.contribution;
            }
            if let Some(so_far) = returns.get_mut(*place) {
                *so_far = compounded([*so_far, group.return_fraction].into_iter());
            }
        }
        parts.push(contribution::of_parts_alone(of_day));
    }
    let attribution = asked.linking.link(&parts).map_err(|error| error.to_string())?;
    let weights = by_group.weights_before(first);
    let added = attribution.effects.first().map(|effect| effect.parts.as_slice()).unwrap_or_default();
    let contributor = |((name, return_fraction), added): ((&String, Option<f64>), &f64)| Contributor {
        node: name.clone(),
        begin_weight: weights.get(name.as_str()).copied().or((!by_group.was_held(first, name)).then_some(0.0)),
        return_fraction,
        contribution: *added,
    };
    let groups = names.into_iter().zip(returns).zip(added).map(contributor).collect();
    Ok(Contributions { from, through: *through, groups, attribution })
}
