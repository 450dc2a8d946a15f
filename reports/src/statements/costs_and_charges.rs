//! The annual ex-post statement of costs and charges (Art. 50(9) and Annex II of Delegated Regulation (EU) 2017/565).
//!
//! Costs of services are what was booked. Costs of instruments are inside prices and follow from what their
//! manufacturers state and from what was held, day by day; where nobody states them they are unknown and not zero.

mod average;
mod currencies;
mod effect;
mod instruments;
mod notes;
mod services;

use schemas::{Amount, CalendarLength};

use super::StatementKind;
use crate::document::{
    Cell, Column, ColumnKind, Content, Document, KeyFigure, KeyFigures, Section, Table, sum_of_printed,
};
use crate::error::Error;
use crate::further::Need;
use crate::input::StatementInput;
use crate::rhythm::Rhythm;
use crate::sections::{findings, in_base, issuer, not_available, of_notes, provenance};
use crate::texts::costs_and_charges::{CostLabel, CostSentence};
use crate::texts::{Label, Sentence, Words};

use average::Average;

/// The statement's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "costs_and_charges",
    title: Label::CostsAndCharges,
    rhythm: Rhythm::Every(CalendarLength::Year),
    shortest: CalendarLength::Year,
    needs: &[Need::DailyReturns, Need::Rates, Need::HeldValues],
    build,
};

/// Makes the statement.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids it, [`Error::Overflow`] and [`Error::MixedCurrencies`] if figures have no sum.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let average = Average::of(input)?;
    let services = services::Services::of(input, &average)?;
    let instruments = instruments::Instruments::of(input, &average)?;
    let totals = Totals::of(input, &services.items, &instruments)?;
    let of_each_instrument = by_instrument(input, &instruments);
    let mut sections = vec![key_figures(input, &average, &totals, !instruments.is_complete())];
    sections.push(of_table("service_costs", input.texts().label(CostLabel::ServiceCosts), services.items));
    sections.push(of_table("instrument_costs", input.texts().label(CostLabel::InstrumentCosts), instruments.items));
    sections.push(third_parties(input));
    sections.push(of_table("total_costs", input.texts().label(CostLabel::GrandTotal), totals.table));
    sections.extend(currencies::sections(input)?);
    sections.extend(effect::sections(input, &totals.instruments_of_average)?);
    sections.push(notes::rights(input));
    sections.push(of_steps(input, "costs_by_kind", CostLabel::ByKind, services.by_kind));
    sections.push(of_each_instrument);
    if !instruments.without_costs.rows.is_empty() {
        let title = input.texts().label(CostLabel::WithoutCosts);
        sections.push(of_table("without_cost_data", title, instruments.without_costs));
    }
    sections.push(findings::section(input));
    sections.push(of_notes(input, "definitions", Label::WhatFiguresMean, notes::definitions(input)));
    sections.extend(issuer::section(input));
    sections.push(provenance::section(input));
    Ok(input.document(&STATEMENT, sections))
}

/// The costs of each instrument; why there are none where those of no instrument that was held are known.
fn by_instrument(input: &StatementInput, instruments: &instruments::Instruments) -> Section {
    let title = input.texts().label(CostLabel::ByInstrument);
    if instruments.is_unknown() {
        let reason = input.texts().sentence(CostSentence::NoCostsStated);
        return not_available(input, "costs_by_instrument", title, &reason);
    }
    of_table("costs_by_instrument", title, instruments.by_instrument.clone())
}

/// The grand total with its two parts.
struct Totals {
    table: Table,
    amount: Cell,
    of_average: Cell,
    instruments_of_average: Cell,
}

impl Totals {
    fn of(input: &StatementInput, services: &Table, instruments: &instruments::Instruments) -> Result<Totals, Error> {
        let texts = input.texts();
        let total_of = |table: &Table, index: usize| {
            let last = table.total.as_ref().and_then(|total| total.get(index));
            last.cloned().unwrap_or_else(Cell::empty)
        };
        let row = |label, table: &Table| vec![Cell::text(texts.label(label)), total_of(table, 2), total_of(table, 3)];
        let rows = vec![row(CostLabel::OfServices, services), row(CostLabel::OfInstruments, &instruments.items)];
        let instruments_of_average = total_of(&instruments.items, 3);
        let columns = vec![
            Column::new("item", texts.label(CostLabel::Item), ColumnKind::Text),
            Column::new("amount_base", in_base(Label::AmountIn, input.base_currency(), texts), ColumnKind::Money),
            Column::new("of_average", texts.label(CostLabel::OfAverage), ColumnKind::Fraction),
        ];
        let mut table = Table { columns, rows, total: None };
        // Where the costs of no instrument are known, the total is that of services, and is called so.
        let [amount, of_average] = if instruments.is_unknown() {
            [total_of(services, 2), total_of(services, 3)]
        } else {
            [table.sum_of_column("amount_base", texts)?, table.sum_of_column("of_average", texts)?]
        };
        let name = total_name(input, instruments.is_complete());
        table.total = Some(vec![Cell::text(name), amount.clone(), of_average.clone()]);
        Ok(Totals { table, amount, of_average, instruments_of_average })
    }
}

/// What the total is called: a part is not called the whole.
fn total_name(input: &StatementInput, is_complete: bool) -> String {
    input.texts().label(if is_complete { CostLabel::TotalCosts } else { CostLabel::TotalOfKnown })
}

fn key_figures(input: &StatementInput, average: &Average, totals: &Totals, is_incomplete: bool) -> Section {
    let texts = input.texts();
    let (base, span) = (input.base_currency(), input.span());
    let (first, last) = (texts.date(span.first_day()), texts.date(span.closing));
    let values = [("first", first.as_str()), ("last", last.as_str()), ("currency", base.code())];
    let mut note = texts.sentence_with(CostSentence::KeyFiguresNote, &values);
    if is_incomplete {
        note.push(' ');
        note.push_str(&texts.sentence(CostSentence::IncompleteNote));
    }
    let figure = |label: String, cell: &Cell| KeyFigure { label, cell: cell.clone() };
    let name = texts.label(if is_incomplete { CostLabel::CostsKnown } else { CostLabel::CostsInShort });
    let of_average = texts.label(CostLabel::OfAverage);
    let figures = vec![
        figure(texts.label(CostLabel::AverageValue), &average.cell(input)),
        figure(name, &totals.amount),
        figure(of_average, &totals.of_average),
    ];
    Section {
        id: "key_figures",
        title: in_base(CostLabel::KeyFigures, base, texts),
        content: Content::KeyFigures(KeyFigures { figures, note }),
    }
}

/// Point 3 of Annex II. The books have no kind of booking for such payments, so there is no figure.
fn third_parties(input: &StatementInput) -> Section {
    let texts = input.texts();
    let unknown = || Cell::unavailable(texts.sentence(CostSentence::ThirdPartiesNotRecorded));
    let rows = vec![item("3", texts.label(CostLabel::ReceivedFromThirdParties), unknown(), unknown())];
    let table = Table { columns: item_columns(input), rows, total: None };
    of_table("third_party_payments", texts.label(CostLabel::ThirdParties), table)
}

/// A section of a table.
fn of_table(id: &'static str, title: String, table: Table) -> Section {
    Section { id, title, content: Content::Table(table) }
}

/// A section of a table of what the steps of the change in value have of costs: where they are not known in parts, a
/// part is not shown as the whole.
fn of_steps(input: &StatementInput, id: &'static str, title: CostLabel, table: Table) -> Section {
    let title = input.texts().label(title);
    if input.is_change_known() {
        return of_table(id, title, table);
    }
    not_available(input, id, title, &input.texts().sentence(Sentence::BooksNotKnown))
}

/// The columns of a table of items of Annex II.
fn item_columns(input: &StatementInput) -> Vec<Column> {
    let texts = input.texts();
    vec![
        Column::new("point", texts.label(CostLabel::Point), ColumnKind::Text),
        Column::new("item", texts.label(CostLabel::Item), ColumnKind::Text),
        Column::new("amount_base", in_base(Label::AmountIn, input.base_currency(), texts), ColumnKind::Money),
        Column::new("of_average", texts.label(CostLabel::OfAverage), ColumnKind::Fraction),
    ]
}

/// A line of such a table.
fn item(point: &str, name: String, amount: Cell, of_average: Cell) -> Vec<Cell> {
    vec![Cell::text(point), Cell::text(name), amount, of_average]
}

/// A table of items with its sum: the amounts with their part of the average value.
fn items(
    input: &StatementInput,
    average: &Average,
    found: Vec<(&str, CostLabel, Cell)>,
    sum_name: impl Words,
) -> Result<Table, Error> {
    let texts = input.texts();
    let row = |(point, label, amount): (&str, CostLabel, Cell)| {
        let part = average.part(input, &amount);
        item(point, texts.label(label), amount, part)
    };
    let rows = found.into_iter().map(row).collect();
    let mut table = Table { columns: item_columns(input), rows, total: None };
    let sums = [table.sum_of_column("amount_base", texts)?, table.sum_of_column("of_average", texts)?];
    let [amount, of_average] = sums;
    table.total = Some(vec![Cell::empty(), Cell::text(texts.label(sum_name)), amount, of_average]);
    Ok(table)
}

/// The sum of cells; zero if there are none, and the first reason if one is missing.
fn sum_or_zero(input: &StatementInput, cells: &[Cell], what: &'static str) -> Result<Cell, Error> {
    if cells.is_empty() {
        return Ok(Cell::money(Amount::ZERO, input.base_currency()));
    }
    let missing = cells.iter().find(|cell| matches!(cell, Cell::Unavailable(_)));
    missing.map_or_else(|| sum_of_printed(cells, what, input.texts()), |missing| Ok(missing.clone()))
}
