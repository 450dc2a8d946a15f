//! Executions that were confirmed and then taken back.

use std::collections::BTreeMap;

use schemas::tables::transactions::Transaction;

use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::input::StatementInput;
use crate::texts::{ConfirmationLabel, ConfirmationSentence, Label};

/// A line for each; nothing if there is none.
pub(super) fn section(input: &StatementInput, reversals: &[&Transaction]) -> Option<Section> {
    if reversals.is_empty() {
        return None;
    }
    let texts = input.texts();
    let instruments = input.instruments_by_id();
    let known = input.further.trades.iter();
    let by_id: BTreeMap<&str, &Transaction> = known.map(|row| (row.transaction_id.as_str(), row)).collect();
    let row = |reversal: &&Transaction| {
        let taken_back = reversal.reverses.as_deref().and_then(|id| by_id.get(id)).copied();
        let unknown = || Cell::unavailable(texts.sentence(ConfirmationSentence::TradeUnknown));
        let cell = |of: &dyn Fn(&Transaction) -> Cell| taken_back.map_or_else(unknown, of);
        let name = |row: &Transaction| {
            let id = row.instrument_id.as_ref();
            let listed = id.and_then(|id| instruments.get(id)).map(|listed| listed.name.clone());
            Cell::text(listed.or_else(|| id.map(|id| id.symbol().to_owned())).unwrap_or_default())
        };
        vec![
            Cell::text(reversal.reverses.as_deref().unwrap_or_default()),
            Cell::Date(reversal.trade_date.day()),
            cell(&|row| Cell::Date(row.trade_date.day())),
            cell(&|row| Cell::text(texts.kind(&row.kind))),
            cell(&name),
            cell(&|row| row.quantity.map_or_else(Cell::empty, |quantity| Cell::Quantity(quantity.decimal()))),
            cell(&|row| row.price.map_or_else(Cell::empty, |price| Cell::Price(price.decimal()))),
            cell(&|row| Cell::money(row.net_cash, row.currency)),
            cell(&|row| Cell::text(row.currency.code())),
        ]
    };
    let titled = |id, label: ConfirmationLabel, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("transaction_id", ConfirmationLabel::Booking, ColumnKind::Text),
        titled("cancelled_on", ConfirmationLabel::CancelledOn, ColumnKind::Date),
        titled("trade_date", ConfirmationLabel::TradingDay, ColumnKind::Date),
        titled("kind", ConfirmationLabel::BuyOrSell, ColumnKind::Text),
        titled("name", ConfirmationLabel::Instrument, ColumnKind::Text),
        titled("quantity", ConfirmationLabel::Quantity, ColumnKind::Quantity),
        titled("price", ConfirmationLabel::UnitPrice, ColumnKind::Price),
        Column::new("net_cash", texts.label(Label::CashMoved), ColumnKind::Money),
        Column::new("currency", texts.label(Label::CurrencyShort), ColumnKind::Text),
    ];
    let table = Table { columns, rows: reversals.iter().map(row).collect(), total: None };
    let title = texts.label(ConfirmationLabel::Cancellations);
    Some(Section { id: "cancellations", title, content: Content::Table(table) })
}
