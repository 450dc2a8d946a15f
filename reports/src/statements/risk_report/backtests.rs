//! How forecasts kept what they promised: of the tail of one in a hundred every method, of others that in force.

use schemas::tables::backtests::BacktestRow;

use super::losses::{STRICT, is_tail, method};
use super::{StatementInput, number};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::sections::of_notes;
use crate::sections::risk_methods::{confidence, place_of};
use crate::texts::{RiskLabel, RiskSentence, Texts};

/// The table; a sentence if no forecast was compared.
pub(super) fn section(input: &StatementInput) -> Section {
    let texts = input.texts();
    let is_shown = |row: &&BacktestRow| 0 < row.day_count && (is_tail(row.tail, STRICT) || row.is_in_force);
    let mut found: Vec<&BacktestRow> = input.further.all_backtests.iter().filter(is_shown).collect();
    if found.is_empty() {
        let note = texts.sentence(RiskSentence::NoBacktest);
        return of_notes(input, "backtests", RiskLabel::Backtests, vec![note]);
    }
    found.sort_by(|one, other| {
        let order = |row: &BacktestRow| (place_of(&row.method), row.profit_and_loss.clone());
        one.tail.total_cmp(&other.tail).then_with(|| order(one).cmp(&order(other)))
    });
    let rows = found.into_iter().map(|row| cells(input, row)).collect();
    Section {
        id: "backtests",
        title: texts.label(RiskLabel::Backtests),
        content: Content::Table(Table { columns: columns(texts), rows, total: None }),
    }
}

fn columns(texts: Texts) -> Vec<Column> {
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    vec![
        titled("confidence", RiskLabel::Confidence, ColumnKind::Text),
        titled("method", RiskLabel::Method, ColumnKind::Text),
        titled("profit_and_loss", RiskLabel::ProfitAndLoss, ColumnKind::Text),
        titled("days", RiskLabel::Days, ColumnKind::Quantity),
        titled("exceeded", RiskLabel::Exceeded, ColumnKind::Quantity),
        titled("kupiec", RiskLabel::Kupiec, ColumnKind::Figure),
        titled("independence", RiskLabel::Independence, ColumnKind::Figure),
        titled("coverage", RiskLabel::Coverage, ColumnKind::Figure),
        titled("zone", RiskLabel::Zone, ColumnKind::Text),
        titled("multiplier", RiskLabel::Multiplier, ColumnKind::Figure),
        titled("in_force", RiskLabel::InForce, ColumnKind::Text),
    ]
}

fn cells(input: &StatementInput, row: &BacktestRow) -> Vec<Cell> {
    let texts = input.texts();
    let recorded = row.unavailable_reason.as_deref();
    let probability = |found: Option<f64>| number(input, found, recorded);
    let compared = match row.profit_and_loss.as_str() {
        "actual" => texts.label(RiskLabel::Actual),
        "hypothetical" => texts.label(RiskLabel::Hypothetical),
        other => other.to_owned(),
    };
    let multiplier = row.capital_multiplier.map_or_else(
        || Cell::unavailable(texts.sentence(RiskSentence::MultiplierOfOthers)),
        |number| Cell::estimated_number(number, texts),
    );
    let in_force = if row.is_in_force { texts.label(RiskLabel::Yes) } else { String::new() };
    vec![
        Cell::text(confidence(row.tail, texts)),
        Cell::text(method(&row.method, texts)),
        Cell::text(compared),
        Cell::Quantity(row.day_count.into()),
        Cell::Quantity(row.exceedance_count.into()),
        probability(row.kupiec_probability),
        probability(row.independence_probability),
        probability(row.coverage_probability),
        Cell::text(zone(row.zone.as_deref(), texts)),
        multiplier,
        Cell::text(in_force),
    ]
}

fn zone(zone: Option<&str>, texts: Texts) -> String {
    match zone {
        Some("green") => texts.label(RiskLabel::Green),
        Some("yellow") => texts.label(RiskLabel::Yellow),
        Some("red") => texts.label(RiskLabel::Red),
        Some(other) => other.to_owned(),
        None => texts.label(RiskLabel::NotJudged),
    }
}
