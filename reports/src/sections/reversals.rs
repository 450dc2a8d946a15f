//! What a line of the transactions says where something is taken back.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate};

use crate::input::StatementInput;
use crate::texts::{Label, Sentence, Texts};

/// What a line of the transactions says: a booking as it is, or for a reversal what it takes back, with the other sign.
pub(crate) struct Line<'a> {
    /// Its kind in words.
    pub(crate) kind: String,
    /// What it says.
    pub(crate) booking: Cow<'a, Transaction>,
    /// Why no cash of the period moved, or none that is known.
    pub(crate) no_cash: Option<Sentence>,
}

/// What takes back what.
pub(crate) struct Reversals<'a> {
    texts: Texts,
    period_start: BusinessDate,
    period_end: BusinessDate,
    /// The transactions of the period, and those that a reversal of the period takes back.
    by_id: BTreeMap<&'a str, &'a Transaction>,
    /// The days of reversals of other periods by what they take back.
    elsewhere: BTreeMap<&'a str, BusinessDate>,
}

impl<'a> Reversals<'a> {
    /// What the bookings of a statement take back.
    pub(crate) fn of(input: &'a StatementInput) -> Reversals<'a> {
        let known = input.transactions.iter().chain(&input.taken_back);
        let elsewhere = input.reversals_elsewhere.iter();
        Reversals {
            texts: input.texts(),
            period_start: input.period_start,
            period_end: input.business_date,
            by_id: known.map(|row| (row.transaction_id.as_str(), row)).collect(),
            elsewhere: elsewhere.filter_map(|row| Some((row.reverses.as_deref()?, row.trade_date))).collect(),
        }
    }

    /// What the line of a booking says.
    pub(crate) fn line(&self, row: &'a Transaction) -> Line<'a> {
        let texts = self.texts;
        let kind = texts.kind(&row.kind);
        let Some(reverses) = &row.reverses else {
            let Some(day) = self.elsewhere.get(row.transaction_id.as_str()) else {
                return Line { kind, booking: Cow::Borrowed(row), no_cash: None };
            };
            let kind = texts.label_with(Label::TakenBackOn, &[("kind", &kind), ("date", &texts.date(*day))]);
            return Line {
                kind,
                booking: Cow::Owned(without_cash(row.clone())),
                no_cash: Some(Sentence::TakenBackOnNoDay),
            };
        };
        let Some(reversed) = self.by_id.get(reverses.as_str()) else {
            return Line { kind, booking: Cow::Borrowed(row), no_cash: Some(Sentence::TakenBackUnknown) };
        };
        let (what, date) = (texts.kind(&reversed.kind), texts.date(reversed.trade_date));
        let kind = texts.label_with(Label::ReversalOf, &[("kind", &kind), ("reversed", &what), ("date", &date)]);
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
        let no_cash =
            if is_after { Some(Sentence::TakenBackOnNoDay) } else { is_before.then_some(Sentence::TakenBackOnItsDay) };
        Line { kind, booking: Cow::Owned(booking), no_cash }
    }
}

/// A booking of which no amount counts; what was booked can still be recognised by units and price.
fn without_cash(booking: Transaction) -> Transaction {
    let (fees, taxes) = (Amount::ZERO, Amount::ZERO);
    Transaction { fees, taxes, counter_currency: None, counter_amount: None, ..booking }
}
