//! How much of what is held lies in few hands, by position, by currency and by each taxonomy of the market.

use std::collections::BTreeMap;

use schemas::InstrumentId;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::instruments::Instrument;

use super::{StatementInput, fraction, number, reason};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::sections::{name_of_group, name_of_position, not_available};
use crate::texts::{Label, RiskLabel, Texts};

/// What everything is grouped by, in the order of the table; taxonomies without words of their own follow by name.
const GROUPINGS: [&str; 6] = [POSITION, "issuer", "asset_class", "sector", "country", CURRENCY];
const POSITION: &str = "position";
const CURRENCY: &str = "currency";

/// The table; a sentence if nothing was computed.
pub(super) fn section(input: &StatementInput) -> Section {
    let texts = input.texts();
    let mut found: Vec<&ConcentrationRow> = input.further.concentration.iter().collect();
    if found.is_empty() {
        return not_available(input, "concentration", texts.label(RiskLabel::Concentration), &reason(input, None));
    }
    let place = |grouping: &str| GROUPINGS.iter().position(|known| *known == grouping).unwrap_or(GROUPINGS.len());
    found.sort_by(|one, other| (place(&one.grouping), &one.grouping).cmp(&(place(&other.grouping), &other.grouping)));
    let titled = |id, label: RiskLabel, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("grouping", RiskLabel::GroupedBy, ColumnKind::Text),
        titled("groups", RiskLabel::Groups, ColumnKind::Quantity),
        titled("effective_number", RiskLabel::EffectiveNumber, ColumnKind::Figure),
        titled("largest_group", RiskLabel::LargestGroup, ColumnKind::Text),
        titled("largest", RiskLabel::LargestShare, ColumnKind::Fraction),
        titled("largest_five", RiskLabel::LargestFive, ColumnKind::Fraction),
        titled("largest_ten", RiskLabel::LargestTen, ColumnKind::Fraction),
        titled("unclassified", RiskLabel::UnclassifiedShare, ColumnKind::Fraction),
    ];
    let instruments = input.instruments_by_id();
    let rows = found.into_iter().map(|row| cells(input, &instruments, row)).collect();
    Section {
        id: "concentration",
        title: texts.label(RiskLabel::Concentration),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}

fn cells(
    input: &StatementInput,
    instruments: &BTreeMap<&InstrumentId, &Instrument>,
    row: &ConcentrationRow,
) -> Vec<Cell> {
    let texts = input.texts();
    let recorded = row.unavailable_reason.as_deref();
    let missing = || Cell::unavailable(reason(input, recorded));
    let share = |share: Option<f64>| fraction(input, share, recorded);
    // Positions and currencies are not classified, so that nothing of them can be unclassified.
    let is_classified = ![POSITION, CURRENCY].contains(&row.grouping.as_str());
    vec![
        Cell::text(grouping(&row.grouping, texts)),
        row.group_count.map_or_else(missing, |count| Cell::Quantity(count.into())),
        number(input, row.effective_number, recorded),
        row.largest_group.as_deref().map_or_else(missing, |group| {
            let id = group.parse().ok().filter(|_| row.grouping == POSITION);
            let named = id.map(|id: InstrumentId| name_of_position(&id, instruments, texts));
            Cell::text(named.unwrap_or_else(|| name_of_group(group, texts)))
        }),
        share(row.largest_share),
        share(row.largest_five_share),
        share(row.largest_ten_share),
        if is_classified { share(row.unclassified_share) } else { Cell::empty() },
    ]
}

/// What is grouped by in words; a taxonomy without words of its own as the market calls it.
fn grouping(code: &str, texts: Texts) -> String {
    match code {
        POSITION => texts.label(RiskLabel::Position),
        CURRENCY => texts.label(Label::Currency),
        "issuer" => texts.label(RiskLabel::Issuer),
        "asset_class" => texts.label(Label::AssetClass),
        "sector" => texts.label(RiskLabel::Sector),
        "country" => texts.label(RiskLabel::Country),
        other => other.to_owned(),
    }
}
