//! Where the risk comes from: Euler contributions by position, asset class, sector, country and currency, each table
//! adding up to the expected shortfall.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::classifications::Classification;
use schemas::tables::risk_contributions::RiskContribution;

use super::losses::is_tail;
use super::{StatementInput, reason};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Share, ShareGraph, ShareShape, Table};
use crate::error::Error;
use crate::sections::risk_methods::confidence;
use crate::sections::{name_of_group, name_of_position, not_available, total};
use crate::texts::{Label, RiskLabel, RiskSentence, Texts};

/// The tail of the contributions.
const TAIL: f64 = 0.025;
/// Positions that are listed; all others are one line.
const LISTED: usize = 20;
/// Positions of the picture.
const DRAWN: usize = 12;
/// The part of an instrument that no row of a taxonomy names.
const UNCLASSIFIED: &str = "unclassified";

/// The tables of groups: the taxonomy, the section, and its title. The first is told always, the others where somebody
/// has classified an instrument by them.
const TAXONOMIES: [(&str, &str, RiskLabel); 3] = [
    ("asset_class", "contributions_by_asset_class", RiskLabel::ByAssetClass),
    ("sector", "contributions_by_sector", RiskLabel::BySector),
    ("country", "contributions_by_country", RiskLabel::ByCountry),
];

/// The tables; one sentence if the portfolio has no expected shortfall.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn sections(input: &StatementInput) -> Result<Vec<Section>, Error> {
    let rows = &input.further.risk_contributions;
    let whole = input.further.risk.iter().find(|row| is_tail(row.tail, TAIL));
    if whole.and_then(|row| row.expected_shortfall).is_none() {
        let reason = reason(input, whole.and_then(|row| row.unavailable_reason.as_deref()));
        let title = title(input, RiskLabel::ByPosition);
        return Ok(vec![not_available(input, "contributions", title, &reason)]);
    }
    let mut known: Vec<(&RiskContribution, f64)> =
        rows.iter().filter_map(|row| Some((row, row.es_975_contribution?))).collect();
    known.sort_by(|(one, left), (other, right)| {
        right.abs().total_cmp(&left.abs()).then(one.instrument_id.cmp(&other.instrument_id))
    });
    let mut sections = by_position(input, &known)?;
    for (taxonomy, id, label) in TAXONOMIES {
        let is_told = taxonomy == "asset_class" || classified_by(input, taxonomy).next().is_some();
        if is_told {
            let named: Vec<(String, f64)> = by_group(input, taxonomy, &known).into_iter().collect();
            sections.push(table(input, id, title(input, label), RiskLabel::Group, named)?);
        }
    }
    let named: Vec<(String, f64)> = by_currency(input, &known).into_iter().collect();
    let id = "contributions_by_currency";
    sections.push(table(input, id, title(input, RiskLabel::ByCurrency), RiskLabel::Group, named)?);
    sections.extend(left_out(input));
    sections.extend(on_proxies(input));
    Ok(sections)
}

fn title(input: &StatementInput, label: RiskLabel) -> String {
    let texts = input.texts();
    let level = confidence(TAIL, texts);
    texts.label_with(label, &[("confidence", &level), ("currency", input.base_currency().code())])
}

/// The positions that add or take most, and all others in one line; the same as a picture.
fn by_position(input: &StatementInput, known: &[(&RiskContribution, f64)]) -> Result<Vec<Section>, Error> {
    let (texts, instruments) = (input.texts(), input.instruments_by_id());
    let named = |row: &RiskContribution| name_of_position(&row.instrument_id, &instruments, texts);
    let (listed, others) = known.split_at(known.len().min(LISTED));
    let mut lines: Vec<(String, f64)> = listed.iter().map(|(row, number)| (named(row), *number)).collect();
    if !others.is_empty() {
        let name = texts.label_with(Label::OtherPositions, &[("count", &others.len().to_string())]);
        lines.push((name, others.iter().map(|(_, number)| number).sum()));
    }
    let share = |(label, number): &(String, f64)| Share {
        label: label.clone(),
        cell: Cell::estimated_money(*number, input.base_currency(), texts),
    };
    let shares = lines.iter().take(DRAWN).map(share).collect();
    let graph = ShareGraph { shape: ShareShape::Bars, shares };
    Ok(vec![
        table(input, "contributions", title(input, RiskLabel::ByPosition), RiskLabel::Position, lines)?,
        Section {
            id: "contributions_graph",
            title: texts.label(RiskLabel::PositionsGraph),
            content: Content::ShareGraph(graph),
        },
    ])
}

/// A table of parts with their sum, and what each is of it.
fn table(
    input: &StatementInput,
    id: &'static str,
    title: String,
    first: RiskLabel,
    parts: Vec<(String, f64)>,
) -> Result<Section, Error> {
    let texts = input.texts();
    let columns = vec![
        Column::new("name", texts.label(first), ColumnKind::Text),
        Column::new("contribution", texts.label(RiskLabel::Contribution), ColumnKind::Money),
        Column::new("of_whole", texts.label(RiskLabel::OfWhole), ColumnKind::Fraction),
    ];
    let whole: f64 = parts.iter().map(|(_, number)| number).sum();
    let row = |(name, number): (String, f64)| {
        vec![
            Cell::text(name),
            Cell::estimated_money(number, input.base_currency(), texts),
            of_whole(number, whole, texts),
        ]
    };
    let mut table = Table { columns, rows: parts.into_iter().map(row).collect(), total: None };
    if !table.rows.is_empty() {
        let sums = [table.sum_of_column("contribution", texts)?, table.sum_of_column("of_whole", texts)?];
        table.total = Some(std::iter::once(total(texts)).chain(sums).collect());
    }
    Ok(Section { id, title, content: Content::Table(table) })
}

fn of_whole(number: f64, whole: f64, texts: Texts) -> Cell {
    if whole == 0.0 {
        return Cell::unavailable(texts.sentence(RiskSentence::WholeIsZero));
    }
    Cell::estimated_fraction(number / whole, texts)
}

fn classified_by<'a>(input: &'a StatementInput, taxonomy: &'a str) -> impl Iterator<Item = &'a Classification> {
    input.further.classifications.iter().filter(move |row| row.taxonomy == taxonomy)
}

/// The parts of the groups of a taxonomy: an instrument counts with its part, the rest of it is unclassified, and cash
/// is a group of its own.
fn by_group(input: &StatementInput, taxonomy: &str, known: &[(&RiskContribution, f64)]) -> BTreeMap<String, f64> {
    let mut found: BTreeMap<&str, f64> = BTreeMap::new();
    for (row, number) in known {
        if row.instrument_id.is_cash() {
            *found.entry("cash").or_default() += number;
            continue;
        }
        let mut rest = Decimal::ONE;
        let mut nodes: Vec<&Classification> =
            classified_by(input, taxonomy).filter(|part| part.instrument_id == row.instrument_id).collect();
        nodes.sort_by(|one, other| one.node.cmp(&other.node));
        for part in nodes {
            let weight = part.weight.decimal();
            rest -= weight;
            *found.entry(&part.node).or_default() += number * weight.to_f64().unwrap_or_default();
        }
        if Decimal::ZERO < rest {
            *found.entry(UNCLASSIFIED).or_default() += number * rest.to_f64().unwrap_or_default();
        }
    }
    // A market may call a group what the reader's language calls another one: both are then one line.
    let mut named: BTreeMap<String, f64> = BTreeMap::new();
    for (node, number) in found {
        *named.entry(name_of_group(node, input.texts())).or_default() += number;
    }
    named
}

/// The parts of the currencies of the instruments.
fn by_currency(input: &StatementInput, known: &[(&RiskContribution, f64)]) -> BTreeMap<String, f64> {
    let texts = input.texts();
    let held: BTreeMap<_, _> = input.valuations.iter().map(|row| (&row.instrument_id, row.currency)).collect();
    let mut found: BTreeMap<String, f64> = BTreeMap::new();
    for (row, number) in known {
        let currency = held.get(&row.instrument_id);
        let name = currency.map_or_else(|| name_of_group(UNCLASSIFIED, texts), |known| known.code().to_owned());
        *found.entry(name).or_default() += number;
    }
    found
}

/// The positions that were left out, and why; nothing if there are none.
fn left_out(input: &StatementInput) -> Option<Section> {
    let (texts, instruments) = (input.texts(), input.instruments_by_id());
    let rows = input.further.risk_contributions.iter().filter(|row| row.es_975_contribution.is_none());
    let mut missing: Vec<&RiskContribution> = rows.collect();
    missing.sort_by(|one, other| one.instrument_id.cmp(&other.instrument_id));
    if missing.is_empty() {
        return None;
    }
    let row = |row: &RiskContribution| {
        let why = reason(input, row.unavailable_reason.as_deref());
        vec![Cell::text(name_of_position(&row.instrument_id, &instruments, texts)), Cell::text(why)]
    };
    let columns = vec![
        Column::new("name", texts.label(RiskLabel::Position), ColumnKind::Text),
        Column::new("reason", texts.label(RiskLabel::Reason), ColumnKind::Text),
    ];
    let table = Table { columns, rows: missing.into_iter().map(row).collect(), total: None };
    let title = texts.label(RiskLabel::LeftOut);
    Some(Section { id: "left_out", title, content: Content::Table(table) })
}

/// The positions for which another instrument stands in some scenarios; nothing if there are none.
fn on_proxies(input: &StatementInput) -> Option<Section> {
    let (texts, instruments) = (input.texts(), input.instruments_by_id());
    let row = |row: &RiskContribution| {
        let proxy = row.proxy_instrument_id.as_ref()?;
        Some(vec![
            Cell::text(name_of_position(&row.instrument_id, &instruments, texts)),
            Cell::text(name_of_position(proxy, &instruments, texts)),
            row.proxied_scenario_count.map_or_else(Cell::empty, |count| Cell::Quantity(count.into())),
            row.proxied_through_date.map_or_else(Cell::empty, |date| Cell::Date(date.day())),
        ])
    };
    let mut found: Vec<&RiskContribution> = input.further.risk_contributions.iter().collect();
    found.sort_by(|one, other| one.instrument_id.cmp(&other.instrument_id));
    let rows: Vec<Vec<Cell>> = found.into_iter().filter_map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("name", RiskLabel::Position, ColumnKind::Text),
        titled("proxy", RiskLabel::Proxy, ColumnKind::Text),
        titled("scenarios", RiskLabel::Scenarios, ColumnKind::Quantity),
        titled("until", RiskLabel::ProxyUntil, ColumnKind::Date),
    ];
    let title = texts.label(RiskLabel::OnProxies);
    Some(Section { id: "on_proxies", title, content: Content::Table(Table { columns, rows, total: None }) })
}
