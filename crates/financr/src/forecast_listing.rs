//! What each method says of the next day, how that went so far, and which method counts.

use jobs::MeasureUnit;
use schemas::MeasureValue;
use schemas::tables::backtests::BacktestRow;
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::page::Block;
use crate::printed_figures::{Footnotes, fixed};
use crate::risk_listing::RiskFacts;
use crate::risk_night::{confidence, place_of, words_of};

/// The forecasts of the night, and the judgement of those before.
pub(crate) fn section(facts: &RiskFacts<'_>, notes: &mut Footnotes) -> Vec<Block> {
    let mut blocks = forecasts(facts, notes);
    blocks.extend(backtests(facts));
    blocks
}

/// The confidences of some rows, the smallest first.
fn tails(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut tails: Vec<f64> = numbers.collect();
    tails.sort_by(|one, other| other.total_cmp(one));
    tails.dedup();
    tails
}

fn is_same(one: f64, other: f64) -> bool {
    one.total_cmp(&other).is_eq()
}

fn forecasts(facts: &RiskFacts<'_>, notes: &mut Footnotes) -> Vec<Block> {
    let rows = &facts.night.forecasts;
    if rows.is_empty() {
        return Vec::new();
    }
    let tails = tails(rows.iter().map(|row| row.tail));
    let columns: Vec<String> =
        tails.iter().flat_map(|tail| ["VaR", "ES"].map(|name| format!("{name} {}", confidence(*tail)))).collect();
    let columns: Vec<&str> = std::iter::once("method").chain(columns.iter().map(String::as_str)).collect();
    let mut listing = Listing::new(&columns);
    let mut methods: Vec<&str> = rows.iter().map(|row| row.method.as_str()).collect();
    methods.sort_by_key(|method| (place_of(method), *method));
    methods.dedup();
    for method in methods {
        let mut cells: Vec<Value> = vec![words_of(method).into()];
        for tail in &tails {
            let row = rows.iter().find(|row| row.method == method && is_same(row.tail, *tail));
            let figures = row.map(|row| {
                let reason = row.unavailable_reason.as_deref().unwrap_or("no reason was recorded");
                [row.value_at_risk, row.expected_shortfall]
                    .map(|number| number.map_or_else(|| MeasureValue::unavailable(reason), MeasureValue::Number))
            });
            for place in 0..2 {
                let figure = figures.as_ref().and_then(|figures| figures.get(place));
                cells.push(notes.cell(figure, MeasureUnit::Fraction, facts.figures.base()));
            }
        }
        listing.rows.push(cells);
    }
    let date = facts.figures.date;
    let title = format!("\nForecasts of {date} for the next day, as a part of the value; a loss is positive");
    vec![Block::text(title), Block::Rows(listing)]
}

/// How many days exceeded what was said of them, by what the portfolio returned and by what its positions would have.
fn backtests(facts: &RiskFacts<'_>) -> Vec<Block> {
    let rows = &facts.night.backtests;
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = ["confidence", "method", "actual", "light", "hypothetical", "light", "in force", "Z2", "pinball"];
    let mut listing = Listing::new(&columns);
    let mut in_force = Vec::new();
    for tail in tails(rows.iter().map(|row| row.tail)) {
        let of_tail = || rows.iter().filter(|row| is_same(row.tail, tail));
        let mut methods: Vec<&str> = of_tail().map(|row| row.method.as_str()).collect();
        methods.sort_by_key(|method| (place_of(method), *method));
        methods.dedup();
        let counting = of_tail().find(|row| row.is_in_force).map(|row| words_of(&row.method));
        in_force.push(format!("{} {}", confidence(tail), counting.unwrap_or("none")));
        for method in methods {
            let row = |kind: &str| of_tail().find(|row| row.method == method && row.profit_and_loss == kind);
            let (actual, hypothetical) = (row("actual"), row("hypothetical"));
            let is_in_force = actual.or(hypothetical).is_some_and(|row| row.is_in_force);
            listing.push([
                confidence(tail).into(),
                words_of(method).into(),
                counted(actual),
                light(actual),
                counted(hypothetical),
                light(hypothetical),
                if is_in_force { "yes" } else { "" }.into(),
                score(actual.and_then(|row| row.acerbi_szekely), 2),
                score(actual.and_then(|row| row.pinball.map(|number| 10_000.0 * number)), 2),
            ]);
        }
    }
    vec![
        Block::text("\nDays that lost more than the value at risk that was forecast for them, of the days compared"),
        Block::Rows(listing),
        Block::text(format!(
            "Method in force, the first that is red by neither: {}\nActual: what the portfolio returned; hypothetical: \
             what the positions of the day before would have. Light: Basel traffic light.\nZ2 (Acerbi-Szekely, actual) \
             below zero: losses were more or larger than forecast. Pinball, in hundredths of a percent, the mean {}: \
             the smaller the better.",
            in_force.join(", "),
            scored_days(rows)
        )),
    ]
}

/// Over which days the means of the pinball loss are, which are not the days that are compared.
fn scored_days(rows: &[BacktestRow]) -> String {
    let scored = rows.iter().filter(|row| row.profit_and_loss == "actual" && row.pinball.is_some());
    let mut counts: Vec<i64> = scored.filter_map(|row| row.pinball_day_count).collect();
    counts.sort_unstable();
    match (counts.first(), counts.last()) {
        (Some(least), Some(most)) if least == most => format!("of all {most} days since counting began"),
        (Some(least), Some(most)) => format!("of all days since counting began, {least} to {most} by method"),
        _ => "of all days since counting began".to_owned(),
    }
}

fn counted(row: Option<&BacktestRow>) -> Value {
    row.map_or_else(|| NO_FIGURE.into(), |row| format!("{} of {}", row.exceedance_count, row.day_count).into())
}

fn light(row: Option<&BacktestRow>) -> Value {
    row.and_then(|row| row.zone.clone()).map_or_else(|| NO_FIGURE.into(), Value::from)
}

fn score(number: Option<f64>, decimals: usize) -> Value {
    number.map_or_else(|| NO_FIGURE.into(), |number| fixed(number, decimals).into())
}
