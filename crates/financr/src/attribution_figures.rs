//! The figures of an attribution: what they mean, and a row of each for machines.

use jobs::{Attribution, Comparison, Contributions, LinkingMethod};
use schemas::BusinessDate;
use serde_json::Value;

use crate::attribution_listing::AttributionFacts;
use crate::listing::Listing;
use crate::page::Block;

/// The group that all groups are together.
pub(crate) const TOTAL: &str = "total";
/// How a period is split, as gold.attribution has it.
const BRINSON_FACHLER: &str = "brinson_fachler";
/// The same with currencies apart from markets.
const KARNOSKY_SINGER: &str = "karnosky_singer";
/// What is added is compared with nothing.
const CONTRIBUTION: &str = "contribution";

/// The figures of rows for machines, and what they mean.
const FIGURES: [(&str, &str); 13] = [
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
        "currency",
        "The part held above the benchmark's weight in a currency times what cash of it, exchanged, did better than \
         that of all the benchmark's currencies; the other effects are then those of what was earned beyond cash \
         (Karnosky and Singer).",
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

/// What the figures mean, a line each.
pub(crate) fn definitions(linking: &LinkingMethod) -> Block {
    let lines: Vec<String> = FIGURES.iter().map(|(id, definition)| format!("{id}: {definition}")).collect();
    let linking = format!("Linked by {} ({}): {}", linking.title, linking.id, linking.definition);
    Block::text(format!("\nDefinitions\n{}\n{linking}", lines.join("\n")))
}

/// The same figures for machines, a row each.
pub(crate) fn rows(facts: &AttributionFacts<'_>, definitions: bool) -> Listing {
    let mut columns = vec!["portfolio", "date", "period", "from", "through", "taxonomy", "group", "figure", "value"];
    columns.extend(["unit", "model", "linking", "unavailable_reason"]);
    if definitions {
        columns.push("definition");
    }
    let mut table = Rows { facts, listing: Listing::new(&columns), definitions };
    let compared = facts.found.comparisons.iter().map(|(taxonomy, found)| (BRINSON_FACHLER, taxonomy.as_str(), found));
    let apart = facts.found.currencies.iter().map(|found| (KARNOSKY_SINGER, "currency", found));
    for (model, taxonomy, comparison) in compared.chain(apart) {
        let place = Place { model, taxonomy, group: TOTAL, days: None };
        match comparison {
            Ok(comparison) => table.compared(place, comparison),
            Err(reason) => table.push(place, "excess", None, Some(reason)),
        }
    }
    for (taxonomy, contributions) in &facts.found.contributions {
        let place = Place { model: CONTRIBUTION, taxonomy, group: TOTAL, days: None };
        match contributions {
            Ok(contributions) => table.added(place, contributions),
            Err(reason) => table.push(place, "contribution", None, Some(reason)),
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
    model: &'a str,
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
            place.model.into(),
            self.facts.linking.id.into(),
            reason.map_or(Value::Null, Value::from),
        ];
        if self.definitions {
            let known = FIGURES.iter().find(|(id, _)| *id == figure);
            row.push(known.map_or(Value::Null, |(_, definition)| (*definition).into()));
        }
        self.listing.rows.push(row);
    }

    fn compared(&mut self, place: Place<'_>, comparison: &Comparison) {
        let (attribution, days) = (&comparison.attribution, Some((comparison.from, comparison.through)));
        for (number, sides) in comparison.groups.iter().enumerate() {
            let place = Place { group: &sides.node, days, ..place };
            let none = |value: Option<f64>| value.is_none().then_some("there was nothing of it, or nobody says");
            self.push(place, "portfolio_weight", Some(sides.portfolio_weight), None);
            self.push(place, "benchmark_weight", Some(sides.benchmark_weight), None);
            self.push(place, "portfolio_return", sides.portfolio_return, none(sides.portfolio_return));
            self.push(place, "benchmark_return", sides.benchmark_return, none(sides.benchmark_return));
            for effect in &attribution.effects {
                self.push(place, effect.id, effect.parts.get(number).copied(), None);
            }
        }
        let place = Place { days, ..place };
        self.push(place, "portfolio_return", Some(attribution.portfolio_return), None);
        self.push(place, "benchmark_return", Some(attribution.benchmark_return), None);
        for effect in &attribution.effects {
            self.push(place, effect.id, Some(effect.total()), None);
        }
        self.push(place, "excess", Some(attribution.excess_return()), None);
        self.push(place, "residual", Some(residual(attribution)), None);
    }

    fn added(&mut self, place: Place<'_>, contributions: &Contributions) {
        let days = Some((contributions.from, contributions.through));
        for group in &contributions.groups {
            let place = Place { group: &group.node, days, ..place };
            let unknown = group.begin_weight.is_none().then_some("nothing was there before, or its value is unknown");
            self.push(place, "begin_weight", group.begin_weight, unknown);
            let none = group.return_fraction.is_none().then_some("it had capital on no day of the period");
            self.push(place, "group_return", group.return_fraction, none);
            self.push(place, "contribution", Some(group.contribution), None);
        }
        let place = Place { days, ..place };
        self.push(place, "contribution", Some(contributions.attribution.portfolio_return), None);
        self.push(place, "residual", Some(residual(&contributions.attribution)), None);
    }
}

/// What the effects leave unexplained.
pub(crate) fn residual(attribution: &Attribution) -> f64 {
    attribution.explained() - attribution.excess_return()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution_listing::tests::{compared_with, facts, found};

    #[test]
    fn machines_get_a_row_for_every_figure() {
        let (portfolio, found) = (compared_with(Some("MIX")), found());
        let listing = rows(&facts(&portfolio, &found), false);
        let said = |group: &str, figure: &str, model: &str| {
            let is_it =
                |row: &&Vec<Value>| (&row[6], &row[7], &row[10]) == (&group.into(), &figure.into(), &model.into());
            let row = listing.rows.iter().find(is_it).expect("a row");
            (row[8].clone(), row[12].clone())
        };
        assert_eq!(said("EUR", "selection", "brinson_fachler"), (0.03.into(), Value::Null));
        assert_eq!(said("total", "benchmark_return", "brinson_fachler").0, Value::from(0.038));
        assert_eq!(
            said("total", "excess", "karnosky_singer"),
            (Value::Null, "risk_free.csv has no rate of USD".into())
        );
        assert_eq!(said("M1~S00", "contribution", "contribution").0, Value::from(0.05));
        let (missing, why) = said("M1~S00", "group_return", "contribution");
        assert!(missing.is_null() && why.is_string(), "nothing, and the reason");
        let residual = said("total", "residual", "brinson_fachler").0.as_f64().expect("a number");
        assert!(residual.abs() <= 1e-12, "{residual}");
        let told = rows(&facts(&portfolio, &found), true);
        assert_eq!(told.columns.len(), listing.columns.len() + 1);
        assert!(told.rows.iter().all(|row| row.len() == told.columns.len() && !row[13].is_null()), "all are defined");
    }
}
