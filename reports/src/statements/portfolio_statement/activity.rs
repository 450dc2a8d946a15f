//! What happened in the period: contributions, withdrawals and transactions.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemas::tables::cash_flows::CashFlow;
use schemas::tables::instruments::Instrument;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId};

use super::{NO_PRICE, StatementInput};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;

/// Contributions and withdrawals, and their sum, which is the key figure.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn cash_flows(input: &StatementInput) -> Result<Section, Error> {
    let base = input.base_currency();
    let mut flows: Vec<&CashFlow> = input.cash_flows.iter().collect();
    flows.sort_by_key(|flow| (flow.flow_date, &flow.transaction_id));
    let columns = vec![
        Column::new("flow_date", "Date", ColumnKind::Date),
        Column::new("kind", "Kind", ColumnKind::Text),
        Column::new("amount", "Amount", ColumnKind::Money),
        Column::new("currency", "Currency", ColumnKind::Text),
        Column::new("amount_base", format!("Amount {base}"), ColumnKind::Money),
    ];
    let row = |flow: &CashFlow| {
        vec![
            Cell::Date(flow.flow_date),
            Cell::text(words(&flow.kind)),
            Cell::known_money(flow.amount, flow.currency, NO_PRICE),
            Cell::text(flow.currency.code()),
            Cell::known_money(flow.amount_base, base, NO_PRICE),
        ]
    };
    let mut table = Table { columns, rows: flows.into_iter().map(row).collect(), total: None };
    if !table.rows.is_empty() {
        let sum = table.sum_of_column("amount_base")?;
        table.total = Some(vec![Cell::text("Total"), Cell::empty(), Cell::empty(), Cell::empty(), sum]);
    }
    Ok(Section {
        id: "cash_flows",
        title: "Contributions and withdrawals in the period".to_owned(),
        content: Content::Table(table),
    })
}

/// The transactions in the order of their booking; an exchange of currencies has a second line for its other side, and
/// a reversal shows what it takes back. What was taken back in another period is marked and has no cash, because it
/// counts on no day: the balance at start and all cash of the lines are the balance at end. After them comes what rules
/// that look ahead changed in the period about realised gains.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn transactions(input: &StatementInput) -> Result<Section, Error> {
    let base = input.base_currency();
    let instruments = input.instruments_by_id();
    let gains: BTreeMap<&str, &RealisedGain> =
        input.realised_gains.iter().map(|row| (row.transaction_id.as_str(), row)).collect();
    let mut booked: Vec<&Transaction> = input.transactions.iter().collect();
    booked.sort_by_key(|row| (row.trade_date, row.booking_sequence, &row.transaction_id));

    let reversals = Reversals::of(input);
    let mut rows = Vec::with_capacity(booked.len());
    for transaction in booked {
        let line = reversals.line(transaction);
        let (kind, booking) = (&line.kind, line.booking.as_ref());
        let name = booking.instrument_id.as_ref().map_or_else(String::new, |id| name_of(id, &instruments));
        let gain = gains.get(transaction.transaction_id.as_str());
        let cash = || Cell::money(booking.net_cash, booking.currency);
        rows.push(vec![
            Cell::Date(transaction.trade_date.day()),
            Cell::text(kind),
            Cell::text(name),
            booking.quantity.map_or_else(Cell::empty, |quantity| Cell::Quantity(quantity.decimal())),
            booking.price.map_or_else(Cell::empty, |price| Cell::Price(price.decimal())),
            unless_zero(booking.fees, booking),
            unless_zero(booking.taxes, booking),
            line.no_cash.map_or_else(cash, Cell::unavailable),
            Cell::text(booking.currency.code()),
            gain.map_or_else(Cell::empty, |row| Cell::known_money(row.gain_base, base, NO_PRICE)),
        ]);
        if let (Some(currency), Some(amount)) = (booking.counter_currency, booking.counter_amount) {
            let mut other_side = vec![Cell::empty(); COLUMNS];
            other_side[0] = Cell::Date(transaction.trade_date.day());
            other_side[1] = Cell::text(format!("{kind}, other side"));
            other_side[7] = Cell::money(amount, currency);
            other_side[8] = Cell::text(currency.code());
            rows.push(other_side);
        }
    }
    rows.extend(changes(input, &instruments));
    let mut table = Table { columns: columns(base), rows, total: None };
    let is_realised = !input.realised_gains.is_empty() || !input.gain_changes.is_empty();
    if is_realised && !table.rows.is_empty() {
        let mut total = vec![Cell::empty(); COLUMNS];
        total[0] = Cell::text("Total");
        total[9] = table.sum_of_column("realised_gain")?;
        table.total = Some(total);
    }
    Ok(Section { id: "transactions", title: "Transactions in the period".to_owned(), content: Content::Table(table) })
}

/// What a line of the transactions says: a booking as it is, or for a reversal what it takes back, with the other sign.
struct Line<'a> {
    kind: String,
    booking: Cow<'a, Transaction>,
    /// Why no cash of the period moved, or none that is known.
    no_cash: Option<&'static str>,
}

/// What takes back what.
struct Reversals<'a> {
    period_start: BusinessDate,
    period_end: BusinessDate,
    /// The transactions of the period, and those that a reversal of the period takes back.
    by_id: BTreeMap<&'a str, &'a Transaction>,
    /// The days of reversals of other periods by what they take back.
    elsewhere: BTreeMap<&'a str, BusinessDate>,
}

impl<'a> Reversals<'a> {
    fn of(input: &'a StatementInput) -> Reversals<'a> {
        let known = input.transactions.iter().chain(&input.taken_back);
        let elsewhere = input.reversals_elsewhere.iter();
        Reversals {
            period_start: input.period_start,
            period_end: input.business_date,
            by_id: known.map(|row| (row.transaction_id.as_str(), row)).collect(),
            elsewhere: elsewhere.filter_map(|row| Some((row.reverses.as_deref()?, row.trade_date))).collect(),
        }
    }

    fn line(&self, row: &'a Transaction) -> Line<'a> {
        let kind = words(&row.kind);
        let Some(reverses) = &row.reverses else {
            let Some(day) = self.elsewhere.get(row.transaction_id.as_str()) else {
                return Line { kind, booking: Cow::Borrowed(row), no_cash: None };
            };
            let kind = format!("{kind}, taken back on {day}");
            return Line { kind, booking: Cow::Owned(without_cash(row.clone())), no_cash: Some(TAKEN_BACK) };
        };
        let Some(reversed) = self.by_id.get(reverses.as_str()) else {
            return Line { kind, booking: Cow::Borrowed(row), no_cash: Some("what is taken back is not known") };
        };
        let kind = format!("{kind} of {} of {}", words(&reversed.kind), reversed.trade_date);
        let turned = |amount: Amount| if amount.is_zero() { amount } else { Amount::new(-amount.decimal()) };
        let unmoved = Transaction { quantity: None, price: None, ..(*reversed).clone() };
        let is_before = reversed.trade_date <= self.period_start;
        let is_after = self.period_end < reversed.trade_date;
        let booking = if is_before || is_after {
            without_cash(unmoved)
        } else {
            Transaction {
                fees: turned(reversed.fees),
                taxes: turned(reversed.taxes),
                net_cash: turned(reversed.net_cash),
                counter_amount: reversed.counter_amount.map(turned),
                ..unmoved
            }
        };
        let no_cash = if is_after { Some(TAKEN_BACK) } else { is_before.then_some(TAKEN_BACK_BEFORE) };
        Line { kind, booking: Cow::Owned(booking), no_cash }
    }
}

/// Why a transaction of the period has no cash.
const TAKEN_BACK: &str = "it was taken back and counts on no day";

/// Why a reversal has no cash whose transaction is of an earlier period.
const TAKEN_BACK_BEFORE: &str = "it was taken back on its own day, so the value at start is without it";

/// A booking of which no amount counts; what was booked can still be recognised by units and price.
fn without_cash(booking: Transaction) -> Transaction {
    let (fees, taxes) = (Amount::ZERO, Amount::ZERO);
    Transaction { fees, taxes, counter_currency: None, counter_amount: None, ..booking }
}

/// A line for everything that a rule changed later about the gain of a disposal, of this period or an earlier one.
fn changes(input: &StatementInput, instruments: &BTreeMap<&InstrumentId, &Instrument>) -> Vec<Vec<Cell>> {
    let base = input.base_currency();
    let disposals = input.changed_disposals.iter();
    let days: BTreeMap<&str, String> =
        disposals.map(|row| (row.transaction_id.as_str(), format!(" of {}", row.trade_date))).collect();
    let mut changes: Vec<&LotClosing> = input.gain_changes.iter().collect();
    changes.sort_by_key(|row| (row.business_date, &row.transaction_id, &row.instrument_id, row.position));
    let line = |change: &LotClosing| {
        let rule = change.rule.replace('_', " ");
        let day = days.get(change.transaction_id.as_str()).map_or("", String::as_str);
        let what = format!("Gain{day} changed by a rule that looks ahead: {rule}");
        let mut cells = vec![Cell::empty(); COLUMNS];
        cells[0] = Cell::Date(change.business_date.day());
        cells[1] = Cell::text(what);
        cells[2] = Cell::text(name_of(&change.instrument_id, instruments));
        cells[3] = Cell::Quantity(change.quantity.decimal());
        cells[9] = Cell::known_money(change.gain_base, base, NO_PRICE);
        cells
    };
    changes.into_iter().map(line).collect()
}

/// The name of an instrument; its symbol if the market does not have it.
pub(super) fn name_of(id: &InstrumentId, instruments: &BTreeMap<&InstrumentId, &Instrument>) -> String {
    instruments.get(id).map_or_else(|| id.symbol().to_owned(), |instrument| instrument.name.clone())
}

/// Columns of the transactions.
const COLUMNS: usize = 10;

fn columns(base: Currency) -> Vec<Column> {
    let columns = vec![
        Column::new("trade_date", "Date", ColumnKind::Date),
        Column::new("kind", "Kind", ColumnKind::Text),
        Column::new("name", "Instrument", ColumnKind::Text),
        Column::new("quantity", "Quantity", ColumnKind::Quantity),
        Column::new("price", "Price", ColumnKind::Price),
        Column::new("fees", "Fees", ColumnKind::Money),
        Column::new("taxes", "Taxes", ColumnKind::Money),
        Column::new("net_cash", "Cash", ColumnKind::Money),
        Column::new("currency", "Cur.", ColumnKind::Text),
        Column::new("realised_gain", format!("Realised gain {base}"), ColumnKind::Money),
    ];
    debug_assert!(columns.len() == COLUMNS, "every column is counted");
    columns
}

fn unless_zero(amount: Amount, transaction: &Transaction) -> Cell {
    if amount.is_zero() { Cell::empty() } else { Cell::money(amount, transaction.currency) }
}

/// A kind in words: `TRANSFER_IN` is `Transfer in`.
pub(super) fn words(kind: &str) -> String {
    let lower = kind.replace('_', " ").to_lowercase();
    let mut letters = lower.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_words() {
        assert_eq!(words("TRANSFER_IN"), "Transfer in");
        assert_eq!(words("FX"), "Fx");
        assert_eq!(words(""), "");
    }
}
