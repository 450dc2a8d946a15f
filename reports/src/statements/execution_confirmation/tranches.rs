//! The tranches of orders that were executed in several, each with its own time, venue, units and price.

use super::Order;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::input::StatementInput;
use crate::sections::execution::{clock_of, venue};
use crate::texts::ConfirmationLabel;

/// A line for each tranche; nothing if every order was executed in one.
pub(super) fn section(input: &StatementInput, orders: &[Order<'_>]) -> Option<Section> {
    let texts = input.texts();
    let not_recorded = || texts.label(ConfirmationLabel::NotRecorded);
    let mut rows = Vec::new();
    for order in orders.iter().filter(|order| 1 < order.tranches.len()) {
        for row in &order.tranches {
            let unknown = || Cell::text(not_recorded());
            rows.push(vec![
                Cell::text(order.booking.transaction_id.as_str()),
                Cell::text(row.tranche.to_string()),
                Cell::text(clock_of(row).unwrap_or_else(not_recorded)),
                Cell::text(row.venue_mic.as_deref().map_or_else(not_recorded, |code| venue(code, texts))),
                row.quantity.map_or_else(unknown, |quantity| Cell::Quantity(quantity.decimal())),
                row.price.map_or_else(unknown, |price| Cell::Price(price.decimal())),
            ]);
        }
    }
    if rows.is_empty() {
        return None;
    }
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("transaction_id", ConfirmationLabel::Booking, ColumnKind::Text),
        titled("tranche", ConfirmationLabel::Number, ColumnKind::Text),
        titled("time", ConfirmationLabel::TradingTime, ColumnKind::Text),
        titled("venue", ConfirmationLabel::Venue, ColumnKind::Text),
        titled("quantity", ConfirmationLabel::Quantity, ColumnKind::Quantity),
        titled("price", ConfirmationLabel::UnitPrice, ColumnKind::Price),
    ];
    let table = Table { columns, rows, total: None };
    Some(Section { id: "tranches", title: texts.label(ConfirmationLabel::Tranches), content: Content::Table(table) })
}
