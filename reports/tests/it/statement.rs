//! What the portfolio statement shows, and when there is none.

use reports::document::{Content, DataGrade, Document, Section};
use reports::statements::StatementInput;
use reports::statements::portfolio_statement::build;
use reports::{Error, Format};
use schemas::tables::measures::MeasureRow;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, ReportingPeriod, Severity};

use crate::inputs::{
    amount, attributed, bought_again, date, empty, judged, of_size, reversed, transaction, two_positions,
};
use crate::reading::{csv_section, file};

pub(crate) fn statement(input: &StatementInput) -> Document {
    build(input).expect("a statement")
}

fn section<'a>(document: &'a Document, id: &str) -> &'a Section {
    document.sections.iter().find(|section| section.id == id).expect("the section is there")
}

pub(crate) fn fields(document: &Document, section: &str, first: &str) -> Vec<String> {
    let lines = csv_section(document, section).into_iter();
    let mut found = lines.filter(|fields| fields.get(2).is_some_and(|field| field == first));
    found.next().expect("the line is there")
}

#[test]
fn every_figure_is_as_worked_out() {
    let document = statement(&two_positions());
    let expected = include_str!("../cases/portfolio_statement/two_positions/expected.csv");
    let text = String::from_utf8(file(&document, Format::Csv)).expect("UTF-8");
    let sections = [
        "key_figures",
        "value_change",
        "value_change_by_currency",
        "positions",
        "cash",
        "composition",
        "cash_flows",
        "transactions",
    ];
    let is_compared = |line: &&str| {
        let (id, rest) = line.split_once(',').unwrap_or((*line, ""));
        sections.contains(&id) && !rest.starts_with("note")
    };
    let found: Vec<&str> = text.lines().filter(is_compared).map(|line| line.trim_end_matches(',')).collect();
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(found, expected);
}

#[test]
fn figures_that_cannot_be_known_say_why() {
    let document = statement(&two_positions());
    let twr = fields(&document, "performance", "Time-weighted return");
    assert_eq!(twr[3..5], ["-0.0031", "0.1615"]);
    assert_eq!(twr[5], "unavailable: the portfolio is younger than the period");
    let annualised = fields(&document, "performance", "Time-weighted return a year");
    assert_eq!(annualised[3], "unavailable: the period is shorter than a year and is not annualised");
    assert!(annualised[4..7].iter().all(|cell| *cell == annualised[3]), "the portfolio is half a year old");
    let sharpe = fields(&document, "performance", "Sharpe ratio");
    let not_computed = "unavailable: the measure was not computed for this date";
    assert_eq!((sharpe[3].as_str(), sharpe[6].as_str()), (not_computed, "1.23"));
    assert_eq!(fields(&document, "performance", "Peak before it")[6], "2014-09-19");
    assert_eq!(fields(&document, "performance", "Trough after it")[6], "2014-10-16");
}

#[test]
fn half_a_year_is_annualised_in_no_column() {
    // The measures of one year are there, but they are those of the half year that the portfolio is old.
    let mut input = two_positions();
    input.measures.retain(|row| row.period == ReportingPeriod::SinceInception);
    let of_a_year = |measure: &str| MeasureRow {
        period: ReportingPeriod::OneYear,
        measure: measure.to_owned(),
        value: Some(0.35),
        unavailable_reason: None,
        ..input.measures[0].clone()
    };
    let made = ["annualised_return_act365", "xirr"].map(of_a_year);
    input.measures.extend(made);
    let document = statement(&input);
    for label in ["Time-weighted return a year", "Money-weighted return a year"] {
        let cells = fields(&document, "performance", label);
        assert_eq!(cells[5], "unavailable: the period is shorter than a year and is not annualised", "{label}");
        assert!(cells[3..7].iter().all(|cell| *cell == cells[5]), "{cells:?}");
    }
}

#[test]
fn a_reversal_takes_back_what_it_names() {
    let mut input = empty();
    input.transactions = vec![
        Transaction { fees: amount("1.5"), ..transaction(1, "2014-12-04", "BUY", "-51.5") },
        Transaction { reverses: Some("t1".to_owned()), ..transaction(2, "2014-12-05", "REVERSAL", "0") },
        Transaction {
            counter_currency: Some(Currency::USD),
            counter_amount: Some(amount("1100.5")),
            ..transaction(3, "2014-12-08", "FX", "-900")
        },
        Transaction { reverses: Some("t3".to_owned()), ..transaction(4, "2014-12-09", "REVERSAL", "0") },
        Transaction { reverses: Some("t0".to_owned()), ..transaction(5, "2014-12-10", "REVERSAL", "0") },
        Transaction { reverses: Some("gone".to_owned()), ..transaction(6, "2014-12-11", "REVERSAL", "0") },
    ];
    input.taken_back = vec![transaction(0, "2014-11-28", "WITHDRAWAL", "-70")];
    let document = statement(&input);
    let rows = csv_section(&document, "transactions");
    let cash_of = |kind: &str| {
        let row =
            rows.iter().find(|fields| fields.get(3).is_some_and(|field| field == kind)).expect("the line is there");
        (row[7].clone(), row[9].clone(), row[10].clone())
    };
    let said = |fees: &str, cash: &str, currency: &str| (fees.to_owned(), cash.to_owned(), currency.to_owned());
    assert_eq!(cash_of("Buy"), said("1.50", "-51.50", "EUR"));
    assert_eq!(cash_of("Reversal of Buy of 2014-12-04"), said("-1.50", "51.50", "EUR"));
    assert_eq!(cash_of("Reversal of Fx of 2014-12-08"), said("", "900.00", "EUR"));
    assert_eq!(cash_of("Reversal of Fx of 2014-12-08, other side"), said("", "-1100.50", "USD"));
    let before = "unavailable: it was taken back on its own day, so the value at start is without it";
    assert_eq!(cash_of("Reversal of Withdrawal of 2014-11-28"), said("", before, "EUR"));
    assert_eq!(cash_of("Reversal"), said("", "unavailable: what is taken back is not known", "EUR"));
}

#[test]
fn what_was_taken_back_in_another_period_has_no_cash() {
    let mut input = empty();
    let taking_back = |sequence: i64, day: &str, id: &str| Transaction {
        reverses: Some(id.to_owned()),
        ..transaction(sequence, day, "REVERSAL", "0")
    };
    input.transactions = vec![
        Transaction { fees: amount("1.5"), ..transaction(1, "2014-12-04", "SELL", "98.5") },
        Transaction {
            counter_currency: Some(Currency::USD),
            counter_amount: Some(amount("1100.5")),
            ..transaction(2, "2014-12-08", "FX", "-900")
        },
        transaction(3, "2014-12-09", "SELL", "148.5"),
        taking_back(4, "2014-12-10", "t9"),
    ];
    // Dated in the month after, before the period, and in the period for what comes after it.
    input.reversals_elsewhere = vec![taking_back(5, "2015-01-15", "t1"), taking_back(6, "2014-11-28", "t2")];
    input.taken_back = vec![transaction(9, "2015-01-02", "WITHDRAWAL", "-70")];
    let document = statement(&input);
    let rows: Vec<Vec<String>> =
        csv_section(&document, "transactions").into_iter().filter(|fields| fields[1] == "row").collect();
    let told: Vec<[&str; 3]> = rows.iter().map(|row| [3, 7, 9].map(|column| row[column].as_str())).collect();
    let none = "unavailable: it was taken back and counts on no day";
    let expected = [
        ["Sell, taken back on 2015-01-15", "", none],
        ["Fx, taken back on 2014-11-28", "", none],
        ["Sell", "", "148.50"],
        ["Reversal of Withdrawal of 2015-01-02", "", none],
    ];
    assert_eq!(told, expected);
    let Content::Notes(notes) = &section(&document, "definitions").content else { unreachable!("they are notes") };
    assert!(notes.iter().any(|note| note.starts_with("Taken back: ")), "{notes:?}");
    assert_eq!(statement(&reversed(&input)), document);
    input.reversals_elsewhere[0].portfolio_id = "D04".parse().expect("an id");
    assert!(matches!(build(&input), Err(Error::ForeignRow { table: "silver.transactions", .. })));
}

#[test]
fn an_old_portfolio_is_annualised() {
    let mut input = two_positions();
    input.portfolio.start_date = date("2013-12-31");
    let document = statement(&input);
    assert_eq!(fields(&document, "performance", "Time-weighted return a year")[6], "0.3500");
    let xirr = fields(&document, "performance", "Money-weighted return a year");
    assert_eq!(xirr[6], "unavailable: the figure is not a number of at most 28 digits");
}

#[test]
fn findings_and_marks_are_visible_and_grade_the_data() {
    let mut input = two_positions();
    let document = statement(&input);
    assert_eq!(document.metadata.data_grade, DataGrade::B);
    let Content::Notes(findings) = &section(&document, "findings").content else { unreachable!("findings are notes") };
    let warning = "Warning: the price of 2014-12-30 is carried to 2014-12-31 (carried_price, D03~SAP.DE)";
    assert_eq!(findings[0], warning);
    assert!(findings[1].starts_with("1 price is from an earlier day"), "{}", findings[1]);

    input.exceptions[0].severity = Severity::Quarantine;
    assert_eq!(statement(&input).metadata.data_grade, DataGrade::C);
    input.exceptions.clear();
    assert_eq!(statement(&input).metadata.data_grade, DataGrade::A);
}

#[test]
fn a_missing_price_is_a_dash_and_no_total() {
    let mut input = two_positions();
    let apple = &mut input.valuations[1];
    apple.price = None;
    apple.price_date = None;
    apple.price_basis = "missing".to_owned();
    apple.value = None;
    apple.value_base = None;
    if let Some(last) = input.portfolio_values.last_mut() {
        last.market_value = None;
    }
    let document = statement(&input);
    let position = fields(&document, "positions", "Apple, Inc.");
    assert_eq!(position[5], "unavailable: there is no price on or before 2014-12-31");
    assert_eq!(position[7], "no price");
    assert_eq!(fields(&document, "positions", "Total")[10], "unavailable: a part of the sum is unavailable");
    assert_eq!(fields(&document, "key_figures", "Value at end")[3], "unavailable: a position has no price or rate");
    assert_eq!(
        fields(&document, "key_figures", "Gain")[3],
        "unavailable: the value at start, at end or a flow is unknown"
    );
    assert!(fields(&document, "composition", "Value at end")[3].starts_with("unavailable"));
}

#[test]
fn a_flow_of_unknown_value_leaves_no_gain() {
    let mut input = two_positions();
    input.cash_flows[0].amount_base = None;
    let document = statement(&input);
    let unknown = "unavailable: a part of the sum is unavailable";
    assert_eq!(fields(&document, "key_figures", "Net contributions")[3], unknown);
    assert_eq!(fields(&document, "cash_flows", "Total")[6], unknown);
    assert_eq!(
        fields(&document, "key_figures", "Gain")[3],
        "unavailable: the value at start, at end or a flow is unknown"
    );
}

#[test]
fn a_portfolio_that_began_in_the_period_started_at_zero() {
    let mut input = of_size(1);
    input.portfolio.start_date = date("2014-12-01");
    input.portfolio_values.remove(0);
    input.portfolio_values[0].business_date = date("2014-12-01");
    assert_eq!(fields(&statement(&input), "key_figures", "Value at start")[3], "0.00");

    input.portfolio.start_date = date("2014-06-30");
    let unknown = fields(&statement(&input), "key_figures", "Value at start");
    assert_eq!(unknown[3], "unavailable: there is no valuation on or before 2014-11-30");
}

#[test]
fn what_a_rule_changed_later_is_a_part_of_what_was_realised() {
    const CHANGED: &str = "Of it changed by a rule that looks ahead";
    let mut input = bought_again();
    let document = statement(&input);
    // 800 − 1,000 = −200 on the day of the sale; matched with the purchase after it, 800 − 850 = −50.
    assert_eq!(fields(&document, "key_figures", "Realised on sales")[3], "-50.00");
    assert_eq!(fields(&document, "key_figures", CHANGED)[3], "150.00");
    let line = fields(&document, "transactions", "2014-12-29");
    assert_eq!(line[3], "Gain of 2014-12-18 changed by a rule that looks ahead: bed and breakfast");
    assert_eq!((line[4].as_str(), line[5].as_str(), line[11].as_str()), ("SAP SE", "100", "150.00"));
    assert_eq!(fields(&document, "transactions", "Total")[11], "-50.00");
    let Content::Notes(notes) = &section(&document, "definitions").content else { unreachable!("they are notes") };
    let said = notes.join("\n");
    assert!(said.contains("section 104 pool") && !said.contains("first in, first out"), "{said}");
    assert!(said.contains("counts in the period in which it takes effect"), "{said}");

    // The sale was one of an earlier period: only the change is of this one.
    input.realised_gains.clear();
    let later = statement(&input);
    assert_eq!(fields(&later, "key_figures", "Realised on sales")[3], "150.00");
    // Units that the client took out were not sold, whatever is changed about them.
    input.changed_disposals[0].kind = "TRANSFER_OUT".to_owned();
    let taken_out = statement(&input);
    assert_eq!(fields(&taken_out, "key_figures", "Realised on sales")[3], "0.00");
    assert!(csv_section(&taken_out, "key_figures").iter().flatten().all(|field| field != CHANGED));
    input.gain_changes[0].business_date = date("2014-11-30");
    assert!(matches!(build(&input), Err(Error::ForeignDate { table: "gold.lot_closings", .. })));
}

#[test]
fn the_method_is_named_and_a_method_that_looks_at_the_past_changes_nothing_later() {
    let document = statement(&two_positions());
    let Content::Notes(notes) = &section(&document, "definitions").content else { unreachable!("they are notes") };
    let said = notes.join("\n");
    assert!(said.contains("the lots it closed (first in, first out)") && !said.contains("looks ahead"), "{said}");
}

#[test]
fn returns_that_are_not_those_of_trading_days_are_named() {
    let mut input = two_positions();
    let text = |input: &StatementInput| String::from_utf8(file(&statement(input), Format::Csv)).expect("UTF-8");
    assert!(!text(&input).contains("from monthly returns"));
    let rhythm = MeasureRow {
        period: ReportingPeriod::SinceInception,
        measure: "returns_per_year".to_owned(),
        value: Some(252.0),
        unavailable_reason: None,
        ..input.measures[0].clone()
    };
    input.measures.push(rhythm);
    assert!(text(&input).contains("times the square root of 252"));
    assert!(!text(&input).contains("from monthly returns"));
    for row in &mut input.measures {
        if row.measure == "returns_per_year" {
            row.value = Some(12.0);
        }
    }
    let said = text(&input);
    for words in ["Volatility a year, from monthly returns", "Sharpe ratio, from monthly returns", "square root of 12"]
    {
        assert!(said.contains(words), "{words}");
    }
    assert!(!said.contains("square root of 252"), "the definition is that of the figure");
}

#[test]
fn the_method_of_the_value_at_risk_is_named_and_one_that_was_demoted_is_told() {
    let mut input = two_positions();
    assert!(statement(&input).sections.iter().all(|section| section.id != "risk_methods"), "nothing was judged");
    input.backtests = vec![
        judged("historical", "actual", 3, "green", false),
        judged("historical", "hypothetical", 11, "red", false),
        judged("filtered_historical", "actual", 2, "green", true),
        judged("filtered_historical", "hypothetical", 5, "yellow", true),
        // What comes after the method in force was not demoted.
        judged("normal", "actual", 12, "red", false),
    ];
    let expected = "Value at risk of 99%: the method in force is historical simulation scaled by volatility. Of 250 \
                    days 5 lost more than it said, if positions had not been traded; the traffic light of the Basel \
                    Committee is yellow. Demoted: historical simulation. Of 250 days 11 lost more than it said, if \
                    positions had not been traded, which is red by the traffic light.";
    for input in [&input, &reversed(&input)] {
        let document = statement(input);
        let Content::Notes(notes) = &section(&document, "risk_methods").content else { unreachable!("they are notes") };
        assert_eq!(notes, &[expected]);
    }
    for row in &mut input.backtests {
        (row.zone, row.is_in_force) = (Some("red".to_owned()), false);
    }
    let document = statement(&input);
    let Content::Notes(notes) = &section(&document, "risk_methods").content else { unreachable!("they are notes") };
    assert!(notes[0].starts_with("Value at risk of 99%: no method is in force. Demoted: historical"), "{notes:?}");
    input.backtests[0].business_date = date("2014-12-30");
    assert!(matches!(build(&input), Err(Error::ForeignDate { table: "gold.backtests", .. })));
}

#[test]
fn the_difference_to_the_benchmark_is_split_by_asset_class() {
    let mut input = two_positions();
    assert!(statement(&input).sections.iter().all(|section| section.id != "attribution"), "nothing was split");
    input.attribution = vec![
        attributed("bond", "2014-12-31", [0.01, -0.002, 0.0005]),
        attributed("equity", "2014-12-31", [0.004, 0.02, 0.0]),
        attributed("total", "2014-12-31", [0.014, 0.018, 0.0005]),
        // What was made on the date for an earlier day is not the last word.
        attributed("bond", "2014-12-30", [0.9, 0.9, 0.9]),
    ];
    for input in [&input, &reversed(&input)] {
        let document = statement(input);
        let found = section(&document, "attribution");
        assert!(found.title.ends_with("(2014-06-30 to 2014-12-31)"), "{}", found.title);
        let Content::Table(table) = &found.content else { unreachable!("it is a table") };
        let classes: Vec<String> = table.rows.iter().map(|row| row[0].plain()).collect();
        assert_eq!(classes, ["Bonds", "Equities"]);
        let total: Vec<Option<String>> = table
            .total
            .iter()
            .flatten()
            .map(|cell| cell.printed_number().map(|number| number.normalize().to_string()))
            .collect();
        // Both halves are the whole; the returns are those of the whole, and effects add up.
        let expected = ["1", "1", "0.08", "0.05", "0.014", "0.018", "0.0005"];
        assert_eq!(total.iter().flatten().collect::<Vec<_>>(), expected);
    }
    input.attribution[2].unavailable_reason = Some("weights do not add up to one".to_owned());
    let document = statement(&input);
    let Content::Notes(notes) = &section(&document, "attribution").content else { unreachable!("it is a note") };
    assert_eq!(notes, &["Not available: weights do not add up to one."]);
    input.attribution[0].business_date = date("2014-12-30");
    assert!(matches!(build(&input), Err(Error::ForeignDate { table: "gold.attribution", .. })));
}

#[test]
fn empty_tables_say_so() {
    let document = statement(&empty());
    for id in ["positions", "cash", "cash_flows", "transactions"] {
        let lines = csv_section(&document, id);
        assert_eq!(lines.last().expect("a line")[1..], ["note", "none in this period"], "{id}");
    }
    assert_eq!(fields(&document, "composition", "Value at end")[3], "0.00");
}

#[test]
fn rows_of_others_and_of_other_times_are_refused() {
    let mut input = two_positions();
    input.transactions[0].portfolio_id = "D04".parse().expect("an id");
    let error = build(&input).expect_err("another client's row");
    assert_eq!(error.to_string(), "silver.transactions has a row of D04 in the statement of D03");

    let mut input = two_positions();
    input.valuations[0].business_date = date("2014-12-30");
    assert!(matches!(build(&input), Err(Error::ForeignDate { table: "gold.valuations", .. })));

    let mut input = two_positions();
    input.cash_flows[0].business_date = date("2014-11-30");
    assert!(matches!(build(&input), Err(Error::ForeignDate { table: "gold.cash_flows", .. })));
}

#[test]
fn a_block_or_a_residual_stops_the_statement() {
    let mut input = two_positions();
    input.exceptions[0].severity = Severity::Block;
    assert!(matches!(build(&input), Err(Error::Blocked { findings: 1, .. })));

    let mut input = two_positions();
    if let Some(last) = input.portfolio_values.last_mut() {
        last.market_value = Some(amount("11614.60"));
    }
    let error = build(&input).expect_err("six cents are more than rounding");
    assert!(matches!(error, Error::DoesNotFoot { .. }), "{error}");
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    let input = two_positions();
    let (forwards, backwards) = (statement(&input), statement(&reversed(&input)));
    assert_eq!(forwards, backwards);
}
