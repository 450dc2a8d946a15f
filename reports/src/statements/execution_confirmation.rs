//! The confirmation of executed orders (Art. 59(4) of Delegated Regulation (EU) 2017/565).
//!
//! Each order is a list of the items (a) to (p) of the article. What bookings do not say comes from the executions
//! of the book, and an item that is prescribed and of which nothing was recorded says just that: it is never left
//! out. Which orders it tells of is named by whoever decides that it is due.

mod items;
mod taken_back;
mod tranches;

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use schemas::tables::executions::Execution;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, CalendarLength};

use self::items::items;
use super::StatementKind;
use crate::document::{Cell, Column, ColumnKind, Content, Document, Section, Table};
use crate::error::Error;
use crate::further::{Need, is_accrued_interest, is_execution};
use crate::input::StatementInput;
use crate::rhythm::{Event, Rhythm};
use crate::sections::{execution, issuer, of_notes, price_basis, provenance};
use crate::texts::{ConfirmationLabel, ConfirmationSentence, Label};

/// The confirmation's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "execution_confirmation",
    title: Label::ExecutionConfirmation,
    rhythm: Rhythm::On(Event::Execution),
    shortest: CalendarLength::Month,
    needs: &[Need::Executions],
    build,
};

/// An executed order with what is known of its execution.
struct Order<'a> {
    booking: &'a Transaction,
    /// The tranches in their order; none if nothing was recorded.
    tranches: Vec<&'a Execution>,
    /// The accrued interest that was booked with it; none if there is none, or if it may belong to another order.
    accrued: Option<Amount>,
}

/// Makes the confirmation. What checks say of values forbids none: it has no values in it.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_foreign()?;
    let is_event = |row: &Transaction| is_execution(row) || row.reverses.is_some();
    let told = |row: &&Transaction| is_event(row) && input.further.events.contains_key(&row.transaction_id);
    let mut bookings: Vec<&Transaction> = input.further.trades.iter().filter(told).collect();
    bookings.sort_by_key(|row| (row.trade_date, row.booking_sequence, &row.transaction_id));
    let (executed, taken_back): (Vec<&Transaction>, Vec<&Transaction>) =
        bookings.into_iter().partition(|row| is_execution(row));
    let orders: Vec<Order<'_>> = executed.into_iter().map(|booking| Order::of(booking, input)).collect();
    let mut sections = vec![parties(input), executions(input, &orders)];
    sections.extend(tranches::section(input, &orders));
    sections.extend(taken_back::section(input, &taken_back));
    sections.push(of_notes(input, "definitions", ConfirmationLabel::Meanings, meanings(input, &orders)));
    sections.push(issuer::required_section(input));
    sections.push(provenance::section(input));
    Ok(input.document(&STATEMENT, sections))
}

impl<'a> Order<'a> {
    fn of(booking: &'a Transaction, input: &'a StatementInput) -> Order<'a> {
        let tranches = execution::tranches_of(booking, &input.further.executions);
        Order { booking, tranches, accrued: accrued(booking, input) }
    }
}

/// The accrued interest of the instrument of an order, of the same day and in the same currency, where the order is the
/// only one to which it can belong.
fn accrued(booking: &Transaction, input: &StatementInput) -> Option<Amount> {
    let taken_back: BTreeSet<&str> = input.further.trades.iter().filter_map(|row| row.reverses.as_deref()).collect();
    let is_of_order = |row: &&Transaction| {
        row.instrument_id == booking.instrument_id
            && (row.trade_date, row.currency) == (booking.trade_date, booking.currency)
            && !taken_back.contains(row.transaction_id.as_str())
    };
    let with_it: Vec<&Transaction> = input.further.trades.iter().filter(is_of_order).collect();
    let orders = with_it.iter().filter(|row| is_execution(row)).count();
    let mut interest = with_it.into_iter().filter(|row| is_accrued_interest(row)).peekable();
    if 1 < orders || interest.peek().is_none() {
        return None;
    }
    let mut cash = interest.map(|row| row.net_cash.decimal());
    cash.try_fold(Decimal::ZERO, Decimal::checked_add).map(Amount::new)
}

/// Items (a) and (b): who confirms to whom.
fn parties(input: &StatementInput) -> Section {
    let texts = input.texts();
    let firm = input.firm.as_ref();
    let unset = || texts.label(ConfirmationLabel::NotRecorded);
    let text = |value: Option<String>| Cell::text(value.unwrap_or_else(unset));
    let row = |point, label, cell| vec![Cell::text(point), Cell::text(texts.label(label)), cell];
    let portfolio = &input.portfolio;
    let rows = vec![
        row("(a)", ConfirmationLabel::Firm, text(firm.map(|firm| firm.name.clone()))),
        row(
            "(a)",
            ConfirmationLabel::FirmIdentification,
            text(firm.and_then(|firm| firm.lei.as_ref()).map(ToString::to_string)),
        ),
        row("(a)", ConfirmationLabel::FirmContact, text(firm.and_then(|firm| firm.contact.clone()))),
        row("(b)", ConfirmationLabel::Client, Cell::text(format!("{} ({})", portfolio.title, portfolio.portfolio_id))),
    ];
    let columns = vec![
        Column::new("point", texts.label(ConfirmationLabel::Point), ColumnKind::Text),
        Column::new("item", texts.label(ConfirmationLabel::Item), ColumnKind::Text),
        Column::new("entry", texts.label(ConfirmationLabel::Entry), ColumnKind::Text),
    ];
    let table = Table { columns, rows, total: None };
    Section { id: "parties", title: texts.label(ConfirmationLabel::Parties), content: Content::Table(table) }
}

/// Items (c) to (p) of every order.
fn executions(input: &StatementInput, orders: &[Order<'_>]) -> Section {
    let texts = input.texts();
    let columns = vec![
        Column::new("transaction_id", texts.label(ConfirmationLabel::Booking), ColumnKind::Text),
        Column::new("point", texts.label(ConfirmationLabel::Point), ColumnKind::Text),
        Column::new("item", texts.label(ConfirmationLabel::Item), ColumnKind::Text),
        // Long names wrap; figures stand as they are.
        Column::new("entry", texts.label(ConfirmationLabel::Entry), ColumnKind::Text),
    ];
    let instruments = input.instruments_by_id();
    let mut rows = Vec::new();
    for order in orders {
        for item in items(order, &instruments, texts) {
            rows.push(vec![
                Cell::text(order.booking.transaction_id.as_str()),
                Cell::text(item.point),
                Cell::text(item.label),
                item.entry,
            ]);
        }
    }
    let table = Table { columns, rows, total: None };
    Section { id: "executions", title: texts.label(ConfirmationLabel::Executions), content: Content::Table(table) }
}

fn meanings(input: &StatementInput, orders: &[Order<'_>]) -> Vec<String> {
    let texts = input.texts();
    let date = texts.date(input.business_date);
    let is_late = |order: &Order<'_>| order.booking.trade_date < input.business_date;
    let late = orders.iter().any(is_late).then_some(ConfirmationSentence::BookedLate);
    let first = std::iter::once(ConfirmationSentence::WhatThisIs).chain(late);
    let others = [
        ConfirmationSentence::MeaningOfNotRecorded,
        ConfirmationSentence::MeaningOfTime,
        ConfirmationSentence::MeaningOfVenue,
        ConfirmationSentence::MeaningOfPrice,
        ConfirmationSentence::MeaningOfConsideration,
        ConfirmationSentence::ItemisedOnRequest,
    ];
    let traded = price_basis::traded(orders.iter().map(|order| order.booking));
    let parts = price_basis::quoted_in_parts(input, traded);
    first.chain(others).map(|sentence| texts.sentence_with(sentence, &[("date", &date)])).chain(parts).collect()
}
