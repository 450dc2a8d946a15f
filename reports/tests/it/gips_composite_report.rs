//! What the report on a composite shows: every required item, worked out by hand, and what blocks the report.

use std::collections::BTreeMap;

use reports::document::Document;
use reports::overviews::gips_composite_report::build;
use reports::{
    Benchmark, BenchmarkLevel, CompositeInput, CompositeTexts, Error, FeeDay, Firm, FirmAssets, Gips, MemberYear,
};
use schemas::tables::exceptions::Exception;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::{BusinessDate, Currency, Language, Severity};

use crate::agreement::differences;
use crate::inputs::{amount, date};
use crate::reading::{csv, csv_section, json};

const CLAIM: &str = "Example claims compliance with the standards and has not been independently verified.";

fn day(on: BusinessDate, return_fraction: Option<f64>, members: i64) -> PortfolioGroupReturn {
    PortfolioGroupReturn {
        group_id: "growth".parse().expect("an id"),
        business_date: on,
        kind: "composite".to_owned(),
        base_currency: Currency::EUR,
        member_count: members,
        carried_member_count: 0,
        begin_value: Some(amount("990000")),
        inflow: Some(amount("0")),
        outflow: Some(amount("0")),
        end_value: Some(amount("1000000.004")),
        return_fraction,
        reason: None,
    }
}

/// The 25th of a month, on which it is valued.
fn of_month(year: i32, month: u32, on: u32) -> BusinessDate {
    date(&format!("{year}-{month:02}-{on:02}"))
}

fn said() -> CompositeTexts {
    let text = |text: &str| Some(text.to_owned());
    CompositeTexts {
        description: text("Shares of the world."),
        creation_date: Some(date("2021-03-01")),
        benchmark: text("The index of the world, total return."),
        no_benchmark: None,
        fees: text("0.50 % a year."),
        minimum_assets: text("100,000 EUR"),
        significant_cash_flows: None,
        leverage: text("none"),
        withholding_taxes: None,
        special_portfolios: text("2 % of the assets pay no fee."),
        events: Vec::new(),
    }
}

/// A composite that earned two percent in every odd month and nothing in the even ones, its benchmark one percent; in
/// the last year with seven portfolios, six of which were there all year.
fn composite(first_year: i32) -> CompositeInput {
    let mut days = vec![day(of_month(first_year - 1, 12, 30), None, 0), day(of_month(first_year, 1, 4), Some(0.0), 3)];
    let level = |on, level| BenchmarkLevel { portfolio_id: "D01".parse().expect("an id"), business_date: on, level };
    let mut index = 100.0;
    let mut levels = vec![level(of_month(first_year - 1, 12, 30), index)];
    for (year, month) in (first_year..=2024).flat_map(|year| (1..=12).map(move |month| (year, month))) {
        let is_odd = month % 2 == 1;
        let members = if year == 2024 { 7 } else { 5 };
        days.push(day(of_month(year, month, 25), Some(if is_odd { 0.02 } else { 0.0 }), members));
        index *= if is_odd { 1.01 } else { 1.0 };
        levels.push(level(of_month(year, month, 25), index));
    }
    let member = |(place, return_fraction): (usize, f64), year| MemberYear {
        portfolio_id: format!("D{place:02}").parse().expect("an id"),
        year,
        return_fraction: Some(return_fraction),
    };
    let all_year = [0.10, 0.12, 0.14, 0.10, 0.12, 0.14];
    let of_2024 = all_year.into_iter().enumerate().map(|of| member(of, 2024));
    let of_2023 = all_year.into_iter().take(5).enumerate().map(|of| member(of, 2023));
    let assets = |year, value: Option<&str>, missing| FirmAssets {
        business_date: of_month(year, 12, 25),
        value: value.map(amount),
        missing,
    };
    CompositeInput {
        group_id: "growth".parse().expect("an id"),
        title: "Growth".to_owned(),
        base_currency: Currency::EUR,
        business_date: date("2024-12-31"),
        period_start: date("2023-12-31"),
        run_id: "nightly-2024-12-31-1".parse().expect("an id"),
        inputs_fingerprint: "5f1c".to_owned(),
        program_version: "0.1.0".to_owned(),
        synthetic: false,
        firm: Some(Firm {
            name: "Example".to_owned(),
            lei: None,
            address: None,
            contact: None,
            complaints: None,
            reporting_currency: None,
        }),
        gips: Gips {
            compliance_statement: Some(CLAIM.to_owned()),
            firm_definition: Some("All businesses of Example.".to_owned()),
            availability: Some("Lists and policies are available upon request.".to_owned()),
            language: Language::English,
            composites: BTreeMap::from([("growth".parse().expect("an id"), said())]),
        },
        days,
        fee_days: vec![FeeDay { business_date: of_month(2024, 12, 25), return_fraction: Some(0.005) }],
        member_years: of_2024.chain(of_2023).collect(),
        benchmark: Benchmark::Levels(levels),
        firm_assets: vec![assets(2024, Some("5000000"), 0), assets(2023, None, 2)],
        exceptions: Vec::new(),
    }
}

fn report(input: &CompositeInput) -> Document {
    build(input).expect("a report")
}

/// The row of a year in a table, without the name of the section and the kind of the line.
fn row(document: &Document, section: &str, year: &str) -> Vec<String> {
    let lines = csv_section(document, section);
    let row = lines.into_iter().find(|fields| fields.get(2).is_some_and(|name| name.starts_with(year)));
    row.expect("the year").split_off(3)
}

fn text(document: &Document) -> String {
    csv(document).into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn texts_of(input: &mut CompositeInput) -> &mut CompositeTexts {
    input.gips.composites.values_mut().next().expect("the composite's")
}

#[test]
fn returns_gross_and_net_and_of_the_benchmark_and_their_deviation_of_three_years() {
    let document = report(&composite(2020));
    // Net: 1.02^6 − 1 = 12.62 %; gross: 1.02^6 · 1.005 − 1 = 13.18 %; benchmark: 1.01^6 − 1 = 6.15 %.
    // Months: half 2 %, half nothing, mean 1 %: √(36 · 0.01² / 35) · √12 = 3.51 %; of the benchmark half of it.
    let of_2024 = row(&document, "annual_returns", "2024");
    assert_eq!(of_2024, ["0.1318", "0.1262", "0.0615", "0.0351", "0.0176"]);
    assert_eq!(row(&document, "annual_returns", "2022"), ["0.1262", "0.1262", "0.0615", "0.0351", "0.0176"]);
    let of_2021 = row(&document, "annual_returns", "2021");
    let fewer = "unavailable: fewer than 36 monthly returns are available";
    assert_eq!(of_2021.get(3..), Some(&[fewer.to_owned(), fewer.to_owned()][..]));
    let years: Vec<String> =
        csv_section(&document, "annual_returns").into_iter().skip(1).filter_map(|line| line.get(2).cloned()).collect();
    assert_eq!(years, ["2020", "2021", "2022", "2023", "2024"], "since inception");
}

#[test]
fn number_of_portfolios_dispersion_and_assets_of_composite_and_firm() {
    let document = report(&composite(2020));
    // Mean 12 %, four of six two points away: √(4 · 0.02² / 6) = 1.63 %.
    let of_2024 = row(&document, "composite_and_firm", "2024");
    assert_eq!(of_2024, ["7", "0.0163", "1000000.00", "5000000.00"]);
    let of_2023 = row(&document, "composite_and_firm", "2023");
    let few = "unavailable: five or fewer portfolios were in the composite for the full year";
    assert_eq!(of_2023.first().map(String::as_str), Some("5 or fewer"));
    assert_eq!(of_2023.get(1).map(String::as_str), Some(few));
    let firm = of_2023.get(3).expect("firm assets");
    assert!(firm.starts_with("unavailable: 2 portfolios of the firm have no value or no rate"), "{firm}");
}

#[test]
fn what_the_firm_must_say_is_there() {
    let document = report(&composite(2020));
    let text = text(&document);
    for required in [
        CLAIM,
        "GIPS® is a registered trademark of CFA Institute.",
        "All businesses of Example.",
        "Shares of the world.",
        "The index of the world, total return.",
        "0.50 % a year.",
        "Lists and policies are available upon request.",
        "Minimum level of assets: 100,000 EUR",
        "Leverage, derivatives and short positions: none",
        "Portfolios without fees, with bundled fees, and carve-outs: 2 % of the assets pay no fee.",
        "2021-03-01",
        "2019-12-30",
        "EUR",
        "equal-weighted standard deviation",
        "Data grade A",
        "nightly-2024-12-31-1",
    ] {
        assert!(text.contains(required), "{required}");
    }
    assert_eq!(document.subtitle, "GIPS composite report");
    let json = json(&document);
    assert_eq!((&json["group_id"], json.get("portfolio_id")), (&"growth".into(), None));
}

#[test]
fn nothing_is_claimed_that_the_firm_does_not_claim() {
    let mut input = composite(2020);
    input.gips.compliance_statement = None;
    let document = report(&input);
    let text = text(&document);
    assert!(text.contains("makes no claim of compliance") && !text.contains("GIPS®"), "{text}");
    assert_eq!(document.subtitle, "Composite report");
}

/// Takes away something that the firm must say.
type Silence = fn(&mut CompositeTexts);

#[test]
fn what_is_required_and_not_said_blocks_the_report_with_every_key() {
    let mut input = composite(2020);
    input.gips = Gips::default();
    input.firm = None;
    let error = build(&input).expect_err("refused").to_string();
    let keys = "`firm`, `gips.firm_definition`, `gips.availability`, `gips.composites.growth.description`, \
                `gips.composites.growth.creation_date`, `gips.composites.growth.benchmark`, \
                `gips.composites.growth.fees`";
    assert!(error.contains(keys), "{error}");
    let without: [(&str, Silence); 4] = [
        ("description", |said| said.description = None),
        ("creation_date", |said| said.creation_date = None),
        ("benchmark", |said| said.benchmark = None),
        ("fees", |said| said.fees = None),
    ];
    for (key, remove) in without {
        let mut input = composite(2020);
        remove(texts_of(&mut input));
        let error = build(&input).expect_err("refused");
        assert!(matches!(error, Error::NotConfigured { .. }), "{error}");
        assert!(error.to_string().contains(&format!("lacks `gips.composites.growth.{key}`,")), "{error}");
    }
}

#[test]
fn a_year_that_begins_later_says_so_and_ten_years_are_shown_at_most() {
    let mut input = composite(2020);
    // The record begins on 25 June 2020: half of the year, and 36 months only from July on, so at the end of 2023.
    input.days.retain(|day| date("2020-06-01") < day.business_date);
    let document = report(&input);
    let lines = csv_section(&document, "annual_returns");
    let first = lines.get(1).expect("a row");
    assert!(first.get(2).is_some_and(|name| name.starts_with("2020, from ")), "{first:?}");
    // July, September and November: 1.02³ − 1.
    assert_eq!(first.get(4).map(String::as_str), Some("0.0612"));
    assert!(row(&document, "annual_returns", "2022").iter().any(|cell| cell.contains("36 monthly returns")));
    assert_eq!(row(&document, "annual_returns", "2023").get(3).map(String::as_str), Some("0.0351"));
    let long = report(&composite(2010));
    let years = csv_section(&long, "annual_returns");
    assert_eq!(years.len(), 11, "a head and ten years");
    assert_eq!(years.get(1).and_then(|line| line.get(2)).map(String::as_str), Some("2015"));
}

#[test]
fn figures_that_are_not_known_have_a_reason_and_never_a_number() {
    let mut input = composite(2020);
    let last = input.days.last_mut().expect("a day");
    (last.return_fraction, last.end_value) = (None, None);
    last.reason = Some("`D01` has no value on 2024-12-25".to_owned());
    let document = report(&input);
    let returns = row(&document, "annual_returns", "2024");
    for place in [0, 1, 3] {
        let cell = returns.get(place).expect("a cell");
        assert!(cell.starts_with("unavailable: ") && cell.contains("`D01` has no value"), "{cell}");
    }
    let assets = row(&document, "composite_and_firm", "2024");
    assert!(assets.get(2).is_some_and(|cell| cell.starts_with("unavailable: ")), "{assets:?}");

    let mut input = composite(2020);
    input.fee_days = vec![FeeDay { business_date: of_month(2024, 12, 25), return_fraction: None }];
    let returns = row(&report(&input), "annual_returns", "2024");
    assert!(returns.first().is_some_and(|gross| gross.starts_with("unavailable: a fee of ")), "{returns:?}");
    assert_eq!(returns.get(1).map(String::as_str), Some("0.1262"), "net is known");

    let mut input = composite(2020);
    input.member_years.iter_mut().for_each(|member| member.return_fraction = None);
    let assets = row(&report(&input), "composite_and_firm", "2024");
    assert!(assets.get(1).is_some_and(|cell| cell.contains("is not known")), "{assets:?}");
}

#[test]
fn a_composite_without_one_benchmark_says_why() {
    for (benchmark, words) in [(Benchmark::NotNamed, "name no benchmark"), (Benchmark::Several, "one and the same")] {
        let input = CompositeInput { benchmark, ..composite(2020) };
        let returns = row(&report(&input), "annual_returns", "2024");
        assert!(returns.get(2).is_some_and(|cell| cell.contains(words)), "{returns:?}");
    }
    let mut input = composite(2020);
    let said = texts_of(&mut input);
    (said.benchmark, said.no_benchmark) = (None, Some("Nothing is like it.".to_owned()));
    let document = report(&input);
    assert!(text(&document).contains("The composite has no benchmark: Nothing is like it."));
    let returns = row(&document, "annual_returns", "2024");
    assert!(returns.get(2).is_some_and(|cell| cell.contains("states that the composite has no benchmark")));
}

#[test]
fn a_blocked_member_and_rows_of_another_group_stop_the_report() {
    let finding = |severity| Exception {
        check_name: "missing_prices".to_owned(),
        business_date: date("2024-12-31"),
        severity,
        portfolio_id: "D07".parse().expect("an id"),
        subject: "M1~AAA".to_owned(),
        message: "found".to_owned(),
    };
    let blocked = CompositeInput { exceptions: vec![finding(Severity::Block)], ..composite(2020) };
    let error = build(&blocked).expect_err("blocked").to_string();
    assert!(error.contains("D07") && error.contains("missing_prices"), "{error}");
    let warned = CompositeInput { exceptions: vec![finding(Severity::Warn)], ..composite(2020) };
    let text = text(&report(&warned));
    assert!(text.contains("missing_prices, 1 findings in 1 portfolios") && text.contains("Data grade B"), "{text}");
    let mut foreign = composite(2020);
    foreign.days[3].group_id = "value".parse().expect("an id");
    assert!(matches!(build(&foreign), Err(Error::ForeignGroup { .. })));
    let mut young = composite(2020);
    young.days.truncate(1);
    assert!(matches!(build(&young), Err(Error::NoRecord { .. })));
}

#[test]
fn the_report_is_the_same_in_every_format_and_language() {
    for language in Language::ALL {
        for mut input in [composite(2010), composite(2023)] {
            input.gips.language = language;
            let document = report(&input);
            assert_eq!(differences(&document), Vec::<String>::new(), "{language}");
            if language == Language::French {
                assert_eq!(document.subtitle, "Rapport GIPS du composite");
            }
        }
    }
}
