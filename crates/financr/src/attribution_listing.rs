//! Why a portfolio did better or worse than its benchmark, and what its groups and positions added to its return.

use jobs::{Attribution, Comparison, Contributions, Excess, LinkingMethod, OverPeriod, POSITIONS};
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, ReportingPeriod};
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::page::Block;
use crate::printed_figures::percent;
use crate::terminal_chart::{Ink, bar_from_axis};

/// What the page reads.
pub(crate) struct AttributionFacts<'a> {
    pub(crate) portfolio: &'a Portfolio,
    pub(crate) date: BusinessDate,
    pub(crate) period: ReportingPeriod,
    pub(crate) linking: &'static LinkingMethod,
    /// One taxonomy, or all of them.
    pub(crate) taxonomy: Option<&'a str>,
    pub(crate) found: &'a OverPeriod,
    pub(crate) ink: Ink,
}

/// Positions of the page; with `--taxonomy` all are shown.
const POSITIONS_MAX: usize = 15;
/// Columns of a bar on either side of the axis, and of the names beside it.
const BAR_COLUMNS: usize = 20;
const NAME_COLUMNS: usize = 24;
/// The group that all groups are together.
const TOTAL: &str = "total";
/// The effects, in the order in which decisions are made.
const EFFECTS: [&str; 3] = ["allocation", "selection", "interaction"];

/// The figures of rows for machines, and what they mean.
const FIGURES: [(&str, &str); 12] = [
    ("portfolio_weight", "The group's part of the portfolio at the start."),
    ("benchmark_weight", "The group's part of the benchmark at the start."),
    ("portfolio_return", "What the portfolio's part in the group returned, in the base currency, or all of it."),
    ("benchmark_return", "What the benchmark's part in the group returned, in the base currency, or all of it."),
    (
        "allocation",
        "The part held above the benchmark's weight times what the benchmark's group did better than the whole \
         benchmark (Brinson and Fachler).",
    ),
    ("selection", "The benchmark's weight times what the portfolio's group did better than the benchmark's."),
    (
        "interaction",
        "What remains of what the group added: both together, and what was bought and sold in the meantime.",
    ),
    (
        "excess",
        "What the portfolio returned beyond the benchmark: the difference of the returns, to which the effects add up; \
         linked geometrically the ratio of the growths less one, to which they compound.",
    ),
    ("residual", "What the effects or contributions leave unexplained; rounding only."),
    ("begin_weight", "The group's part of the portfolio before the first day of the period."),
    ("group_return", "What the group returned, compounded over the days on which it had capital."),
    (
        "contribution",
        "What the group gained on each day over the capital of the whole portfolio, linked over the period; all of \
         them add up to the portfolio's return.",
    ),
];

/// The page for people.
pub(crate) fn page(facts: &AttributionFacts<'_>, with_definitions: bool) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (taxonomy, comparison) in &facts.found.comparisons {
        match comparison {
            Ok(comparison) => blocks.extend(compared(facts, taxonomy, comparison)),
            Err(reason) => blocks.push(Block::text(format!("\n{}\n{reason}", title(facts, taxonomy)))),
        }
    }
    blocks.extend(why_not_compared(facts).map(|why| Block::text(format!("\n{why}"))));
    for (taxonomy, contributions) in &facts.found.contributions {
        let by = if taxonomy == POSITIONS { "position" } else { taxonomy.as_str() };
        let title = format!("\nWhat was added to the return by {by} ({})", facts.period);
        match contributions {
            Ok(contributions) => blocks.extend(added(facts, taxonomy, &title, contributions)),
            Err(reason) => blocks.push(Block::text(format!("{title}\n{reason}"))),
        }
    }
    if with_definitions {
        blocks.push(definitions(facts.linking));
    }
    blocks
}

/// What the figures mean, a line each.
fn definitions(linking: &LinkingMethod) -> Block {
    let lines: Vec<String> = FIGURES.iter().map(|(id, definition)| format!("{id}: {definition}")).collect();
    let linking = format!("Linked by {} ({}): {}", linking.title, linking.id, linking.definition);
    Block::text(format!("\nDefinitions\n{}\n{linking}", lines.join("\n")))
}

/// The same figures for machines, a row each.
pub(crate) fn rows(facts: &AttributionFacts<'_>, definitions: bool) -> Listing {
    let mut columns = vec!["portfolio", "date", "period", "from", "through", "taxonomy", "group", "figure", "value"];
    columns.extend(["unit", "linking", "unavailable_reason"]);
    if definitions {
        columns.push("definition");
    }
    let mut table = Rows { facts, listing: Listing::new(&columns), definitions };
    for (taxonomy, comparison) in &facts.found.comparisons {
        match comparison {
            Ok(comparison) => table.compared(taxonomy, comparison),
            Err(reason) => table.missing(taxonomy, "excess", reason),
        }
    }
    for (taxonomy, contributions) in &facts.found.contributions {
        match contributions {
            Ok(contributions) => table.added(taxonomy, contributions),
            Err(reason) => table.missing(taxonomy, "contribution", reason),
        }
    }
    table.listing
}

/// The rows for machines as they are made.
struct Rows<'a> {
    facts: &'a AttributionFacts<'a>,
    listing: Listing,
    definitions: bool,
}

/// Where a figure belongs.
#[derive(Clone, Copy)]
struct Place<'a> {
    taxonomy: &'a str,
    group: &'a str,
    days: Option<(BusinessDate, BusinessDate)>,
}

impl Rows<'_> {
    fn push(&mut self, place: Place<'_>, figure: &str, value: Option<f64>, reason: Option<&str>) {
        let day = |day: Option<BusinessDate>| day.map_or(Value::Null, |day| day.to_string().into());
        let mut row: Vec<Value> = vec![
            self.facts.portfolio.portfolio_id.to_string().into(),
            self.facts.date.to_string().into(),
            self.facts.period.code().into(),
            day(place.days.map(|days| days.0)),
            day(place.days.map(|days| days.1)),
            place.taxonomy.into(),
            place.group.into(),
            figure.into(),
            value.map_or(Value::Null, Value::from),
            "fraction".into(),
            self.facts.linking.id.into(),
            reason.map_or(Value::Null, Value::from),
        ];
        if self.definitions {
            let known = FIGURES.iter().find(|(id, _)| *id == figure);
            row.push(known.map_or(Value::Null, |(_, definition)| (*definition).into()));
        }
        self.listing.rows.push(row);
    }

    fn missing(&mut self, taxonomy: &str, figure: &str, reason: &str) {
        self.push(Place { taxonomy, group: TOTAL, days: None }, figure, None, Some(reason));
    }

    fn compared(&mut self, taxonomy: &str, comparison: &Comparison) {
        let days = Some((comparison.from, comparison.through));
        for (number, sides) in comparison.groups.iter().enumerate() {
            let place = Place { taxonomy, group: &sides.node, days };
            let none = |value: Option<f64>| value.is_none().then_some("there was nothing of it, or nobody says");
            self.push(place, "portfolio_weight", Some(sides.portfolio_weight), None);
            self.push(place, "benchmark_weight", Some(sides.benchmark_weight), None);
            self.push(place, "portfolio_return", sides.portfolio_return, none(sides.portfolio_return));
            self.push(place, "benchmark_return", sides.benchmark_return, none(sides.benchmark_return));
            for effect in EFFECTS {
                self.push(place, effect, part(&comparison.attribution, effect, number), None);
            }
        }
        let (attribution, place) = (&comparison.attribution, Place { taxonomy, group: TOTAL, days });
        self.push(place, "portfolio_return", Some(attribution.portfolio_return), None);
        self.push(place, "benchmark_return", Some(attribution.benchmark_return), None);
        for effect in EFFECTS {
            self.push(place, effect, total(attribution, effect), None);
        }
        self.push(place, "excess", Some(attribution.excess_return()), None);
        self.push(place, "residual", Some(residual(attribution)), None);
    }

    fn added(&mut self, taxonomy: &str, contributions: &Contributions) {
        let days = Some((contributions.from, contributions.through));
        for group in &contributions.groups {
            let place = Place { taxonomy, group: &group.node, days };
            let unknown = group.begin_weight.is_none().then_some("the value of the group or the portfolio is unknown");
            self.push(place, "begin_weight", group.begin_weight, unknown);
            let none = group.return_fraction.is_none().then_some("it had capital on no day of the period");
            self.push(place, "group_return", group.return_fraction, none);
            self.push(place, "contribution", Some(group.contribution), None);
        }
        let place = Place { taxonomy, group: TOTAL, days };
        self.push(place, "contribution", Some(contributions.attribution.portfolio_return), None);
        self.push(place, "residual", Some(residual(&contributions.attribution)), None);
    }
}

fn title(facts: &AttributionFacts<'_>, taxonomy: &str) -> String {
    let benchmark = benchmark(facts.portfolio).unwrap_or("its benchmark");
    format!("Against {benchmark} by {taxonomy} ({})", facts.period)
}

fn benchmark(portfolio: &Portfolio) -> Option<&str> {
    portfolio.benchmark_blend.as_deref().or(portfolio.benchmark_symbol.as_deref())
}

/// What would give an attribution where there is none.
fn why_not_compared(facts: &AttributionFacts<'_>) -> Option<String> {
    let id = &facts.portfolio.portfolio_id;
    if !facts.found.comparisons.is_empty() {
        return None;
    }
    let file = "benchmark_weights.csv (docs/BOOK_FOLDER.md) says what a benchmark is made of and what its groups \
                returned";
    let Some(benchmark) = benchmark(facts.portfolio) else {
        let words = "there is nothing to compare it with: give it a `benchmark` in portfolio.json";
        return Some(format!("{id} names no benchmark, so {words}; {file}."));
    };
    let by = facts.taxonomy.map_or_else(String::new, |taxonomy| format!(" by {taxonomy}"));
    Some(format!(
        "By {} nobody says what {benchmark} is made of{by}, so there is nothing to compare with: {file}; give the \
         market `{}` one.",
        facts.date, facts.portfolio.market_id
    ))
}

/// The effects of a comparison: what was earned, a row a group, what is left, and a drawing.
fn compared(facts: &AttributionFacts<'_>, taxonomy: &str, comparison: &Comparison) -> Vec<Block> {
    let attribution = &comparison.attribution;
    let excess = match attribution.excess {
        Excess::Difference => "difference",
        Excess::Ratio => "ratio of the growths less one",
    };
    let head = format!(
        "\n{}, from {} to {}, linked by {}\nPortfolio {}, benchmark {}, {excess} {}",
        title(facts, taxonomy),
        comparison.from,
        comparison.through,
        facts.linking.title,
        percent(attribution.portfolio_return),
        percent(attribution.benchmark_return),
        percent(attribution.excess_return()),
    );
    let adds_up = attribution.excess == Excess::Difference;
    let mut titles = vec!["group", "weight", "benchmark's", "return", "benchmark's"];
    titles.extend(EFFECTS);
    if adds_up {
        titles.push("together");
    }
    let mut listing = Listing::new(&titles);
    let mut bars = Vec::new();
    for (place, sides) in comparison.groups.iter().enumerate() {
        let effects = EFFECTS.map(|effect| part(attribution, effect, place));
        let mut row: Vec<Value> = vec![sides.node.clone().into()];
        row.extend([Some(sides.portfolio_weight), Some(sides.benchmark_weight)].map(cell));
        row.extend([sides.portfolio_return, sides.benchmark_return].map(cell));
        row.extend(effects.map(cell));
        if adds_up {
            let together = effects.into_iter().flatten().sum::<f64>();
            row.push(cell(Some(together)));
            bars.push((sides.node.clone(), together));
        }
        listing.rows.push(row);
    }
    let mut row: Vec<Value> = vec![TOTAL.into(), cell(Some(1.0)), cell(Some(1.0))];
    row.extend([attribution.portfolio_return, attribution.benchmark_return].map(|number| cell(Some(number))));
    row.extend(EFFECTS.map(|effect| cell(total(attribution, effect))));
    if adds_up {
        row.push(cell(Some(attribution.explained())));
    } else {
        bars.extend(EFFECTS.iter().filter_map(|effect| Some(((*effect).to_owned(), total(attribution, effect)?))));
    }
    listing.rows.push(row);
    let verb = if adds_up { "add up" } else { "compound" };
    let left = format!("The effects {verb} to the {excess} but for {:.1e}.", residual(attribution));
    let mut blocks = vec![Block::text(head), Block::Rows(listing), Block::text(left)];
    blocks.extend(chart(&bars, facts.ink).map(Block::Text));
    blocks
}

/// What groups added: a row each, those that added most first; of positions only some, and the others together.
fn added(facts: &AttributionFacts<'_>, taxonomy: &str, title: &str, contributions: &Contributions) -> Vec<Block> {
    let attribution = &contributions.attribution;
    let head = format!(
        "{title}, from {} to {}, linked by {}: {}",
        contributions.from,
        contributions.through,
        facts.linking.title,
        percent(attribution.portfolio_return)
    );
    let mut groups: Vec<_> = contributions.groups.iter().collect();
    groups.sort_by(|left, right| right.contribution.abs().total_cmp(&left.contribution.abs()));
    let is_cut = taxonomy == POSITIONS && facts.taxonomy.is_none() && POSITIONS_MAX < groups.len();
    let others = if is_cut { groups.split_off(POSITIONS_MAX) } else { Vec::new() };
    groups.sort_by(|left, right| right.contribution.total_cmp(&left.contribution));
    let first_column = if taxonomy == POSITIONS { "position" } else { "group" };
    let mut listing = Listing::new(&[first_column, "weight at start", "return", "contribution"]);
    for group in &groups {
        let name = named(taxonomy, &group.node);
        listing.push([
            name.into(),
            cell(group.begin_weight),
            cell(group.return_fraction),
            cell(Some(group.contribution)),
        ]);
    }
    let mut bars: Vec<(String, f64)> =
        groups.iter().map(|group| (named(taxonomy, &group.node), group.contribution)).collect();
    if !others.is_empty() {
        let name = format!("{} others", others.len());
        let sum: f64 = others.iter().map(|group| group.contribution).sum();
        let weight = others.iter().map(|group| group.begin_weight).sum::<Option<f64>>();
        listing.push([name.clone().into(), cell(weight), Value::Null, cell(Some(sum))]);
        bars.push((name, sum));
    }
    let returned = Some(attribution.portfolio_return);
    listing.push([TOTAL.into(), Value::Null, cell(returned), cell(Some(attribution.explained()))]);
    let left = format!("The contributions add up to the return but for {:.1e}.", residual(attribution));
    let mut blocks = vec![Block::text(head), Block::Rows(listing), Block::text(left)];
    blocks.extend(chart(&bars, facts.ink).map(Block::Text));
    if !others.is_empty() {
        let id = &facts.portfolio.portfolio_id;
        blocks.push(Block::text(format!("All positions: financr show attribution {id} --taxonomy {POSITIONS}")));
    }
    blocks
}

/// A bar for each name, from an axis in the middle; none without anything to draw.
fn chart(bars: &[(String, f64)], ink: Ink) -> Option<String> {
    let greatest = bars.iter().map(|(_, number)| number.abs()).fold(0.0, f64::max);
    if bars.is_empty() || greatest <= 0.0 {
        return None;
    }
    let line = |(name, number): &(String, f64)| {
        let name: String = name.chars().take(NAME_COLUMNS).collect();
        format!("{name:<NAME_COLUMNS$} {}", bar_from_axis(*number, greatest, BAR_COLUMNS, ink)).trim_end().to_owned()
    };
    Some(bars.iter().map(line).collect::<Vec<String>>().join("\n"))
}

/// A position as people know it: its symbol, or the cash of a currency.
fn named(taxonomy: &str, node: &str) -> String {
    match node.split_once('~') {
        Some(("CASH", currency)) if taxonomy == POSITIONS => format!("cash {currency}"),
        Some((_, symbol)) if taxonomy == POSITIONS => symbol.to_owned(),
        _ => node.to_owned(),
    }
}

fn part(attribution: &Attribution, effect: &str, place: usize) -> Option<f64> {
    attribution.effect(effect)?.parts.get(place).copied()
}

fn total(attribution: &Attribution, effect: &str) -> Option<f64> {
    Some(attribution.effect(effect)?.total())
}

/// What the effects leave unexplained.
fn residual(attribution: &Attribution) -> f64 {
    attribution.explained() - attribution.excess_return()
}

fn cell(number: Option<f64>) -> Value {
    number.map_or_else(|| NO_FIGURE.to_owned(), percent).into()
}
