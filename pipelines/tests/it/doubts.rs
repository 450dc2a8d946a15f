//! Bookings that are taken in as they stand and that a person should look at.

use std::collections::BTreeSet;

use pipelines::doubts::{Quoted, doubts, quoted, quoted_with};
use pipelines::imports::{Export, ExportInstrument, InboxRow};
use pipelines::sources::Instruments;
use rust_decimal::Decimal;
use schemas::Currency;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;

use crate::samples::{clock, date, instrument, portfolio, transaction};

const DAY: &str = "2014-01-02";

/// Ten AAA at 100 euro, for so much cash.
fn purchase(id: &str, net_cash: &str) -> Transaction {
    Transaction {
        instrument_id: Some(instrument("AAA").instrument_id),
        quantity: Some("10".parse().expect("a number")),
        price: Some("100".parse().expect("a number")),
        origin: "P1/transactions.csv:8".to_owned(),
        ..transaction("P1", id, DAY, "BUY", net_cash)
    }
}

fn listed() -> Quoted {
    quoted([&instrument("AAA")])
}

fn found(booked: &[Transaction], quoted: &Quoted) -> Vec<InboxRow> {
    found_in(&portfolio("P1"), booked, quoted)
}

/// What is found on the third of January 2014.
fn found_in(portfolio: &Portfolio, booked: &[Transaction], quoted: &Quoted) -> Vec<InboxRow> {
    doubts(portfolio, &booked.iter().collect::<Vec<&Transaction>>(), quoted, &BTreeSet::new(), clock().now())
}

#[test]
fn a_booking_with_a_misplaced_point_names_where_it_is_and_both_amounts() {
    let rows = found(&[purchase("7", "-1000"), purchase("8", "-10000")], &listed());
    let [row] = rows.as_slice() else { panic!("one of them: {rows:?}") };
    assert_eq!((row.account.as_str(), row.line, row.what.as_str()), ("P1", 8, "amount of BUY 8"));
    assert_eq!(row.text, "2014-01-02 BUY 10 AAA at 100, EUR -10000");
    let said = "transaction `8` of `P1` (P1/transactions.csv:8): 10 × 100 is EUR -1000 with fees and taxes, and \
                net_cash says EUR -10000: it is booked so. If that is wrong, take it back with a REVERSAL";
    assert!(row.reason.starts_with(said), "{}", row.reason);
}

#[test]
fn an_edited_note_is_no_other_finding() {
    let edited = Transaction { note: "edited".to_owned(), ..purchase("8", "-10000") };
    let texts = |booked: Transaction| found(&[booked], &listed()).into_iter().map(|row| row.text).collect::<Vec<_>>();
    assert_eq!(texts(edited), texts(purchase("8", "-10000")));
}

#[test]
fn what_was_taken_back_is_not_asked_about() {
    let reversal =
        Transaction { reverses: Some("8".to_owned()), ..transaction("P1", "9", "2014-01-03", "REVERSAL", "0") };
    assert_eq!(found(&[purchase("8", "-10000"), reversal], &listed()), Vec::<InboxRow>::new());
}

#[test]
fn the_scale_is_that_of_the_market_and_only_then_that_of_the_export() {
    let market_id = instrument("AAA").market_id;
    let pence = |symbol: &str| ExportInstrument {
        symbol: symbol.to_owned(),
        name: symbol.to_owned(),
        currency: Currency::GBP,
        price_scale: Decimal::new(1, 2),
        isin: None,
        cusip: None,
        asset_class: String::new(),
    };
    let export = Export { instruments: vec![pence("AAA"), pence("BBB")], ..Export::default() };
    let there: Instrument = instrument("AAA");
    let known = Instruments::from([(there.instrument_id.clone(), there)]);
    let both = quoted_with(&export, &market_id, &known);
    let scale = |symbol: &str| both[&instrument(symbol).instrument_id].price_scale;
    assert_eq!((scale("AAA"), scale("BBB")), (Decimal::ONE, Decimal::new(1, 2)));
    // Ten at 100 pence are ten pounds.
    let pounds = |net_cash: &str| Transaction {
        instrument_id: Some(instrument("BBB").instrument_id),
        currency: Currency::GBP,
        ..purchase("8", net_cash)
    };
    assert_eq!(found(&[pounds("-10")], &both), Vec::<InboxRow>::new());
    let reason = found(&[pounds("-1000")], &both).pop().map(|row| row.reason).unwrap_or_default();
    assert!(reason.contains("10 × 100 × 0.01 is GBP -10 with fees and taxes"), "{reason}");
}

#[test]
fn a_fee_that_comes_in_is_a_refund_that_a_person_should_confirm() {
    let booked = |kind: &str, net_cash: &str| found(&[transaction("P1", "7", DAY, kind, net_cash)], &listed());
    let rows = booked("FEE_CUSTODY", "12.50");
    let [row] = rows.as_slice() else { panic!("it is doubted: {rows:?}") };
    assert_eq!(row.what, "sign of FEE_CUSTODY 7");
    assert!(row.reason.contains("EUR 12.5 comes in with a FEE_CUSTODY: it is booked as a refund"), "{}", row.reason);
    for (kind, net_cash) in [("FEE_CUSTODY", "-12.50"), ("FEE", "0"), ("TAX", "7"), ("TAX_RECLAIM", "7")] {
        assert_eq!(booked(kind, net_cash), Vec::<InboxRow>::new(), "{kind} {net_cash}");
    }
}

#[test]
fn what_the_source_itself_calls_a_refund_is_no_question() {
    let refund = transaction("P1", "7", DAY, "FEE", "5");
    let asked = |refunds: BTreeSet<i64>| doubts(&portfolio("P1"), &[&refund], &listed(), &refunds, clock().now()).len();
    assert_eq!(asked(BTreeSet::from([refund.booking_sequence])), 0);
    assert_eq!(asked(BTreeSet::from([refund.booking_sequence + 1])), 1, "another booking is the refund");
}

#[test]
fn a_booking_after_the_last_day_of_its_portfolio_counts_nowhere_and_says_so() {
    let closed = Portfolio { end_date: Some(date("2013-12-31")), ..portfolio("P1") };
    let booked = |day: &str| [transaction("P1", "7", day, "FEE", "-1")];
    assert_eq!(found_in(&closed, &booked("2013-12-31"), &listed()), Vec::<InboxRow>::new());
    let rows = found_in(&closed, &booked(DAY), &listed());
    let [row] = rows.as_slice() else { panic!("it is doubted: {rows:?}") };
    assert_eq!((row.line, row.what.as_str(), row.text.as_str()), (1, "date of FEE 7", "2014-01-02 FEE, EUR -1"));
    for words in ["dated 2014-01-02, and 2013-12-31 is the last day", "counts in no figure", "correct its `end`"] {
        assert!(row.reason.contains(words), "{words}: {}", row.reason);
    }
}

#[test]
fn a_booking_more_than_a_week_ahead_is_doubted_and_a_reversal_is_not() {
    let booked = |day: &str| [transaction("P1", "7", day, "DEPOSIT", "1")];
    // The import is on the 3rd.
    assert_eq!(found(&booked("2014-01-10"), &listed()), Vec::<InboxRow>::new());
    let rows = found(&booked("2014-01-11"), &listed());
    let [row] = rows.as_slice() else { panic!("it is doubted: {rows:?}") };
    assert!(row.reason.contains("dated 2014-01-11, which has not come"), "{}", row.reason);
    let reversal =
        Transaction { reverses: Some("7".to_owned()), ..transaction("P1", "8", "2034-01-03", "REVERSAL", "0") };
    assert_eq!(found(&[reversal], &listed()), Vec::<InboxRow>::new(), "it acts on the day of what it takes back");
}

#[test]
fn date_and_amount_of_one_booking_are_two_findings() {
    let wrong = Transaction { trade_date: date("2034-01-02"), ..purchase("8", "-10000") };
    let rows = found(&[wrong], &listed());
    let what: Vec<&str> = rows.iter().map(|row| row.what.as_str()).collect();
    assert_eq!(what, ["amount of BUY 8", "date of BUY 8"]);
}

#[test]
fn an_instrument_that_is_not_listed_is_not_compared() {
    assert_eq!(found(&[purchase("8", "-10000")], &Quoted::new()), Vec::<InboxRow>::new());
}
