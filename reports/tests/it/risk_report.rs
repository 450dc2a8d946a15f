//! What the report on risk shows: the figures of the night, parts that add up, and what is missing with its reason.

use reports::document::{Content, Document};
use reports::statements::StatementInput;
use reports::statements::risk_report::build;
use reports::{Error, Format};
use schemas::Severity;

use crate::inputs::{at_risk, empty, reversed};
use crate::reading::{csv_section, file};
use crate::statement::fields;

fn report(input: &StatementInput) -> Document {
    build(input).expect("a report")
}

fn notes(document: &Document, section: &str) -> String {
    let found = document.sections.iter().find(|found| found.id == section).expect("the section is there");
    let Content::Notes(notes) = &found.content else { panic!("they are notes") };
    notes.join("\n")
}

fn rows(document: &Document, section: &str) -> Vec<Vec<String>> {
    let lines = csv_section(document, section).into_iter();
    lines.filter(|line| line[1] != "header" && line[1] != "note").map(|line| line[2..].to_vec()).collect()
}

#[test]
fn losses_name_their_confidence_their_horizon_and_their_method() {
    let document = report(&at_risk());
    let found = rows(&document, "value_at_risk");
    // Of a value of 11,614.55: 290 is 2.4969 %, 360.5 is 3.1039 %.
    let strict = ["99%", "Historical simulation", "1", "290.00", "0.0250", "360.50", "0.0310", "500", "0.0000"];
    assert_eq!(found[2], strict);
    assert_eq!(found.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["95%", "97.5%", "99%"]);
    assert_eq!(fields(&document, "key_figures", "Value at risk, 99%, 1 day")[3], "290.00");
    assert_eq!(fields(&document, "key_figures", "Worst scenario of stress")[3], "-2000.50");
}

#[test]
fn the_method_in_force_is_named_and_why_another_is_not() {
    let document = report(&at_risk());
    let said = notes(&document, "risk_methods");
    assert!(said.contains("the method in force is historical simulation scaled by volatility"), "{said}");
    assert!(said.contains("Demoted: historical simulation"), "{said}");
    let found = rows(&document, "forecasts");
    let names: Vec<&str> = found.iter().map(|row| row[0].as_str()).collect();
    let expected = [
        "Historical simulation",
        "Historical simulation scaled by volatility",
        "Normal, corrected by Cornish and Fisher",
    ];
    assert_eq!(names, expected, "in the order in which methods count");
    assert_eq!(found[1][3..], ["0.0200", "0.0300", "0.0250", "0.0350"]);
    assert_eq!(found[1][1], "unavailable: there is no forecast for the day");
    assert_eq!(found[2][5], "unavailable: not enough daily returns in two years: 100 of 250");
}

#[test]
fn backtests_have_their_tests_their_zone_and_their_multiplier() {
    let found = rows(&report(&at_risk()), "backtests");
    let names = |row: &[String]| format!("{} by {}", row[1], row[2]);
    assert_eq!(names(&found[0]), "Historical simulation by returns of the portfolio");
    assert_eq!(found[0][5], "unavailable: no day follows one that exceeded the value at risk");
    let in_force = &found[1];
    assert_eq!(names(in_force), "Historical simulation scaled by volatility by returns of the portfolio");
    assert_eq!(in_force[3..], ["250", "5", "0.04", "0.50", "0.12", "yellow", "1.70", "yes"]);
    assert_eq!(found[2][2], "positions not traded");
    assert!(found[2][9].contains("250 days and a confidence of 99%"), "{:?}", found[2]);
    assert_eq!(found[3].get(10), None, "normal is not in force: {:?}", found[3]);
}

#[test]
fn days_that_lost_more_stand_beside_what_was_forecast_the_date_before() {
    let document = report(&at_risk());
    assert_eq!(rows(&document, "exceeded_days"), [["2014-11-28", "-0.0500", "0.0400"]]);
    let graph = rows(&document, "forecast_and_return");
    let points = |name: &str| {
        let own = graph.iter().filter(|row| row[0] == name);
        own.map(|row| (row[1].as_str(), row[2].as_str())).collect::<Vec<(&str, &str)>>()
    };
    let forecast = [("2014-11-28", "-0.0400"), ("2014-12-15", "-0.0300"), ("2014-12-31", "-0.0200")];
    assert_eq!(points("Value at risk forecast"), forecast);
    assert_eq!(points("Exceeded")[0], ("2014-11-28", "-0.0500"));
    assert!(points("Exceeded")[1].1.starts_with("unavailable: "), "the mark ends before the next day");

    let mut calm = at_risk();
    calm.further.all_backtests[0].exceeded_dates.clear();
    assert!(notes(&report(&calm), "exceeded_days").starts_with("No day lost more than the value at risk of 99%"));
}

#[test]
fn parts_by_anything_add_up_to_the_expected_shortfall() {
    let document = report(&at_risk());
    let of = |section: &str| rows(&document, section);
    let positions = of("contributions");
    assert_eq!(positions[0], ["Apple, Inc.", "200.00", "0.6667"]);
    assert_eq!(positions[2], ["Cash USD", "-20.00", "-0.0667"]);
    let told = |section: &str, name: &str| fields(&document, section, name)[3].clone();
    assert_eq!(told("contributions_by_asset_class", "Equities"), "320.00");
    assert_eq!(told("contributions_by_asset_class", "Cash"), "-20.00");
    // Half of SAP is technology; the other half, and all of Apple, nobody has classified.
    assert_eq!(told("contributions_by_sector", "Technology"), "60.00");
    assert_eq!(told("contributions_by_sector", "Unclassified"), "260.00");
    assert_eq!(told("contributions_by_currency", "EUR"), "120.00");
    assert_eq!(told("contributions_by_currency", "USD"), "180.00");
    for section in
        ["contributions", "contributions_by_asset_class", "contributions_by_sector", "contributions_by_currency"]
    {
        assert_eq!(of(section).last().map(|row| row[1].as_str()), Some("300.00"), "{section}");
    }
    assert!(of("contributions_by_country").is_empty(), "nobody has classified anything by country");
    assert!(of("left_out").is_empty() && of("on_proxies").is_empty());

    let mut partly = at_risk();
    partly.further.risk_contributions[3].es_975_contribution = None;
    partly.further.risk_contributions[3].unavailable_reason = Some("too few closes".to_owned());
    let document = report(&partly);
    assert_eq!(rows(&document, "left_out"), [["Cash EUR", "too few closes"]]);
    assert_eq!(rows(&document, "contributions").last().map(|row| row[1].clone()), Some("300.00".to_owned()));
}

/// A market that calls a group of its own `Cash` does not take the place of the cash on the accounts, nor the other way
/// round: both are one line, and the table adds up.
#[test]
fn groups_of_one_name_are_one_line() {
    let mut input = at_risk();
    input.further.classifications[0].node = "Cash".to_owned();
    let document = report(&input);
    let of_class = rows(&document, "contributions_by_asset_class");
    assert_eq!(of_class.last().map(|row| row[1].as_str()), Some("300.00"), "{of_class:?}");
    // SAP's 120 and the 20 that cash in dollars takes off.
    assert_eq!(fields(&document, "contributions_by_asset_class", "Cash")[3], "100.00");
}

#[test]
fn holdings_in_few_hands_are_told_by_every_way_of_grouping() {
    let document = report(&at_risk());
    let found = rows(&document, "concentration");
    // One over 0.68 is 1.47.
    assert_eq!(found[0], ["Position", "2", "1.47", "Apple, Inc.", "0.8000", "1.0000", "1.0000"]);
    assert_eq!(found[1], ["Sector", "2", "1.47", "Unclassified", "0.8000", "1.0000", "1.0000", "0.8000"]);
    assert_eq!(found[2][..4], ["Currency", "2", "1.47", "USD"]);
    let mut unvalued = at_risk();
    let row = &mut unvalued.further.concentration[2];
    (row.group_count, row.effective_number, row.largest_group) = (None, None, None);
    row.unavailable_reason = Some("D03~X has no value; see the exceptions of the date".to_owned());
    let found = rows(&report(&unvalued), "concentration");
    assert_eq!(found[0][1], "unavailable: D03~X has no value; see the exceptions of the date");
}

#[test]
fn days_to_sell_are_told_as_far_as_they_are_known() {
    let document = report(&at_risk());
    let told = |figure: &str| fields(&document, "liquidity", figure)[3].clone();
    assert_eq!(told("Part of an average day’s volume that is sold"), "0.2000");
    assert_eq!((told("Sold within 1 day"), told("Sold within 20 days")), ("0.7500".to_owned(), "0.8000".to_owned()));
    assert_eq!(told("Part of which it is not known"), "0.2000");
    let days = told("Trading days until everything is sold");
    assert_eq!(days, "unavailable: D03~SAP.DE: no volume is known on the last 20 valuation dates");
    let mut french = at_risk();
    french.portfolio.language = schemas::Language::French;
    let days = fields(&report(&french), "liquidity", "Jours de bourse pour tout céder")[3].clone();
    assert!(days.ends_with("aucun volume n’est connu aux 20 dernières dates de valorisation"), "{days}");
}

#[test]
fn factors_and_what_they_leave_add_up_to_the_variance() {
    let document = report(&at_risk());
    let sets = rows(&document, "factor_sets");
    assert_eq!(sets[0], ["ff3", "2013-10-31", "2014-10-31", "250", "0.7500"]);
    assert_eq!(sets[1][1], "unavailable: not enough returns: 40 of 60");
    // 0.00032 and -0.00002 of 0.0004 are 80 and -5 percent; 25 percent are left.
    let found = rows(&document, "factor_exposures");
    assert_eq!(found[0], ["ff3", "mkt_rf", "0.90", "0.05", "18.00", "0.03", "0.8000"]);
    assert_eq!(found[1], ["ff3", "smb", "-0.50", "0.05", "-10.00", "0.03", "-0.0500"]);
    assert_eq!((found[2][1].as_str(), found[2][6].as_str()), ("What no factor explains", "0.2500"));
    assert_eq!((found[3][0].as_str(), found[3][6].as_str()), ("Total", "1.0000"));
    let mut foreign = at_risk();
    foreign.further.factor_exposures[0].portfolio_id = "D04".parse().expect("an id");
    assert!(matches!(build(&foreign), Err(Error::ForeignRow { table: "gold.factor_exposures", .. })));
}

#[test]
fn what_stands_on_proxies_is_said_with_its_part_and_until_when() {
    let mut input = at_risk();
    for row in &mut input.further.risk {
        (row.proxied_count, row.proxied_fraction) = (Some(1), Some(0.25));
    }
    let part = &mut input.further.risk_contributions[0];
    part.proxy_instrument_id = Some("world~INDEX".parse().expect("an id"));
    (part.proxied_scenario_count, part.proxied_through_date) = (Some(40), Some(crate::inputs::date("2014-03-04")));
    let document = report(&input);
    let found = rows(&document, "on_proxies");
    assert_eq!(found.len(), 1);
    assert!(rows(&document, "contributions").iter().any(|row| row[0] == found[0][0]), "{found:?}");
    assert_eq!(found[0][1..], ["INDEX", "40", "2014-03-04"]);
    assert_eq!(rows(&document, "value_at_risk")[0].last().map(String::as_str), Some("0.2500"));
    let before = rows(&report(&at_risk()), "value_at_risk");
    assert_eq!(before[0].len() + 1, rows(&document, "value_at_risk")[0].len());
}

#[test]
fn scenarios_stand_with_the_worst_first() {
    let found = rows(&report(&at_risk()), "stress");
    let names: Vec<&str> = found.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, ["Shares fall by 20%", "Oil doubles", "Again as in February and March 2020"]);
    assert_eq!(found[0][1..], ["1", "-2000.50", "-0.2001", "0.1000", "0.0000"]);
    assert_eq!(found[2][2], "unavailable: there is no position");
}

#[test]
fn classes_have_the_figures_that_they_rest_on() {
    let document = report(&at_risk());
    let found = rows(&document, "risk_classes");
    assert_eq!(found[0][..5], ["SRRI (UCITS)", "5", "0.1234", "5", "260"]);
    assert_eq!((found[1][1].as_str(), found[1][5].as_str()), ("unavailable: not enough returns: 100 of 504", "5.00"));
    assert_eq!(fields(&document, "key_figures", "SRRI (UCITS)")[3], "5");
}

#[test]
fn a_portfolio_of_which_nothing_is_known_has_a_report_that_says_so() {
    let document = report(&empty());
    assert!(notes(&document, "contributions").starts_with("Not available: it was not computed"));
    assert!(notes(&document, "factor_sets").starts_with("No factors were set beside"));
    for section in ["value_at_risk", "forecasts", "concentration", "liquidity"] {
        assert!(notes(&document, section).starts_with("Not available: it was not computed"), "{section}");
    }
    assert!(notes(&document, "backtests").contains("at least 250 daily returns"));
    assert!(notes(&document, "stress").starts_with("No scenario"));
    assert!(notes(&document, "risk_classes").starts_with("No class"));
    for format in [Format::Pdf, Format::Csv, Format::Json, Format::Html] {
        assert!(!file(&document, format).is_empty());
    }
    let mut foreign = at_risk();
    foreign.further.stress[1].portfolio_id = "D04".parse().expect("an id");
    assert!(matches!(build(&foreign), Err(Error::ForeignRow { table: "gold.stress", .. })));
    let mut stale = at_risk();
    stale.further.risk[0].business_date = stale.period_start;
    assert!(matches!(build(&stale), Err(Error::ForeignDate { table: "gold.risk", .. })));
    let mut input = at_risk();
    input.exceptions[0].severity = Severity::Block;
    assert!(matches!(build(&input), Err(Error::Blocked { .. })));
}

#[test]
fn rows_may_come_in_any_order() {
    let (forward, backward) = (report(&at_risk()), report(&reversed(&at_risk())));
    assert_eq!(file(&forward, Format::Json), file(&backward, Format::Json));
}
