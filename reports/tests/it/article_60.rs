//! The portfolio statement has what Article 60(2) of Delegated Regulation (EU) 2017/565 asks for, by its points.

use reports::document::{Content, Document};
use reports::statements::StatementInput;
use reports::statements::portfolio_statement::build;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{Currency, Language};

use crate::happened::tranche;
use crate::inputs::{date, empty, step, transaction, two_positions};
use crate::reading::csv_section;
use crate::statement::fields;

fn statement(input: &StatementInput) -> Document {
    build(input).expect("a statement")
}

fn notes(document: &Document, id: &str) -> String {
    let section = document.sections.iter().find(|section| section.id == id).expect("the section is there");
    let Content::Notes(notes) = &section.content else { panic!("{id} has notes") };
    notes.join("\n")
}

fn amount_of(document: &Document, section: &str, line: &str) -> String {
    fields(document, section, line)[3].clone()
}

#[test]
fn point_a_names_the_firm_or_says_that_nobody_did() {
    assert!(notes(&statement(&empty()), "issuer").contains("[firm] in its configuration names the firm"));
    let mut issued = empty();
    issued.firm = Some(serde_json::from_str(r#"{"name": "A House"}"#).expect("a firm"));
    assert!(notes(&statement(&issued), "issuer").contains("A House"));
}

#[test]
fn point_b_names_the_account() {
    let document = statement(&empty());
    assert_eq!((document.title.as_str(), document.subject.id()), ("Réserve familiale Müller & Søn", "D03"));
}

/// 972.215 and 4.497 were there on 30 November, 1,234.56 and 10 are there on 31 December.
#[test]
fn point_c_has_the_cash_at_the_beginning_and_at_the_end() {
    let document = statement(&two_positions());
    assert_eq!(fields(&document, "cash_over_period", "EUR")[3..5], ["972.22", "1234.56"]);
    assert_eq!(fields(&document, "cash_over_period", "USD")[3..5], ["4.50", "10.00"]);
    let mut unknown = two_positions();
    unknown.portfolio_values.retain(|row| row.business_date == unknown.business_date);
    let values = &mut unknown.portfolio_values;
    values.iter_mut().for_each(|row| row.previous_business_date = Some(date("2014-12-30")));
    let line = fields(&statement(&unknown), "cash_over_period", "EUR");
    assert!(line[3].starts_with("unavailable: the portfolio was not valued on or before"), "{line:?}");
    assert_eq!(line[4], "1234.56");
}

/// Brokerage of 10 euros, and of 5 dollars that were 4.
#[test]
fn point_d_has_all_charges_with_those_of_management_and_of_execution() {
    let document = statement(&two_positions());
    assert_eq!(amount_of(&document, "charges", "Management fees"), "0.00");
    assert_eq!(amount_of(&document, "charges", "Costs of execution"), "14.00");
    assert_eq!(amount_of(&document, "charges", "Total"), "14.00");
    assert!(notes(&document, "definitions").contains("A more detailed breakdown is available on request"));

    let mut charged = empty();
    let euro = |component, own| step(component, Currency::EUR, Some(own), Some(own));
    charged.nav_bridge = vec![
        euro(BridgeComponent::Contributions, "113"),
        euro(BridgeComponent::FeeManagement, "-50"),
        euro(BridgeComponent::FeeCustody, "-20"),
        euro(BridgeComponent::FeePerformance, "-30"),
        euro(BridgeComponent::TaxStampDuty, "-5"),
        euro(BridgeComponent::FeeExchange, "-1"),
        euro(BridgeComponent::TaxWithholding, "-7"),
    ];
    let document = statement(&charged);
    let told = ["Management fees", "Costs of execution", "Other fees and charges", "Total"];
    assert_eq!(told.map(|line| amount_of(&document, "charges", line)), ["50.00", "6.00", "50.00", "106.00"]);
}

#[test]
fn what_is_not_known_in_parts_is_no_zero() {
    let mut unknown = two_positions();
    unknown.nav_bridge.push(step(BridgeComponent::Unknown, Currency::EUR, None, None));
    let document = statement(&unknown);
    for (section, line) in [("charges", "Management fees"), ("charges", "Total"), ("income", "Dividends")] {
        assert_eq!(amount_of(&document, section, line), "unavailable: a day of the period is not known in parts");
    }
}

/// A benchmark of 100, 110 and 121 at the three closes: 10 % in the month and 21 % since inception.
#[test]
fn point_e_compares_with_the_benchmark_over_the_same_period_if_one_was_agreed() {
    let mut input = two_positions();
    let lines = |document: &Document| -> Vec<String> {
        csv_section(document, "performance").into_iter().filter_map(|line| line.get(2).cloned()).collect()
    };
    assert!(!lines(&statement(&input)).iter().any(|line| line.contains("enchmark")), "none was agreed");
    input.portfolio.benchmark_symbol = Some("INDEX".to_owned());
    for (row, level) in input.portfolio_values.iter_mut().zip([100.0, 110.0, 121.0]) {
        row.benchmark_level = Some(level);
    }
    let document = statement(&input);
    let benchmark = fields(&document, "performance", "Benchmark, same period");
    // Month to date, year to date, one year, since inception.
    assert_eq!(benchmark[3..5], ["0.1000", "0.2100"]);
    assert_eq!(
        (benchmark[5].as_str(), benchmark[6].as_str()),
        ("unavailable: the portfolio is younger than the period", "0.2100")
    );
    // −0.31 % less 10 %.
    assert_eq!(fields(&document, "performance", "Difference to the benchmark")[3], "-0.1031");
    assert!(notes(&document, "definitions").contains("Benchmark, same period: the returns of the agreed benchmark"));
    // A day that starts without capital has no return of the benchmark.
    input.portfolio_values[0].market_value = Some(schemas::Amount::ZERO);
    assert_eq!(fields(&statement(&input), "performance", "Benchmark, same period")[6], "0.1000");
    input.portfolio_values[1].benchmark_level = None;
    let line = fields(&statement(&input), "performance", "Benchmark, same period");
    assert_eq!(line[3], "unavailable: the return of the benchmark on 2014-12-31 is not known");
}

#[test]
fn point_f_adds_up_what_was_received() {
    let mut input = empty();
    let euro = |component, own| step(component, Currency::EUR, Some(own), Some(own));
    input.nav_bridge = vec![
        euro(BridgeComponent::Dividends, "80"),
        euro(BridgeComponent::Interest, "12.5"),
        euro(BridgeComponent::AccruedInterest, "-2.5"),
        euro(BridgeComponent::Withdrawals, "-90"),
    ];
    let document = statement(&input);
    let told = ["Dividends", "Interest", "Accrued interest", "Total"];
    assert_eq!(told.map(|line| amount_of(&document, "income", line)), ["80.00", "12.50", "-2.50", "90.00"]);
    let lines = csv_section(&document, "income").len();
    input.nav_bridge.push(euro(BridgeComponent::LendingIncome, "7.25"));
    input.nav_bridge.push(euro(BridgeComponent::Contributions, "-7.25"));
    let document = statement(&input);
    assert_eq!(csv_section(&document, "income").len(), lines + 1, "it has a line if there is any");
    let told = ["Income from securities lending", "Total"];
    assert_eq!(told.map(|line| amount_of(&document, "income", line)), ["7.25", "97.25"]);
}

/// Article 59(4)(c) to (j) of each order; (k) and (l), price and consideration, are in the list of transactions.
#[test]
fn point_h_has_the_details_of_every_executed_order_or_says_that_they_were_not_recorded() {
    let mut input = two_positions();
    let orders = |input: &StatementInput| -> Vec<Vec<String>> {
        let lines = csv_section(&statement(input), "orders").into_iter();
        lines.filter(|line| line[1] == "row").map(|line| line[2..].to_vec()).collect()
    };
    let unknown = "not recorded";
    let bought =
        ["2014-12-16", unknown, unknown, unknown, "Apple, Inc. (AAPL; ISIN not recorded)", "Buy", unknown, "10"];
    let lines = orders(&input);
    assert_eq!(lines.len(), 2, "one purchase and one sale: {lines:?}");
    assert_eq!(lines[0], bought);
    // Two tranches at 9:30 and 9:45 on the clock of New York.
    let purchase = input.transactions.iter().find(|row| row.kind == "BUY").expect("a purchase").clone();
    let mut tranches = [tranche(&purchase, 1, 2), tranche(&purchase, 2, 2)];
    tranches[1].executed_at = Some("2014-12-31T14:45:00Z".parse().expect("an instant"));
    tranches[1].nature = Some("exercise".to_owned());
    input.further.executions = [tranches.to_vec(), tranches.to_vec()].concat();
    let line = orders(&input)[0].clone();
    assert_eq!(line[1], "09:30:05 UTC-05:00 to 09:45:00 UTC-05:00");
    assert_eq!((line[2].as_str(), line[3].as_str()), ("limit order", "XNAS"));
    assert_eq!(line[6], unknown, "one of the tranches does not say");
    assert!(notes(&statement(&input), "definitions").contains("on the clock of the execution venue"));
    // What was taken back counts on no day, and who is told of each order needs no list.
    let reversal = transaction(99, "2014-12-30", "REVERSAL", "0");
    let reverses = Some(purchase.transaction_id.clone());
    input.transactions.push(schemas::tables::transactions::Transaction { reverses, ..reversal });
    assert_eq!(orders(&input).len(), 1);
    input.portfolio.confirmations = true;
    let document = statement(&input);
    assert!(document.sections.iter().all(|section| section.id != "orders"));
    assert!(!notes(&document, "definitions").contains("on the clock of the execution venue"));
}

#[test]
fn the_points_have_words_in_every_language() {
    for language in Language::ALL {
        let mut input = two_positions();
        input.portfolio.language = language;
        let document = statement(&input);
        for id in ["cash_over_period", "charges", "income", "orders"] {
            assert!(!csv_section(&document, id).is_empty(), "{id} in {language}");
        }
    }
}
