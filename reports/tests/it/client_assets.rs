//! The statement of client assets has what Article 63(2) of Delegated Regulation (EU) 2017/565 asks for, by its points,
//! and says what is not known.

use reports::Error;
use reports::document::{Content, Document};
use reports::statements::StatementInput;
use reports::statements::client_assets::build;
use schemas::Severity;
use schemas::tables::transactions::Transaction;

use crate::inputs::{date, empty, instrument_id, kept, reversed, transaction, two_positions};
use crate::reading::csv_section;
use crate::statement::fields;

fn amount(text: &str) -> Option<schemas::Amount> {
    Some(crate::inputs::amount(text))
}

fn statement(input: &StatementInput) -> Document {
    build(input).expect("a statement")
}

fn notes(document: &Document, id: &str) -> Vec<String> {
    let section = document.sections.iter().find(|section| section.id == id).expect("the section is there");
    let Content::Notes(notes) = &section.content else { panic!("{id} has notes") };
    notes.clone()
}

fn says(document: &Document, id: &str, words: &str) -> bool {
    notes(document, id).iter().any(|note| note.contains(words))
}

fn has_section(document: &Document, id: &str) -> bool {
    document.sections.iter().any(|section| section.id == id)
}

#[test]
fn point_a_details_of_all_instruments_and_funds_at_the_end_of_the_period() {
    let document = statement(&kept());
    // 100 SAP at 58.26004 and 50 Apple at 110.38 dollars; 1,234.564 euro and 9.997 dollars.
    assert_eq!(fields(&document, "positions", "SAP SE")[4..6], ["100", "58.26004"]);
    assert_eq!(fields(&document, "positions", "Apple, Inc.")[8], "5519.00");
    assert_eq!(fields(&document, "cash", "EUR")[3], "1234.56");
    assert_eq!(fields(&document, "cash", "USD")[3], "10.00");
    let nothing = statement(&empty());
    assert!(csv_section(&nothing, "positions").iter().all(|line| line[1] != "row"), "nothing is held");
    assert!(says(&nothing, "ownership", "Nothing was held on 2014-12-31"));
}

#[test]
fn point_b_extent_of_securities_financing_and_nil_without_any() {
    let document = statement(&kept());
    // 30 were lent at start, 20 more, 10 came back: 40 of 100.
    assert_eq!(fields(&document, "lending", "SAP SE")[4..10], ["30", "20", "10", "40", "100", "0.4000"]);
    assert!(says(&document, "securities_financing", "were lent in the period: 1,"));
    let without = statement(&two_positions());
    assert!(says(&without, "securities_financing", "None: at no time in the period"));
    assert!(!has_section(&without, "lending"));
}

#[test]
fn lending_that_was_taken_back_was_none_and_what_came_back_before_is_not_of_the_period() {
    let mut input = kept();
    let taking_back = |sequence, id: &str, day| Transaction {
        reverses: Some(id.to_owned()),
        ..transaction(sequence, day, "REVERSAL", "0")
    };
    input.transactions.push(taking_back(13, "t11", "2014-12-11"));
    input.transactions.push(taking_back(14, "t12", "2014-12-22"));
    assert_eq!(fields(&statement(&input), "lending", "SAP SE")[4..8], ["30", "0", "0", "30"]);
    let back = Transaction { kind: "LEND_RETURN".to_owned(), ..input.further.other_bookings[0].clone() };
    let back = Transaction { transaction_id: "t9".to_owned(), trade_date: date("2014-11-03"), ..back };
    input.further.other_bookings.push(back);
    assert!(says(&statement(&input), "securities_financing", "None: at no time in the period"));
}

/// 5,826.00 + 4,545.75 + 8.23 are held with 20,000 that are owed: -9,620.02, of which nothing is a part.
#[test]
fn who_owes_more_than_is_there_has_no_weights() {
    let mut input = two_positions();
    let debt = "-20000".parse().expect("a number");
    for row in input.valuations.iter_mut().filter(|row| row.instrument_id.as_str() == "CASH~EUR") {
        (row.quantity, row.value, row.value_base) = (schemas::Quantity::new(debt), amount("-20000"), amount("-20000"));
    }
    input.portfolio_values.last_mut().expect("a value").market_value = amount("-9620.02");
    let document = statement(&input);
    assert_eq!(fields(&document, "cash", "EUR")[3], "-20000.00");
    let weight = "unavailable: the portfolio's value is not above zero";
    assert_eq!(fields(&document, "cash", "EUR")[7], weight);
    assert_eq!(fields(&document, "positions", "Apple, Inc.")[11], weight);
    assert_eq!(fields(&document, "client_assets", "All assets")[3], "-9620.02");
}

#[test]
fn point_c_benefit_from_securities_financing() {
    assert!(says(&statement(&kept()), "securities_financing", "none is recorded"));
    assert!(
        !says(&statement(&two_positions()), "securities_financing", "Benefit for the client"),
        "there was none to bring any"
    );
    // 12 dollars of which the lender's agent kept 2 and 1.50 was withheld; another dollar was taken back.
    let exact = crate::inputs::amount;
    let mut input = kept();
    let dollars = |sequence, net_cash: &str| Transaction {
        instrument_id: Some(instrument_id("AAPL")),
        currency: "USD".parse().expect("a currency"),
        ..transaction(sequence, "2014-12-22", "LENDING_INCOME", net_cash)
    };
    input.transactions.push(Transaction { fees: exact("2"), taxes: exact("1.5"), ..dollars(71, "8.5") });
    input.transactions.push(dollars(72, "1"));
    let reversal = transaction(73, "2014-12-23", "REVERSAL", "-1");
    input.transactions.push(Transaction { reverses: Some("t72".to_owned()), ..reversal });
    input.transactions.push(transaction(74, "2014-12-24", "LENDING_INCOME", "3"));
    let document = statement(&input);
    assert!(says(&document, "securities_financing", "listed below. It is the client’s own share"));
    assert!(!says(&document, "securities_financing", "none is recorded"));
    let income = |name: &str| fields(&document, "lending_income", name)[3..].to_vec();
    assert_eq!(income("Apple, Inc."), ["USD", "12.00", "3.50", "8.50"]);
    assert_eq!(income("all instruments together"), ["EUR", "3.00", "0.00", "3.00"]);
}

#[test]
fn point_d_what_is_protected_what_is_not_and_what_nobody_has_recorded() {
    let document = statement(&kept());
    let protection = |document: &Document, name: &str| fields(document, "protection", name)[3..5].to_vec();
    assert_eq!(protection(&document, "Apple, Inc."), ["protected", "Custody SA, Luxembourg"]);
    assert_eq!(protection(&document, "Cash USD")[0], "not protected");
    assert_eq!(fields(&document, "protection", "Cash USD")[5], "collateral by transfer of title");
    // 5,826.00 + 4,545.75 + 1,234.56 euro are protected, 8.23 are not.
    let figure = |document: &Document, label: &str| fields(document, "client_assets", label)[3].clone();
    let figures = ["All assets", "Protected", "Not protected", "No record of custody"];
    assert_eq!(figures.map(|label| figure(&document, label)), ["11614.54", "11606.31", "8.23", "0.00"]);
    // Without a record nothing is called protected, and nothing unprotected.
    let unknown = statement(&two_positions());
    assert_eq!(figures.map(|label| figure(&unknown, label)), ["11614.54", "0.00", "0.00", "11614.54"]);
    assert_eq!(fields(&unknown, "protection", "SAP SE")[3], "no record");
    assert!(says(&unknown, "ownership", "For 4 of 4 assets there is no record of custody"));
}

#[test]
fn point_e_peculiarities_of_ownership() {
    let document = statement(&kept());
    assert_eq!(
        notes(&document, "ownership"),
        ["SAP SE: pledge. For the loan of 2014.", "Cash USD: collateral by transfer of title."]
    );
    let mut input = kept();
    input.further.custody.truncate(1);
    input.further.custody[0].peculiarities = "joint_ownership;usufruct".to_owned();
    assert_eq!(notes(&statement(&input), "ownership"), ["All assets: joint ownership, usufruct."], "it is said once");
    input.further.custody[0].peculiarities.clear();
    assert!(says(&statement(&input), "ownership", "show no pledge, no other security interest, no usufruct"));
    assert!(!says(&statement(&two_positions()), "ownership", "show no pledge"), "who has no record cannot say that");
}

#[test]
fn a_record_counts_from_its_day_and_one_that_names_an_asset_before_one_for_all() {
    let mut input = kept();
    let mut later = input.further.custody[0].clone();
    (later.from_date, later.is_protected) = (date("2014-12-31"), false);
    input.further.custody.push(later);
    let document = statement(&input);
    assert_eq!(fields(&document, "protection", "Apple, Inc.")[3], "not protected", "the later row for all counts");
    assert_eq!(fields(&document, "protection", "SAP SE")[3], "protected", "SAP has a row of its own");
    input.further.custody.iter_mut().for_each(|row| row.from_date = date("2015-01-01"));
    assert_eq!(fields(&statement(&input), "protection", "Apple, Inc.")[3], "no record");
}

#[test]
fn point_f_market_value_or_estimate_and_what_the_absence_of_a_market_price_means() {
    let mut input = kept();
    // SAP has the price of the day before.
    assert!(says(&statement(&input), "market_prices", "SAP SE: estimate at the market price of 2014-12-30"));
    assert!(says(&statement(&input), "market_prices", "likely to indicate a lack of liquidity"));
    input.valuations[0].price_basis = "last_trade".to_owned();
    assert!(says(&statement(&input), "market_prices", "SAP SE: estimate at the price of the client"));
    input.valuations[0].price_basis = "quote".to_owned();
    input.valuations[0].price_date = Some(date("2014-12-31"));
    let of_the_day = statement(&input);
    assert!(says(&of_the_day, "market_prices", "Every instrument is valued at a market price of 2014-12-31"));
    assert!(says(&of_the_day, "market_prices", "likely to indicate a lack of liquidity"), "it is said always");
    let apple = &mut input.valuations[1];
    (apple.price, apple.value, apple.value_base) = (None, None, None);
    apple.price_basis = "missing".to_owned();
    input.portfolio_values.iter_mut().for_each(|row| row.market_value = None);
    let unpriced = statement(&input);
    assert!(says(&unpriced, "market_prices", "Apple, Inc.: no value"));
    assert!(fields(&unpriced, "client_assets", "All assets")[3].starts_with("unavailable: "));
}

#[test]
fn the_basis_is_one_for_the_whole_statement_and_unsettled_transactions_are_listed() {
    let document = statement(&kept());
    assert!(says(&document, "basis", "Trade date basis"));
    assert!(says(&document, "basis", "Not settled on 2014-12-31: 1,"));
    let line = fields(&document, "unsettled", "2014-12-18");
    assert_eq!(line[3..9], ["2015-01-05", "Sell", "SAP SE", "20", "1012.35", "EUR"]);
    let settled = statement(&two_positions());
    assert!(says(&settled, "basis", "Trade date basis"));
    assert!(says(&settled, "basis", "Every transaction was settled on 2014-12-31"));
    assert!(!has_section(&settled, "unsettled"));
}

#[test]
fn what_was_taken_back_is_not_waited_for_and_a_reversal_that_settles_later_is() {
    let mut input = kept();
    let reversal = Transaction { reverses: Some("t3".to_owned()), ..transaction(13, "2014-12-29", "REVERSAL", "0") };
    input.transactions.push(reversal.clone());
    assert!(says(&statement(&input), "basis", "Every transaction was settled"));
    // The sale had settled; what takes it back settles in January, the other way.
    input.transactions[2].settlement_date = Some(date("2014-12-22"));
    input.transactions.pop();
    let dated_later = Transaction { settlement_date: Some(date("2015-01-07")), ..reversal };
    input.further.other_bookings.push(Transaction { trade_date: date("2015-01-02"), ..dated_later });
    let line = fields(&statement(&input), "unsettled", "2015-01-02");
    assert_eq!(line[4], "Reversal of Sell of 2014-12-18");
    assert_eq!(line[7], "-1012.35");
}

#[test]
fn it_names_the_firm_or_says_that_the_house_has_not_set_it() {
    let mut input = kept();
    assert!(says(&statement(&input), "issuer", "The house has not set who issues its documents"));
    input.firm = serde_json::from_str(r#"{"name": "A House"}"#).ok();
    assert_eq!(notes(&statement(&input), "issuer"), ["A House"]);
}

#[test]
fn it_does_not_depend_on_the_order_of_rows_and_refuses_those_of_others() {
    let mut other_way_round = reversed(&kept());
    other_way_round.further.custody.reverse();
    other_way_round.further.other_bookings.reverse();
    assert_eq!(statement(&other_way_round), statement(&kept()));
    let mut foreign = kept();
    foreign.further.custody[0].portfolio_id = "D04".parse().expect("an id");
    assert!(matches!(build(&foreign), Err(Error::ForeignRow { table: "silver.custody", .. })));
    let mut blocked = kept();
    blocked.exceptions[0].severity = Severity::Block;
    assert!(matches!(build(&blocked), Err(Error::Blocked { .. })));
}
