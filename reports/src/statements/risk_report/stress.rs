//! What scenarios would do to the positions of the date, the worst first.

use schemas::tables::stress::StressRow;

use super::{StatementInput, fraction, money};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Share, ShareGraph, ShareShape, Table};
use crate::sections::in_base;
use crate::texts::{RiskLabel, RiskSentence};

/// The scenarios that Financr brings, with their titles.
const BUILT_IN: [(&str, RiskLabel); 7] = [
    ("dot_com_crash", RiskLabel::DotCom),
    ("equity_down_20", RiskLabel::SharesDown20),
    ("equity_down_40", RiskLabel::SharesDown40),
    ("financial_crisis", RiskLabel::FinancialCrisis),
    ("foreign_currencies_down_10", RiskLabel::CurrenciesDown10),
    ("foreign_currencies_up_10", RiskLabel::CurrenciesUp10),
    ("pandemic_2020", RiskLabel::Pandemic),
];

/// The loss of the worst scenario, or the reason for having none.
pub(super) fn worst(input: &StatementInput) -> Cell {
    match ordered(input).first() {
        Some(row) => money(input, row.profit, row.unavailable_reason.as_deref()),
        None => Cell::unavailable(input.texts().sentence(RiskSentence::NotMade)),
    }
}

/// The scenarios, the largest loss first; those without a figure last.
fn ordered(input: &StatementInput) -> Vec<&StressRow> {
    let mut rows: Vec<&StressRow> = input.further.stress.iter().collect();
    rows.sort_by(|one, other| {
        let size = |row: &StressRow| row.profit.unwrap_or(f64::INFINITY);
        size(one).total_cmp(&size(other)).then_with(|| one.scenario_id.cmp(&other.scenario_id))
    });
    rows
}

/// The table and the picture; a sentence if there is no scenario.
pub(super) fn sections(input: &StatementInput) -> Vec<Section> {
    let (texts, base) = (input.texts(), input.base_currency());
    let title = in_base(RiskLabel::Stress, base, texts);
    let found = ordered(input);
    if found.is_empty() {
        let note = texts.sentence(RiskSentence::NoScenario);
        return vec![Section { id: "stress", title, content: Content::Notes(vec![note]) }];
    }
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("scenario", RiskLabel::Scenario, ColumnKind::Text),
        titled("version", RiskLabel::Version, ColumnKind::Quantity),
        titled("profit", RiskLabel::GainOrLoss, ColumnKind::Money),
        titled("profit_of_value", RiskLabel::OfValue, ColumnKind::Fraction),
        titled("unreached", RiskLabel::Unreached, ColumnKind::Fraction),
        titled("unknown", RiskLabel::Unknown, ColumnKind::Fraction),
    ];
    let row = |row: &&StressRow| {
        let recorded = row.unavailable_reason.as_deref();
        vec![
            Cell::text(title_of(input, row)),
            Cell::Quantity(row.version.into()),
            money(input, row.profit, recorded),
            fraction(input, row.profit_fraction, recorded),
            fraction(input, row.unreached_fraction, recorded),
            fraction(input, row.unknown_fraction, recorded),
        ]
    };
    let rows = found.iter().map(row).collect();
    let share = |row: &&StressRow| Share {
        label: title_of(input, row),
        cell: money(input, row.profit, row.unavailable_reason.as_deref()),
    };
    let graph = ShareGraph { shape: ShareShape::Bars, shares: found.iter().map(share).collect() };
    vec![
        Section { id: "stress", title, content: Content::Table(Table { columns, rows, total: None }) },
        Section { id: "stress_graph", title: texts.label(RiskLabel::StressGraph), content: Content::ShareGraph(graph) },
    ]
}

/// The title of a scenario: that of the version of the market, or its id if nobody gave it one.
fn title_of(input: &StatementInput, row: &StressRow) -> String {
    if let Some((_, label)) = BUILT_IN.iter().find(|(id, _)| *id == row.scenario_id) {
        return input.texts().label(*label);
    }
    let mut known = input.further.scenarios.iter();
    let named = known.find(|part| part.scenario_id == row.scenario_id && part.version == row.version);
    named.map_or_else(|| row.scenario_id.clone(), |part| part.title.clone())
}
