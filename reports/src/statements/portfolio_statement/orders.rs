//! The executed orders of the period, with what Article 59(4)(c) to (l) asks for beside the list of transactions.
//!
//! Article 60(2)(h) has it in the periodic statement unless the client is told of every order by itself. Price and
//! consideration, (k) and (l), stand in the list of transactions.

use schemas::tables::transactions::Transaction;

use super::StatementInput;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::further::is_execution;
use crate::sections::execution;
use crate::texts::{ConfirmationLabel, ConfirmationSentence, Label, StatementLabel};

/// A line for each executed order that was not taken back; nothing if there is none, or if each was confirmed by
/// itself.
pub(super) fn section(input: &StatementInput) -> Option<Section> {
    let orders = orders(input);
    if orders.is_empty() {
        return None;
    }
    let texts = input.texts();
    let instruments = input.instruments_by_id();
    let row = |booking: &Transaction| {
        let tranches = execution::tranches_of(booking, &input.further.executions);
        let listed = booking.instrument_id.as_ref().and_then(|id| instruments.get(id)).copied();
        vec![
            Cell::Date(booking.trade_date.day()),
            execution::time(&tranches, texts),
            execution::order_type(&tranches, texts),
            execution::venues(&tranches, texts),
            Cell::text(execution::instrument(booking, listed, texts)),
            Cell::text(texts.kind(&booking.kind)),
            execution::nature(&tranches, texts),
            booking.quantity.map_or_else(Cell::empty, |quantity| Cell::Quantity(quantity.decimal())),
        ]
    };
    let columns = vec![
        Column::new("trade_date", texts.label(Label::Date), ColumnKind::Date),
        Column::new("time", texts.label(ConfirmationLabel::TradingTime), ColumnKind::Text),
        Column::new("order_type", texts.label(ConfirmationLabel::OrderType), ColumnKind::Text),
        Column::new("venue", texts.label(ConfirmationLabel::Venue), ColumnKind::Text),
        Column::new("instrument", texts.label(Label::Instrument), ColumnKind::Text),
        Column::new("kind", texts.label(ConfirmationLabel::BuyOrSell), ColumnKind::Text),
        Column::new("nature", texts.label(ConfirmationLabel::Nature), ColumnKind::Text),
        Column::new("quantity", texts.label(Label::Quantity), ColumnKind::Quantity),
    ];
    let table = Table { columns, rows: orders.into_iter().map(row).collect(), total: None };
    Some(Section { id: "orders", title: texts.label(StatementLabel::Orders), content: Content::Table(table) })
}

/// What the entries mean, if there are any.
pub(super) fn definitions(input: &StatementInput) -> Vec<String> {
    if orders(input).is_empty() {
        return Vec::new();
    }
    let meant = [
        ConfirmationSentence::MeaningOfNotRecorded,
        ConfirmationSentence::MeaningOfTime,
        ConfirmationSentence::MeaningOfVenue,
    ];
    meant.map(|sentence| input.texts().sentence(sentence)).to_vec()
}

/// The executed orders of the period that were not taken back, in the order of the list of transactions.
fn orders(input: &StatementInput) -> Vec<&Transaction> {
    if input.portfolio.confirmations {
        return Vec::new();
    }
    let taken_back = input.taken_back_ids();
    let counts = |row: &&Transaction| is_execution(row) && !taken_back.contains(row.transaction_id.as_str());
    let mut orders: Vec<&Transaction> = input.transactions.iter().filter(counts).collect();
    orders.sort_by_key(|row| (row.trade_date, row.booking_sequence, &row.transaction_id));
    orders
}
