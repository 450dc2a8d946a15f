//! The lines of what issuers announced: with them, cash and units of a statement foot.

use std::collections::BTreeSet;

use reports::statements::portfolio_statement::build;
use reports::{Document, Error, Format};
use rust_decimal::Decimal;
use schemas::Currency;
use serde_json::Value;

use crate::inputs::{announced, date, payment, reversed, two_positions};
use crate::reading::{csv_section, file, json, pdf_pages};
use crate::statement::{fields, statement};

/// The lines of a table without its heading and its name.
fn lines(document: &Document, section: &str) -> Vec<Vec<String>> {
    let rows = csv_section(document, section).into_iter().filter(|fields| fields[1] == "row");
    rows.map(|fields| fields[2..].to_vec()).collect()
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|error| panic!("`{text}` is no number: {error}"))
}

/// The sum of what a column of a table says; an empty cell says nothing.
fn sum(rows: &[Vec<String>], column: usize) -> Decimal {
    rows.iter().filter_map(|row| row.get(column)).filter(|text| !text.is_empty()).map(|text| number(text)).sum()
}

#[test]
fn every_announcement_has_its_lines() {
    let document = statement(&announced());
    let expected = [
        ["2014-12-10", "2014-12-12", "Split", "Splitting SE", "55", "82", "27", "10.00", "EUR"].as_slice(),
        &["2014-12-16", "2014-12-16", "Merger", "Merging AG", "40", "0", "-40", "3800.00", "EUR"],
        &["2014-12-17", "2014-12-17", "Spin-off", "Splitting SE", "82", "82", "0"],
        &["2014-12-17", "2014-12-17", "Spin-off", "Spun Off AG", "0", "20.5", "20.5"],
    ];
    assert_eq!(lines(&document, "corporate_actions"), expected);
    let ids: Vec<&str> = document.sections.iter().map(|section| section.id).collect();
    let place = ids.iter().position(|id| *id == "corporate_actions").expect("the section is there");
    assert_eq!(ids.get(place - 1), Some(&"transactions"), "{ids:?}");
    assert_eq!(statement(&reversed(&announced())), document);
}

#[test]
fn cash_and_units_at_start_and_all_lines_are_those_at_end() {
    let document = statement(&announced());
    let (booked, actions) = (lines(&document, "transactions"), lines(&document, "corporate_actions"));
    let (transactions, announcements) = (sum(&booked, 7), sum(&actions, 7));
    assert_eq!((transactions, announcements), (number("-27.90"), number("3810.00")));
    let at_end = number(&fields(&document, "cash", "EUR")[3]);
    assert_eq!(number("1000.00") + transactions + announcements, at_end);
    for (name, at_start, bought) in [("Splitting SE", 55, 5), ("Merging AG", 40, 0), ("Spun Off AG", 0, 0)] {
        let of_it: Vec<Vec<String>> = actions.iter().filter(|row| row[3] == name).cloned().collect();
        let held = lines(&document, "positions").into_iter().find(|row| row[0] == name);
        let held = held.map_or(Decimal::ZERO, |row| number(&row[2]));
        assert_eq!(Decimal::from(at_start + bought) + sum(&of_it, 6), held, "{name}");
    }
}

#[test]
fn all_formats_have_the_lines_on_every_page() {
    let mut input = announced();
    let instrument = input.action_payments[0].instrument_id.clone();
    for number in 0_u32..150 {
        let kind = format!("KIND_{number:03}");
        input.action_payments.push(payment(&instrument, "2014-12-29", &kind, "1234.5", ["1000", "2000.25"]));
    }
    let document = statement(&input);
    let sections = json(&document)["sections"].as_array().expect("sections").clone();
    let section = sections.iter().find(|section| section["id"] == "corporate_actions").expect("it is there");
    let rows = section["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), lines(&document, "corporate_actions").len());
    let pages = pdf_pages(&file(&document, Format::Pdf));
    let printed: BTreeSet<&str> = pages.iter().flatten().map(String::as_str).collect();
    let cells: Vec<&Value> = rows.iter().filter_map(Value::as_array).flatten().collect();
    let figures: BTreeSet<&str> = cells.iter().filter_map(|cell| cell["printed"].as_str()).collect();
    assert!(figures.contains("1,234.50") && figures.contains("2,000.25"), "{figures:?}");
    assert!(figures.is_subset(&printed), "{:?}", figures.difference(&printed));
    let with = |is_it: fn(&str) -> bool| -> BTreeSet<usize> {
        let found = pages.iter().enumerate().filter(|(_, page)| page.iter().any(|text| is_it(text)));
        found.map(|(number, _)| number).collect()
    };
    let (headed, filled) = (with(|text| text == "Ex-date"), with(|text| text.starts_with("Kind 1")));
    assert!(1 < filled.len() && filled.is_subset(&headed), "{filled:?} of {headed:?}");
}

#[test]
fn without_an_announcement_there_is_no_section() {
    let document = statement(&two_positions());
    assert!(document.sections.iter().all(|section| section.id != "corporate_actions"));
    let text = String::from_utf8(file(&document, Format::Csv)).expect("UTF-8");
    assert!(!text.contains("Corporate actions in the period"), "{text}");
}

#[test]
fn what_was_not_recorded_is_no_zero() {
    let mut input = announced();
    let merger = &mut input.action_payments[1];
    (merger.pay_date, merger.quantity_before, merger.quantity_after) = (None, None, None);
    let rows = lines(&statement(&input), "corporate_actions");
    let row = rows.iter().find(|row| row[2] == "Merger").expect("the line is there");
    let unknown = "unavailable: the units were not recorded when this was booked";
    assert_eq!(row[1], "unavailable: the day of payment was not recorded when this was booked");
    assert_eq!((&row[4..7], row[7].as_str()), (&[unknown; 3].map(str::to_owned)[..], "3800.00"));
}

#[test]
fn what_is_paid_after_the_period_is_owed() {
    let said_of = |input: &_| {
        let document = statement(input);
        let events: Vec<String> = lines(&document, "corporate_actions").into_iter().map(|row| row[2].clone()).collect();
        (
            events,
            String::from_utf8(file(&document, Format::Csv)).expect("UTF-8").contains("Owed: it is in the balances"),
        )
    };
    let mut input = announced();
    let paid = ["Split", "Merger", "Spin-off", "Spin-off"].map(str::to_owned).to_vec();
    // A payment on the last day of the period is made.
    input.action_payments[1].pay_date = Some(date("2014-12-31"));
    assert_eq!(said_of(&input), (paid.clone(), false));
    input.action_payments[1].pay_date = Some(date("2015-01-05"));
    let owed = paid.iter().map(|event| if event == "Merger" { "Merger, owed".to_owned() } else { event.clone() });
    assert_eq!(said_of(&input), (owed.collect(), true));
    let merger = lines(&statement(&input), "corporate_actions").swap_remove(1);
    assert_eq!((merger[1].as_str(), merger[7].as_str()), ("2015-01-05", "3800.00"), "it is in the balance");
}

#[test]
fn cash_of_two_currencies_does_not_repeat_the_units() {
    let mut input = announced();
    let mut dollars = input.action_payments[1].clone();
    dollars.currency = Currency::USD;
    input.action_payments.push(dollars);
    let rows = lines(&statement(&input), "corporate_actions");
    let merged: Vec<&Vec<String>> = rows.iter().filter(|row| row[2] == "Merger").collect();
    assert_eq!(merged.len(), 2);
    assert_eq!((merged[0][6].as_str(), merged[0][8].as_str()), ("-40", "EUR"));
    assert_eq!((merged[1][6].as_str(), merged[1][7].as_str(), merged[1][8].as_str()), ("", "3800.00", "USD"));
}

#[test]
fn announcements_of_others_and_of_other_times_are_refused() {
    let mut input = announced();
    input.action_payments[0].portfolio_id = "D04".parse().expect("an id");
    assert!(matches!(build(&input), Err(Error::ForeignRow { table: "gold.action_payments", .. })));
    let mut input = announced();
    input.action_payments[0].business_date = date("2014-11-30");
    assert!(matches!(build(&input), Err(Error::ForeignDate { table: "gold.action_payments", .. })));
}
