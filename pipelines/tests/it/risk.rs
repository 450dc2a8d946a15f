//! What portfolios may lose, in the night: by hand, as the simulation of files says it, and the same night by night.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array};
use lake::Lake;
use pipelines::Work;
use pipelines::checks::{Layer, check};
use pipelines::parquet_books::historical_simulation;
use pipelines::rollups::roll_up;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::exceptions::Exception;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, Currency, PortfolioId, Severity};

use crate::historical_simulation::write_cut;
use crate::parquet_books::{read, texts};
use crate::samples::{all, amount, date, fill, instrument, memory_lake, portfolio, quote, valuation, work};

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;

/// Days that follow each other from the second of January 2014 on.
pub(crate) fn days(count: usize) -> Vec<BusinessDate> {
    let mut days = vec![date("2014-01-02")];
    while days.len() < count {
        days.push(days[days.len() - 1].next_calendar_day());
    }
    days
}

pub(crate) fn dollar(on: BusinessDate, units_per_eur: &str) -> FxRate {
    FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: on,
        units_per_eur: units_per_eur.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 1,
    }
}

pub(crate) fn quotes(symbol: &str, days: &[BusinessDate], close: impl Fn(usize) -> String) -> Vec<Quote> {
    let id = format!("M1~{symbol}");
    days.iter().enumerate().map(|(place, day)| quote(&id, &day.to_string(), &close(place))).collect()
}

/// That a portfolio was valued; the amounts do not matter here.
fn valued(portfolio_id: &str, on: BusinessDate) -> PortfolioValue {
    PortfolioValue {
        portfolio_id: portfolio_id.parse().expect("an id"),
        business_date: on,
        previous_business_date: None,
        base_currency: Currency::EUR,
        market_value: Some(amount("1000")),
        securities_value: Some(amount("1000")),
        cash_value: Some(amount("0")),
        position_count: 1,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    }
}

pub(crate) type Held = (&'static str, &'static str, Option<&'static str>);

/// A lake in which portfolios hold the same on each of some days.
pub(crate) async fn lake_with(held: &[Held], on: &[BusinessDate], quotes: &[Quote], rates: &[FxRate]) -> Lake {
    let lake = memory_lake();
    let mut ids: Vec<&str> = held.iter().map(|row| row.0).collect();
    ids.dedup();
    ids.push("P9");
    fill::<Portfolio>(&lake, &ids.iter().map(|id| portfolio(id)).collect::<Vec<Portfolio>>()).await;
    let usd = Instrument { currency: Currency::USD, ..instrument("USD1") };
    fill::<Instrument>(&lake, &[instrument("AAA"), instrument("NEW"), instrument("ODD"), usd]).await;
    fill::<Quote>(&lake, quotes).await;
    fill::<FxRate>(&lake, rates).await;
    let of_day = |day: &BusinessDate| {
        let rows =
            held.iter().map(|(id, instrument, value)| valuation(id, instrument, &day.to_string(), value.map(amount)));
        rows.collect::<Vec<Valuation>>()
    };
    fill::<Valuation>(&lake, &on.iter().flat_map(of_day).collect::<Vec<Valuation>>()).await;
    let values = on.iter().flat_map(|day| ids.iter().map(|id| valued(id, *day)));
    fill::<PortfolioValue>(&lake, &values.collect::<Vec<PortfolioValue>>()).await;
    lake
}

/// Twenty scenarios. AAA falls by a tenth on the fourth day and from 90 to 84.6, by 6 %, on the tenth; the dollar falls
/// from 0.8 to 0.625 euro, by 21.875 %, on the eighth. NEW is quoted from the sixth day on, ODD on every third.
pub(crate) async fn twenty_scenarios() -> Lake {
    let days = days(21);
    let aaa = |place: usize| {
        if place < 3 {
            "100"
        } else if place < 9 {
            "90"
        } else {
            "84.6"
        }
    };
    let mut facts = quotes("AAA", &days, |place| aaa(place).to_owned());
    facts.extend(quotes("NEW", &days[5..], |_| "10".to_owned()));
    let third: Vec<BusinessDate> = days.iter().copied().step_by(3).collect();
    facts.extend(quotes("ODD", &third, |_| "10".to_owned()));
    let rates = [dollar(days[0], "1.25"), dollar(days[7], "1.6")];
    let held = [
        ("P1", "CASH~EUR", Some("200")),
        ("P1", "CASH~USD", Some("500")),
        ("P1", "M1~AAA", Some("1000")),
        ("P2", "M1~AAA", Some("960")),
        ("P2", "M1~NEW", Some("-40")),
        ("P3", "M1~AAA", Some("940")),
        ("P3", "M1~NEW", Some("60")),
        ("P4", "M1~AAA", None),
        ("P5", "M1~ODD", Some("1000")),
        ("P6", "M1~GONE", Some("1000")),
    ];
    lake_with(&held, &days[20..], &facts, &rates).await
}

pub(crate) async fn rolled_up(lake: &Lake, from: BusinessDate, to: BusinessDate) {
    roll_up(lake, &work("night", from, to)).await.expect("rolled up");
}

pub(crate) async fn risk_of(lake: &Lake, portfolio: &str) -> Vec<RiskRow> {
    let mut rows: Vec<RiskRow> = all(lake).await;
    rows.retain(|row| row.portfolio_id.as_str() == portfolio);
    rows.sort_by(|left, right| right.tail.total_cmp(&left.tail));
    rows
}

pub(crate) async fn parts_of(lake: &Lake, portfolio: &str) -> Vec<(String, Option<f64>, Option<String>)> {
    let mut rows: Vec<RiskContribution> = all(lake).await;
    rows.retain(|row| row.portfolio_id.as_str() == portfolio);
    rows.sort_by(|left, right| left.instrument_id.cmp(&right.instrument_id));
    let part = |row: RiskContribution| {
        (row.instrument_id.as_str().to_owned(), row.es_975_contribution, row.unavailable_reason)
    };
    rows.into_iter().map(part).collect()
}

#[track_caller]
fn assert_number(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= TOLERANCE * (1.0 + expected.abs()), "{found} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_scenarios_by_hand() {
    let lake = twenty_scenarios().await;
    let last = days(21)[20];
    rolled_up(&lake, last, last).await;
    let rows = risk_of(&lake, "P1").await;
    // The worst days: 21.875 % of 500, a tenth of 1,000, and 6 % of 1,000; cash in the base currency moves nothing.
    let (worst, next) = (109.375, 100.0);
    // (20 − 1) · 0.05 = 0.95 of the way from the worst to the next, at 0.025 it is 0.475, and at 0.01 it is 0.19.
    for (row, (tail, way)) in rows.iter().zip([(0.05, 0.95), (0.025, 0.475), (0.01, 0.19)]) {
        assert!((row.tail - tail).abs() <= 0.0, "{}", row.tail);
        assert_number(row.value_at_risk, worst - way * (worst - next));
        // Twenty scenarios at 5 % are one, at less than that a part of one: all of it is the worst.
        assert_number(row.expected_shortfall, worst);
        assert_eq!((row.method.as_str(), row.horizon_days, row.scenario_count), ("historical_simulation", 1, 20));
        assert_eq!((row.position_count, row.excluded_count, &row.unavailable_reason), (3, 0, &None));
        assert_number(row.excluded_fraction, 0.0);
    }
    let parts = parts_of(&lake, "P1").await;
    let expected = [("CASH~EUR", 0.0), ("CASH~USD", worst), ("M1~AAA", 0.0)];
    assert_eq!(parts.len(), expected.len());
    for ((name, part, reason), (instrument, number)) in parts.into_iter().zip(expected) {
        assert_eq!((name.as_str(), reason), (instrument, None));
        assert_number(part, number);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_no_history_is_left_out_and_named_and_too_much_of_it_leaves_no_figure() {
    let lake = twenty_scenarios().await;
    let last = days(21)[20];
    rolled_up(&lake, last, last).await;
    let no_return = "it has no return on 2014-01-07: a close or a rate of that day or the one before is missing";
    // P2 is short 40 of NEW: 4 % of 1,000 regardless of sign.
    let rows = risk_of(&lake, "P2").await;
    assert_number(rows[0].expected_shortfall, 96.0);
    assert_number(rows[0].excluded_fraction, 0.04);
    assert_eq!((rows[0].position_count, rows[0].excluded_count), (2, 1));
    let parts = parts_of(&lake, "P2").await;
    assert_number(parts[0].1, 96.0);
    assert_eq!(parts[1], ("M1~NEW".to_owned(), None, Some(no_return.to_owned())));
    let left_out = |part: &str, name: &str, why: &str| {
        format!("{part} % of the values would be left out, more than 5 %; the most is {name}: {why}")
    };
    let unknown = [
        ("P3", left_out("6.0", "M1~NEW", no_return)),
        ("P4", "M1~AAA has no value in the base currency".to_owned()),
        // On seven of the 21 days, of which the first is no scenario; on the others nothing that it holds was quoted.
        ("P5", "something that the portfolio holds was quoted on 6 days with returns; 20 are needed".to_owned()),
        ("P6", left_out("100.0", "M1~GONE", "the market of the portfolio does not list it")),
        ("P9", "there is no position".to_owned()),
    ];
    for (id, reason) in unknown {
        let rows = risk_of(&lake, id).await;
        assert_eq!(rows.len(), 3, "{id}");
        for row in rows {
            assert_eq!((row.value_at_risk, row.expected_shortfall), (None, None), "{id}");
            assert_eq!(row.unavailable_reason.as_deref(), Some(reason.as_str()), "{id}");
        }
        assert!(parts_of(&lake, id).await.iter().all(|part| part.1.is_none() && part.2.is_some()), "{id}");
    }
    assert_eq!(risk_of(&lake, "P4").await[0].excluded_fraction, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_few_days_have_a_reason() {
    let days = days(20);
    let facts = quotes("AAA", &days, |place| (100 + place).to_string());
    let lake = lake_with(&[("P1", "M1~AAA", Some("1000"))], &days[19..], &facts, &[]).await;
    rolled_up(&lake, days[19], days[19]).await;
    let row = &risk_of(&lake, "P1").await[0];
    let reason = "the market has 19 days with returns by 2014-01-21; 20 are needed";
    assert_eq!((row.unavailable_reason.as_deref(), row.scenario_count), (Some(reason), 0));
}

/// Sixty days on which a share in euro, one in dollars and the dollar itself move.
pub(crate) fn sixty_days() -> (Vec<BusinessDate>, Vec<Quote>, Vec<FxRate>) {
    let days = days(60);
    let mut facts = quotes("AAA", &days, |place| (100 + place * 37 % 23).to_string());
    facts.extend(quotes("USD1", &days, |place| (50 + place * 29 % 17).to_string()));
    let rates = days.iter().enumerate().map(|(place, day)| dollar(*day, DOLLARS[place * 7 % 4])).collect();
    (days, facts, rates)
}

const DOLLARS: [&str; 4] = ["1.25", "1.1", "1.3", "0.95"];
pub(crate) const MIXED: [Held; 6] = [
    ("P1", "CASH~EUR", Some("200")),
    ("P1", "CASH~USD", Some("-750")),
    ("P1", "M1~AAA", Some("1000")),
    ("P1", "M1~USD1", Some("1234.5")),
    ("P2", "M1~AAA", Some("-300")),
    ("P2", "M1~USD1", Some("70000")),
];

/// Writes the scenarios of the last of sixty days and the positions as files.
fn write_files(folder: &Path) {
    let euros: Vec<f64> = DOLLARS
        .iter()
        .map(|units| (Decimal::ONE / units.parse::<Decimal>().expect("a number")).to_f64().expect("a number"))
        .collect();
    let whole = |number: usize| f64::from(u32::try_from(number).expect("small"));
    let level = |symbol: &str, place: usize| match symbol {
        "CASH~EUR" => (1.0, 1.0),
        "CASH~USD" => (1.0, euros[place * 7 % 4]),
        "M1~AAA" => (whole(100 + place * 37 % 23), 1.0),
        _ => (whole(50 + place * 29 % 17), euros[place * 7 % 4]),
    };
    let (mut scenarios, mut symbols, mut returns) = (Vec::new(), Vec::new(), Vec::new());
    for place in 1..60_usize {
        for symbol in ["CASH~EUR", "CASH~USD", "M1~AAA", "M1~USD1"] {
            let (before, now) = (level(symbol, place - 1), level(symbol, place));
            scenarios.push(i32::try_from(place - 1).expect("small"));
            symbols.push(symbol.to_owned());
            returns.push((now.0 / before.0) * (now.1 / before.1) - 1.0);
        }
    }
    let numbers: ArrayRef = Arc::new(Int32Array::from(scenarios));
    let columns = vec![
        ("scenario", numbers),
        ("symbol", texts(symbols)),
        ("return", Arc::new(Float64Array::from(returns)) as ArrayRef),
    ];
    write_cut(&folder.join("scenarios.parquet"), columns, 1_000);
    let worth = |row: &Held| row.2.and_then(|value| value.parse::<f64>().ok());
    let columns = vec![
        ("portfolio_id", texts(MIXED.iter().map(|row| row.0.to_owned()))),
        ("symbol", texts(MIXED.iter().map(|row| row.1.to_owned()))),
        ("market_value", Arc::new(MIXED.iter().map(worth).collect::<Float64Array>()) as ArrayRef),
    ];
    write_cut(&folder.join("positions.parquet"), columns, 1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_and_the_night_say_the_same_to_the_last_bit() {
    let (days, facts, rates) = sixty_days();
    let lake = lake_with(&MIXED, &days[59..], &facts, &rates).await;
    rolled_up(&lake, days[59], days[59]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("out");
    write_files(folder.path());
    historical_simulation(folder.path(), &output).expect("simulated");
    let risk = read(&output.join("risk.parquet"), &["portfolio_id", "reason"], &["var_95", "var_99", "es_975"]);
    let parts = read(&output.join("contributions.parquet"), &["portfolio_id", "symbol"], &["es_975_contribution"]);
    for id in ["P1", "P2"] {
        let rows = risk_of(&lake, id).await;
        let found = vec![rows[0].value_at_risk, rows[2].value_at_risk, rows[1].expected_shortfall];
        assert!(found.iter().all(Option::is_some), "{id}");
        assert_eq!(risk[&key([id, ""])], found, "{id}");
        for (instrument, part, _) in parts_of(&lake, id).await {
            assert_eq!(parts[&key([id, &instrument])], [part], "{id} {instrument}");
        }
    }
    assert_eq!(parts.len(), MIXED.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_its_nights_and_a_part_made_again_have_the_same_rows() {
    let (days, facts, rates) = sixty_days();
    let on = &days[50..];
    let at_once = lake_with(&MIXED, on, &facts, &rates).await;
    rolled_up(&at_once, on[0], on[9]).await;
    let night_by_night = lake_with(&MIXED, on, &facts, &rates).await;
    for day in on {
        roll_up(&night_by_night, &work(&format!("night-{day}"), *day, *day)).await.expect("rolled up");
    }
    let expected = every_row(&at_once).await;
    assert_eq!(expected.0.len(), 3 * 3 * 10);
    assert_eq!(expected.1.len(), MIXED.len() * 10);
    assert_eq!(every_row(&night_by_night).await, expected);
    let only: BTreeSet<PortfolioId> = ["P2".parse().expect("an id")].into_iter().collect();
    let again = Work { portfolios: Some(Arc::new(only)), ..work("again", on[3], on[7]) };
    roll_up(&at_once, &again).await.expect("rolled up");
    assert_eq!(every_row(&at_once).await, expected);
}

fn key(words: [&str; 2]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// The rows of both tables as text, in order.
pub(crate) async fn every_row(lake: &Lake) -> (Vec<String>, Vec<String>) {
    let mut risk: Vec<String> = all::<RiskRow>(lake).await.iter().map(|row| format!("{row:?}")).collect();
    let mut parts: Vec<String> = all::<RiskContribution>(lake).await.iter().map(|row| format!("{row:?}")).collect();
    risk.sort();
    parts.sort();
    (risk, parts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contributions_that_do_not_add_up_block() {
    let lake = twenty_scenarios().await;
    let last = days(21)[20];
    rolled_up(&lake, last, last).await;
    let findings = async |run: &str| {
        check(&lake, &work(run, last, last), Layer::Gold).await.expect("checked");
        let mut rows: Vec<Exception> = all(&lake).await;
        rows.retain(|row| row.check_name == "risk_contributions_foot");
        rows
    };
    assert_eq!(findings("right").await, []);
    let mut parts: Vec<RiskContribution> = all(&lake).await;
    for row in parts.iter_mut().filter(|row| row.instrument_id.as_str() == "CASH~USD") {
        row.es_975_contribution = Some(109.0);
    }
    fill(&lake, &parts).await;
    let found = findings("wrong").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].portfolio_id.as_str(), found[0].severity), ("P1", Severity::Block));
}
