//! The change in value: when it is shown, when it is not, and when there is no statement.

use reports::Error;
use reports::statements::portfolio_statement::build;
use schemas::Currency;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};

use crate::inputs::{amount, date, of_size, step, two_positions};
use crate::reading::csv_section;
use crate::statement::{fields, statement};

#[test]
fn half_a_cent_a_figure_is_rounding_and_more_is_not() {
    // Eleven lines and two values are off by half a cent each at most: 6.5 cents. The printed lines add up to 114.56
    // where the printed values differ by 114.55; five cents more are within that, six are not.
    let mut input = two_positions();
    input.nav_bridge[0].amount_base = Some(amount("250.05"));
    assert_eq!(fields(&statement(&input), "value_change", "Rounding of the lines above")[3], "-0.06");
    input.nav_bridge[0].amount_base = Some(amount("250.06"));
    assert!(matches!(build(&input), Err(Error::BridgeDoesNotFoot { .. })));
}

#[test]
fn lines_that_do_not_lead_to_the_value_at_end_stop_the_statement() {
    let mut input = two_positions();
    input.nav_bridge[0].amount_base = Some(amount("251"));
    let error = build(&input).expect_err("a euro too many");
    assert!(matches!(error, Error::BridgeDoesNotFoot { .. }), "{error}");
    let words = "D03 on 2014-12-31: the lines of the change in value leave -1.01 EUR of it unexplained";
    assert!(error.to_string().starts_with(words), "{error}");

    let mut input = two_positions();
    input.nav_bridge.clear();
    assert!(matches!(build(&input), Err(Error::BridgeDoesNotFoot { .. })), "a change without any line");
}

#[test]
fn a_change_that_is_not_known_says_why() {
    let mut input = two_positions();
    let reason = Some("transaction t1: there is no USD rate on its day".to_owned());
    let unknown = step(BridgeComponent::Unknown, Currency::EUR, None, None);
    input.nav_bridge.push(NavBridgeRow { business_date: date("2014-12-15"), detail: reason, ..unknown });
    let document = statement(&input);
    let words = "unavailable: what changed the value up to 2014-12-15 is not known: transaction t1: there is no USD \
                 rate on its day";
    assert_eq!(fields(&document, "value_change", "Change in value")[3], words);
    assert_eq!(fields(&document, "value_change", "Value at end")[3], "11614.55");
    assert!(csv_section(&document, "value_change_by_currency").is_empty());
}

#[test]
fn a_gap_inside_the_period_is_covered_and_one_at_its_start_is_not() {
    let mut input = two_positions();
    let gap = step(BridgeComponent::Gap, Currency::EUR, None, None);
    input.nav_bridge.push(NavBridgeRow { detail: Some("D03~AAPL has no price".to_owned()), ..gap });
    assert_eq!(fields(&statement(&input), "value_change", "Contributions")[3], "250.00");

    // The lines count what happened before the period, too.
    input.nav_bridge[0].amount_base = Some(amount("9000"));
    let document = statement(&input);
    let change = fields(&document, "value_change", "Change in value");
    assert_eq!(change[3], "unavailable: a date at the start of the period could not be valued");
    assert!(csv_section(&document, "value_change_by_currency").is_empty());
}

#[test]
fn a_portfolio_in_one_currency_has_no_lines_by_currency() {
    let document = statement(&of_size(3));
    assert_eq!(fields(&document, "value_change", "Unrealised gain, prices")[3], "3.00");
    assert!(csv_section(&document, "value_change_by_currency").is_empty());
}

#[test]
fn a_row_of_another_client_or_period_is_refused() {
    let mut input = two_positions();
    input.nav_bridge[0].portfolio_id = "D04".parse().expect("an id");
    assert!(matches!(build(&input), Err(Error::ForeignRow { table: "gold.nav_bridge", .. })));

    let mut input = two_positions();
    input.nav_bridge[0].business_date = date("2014-11-30");
    assert!(matches!(build(&input), Err(Error::ForeignDate { table: "gold.nav_bridge", .. })));
}
