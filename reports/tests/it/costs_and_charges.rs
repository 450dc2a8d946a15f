//! What the annual statement of costs and charges shows, point by point of Annex II, worked out by hand.

use reports::Firm;
use reports::document::{Content, Document};
use reports::statements::StatementInput;
use reports::statements::costs_and_charges::build;
use schemas::tables::nav_bridge::BridgeComponent;

use crate::inputs::{charged, date, empty, held, returned, reversed, stated, step};
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

/// Amount and part of the average value of a point.
fn point(document: &Document, section: &str, point: &str) -> [String; 2] {
    let line = fields(document, section, point);
    [line[4].clone(), line[5].clone()]
}

/// The costs of all instruments known.
fn complete() -> StatementInput {
    let mut input = charged();
    input.further.held_values.retain(|held| held.costs.is_some());
    input
}

/// 150 + 50 managed and kept; 10 + 4 + 2 + 5 + 3 with trades; 7 without a kind; 30 of the result. Of 19,918.92.
#[test]
fn points_1_1_to_1_5_are_what_was_booked() {
    let document = statement(&charged());
    for (name, amount, part) in [
        ("1.1", "0.00", "0.0000"),
        ("1.2", "200.00", "0.0100"),
        ("1.3", "24.00", "0.0012"),
        ("1.4", "7.00", "0.0004"),
        ("1.5", "30.00", "0.0015"),
    ] {
        assert_eq!(point(&document, "service_costs", name), [amount, part], "{name}");
    }
    // Withholding tax is no cost of a service.
    assert_eq!(point(&document, "service_costs", ""), ["261.00", "0.0131"]);
    let nothing = statement(&empty());
    for name in ["1.1", "1.2", "1.3", "1.4", "1.5"] {
        assert_eq!(point(&nothing, "service_costs", name)[0], "0.00", "{name}");
    }
}

/// 3,650,000 euro-days over 365 are 10,000: 1.75 %, 0.21 % and 0.3 % of it; 5 % of 1,000 bought and 1 % of 500 sold.
#[test]
fn points_2_1_to_2_4_are_what_manufacturers_state_of_what_was_held() {
    let document = statement(&complete());
    for (name, amount) in [("2.1", "55.00"), ("2.2", "175.00"), ("2.3", "21.00"), ("2.4", "30.00")] {
        assert_eq!(point(&document, "instrument_costs", name)[0], amount, "{name}");
    }
    let fund = fields(&document, "costs_by_instrument", "A Fund");
    assert_eq!(fund[3..9], ["19729.73", "55.00", "175.00", "21.00", "30.00", "281.00"]);
    let mut halves = complete();
    // The same year in two parts with other costs: half of 1.75 % and half of 1.55 %.
    let later = reports::HeldValue {
        costs: Some(schemas::tables::instrument_costs::InstrumentCost {
            ongoing: "0.0155".parse().expect("a rate"),
            ..stated()
        }),
        ..held("SAP.DE", None, "1825000")
    };
    halves.further.held_values = vec![held("SAP.DE", Some(stated()), "1825000"), later];
    assert_eq!(point(&statement(&halves), "instrument_costs", "2.2")[0], "165.00");
}

/// 10,000 held on each of the 366 days of 2020 cost the 1.75 % that is stated for a year, and not a day more.
#[test]
fn a_leap_year_costs_what_a_year_costs() {
    let mut input = empty();
    (input.period_start, input.business_date) = (date("2019-12-31"), date("2020-12-31"));
    input.measures.clear();
    input.portfolio_values = charged().portfolio_values.into_iter().take(1).collect();
    input.portfolio_values[0].business_date = input.business_date;
    input.further.held_values = vec![held("SAP.DE", Some(stated()), "3660000")];
    assert_eq!(point(&statement(&input), "instrument_costs", "2.2")[0], "175.00");
}

#[test]
fn instruments_without_stated_costs_are_listed_and_no_total_hides_them() {
    let document = statement(&charged());
    let apple = fields(&document, "without_cost_data", "Apple, Inc.");
    assert_eq!(apple[3..6], ["AAPL", "1972.97", "0.0991"]);
    let name = "Total without instruments whose costs are not known";
    assert_eq!(fields(&document, "total_costs", name)[3..5], ["542.00", "0.0273"]);
    assert!(csv_section(&document, "without_cost_data").len() == 2, "the head and one line");
    let complete = statement(&complete());
    assert_eq!(fields(&complete, "total_costs", "Total costs and charges")[3..5], ["542.00", "0.0273"]);
    assert!(complete.sections.iter().all(|section| section.id != "without_cost_data"));
    // A trade of an instrument without stated costs makes it unknown, too.
    let mut traded = charged();
    traded.further.held_values.clear();
    traded.further.instrument_costs = std::sync::Arc::default();
    assert_eq!(fields(&statement(&traded), "without_cost_data", "A Fund")[4], "0.00");
}

#[test]
fn costs_that_nobody_states_are_no_zero() {
    let mut input = charged();
    input.further.instrument_costs = std::sync::Arc::default();
    input.further.held_values.iter_mut().for_each(|held| held.costs = None);
    let document = statement(&input);
    let unknown = "unavailable: nobody states what the instruments that were held cost";
    assert_eq!(point(&document, "instrument_costs", "2.2")[0], unknown);
    let reason = "Not available: nobody states what the instruments that were held cost.";
    assert_eq!(notes(&document, "costs_by_instrument"), reason);
    // What is left are the services.
    let name = "Total without instruments whose costs are not known";
    assert_eq!(fields(&document, "total_costs", name)[3..5], ["261.00", "0.0131"]);
    // Who held nothing had no such costs.
    assert_eq!(point(&statement(&empty()), "instrument_costs", "2.2")[0], "0.00");
}

#[test]
fn point_3_says_that_nothing_is_recorded() {
    let document = statement(&charged());
    let line = fields(&document, "third_party_payments", "3");
    assert!(line[4].starts_with("unavailable: no payments from third parties are recorded"), "{line:?}");
}

/// 261 and 281 of 19,918.92; the percentages are sums of the printed ones, 1.31 and 1.42.
#[test]
fn point_4_is_an_amount_and_a_percentage_of_the_average_value() {
    let document = statement(&complete());
    let figures = csv_section(&document, "key_figures");
    let of = |name: &str| figures.iter().find(|line| line[2] == name).expect("a figure")[3].clone();
    assert_eq!(of("Average portfolio value"), "19918.92");
    assert_eq!(of("Costs and charges"), "542.00");
    assert_eq!(of("Of average value"), "0.0273");
    assert!(notes(&document, "definitions").contains("Average portfolio value: the value at the close"));
    let mut worthless = complete();
    worthless.portfolio_values.iter_mut().for_each(|row| row.market_value = None);
    let without = statement(&worthless);
    let part = &fields(&without, "total_costs", "Total costs and charges")[4];
    assert_eq!(part, "unavailable: there is no average portfolio value above zero");
}

/// 5 dollars that were 4 euros.
#[test]
fn point_5_has_currency_rate_and_the_cost_of_conversion() {
    let document = statement(&charged());
    assert_eq!(fields(&document, "costs_in_currencies", "USD")[3..6], ["5.00", "0.80", "4.00"]);
    assert_eq!(fields(&document, "exchanges", "EUR")[3..5], ["1", "2.50"]);
    assert!(notes(&document, "definitions").contains("A margin inside the rate of a deal is not booked apart"));
    assert_eq!(csv_section(&statement(&empty()), "costs_in_currencies")[1][2], "none in this period");
}

/// 1.01 · 1.02 = 1.0302; 1.01 · 0.998 · 1.02 = 1.02814; 1.009 · 0.998 · 1.02 = 1.02712.
#[test]
fn point_6_shows_the_effect_on_the_return_and_its_spikes() {
    let document = statement(&charged());
    let of = |name: &str| fields(&document, "effect_on_return", name)[3].clone();
    assert_eq!(of("Return before fees and taxes"), "0.0302");
    assert_eq!(of("Effect of fees"), "-0.0021");
    assert_eq!(of("Return after fees, before taxes"), "0.0281");
    assert_eq!(of("Effect of taxes"), "-0.0010");
    assert_eq!(of("Return after fees and taxes"), "0.0271");
    assert_eq!(of("Costs of instruments, inside all three"), "-0.0142");
    let graph = document.sections.iter().find(|section| section.id == "cumulative_effect").expect("a graph");
    let Content::TimeGraph(graph) = &graph.content else { panic!("a graph over time") };
    let ends: Vec<String> =
        graph.series.iter().map(|series| series.points.last().expect("a point").cell.plain()).collect();
    assert_eq!(ends, ["0.0302", "0.0281"]);
    let told = notes(&document, "about_the_effect");
    assert!(told.contains("spike") && told.contains("on 2014-12-30"), "{told}");
    assert!(told.contains("\u{2212}0.20%"), "{told}");
    let mut broken = charged();
    broken.further.daily_returns[2].return_before_taxes_fraction = None;
    let line = &fields(&statement(&broken), "effect_on_return", "Return after fees, before taxes")[3];
    assert_eq!(line, "unavailable: there is no return of 2014-12-30");
}

#[test]
fn point_7_names_the_right_to_a_breakdown_and_whom_to_ask() {
    let document = statement(&charged());
    assert!(notes(&document, "rights").contains("Art. 24(4) of Directive 2014/65/EU"));
    assert!(notes(&document, "rights").contains("The house has not set who issues"));
    let mut issued = charged();
    let text = r#"{"name": "A House", "contact": "clients@example.org"}"#;
    issued.firm = Some(serde_json::from_str::<Firm>(text).expect("a firm"));
    assert!(notes(&statement(&issued), "rights").contains("Please ask A House: clients@example.org."));
}

#[test]
fn what_is_not_known_is_no_zero() {
    let mut unknown = charged();
    unknown.nav_bridge.push(step(BridgeComponent::Unknown, schemas::Currency::EUR, None, None));
    let document = statement(&unknown);
    assert_eq!(point(&document, "service_costs", "1.2")[0], "unavailable: a day of the period is not known in parts");
    // What is known of the services is a part, and no table shows it as the whole.
    for section in ["costs_by_kind", "costs_in_currencies"] {
        assert_eq!(notes(&document, section), "Not available: a day of the period is not known in parts.");
    }
    // What was booked by a close that could not be valued counts with the next one: at the end of the year it is not
    // there yet, before it has come since.
    let mut late = charged();
    late.nav_bridge.push(step(BridgeComponent::Gap, schemas::Currency::EUR, None, None));
    assert!(point(&statement(&late), "service_costs", "1.2")[0].starts_with("unavailable: "));
    late.nav_bridge.last_mut().expect("a row").business_date = date("2014-06-30");
    assert_eq!(point(&statement(&late), "service_costs", "1.2")[0], "200.00");
    let mut unpriced = complete();
    unpriced.further.held_values[0].unknown_days = 3;
    let line = point(&statement(&unpriced), "instrument_costs", "2.2");
    assert_eq!(line[0], "unavailable: the holding had no value on 3 days");
    let fund = fields(&statement(&unpriced), "costs_by_instrument", "A Fund");
    assert_eq!(fund[5], "unavailable: the holding had no value on 3 days");
}

#[test]
fn a_day_without_capital_is_no_gap_and_the_order_of_rows_is_none() {
    let mut input = charged();
    let mut idle = returned("2014-12-26", [0.0, 0.0, 0.0]);
    (idle.begin_value, idle.return_fraction) = (Some(schemas::Amount::ZERO), None);
    (idle.return_before_fees_fraction, idle.return_before_taxes_fraction) = (None, None);
    input.further.daily_returns.push(idle);
    let document = statement(&input);
    assert_eq!(fields(&document, "effect_on_return", "Return after fees and taxes")[3], "0.0271");
    let mut other = reversed(&input);
    other.further.daily_returns.reverse();
    other.further.held_values.reverse();
    assert_eq!(statement(&other), document);
}
