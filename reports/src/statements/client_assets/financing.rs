//! Securities financing transactions: their extent and what they brought, Article 63(2)(b) and (c).
//!
//! The books know one kind, the lending of units, as a mark on a position: `LEND` and `LEND_RETURN` move no cash. What
//! borrowers paid is booked by itself, as `LENDING_INCOME`, and often later.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency, InstrumentId};

use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::input::StatementInput;
use crate::sections::{name_of, of_notes};
use crate::texts::{AssetLabel, AssetSentence, Label};

const LEND: &str = "LEND";
const RETURN: &str = "LEND_RETURN";
const INCOME: &str = "LENDING_INCOME";

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

/// What was lent in the period and what it brought, or that nothing was.
///
/// # Errors
/// [`Error::Overflow`] if units or amounts do not fit.
pub(super) fn sections(input: &StatementInput) -> Result<Vec<Section>, Error> {
    let texts = input.texts();
    let (lent, earned) = (lent(input)?, earned(input)?);
    let mut notes = vec![if lent.is_empty() {
        texts.sentence(AssetSentence::NoFinancing)
    } else {
        texts.sentence_with(AssetSentence::Lent, &[("count", &lent.len().to_string())])
    }];
    let mut tables = Vec::new();
    if !earned.is_empty() {
        notes.push(texts.sentence(AssetSentence::Benefit));
        let content = Content::Table(income(input, &earned)?);
        tables.push(Section { id: "lending_income", title: texts.label(AssetLabel::LendingIncome), content });
    } else if !lent.is_empty() {
        notes.push(texts.sentence(AssetSentence::NoBenefit));
    }
    if !lent.is_empty() {
        notes.push(texts.sentence(AssetSentence::UnitsAsBooked));
        let content = Content::Table(table(input, &lent)?);
        tables.insert(0, Section { id: "lending", title: texts.label(AssetLabel::Lending), content });
    }
    tables.insert(0, of_notes(input, "securities_financing", AssetLabel::Financing, notes));
    Ok(tables)
}

/// What lending brought.
#[derive(Clone, Copy, Default)]
struct Earned {
    credited: Decimal,
    charges: Decimal,
}

/// The income by instrument and currency, of the period; that of no instrument comes first.
fn earned(input: &StatementInput) -> Result<BTreeMap<(Option<&InstrumentId>, Currency), Earned>, Error> {
    let overflow = || Error::Overflow { what: "income from lending" };
    let taken_back = input.taken_back_ids();
    let all = input.transactions.iter().chain(&input.further.other_bookings);
    let of_period = all.filter(|row| row.kind == INCOME && !taken_back.contains(row.transaction_id.as_str()));
    let mut found: BTreeMap<(Option<&InstrumentId>, Currency), Earned> = BTreeMap::new();
    for row in of_period.filter(|row| input.period_start < row.trade_date && row.trade_date <= input.business_date) {
        let charges = row.fees.decimal().checked_add(row.taxes.decimal()).ok_or_else(overflow)?;
        let earned = found.entry((row.instrument_id.as_ref(), row.currency)).or_default();
        earned.credited = earned.credited.checked_add(row.net_cash.decimal()).ok_or_else(overflow)?;
        earned.charges = earned.charges.checked_add(charges).ok_or_else(overflow)?;
    }
    Ok(found)
}

fn income(
    input: &StatementInput,
    earned: &BTreeMap<(Option<&InstrumentId>, Currency), Earned>,
) -> Result<Table, Error> {
    let texts = input.texts();
    let instruments = input.instruments_by_id();
    let money = |id, label: AssetLabel| Column::new(id, texts.label(label), ColumnKind::Money);
    let columns = vec![
        Column::new("name", texts.label(Label::Name), ColumnKind::Text),
        Column::new("currency", texts.label(Label::CurrencyShort), ColumnKind::Text),
        money("gross", AssetLabel::Gross),
        money("charges", AssetLabel::Charges),
        money("credited", AssetLabel::Credited),
    ];
    let mut rows = Vec::with_capacity(earned.len());
    for ((id, currency), earned) in earned {
        let gross = earned.credited.checked_add(earned.charges);
        let gross = gross.ok_or(Error::Overflow { what: "income from lending" })?;
        let of_none = || texts.label(AssetLabel::OfNoInstrument);
        let printed = |amount| Cell::money(Amount::new(amount), *currency);
        rows.push(vec![
            Cell::text(id.map_or_else(of_none, |id| name_of(id, &instruments))),
            Cell::text(currency.code()),
            printed(gross),
            printed(earned.charges),
            printed(earned.credited),
        ]);
    }
    Ok(Table { columns, rows, total: None })
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
