//! What happened in the period: contributions, withdrawals and transactions.

use std::collections::BTreeMap;

use schemas::tables::cash_flows::CashFlow;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency};

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

/// The transactions in the order of their booking; an exchange of currencies has a second line for its other side.
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

    let mut rows = Vec::with_capacity(booked.len());
    for transaction in booked {
        let name = transaction.instrument_id.as_ref().map_or_else(String::new, |id| {
            instruments.get(id).map_or_else(|| id.symbol().to_owned(), |instrument| instrument.name.clone())
        });
        let gain = gains.get(transaction.transaction_id.as_str());
        rows.push(vec![
            Cell::Date(transaction.trade_date.day()),
            Cell::text(words(&transaction.kind)),
            Cell::text(name),
            transaction.quantity.map_or_else(Cell::empty, |quantity| Cell::Quantity(quantity.decimal())),
            transaction.price.map_or_else(Cell::empty, |price| Cell::Price(price.decimal())),
            unless_zero(transaction.fees, transaction),
            unless_zero(transaction.taxes, transaction),
            Cell::money(transaction.net_cash, transaction.currency),
            Cell::text(transaction.currency.code()),
            gain.map_or_else(Cell::empty, |row| Cell::known_money(row.gain_base, base, NO_PRICE)),
        ]);
        if let (Some(currency), Some(amount)) = (transaction.counter_currency, transaction.counter_amount) {
            let mut other_side = vec![Cell::empty(); COLUMNS];
            other_side[0] = Cell::Date(transaction.trade_date.day());
            other_side[1] = Cell::text(format!("{}, other side", words(&transaction.kind)));
            other_side[7] = Cell::money(amount, currency);
            other_side[8] = Cell::text(currency.code());
            rows.push(other_side);
        }
    }
    let mut table = Table { columns: columns(base), rows, total: None };
    if !input.realised_gains.is_empty() && !table.rows.is_empty() {
        let mut total = vec![Cell::empty(); COLUMNS];
        total[0] = Cell::text("Total");
        total[9] = table.sum_of_column("realised_gain")?;
        table.total = Some(total);
    }
    Ok(Section { id: "transactions", title: "Transactions in the period".to_owned(), content: Content::Table(table) })
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
fn words(kind: &str) -> String {
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
