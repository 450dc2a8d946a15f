//! Why a portfolio did better or worse than its benchmark, and what its groups and positions added to its return.

use jobs::{Comparison, Contributions, Excess, LinkingMethod, OverPeriod, POSITIONS};
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, ReportingPeriod};
use serde_json::Value;

use crate::attribution_figures::{TOTAL, definitions, residual};
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
/// The page for people.
pub(crate) fn page(facts: &AttributionFacts<'_>, with_definitions: bool) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (taxonomy, comparison) in &facts.found.comparisons {
        match comparison {
            Ok(comparison) => blocks.extend(compared(facts, &title(facts, taxonomy), comparison)),
            Err(reason) => blocks.push(Block::text(format!("\n{}\n{reason}", title(facts, taxonomy)))),
        }
    }
    let apart = format!("Markets and currencies apart ({})", facts.period);
    match &facts.found.currencies {
        Some(Ok(comparison)) => blocks.extend(compared(facts, &apart, comparison)),
        Some(Err(reason)) => blocks.push(Block::text(format!("\n{apart}: not known\n{reason}"))),
        None => {}
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
fn compared(facts: &AttributionFacts<'_>, title: &str, comparison: &Comparison) -> Vec<Block> {
    let attribution = &comparison.attribution;
    let excess = match attribution.excess {
        Excess::Difference => "difference",
        Excess::Ratio => "ratio of the growths less one",
    };
    let head = format!(
        "\n{title}, from {} to {}, linked by {}\nPortfolio {}, benchmark {}, {excess} {}",
        comparison.from,
        comparison.through,
        facts.linking.title,
        percent(attribution.portfolio_return),
        percent(attribution.benchmark_return),
        percent(attribution.excess_return()),
    );
    let adds_up = attribution.excess == Excess::Difference;
    let mut titles = vec!["group", "weight", "benchmark's", "return", "benchmark's"];
    titles.extend(attribution.effects.iter().map(|effect| effect.id));
    if adds_up {
        titles.push("together");
    }
    let mut listing = Listing::new(&titles);
    let mut bars = Vec::new();
    for (place, sides) in comparison.groups.iter().enumerate() {
        let effects: Vec<Option<f64>> =
            attribution.effects.iter().map(|effect| effect.parts.get(place).copied()).collect();
        let mut row: Vec<Value> = vec![sides.node.clone().into()];
        row.extend([Some(sides.portfolio_weight), Some(sides.benchmark_weight)].map(cell));
        row.extend([sides.portfolio_return, sides.benchmark_return].map(cell));
        row.extend(effects.iter().copied().map(cell));
        if adds_up {
            let together = effects.into_iter().flatten().sum::<f64>();
            row.push(cell(Some(together)));
            bars.push((sides.node.clone(), together));
        }
        listing.rows.push(row);
    }
    let mut row: Vec<Value> = vec![TOTAL.into(), cell(Some(1.0)), cell(Some(1.0))];
    row.extend([attribution.portfolio_return, attribution.benchmark_return].map(|number| cell(Some(number))));
    row.extend(attribution.effects.iter().map(|effect| cell(Some(effect.total()))));
    if adds_up {
        row.push(cell(Some(attribution.explained())));
    } else {
        bars.extend(attribution.effects.iter().map(|effect| (effect.id.to_owned(), effect.total())));
    }
    listing.rows.push(row);
    let verb = if adds_up { "add up" } else { "compound" };
    let left = format!("The effects {verb} to the {excess} but for {:.1e}.", residual(attribution));
    let mut blocks = vec![Block::text(head), Block::Rows(listing), Block::text(left)];
    blocks.extend(not_weighed(facts, comparison).map(Block::Text));
    blocks.extend(chart(&bars, facts.ink).map(Block::Text));
    blocks
}

/// That the weights of the benchmark leave out something of the period at its start or its end.
fn not_weighed(facts: &AttributionFacts<'_>, comparison: &Comparison) -> Option<String> {
    let start = facts.portfolio.start_date.day();
    let opening = facts.period.opening_date(facts.date).map_or(start, |opening| opening.max(start));
    let mut told = Vec::new();
    if opening < comparison.from.day() {
        told.push(format!("first weighed on {}, and the period begins with the close of {opening}", comparison.from));
    }
    if comparison.through < facts.date {
        told.push(format!("last weighed on {}", comparison.through));
    }
    (!told.is_empty()).then(|| format!("The benchmark was {}.", told.join("; it was ")))
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

fn cell(number: Option<f64>) -> Value {
    number.map_or_else(|| NO_FIGURE.to_owned(), percent).into()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use jobs::{Attribution, Contributor, Effect, GroupSides, linking_method};

    use super::*;
    use crate::measures_listing::tests::{date, portfolio, written};

    fn sides(node: &str, weights: [f64; 2], returns: [f64; 2]) -> GroupSides {
        let [portfolio_weight, benchmark_weight] = weights;
        let [portfolio_return, benchmark_return] = returns.map(Some);
        GroupSides { node: node.to_owned(), portfolio_weight, benchmark_weight, portfolio_return, benchmark_return }
    }

    /// Half in euros that earned 10 % and half in dollars that earned 4 %, beside 60 % that earned 5 % and 40 % that
    /// earned 2 %: the example of docs/BOOK_FOLDER.md.
    pub(crate) fn found() -> OverPeriod {
        let effect = |id: &'static str, parts: [f64; 2]| Effect { id, parts: parts.into() };
        let effects = vec![
            effect("allocation", [-0.0012, -0.0018]),
            effect("selection", [0.03, 0.008]),
            effect("interaction", [-0.005, 0.002]),
        ];
        let attribution =
            Attribution { portfolio_return: 0.07, benchmark_return: 0.038, excess: Excess::Difference, effects };
        let (from, through) = (date("2023-11-30"), date("2023-12-29"));
        let groups = vec![sides("EUR", [0.5, 0.6], [0.1, 0.05]), sides("USD", [0.5, 0.4], [0.04, 0.02])];
        let comparison = Comparison { from, through, groups, attribution };
        let contributor = |(number, contribution): (i32, f64)| Contributor {
            node: format!("M1~S{number:02}"),
            begin_weight: Some(0.05),
            return_fraction: None,
            contribution,
        };
        // The first of twenty positions added 5 % and the others nothing to 0.2 %: 1.9 % together.
        let added: Vec<f64> = std::iter::once(0.05).chain((0..19).map(|step| f64::from(step % 3) * 0.001)).collect();
        let effects = vec![Effect { id: "contribution", parts: added.clone() }];
        let sum: f64 = added.iter().sum();
        let attribution =
            Attribution { portfolio_return: sum, benchmark_return: 0.0, excess: Excess::Difference, effects };
        let groups = (0..).zip(added).map(contributor).collect();
        let contributions = Contributions { from, through, groups, attribution };
        OverPeriod {
            taxonomies: ["currency", "instrument"].map(str::to_owned).into(),
            comparisons: BTreeMap::from([("currency".to_owned(), Ok(comparison))]),
            currencies: Some(Err("risk_free.csv has no rate of USD".to_owned())),
            contributions: BTreeMap::from([("instrument".to_owned(), Ok(contributions))]),
        }
    }

    pub(crate) fn facts<'a>(portfolio: &'a Portfolio, found: &'a OverPeriod) -> AttributionFacts<'a> {
        AttributionFacts {
            portfolio,
            date: date("2023-12-29"),
            period: ReportingPeriod::MonthToDate,
            linking: linking_method("carino").expect("listed"),
            taxonomy: None,
            found,
            ink: Ink::Ascii,
        }
    }

    pub(crate) fn compared_with(benchmark: Option<&str>) -> Portfolio {
        Portfolio { benchmark_symbol: benchmark.map(str::to_owned), ..portfolio("2023-07-03") }
    }

    #[test]
    fn people_see_effects_what_is_left_and_bars() {
        let (portfolio, found) = (compared_with(Some("MIX")), found());
        let text = written(&page(&facts(&portfolio, &found), true));
        for words in [
            "Against MIX by currency (MTD), from 2023-11-30 to 2023-12-29, linked by Carino",
            "Portfolio 7.00 %, benchmark 3.80 %, difference 3.20 %",
            "The effects add up to the difference but for ",
            // 2.38 % in euros and 0.82 % in dollars: the whole width and a third of it.
            "EUR                                          |####################\n",
            "USD                                          |#######\n",
            "Markets and currencies apart (MTD): not known\nrisk_free.csv has no rate of USD",
            "What was added to the return by position (MTD)",
            "5 others",
            "All positions: financr show attribution D01 --taxonomy instrument",
            "allocation: The part held above",
            "Linked by Carino (carino): ",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let row = |name: &str| text.lines().find(|line| line.trim_start().starts_with(name)).expect("a row").to_owned();
        let cells = |name: &str| row(name).split("  ").map(str::trim).filter(|cell| !cell.is_empty()).count();
        assert_eq!(cells("USD"), 9, "{text}");
        assert!(row("total").contains("3.80 %") && row("total").contains("3.20 %"), "{text}");
        assert!(text.is_ascii() || !text.contains('█'), "blocks only where they can be shown");
    }

    #[test]
    fn what_weights_leave_out_of_the_period_is_told() {
        let (portfolio, found) = (compared_with(Some("MIX")), found());
        let comparison = found.comparisons["currency"].as_ref().expect("effects");
        let month = facts(&portfolio, &found);
        assert_eq!(not_weighed(&month, comparison), None, "from one month's end to the other");
        let year = AttributionFacts { period: ReportingPeriod::YearToDate, date: date("2024-01-05"), ..month };
        let late = Comparison { from: date("2024-01-02"), through: date("2024-01-04"), ..comparison.clone() };
        let words = "The benchmark was first weighed on 2024-01-02, and the period begins with the close of \
                     2023-12-31; it was last weighed on 2024-01-04.";
        assert_eq!(not_weighed(&year, &late).as_deref(), Some(words));
    }

    #[test]
    fn without_a_benchmark_the_file_is_named_that_would_give_one() {
        let found = OverPeriod { comparisons: BTreeMap::new(), currencies: None, ..found() };
        let told = |benchmark: Option<&str>| {
            let portfolio = compared_with(benchmark);
            written(&page(&facts(&portfolio, &found), false))
        };
        let none = told(None);
        assert!(none.contains("D01 names no benchmark") && none.contains("`benchmark` in portfolio.json"), "{none}");
        let unknown = told(Some("MIX"));
        assert!(unknown.contains("nobody says what MIX is made of") && unknown.contains("market `D01`"), "{unknown}");
        for text in [none, unknown] {
            assert!(text.contains("benchmark_weights.csv") && text.contains("S00"), "{text}");
            assert!(!text.contains("Against"), "{text}");
        }
    }
}
