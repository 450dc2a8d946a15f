//! Cash of a booking in the base currency.

use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency};

use crate::document::Cell;
use crate::input::StatementInput;
use crate::texts::ListSentence;

/// An amount of a day in the base currency, at the last rates that count; the reason if there are none.
pub(super) fn at_rate(input: &StatementInput, amount: Amount, currency: Currency, date: BusinessDate) -> Cell {
    let (base, texts) = (input.base_currency(), input.texts());
    if currency == base {
        return Cell::money(amount, base);
    }
    let no_rate = || {
        let (day, days) = (texts.date(date), input.further.rates.days_max().to_string());
        let values = [("from", currency.code()), ("to", base.code()), ("date", &*day), ("days", &*days)];
        Cell::unavailable(texts.sentence_with(ListSentence::NoRateForBooking, &values))
    };
    let converted = input.further.rates.convert(amount, currency, base, date);
    converted.map_or_else(no_rate, |converted| Cell::money(converted, base))
}

/// The cash of a booking and of its other side in the base currency. An exchange against the base currency is worth
/// what was given or received in it.
pub(super) fn of_booking(input: &StatementInput, booking: &Transaction) -> (Cell, Cell) {
    let base = input.base_currency();
    let date = booking.trade_date;
    let flow = input.cash_flows.iter().find(|flow| {
        flow.transaction_id == booking.transaction_id
            && flow.currency == booking.currency
            && flow.amount == Some(booking.net_cash)
    });
    let turned = |amount: Amount| Cell::money(Amount::new(-amount.decimal()), base);
    match (booking.counter_currency, booking.counter_amount) {
        (Some(other), Some(_)) if booking.currency == base && other != base => {
            (Cell::money(booking.net_cash, base), turned(booking.net_cash))
        }
        (Some(other), Some(amount)) if other == base && booking.currency != base => {
            (turned(amount), Cell::money(amount, base))
        }
        (Some(other), Some(amount)) => {
            (at_rate(input, booking.net_cash, booking.currency, date), at_rate(input, amount, other, date))
        }
        _ => {
            let known = flow.and_then(|flow| flow.amount_base).map(|amount| Cell::money(amount, base));
            (known.unwrap_or_else(|| at_rate(input, booking.net_cash, booking.currency, date)), Cell::empty())
        }
    }
}
