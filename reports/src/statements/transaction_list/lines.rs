//! The lines: every booking of the period, and what corporate actions brought without one.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::instruments::Instrument;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId};

use super::rates;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::input::StatementInput;
use crate::sections::cash_accounts::Accounts;
use crate::sections::reversals::Reversals;
use crate::sections::{in_base, name_of};
use crate::texts::{Label, ListLabel, ListSentence, Sentence};

/// The kind of a booking or of an event: its code, which orders the totals alike in every language, and its words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) code: String,
    pub(super) title: String,
}

/// A line of the list.
pub(super) struct Line {
    /// What it is a part of in the totals.
    pub(super) kind: Kind,
    /// The currency of its cash.
    pub(super) currency: Currency,
    /// Whether it counts: what was taken back counts on no day.
    pub(super) counts: bool,
    /// Whether it is a booking or event of its own, and not the other side of the line before.
    pub(super) is_own: bool,
    pub(super) fees: Cell,
    pub(super) taxes: Cell,
    pub(super) cash: Cell,
    pub(super) cash_base: Cell,
    date: BusinessDate,
    settles: Option<BusinessDate>,
    words: String,
    name: String,
    quantity: Cell,
    price: Cell,
    balance: Cell,
}

/// Something that happened, in the order of the list.
enum Happened<'a> {
    Event(&'a ActionPayment),
    Booking(&'a Transaction),
}

/// The lines in order. The accounts move with them.
///
/// # Errors
/// [`Error::Overflow`] if a balance or a number of units does not fit.
pub(super) fn of(input: &StatementInput, accounts: &mut Accounts) -> Result<Vec<Line>, Error> {
    let instruments = input.instruments_by_id();
    let reversals = Reversals::of(input);
    let mut lines = Vec::with_capacity(input.transactions.len() + input.action_payments.len());
    let mut last = None;
    for happened in in_order(input) {
        match happened {
            Happened::Event(payment) => {
                let mut of_event = of_event(input, &instruments, accounts, payment)?;
                let action = (payment.ex_date, &payment.instrument_id, payment.kind.as_str());
                if last.replace(action) == Some(action) {
                    // Cash in one more currency; the units stand on the lines before.
                    of_event.truncate(1);
                    of_event.iter_mut().for_each(|line| (line.quantity, line.is_own) = (Cell::empty(), false));
                }
                lines.extend(of_event);
            }
            Happened::Booking(booked) => of_booking(input, &instruments, &reversals, accounts, booked, &mut lines)?,
        }
    }
    Ok(lines)
}

/// What issuers did comes before the bookings of its day.
fn in_order(input: &StatementInput) -> Vec<Happened<'_>> {
    let mut events: Vec<&ActionPayment> = input.action_payments.iter().collect();
    events.sort_by_key(|row| (row.business_date, row.ex_date, &row.instrument_id, &row.kind, row.currency));
    let mut booked: Vec<&Transaction> = input.transactions.iter().collect();
    booked.sort_by_key(|row| (row.trade_date, row.booking_sequence, &row.transaction_id));
    let events = events.into_iter().map(|row| (row.business_date, Happened::Event(row)));
    let booked = booked.into_iter().map(|row| (row.trade_date, Happened::Booking(row)));
    let mut all: Vec<(BusinessDate, Happened<'_>)> = events.chain(booked).collect();
    all.sort_by_key(|(date, _)| *date);
    all.into_iter().map(|(_, happened)| happened).collect()
}

/// The balance of an account after cash has moved.
fn balance(
    input: &StatementInput,
    accounts: &mut Accounts,
    currency: Currency,
    amount: Decimal,
) -> Result<Cell, Error> {
    let unknown = || Cell::unavailable(input.texts().sentence(ListSentence::BalanceNotKnown));
    let after = accounts.moved(currency, amount)?;
    Ok(after.map_or_else(unknown, |after| Cell::money(Amount::new(after), currency)))
}

/// A booking, and its other side if it is an exchange of currencies.
fn of_booking(
    input: &StatementInput,
    instruments: &BTreeMap<&InstrumentId, &Instrument>,
    reversals: &Reversals<'_>,
    accounts: &mut Accounts,
    booked: &Transaction,
    lines: &mut Vec<Line>,
) -> Result<(), Error> {
    let texts = input.texts();
    let kind = Kind { code: booked.kind.clone(), title: texts.kind(&booked.kind) };
    let line = reversals.line(booked);
    let booking = line.booking.as_ref();
    let money = |amount: Amount| {
        if amount.is_zero() { Cell::empty() } else { Cell::money(amount, booking.currency) }
    };
    if line.no_cash == Some(Sentence::TakenBackUnknown) {
        accounts.lose();
    }
    // A booking dated in the period that a later reversal takes back is what `booked` and `booking` are both of.
    let of_the_day = Transaction { trade_date: booked.trade_date, ..booking.clone() };
    let (own_base, other_base) = rates::of_booking(input, &of_the_day);
    let has_cash = !booking.net_cash.is_zero() || booking.counter_currency.is_some();
    let (cash, cash_base, after) = match line.no_cash {
        Some(reason) => (Cell::unavailable(texts.sentence(reason)), Cell::empty(), Cell::empty()),
        None if has_cash => {
            let after = balance(input, accounts, booking.currency, booking.net_cash.decimal())?;
            (Cell::money(booking.net_cash, booking.currency), own_base, after)
        }
        None => (Cell::empty(), Cell::empty(), Cell::empty()),
    };
    let name = booking.instrument_id.as_ref().map_or_else(String::new, |id| name_of(id, instruments));
    let counts = matches!(line.no_cash, None | Some(Sentence::TakenBackUnknown));
    lines.push(Line {
        kind: kind.clone(),
        currency: booking.currency,
        counts,
        is_own: true,
        fees: money(booking.fees),
        taxes: money(booking.taxes),
        cash,
        cash_base,
        date: booked.trade_date,
        settles: booked.settlement_date,
        words: line.kind.clone(),
        name,
        quantity: booking.quantity.map_or_else(Cell::empty, |quantity| Cell::Quantity(quantity.decimal())),
        price: booking.price.map_or_else(Cell::empty, |price| Cell::Price(price.decimal())),
        balance: after,
    });
    if let (Some(currency), Some(amount)) = (booking.counter_currency, booking.counter_amount) {
        let words = texts.label_with(Label::OtherSide, &[("kind", &line.kind)]);
        let after = balance(input, accounts, currency, amount.decimal())?;
        let other = blank(kind, words, booked.trade_date, currency);
        let cash = Cell::money(amount, currency);
        lines.push(Line { is_own: false, cash, cash_base: other_base, balance: after, ..other });
    }
    Ok(())
}

/// A line of which nothing is said but what and when it was.
fn blank(kind: Kind, words: String, date: BusinessDate, currency: Currency) -> Line {
    Line {
        kind,
        currency,
        counts: true,
        is_own: true,
        fees: Cell::empty(),
        taxes: Cell::empty(),
        cash: Cell::empty(),
        cash_base: Cell::empty(),
        date,
        settles: None,
        words,
        name: String::new(),
        quantity: Cell::empty(),
        price: Cell::empty(),
        balance: Cell::empty(),
    }
}

/// What a corporate action brought: cash, and units of the instrument and of what its holders receive.
fn of_event(
    input: &StatementInput,
    instruments: &BTreeMap<&InstrumentId, &Instrument>,
    accounts: &mut Accounts,
    payment: &ActionPayment,
) -> Result<Vec<Line>, Error> {
    let texts = input.texts();
    let event = texts.event(&payment.kind);
    let is_owed = payment.pay_date.is_some_and(|paid| input.business_date < paid);
    let words = if is_owed { texts.label_with(Label::Owed, &[("event", &event)]) } else { event.clone() };
    let change = |before: Option<schemas::Quantity>, after: Option<schemas::Quantity>| -> Result<Cell, Error> {
        let (Some(before), Some(after)) = (before, after) else {
            return Ok(Cell::unavailable(texts.sentence(Sentence::UnitsNotRecorded)));
        };
        let change = after.decimal().checked_sub(before.decimal());
        let change = change.ok_or(Error::Overflow { what: "the units of a corporate action" })?;
        Ok(if change.is_zero() { Cell::empty() } else { Cell::Quantity(change) })
    };
    let settles = payment.pay_date.filter(|paid| *paid != payment.business_date);
    let name = name_of(&payment.instrument_id, instruments);
    let quantity = change(payment.quantity_before, payment.quantity_after)?;
    let kind = Kind { code: payment.kind.clone(), title: event };
    let own = blank(kind.clone(), words.clone(), payment.business_date, payment.currency);
    let mut line = Line { settles, name, quantity, ..own };
    if !payment.amount.is_zero() {
        line.cash = Cell::money(payment.amount, payment.currency);
        line.cash_base = rates::at_rate(input, payment.amount, payment.currency, payment.business_date);
        line.balance = balance(input, accounts, payment.currency, payment.amount.decimal())?;
    }
    let mut lines = vec![line];
    if let Some(target) = &payment.target_instrument_id {
        let quantity = change(payment.target_quantity_before, payment.target_quantity_after)?;
        let received = blank(kind, words, payment.business_date, payment.currency);
        lines.push(Line { is_own: false, settles, name: name_of(target, instruments), quantity, ..received });
    }
    Ok(lines)
}

/// The currency of cash, where there is any.
pub(super) fn currency_of(currency: Currency, cash: &Cell) -> Cell {
    if *cash == Cell::empty() { Cell::empty() } else { Cell::text(currency.code()) }
}

/// The lines as a table.
pub(super) fn section(input: &StatementInput, lines: &[Line]) -> Section {
    let texts = input.texts();
    let titled = |id, label: Label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("trade_date", Label::Date, ColumnKind::Date),
        Column::new("settlement_date", texts.label(ListLabel::Settles), ColumnKind::Date),
        titled("kind", Label::Kind, ColumnKind::Text),
        titled("name", Label::Instrument, ColumnKind::Text),
        titled("quantity", Label::Quantity, ColumnKind::Quantity),
        titled("price", Label::Price, ColumnKind::Price),
        titled("fees", Label::Fees, ColumnKind::Money),
        titled("taxes", Label::Taxes, ColumnKind::Money),
        titled("net_cash", Label::CashMoved, ColumnKind::Money),
        titled("currency", Label::CurrencyShort, ColumnKind::Text),
        Column::new("net_cash_base", in_base(Label::AmountIn, input.base_currency(), texts), ColumnKind::Money),
        titled("balance", Label::Balance, ColumnKind::Money),
    ];
    let row = |line: &Line| {
        let settles = line.settles.filter(|settles| *settles != line.date);
        vec![
            Cell::Date(line.date.day()),
            settles.map_or_else(Cell::empty, |settles| Cell::Date(settles.day())),
            Cell::text(&line.words),
            Cell::text(&line.name),
            line.quantity.clone(),
            line.price.clone(),
            line.fees.clone(),
            line.taxes.clone(),
            line.cash.clone(),
            currency_of(line.currency, &line.cash),
            line.cash_base.clone(),
            line.balance.clone(),
        ]
    };
    let days = [input.span().first_day(), input.business_date].map(|day| texts.date(day));
    let [from, to] = &days;
    Section {
        id: "transactions",
        title: texts.label_with(ListLabel::TransactionsFromTo, &[("from", from), ("to", to)]),
        content: Content::Table(Table { columns, rows: lines.iter().map(row).collect(), total: None }),
    }
}
