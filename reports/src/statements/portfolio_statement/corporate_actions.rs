//! What the books took from announcements of issuers in the period: cash and units of no transaction.
//!
//! Without these lines the transactions would not lead from the balances at start to those at end. What a transaction
//! books, dividends above all, is among the transactions and not here.

use std::array::from_fn;

use schemas::tables::action_payments::ActionPayment;
use schemas::{BusinessDate, InstrumentId, Quantity};

use super::StatementInput;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::sections::name_of;
use crate::texts::{Label, Sentence, Texts};

/// A line for every instrument whose units an announcement moved; the cash is on the line of the instrument that was
/// announced. None if there was nothing of the kind.
///
/// # Errors
/// [`Error::Overflow`] if a change of units does not fit.
pub(super) fn section(input: &StatementInput) -> Result<Option<Section>, Error> {
    if input.action_payments.is_empty() {
        return Ok(None);
    }
    let texts = input.texts();
    let instruments = input.instruments_by_id();
    let mut payments: Vec<&ActionPayment> = input.action_payments.iter().collect();
    payments.sort_by_key(|row| (row.ex_date, &row.instrument_id, &row.kind, row.currency));
    let mut rows = Vec::with_capacity(payments.len());
    let mut last = None;
    let unpaid = texts.sentence(Sentence::DayNotRecorded);
    for payment in payments {
        let name = Cell::text(name_of(&payment.instrument_id, &instruments));
        let event = texts.event(&payment.kind);
        let is_owed = is_owed(input, payment);
        let words = if is_owed { texts.label_with(Label::Owed, &[("event", &event)]) } else { event };
        let row = |name, units, cash| line(payment, [&words, &unpaid], name, units, cash);
        if last.replace(action_of(payment)) == Some(action_of(payment)) {
            // Cash in one more currency; the units stand on the line before.
            rows.push(row(name, from_fn(|_| Cell::empty()), cash(payment)));
            continue;
        }
        let own = units(payment.quantity_before, payment.quantity_after, texts)?;
        rows.push(row(name, own, cash(payment)));
        if let Some(target) = &payment.target_instrument_id {
            let received = units(payment.target_quantity_before, payment.target_quantity_after, texts)?;
            let name = Cell::text(name_of(target, &instruments));
            rows.push(row(name, received, from_fn(|_| Cell::empty())));
        }
    }
    Ok(Some(Section {
        id: "corporate_actions",
        title: texts.label(Label::CorporateActions),
        content: Content::Table(Table { columns: columns(texts), rows, total: None }),
    }))
}

/// What the section means; nothing without it.
pub(super) fn definitions(input: &StatementInput) -> Option<String> {
    if input.action_payments.is_empty() {
        return None;
    }
    let texts = input.texts();
    let mut said = texts.sentence(Sentence::MeaningOfCorporateActions);
    if input.action_payments.iter().any(|payment| is_owed(input, payment)) {
        said.push(' ');
        said.push_str(&texts.sentence(Sentence::MeaningOfOwed));
    }
    Some(said)
}

/// Whether something is counted that is paid or delivered after the date of the statement.
fn is_owed(input: &StatementInput, payment: &ActionPayment) -> bool {
    payment.pay_date.is_some_and(|paid| input.business_date < paid)
}

fn columns(texts: Texts) -> Vec<Column> {
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    vec![
        titled("ex_date", Label::ExDate, ColumnKind::Date),
        titled("pay_date", Label::PaidOn, ColumnKind::Date),
        titled("event", Label::Event, ColumnKind::Text),
        titled("name", Label::Instrument, ColumnKind::Text),
        titled("quantity_before", Label::UnitsBefore, ColumnKind::Quantity),
        titled("quantity_after", Label::UnitsAfter, ColumnKind::Quantity),
        titled("quantity_change", Label::Change, ColumnKind::Quantity),
        titled("net_cash", Label::CashMoved, ColumnKind::Money),
        titled("currency", Label::CurrencyShort, ColumnKind::Text),
    ]
}

/// What names an action; its rows differ in their currencies only.
fn action_of(row: &ActionPayment) -> (BusinessDate, &InstrumentId, &str) {
    (row.ex_date, &row.instrument_id, row.kind.as_str())
}

/// The cells of a line in the order of the columns: of what event it is, and why its day of payment may be unknown.
fn line(
    payment: &ActionPayment,
    [event, unpaid]: [&str; 2],
    name: Cell,
    units: [Cell; 3],
    cash: [Cell; 2],
) -> Vec<Cell> {
    let paid = payment.pay_date.map_or_else(|| Cell::unavailable(unpaid), |date| Cell::Date(date.day()));
    let mut cells = vec![Cell::Date(payment.ex_date.day()), paid, Cell::text(event), name];
    cells.extend(units);
    cells.extend(cash);
    cells
}

/// Units before and after, and the change.
fn units(before: Option<Quantity>, after: Option<Quantity>, texts: Texts) -> Result<[Cell; 3], Error> {
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(from_fn(|_| Cell::unavailable(texts.sentence(Sentence::UnitsNotRecorded))));
    };
    let (before, after) = (before.decimal(), after.decimal());
    let change = after.checked_sub(before).ok_or(Error::Overflow { what: "the units of a corporate action" })?;
    Ok([before, after, change].map(Cell::Quantity))
}

/// The amount and its currency; nothing if only units moved.
fn cash(payment: &ActionPayment) -> [Cell; 2] {
    if payment.amount.is_zero() {
        return from_fn(|_| Cell::empty());
    }
    [Cell::money(payment.amount, payment.currency), Cell::text(payment.currency.code())]
}
