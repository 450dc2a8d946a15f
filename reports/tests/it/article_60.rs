//! The portfolio statement has what Article 60(2) of Delegated Regulation (EU) 2017/565 asks for, by its points.

use reports::document::{Content, Document};
use reports::statements::StatementInput;
use reports::statements::portfolio_statement::build;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{Currency, Language};

use crate::inputs::{date, empty, step, two_positions};
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
}

#[test]
fn the_points_have_words_in_every_language() {
    for language in Language::ALL {
        let mut input = two_positions();
        input.portfolio.language = language;
        let document = statement(&input);
        for id in ["cash_over_period", "charges", "income"] {
            assert!(!csv_section(&document, id).is_empty(), "{id} in {language}");
        }
    }
}
