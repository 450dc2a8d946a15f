//! What the positions of the date may lose in a day, and what each method expects of the next one.

use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_forecasts::RiskForecast;

use super::{StatementInput, fraction, money, reason};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::sections::risk_methods::{confidence, place_of};
use crate::sections::{in_base, not_available};
use crate::texts::{RiskLabel, RiskSentence, Sentence, Texts};

/// The tail of one day in a hundred, with which supervisors compare.
pub(super) const STRICT: f64 = 0.01;

/// What the methods of forecasts are called.
const METHODS: [(&str, RiskLabel); 5] = [
    ("historical", RiskLabel::Historical),
    ("filtered_historical", RiskLabel::Filtered),
    ("ewma", RiskLabel::Ewma),
    ("cornish_fisher", RiskLabel::CornishFisher),
    ("normal", RiskLabel::Normal),
];

/// The tails of forecasts, each with the names of its columns for programs.
const TAILS: [(f64, &str, &str); 3] = [
    (0.05, "value_at_risk_95", "expected_shortfall_95"),
    (0.025, "value_at_risk_975", "expected_shortfall_975"),
    (0.01, "value_at_risk_99", "expected_shortfall_99"),
];

/// Whether two tails are the same.
pub(super) fn is_tail(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// What a method is called; one that has no words is called by its id.
pub(super) fn method(id: &str, texts: Texts) -> String {
    let known = METHODS.iter().find(|(known, _)| *known == id);
    known.map_or_else(|| id.to_owned(), |(_, label)| texts.label(*label))
}

/// Value at risk and expected shortfall of the positions for a tail.
pub(super) fn of_tail(input: &StatementInput, tail: f64) -> (Cell, Cell) {
    let row = input.further.risk.iter().find(|row| is_tail(row.tail, tail));
    let recorded = row.and_then(|row| row.unavailable_reason.as_deref());
    let cell = |figure: fn(&RiskRow) -> Option<f64>| money(input, row.and_then(figure), recorded);
    (cell(|row| row.value_at_risk), cell(|row| row.expected_shortfall))
}

/// The table of what the positions may lose.
pub(super) fn section(input: &StatementInput) -> Section {
    let texts = input.texts();
    let mut found: Vec<&RiskRow> = input.further.risk.iter().collect();
    found.sort_by(|one, other| other.tail.total_cmp(&one.tail).then(one.method.cmp(&other.method)));
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    // A column of its own where there is something to say.
    let has_proxies = found.iter().any(|row| row.proxied_count.is_some_and(|count| 0 < count));
    let mut columns = vec![
        titled("confidence", RiskLabel::Confidence, ColumnKind::Text),
        titled("method", RiskLabel::Method, ColumnKind::Text),
        titled("horizon_days", RiskLabel::Horizon, ColumnKind::Quantity),
        titled("value_at_risk", RiskLabel::ValueAtRisk, ColumnKind::Money),
        titled("value_at_risk_of_value", RiskLabel::OfValue, ColumnKind::Fraction),
        titled("expected_shortfall", RiskLabel::Shortfall, ColumnKind::Money),
        titled("expected_shortfall_of_value", RiskLabel::OfValue, ColumnKind::Fraction),
        titled("scenarios", RiskLabel::Scenarios, ColumnKind::Quantity),
        titled("left_out", RiskLabel::LeftOutPart, ColumnKind::Fraction),
    ];
    if has_proxies {
        columns.push(titled("on_proxies", RiskLabel::OnProxiesPart, ColumnKind::Fraction));
    }
    let row = |row: &RiskRow| {
        let mut cells = cells(input, row);
        if has_proxies {
            cells.push(fraction(input, row.proxied_fraction, row.unavailable_reason.as_deref()));
        }
        cells
    };
    let rows = found.into_iter().map(row).collect();
    let title = in_base(RiskLabel::Losses, input.base_currency(), texts);
    table_or_reason(input, "value_at_risk", title, (columns, rows))
}

fn cells(input: &StatementInput, row: &RiskRow) -> Vec<Cell> {
    let texts = input.texts();
    let recorded = row.unavailable_reason.as_deref();
    let worth = input.closing_value().and_then(|day| day.market_value?.decimal().to_f64());
    let worth = worth.filter(|worth| 0.0 < *worth);
    let of_value = |loss: Option<f64>| match (loss, worth) {
        (Some(_), None) => Cell::unavailable(texts.sentence(Sentence::PortfolioNotAboveZero)),
        _ => fraction(input, loss.zip(worth).map(|(loss, worth)| loss / worth), recorded),
    };
    let name = if row.method == "historical_simulation" { "historical" } else { row.method.as_str() };
    vec![
        Cell::text(confidence(row.tail, texts)),
        Cell::text(method(name, texts)),
        Cell::Quantity(row.horizon_days.into()),
        money(input, row.value_at_risk, recorded),
        of_value(row.value_at_risk),
        money(input, row.expected_shortfall, recorded),
        of_value(row.expected_shortfall),
        Cell::Quantity(row.scenario_count.into()),
        fraction(input, row.excluded_fraction, recorded),
    ]
}

/// The table of what each method expects of the next valuation date.
pub(super) fn forecasts(input: &StatementInput) -> Section {
    let texts = input.texts();
    let mut columns = vec![Column::new("method", texts.label(RiskLabel::Method), ColumnKind::Text)];
    for (tail, at_risk, shortfall) in TAILS {
        let level = confidence(tail, texts);
        let titled =
            |id, label| Column::new(id, texts.label_with(label, &[("confidence", &level)]), ColumnKind::Fraction);
        columns.push(titled(at_risk, RiskLabel::ValueAtRiskShort));
        columns.push(titled(shortfall, RiskLabel::ShortfallShort));
    }
    let mut by_method: BTreeMap<(usize, &str), Vec<&RiskForecast>> = BTreeMap::new();
    for row in input.further.risk_forecasts.iter().filter(|row| row.business_date == input.business_date) {
        by_method.entry((place_of(&row.method), row.method.as_str())).or_default().push(row);
    }
    let row = |((_, id), found): ((usize, &str), Vec<&RiskForecast>)| {
        let mut cells = vec![Cell::text(method(id, texts))];
        for (tail, _, _) in TAILS {
            let forecast = found.iter().find(|row| is_tail(row.tail, tail));
            let missing = || Cell::unavailable(texts.sentence(RiskSentence::NoForecast));
            let recorded = forecast.and_then(|row| row.unavailable_reason.as_deref());
            for number in [forecast.map(|row| row.value_at_risk), forecast.map(|row| row.expected_shortfall)] {
                cells.push(number.map_or_else(missing, |number| fraction(input, number, recorded)));
            }
        }
        cells
    };
    let rows = by_method.into_iter().map(row).collect();
    table_or_reason(input, "forecasts", texts.label(RiskLabel::Forecasts), (columns, rows))
}

/// A table; that nothing was computed for the date if it has no row.
fn table_or_reason(
    input: &StatementInput,
    id: &'static str,
    title: String,
    (columns, rows): (Vec<Column>, Vec<Vec<Cell>>),
) -> Section {
    if rows.is_empty() {
        return not_available(input, id, title, &reason(input, None));
    }
    Section { id, title, content: Content::Table(Table { columns, rows, total: None }) }
}
