//! What the report on performance shows: every figure worked out by hand, and what is missing with its reason.

use proptest::prelude::*;
use reports::document::{Content, Document};
use reports::statements::StatementInput;
use reports::statements::performance_report::build;
use reports::{Error, Format};
use schemas::tables::measures::MeasureRow;
use schemas::{ReportingPeriod, Severity};

use crate::inputs::{amount, daily, date, earning, empty, reversed, two_positions};
use crate::reading::{csv_section, file};
use crate::statement::fields;

fn report(input: &StatementInput) -> Document {
    build(input).expect("a report")
}

fn has(document: &Document, section: &str) -> bool {
    document.sections.iter().any(|found| found.id == section)
}

/// The text of a section of sentences.
fn notes(document: &Document, section: &str) -> String {
    let found = document.sections.iter().find(|found| found.id == section).expect("the section is there");
    let Content::Notes(notes) = &found.content else { panic!("they are notes") };
    notes.join("\n")
}

/// The line that a section prints last.
fn total(document: &Document, section: &str) -> Vec<String> {
    let lines = csv_section(document, section);
    lines.into_iter().find(|fields| fields[1] == "total").expect("a total")
}

/// A kept figure of a period that ends on the date of the report.
fn kept(period: ReportingPeriod, measure: &str, value: f64) -> MeasureRow {
    MeasureRow {
        portfolio_id: "D03".parse().expect("an id"),
        business_date: date("2014-12-31"),
        period,
        measure: measure.to_owned(),
        value: Some(value),
        amount: None,
        value_date: None,
        unavailable_reason: None,
    }
}

#[test]
fn months_and_years_are_their_days_linked() {
    let document = report(&earning());
    // Of December 1.02 · 1.03 − 1; of the year 1.1 · 0.8 · 1.25 · 0.95 · 1.02 · 1.03 − 1.
    let year = fields(&document, "returns_monthly", "2014");
    let expected =
        ["", "", "", "", "", "0.0000", "0.1000", "-0.2000", "0.2500", "0.0000", "-0.0500", "0.0506", "0.0979"];
    assert_eq!(year[3..16], expected, "nothing is said of months before the portfolio began");
    // The benchmark: 1.05 · 0.9 · 1.1 · 0.98 · 1.01 · 1.01 − 1.
    let beside = fields(&document, "returns_yearly", "2014");
    assert_eq!(beside[3..6], ["0.0979", "0.0392", "0.0587"]);
}

/// Article 60(2), (c) performance of the period and (e) comparison with the agreed benchmark.
#[test]
fn point_c4_and_point_e_the_period_is_told_beside_the_benchmark() {
    let document = report(&earning());
    let month = fields(&document, "returns", "Month to date");
    // Before fees and taxes 1.021 · 1.031 − 1, after fees 1.0205 · 1.0305 − 1, benchmark 1.01² − 1.
    assert_eq!(month[4..9], ["0.0527", "0.0516", "0.0506", "0.0201", "0.0305"]);
    let life = fields(&document, "returns", "Since inception");
    assert_eq!(life[6..9], ["0.0979", "0.0392", "0.0587"]);
    let young = fields(&document, "returns", "One year");
    assert!(young[6].starts_with("unavailable: the portfolio began on 2014-06-30"), "{young:?}");
    let figures: Vec<Vec<String>> = csv_section(&document, "key_figures");
    let said: Vec<&str> = figures.iter().filter(|line| line[1] == "row").map(|line| line[2].as_str()).collect();
    let expected =
        ["Month to date: return", "Month to date: benchmark", "Since inception: return", "Since inception: benchmark"];
    assert_eq!(said[..4], expected);

    let mut alone = earning();
    alone.portfolio.benchmark_symbol = None;
    let document = report(&alone);
    assert!(!has(&document, "returns_yearly") && notes(&document, "definitions").contains("No benchmark is agreed"));
    let heads = csv_section(&document, "returns").remove(0);
    assert!(!heads.contains(&"Benchmark".to_owned()), "{heads:?}");
}

#[test]
fn what_a_night_keeps_is_what_is_printed() {
    let mut input = earning();
    input.measures = vec![
        kept(ReportingPeriod::MonthToDate, "twr", 0.0123),
        MeasureRow { amount: Some(amount("505.5")), value: None, ..kept(ReportingPeriod::MonthToDate, "gain", 0.0) },
        kept(ReportingPeriod::MonthToDate, "mwr_period", 0.0456),
        kept(ReportingPeriod::SinceInception, "sortino_rf", 1.234),
        kept(ReportingPeriod::SinceInception, "beta", 0.9),
    ];
    let document = report(&input);
    let month = fields(&document, "returns", "Month to date");
    assert_eq!((month[3].as_str(), month[6].as_str(), month[9].as_str()), ("505.50", "0.0123", "0.0456"));
    assert_eq!(month[8], "-0.0078", "the difference is that of the printed figures: 0.0123 − 0.0201");
    let sortino = fields(&document, "risk_figures", "Sortino ratio");
    assert_eq!(
        sortino[3..],
        ["unavailable: it is kept since inception alone"; 3]
            .map(str::to_owned)
            .into_iter()
            .chain(["1.23".to_owned()])
            .collect::<Vec<String>>()
    );
    assert_eq!(fields(&document, "risk_figures", "Beta")[6], "0.90");
    assert!(fields(&document, "risk_figures", "Information ratio")[6].contains("not computed"));
}

#[test]
fn nothing_shorter_than_a_year_is_a_rate_a_year() {
    let mut input = earning();
    input.measures = vec![kept(ReportingPeriod::SinceInception, "annualised_return_act365", 0.35)];
    let life = fields(&report(&input), "returns_annual", "Since inception");
    let short = "unavailable: the period is shorter than a year and is not annualised";
    assert!(life[3..].iter().all(|cell| cell == short), "{life:?}");

    input.portfolio.start_date = date("2013-12-31");
    let life = fields(&report(&input), "returns_annual", "Since inception");
    // A year of 365 days: the benchmark's rate is its return.
    assert_eq!(life[3..6], ["0.3500", "0.0392", "0.3108"]);
}

#[test]
fn the_deepest_drawdowns_have_their_days() {
    let document = report(&earning());
    let lines = csv_section(&document, "drawdowns");
    let rows: Vec<&[String]> = lines.iter().filter(|line| line[1] == "row").map(|line| &line[2..]).collect();
    // From 1.1 to 0.88 and back on 30 September: 61 days after 31 July.
    assert_eq!(rows[0], ["2014-07-31", "2014-08-29", "2014-09-30", "-0.2000", "61"]);
    // From the last day at 1.1 to 1.045, and 1.0979 is not 1.1 yet.
    assert_eq!(rows[1][..2], ["2014-10-31", "2014-11-28"]);
    assert_eq!(rows[1][2], "unavailable: not recovered by 2014-12-31; the length counts up to there");
    assert_eq!((rows[1][3..].to_vec(), rows.len()), (vec!["-0.0500".to_owned(), "61".to_owned()], 2));
}

#[test]
fn contributions_are_linked_and_add_up_to_the_return() {
    let document = report(&earning());
    // Cariño: ln(1.0506) / 0.0506 = 0.97552, of the days 0.99013 and 0.98529, so that they weigh 1.01498 and 1.01002.
    // SAP 0.03 · 1.01498 + 0.01 · 1.01002; Apple −0.01 and 0.02, of that −0.015 and 0.01 in dollars.
    assert_eq!(fields(&document, "contributions", "SAP SE")[3..], ["0.0405", "0.0000", "0.0405"]);
    assert_eq!(fields(&document, "contributions", "Apple, Inc.")[3..], ["-0.0051", "0.0152", "0.0101"]);
    assert_eq!(total(&document, "contributions")[3..], ["0.0354", "0.0152", "0.0506"]);
    assert_eq!(fields(&document, "contributions_by_currency", "USD")[3..], ["-0.0051", "0.0152", "0.0101"]);
    assert_eq!(total(&document, "contributions_by_currency")[5], "0.0506");
    // 0.021 · 1.01498 + 0.029 · 1.01002, and −0.001 and 0.001.
    assert_eq!(fields(&document, "contributions_by_class", "Equities")[3], "0.0506");
    assert_eq!(fields(&document, "contributions_by_class", "Cash")[3], "0.0000");
}

#[test]
fn only_the_largest_positions_are_named() {
    let mut input = earning();
    let pattern = input.further.position_days[0].clone();
    input.further.position_days = (1..=14)
        .map(|number: i32| reports::PositionDay {
            instrument_id: format!("D03~S{number:02}").parse().expect("an id"),
            contribution: Some(f64::from(number - 6) / 1000.0),
            ..pattern.clone()
        })
        .collect();
    let document = report(&input);
    let lines = csv_section(&document, "contributions");
    let names: Vec<&str> = lines.iter().filter(|line| line[1] == "row").map(|line| line[2].as_str()).collect();
    let expected = ["S14", "S13", "S12", "S11", "S10", "All others (4)", "S05", "S04", "S03", "S02", "S01"];
    assert_eq!(names, expected);
}

#[test]
fn one_day_that_is_not_known_makes_its_month_unknown() {
    let mut input = earning();
    input.further.daily_returns[6].end_value = None;
    input.further.daily_returns[6].return_fraction = None;
    let document = report(&input);
    let year = fields(&document, "returns_monthly", "2014");
    let reason = "unavailable: the value or a flow of 2014-12-15 is unknown; see the exceptions of that date";
    assert_eq!((year[14].as_str(), year[15].as_str(), year[13].as_str()), (reason, reason, "-0.0500"));
    assert!(notes(&document, "contributions").contains("the value or a flow of 2014-12-15 is unknown"));

    let mut input = earning();
    input.further.daily_returns[7].benchmark_return_fraction = None;
    let month = fields(&report(&input), "returns", "Month to date");
    let reason = "unavailable: the return of the benchmark on 2014-12-31 is not known";
    assert_eq!((month[6].as_str(), month[7].as_str(), month[8].as_str()), ("0.0506", reason, reason));

    let mut input = earning();
    input.further.position_days[3].contribution = None;
    assert!(notes(&report(&input), "contributions").contains("a part of the return of 2014-12-31 is not known"));
}

#[test]
fn the_path_of_wealth_begins_after_the_last_day_that_is_not_known() {
    let points = |input: &StatementInput| {
        let lines = csv_section(&report(input), "growth");
        let own = lines.into_iter().filter(|line| line[2] == "Portfolio");
        own.map(|line| (line[3].clone(), line[4].clone())).collect::<Vec<(String, String)>>()
    };
    let whole = points(&earning());
    assert_eq!(whole.first(), Some(&("2014-06-29".to_owned(), "100.00".to_owned())), "before its first day");
    assert_eq!(whole.last(), Some(&("2014-12-31".to_owned(), "109.79".to_owned())));
    let mut input = earning();
    input.further.daily_returns[3].end_value = None;
    let later = points(&input);
    assert_eq!(later.first(), Some(&("2014-09-30".to_owned(), "100.00".to_owned())));
    assert_eq!(later.last().map(|(_, units)| units.as_str()), Some("99.81"), "0.95 · 1.02 · 1.03");
}

#[test]
fn a_portfolio_of_which_nothing_is_known_has_a_report_that_says_so() {
    let document = report(&empty());
    assert!(fields(&document, "returns", "Since inception")[5].contains("unavailable: "));
    for format in [Format::Pdf, Format::Csv, Format::Json, Format::Html] {
        assert!(!file(&document, format).is_empty());
    }
    assert!(has(&document, "findings") && has(&document, "definitions") && has(&document, "provenance"));
    let mut input = earning();
    input.exceptions[0].severity = Severity::Block;
    assert!(matches!(build(&input), Err(Error::Blocked { .. })));
}

/// A fund that is valued once a month has twelve returns a year, and says so where figures are made from them.
#[test]
fn figures_name_the_returns_that_they_are_made_from() {
    let said = |per_year: f64| {
        let mut input = earning();
        let rhythm = MeasureRow {
            period: ReportingPeriod::SinceInception,
            measure: "returns_per_year".to_owned(),
            value: Some(per_year),
            unavailable_reason: None,
            ..two_positions().measures[0].clone()
        };
        input.measures.push(rhythm);
        String::from_utf8(file(&report(&input), Format::Csv)).expect("UTF-8")
    };
    let monthly = said(12.0);
    for words in ["Volatility a year, from monthly returns", "Sortino ratio, from monthly returns", "square root of 12"]
    {
        assert!(monthly.contains(words), "{words}");
    }
    assert!(!monthly.contains("of 252") && !monthly.contains("Maximum drawdown, from"));
    let daily = said(252.0);
    assert!(daily.contains("square root of 252") && !daily.contains("monthly returns"));
}

#[test]
fn rows_may_come_in_any_order() {
    let (forward, backward) = (report(&earning()), report(&reversed(&earning())));
    assert_eq!(file(&forward, Format::Json), file(&backward, Format::Json));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// What the table of positions prints below is the return of the period, but for the rounding of its lines.
    #[test]
    fn contributions_of_any_month_add_up(parts in proptest::collection::vec((-0.04..0.04_f64, -0.04..0.04_f64), 2)) {
        let mut input = earning();
        for (place, (one, other)) in parts.iter().enumerate() {
            let on = ["2014-12-15", "2014-12-31"][place];
            input.further.daily_returns[6 + place] = daily(on, Some(one + other), Some(0.0));
            input.further.position_days[place].contribution = Some(*one);
            input.further.position_days[2 + place].contribution = Some(*other);
        }
        let document = report(&input);
        let number = |text: &str| text.parse::<f64>().expect("a number");
        let whole = number(&fields(&document, "returns", "Month to date")[6]);
        let sum = number(&total(&document, "contributions")[5]);
        prop_assert!((whole - sum).abs() < 0.000_31, "{} and {}", whole, sum);
    }
}
