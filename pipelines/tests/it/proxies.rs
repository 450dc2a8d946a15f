//! What stands for an instrument that is younger than the scenarios: by hand, as NumPy says it, the same night by
//! night, and made again when it changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use lake::Lake;
use pipelines::history::{mark, touched};
use pipelines::rollups::risk::on_request::risk_parts;
use pipelines::rollups::roll_up;
use pipelines::{AgeLimits, Work};
use rust_decimal::Decimal;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Currency, InstrumentId, PortfolioId, Quantity};

use crate::risk::{Held, days, dollar, every_row, lake_with, quotes, risk_of, rolled_up, twenty_scenarios};
use crate::samples::{all, fill, instrument, memory_lake, portfolio, quote, refill, transaction, work};

fn id(text: &str) -> InstrumentId {
    text.parse().expect("an id")
}

/// The instruments of a market in which something stands for NEW.
async fn name_proxy(lake: &Lake, currency: Currency, proxy: &str) {
    let new = Instrument { currency, proxy_instrument_id: Some(id(proxy)), ..instrument("NEW") };
    let usd = Instrument { currency: Currency::USD, ..instrument("USD1") };
    refill(lake, &[instrument("AAA"), new, instrument("ODD"), usd], "named").await;
}

async fn part_of(lake: &Lake, portfolio: &str, instrument: &str) -> RiskContribution {
    let rows: Vec<RiskContribution> = all(lake).await;
    let mut rows = rows.into_iter();
    let found = rows.find(|row| (row.portfolio_id.as_str(), row.instrument_id.as_str()) == (portfolio, instrument));
    found.expect("a position")
}

#[track_caller]
fn assert_close(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= 1e-10 * (1.0 + expected.abs()), "{found} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_named_proxy_with_few_days_in_common_stands_in_as_it_is() {
    let lake = twenty_scenarios().await;
    name_proxy(&lake, Currency::EUR, "M1~AAA").await;
    let days = days(21);
    rolled_up(&lake, days[20], days[20]).await;
    // NEW is quoted from the sixth day on, so that it lacks the fall of AAA by a tenth on the fourth: 940 and 60 lose a
    // tenth there; later NEW rests, and 940 lose 6 %.
    let rows = risk_of(&lake, "P3").await;
    assert_close(rows[1].expected_shortfall, 100.0);
    assert_close(rows[0].value_at_risk, 100.0 - 0.95 * (100.0 - 56.4));
    assert_eq!((rows[0].excluded_count, rows[0].proxied_count), (0, Some(1)));
    assert_close(rows[0].proxied_fraction, 0.06);
    let new = part_of(&lake, "P3", "M1~NEW").await;
    assert_close(new.es_975_contribution, 6.0);
    assert_eq!((new.proxy_instrument_id, new.proxied_scenario_count), (Some(id("M1~AAA")), Some(5)));
    assert_eq!(new.proxied_through_date, Some(days[5]));
    let old = part_of(&lake, "P3", "M1~AAA").await;
    assert_eq!((old.proxy_instrument_id, old.proxied_scenario_count, old.proxied_through_date), (None, None, None));
    // Who holds nothing of it has nothing on proxies.
    let rows = risk_of(&lake, "P1").await;
    assert_eq!((rows[0].proxied_count, rows[0].proxied_fraction), (Some(0), Some(0.0)));
    assert_close(rows[1].expected_shortfall, 109.375);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exchange_rates_are_those_of_the_instrument_and_not_of_its_proxy() {
    // NEW is quoted in dollars from the sixth day on. AAA, in euro, falls by a tenth on the fourth day and by 6 % on
    // the tenth, the dollar from 0.8 to 0.625, by 21.875 %, on the fifth.
    let days = days(21);
    let aaa = |place: usize| match place {
        0..3 => "100",
        3..9 => "90",
        _ => "84.6",
    };
    let mut facts = quotes("AAA", &days, |place| aaa(place).to_owned());
    facts.extend(quotes("NEW", &days[5..], |_| "10".to_owned()));
    let rates = [dollar(days[0], "1.25"), dollar(days[4], "1.6")];
    let held = [("P1", "M1~AAA", Some("1000")), ("P1", "M1~NEW", Some("1000"))];
    let lake = lake_with(&held, &days[20..], &facts, &rates).await;
    name_proxy(&lake, Currency::USD, "M1~AAA").await;
    rolled_up(&lake, days[20], days[20]).await;
    let rows = risk_of(&lake, "P1").await;
    assert_close(rows[1].expected_shortfall, 218.75);
    assert_close(rows[0].value_at_risk, 218.75 - 0.95 * (218.75 - 200.0));
    assert_close(part_of(&lake, "P1", "M1~NEW").await.es_975_contribution, 218.75);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_stand_in_is_named_with_the_reason() {
    let days = days(21);
    let reasons = [
        ("M1~GONE", "its proxy is not listed by the market"),
        ("M1~ODD", "its proxy was quoted on 6 of 20 days only"),
        ("M1~USD1", "its proxy has none on 2014-01-03 either"),
    ];
    for (proxy, why) in reasons {
        let lake = twenty_scenarios().await;
        let mut facts: Vec<Quote> = all(&lake).await;
        facts.extend(quotes("USD1", &days[6..], |_| "10".to_owned()));
        refill(&lake, &facts, "more").await;
        name_proxy(&lake, Currency::EUR, proxy).await;
        rolled_up(&lake, days[20], days[20]).await;
        let row = &risk_of(&lake, "P3").await[0];
        assert_eq!((row.value_at_risk, row.proxied_count), (None, Some(0)), "{proxy}");
        let reason = row.unavailable_reason.clone().expect("a reason");
        assert!(reason.contains(&format!("it has no return on 2014-01-07, and {why}")), "{reason}");
        assert_eq!(part_of(&lake, "P3", "M1~NEW").await.proxy_instrument_id, None);
    }
}

/// NEW and AAA are held; P1 is compared with AAA, P2 with nothing.
const BOTH: [Held; 4] = [
    ("P1", "M1~AAA", Some("3000")),
    ("P1", "M1~NEW", Some("1000")),
    ("P2", "M1~AAA", Some("3000")),
    ("P2", "M1~NEW", Some("1000")),
];

/// Closes of 131 days, of which NEW has none before a place.
async fn young(from: usize, on: &[BusinessDate]) -> Lake {
    let days = days(131);
    let mut facts = quotes("AAA", &days, |place| (1000 + place * 37 % 231).to_string());
    facts.extend(quotes("NEW", &days[from..], |place| (500 + (place + from) * 29 % 97).to_string()));
    let lake = lake_with(&BOTH, on, &facts, &[]).await;
    let compared = Portfolio { benchmark_symbol: Some("AAA".to_owned()), ..portfolio("P1") };
    refill(&lake, &[compared, portfolio("P2"), portfolio("P9")], "compared").await;
    lake
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_benchmark_stands_in_as_numpy_says() {
    let days = days(131);
    let lake = young(60, &days[130..]).await;
    rolled_up(&lake, days[130], days[130]).await;
    // numpy.polyfit of the logarithmic returns of NEW on those of AAA over the 70 days that both have: a slope of
    // −0.21104417436334413. Filled with the residuals from the end on; numpy.quantile and the mean of the 2.5 % worst.
    let rows = risk_of(&lake, "P1").await;
    let expected = [
        (428.147_014_905_777_2, 515.024_630_543_357_3),
        (526.532_173_657_840_2, 570.788_221_637_768_2),
        (559.439_405_767_887_7, 590.833_028_388_209_4),
    ];
    for (row, (at_risk, shortfall)) in rows.iter().zip(expected) {
        assert_close(row.value_at_risk, at_risk);
        assert_close(row.expected_shortfall, shortfall);
        assert_eq!((row.scenario_count, row.excluded_count, row.proxied_count), (130, 0, Some(1)));
        assert_close(row.proxied_fraction, 0.25);
    }
    let new = part_of(&lake, "P1", "M1~NEW").await;
    assert_close(new.es_975_contribution, 90.389_780_032_153_92);
    assert_eq!((new.proxied_scenario_count, new.proxied_through_date), (Some(60), Some(days[60])));
    assert_close(part_of(&lake, "P1", "M1~AAA").await.es_975_contribution, 480.398_441_605_614_3);
    // Without a benchmark and without a proxy there is the reason, as ever.
    let reason = risk_of(&lake, "P2").await[0].unavailable_reason.clone().expect("a reason");
    assert!(reason.starts_with("25.0 % of the values would be left out, more than 5 %"), "{reason}");
    // Asked for in parts it is the same.
    let compared = Portfolio { benchmark_symbol: Some("AAA".to_owned()), ..portfolio("P1") };
    let parts = risk_parts(&lake, &compared, days[130], AgeLimits::UNLIMITED, None).await.expect("readable");
    let tails = parts.tails.expect("figures");
    assert_eq!(Some(tails[1].expected_shortfall), rows[1].expected_shortfall, "to the last bit");
    assert_eq!(parts.positions[1].risk.clone().map(|risk| Some(risk.contribution)), Ok(new.es_975_contribution));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_benchmark_with_too_few_days_in_common_stands_for_nothing() {
    let days = days(131);
    let lake = young(71, &days[130..]).await;
    rolled_up(&lake, days[130], days[130]).await;
    let reason = risk_of(&lake, "P1").await[0].unavailable_reason.clone().expect("a reason");
    let why = "the benchmark of the portfolio, which could stand for it, has 59 days with a return in common with it, \
               of which 60 are needed";
    assert!(reason.ends_with(why), "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_its_nights_and_a_part_made_again_have_the_same_proxies() {
    let days = days(131);
    let on = &days[127..];
    let at_once = young(50, on).await;
    rolled_up(&at_once, on[0], on[3]).await;
    let night_by_night = young(50, on).await;
    for day in on {
        roll_up(&night_by_night, &work(&format!("night-{day}"), *day, *day)).await.expect("rolled up");
    }
    let expected = every_row(&at_once).await;
    assert!(expected.1.iter().any(|row| row.contains("proxied_scenario_count: Some(50)")), "{:?}", expected.1);
    assert_eq!(every_row(&night_by_night).await, expected);
    let only: BTreeSet<PortfolioId> = ["P1".parse().expect("an id")].into_iter().collect();
    let again = Work { portfolios: Some(Arc::new(only)), ..work("again", on[1], on[2]) };
    roll_up(&at_once, &again).await.expect("rolled up");
    assert_eq!(every_row(&at_once).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_close_of_a_proxy_concerns_those_for_whom_it_stands() {
    let days = days(40);
    let lake = memory_lake();
    fill(&lake, &[portfolio("P1"), portfolio("P2")]).await;
    let new = Instrument { proxy_instrument_id: Some(id("M1~AAA")), ..instrument("NEW") };
    fill(&lake, &[instrument("AAA"), new, instrument("ODD")]).await;
    let mut facts = quotes("AAA", &days, |_| "100".to_owned());
    facts.extend(quotes("ODD", &days, |_| "10".to_owned()));
    facts.extend(quotes("NEW", &days[20..], |_| "10".to_owned()));
    fill(&lake, &facts).await;
    let bought = |portfolio: &str, symbol: &str| Transaction {
        instrument_id: Some(instrument(symbol).instrument_id),
        quantity: Some(Quantity::new(Decimal::ONE)),
        ..transaction(portfolio, "1", &days[20].to_string(), "BUY", "-10")
    };
    fill(&lake, &[bought("P1", "NEW"), bought("P2", "ODD")]).await;
    mark(&lake, &work("history-1", days[0], days[39])).await.expect("marked");
    let concerned = async || {
        let again = touched(&lake, AgeLimits::UNLIMITED, days[0], days[39]).await.expect("readable");
        let ids = again.iter().flat_map(|group| group.portfolios.iter().map(PortfolioId::to_string));
        ids.collect::<Vec<String>>()
    };
    assert_eq!(concerned().await, Vec::<String>::new());
    facts[3] = quote("M1~AAA", &days[3].to_string(), "90");
    refill(&lake, &facts, "late").await;
    assert_eq!(concerned().await, ["P1"]);
    // So does another proxy.
    facts[3] = quote("M1~AAA", &days[3].to_string(), "100");
    refill(&lake, &facts, "as before").await;
    assert_eq!(concerned().await, Vec::<String>::new());
    refill(&lake, &[instrument("AAA"), instrument("NEW"), instrument("ODD")], "without").await;
    assert_eq!(concerned().await, ["P1"]);
}
