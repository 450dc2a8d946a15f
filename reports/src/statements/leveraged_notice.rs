//! The notice that a leveraged position has lost a tenth of its initial value, or a further one (Art. 62(2) of
//! Delegated Regulation (EU) 2017/565).
//!
//! Which positions and multiples it tells of is named by whoever decides that it is due; what they cost and what they
//! are worth follows from the tables.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::{Amount, BusinessDate, CalendarLength, Currency, InstrumentId};

use super::StatementKind;
use crate::document::{Cell, Column, ColumnKind, Content, Document, Section, Table};
use crate::error::Error;
use crate::input::StatementInput;
use crate::leveraged::{change, event_named, initial_value};
use crate::rhythm::{Event, Rhythm};
use crate::sections::{findings, issuer, name_of, of_notes, provenance};
use crate::texts::{Label, NoticeLabel, NoticeSentence};

/// The notice's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "leveraged_notice",
    title: Label::LeveragedNotice,
    rhythm: Rhythm::On(Event::LeveragedFall),
    shortest: CalendarLength::Month,
    needs: &[],
    build,
};

/// The deepest multiple that is told, by instrument and by the day since which it is held.
type Told = BTreeMap<(InstrumentId, BusinessDate), i64>;

/// Makes the notice.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids statements of the date.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let mut told = Told::new();
    for (instrument, since, step) in input.further.events.keys().filter_map(|name| event_named(name)) {
        let deepest = told.entry((instrument, since)).or_default();
        *deepest = step.max(*deepest);
    }
    let sections = vec![
        positions(input, &told),
        of_notes(input, "about", NoticeLabel::AboutThisNotice, about(input, &told)),
        findings::section(input),
        issuer::required_section(input),
        provenance::section(input),
    ];
    Ok(input.document(&STATEMENT, sections))
}

/// A line for each position with what it cost and what it is worth.
fn positions(input: &StatementInput, told: &Told) -> Section {
    let texts = input.texts();
    let instruments = input.instruments_by_id();
    let date = texts.date(input.business_date);
    let columns = vec![
        Column::new("name", texts.label(Label::Name), ColumnKind::Text),
        Column::new("symbol", texts.label(Label::Symbol), ColumnKind::Text),
        Column::new("held_since", texts.label(NoticeLabel::HeldSince), ColumnKind::Date),
        Column::new("quantity", texts.label(Label::Quantity), ColumnKind::Quantity),
        Column::new("initial_value", texts.label(NoticeLabel::InitialValue), ColumnKind::Money),
        Column::new("value", texts.label_with(NoticeLabel::ValueOn, &[("date", &date)]), ColumnKind::Money),
        Column::new("currency", texts.label(Label::CurrencyShort), ColumnKind::Text),
        Column::new("change", texts.label(NoticeLabel::ChangeOfInitial), ColumnKind::Fraction),
        Column::new("threshold", texts.label(NoticeLabel::Threshold), ColumnKind::Fraction),
    ];
    let unknown = || Cell::unavailable(texts.sentence(NoticeSentence::PositionUnknown));
    let row = |((id, since), step): (&(InstrumentId, BusinessDate), &i64)| {
        let in_force = input.positions.iter().filter(|row| row.instrument_id == *id);
        let in_force = in_force.max_by_key(|row| row.business_date);
        let worth = input.valuations.iter().find(|row| row.instrument_id == *id);
        let (initial, value) = (in_force.and_then(initial_value), worth.and_then(|row| row.value));
        let currency = worth.map(|row| row.currency).or_else(|| in_force.map(|row| row.currency));
        let money = |amount: Option<Decimal>| match (amount, currency) {
            (Some(amount), Some(currency)) => Cell::money(Amount::new(amount), currency),
            _ => unknown(),
        };
        let value = value.map(Amount::decimal);
        let lost = initial.zip(value).and_then(|(initial, value)| change(initial, value));
        let rounded = |lost: Decimal| lost.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
        vec![
            Cell::text(name_of(id, &instruments)),
            Cell::text(id.symbol()),
            Cell::Date(since.day()),
            in_force.map_or_else(unknown, |row| Cell::Quantity(row.quantity.decimal())),
            money(initial),
            money(value),
            Cell::text(currency.as_ref().map_or("", Currency::code)),
            lost.map_or_else(unknown, |lost| Cell::Fraction(rounded(lost))),
            Cell::Fraction(Decimal::new(-step, 1)),
        ]
    };
    let table = Table { columns, rows: told.iter().map(row).collect(), total: None };
    Section { id: "positions", title: texts.label(NoticeLabel::FallenPositions), content: Content::Table(table) }
}

fn about(input: &StatementInput, told: &Told) -> Vec<String> {
    let texts = input.texts();
    let date = texts.date(input.business_date);
    let detected = if told.is_empty() { NoticeSentence::NothingDetected } else { NoticeSentence::PositionsDetected };
    let rules =
        [NoticeSentence::TheRuleByInstrument, NoticeSentence::TheMethodByInstrument, NoticeSentence::OncePerPosition];
    let detected = texts.sentence_with(detected, &[("date", &date)]);
    std::iter::once(detected).chain(rules.map(|rule| texts.sentence(rule))).collect()
}
