//! Bookings that are taken in as they stand, and that a person should look at all the same.
//!
//! A broker's statement counts, however odd it looks: nothing is dropped and nothing is corrected here. But an amount
//! with a misplaced point would be performance, as would a fee with the wrong sign, and a booking of a day that is
//! never valued would be missing, so all of them go into the inbox with what to do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use ledger::TransactionKind;
use ledger::transaction::{CashDoubt, QuotedIn, cash_doubt};
use rust_decimal::Decimal;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{InstrumentId, MarketId};

use crate::imports::{Export, InboxRow, row_text};
use crate::sources::Instruments;

/// In what instruments are quoted, by id.
pub type Quoted = BTreeMap<InstrumentId, QuotedIn>;

/// Characters of an id that are shown.
const ID_SHOWN_MAX: usize = 100;
/// Days by which a booking may be ahead of its import: what is due within the week is sometimes booked already.
const DAYS_AHEAD_MAX: i64 = 7;

/// In what instruments are quoted.
pub fn quoted<'a>(instruments: impl IntoIterator<Item = &'a Instrument>) -> Quoted {
    let quoted_in = |listed: &Instrument| {
        let price_scale = listed.price_scale.decimal();
        (listed.instrument_id.clone(), QuotedIn { currency: listed.currency, price_scale })
    };
    instruments.into_iter().map(quoted_in).collect()
}

/// In what the instruments of a market are quoted once an export was taken in: what the market says counts more.
pub fn quoted_with(export: &Export, market_id: &MarketId, known: &Instruments) -> Quoted {
    let new = export.instruments.iter().filter_map(|found| {
        let id = InstrumentId::new(market_id, &found.symbol).ok()?;
        Some((id, QuotedIn { currency: found.currency, price_scale: found.price_scale }))
    });
    let mut all: Quoted = new.collect();
    all.extend(quoted(known.values()));
    all
}

/// What a person should look at among the bookings of a portfolio. What one of them takes back is not asked about.
///
/// - `booked`: the transactions of a file that are booked.
/// - `quoted`: in what their instruments are quoted; what is not listed is not compared.
/// - `refunds`: the `booking_sequence` of what the source itself calls a refund: its sign is no question.
/// - `recorded_at`: when they are taken in.
pub fn doubts(
    portfolio: &Portfolio,
    booked: &[&Transaction],
    quoted: &Quoted,
    refunds: &BTreeSet<i64>,
    recorded_at: DateTime<Utc>,
) -> Vec<InboxRow> {
    let taken_back: BTreeSet<&str> = booked.iter().filter_map(|booking| booking.reverses.as_deref()).collect();
    let standing = booked.iter().filter(|booking| !taken_back.contains(booking.transaction_id.as_str()));
    let of_one = |booking: &&Transaction| {
        let found = [
            of_cash(portfolio, booking, quoted),
            of_sign(portfolio, booking).filter(|_| !refunds.contains(&booking.booking_sequence)),
            of_date(portfolio, booking, recorded_at),
        ];
        found.into_iter().flatten()
    };
    standing.flat_map(of_one).collect()
}

/// A booking dated after the last day of its portfolio, or on a day that is far from having come.
fn of_date(portfolio: &Portfolio, booking: &Transaction, recorded_at: DateTime<Utc>) -> Option<InboxRow> {
    // It takes effect on the day of what it takes back, whatever its own.
    if booking.kind == TransactionKind::Reversal.code() {
        return None;
    }
    let date = booking.trade_date;
    let ahead = date.day().signed_duration_since(recorded_at.date_naive()).num_days();
    let problem = match portfolio.end_date {
        Some(end) if end < date => format!(
            "it is dated {date}, and {end} is the last day of the portfolio: it is booked and counts in no figure. If \
             the portfolio is open longer, correct its `end`"
        ),
        _ if DAYS_AHEAD_MAX < ahead => {
            format!("it is dated {date}, which has not come: it is booked and counts from that day on")
        }
        _ => return None,
    };
    Some(row("date", portfolio, booking, &problem))
}

/// A charge that comes in: a refund, or a cost without its sign.
fn of_sign(portfolio: &Portfolio, booking: &Transaction) -> Option<InboxRow> {
    let kind: TransactionKind = booking.kind.parse().ok()?;
    let amount = booking.net_cash.decimal();
    if !kind.is_charge() || amount <= Decimal::ZERO {
        return None;
    }
    let currency = booking.currency;
    let problem = format!("{currency} {} comes in with a {kind}: it is booked as a refund", amount.normalize());
    Some(row("sign", portfolio, booking, &problem))
}

/// A booking whose cash does not follow from its quantity and price.
fn of_cash(portfolio: &Portfolio, booking: &Transaction, quoted: &Quoted) -> Option<InboxRow> {
    let quoted_in = *quoted.get(booking.instrument_id.as_ref()?)?;
    let CashDoubt { expected, stated } = cash_doubt(booking, quoted_in)?;
    let currency = booking.currency;
    let plain = |number: Decimal| number.normalize().to_string();
    let factors = [booking.quantity?.decimal(), booking.price?.decimal(), quoted_in.price_scale];
    let shown = if quoted_in.price_scale == Decimal::ONE { 2 } else { 3 };
    let product = factors.into_iter().take(shown).map(plain).collect::<Vec<String>>().join(" × ");
    let expected = expected.map_or_else(
        || "more than an account can hold".to_owned(),
        |expected| format!("{currency} {} with fees and taxes", plain(expected)),
    );
    let problem = format!("{product} is {expected}, and net_cash says {currency} {}: it is booked so", plain(stated));
    Some(row("amount", portfolio, booking, &problem))
}

/// A row of the inbox about one aspect of a booking.
fn row(aspect: &str, portfolio: &Portfolio, booking: &Transaction, problem: &str) -> InboxRow {
    let Transaction { kind, origin, transaction_id, .. } = booking;
    let id: String = transaction_id.chars().take(ID_SHOWN_MAX).collect();
    let line = origin.rsplit_once(':').and_then(|(_, line)| line.parse().ok());
    InboxRow {
        account: portfolio.portfolio_id.to_string(),
        line: line.unwrap_or(booking.booking_sequence),
        what: format!("{aspect} of {kind} {id}"),
        reason: format!(
            "transaction `{id}` of `{}` ({origin}): {problem}. If that is wrong, take it back with a REVERSAL and book \
             what is right under a new id; if it is right, dismiss this item",
            portfolio.portfolio_id
        ),
        text: row_text(&told(booking)),
    }
}

/// A booking in words without its note, which may be edited: e.g. `2024-03-25 BUY 40 ACME at 120, EUR -4804`.
fn told(booking: &Transaction) -> String {
    let plain = |number: Decimal| number.normalize().to_string();
    let units = booking.quantity.map(|quantity| format!(" {}", plain(quantity.decimal()))).unwrap_or_default();
    let symbol = booking.instrument_id.as_ref().map(|id| format!(" {}", id.symbol())).unwrap_or_default();
    let price = booking.price.map(|price| format!(" at {}", plain(price.decimal()))).unwrap_or_default();
    let net_cash = plain(booking.net_cash.decimal());
    format!("{} {}{units}{symbol}{price}, {} {net_cash}", booking.trade_date, booking.kind, booking.currency)
}
