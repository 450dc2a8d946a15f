//! Which method forecasts the value at risk, how it kept what it promised, and which ones were demoted.

use schemas::tables::backtests::BacktestRow;

use crate::document::{Content, Section};
use crate::input::StatementInput;
use crate::texts::{Label, Sentence, Texts};

/// A method as a statement names it.
struct Method {
    id: &'static str,
    words: Sentence,
}

/// The methods in the order in which they count.
const METHODS: &[Method] = &[
    Method { id: "historical", words: Sentence::HistoricalSimulation },
    Method { id: "filtered_historical", words: Sentence::FilteredHistorical },
    Method { id: "ewma", words: Sentence::EwmaVariance },
    Method { id: "cornish_fisher", words: Sentence::CornishFisher },
    Method { id: "normal", words: Sentence::NormalDistribution },
];

/// The section, a sentence or two for each tail; none if no forecast was judged and none counts.
pub(crate) fn section(input: &StatementInput) -> Option<Section> {
    let mut tails: Vec<f64> = input.backtests.iter().map(|row| row.tail).collect();
    tails.sort_by(|one, other| other.total_cmp(one));
    tails.dedup();
    let notes: Vec<String> = tails.into_iter().filter_map(|tail| sentences(input, tail)).collect();
    let title = input.texts().label(Label::RiskMethods);
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
    let texts = input.texts();
    let level = confidence(tail, texts);
    let level = ("confidence", &*level);
    let mut said = vec![match in_force {
        Some(row) => {
            let method = words_of(&row.method, texts);
            texts.sentence_with(Sentence::MethodInForce, &[level, ("method", &method)])
        }
        None if demoted.is_empty() => return None,
        None => texts.sentence_with(Sentence::NoMethodInForce, &[level]),
    }];
    said.extend(in_force.filter(|row| 0 < row.day_count).map(|row| {
        let (counted, zone) = (counted(row, texts), zone(row.zone.as_deref(), texts));
        texts.sentence_with(Sentence::TrafficLight, &[("counted", &counted), ("zone", &zone)])
    }));
    said.extend(demoted.into_iter().map(|row| {
        let (method, counted) = (words_of(&row.method, texts), counted(row, texts));
        texts.sentence_with(Sentence::Demoted, &[("method", &method), ("counted", &counted)])
    }));
    Some(said.join(" "))
}

/// Of the rows of a method the one with most exceedances; of two with as many the actual one.
pub(crate) fn worst<'a>(rows: impl Iterator<Item = &'a BacktestRow>) -> Option<&'a BacktestRow> {
    rows.max_by_key(|row| (row.exceedance_count, row.profit_and_loss == "actual"))
}

fn counted(row: &BacktestRow, texts: Texts) -> String {
    let is_untraded = row.profit_and_loss == "hypothetical";
    let sentence = if is_untraded { Sentence::CountedUntraded } else { Sentence::CountedByReturns };
    let (days, exceedances) = (row.day_count.to_string(), row.exceedance_count.to_string());
    texts.sentence_with(sentence, &[("days", &days), ("exceedances", &exceedances)])
}

/// The words of a zone of the traffic light.
pub(crate) fn zone(zone: Option<&str>, texts: Texts) -> String {
    match zone {
        Some("green") => texts.sentence(Sentence::ZoneGreen),
        Some("yellow") => texts.sentence(Sentence::ZoneYellow),
        Some("red") => texts.sentence(Sentence::ZoneRed),
        Some(other) => other.to_owned(),
        None => texts.sentence(Sentence::ZoneNotJudged),
    }
}

/// The place of a method in the order in which methods count; after all others if it has none.
pub(crate) fn place_of(id: &str) -> usize {
    METHODS.iter().position(|method| method.id == id).unwrap_or(METHODS.len())
}

/// The words of a method; one that has none is named by its id.
pub(crate) fn words_of(id: &str, texts: Texts) -> String {
    let unnamed = || texts.sentence_with(Sentence::MethodNamed, &[("id", id)]);
    METHODS.get(place_of(id)).map_or_else(unnamed, |method| texts.sentence(method.words))
}

/// The confidence of a tail, e.g. `97.5%`.
pub(crate) fn confidence(tail: f64, texts: Texts) -> String {
    let fraction = format!("{:.3}", 1.0 - tail);
    texts.locale().percent(fraction.strip_suffix('0').unwrap_or(&fraction))
}
