//! The classes of risk that the law prescribes, with the figures that they rest on.

use schemas::tables::risk_classes::RiskClassRow;

use super::{StatementInput, fraction, reason};
use crate::document::{Cell, Column, ColumnKind, Content, KeyFigure, Section, Table};
use crate::sections::of_notes;
use crate::texts::{RiskLabel, RiskSentence};

/// The scales with their names.
const SCALES: [(&str, RiskLabel); 2] = [("srri", RiskLabel::Srri), ("priips", RiskLabel::MarketRisk)];

/// Each class as a figure that matters.
pub(super) fn figures(input: &StatementInput) -> Vec<KeyFigure> {
    let figure = |(scale, label): (&str, RiskLabel)| {
        let row = row_of(input, scale);
        let recorded = row.and_then(|row| row.unavailable_reason.as_deref());
        let cell = class(input, row.and_then(|row| row.risk_class), recorded);
        KeyFigure { label: input.texts().label(label), cell }
    };
    SCALES.into_iter().map(figure).collect()
}

/// The table; a sentence if no class was made.
pub(super) fn section(input: &StatementInput) -> Section {
    let texts = input.texts();
    if input.further.risk_classes.is_empty() {
        let note = texts.sentence(RiskSentence::NoClass);
        return of_notes(input, "risk_classes", RiskLabel::Classes, vec![note]);
    }
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("scale", RiskLabel::Scale, ColumnKind::Text),
        titled("class", RiskLabel::Class, ColumnKind::Quantity),
        titled("volatility", RiskLabel::VolatilityOf, ColumnKind::Fraction),
        titled("class_of_day", RiskLabel::ClassOfDay, ColumnKind::Quantity),
        titled("returns", RiskLabel::Returns, ColumnKind::Quantity),
        titled("holding_years", RiskLabel::HoldingYears, ColumnKind::Figure),
    ];
    let row = |(scale, label): (&str, RiskLabel)| {
        let row = row_of(input, scale)?;
        let recorded = row.unavailable_reason.as_deref();
        let years = row.holding_years.map_or_else(
            || Cell::unavailable(texts.sentence(RiskSentence::OnlyPriips)),
            |years| Cell::estimated_number(years, texts),
        );
        Some(vec![
            Cell::text(texts.label(label)),
            class(input, row.risk_class, recorded),
            fraction(input, row.volatility, recorded),
            class(input, row.volatility_class, recorded),
            Cell::Quantity(row.return_count.into()),
            years,
        ])
    };
    let rows = SCALES.into_iter().filter_map(row).collect();
    Section {
        id: "risk_classes",
        title: texts.label(RiskLabel::Classes),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}

fn row_of<'a>(input: &'a StatementInput, scale: &str) -> Option<&'a RiskClassRow> {
    input.further.risk_classes.iter().find(|row| row.scale == scale)
}

fn class(input: &StatementInput, class: Option<i64>, recorded: Option<&str>) -> Cell {
    class.map_or_else(|| Cell::unavailable(reason(input, recorded)), |class| Cell::Quantity(class.into()))
}
