//! What happened in the period: contributions, withdrawals and transactions.

use std::collections::BTreeMap;

use schemas::tables::cash_flows::CashFlow;
use schemas::tables::instruments::Instrument;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency, InstrumentId};

use super::StatementInput;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::sections::reversals::Reversals;
use crate::sections::{in_base, name_of, total};
use crate::texts::{Label, Texts};

/// Contributions and withdrawals, and their sum, which is the key figure.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn cash_flows(input: &StatementInput) -> Result<Section, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
    let mut flows: Vec<&CashFlow> = input.cash_flows.iter().collect();
    flows.sort_by_key(|flow| (flow.flow_date, &flow.transaction_id));
    let columns = vec![
        Column::new("flow_date", texts.label(Label::Date), ColumnKind::Date),
        Column::new("kind", texts.label(Label::Kind), ColumnKind::Text),
        Column::new("amount", texts.label(Label::Amount), ColumnKind::Money),
        Column::new("currency", texts.label(Label::Currency), ColumnKind::Text),
        Column::new("amount_base", in_base(Label::AmountIn, base, texts), ColumnKind::Money),
    ];
    let row = |flow: &CashFlow| {
        vec![
            Cell::Date(flow.flow_date),
            Cell::text(texts.kind(&flow.kind)),
            input.known_money(flow.amount, flow.currency),
            Cell::text(flow.currency.code()),
            input.known_money(flow.amount_base, base),
        ]
    };
    let mut table = Table { columns, rows: flows.into_iter().map(row).collect(), total: None };
    if !table.rows.is_empty() {
        let sum = table.sum_of_column("amount_base", texts)?;
        table.total = Some(vec![total(texts), Cell::empty(), Cell::empty(), Cell::empty(), sum]);
    }
    Ok(Section { id: "cash_flows", title: texts.label(Label::CashFlows), content: Content::Table(table) })
}

/// The transactions in the order of their booking; an exchange of currencies has a second line for its other side, and
/// a reversal shows what it takes back. What was taken back in another period is marked and has no cash, because it
/// counts on no day: the balance at start and all cash of the lines are the balance at end. After them comes what rules
/// that look ahead changed in the period about realised gains.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn transactions(input: &StatementInput) -> Result<Section, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
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
            line.no_cash.map_or_else(cash, |reason| Cell::unavailable(texts.sentence(reason))),
            Cell::text(booking.currency.code()),
            gain.map_or_else(Cell::empty, |row| input.known_money(row.gain_base, base)),
        ]);
        if let (Some(currency), Some(amount)) = (booking.counter_currency, booking.counter_amount) {
            let mut other_side = vec![Cell::empty(); COLUMNS];
            other_side[0] = Cell::Date(transaction.trade_date.day());
            other_side[1] = Cell::text(texts.label_with(Label::OtherSide, &[("kind", kind)]));
            other_side[7] = Cell::money(amount, currency);
            other_side[8] = Cell::text(currency.code());
            rows.push(other_side);
        }
    }
    rows.extend(changes(input, &instruments));
    let mut table = Table { columns: columns(base, texts), rows, total: None };
    let is_realised = !input.realised_gains.is_empty() || !input.gain_changes.is_empty();
    if is_realised && !table.rows.is_empty() {
        let mut last = vec![Cell::empty(); COLUMNS];
        last[0] = total(texts);
        last[9] = table.sum_of_column("realised_gain", texts)?;
        table.total = Some(last);
    }
    Ok(Section { id: "transactions", title: texts.label(Label::Transactions), content: Content::Table(table) })
}

/// A line for everything that a rule changed later about the gain of a disposal, of this period or an earlier one.
fn changes(input: &StatementInput, instruments: &BTreeMap<&InstrumentId, &Instrument>) -> Vec<Vec<Cell>> {
    let (base, texts) = (input.base_currency(), input.texts());
    let disposals = input.changed_disposals.iter();
    let days: BTreeMap<&str, String> =
        disposals.map(|row| (row.transaction_id.as_str(), texts.date(row.trade_date))).collect();
    let mut changes: Vec<&LotClosing> = input.gain_changes.iter().collect();
    changes.sort_by_key(|row| (row.business_date, &row.transaction_id, &row.instrument_id, row.position));
    let line = |change: &LotClosing| {
        let rule = texts.rule(&change.rule);
        let what = match days.get(change.transaction_id.as_str()) {
            Some(day) => texts.label_with(Label::GainOfDayChanged, &[("date", day), ("rule", &rule)]),
            None => texts.label_with(Label::GainChanged, &[("rule", &rule)]),
        };
        let mut cells = vec![Cell::empty(); COLUMNS];
        cells[0] = Cell::Date(change.business_date.day());
        cells[1] = Cell::text(what);
        cells[2] = Cell::text(name_of(&change.instrument_id, instruments));
        cells[3] = Cell::Quantity(change.quantity.decimal());
        cells[9] = input.known_money(change.gain_base, base);
        cells
    };
    changes.into_iter().map(line).collect()
}

/// Columns of the transactions.
const COLUMNS: usize = 10;

fn columns(base: Currency, texts: Texts) -> Vec<Column> {
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("trade_date", Label::Date, ColumnKind::Date),
        titled("kind", Label::Kind, ColumnKind::Text),
        titled("name", Label::Instrument, ColumnKind::Text),
        titled("quantity", Label::Quantity, ColumnKind::Quantity),
        titled("price", Label::Price, ColumnKind::Price),
        titled("fees", Label::Fees, ColumnKind::Money),
        titled("taxes", Label::Taxes, ColumnKind::Money),
        titled("net_cash", Label::CashMoved, ColumnKind::Money),
        titled("currency", Label::CurrencyShort, ColumnKind::Text),
        Column::new("realised_gain", in_base(Label::RealisedGainIn, base, texts), ColumnKind::Money),
    ];
    debug_assert!(columns.len() == COLUMNS, "every column is counted");
    columns
}

fn unless_zero(amount: Amount, transaction: &Transaction) -> Cell {
    if amount.is_zero() { Cell::empty() } else { Cell::money(amount, transaction.currency) }
}
