//! Securities financing transactions: their extent and what they brought, Article 63(2)(b) and (c).
//!
//! The books know one kind, the lending of units, as a mark on a position: `LEND` and `LEND_RETURN` move no cash.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::InstrumentId;
use schemas::tables::transactions::Transaction;

use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::input::StatementInput;
use crate::sections::{name_of, of_notes};
use crate::texts::{AssetLabel, AssetSentence, Label};

const LEND: &str = "LEND";
const RETURN: &str = "LEND_RETURN";

/// Units of an instrument that were lent and came back.
#[derive(Clone, Copy, Default)]
struct Lent {
    at_start: Decimal,
    lent: Decimal,
    returned: Decimal,
}

impl Lent {
    fn at_end(self) -> Option<Decimal> {
        self.at_start.checked_add(self.lent)?.checked_sub(self.returned)
    }

    /// Whether anything of it was lent at any time of the period.
    fn is_any(self) -> bool {
        !(self.at_start.is_zero() && self.lent.is_zero() && self.returned.is_zero())
    }
}

/// What was lent in the period, or that nothing was.
///
/// # Errors
/// [`Error::Overflow`] if units do not fit.
pub(super) fn sections(input: &StatementInput) -> Result<Vec<Section>, Error> {
    let texts = input.texts();
    let lent = lent(input)?;
    let of = |notes| of_notes(input, "securities_financing", AssetLabel::Financing, notes);
    if lent.is_empty() {
        return Ok(vec![of(vec![texts.sentence(AssetSentence::NoFinancing)])]);
    }
    let count = lent.len().to_string();
    let notes = vec![
        texts.sentence_with(AssetSentence::Lent, &[("count", &count)]),
        texts.sentence(AssetSentence::NoBenefit),
        texts.sentence(AssetSentence::UnitsAsBooked),
    ];
    let table = Section {
        id: "lending",
        title: texts.label(AssetLabel::Lending),
        content: Content::Table(table(input, &lent)?),
    };
    Ok(vec![of(notes), table])
}

/// Units by instrument, of those of which any were lent at a time of the period.
fn lent(input: &StatementInput) -> Result<BTreeMap<&InstrumentId, Lent>, Error> {
    let all = || input.transactions.iter().chain(&input.further.other_bookings);
    let taken_back = input.taken_back_ids();
    let counts =
        |row: &&Transaction| row.trade_date <= input.business_date && !taken_back.contains(row.transaction_id.as_str());
    let mut found: BTreeMap<&InstrumentId, Lent> = BTreeMap::new();
    for row in all().filter(counts).filter(|row| [LEND, RETURN].contains(&row.kind.as_str())) {
        let (Some(id), Some(quantity)) = (&row.instrument_id, row.quantity) else { continue };
        let units = quantity.decimal();
        let lent = found.entry(id).or_default();
        let (place, change) = match (row.trade_date <= input.period_start, row.kind == LEND) {
            (true, true) => (&mut lent.at_start, units),
            (true, false) => (&mut lent.at_start, -units),
            (false, true) => (&mut lent.lent, units),
            (false, false) => (&mut lent.returned, units),
        };
        *place = place.checked_add(change).ok_or(Error::Overflow { what: "units lent" })?;
    }
    found.retain(|_, lent| lent.is_any());
    Ok(found)
}

fn table(input: &StatementInput, lent: &BTreeMap<&InstrumentId, Lent>) -> Result<Table, Error> {
    let texts = input.texts();
    let instruments = input.instruments_by_id();
    let units = |id, label: AssetLabel| Column::new(id, texts.label(label), ColumnKind::Quantity);
    let columns = vec![
        Column::new("name", texts.label(Label::Name), ColumnKind::Text),
        Column::new("symbol", texts.label(Label::Symbol), ColumnKind::Text),
        units("lent_at_start", AssetLabel::LentAtStart),
        units("lent", AssetLabel::LentInPeriod),
        units("returned", AssetLabel::Returned),
        units("lent_at_end", AssetLabel::LentAtEnd),
        units("held_at_end", AssetLabel::HeldAtEnd),
        Column::new("extent", texts.label(AssetLabel::Extent), ColumnKind::Fraction),
    ];
    let mut rows = Vec::with_capacity(lent.len());
    for (id, lent) in lent {
        let at_end = lent.at_end().ok_or(Error::Overflow { what: "units lent" })?;
        let held = input.valuations.iter().find(|row| row.instrument_id == **id);
        let held = held.map_or(Decimal::ZERO, |row| row.quantity.decimal());
        rows.push(vec![
            Cell::text(name_of(id, &instruments)),
            Cell::text(id.symbol()),
            Cell::Quantity(lent.at_start),
            Cell::Quantity(lent.lent),
            Cell::Quantity(lent.returned),
            Cell::Quantity(at_end),
            Cell::Quantity(held),
            extent(input, at_end, held),
        ]);
    }
    rows.sort_by_key(|row| row.first().map(Cell::plain));
    Ok(Table { columns, rows, total: None })
}

/// The part of what is held that is lent.
fn extent(input: &StatementInput, lent: Decimal, held: Decimal) -> Cell {
    let texts = input.texts();
    if held.is_zero() && lent.is_zero() {
        return Cell::unavailable(texts.sentence(AssetSentence::NotHeld));
    }
    let part = lent.checked_div(held).filter(|part| *part <= Decimal::ONE && !part.is_sign_negative());
    let known = |part: Decimal| Cell::Fraction(part.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero));
    part.map_or_else(|| Cell::unavailable(texts.sentence(AssetSentence::MoreLentThanHeld)), known)
}
