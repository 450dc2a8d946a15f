//! On which basis the statement stands, and what is traded and not settled: the last paragraph of Article 63(2).

use std::collections::BTreeMap;

use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate};

use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::input::StatementInput;
use crate::sections::{name_of, of_notes};
use crate::texts::{AssetLabel, AssetSentence, Label};

/// What is traded and not settled, with the amounts that will change hands.
struct Pending<'a> {
    /// The booking that settles later.
    booked: &'a Transaction,
    /// What moves: the booking itself, or what it takes back.
    moves: &'a Transaction,
    settles: BusinessDate,
}

/// The basis, and a line for everything that is not settled.
pub(super) fn sections(input: &StatementInput) -> Vec<Section> {
    let texts = input.texts();
    let date = texts.date(input.business_date);
    let pending = pending(input);
    let mut notes = vec![texts.sentence(AssetSentence::OnTradeDates)];
    let count = pending.len().to_string();
    let said = if pending.is_empty() { AssetSentence::NothingUnsettled } else { AssetSentence::UnsettledFollow };
    notes.push(texts.sentence_with(said, &[("date", &date), ("count", &count)]));
    notes.push(texts.sentence(AssetSentence::NoSettlementDate));
    let mut sections = vec![of_notes(input, "basis", AssetLabel::BasisOfStatement, notes)];
    if !pending.is_empty() {
        sections.push(Section {
            id: "unsettled",
            title: texts.label_with(AssetLabel::Unsettled, &[("date", &date)]),
            content: Content::Table(unsettled(input, &pending)),
        });
    }
    sections
}

fn unsettled(input: &StatementInput, pending: &[Pending<'_>]) -> Table {
    let texts = input.texts();
    let instruments = input.instruments_by_id();
    let columns = vec![
        Column::new("trade_date", texts.label(AssetLabel::TradedOn), ColumnKind::Date),
        Column::new("settlement_date", texts.label(AssetLabel::SettlesOn), ColumnKind::Date),
        Column::new("kind", texts.label(Label::Kind), ColumnKind::Text),
        Column::new("name", texts.label(Label::Instrument), ColumnKind::Text),
        Column::new("quantity", texts.label(Label::Quantity), ColumnKind::Quantity),
        Column::new("net_cash", texts.label(Label::CashMoved), ColumnKind::Money),
        Column::new("currency", texts.label(Label::CurrencyShort), ColumnKind::Text),
    ];
    let mut rows = Vec::new();
    for line in pending {
        let Pending { booked, moves, settles } = line;
        let takes_back = booked.reverses.is_some();
        let kind = texts.kind(&booked.kind);
        let kind = if takes_back {
            let (reversed, day) = (texts.kind(&moves.kind), texts.date(moves.trade_date));
            texts.label_with(Label::ReversalOf, &[("kind", &kind), ("reversed", &reversed), ("date", &day)])
        } else {
            kind
        };
        let cash = |amount: Amount| if takes_back { Amount::new(-amount.decimal()) } else { amount };
        let name = moves.instrument_id.as_ref().map_or_else(String::new, |id| name_of(id, &instruments));
        let days = [booked.trade_date, *settles].map(|day| Cell::Date(day.day()));
        let row = |kind: &str, units: Cell, money: Cell, code: &str| {
            let [traded, settled] = days.clone();
            vec![traded, settled, Cell::text(kind), Cell::text(&name), units, money, Cell::text(code)]
        };
        let units = moves.quantity.map_or_else(Cell::empty, |quantity| Cell::Quantity(quantity.decimal()));
        let money = Cell::money(cash(moves.net_cash), moves.currency);
        rows.push(row(&kind, units, money, moves.currency.code()));
        if let (Some(currency), Some(amount)) = (moves.counter_currency, moves.counter_amount) {
            let other = texts.label_with(Label::OtherSide, &[("kind", &kind)]);
            rows.push(row(&other, Cell::empty(), Cell::money(cash(amount), currency), currency.code()));
        }
    }
    Table { columns, rows, total: None }
}

/// What is traded by the closing date and settles later, the first to settle first. What was taken back counts on no
/// day; only a reversal with a later settlement date of its own takes back from that day on.
fn pending(input: &StatementInput) -> Vec<Pending<'_>> {
    let date = input.business_date;
    let all = || input.transactions.iter().chain(&input.further.other_bookings);
    let taken_back = input.taken_back_ids();
    let by_id: BTreeMap<&str, &Transaction> = all().map(|row| (row.transaction_id.as_str(), row)).collect();
    let settles_later = |row: &Transaction| row.settlement_date.filter(|settles| date < *settles);
    let mut found = Vec::new();
    for booked in all() {
        let Some(settles) = settles_later(booked) else { continue };
        match booked.reverses.as_deref().map(|id| by_id.get(id).copied()) {
            None if booked.trade_date <= date && !taken_back.contains(booked.transaction_id.as_str()) => {
                found.push(Pending { booked, moves: booked, settles });
            }
            // What it takes back has changed hands already, and will again.
            Some(Some(moves)) if moves.trade_date <= date && settles_later(moves).is_none() => {
                found.push(Pending { booked, moves, settles });
            }
            _ => {}
        }
    }
    found.sort_by_key(|line| (line.settles, line.booked.trade_date, line.booked.booking_sequence));
    found
}
