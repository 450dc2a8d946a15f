//! What the books took from announcements of issuers in the period: cash and units of no transaction.
//!
//! Without these lines the transactions would not lead from the balances at start to those at end. What a transaction
//! books, dividends above all, is among the transactions and not here.

use std::array::from_fn;

use schemas::tables::action_payments::ActionPayment;
use schemas::{BusinessDate, InstrumentId, Quantity};

use super::StatementInput;
use super::activity::{name_of, words};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;

/// Why units are unknown: the row was written by a program that recorded cash alone.
const UNITS_NOT_RECORDED: &str = "the units were not recorded when this was booked";

/// Why the day of payment is unknown.
const DAY_NOT_RECORDED: &str = "the day of payment was not recorded when this was booked";

/// A line for every instrument whose units an announcement moved; the cash is on the line of the instrument that was
/// announced. None if there was nothing of the kind.
///
/// # Errors
/// [`Error::Overflow`] if a change of units does not fit.
pub(super) fn section(input: &StatementInput) -> Result<Option<Section>, Error> {
    if input.action_payments.is_empty() {
        return Ok(None);
    }
    let instruments = input.instruments_by_id();
    let mut payments: Vec<&ActionPayment> = input.action_payments.iter().collect();
    payments.sort_by_key(|row| (row.ex_date, &row.instrument_id, &row.kind, row.currency));
    let mut rows = Vec::with_capacity(payments.len());
    let mut last = None;
    for payment in payments {
        let name = Cell::text(name_of(&payment.instrument_id, &instruments));
        let mark = if is_owed(input, payment) { ", owed" } else { "" };
        let words = format!("{}{mark}", event(&payment.kind));
        let row = |name, units, cash| line(payment, &words, name, units, cash);
        if last.replace(action_of(payment)) == Some(action_of(payment)) {
            // Cash in one more currency; the units stand on the line before.
            rows.push(row(name, from_fn(|_| Cell::empty()), cash(payment)));
            continue;
        }
        let own = units(payment.quantity_before, payment.quantity_after)?;
        rows.push(row(name, own, cash(payment)));
        if let Some(target) = &payment.target_instrument_id {
            let received = units(payment.target_quantity_before, payment.target_quantity_after)?;
            let name = Cell::text(name_of(target, &instruments));
            rows.push(row(name, received, from_fn(|_| Cell::empty())));
        }
    }
    Ok(Some(Section {
        id: "corporate_actions",
        title: "Corporate actions in the period".to_owned(),
        content: Content::Table(Table { columns: columns(), rows, total: None }),
    }))
}

/// What the section means; nothing without it.
pub(super) fn definitions(input: &StatementInput) -> Option<String> {
    if input.action_payments.is_empty() {
        return None;
    }
    let mut said =
        "Corporate actions in the period: cash and units that follow from what an issuer announced and from the units \
         held before, counted from the ex-date on. Cash is a price that was paid, or stands for a fraction of a unit; \
         it is before tax, and tax withheld from it is a transaction. In each currency the balance at start, the cash \
         of the transactions and the cash of the corporate actions add up to the balance at end."
            .to_owned();
    if input.action_payments.iter().any(|payment| is_owed(input, payment)) {
        said.push_str(
            " Owed: it is in the balances already, and the issuer pays or delivers it after the end of the period, on \
             the day in the column Paid on.",
        );
    }
    Some(said)
}

/// Whether something is counted that is paid or delivered after the date of the statement.
fn is_owed(input: &StatementInput, payment: &ActionPayment) -> bool {
    payment.pay_date.is_some_and(|paid| input.business_date < paid)
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("ex_date", "Ex-date", ColumnKind::Date),
        Column::new("pay_date", "Paid on", ColumnKind::Date),
        Column::new("event", "Event", ColumnKind::Text),
        Column::new("name", "Instrument", ColumnKind::Text),
        Column::new("quantity_before", "Units before", ColumnKind::Quantity),
        Column::new("quantity_after", "Units after", ColumnKind::Quantity),
        Column::new("quantity_change", "Change", ColumnKind::Quantity),
        Column::new("net_cash", "Cash", ColumnKind::Money),
        Column::new("currency", "Cur.", ColumnKind::Text),
    ]
}

/// What names an action; its rows differ in their currencies only.
fn action_of(row: &ActionPayment) -> (BusinessDate, &InstrumentId, &str) {
    (row.ex_date, &row.instrument_id, row.kind.as_str())
}

/// The cells of a line in the order of the columns.
fn line(payment: &ActionPayment, event: &str, name: Cell, units: [Cell; 3], cash: [Cell; 2]) -> Vec<Cell> {
    let paid = payment.pay_date.map_or_else(|| Cell::unavailable(DAY_NOT_RECORDED), |date| Cell::Date(date.day()));
    let mut cells = vec![Cell::Date(payment.ex_date.day()), paid, Cell::text(event), name];
    cells.extend(units);
    cells.extend(cash);
    cells
}

/// Units before and after, and the change.
fn units(before: Option<Quantity>, after: Option<Quantity>) -> Result<[Cell; 3], Error> {
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(from_fn(|_| Cell::unavailable(UNITS_NOT_RECORDED)));
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

/// A kind of corporate action as a reader calls it.
fn event(kind: &str) -> String {
    let name = match kind {
        "BONUS" => "Bonus issue",
        "CHANGE" => "Exchange for another instrument",
        "RIGHTS_EXERCISE" => "Exercise of rights",
        "RIGHTS_LAPSE" => "Lapse of rights",
        "SPIN_OFF" => "Spin-off",
        "TENDER" => "Tender offer",
        _ => return words(kind),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_the_words_of_readers() {
        assert_eq!(event("SPIN_OFF"), "Spin-off");
        assert_eq!(event("REVERSE_SPLIT"), "Reverse split");
    }
}
