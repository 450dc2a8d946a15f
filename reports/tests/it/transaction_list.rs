//! The list of transactions: every booking, and balances that follow from them to the cent.

use std::collections::BTreeMap;

use reports::document::Document;
use reports::statements::StatementInput;
use reports::statements::transaction_list::build;
use reports::{Error, Rates};
use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;

use crate::inputs::{amount, announced, date, empty, kept, rate, reversed, transaction, two_positions};
use crate::reading::csv_section;
use crate::statement::fields;

// Columns of a line, after the section and the kind of the line.
const KIND: usize = 4;
const QUANTITY: usize = 6;
const CASH: usize = 10;
const CURRENCY: usize = 11;
const BASE: usize = 12;
const BALANCE: usize = 13;

fn list(input: &StatementInput) -> Document {
    build(input).expect("a list")
}

/// The lines of the list, each with all its columns.
fn lines(document: &Document) -> Vec<Vec<String>> {
    let lines = csv_section(document, "transactions").into_iter().filter(|line| line[1] == "row");
    let filled = lines.map(|mut line| {
        line.resize(14, String::new());
        line
    });
    filled.collect()
}

fn column(document: &Document, place: usize) -> Vec<String> {
    lines(document).into_iter().map(|line| line[place].clone()).collect()
}

#[test]
fn every_booking_moves_the_balance_of_its_account() {
    let document = list(&kept());
    assert_eq!(
        column(&document, KIND),
        ["Lend", "Deposit", "Buy", "Sell", "Fx spot", "Fx spot, other side", "Lend return", "Withdrawal"]
    );
    assert_eq!(column(&document, CASH), ["", "250.00", "-1095.00", "1012.35", "-900.00", "1100.50", "", "-100.00"]);
    // From 972.215 euro and 4.497 dollars.
    let balances = ["", "1222.22", "-1090.50", "2234.56", "1334.56", "10.00", "", "1234.56"];
    assert_eq!(column(&document, BALANCE), balances);
    // 1,095 dollars at the 1.25 of the day before; the exchange at its own rate.
    assert_eq!(column(&document, BASE), ["", "250.00", "-876.00", "1012.35", "-900.00", "900.00", "", "-100.00"]);
    assert_eq!(lines(&document)[3][3], "2015-01-05", "the day of settlement where it is another");
    assert_eq!(fields(&document, "cash", "EUR")[3..8], ["972.22", "1262.35", "-1000.00", "-0.01", "1234.56"]);
    assert_eq!(fields(&document, "cash", "USD")[3..8], ["4.50", "1100.50", "-1095.00", "", "10.00"]);
}

#[test]
fn totals_are_sums_of_the_lines_by_kind_and_currency() {
    let document = list(&kept());
    let totals = csv_section(&document, "totals");
    let printed = |text: &String| text.parse::<Decimal>().unwrap_or_default();
    let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
    for line in totals.iter().filter(|line| line[1] == "row") {
        *sums.entry(line[3].as_str()).or_default() += line.get(7).map_or(Decimal::ZERO, printed);
    }
    let lines = lines(&document);
    let mut listed: BTreeMap<&str, Decimal> = BTreeMap::new();
    for line in &lines {
        *listed.entry(line[CURRENCY].as_str()).or_default() += printed(&line[CASH]);
    }
    assert_eq!(sums, listed);
    let whole = totals.iter().find(|line| line[1] == "total").expect("a total");
    // 250 - 876 + 1,012.35 - 900 + 900 - 100.
    assert_eq!((whole[4].as_str(), whole[8].as_str()), ("7", "286.35"));
}

#[test]
fn what_issuers_did_without_a_booking_is_in_its_place() {
    let document = list(&announced());
    let balances = column(&document, BALANCE);
    assert_eq!(balances, ["1008.10", "1018.10", "4818.10", "", "", "4782.10"]);
    let split = &lines(&document)[1];
    assert_eq!((split[KIND].as_str(), split[QUANTITY].as_str()), ("Split", "27"));
    assert_eq!(fields(&document, "cash", "EUR")[3..8], ["1000.00", "3818.10", "-36.00", "", "4782.10"]);
}

#[test]
fn without_a_rate_there_is_no_amount_in_base_currency_and_the_reason() {
    let document = list(&two_positions());
    let base = column(&document, BASE);
    assert!(base[1].starts_with("unavailable: there is no rate from USD to EUR on 2014-12-16"), "{base:?}");
    let mut old = kept();
    old.further.rates = std::sync::Arc::new(Rates::of(&[rate("2014-12-05", "1.20")], 10));
    // The rate of 5 December is eleven days old on the 16th, and ten count.
    assert!(column(&list(&old), BASE)[2].starts_with("unavailable: there is no rate"));
}

#[test]
fn bookings_between_the_last_valuation_and_the_start_are_in_the_balance_at_start() {
    let mut input = two_positions();
    let on_saturday = transaction(20, "2014-11-29", "DEPOSIT", "2.215");
    let mistaken = transaction(21, "2014-11-30", "DEPOSIT", "1000");
    let reversal = Transaction { reverses: Some("t21".to_owned()), ..transaction(22, "2015-01-02", "REVERSAL", "0") };
    input.further.other_bookings = vec![on_saturday, mistaken, reversal];
    let cash = input.positions.iter_mut().find(|row| row.instrument_id.as_str() == "CASH~EUR").expect("cash");
    cash.quantity = "970".parse().expect("a quantity");
    assert_eq!(fields(&list(&input), "cash", "EUR")[3], "972.22");
}

#[test]
fn a_list_that_does_not_lead_to_the_balance_at_end_is_none() {
    let mut input = kept();
    input.transactions[0].net_cash = amount("250.014");
    let error = build(&input).expect_err("a cent too much");
    let Error::CashDoesNotFoot { residual, .. } = &error else { panic!("{error}") };
    assert_eq!(*residual, Decimal::new(-1, 2));
    assert!(error.to_string().contains("-0.010 EUR") || error.to_string().contains("-0.01 EUR"), "{error}");
}

#[test]
fn what_was_taken_back_counts_once_or_not_at_all() {
    let mut input = empty();
    input.transactions = vec![
        Transaction { fees: amount("1.5"), ..transaction(1, "2014-12-04", "BUY", "-51.5") },
        Transaction { reverses: Some("t1".to_owned()), ..transaction(2, "2014-12-05", "REVERSAL", "0") },
        transaction(3, "2014-12-08", "WITHDRAWAL", "-70"),
    ];
    let later = Transaction { reverses: Some("t3".to_owned()), ..transaction(4, "2015-01-02", "REVERSAL", "0") };
    input.reversals_elsewhere = vec![later.clone()];
    input.further.other_bookings = vec![later];
    let document = list(&input);
    assert_eq!(column(&document, KIND)[1], "Reversal of Buy of 2014-12-04");
    assert_eq!(column(&document, KIND)[2], "Withdrawal, taken back on 2015-01-02");
    assert_eq!(column(&document, BALANCE), ["-51.50", "0.00", ""]);
    assert!(column(&document, CASH)[2].starts_with("unavailable: it was taken back"));
    assert_eq!(fields(&document, "cash", "EUR")[3..8], ["0.00", "51.50", "-51.50", "", "0.00"]);
}

#[test]
fn what_is_not_known_is_not_made_up() {
    let mut input = two_positions();
    input.portfolio_values.retain(|row| date("2014-11-30") < row.business_date);
    let document = list(&input);
    let start = fields(&document, "cash", "EUR")[3].clone();
    assert!(start.starts_with("unavailable: the portfolio was not valued on or before 2014-11-30"), "{start}");
    assert!(column(&document, BALANCE).iter().all(|cell| cell.starts_with("unavailable: ")));
    assert_eq!(fields(&document, "cash", "EUR")[7], "1234.56", "what is known is said");
    // A reversal of something unknown moves cash that nobody knows.
    let mut input = two_positions();
    let reversal = Transaction { reverses: Some("gone".to_owned()), ..transaction(6, "2014-12-17", "REVERSAL", "0") };
    input.transactions.push(reversal);
    let balances = column(&list(&input), BALANCE);
    assert_eq!(balances[..3], ["1222.22", "-1090.50", ""]);
    assert!(balances[3..].iter().all(|cell| cell.starts_with("unavailable: ")), "{balances:?}");
}

#[test]
fn an_empty_period_says_so_and_the_order_of_rows_does_not_matter() {
    let document = list(&empty());
    assert!(lines(&document).is_empty());
    assert!(csv_section(&document, "cash")[0].iter().any(|field| field.contains("Nothing was booked")));
    let mut other_way_round = reversed(&kept());
    other_way_round.further.other_bookings.reverse();
    assert_eq!(list(&other_way_round), list(&kept()));
}
