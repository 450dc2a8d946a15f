//! What the report on the firm shows: every required item, worked out by hand, an empty firm and what is in no sum.

use std::collections::BTreeMap;

use reports::document::Document;
use reports::management::{
    CurrencyBook, FindingCount, KindPublications, Lights, ManagementInput, OutsideBook, PortfolioCounts,
    PortfolioReturn, PortfolioRisk, Publications, WithoutValue,
};
use reports::overviews::management_report::build;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{Currency, Language, PortfolioId, Severity};

use crate::agreement::differences;
use crate::inputs::{amount, date};
use crate::reading::{csv, csv_section, json};

fn id(text: &str) -> PortfolioId {
    text.parse().expect("an id")
}

fn dollar() -> Currency {
    "USD".parse().expect("a currency")
}

/// A firm without portfolios.
fn empty() -> ManagementInput {
    let without = |on| WithoutValue { business_date: date(on), count: 0, first: Vec::new() };
    ManagementInput {
        business_date: date("2024-01-31"),
        period_start: date("2023-12-31"),
        run_id: "statements-2024-01-31-1".parse().expect("an id"),
        inputs_fingerprint: "5f1c".to_owned(),
        program_version: "0.1.0".to_owned(),
        synthetic: false,
        firm: None,
        language: Language::English,
        currency: Currency::EUR,
        counts: PortfolioCounts::default(),
        books: Vec::new(),
        outside: Vec::new(),
        without_value: [without("2023-12-31"), without("2024-01-31")],
        unknown_steps: 0,
        returns: Vec::new(),
        without_return: 0,
        lights: Lights::default(),
        risks: Vec::new(),
        risks_known: 0,
        findings: Vec::new(),
        publications: None,
    }
}

/// Two currencies: 10,100 EUR of which 100 went for management and 1,000 came from prices; and 11,000 USD, which were
/// 10,000 EUR at 1.10 and gained 1,100 USD up to a rate of 1.25.
fn firm() -> ManagementInput {
    let held = |of: &str, class: &str| BTreeMap::from([(class.to_owned(), amount(of))]);
    let book = |base_currency, start: &str, end: &str, end_base: &str, translation: &str, steps: &[(_, &str)]| {
        let steps = steps.iter().map(|(component, of)| (*component, amount(of)));
        CurrencyBook {
            base_currency,
            portfolios_at_start: 1,
            portfolios_at_end: 1,
            start: amount(start),
            end: amount(end),
            end_base: amount(end_base),
            translation: amount(translation),
            left: amount("0"),
            steps: steps.collect::<BTreeMap<_, _>>(),
            classes: held(end, if base_currency == Currency::EUR { "cash" } else { "equity" }),
        }
    };
    let (gain, fee) = (BridgeComponent::UnrealisedPriceGain, BridgeComponent::FeeManagement);
    let returned = |(name, return_fraction): (&str, f64)| PortfolioReturn { portfolio_id: id(name), return_fraction };
    let found = |check: &str, severity, count| FindingCount { check_name: check.to_owned(), severity, count };
    ManagementInput {
        counts: PortfolioCounts { at_start: 2, opened: 1, closed: 1, at_end: 2 },
        books: vec![
            book(Currency::EUR, "10100", "11000", "11000", "0", &[(gain, "1000"), (fee, "-100")]),
            book(dollar(), "10000", "9680", "12100", "-1200", &[(gain, "880")]),
        ],
        returns: [("D04", 0.04), ("D01", -0.01), ("D03", 0.03), ("D02", 0.02)].map(returned).to_vec(),
        without_return: 1,
        lights: Lights { green: 3, yellow: 1, red: 0, none: 1 },
        risks: vec![PortfolioRisk { portfolio_id: id("D04"), value_at_risk_fraction: 0.0523 }],
        risks_known: 1,
        findings: vec![found("carried_prices", Severity::Warn, 7), found("missing_prices", Severity::Block, 2)],
        publications: Some(publications()),
        ..empty()
    }
}

/// Four statements of two portfolios, one of them corrected, and a tax report that is kept back.
fn publications() -> Publications {
    let none = KindPublications::default();
    Publications {
        counted_at: "2024-02-01T04:05:06Z".parse().expect("an instant"),
        kinds: vec![
            KindPublications {
                kind: "portfolio_statement".to_owned(),
                published: 3,
                restated: 1,
                delivered: 2,
                waiting: 1,
                returned: 1,
                ..none.clone()
            },
            KindPublications { kind: "tax_report".to_owned(), published: 1, blocked: 1, given_up: 1, ..none.clone() },
            KindPublications { kind: "of_another_time".to_owned(), published: 1, not_wanted: 1, ..none },
        ],
    }
}

fn report(input: &ManagementInput) -> Document {
    build(input).expect("a report")
}

fn text(document: &Document) -> String {
    csv(document).into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The rows of a table by their first cell, without the name of the section and the kind of the line.
fn rows(document: &Document, section: &str) -> Vec<Vec<String>> {
    csv_section(document, section).into_iter().skip(1).map(|mut line| line.split_off(2)).collect()
}

/// The cells of the row that begins with these words.
fn row(document: &Document, section: &str, first: &str) -> Vec<String> {
    let found = rows(document, section).into_iter().find(|row| row.first().is_some_and(|cell| cell == first));
    found.unwrap_or_else(|| panic!("no {first} in {:?}", rows(document, section))).split_off(1)
}

#[test]
fn assets_and_what_changed_them_add_up_in_the_currency_of_the_firm() {
    let document = report(&firm());
    assert_eq!(row(&document, "assets", "EUR").get(1).map(String::as_str), Some("10100.00"));
    let dollars = row(&document, "assets", "USD").join(" ");
    assert!(dollars.contains("10000.00") && dollars.contains("9680.00") && dollars.contains("12100.00"), "{dollars}");
    let total = row(&document, "assets", "Total").join(" ");
    assert!(total.contains("20100.00") && total.contains("20680.00"), "{total}");
    // 20,100 − 100 + 1,000 + 880 − 1,200 = 20,680, and nothing is left to explain.
    let steps = rows(&document, "change_in_value");
    let amounts: Vec<&str> = steps.iter().filter_map(|row| row.get(1)).map(String::as_str).collect();
    assert_eq!(amounts, ["20100.00", "1880.00", "-100.00", "-1200.00", "20680.00"]);
    assert_eq!(row(&document, "fees", "Total").first().map(String::as_str), Some("100.00"));
}

#[test]
fn asset_classes_add_up_to_the_assets_and_what_is_of_none_is_a_line() {
    let mut input = firm();
    let document = report(&input);
    let amounts = |document: &Document| {
        let rows = rows(document, "asset_classes").into_iter();
        rows.filter_map(|row| row.get(1).cloned()).collect::<Vec<_>>()
    };
    assert_eq!(amounts(&document), ["11000.00", "9680.00", "20680.00"]);
    input.books[1].classes.clear();
    assert_eq!(amounts(&report(&input)), ["11000.00", "9680.00", "20680.00"]);
    assert!(text(&report(&input)).contains("portfolios not valued on the last day"));
}

#[test]
fn what_no_step_explains_is_a_line_and_never_hidden() {
    let mut input = firm();
    input.books[0].end = amount("11003.005");
    let document = report(&input);
    let line = row(&document, "change_in_value", "Rounding, and what no step explains");
    // What is printed counts: 11,003.00 or 11,003.01, not 11,003.005.
    let printed = row(&document, "assets", "Total").join(" ");
    let end = if printed.contains("20683.01") { "3.01" } else { "3.00" };
    assert_eq!(line.first().map(String::as_str), Some(end), "{printed}");
}

#[test]
fn returns_are_distributed_as_they_are() {
    let document = report(&firm());
    let value = |name: &str| row(&document, "returns", name).join(" ").trim().to_owned();
    // Of −1, 2, 3 and 4 %: quartiles at −1 + 0.75 · 3 = 1.25 %, 2.5 % and 3 + 0.25 · 1 = 3.25 %; one of four is below.
    assert!(value("Lower quartile").contains("0.0125"), "{}", value("Lower quartile"));
    assert!(value("Median").contains("0.0250") && value("Upper quartile").contains("0.0325"));
    assert!(value("Best").starts_with("D04 0.0400") && value("Worst").starts_with("D01 -0.0100"));
    assert!(value("Part below zero").contains("0.2500"));
    assert!(value("Portfolios with a return").contains('4') && value("Portfolios without a return").contains('1'));
}

#[test]
fn every_required_item_is_there() {
    let document = report(&firm());
    let text = text(&document);
    for required in [
        "Portfolios at the start",
        "New portfolios",
        "Closed portfolios",
        "base currency of most portfolios",
        "Every portfolio is in every sum.",
        "Assets at the end",
        "Green",
        "D04",
        "0.0523",
        "carried_prices",
        "missing_prices",
        "Blocking",
        "Data grade B",
        "statements-2024-01-31-1",
        "time-weighted",
    ] {
        assert!(text.contains(required), "{required} in {text}");
    }
    let lights = row(&document, "backtests", "Total");
    assert_eq!(lights.first().map(String::as_str), Some("5"));
    assert_eq!(row(&document, "findings", "Total").join("").trim(), "9");
    let json = json(&document);
    assert_eq!((&json["firm"], json.get("portfolio_id")), (&"firm".into(), None));
}

#[test]
fn documents_and_messages_are_counted_by_kind_and_say_when() {
    let document = report(&firm());
    assert_eq!(row(&document, "documents", "Portfolio statement"), ["3", "1", "0"]);
    assert_eq!(row(&document, "documents", "Total"), ["5", "1", "1"]);
    assert_eq!(row(&document, "messages", "Portfolio statement"), ["2", "1", "0", "1", "0"]);
    assert_eq!(row(&document, "messages", "Total"), ["2", "1", "1", "1", "1"]);
    // A kind that this version of the program does not make keeps its id.
    assert_eq!(row(&document, "messages", "of_another_time"), ["0", "0", "0", "0", "1"]);
    assert!(text(&document).contains("as they stood on 2024-02-01 at 04:05 UTC"), "{}", text(&document));

    let mut nothing = firm();
    nothing.publications = Some(Publications { kinds: Vec::new(), ..publications() });
    assert!(text(&report(&nothing)).contains("no document about the period was published"));
    nothing.publications = None;
    let text = text(&report(&nothing));
    assert!(!text.contains("Documents about the period") && !text.contains("04:05 UTC"), "nobody counted: {text}");
}

#[test]
fn what_has_no_rate_or_no_value_is_said_and_is_in_no_sum() {
    let outside = OutsideBook {
        base_currency: "GBP".parse().expect("a currency"),
        dates: vec![date("2024-01-31")],
        portfolios: 3,
        start_base: amount("900"),
        end_base: amount("1000"),
    };
    let first = (1..=10).map(|number| id(&format!("N{number:02}"))).collect();
    let without = WithoutValue { business_date: date("2024-01-31"), count: 12, first };
    let mut input = ManagementInput { outside: vec![outside], unknown_steps: 4, ..firm() };
    input.without_value[1] = without;
    let document = report(&input);
    let text = text(&document);
    assert!(text.contains("3 portfolios in GBP, worth ") && text.contains("are in no sum"), "{text}");
    assert!(text.contains("12 portfolios have no value") && text.contains("N10 and 2 others"), "{text}");
    assert!(text.contains("4 steps of the change in value are not known"), "{text}");
    assert!(row(&document, "assets", "Total").join(" ").contains("20680.00"));
}

#[test]
fn a_firm_without_portfolios_has_a_report_that_says_so() {
    let document = report(&empty());
    let text = text(&document);
    assert!(
        text.contains("The firm has no portfolio with a value.") && text.contains("No fees were charged"),
        "{text}"
    );
    assert!(text.contains("The checks found nothing.") && text.contains("Data grade A"), "{text}");
    let returns = rows(&document, "returns");
    assert_eq!(returns.len(), 2, "no best and no worst: {returns:?}");
}

#[test]
fn lists_say_how_many_others_there_are() {
    let mut input = firm();
    let found = |number| FindingCount { check_name: format!("check_{number:03}"), severity: Severity::Info, count: 2 };
    input.findings = (0..60).map(found).collect();
    input.risks_known = 12;
    let document = report(&input);
    // Fifty checks, one line for the ten others with twenty findings, and the sum.
    assert_eq!(rows(&document, "findings").len(), 52);
    assert!(row(&document, "findings", "Other checks").join(" ").contains("20"));
    assert!(text(&document).contains("and 11 other portfolios"));
}

#[test]
fn the_report_on_the_firm_is_the_same_in_every_format_and_language() {
    for language in Language::ALL {
        for mut input in [firm(), empty()] {
            input.language = language;
            let document = report(&input);
            assert_eq!(differences(&document), Vec::<String>::new(), "{language}");
            if language == Language::French {
                assert_eq!(document.subtitle, "Rapport de direction");
            }
        }
    }
}
