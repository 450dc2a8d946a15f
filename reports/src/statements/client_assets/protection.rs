//! Which assets the rules on clients' assets protect, who keeps them, and who else has rights in them: Article 63(2)(d)
//! and (e).

use std::cmp::Reverse;

use schemas::Amount;
use schemas::tables::custody::CustodyRow;
use schemas::tables::valuations::Valuation;

use crate::document::{Cell, Column, ColumnKind, Content, KeyFigure, KeyFigures, Section, Table, sum_of_printed};
use crate::error::Error;
use crate::input::StatementInput;
use crate::sections::{in_base, name_of_position, of_notes};
use crate::texts::{AssetLabel, AssetSentence, Label};

/// The rights of others by their words in the table.
const RIGHTS: [(&str, AssetLabel); 5] = [
    ("joint_ownership", AssetLabel::JointOwnership),
    ("pledge", AssetLabel::Pledge),
    ("security_interest", AssetLabel::SecurityInterest),
    ("title_transfer", AssetLabel::TitleTransfer),
    ("usufruct", AssetLabel::Usufruct),
];

/// Something that is held, with the record of its custody that is in force.
pub(super) struct Asset<'a> {
    name: String,
    held: &'a Valuation,
    custody: Option<&'a CustodyRow>,
}

/// Everything that is held on the closing date: instruments by name, then cash by currency.
pub(super) fn assets(input: &StatementInput) -> Vec<Asset<'_>> {
    let instruments = input.instruments_by_id();
    let texts = input.texts();
    let asset = |held: &Valuation| name_of_position(&held.instrument_id, &instruments, texts);
    let mut assets: Vec<Asset<'_>> = input
        .valuations
        .iter()
        .map(|held| Asset { name: asset(held), held, custody: in_force(input, held.instrument_id.as_str()) })
        .collect();
    assets.sort_by(|left, right| {
        let place = |asset: &Asset<'_>| asset.held.instrument_id.is_cash();
        (place(left), &left.name, &left.held.instrument_id).cmp(&(place(right), &right.name, &right.held.instrument_id))
    });
    assets
}

/// The record that counts for an asset on the closing date: one that names it before one for all assets, and of those
/// the latest that has begun.
fn in_force<'a>(input: &'a StatementInput, asset: &str) -> Option<&'a CustodyRow> {
    let begun = input.further.custody.iter().filter(|row| row.from_date <= input.business_date);
    let about = begun.filter(|row| row.asset == asset || row.asset.is_empty());
    about.max_by_key(|row| (!row.asset.is_empty(), row.from_date, Reverse(row.line)))
}

/// What all assets are worth, and what of it is protected, not protected, and without a record.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn summary(input: &StatementInput, assets: &[Asset<'_>]) -> Result<Section, Error> {
    let texts = input.texts();
    let sum = |is_part: &dyn Fn(&Asset<'_>) -> bool| -> Result<Cell, Error> {
        let part: Vec<Cell> = assets.iter().filter(|asset| is_part(asset)).map(|asset| value(input, asset)).collect();
        if part.is_empty() {
            return Ok(Cell::money(Amount::ZERO, input.base_currency()));
        }
        if part.iter().any(|cell| matches!(cell, Cell::Unavailable(_))) {
            return Ok(Cell::unavailable(texts.sentence(AssetSentence::NoValueInPart)));
        }
        sum_of_printed(&part, "client assets", texts)
    };
    let is_protected = |asset: &Asset<'_>| asset.custody.map(|row| row.is_protected);
    let figure = |label, cell| KeyFigure { label: texts.label(label), cell };
    let figures = vec![
        figure(AssetLabel::AllAssets, sum(&|_| true)?),
        figure(AssetLabel::Protected, sum(&|asset| is_protected(asset) == Some(true))?),
        figure(AssetLabel::NotProtected, sum(&|asset| is_protected(asset) == Some(false))?),
        figure(AssetLabel::NoRecord, sum(&|asset| is_protected(asset).is_none())?),
    ];
    Ok(Section {
        id: "client_assets",
        title: in_base(AssetLabel::AssetsIn, input.base_currency(), texts),
        content: Content::KeyFigures(KeyFigures { figures, note: texts.sentence(AssetSentence::AssetsNote) }),
    })
}

fn value(input: &StatementInput, asset: &Asset<'_>) -> Cell {
    input.known_money(asset.held.value_base, input.base_currency())
}

/// A line for every asset, and what is said of the rights of others.
pub(super) fn sections(input: &StatementInput, assets: &[Asset<'_>]) -> [Section; 2] {
    let texts = input.texts();
    let titled = |id, label: AssetLabel, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        Column::new("name", texts.label(Label::Name), ColumnKind::Text),
        titled("protection", AssetLabel::Protection, ColumnKind::Text),
        titled("custodian", AssetLabel::Custodian, ColumnKind::Text),
        titled("rights", AssetLabel::Ownership, ColumnKind::Text),
        titled("since", AssetLabel::Since, ColumnKind::Date),
        Column::new("value_base", in_base(Label::ValueIn, input.base_currency(), texts), ColumnKind::Money),
    ];
    let row = |asset: &Asset<'_>| {
        let protection = match asset.custody {
            None => AssetLabel::IsNotRecorded,
            Some(row) if row.is_protected => AssetLabel::IsProtected,
            Some(_) => AssetLabel::IsNotProtected,
        };
        vec![
            Cell::text(&asset.name),
            Cell::text(texts.label(protection)),
            Cell::text(asset.custody.map_or("", |row| row.custodian.as_str())),
            Cell::text(rights(input, asset)),
            asset.custody.map_or_else(Cell::empty, |row| Cell::Date(row.from_date.day())),
            value(input, asset),
        ]
    };
    let rows = assets.iter().map(row).collect();
    let date = texts.date(input.business_date);
    [
        Section {
            id: "protection",
            title: texts.label_with(AssetLabel::ProtectionOn, &[("date", &date)]),
            content: Content::Table(Table { columns, rows, total: None }),
        },
        of_notes(input, "ownership", AssetLabel::RightsOfOthers, ownership(input, assets)),
    ]
}

/// The rights of others in an asset in words; nothing if there are none.
fn rights(input: &StatementInput, asset: &Asset<'_>) -> String {
    let texts = input.texts();
    let Some(row) = asset.custody else { return String::new() };
    let words = |code: &str| {
        let known = RIGHTS.iter().find(|(known, _)| *known == code);
        known.map_or_else(|| code.to_owned(), |(_, label)| texts.label(*label))
    };
    let named: Vec<String> = row.peculiarities.split(';').filter(|code| !code.is_empty()).map(words).collect();
    named.join(", ")
}

/// A sentence for the assets in which others have the same rights or of which the same is to be said; that there are no
/// rights if none is recorded, and for how many assets nobody knows.
fn ownership(input: &StatementInput, assets: &[Asset<'_>]) -> Vec<String> {
    let texts = input.texts();
    if assets.is_empty() {
        let date = texts.date(input.business_date);
        return vec![texts.sentence_with(AssetSentence::NoAssets, &[("date", &date)])];
    }
    let mut alike: Vec<((String, &str), Vec<&str>)> = Vec::new();
    for asset in assets {
        let said = (rights(input, asset), asset.custody.map_or("", |row| row.note.as_str()));
        match alike.iter_mut().find(|(known, _)| *known == said) {
            Some((_, names)) => names.push(&asset.name),
            None => alike.push((said, vec![&asset.name])),
        }
    }
    let is_any_right = alike.iter().any(|((right, _), _)| !right.is_empty());
    let mut notes = Vec::new();
    for ((right, note), names) in &alike {
        let whole = names.len() == assets.len() && 1 < names.len();
        let named = if whole { texts.label(AssetLabel::AllAssets) } else { names.join(", ") };
        let values = [("asset", &*named), ("right", &**right), ("note", *note)];
        match (right.is_empty(), note.is_empty()) {
            (true, true) => {}
            (true, false) => notes.push(texts.label_with(AssetLabel::NoteOn, &values)),
            (false, true) => notes.push(texts.label_with(AssetLabel::RightIn, &values)),
            (false, false) => notes.push(texts.label_with(AssetLabel::RightInNoted, &values)),
        }
    }
    let unknown = assets.iter().filter(|asset| asset.custody.is_none()).count();
    if !is_any_right && unknown < assets.len() {
        notes.push(texts.sentence(AssetSentence::NoRightsRecorded));
    }
    if 0 < unknown {
        let (count, all) = (unknown.to_string(), assets.len().to_string());
        notes.push(texts.sentence_with(AssetSentence::RightsUnknown, &[("count", &count), ("all", &all)]));
    }
    notes
}
