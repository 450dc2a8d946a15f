//! What the tax report shows, worked out by hand, and when there is none.

use reports::Error;
use reports::document::{Content, Document};
use reports::statements::StatementInput;
use reports::statements::tax_report::build;
use schemas::Currency;
use schemas::tables::nav_bridge::BridgeComponent;

use crate::inputs::{amount, bought_again, date, empty, reversed, step, taxed, transaction};
use crate::reading::csv_section;
use crate::statement::fields;

fn report(input: &StatementInput) -> Document {
    build(input).expect("a report")
}

/// The lines of a table without their heads, each from its first cell on, empty cells at the end left out.
fn rows(document: &Document, section: &str) -> Vec<Vec<String>> {
    let lines = csv_section(document, section).into_iter().filter(|line| ["row", "total"].contains(&line[1].as_str()));
    let trimmed = |line: Vec<String>| {
        let mut cells = line[2..].to_vec();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        cells
    };
    lines.map(trimmed).collect()
}

fn notes(document: &Document, id: &str) -> String {
    let section = document.sections.iter().find(|section| section.id == id).expect("the section is there");
    let Content::Notes(notes) = &section.content else { panic!("{id} has notes") };
    notes.join("\n")
}

#[test]
fn every_lot_of_a_disposal_is_a_line() {
    let document = report(&taxed());
    let sap =
        ["2014-12-18", "SAP SE", "12", "2014-06-30", "171", "607.41", "600.00", "EUR", "607.41", "600.00", "7.41"];
    let second =
        ["2014-12-18", "SAP SE", "8", "2014-10-01", "78", "404.94", "400.00", "EUR", "404.94", "400.00", "4.94"];
    let apple = [
        "2014-12-19",
        "Apple, Inc.",
        "10",
        "2014-07-01",
        "171",
        "1100.00",
        "1200.00",
        "USD",
        "897.60",
        "960.00",
        "-62.40",
    ];
    let total = ["Total", "", "", "", "", "", "", "", "1909.95", "1960.00", "-50.05"];
    assert_eq!(rows(&document, "disposals"), [sap, second, apple, total]);
    let by_method = fields(&document, "gains_by_method", "first in, first out");
    assert_eq!(by_method[3..8], ["", "12.35", "-62.40", "0.00", "-50.05"]);
}

#[test]
fn income_is_gross_with_its_country_and_what_was_taken_back_is_left_out() {
    let document = report(&taxed());
    let several = "unavailable: the instrument is in several countries";
    let expected: [&[&str]; 4] = [
        &["2014-11-13", "Dividend", "Apple, Inc.", "United States", "23.50", "3.53", "USD", "18.80", "2.82"],
        &["2014-12-02", "Interest", "", "no instrument", "4.00", "0.00", "EUR", "4.00", "0.00"],
        &["2014-12-05", "Dividend reinvested", "SAP SE", several, "100.00", "0.00", "EUR", "100.00", "0.00"],
        &["Total", "", "", "", "", "", "", "122.80", "2.82"],
    ];
    assert_eq!(rows(&document, "income"), expected);
    let of_country = fields(&document, "income_by_country", "United States");
    assert_eq!(of_country[3..6], ["Dividend", "18.80", "2.82"]);
    assert!(notes(&document, "definitions").contains("left out: 1"));
}

/// Interest of Saturday, 28 December 2013: counted in the year in which the books count it.
#[test]
fn what_is_booked_after_the_last_valuation_takes_effect_in_the_next_year() {
    let mut input = taxed();
    input.further.bookings_before = vec![transaction(90, "2013-12-28", "INTEREST", "7")];
    input.portfolio_values[0].business_date = date("2013-12-27");
    assert_eq!(rows(&report(&input), "income")[0][..2], ["2013-12-28", "Interest"]);
    input.portfolio_values[0].business_date = date("2013-12-30");
    assert_eq!(rows(&report(&input), "income")[0][0], "2014-11-13");
}

#[test]
fn taxes_and_capital_have_their_tables() {
    let document = report(&taxed());
    let apple = ["Apple, Inc.", "United States", "2.82", "1.50", "1.32"];
    assert_eq!(rows(&document, "withholding_tax")[0], apple);
    assert_eq!(rows(&document, "other_taxes")[0], ["2014-12-03", "Tax stamp duty", "SAP SE", "5.00", "EUR", "5.00"]);
    let capital = ["2014-12-04", "Return of capital", "SAP SE", "30.00", "EUR", "30.00"];
    assert_eq!(rows(&document, "return_of_capital")[0], capital);
    assert!(rows(&report(&empty()), "withholding_tax").is_empty());
}

#[test]
fn totals_are_those_of_the_books() {
    let document = report(&taxed());
    let compared = rows(&document, "compared_with_books");
    let of = |name: &str| compared.iter().find(|row| row[0] == name).expect("a line")[1..].to_vec();
    // Gold has 12.345 − 62.4; printed lot by lot it is 7.41 + 4.94 − 62.40.
    assert_eq!(of("Net realised gain"), ["-50.05", "-50.06", "0.01"]);
    assert_eq!(of("Dividends"), ["118.80", "118.80", "0.00"]);
    assert_eq!(of("Withholding tax less reclaims"), ["1.32", "1.32", "0.00"]);
    assert_eq!(of("Other taxes paid"), ["5.00", "5.00", "0.00"]);
    for (name, total) in [("Net realised gain", "-50.05"), ("Interest", "4.00"), ("Return of capital", "30.00")] {
        assert_eq!(fields(&document, "totals", name)[3], total, "{name}");
    }
    let mut more = taxed();
    more.nav_bridge.push(step(BridgeComponent::Dividends, Currency::EUR, Some("7"), Some("7")));
    let compared = rows(&report(&more), "compared_with_books");
    assert!(compared.contains(&["Dividends", "118.80", "125.80", "-7.00"].map(str::to_owned).to_vec()));
}

#[test]
fn short_and_long_term_are_told_where_the_law_of_the_method_tells_them_apart() {
    let mut input = taxed();
    input.portfolio.cost_basis = "us_fifo".to_owned();
    for lot in &mut input.further.lot_closings {
        lot.holding_term = Some(if lot.days_held == Some(78) { "short" } else { "long" }.to_owned());
    }
    let document = report(&input);
    assert_eq!(fields(&document, "totals", "Of it short-term")[3], "4.94");
    assert_eq!(fields(&document, "totals", "Of it long-term")[3], "-54.99");
    assert!(notes(&document, "definitions").contains("26 USC 1222"));
    assert!(!notes(&report(&taxed()), "definitions").contains("26 USC 1222"));
}

#[test]
fn what_a_rule_changed_is_named_with_its_law() {
    let mut input = bought_again();
    input.further.lot_closings = input.gain_changes.clone();
    let document = report(&input);
    let change = ["2014-12-29", "SAP SE", "2014-12-18", "bed and breakfast", "100", "t6", "150.00"];
    assert_eq!(rows(&document, "rule_changes")[0], change);
    assert!(notes(&document, "definitions").contains("TCGA 1992 s. 106A"));
    // A loss of 200, of which 150 came back.
    let net = fields(&document, "totals", "Net realised gain");
    assert_eq!(net[3], "-50.00");
}

#[test]
fn units_taken_out_realise_nothing() {
    let mut input = taxed();
    for gain in &mut input.realised_gains {
        if gain.currency == Currency::USD {
            gain.kind = "TRANSFER_OUT".to_owned();
        }
    }
    let document = report(&input);
    let left = ["2014-12-19", "Apple, Inc.", "10", "2014-07-01", "171", "1200.00", "USD", "960.00"];
    assert_eq!(rows(&document, "taken_out")[0], left);
    assert_eq!(fields(&document, "totals", "Net realised gain")[3], "12.35");
}

#[test]
fn what_is_not_known_is_a_dash_with_its_reason() {
    let mut input = taxed();
    input.further.lot_closings.clear();
    input.further.rates = std::sync::Arc::default();
    for row in &mut input.transactions {
        if row.kind == "DIVIDEND_REINVESTED" {
            (row.kind, row.price) = ("DIVIDEND_IN_KIND".to_owned(), None);
        }
    }
    let document = report(&input);
    let unrecorded = "unavailable: no lot was closed, or the lots were not recorded when this was booked";
    assert_eq!(rows(&document, "disposals")[0][3], unrecorded);
    let income = rows(&document, "income");
    assert!(income[0][7].starts_with("unavailable: there is no rate from USD to EUR"));
    assert!(income[2][4].starts_with("unavailable: the booking names no price"));
    assert_eq!(fields(&document, "totals", "Dividends")[3], "unavailable: a part of the sum is unavailable");
}

/// A disposal whose gain is not known may be a gain or a loss: neither sum is shown without it.
#[test]
fn an_unknown_gain_is_in_no_sum() {
    let mut input = taxed();
    for gain in input.realised_gains.iter_mut().filter(|row| row.currency == Currency::USD) {
        gain.gain_base = None;
    }
    for lot in input.further.lot_closings.iter_mut().filter(|row| row.currency == Currency::USD) {
        (lot.gain_base, lot.proceeds_base) = (None, None);
    }
    let by_method = fields(&report(&input), "gains_by_method", "first in, first out");
    let reason = "unavailable: it is not known in EUR: a rate is missing, or it was not recorded when this was booked";
    assert_eq!(by_method[5], reason, "there is no other loss");
    for (place, column) in [(4, "gains"), (7, "net")] {
        assert_eq!(by_method[place], "unavailable: a part of the sum is unavailable", "{column}");
    }
}

#[test]
fn countries_that_are_not_known_have_their_reason() {
    let mut input = taxed();
    input.further.countries = std::sync::Arc::default();
    let found = rows(&report(&input), "income_by_country");
    let unknown = "unavailable: the market names no country of the instrument";
    assert!(found.iter().any(|row| row[0] == unknown), "{found:?}");
    assert!(found.iter().all(|row| row[0] != "–"), "{found:?}");
}

#[test]
fn lots_that_are_not_the_gain_stop_the_report() {
    let mut input = taxed();
    input.further.lot_closings[0].gain_base = Some(amount("-62.41"));
    let error = build(&input).expect_err("the lots are not the gain");
    assert!(matches!(&error, Error::LotsDoNotFoot { transaction_id, .. } if transaction_id == "t20"), "{error}");
    let mut foreign = taxed();
    foreign.further.lot_closings[0].portfolio_id = "D04".parse().expect("an id");
    assert!(matches!(build(&foreign), Err(Error::ForeignRow { table: "gold.lot_closings", .. })));
    let mut earlier = taxed();
    earlier.further.lot_closings[0].business_date = date("2013-12-31");
    assert!(matches!(build(&earlier), Err(Error::ForeignDate { table: "gold.lot_closings", .. })));
}

#[test]
fn the_report_says_what_it_is_and_does_not_depend_on_the_order_of_rows() {
    let document = report(&taxed());
    let first = notes(&document, "read_first");
    assert!(first.contains("no tax advice") && first.contains("follow from what was booked"));
    assert!(first.contains("2014-01-01 to 2014-12-31") && first.contains("first in, first out"));
    assert_eq!(document.sections[0].id, "read_first");
    let mut other = reversed(&taxed());
    other.further.lot_closings.reverse();
    assert_eq!(report(&other), document);
}
