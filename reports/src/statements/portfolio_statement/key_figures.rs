//! The figures on top: what the portfolio was worth, what came in, what it earned, what it is worth.
//!
//! The gain is what is left of the printed figures, so the four foot to the cent.

use std::collections::BTreeSet;

use schemas::Amount;
use schemas::tables::realised_gains::RealisedGain;

use super::StatementInput;
use crate::document::{Cell, Content, KeyFigure, KeyFigures, Section, sum_of_printed};
use crate::error::Error;
use crate::texts::{Label, Sentence};

pub(super) fn section(input: &StatementInput) -> Result<Section, Error> {
    let texts = input.texts();
    let start = value_at_start(input);
    let contributions = net_contributions(input)?;
    let end = value_at_end(input);
    let gain = what_is_left(input, &start, &contributions, &end)?;
    let changes = changes_of_sales(input);
    let figure = |label, cell| KeyFigure { label: texts.label(label), cell };
    let mut figures = vec![
        figure(Label::ValueAtStart, start),
        figure(Label::NetContributions, contributions),
        figure(Label::Gain, gain),
        figure(Label::ValueAtEnd, end),
        figure(Label::RealisedOnSales, realised(input, &changes)?),
    ];
    if !changes.is_empty() {
        let changed = sum_of_printed(&changes, "changes of realised gains", texts)?;
        figures.push(figure(Label::ChangedLookingAhead, changed));
    }
    Ok(Section {
        id: "key_figures",
        title: texts.label_with(Label::KeyFigures, &[("currency", input.base_currency().code())]),
        content: Content::KeyFigures(KeyFigures { figures, note: texts.sentence(Sentence::KeyFiguresNote) }),
    })
}

/// The value on the opening date, or of the last valuation before it; zero if the portfolio did not exist then.
pub(super) fn value_at_start(input: &StatementInput) -> Cell {
    let texts = input.texts();
    let on = |sentence, date| texts.sentence_with(sentence, &[("date", &*texts.date(date))]);
    let values = &input.portfolio_values;
    let earlier = values.iter().filter(|row| row.business_date <= input.period_start);
    if let Some(row) = earlier.max_by_key(|row| row.business_date) {
        let date = row.business_date;
        return input.base_money(row.market_value, || on(Sentence::PositionHadNoValueOn, date));
    }
    let first = values.iter().min_by_key(|row| row.business_date);
    let starts_inside = input.period_start < input.portfolio.start_date;
    if starts_inside || first.is_some_and(|row| row.previous_business_date.is_none()) {
        Cell::money(Amount::ZERO, input.base_currency())
    } else {
        Cell::unavailable(on(Sentence::NoValuationBefore, input.period_start))
    }
}

pub(super) fn value_at_end(input: &StatementInput) -> Cell {
    let texts = input.texts();
    match input.closing_value() {
        Some(row) => input.base_money(row.market_value, || texts.sentence(Sentence::PositionHasNoPrice)),
        None => {
            Cell::unavailable(texts.sentence_with(Sentence::NotValuedOn, &[("date", &texts.date(input.business_date))]))
        }
    }
}

/// The sum of the flows as the table of flows prints them.
fn net_contributions(input: &StatementInput) -> Result<Cell, Error> {
    let currency = input.base_currency();
    let flows: Vec<Cell> = input.cash_flows.iter().map(|flow| input.known_money(flow.amount_base, currency)).collect();
    sum_or_zero(input, &flows, "net contributions")
}

/// What sales of the period earned, and what was changed in the period about it and about earlier sales.
fn realised(input: &StatementInput, changes: &[Cell]) -> Result<Cell, Error> {
    let currency = input.base_currency();
    let mut gains: Vec<Cell> =
        input.realised_gains.iter().filter(is_sale).map(|row| input.known_money(row.gain_base, currency)).collect();
    gains.extend_from_slice(changes);
    sum_or_zero(input, &gains, "realised gains")
}

/// What rules that look ahead changed about sales, as the table of transactions prints it.
fn changes_of_sales(input: &StatementInput) -> Vec<Cell> {
    let disposals = input.changed_disposals.iter();
    let kept: BTreeSet<&str> = disposals.filter(|row| !is_sale(row)).map(|row| row.transaction_id.as_str()).collect();
    let changes = input.gain_changes.iter().filter(|row| !kept.contains(row.transaction_id.as_str()));
    changes.map(|row| input.known_money(row.gain_base, input.base_currency())).collect()
}

/// Whether a reduction ended in money, or in nothing: securities that were taken out keep what they cost.
fn is_sale(row: &&RealisedGain) -> bool {
    row.kind != "TRANSFER_OUT"
}

fn sum_or_zero(input: &StatementInput, cells: &[Cell], what: &'static str) -> Result<Cell, Error> {
    if cells.is_empty() {
        return Ok(Cell::money(Amount::ZERO, input.base_currency()));
    }
    sum_of_printed(cells, what, input.texts())
}

/// The gain: value at end − value at start − net contributions, all as printed.
fn what_is_left(input: &StatementInput, start: &Cell, contributions: &Cell, end: &Cell) -> Result<Cell, Error> {
    let (Some(opening), Some(flows), Some(closing)) =
        (start.printed_number(), contributions.printed_number(), end.printed_number())
    else {
        return Ok(Cell::unavailable(input.texts().sentence(Sentence::GainUnknown)));
    };
    let gain = closing.checked_sub(opening).and_then(|rest| rest.checked_sub(flows));
    gain.map(|amount| end.with_number(amount)).ok_or(Error::Overflow { what: "the gain" })
}
