//! Documents that events cause: every item that the law prescribes is there, known or not.

use std::collections::BTreeMap;

use proptest::prelude::*;
use reports::document::Document;
use reports::statements::{StatementInput, depreciation_notice, execution_confirmation, leveraged_notice};
use reports::texts::Texts;
use reports::{Error, Firm, Format};
use schemas::tables::depreciation::DepreciationRow;
use schemas::tables::executions::Execution;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, Language, Severity};

use crate::inputs::{amount, date, portfolio_id, transaction, two_positions};
use crate::reading::{csv_section, file, json, pdf_pages};

/// The points of Art. 59(4) that a confirmation has for every order.
const POINTS: [&str; 14] =
    ["(c)", "(d)", "(e)", "(f)", "(g)", "(h)", "(i)", "(j)", "(k)", "(l)", "(m)", "(n)", "(o)", "(p)"];

fn firm() -> Firm {
    let text = r#"{"name": "A House", "lei": "529900T8BM49AURSDO55", "contact": "clients@example.org"}"#;
    serde_json::from_str(text).expect("a firm")
}

/// A purchase of Apple in dollars, booked in dollars, on the date of the statement.
fn purchase() -> Transaction {
    let bought = two_positions().transactions.into_iter().find(|row| row.kind == "BUY").expect("a purchase");
    Transaction { trade_date: date("2014-12-31"), settlement_date: Some(date("2015-01-05")), ..bought }
}

pub(crate) fn tranche(of: &Transaction, number: i64, count: i64) -> Execution {
    Execution {
        portfolio_id: portfolio_id(),
        transaction_id: of.transaction_id.clone(),
        tranche: number,
        tranche_count: count,
        trade_date: of.trade_date,
        executed_at: Some("2014-12-31T14:30:05Z".parse().expect("an instant")),
        utc_offset_s: Some(-18_000),
        order_id: Some("O-7".to_owned()),
        order_type: Some("limit".to_owned()),
        venue_mic: Some("XNAS".to_owned()),
        nature: None,
        quantity: of.quantity,
        price: of.price,
        fx_rate: None,
        counterparty: Some("market".to_owned()),
        mark_up: None,
        settlement_account: Some("DE-4711".to_owned()),
        landing_sha256: String::new(),
        line: 2,
    }
}

/// What a confirmation is made from that tells of these bookings.
fn confirmed(trades: Vec<Transaction>, executions: Vec<Execution>) -> StatementInput {
    let mut input = two_positions();
    input.period_start = date("2014-12-30");
    input.cash_flows.clear();
    input.realised_gains.clear();
    for row in &mut input.nav_bridge {
        row.business_date = input.business_date;
    }
    input.firm = Some(firm());
    input.further.events = trades.iter().map(|row| (row.transaction_id.clone(), row.trade_date)).collect();
    input.further.trades = trades;
    input.further.executions = executions;
    input
}

fn confirmation(input: &StatementInput) -> Document {
    execution_confirmation::build(input).expect("a confirmation")
}

/// What a confirmation says under each point of an order, in the order of the points.
fn entries(document: &Document, transaction: &str) -> Vec<(String, String)> {
    let lines = csv_section(document, "executions").into_iter();
    let rows = lines.filter(|line| line.get(1).is_some_and(|word| word == "row") && line[2] == transaction);
    rows.map(|line| (line[3].clone(), line[5].clone())).collect()
}

fn of_point(document: &Document, transaction: &str, point: &str) -> Vec<String> {
    entries(document, transaction).into_iter().filter(|(found, _)| found == point).map(|(_, entry)| entry).collect()
}

#[test]
fn a_confirmation_has_every_item_of_the_article() {
    let trade = purchase();
    let document = confirmation(&confirmed(vec![trade.clone()], vec![tranche(&trade, 1, 1)]));
    let id = trade.transaction_id.as_str();
    let point = |point| of_point(&document, id, point).join("; ");
    assert_eq!(point("(c)"), "2014-12-31");
    // Half past two in London is half past nine in New York.
    assert_eq!(point("(d)"), "09:30:05 UTC-05:00");
    assert_eq!(point("(e)"), "limit order; O-7");
    assert_eq!(point("(f)"), "XNAS");
    assert_eq!(point("(g)"), "Apple, Inc. (AAPL; ISIN not recorded)");
    assert_eq!(point("(h)"), "Buy");
    assert_eq!(point("(i)"), "none: an outright purchase or sale");
    assert_eq!((point("(j)"), point("(k)")), ("10".to_owned(), "109.00".to_owned()));
    // Ten at 109 and a fee of five.
    assert_eq!((point("(l)"), point("(m)")), ("-1095.00".to_owned(), "5.00".to_owned()));
    assert_eq!(point("(n)"), "no conversion");
    assert_eq!((point("(o)"), point("(p)")), ("2015-01-05; DE-4711".to_owned(), "a third party".to_owned()));
    let parties: Vec<String> = csv_section(&document, "parties").into_iter().map(|line| line.join("|")).collect();
    assert!(parties.iter().any(|line| line.contains("(a)|Reporting firm|A House")), "{parties:?}");
    assert!(parties.iter().any(|line| line.contains("(b)|Client|")), "{parties:?}");
}

/// A bond for 1,095 dollars with 12.34 of accrued interest, which is booked by itself.
#[test]
fn accrued_interest_stands_beside_the_order_that_it_belongs_to() {
    let trade = purchase();
    let interest = Transaction {
        kind: "ACCRUED_INTEREST".to_owned(),
        transaction_id: "t77".to_owned(),
        net_cash: amount("-12.34"),
        quantity: None,
        price: None,
        ..trade.clone()
    };
    let mut input = confirmed(vec![trade.clone(), interest], Vec::new());
    let id = trade.transaction_id.as_str();
    assert_eq!(of_point(&confirmation(&input), id, "(l)"), ["-1095.00", "-12.34", "-1107.34"]);
    assert_eq!(entries(&confirmation(&input), "t77"), [], "it is no order of its own");
    assert!(csv_section(&confirmation(&input), "cancellations").is_empty(), "and takes nothing back");
    // With a second order in the bond on that day nobody knows whose it is.
    input.further.trades.push(Transaction { transaction_id: "t78".to_owned(), ..trade.clone() });
    assert_eq!(of_point(&confirmation(&input), id, "(l)"), ["-1095.00"]);
}

#[test]
fn what_was_not_recorded_is_said_under_its_point_and_never_left_out() {
    let trade = purchase();
    let mut input = confirmed(vec![trade.clone()], Vec::new());
    input.firm = None;
    let document = confirmation(&input);
    let found: Vec<String> = entries(&document, &trade.transaction_id).into_iter().map(|(point, _)| point).collect();
    for point in POINTS {
        assert!(found.iter().any(|other| other == point), "{point}: {found:?}");
    }
    for point in ["(d)", "(e)", "(f)", "(i)", "(p)"] {
        assert_eq!(of_point(&document, &trade.transaction_id, point), ["not recorded"], "{point}");
    }
    assert_eq!(of_point(&document, &trade.transaction_id, "(o)")[1], "not recorded", "the account");
    let issuer =
        json(&document)["sections"].as_array().expect("sections").iter().find(|s| s["id"] == "issuer").cloned();
    assert!(issuer.expect("a section")["notes"][0].as_str().expect("a note").contains("[firm]"));
    // Booked in another currency than it is quoted in, a rate was obtained that nobody wrote down.
    let converted = Transaction { currency: Currency::EUR, ..purchase() };
    let document = confirmation(&confirmed(vec![converted.clone()], Vec::new()));
    assert_eq!(of_point(&document, &converted.transaction_id, "(n)"), ["not recorded"]);
}

#[test]
fn tranches_are_told_one_by_one_and_together() {
    let trade = purchase();
    let quantity = |text: &str| Some(text.parse().expect("a quantity"));
    let first = Execution { quantity: quantity("4"), ..tranche(&trade, 1, 2) };
    let second = Execution {
        quantity: quantity("6"),
        venue_mic: Some("XOFF".to_owned()),
        executed_at: Some("2014-12-31T15:00:00Z".parse().expect("an instant")),
        ..tranche(&trade, 2, 2)
    };
    // The third is of an earlier file that had three.
    let third = tranche(&trade, 3, 3);
    let document = confirmation(&confirmed(vec![trade.clone()], vec![third, second, first]));
    let id = trade.transaction_id.as_str();
    assert_eq!(of_point(&document, id, "(d)"), ["09:30:05 UTC-05:00 to 10:00:00 UTC-05:00"]);
    assert_eq!(of_point(&document, id, "(f)"), ["XNAS, outside a trading venue (XOFF)"]);
    assert_eq!(of_point(&document, id, "(j)"), ["10"]);
    let lines = csv_section(&document, "tranches");
    let rows: Vec<&Vec<String>> = lines.iter().filter(|line| line[1] == "row").collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1][3..], ["2", "10:00:00 UTC-05:00", "outside a trading venue (XOFF)", "6", "109.00"]);
}

#[test]
fn a_firm_that_deals_with_its_client_says_so_and_what_it_earned() {
    let trade = purchase();
    let own = Execution { counterparty: Some("firm".to_owned()), ..tranche(&trade, 1, 1) };
    let with_mark_up = Execution { mark_up: Some(amount("12.5")), ..own.clone() };
    let document = confirmation(&confirmed(vec![trade.clone()], vec![with_mark_up]));
    assert_eq!(of_point(&document, &trade.transaction_id, "(p)"), ["the firm itself"]);
    assert_eq!(of_point(&document, &trade.transaction_id, "(m)"), ["5.00", "12.50"]);
    let document = confirmation(&confirmed(vec![trade.clone()], vec![own]));
    assert_eq!(of_point(&document, &trade.transaction_id, "(m)"), ["5.00", "not recorded"]);
}

#[test]
fn an_execution_that_is_taken_back_is_told_as_such() {
    let trade = Transaction { trade_date: date("2014-12-29"), ..purchase() };
    let reversal = Transaction {
        reverses: Some(trade.transaction_id.clone()),
        instrument_id: None,
        quantity: None,
        ..transaction(9, "2014-12-31", "REVERSAL", "0")
    };
    let mut input = confirmed(vec![trade.clone(), reversal], Vec::new());
    input.further.events.remove(&trade.transaction_id);
    let document = confirmation(&input);
    assert_eq!(entries(&document, &trade.transaction_id), []);
    let lines = csv_section(&document, "cancellations");
    let row = lines.iter().find(|line| line[1] == "row").expect("a line");
    assert_eq!(row[2..7], [trade.transaction_id.as_str(), "2014-12-31", "2014-12-29", "Buy", "Apple, Inc."]);
}

#[test]
fn values_that_are_blocked_hold_back_no_confirmation_and_no_fall_is_told_of_them() {
    let trade = purchase();
    let mut input = confirmed(vec![trade], Vec::new());
    input.exceptions[0].severity = Severity::Block;
    assert!(execution_confirmation::build(&input).is_ok());
    let mut input = fallen(&[("2014-12-31", 0.9)], &["2014-09-30:1"]);
    input.exceptions = two_positions().exceptions;
    input.exceptions[0].severity = Severity::Block;
    assert!(matches!(depreciation_notice::build(&input), Err(Error::Blocked { .. })));
}

#[test]
fn a_document_has_rows_of_its_own_portfolio_only() {
    let mut trade = purchase();
    trade.portfolio_id = "D04".parse().expect("an id");
    let input = confirmed(vec![trade], Vec::new());
    assert!(matches!(execution_confirmation::build(&input), Err(Error::ForeignRow { .. })));
}

/// What a notice is made from: the value of each day as a part of 10,000 on 30 September, and the steps it tells of.
fn fallen(days: &[(&str, f64)], events: &[&str]) -> StatementInput {
    let mut input = two_positions();
    input.period_start = date("2014-09-30");
    input.firm = Some(firm());
    input.exceptions.clear();
    let mut deepest = 0;
    for (day, growth) in days {
        // A fall of a tenth has one step.
        let step = (1..10).take_while(|step| *growth <= 1.0 - 0.1 * f64::from(*step) + 1e-9).count();
        let step = i64::try_from(step).expect("few");
        let adjusted = amount(&format!("{:.2}", growth * 10_000.0));
        input.further.depreciation.push(DepreciationRow {
            portfolio_id: portfolio_id(),
            business_date: date(day),
            period_opening: date("2014-09-30"),
            reference_value: Some(amount("10000")),
            end_value: Some(amount(&format!("{:.2}", growth * 10_000.0 - 500.0))),
            net_inflow: Some(amount("-500")),
            return_fraction: Some(growth - 1.0),
            adjusted_value: Some(adjusted),
            step: Some(step),
            deepest_step_before: deepest,
            is_new: deepest < step,
            unavailable_reason: None,
        });
        deepest = deepest.max(step);
    }
    input.further.events = events.iter().map(|event| ((*event).to_owned(), input.business_date)).collect();
    input
}

#[test]
fn a_notice_says_how_far_since_when_and_through_which_threshold() {
    let days = [("2014-10-15", 0.9), ("2014-10-16", 0.95), ("2014-11-20", 0.88), ("2014-12-31", 0.79)];
    let document = depreciation_notice::build(&fallen(&days, &["2014-09-30:2"])).expect("a notice");
    let figures: BTreeMap<String, String> = csv_section(&document, "depreciation")
        .into_iter()
        .filter(|line| line[1] == "row")
        .map(|line| (line[2].clone(), line[3].clone()))
        .collect();
    let figure = |label: &str| figures.get(label).map(String::as_str);
    assert_eq!(figure("Value at the beginning"), Some("10000.00"));
    assert_eq!(figure("Deposits less withdrawals"), Some("-500.00"));
    assert_eq!(figure("Value adjusted for flows"), Some("7900.00"));
    assert_eq!(
        (figure("Change since the beginning"), figure("Threshold exceeded")),
        (Some("-0.2100"), Some("-0.2000"))
    );
    let rows = |section: &str| -> Vec<String> {
        let lines = csv_section(&document, section).into_iter().filter(|line| line[1] == "row");
        lines.map(|line| line[2..].join(" ")).collect()
    };
    let told = ["-0.1000 2014-10-15 -0.1000 an earlier notice", "-0.2000 2014-12-31 -0.2100 this notice"];
    assert_eq!(rows("thresholds"), told);
    // The second fall through ten percent caused no notice, and is shown.
    let passed = [
        "2014-10-15 fell through \u{2212}10.00% 9000.00 -0.1000",
        "2014-10-16 rose above \u{2212}10.00% 9500.00 -0.0500",
        "2014-11-20 fell through \u{2212}10.00% again 8800.00 -0.1200",
        "2014-12-31 fell through \u{2212}20.00% 7900.00 -0.2100",
    ];
    assert_eq!(rows("passages"), passed);
    let text = String::from_utf8(file(&document, Format::Csv)).expect("UTF-8");
    for words in [
        "Article 62(1)",
        "calendar quarter",
        "time-weighted return",
        "On 2014-12-31 the overall value",
        "Article 62(2)",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_threshold_is_none_only_if_the_fall_is_known() {
    let exceeded = |input: &StatementInput| {
        let document = depreciation_notice::build(input).expect("a notice");
        let lines = csv_section(&document, "depreciation").into_iter();
        let mut found = lines.filter(|line| line.get(2).is_some_and(|label| label == "Threshold exceeded"));
        found.next().expect("a figure")[3].clone()
    };
    let mut input = fallen(&[("2014-10-15", 0.88), ("2014-12-31", 0.95)], &[]);
    assert_eq!(exceeded(&input), "-0.1000", "the deepest of the period, from which it has recovered");
    let today = input.further.depreciation.last_mut().expect("a day");
    (today.step, today.return_fraction, today.adjusted_value) = (None, None, None);
    today.unavailable_reason = Some("a flow of 2014-12-31 is unknown".to_owned());
    assert_eq!(exceeded(&input), "unavailable: a flow of 2014-12-31 is unknown");
    assert_eq!(exceeded(&fallen(&[("2014-12-31", 0.95)], &[])), "none in this period");
}

/// A bond at 98.5 percent, and shares in pence: units times price is a hundred times too much.
#[test]
fn prices_that_are_no_amounts_of_their_currency_are_named() {
    let trade = purchase();
    let mut input = confirmed(vec![trade], Vec::new());
    let meanings = |input: &StatementInput| {
        let lines = csv_section(&confirmation(input), "definitions");
        lines.into_iter().map(|line| line.join("|")).collect::<Vec<String>>().join("\n")
    };
    assert!(!meanings(&input).contains("worth its price times"));
    for listed in &mut input.instruments {
        listed.price_scale = "0.01".parse().expect("a rate");
    }
    let told = meanings(&input);
    assert!(told.contains("Prices of Apple, Inc. are in parts of USD"), "only what was traded: {told}");
    assert!(told.contains("a unit is worth its price times 0.01"), "{told}");
}

/// Some orders with tranches, and some days of a fall.
fn inputs() -> impl Strategy<Value = (StatementInput, StatementInput)> {
    let orders = proptest::collection::vec((1_i64..900_000, 1_i64..5, 0_i64..90_000), 0..6);
    let days = proptest::collection::btree_map(1_u32..31, 0.2_f64..1.3, 0..12);
    (orders, days).prop_map(|(orders, days)| {
        let (mut trades, mut executions) = (Vec::new(), Vec::new());
        for (number, (units, tranches, cents)) in orders.into_iter().enumerate() {
            let units = rust_decimal::Decimal::new(units, 2);
            let trade = Transaction {
                transaction_id: format!("g{number}"),
                quantity: Some(schemas::Quantity::new(units)),
                net_cash: schemas::Amount::new(rust_decimal::Decimal::new(-cents, 2)),
                ..purchase()
            };
            executions.extend((1..=tranches).map(|tranche_number| tranche(&trade, tranche_number, tranches)));
            trades.push(trade);
        }
        let days: Vec<(String, f64)> =
            days.into_iter().map(|(day, growth)| (format!("2014-12-{day:02}"), growth)).collect();
        let days: Vec<(&str, f64)> = days.iter().map(|(day, growth)| (day.as_str(), *growth)).collect();
        (confirmed(trades, executions), fallen(&days, &["2014-09-30:1"]))
    })
}

/// 50 Apple for 5,000 dollars and charges of 5 are worth 4,250; what SAP cost is not known.
#[test]
fn a_leveraged_position_is_told_with_its_initial_value() {
    let mut input = two_positions();
    let apple = input.valuations.iter_mut().find(|row| row.instrument_id.symbol() == "AAPL").expect("a position");
    let id = apple.instrument_id.clone();
    apple.value = Some(amount("4250"));
    for row in input.positions.iter_mut().filter(|row| row.instrument_id == id) {
        (row.cost, row.charges) = (Some(amount("5005")), Some(amount("5")));
    }
    for row in input.positions.iter_mut().filter(|row| row.instrument_id.symbol() == "SAP.DE") {
        row.cost = None;
    }
    let events = ["D03~AAPL:2014-12-16:1", "D03~SAP.DE:2014-07-01:2", "no event"];
    input.further.events = events.map(|event| (event.to_owned(), input.business_date)).into();
    let document = leveraged_notice::build(&input).expect("a notice");
    let lines = csv_section(&document, "positions");
    let line = |symbol: &str| lines.iter().find(|line| line[3] == symbol).expect("a line")[4..].to_vec();
    assert_eq!(line("AAPL"), ["2014-12-16", "50", "5000.00", "4250.00", "USD", "-0.1500", "-0.1000"]);
    let unknown = "unavailable: its cost or its value on the date is not known";
    assert_eq!((line("SAP.DE")[2].as_str(), line("SAP.DE")[5].as_str()), (unknown, unknown));
    for language in Language::ALL {
        input.portfolio.language = language;
        let document = leveraged_notice::build(&input).expect("a notice");
        assert_eq!(crate::agreement::differences(&document), Vec::<String>::new(), "{language}");
    }
    input.further.events.clear();
    let text = csv_section(&leveraged_notice::build(&input).expect("a notice"), "about");
    assert!(text.iter().flatten().any(|cell| cell.starts_with("No threshold that was not told before")), "{text:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_format_and_language_says_the_same((orders, fall) in inputs(), place in 0..Language::ALL.len()) {
        let language = Language::ALL[place];
        for (build, mut input) in
            [(execution_confirmation::STATEMENT.build, orders), (depreciation_notice::STATEMENT.build, fall)]
        {
            input.portfolio.language = language;
            let document = build(&input).expect("a document");
            prop_assert_eq!(crate::agreement::differences(&document), Vec::<String>::new());
            prop_assert!(!pdf_pages(&file(&document, Format::Pdf)).is_empty());
            prop_assert_eq!(Texts::of(language), document.texts());
        }
    }
}
