//! Which method forecasts the value at risk, how it kept what it promised, and which ones were demoted.

use schemas::tables::backtests::BacktestRow;

use super::StatementInput;
use crate::document::{Content, Section};

/// A method as a statement names it.
struct Method {
    id: &'static str,
    words: &'static str,
}

/// The methods in the order in which they count.
const METHODS: &[Method] = &[
    Method { id: "historical", words: "historical simulation" },
    Method { id: "filtered_historical", words: "historical simulation scaled by volatility" },
    Method { id: "ewma", words: "the normal distribution with exponentially weighted variance" },
    Method { id: "cornish_fisher", words: "the normal distribution corrected by Cornish and Fisher" },
    Method { id: "normal", words: "the normal distribution" },
];

/// The section, a sentence or two for each tail; none if no forecast was judged and none counts.
pub(super) fn section(input: &StatementInput) -> Option<Section> {
    let mut tails: Vec<f64> = input.backtests.iter().map(|row| row.tail).collect();
    tails.sort_by(|one, other| other.total_cmp(one));
    tails.dedup();
    let notes: Vec<String> = tails.into_iter().filter_map(|tail| sentences(input, tail)).collect();
    let title = "Method of the value at risk".to_owned();
    (!notes.is_empty()).then_some(Section { id: "risk_methods", title, content: Content::Notes(notes) })
}

/// What is said of a tail; nothing if no method counts and none was demoted.
fn sentences(input: &StatementInput, tail: f64) -> Option<String> {
    let rows: Vec<&BacktestRow> =
        input.backtests.iter().filter(|row| row.tail.total_cmp(&tail) == std::cmp::Ordering::Equal).collect();
    let in_force = worst(rows.iter().copied().filter(|row| row.is_in_force));
    let place = in_force.map_or(METHODS.len(), |row| place_of(&row.method));
    let mut demoted: Vec<&BacktestRow> = Vec::new();
    for method in METHODS.iter().take(place) {
        let red = rows.iter().copied().filter(|row| row.zone.as_deref() == Some("red"));
        demoted.extend(worst(red.filter(|row| row.method == method.id)));
    }
    let mut said = vec![match in_force {
        Some(row) => {
            format!("Value at risk of {}: the method in force is {}.", confidence(tail), words_of(&row.method))
        }
        None if demoted.is_empty() => return None,
        None => format!("Value at risk of {}: no method is in force.", confidence(tail)),
    }];
    said.extend(in_force.filter(|row| 0 < row.day_count).map(|row| {
        let zone = row.zone.as_deref().unwrap_or("not judged");
        format!("{}; the traffic light of the Basel Committee is {zone}.", counted(row))
    }));
    said.extend(demoted.into_iter().map(|row| {
        format!("Demoted: {}. {}, which is red by the traffic light.", words_of(&row.method), counted(row))
    }));
    Some(said.join(" "))
}

/// Of the rows of a method the one with most exceedances; of two with as many the actual one.
fn worst<'a>(rows: impl Iterator<Item = &'a BacktestRow>) -> Option<&'a BacktestRow> {
    rows.max_by_key(|row| (row.exceedance_count, row.profit_and_loss == "actual"))
}

fn counted(row: &BacktestRow) -> String {
    let by = if row.profit_and_loss == "hypothetical" {
        "if positions had not been traded"
    } else {
        "by the returns of the portfolio"
    };
    format!("Of {} days {} lost more than it said, {by}", row.day_count, row.exceedance_count)
}

fn place_of(id: &str) -> usize {
    METHODS.iter().position(|method| method.id == id).unwrap_or(METHODS.len())
}

/// The words of a method; one that has none is named by its id.
fn words_of(id: &str) -> String {
    METHODS.get(place_of(id)).map_or_else(|| format!("method {id}"), |method| method.words.to_owned())
}

/// The confidence of a tail, e.g. `97.5%`.
fn confidence(tail: f64) -> String {
    let percent = format!("{:.1}", 100.0 * (1.0 - tail));
    format!("{}%", percent.strip_suffix(".0").unwrap_or(&percent))
}
