//! Concentration and liquidity in the night: by hand, as on request, the same night by night, and made again by month.

use std::collections::BTreeSet;
use std::sync::Arc;

use lake::Lake;
use pipelines::concentration::{concentrated, stated};
use pipelines::history::{mark, touched};
use pipelines::liquidity::{PARTICIPATION, liquidity};
use pipelines::rollups::roll_up;
use pipelines::{AgeLimits, Work};
use schemas::table::Record as _;
use schemas::tables::classifications::Classification;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::instruments::Instrument;
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, Currency, MeasureValue};

use crate::samples::{
    all, amount, date, fill, instrument, memory_lake, mirror, portfolio, quote, refill, transaction, valuation, work,
};

/// The dates that are made, of two months; the third is the ex-date of a split two for one.
const DAYS: [&str; 3] = ["2014-01-30", "2014-01-31", "2014-02-03"];

/// P1 holds one share, P2 four positions of one size, P3 a share and what it owes its issuer, P4 nothing, P5 a share
/// that has no value.
const HELD: [(&str, &str, &str, Option<&str>); 8] = [
    ("P1", "M1~BBB", "1000", Some("80")),
    ("P2", "CASH~EUR", "50", Some("50")),
    ("P2", "M1~AAA", "100", Some("50")),
    ("P2", "M1~BBB", "5000", Some("50")),
    ("P2", "M1~CCC", "1", Some("50")),
    ("P3", "M1~AAA", "400", Some("70")),
    ("P3", "M1~CCC", "-7", Some("-70")),
    ("P5", "M1~BBB", "1", None),
];

fn traded(instrument: &str, on: &str, volume: &str) -> Quote {
    Quote { volume: Some(volume.parse().expect("a number")), ..quote(instrument, on, "1") }
}

fn quotes() -> Vec<Quote> {
    let days = (11..=31).map(|day| format!("2014-01-{day}")).chain(["2014-02-03".to_owned()]);
    let of_day = |on: String| {
        let volume = if on.as_str() < DAYS[2] { "1000" } else { "2000" };
        [traded("M1~AAA", &on, volume), traded("M1~BBB", &on, "5000"), quote("M1~CCC", &on, "2")]
    };
    days.flat_map(of_day).collect()
}

fn valued(portfolio_id: &str, on: &str) -> PortfolioValue {
    PortfolioValue {
        portfolio_id: portfolio_id.parse().expect("an id"),
        business_date: date(on),
        previous_business_date: None,
        base_currency: Currency::EUR,
        market_value: None,
        securities_value: None,
        cash_value: None,
        position_count: 1,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    }
}

fn issuer(symbol: &str, node: &str) -> Classification {
    Classification {
        market_id: "M1".parse().expect("an id"),
        instrument_id: format!("M1~{symbol}").parse().expect("an id"),
        taxonomy: "issuer".to_owned(),
        node: node.to_owned(),
        weight: "1".parse().expect("a weight"),
        landing_sha256: String::new(),
        line: 2,
    }
}

const PORTFOLIOS: [&str; 5] = ["P1", "P2", "P3", "P4", "P5"];

async fn sample() -> Lake {
    let lake = memory_lake();
    fill::<Instrument>(&lake, &["AAA", "BBB", "CCC"].map(instrument)).await;
    fill(&lake, &quotes()).await;
    fill(&lake, &[issuer("AAA", "Alpha"), issuer("CCC", "Alpha")]).await;
    let split = CorporateAction {
        market_id: "M1".parse().expect("an id"),
        instrument_id: "M1~AAA".parse().expect("an id"),
        ex_date: date(DAYS[2]),
        kind: "SPLIT".to_owned(),
        ratio_new: Some(2),
        ratio_old: Some(1),
        target_instrument_id: None,
        amount: None,
        basis_fraction: None,
        fraction_price: None,
        pay_date: None,
        currency: None,
        landing_sha256: String::new(),
        line: 2,
    };
    fill(&lake, &[split]).await;
    // The broker of P3 is three days early.
    let early = Transaction {
        instrument_id: Some("M1~AAA".parse().expect("an id")),
        quantity: Some("2".parse().expect("a number")),
        ..transaction("P3", "1", DAYS[1], "SPLIT", "0")
    };
    mirror(&lake, &work("mirror", date(DAYS[0]), date(DAYS[2])), &PORTFOLIOS.map(portfolio), &[early]).await;
    let mut positions = Vec::new();
    let mut values = Vec::new();
    for day in DAYS {
        positions.extend(HELD.map(|(id, instrument, quantity, value)| Valuation {
            quantity: quantity.parse().expect("a number"),
            ..valuation(id, instrument, day, value.map(amount))
        }));
        values.extend(PORTFOLIOS.map(|id| valued(id, day)));
    }
    fill(&lake, &positions).await;
    fill(&lake, &values).await;
    lake
}

async fn both(lake: &Lake) -> (Vec<ConcentrationRow>, Vec<LiquidityRow>) {
    let (mut concentration, mut sold) = (all::<ConcentrationRow>(lake).await, all::<LiquidityRow>(lake).await);
    concentration.sort_by_key(|row| (row.portfolio_id.clone(), row.business_date, row.grouping.clone()));
    sold.sort_by_key(|row| (row.portfolio_id.clone(), row.business_date));
    (concentration, sold)
}

async fn made() -> Lake {
    let lake = sample().await;
    roll_up(&lake, &work("range", date(DAYS[0]), date(DAYS[2]))).await.expect("rolled up");
    lake
}

async fn by(lake: &Lake, id: &str, grouping: &str) -> ConcentrationRow {
    let rows = lake::read::concentration(lake, &id.parse().expect("an id"), date(DAYS[0])).await.expect("read");
    rows.into_iter().find(|row| row.grouping == grouping).expect("a row")
}

async fn sold(lake: &Lake, id: &str, on: &str) -> LiquidityRow {
    lake::read::liquidity(lake, &id.parse().expect("an id"), date(on)).await.expect("read").expect("a row")
}

#[track_caller]
fn assert_number(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= 1e-12, "{found} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_position_is_all_and_four_of_one_size_are_four() {
    let lake = made().await;
    let one = by(&lake, "P1", "position").await;
    assert_number(one.herfindahl, 1.0);
    assert_eq!((one.group_count, one.largest_group.as_deref()), (Some(1), Some("M1~BBB")));
    let four = by(&lake, "P2", "position").await;
    assert_number(four.effective_number, 4.0);
    assert_number(four.largest_share, 0.25);
    assert_number(four.largest_five_share, 1.0);
    assert_number(by(&lake, "P2", "currency").await.herfindahl, 1.0);
    // Alpha has two of the four, cash one, and one is not classified: 1/4 + 1/16 + 1/16.
    let issuers = by(&lake, "P2", "issuer").await;
    assert_number(issuers.herfindahl, 0.375);
    assert_number(issuers.unclassified_share, 0.25);
    assert_eq!(issuers.largest_group.as_deref(), Some("Alpha"));
    // What is owed to the issuer is as much as what is owned of it: nothing is left of the only group.
    assert_number(by(&lake, "P3", "position").await.effective_number, 2.0);
    let reason = |row: ConcentrationRow| row.unavailable_reason.expect("a reason");
    assert_eq!(reason(by(&lake, "P3", "issuer").await), "by issuer: no weight is other than zero");
    assert_eq!(reason(by(&lake, "P4", "position").await), "by position: no weight is other than zero");
    let unknown = by(&lake, "P5", "issuer").await;
    assert_eq!((unknown.herfindahl, unknown.group_count), (None, None));
    assert_eq!(reason(unknown), "M1~BBB has no value; see the exceptions of the date");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_to_sell_are_those_by_hand() {
    let lake = made().await;
    // A fifth of 5,000 a day is 1,000: what P1 holds.
    let one = sold(&lake, "P1", DAYS[0]).await;
    assert_number(one.days_until_all, 1.0);
    assert_number(one.one_day_share, 1.0);
    assert_eq!((one.position_count, one.unknown_count, one.days_unavailable_reason), (1, 0, None));
    // AAA takes half a day, BBB five, the cash none, and of CCC nobody knows.
    let four = sold(&lake, "P2", DAYS[0]).await;
    assert_number(four.one_day_share, (1.0 + 0.2 + 1.0) / 4.0);
    assert_number(four.five_day_share, 0.75);
    assert_number(four.unknown_share, 0.25);
    assert_eq!((four.position_count, four.unknown_count, four.days_until_all), (4, 1, None));
    let reason = "M1~CCC: no volume is known on the last 20 valuation dates";
    assert_eq!(four.days_unavailable_reason.as_deref(), Some(reason));
    assert_eq!(sold(&lake, "P4", DAYS[0]).await.shares_unavailable_reason.as_deref(), Some("no position"));
    let unknown = sold(&lake, "P5", DAYS[0]).await;
    assert_eq!(unknown.shares_unavailable_reason.as_deref(), Some("M1~BBB has no value"));
    assert_number(unknown.days_until_all, 0.001);
    // Half of the values of P3 is AAA: 400 of them at 200 a day, on the ex-date at 400. Its broker splits three days
    // early, so that of twenty days nineteen count twice: a fifth of 1,950 is 390 a day.
    for (day, part) in DAYS.into_iter().zip([0.5, 390.0 / 400.0, 1.0]) {
        assert_number(sold(&lake, "P3", day).await.one_day_share, part / 2.0);
    }
    // Nobody else knows of it so early: 100 of AAA still take half a day, on the ex-date a quarter.
    assert_number(sold(&lake, "P2", DAYS[1]).await.one_day_share, 0.55);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_night_says_what_is_said_on_request() {
    let lake = made().await;
    for id in PORTFOLIOS.map(portfolio) {
        for day in DAYS.map(date) {
            let rows = lake::read::concentration(&lake, &id.portfolio_id, day).await.expect("read");
            let asked = concentrated(&lake, &id, day).await.expect("read");
            assert_eq!(stated(&rows).expect("rows"), asked, "{} {day}", id.portfolio_id);
            let found = liquidity(&lake, &id, day, PARTICIPATION).await.expect("read");
            let row = sold(&lake, id.portfolio_id.as_str(), &day.to_string()).await;
            let figures = found.sold_within.iter().map(|(_, share)| share);
            let figures = figures.chain([&found.unknown_share, &found.days_until_all]);
            let kept = [row.one_day_share, row.five_day_share, row.twenty_day_share, row.unknown_share];
            for (figure, kept) in figures.zip(kept.into_iter().chain([row.days_until_all])) {
                match figure {
                    MeasureValue::Number(number) => assert_eq!(kept, Some(*number), "{} {day}", id.portfolio_id),
                    _ => assert_eq!(kept, None, "{} {day}", id.portfolio_id),
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_has_the_rows_of_its_nights_and_a_run_that_goes_on_writes_nothing_twice() {
    let (range, nights) = (made().await, sample().await);
    for day in DAYS {
        let night = work(&format!("night-{day}"), date(day), date(day));
        roll_up(&nights, &night).await.expect("rolled up");
        let before = versions(&nights).await;
        roll_up(&nights, &night).await.expect("resumed");
        assert_eq!(versions(&nights).await, before);
    }
    let (of_range, of_nights) = (both(&range).await, both(&nights).await);
    // Five portfolios, three days, three ways of grouping.
    assert_eq!((of_range.0.len(), of_range.1.len()), (5 * 3 * 3, 5 * 3));
    assert_eq!(of_range, of_nights);
}

async fn versions(lake: &Lake) -> [Option<u64>; 2] {
    let version = async |table| lake.snapshot(table).await.expect("a snapshot").version();
    [version(ConcentrationRow::TABLE).await, version(LiquidityRow::TABLE).await]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_volume_makes_its_month_again_and_only_the_portfolios_named_change() {
    let lake = made().await;
    let (first, last) = (date("2014-01-02"), date("2014-02-28"));
    mark(&lake, &work("marked", first, last)).await.expect("marked");
    let changed = async || -> Vec<(BusinessDate, usize)> {
        let found = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
        found.iter().map(|group| (group.from, group.portfolios.len())).collect()
    };
    assert!(changed().await.is_empty());
    let mut quotes = quotes();
    for quote in quotes.iter_mut().filter(|quote| quote.instrument_id.as_str() == "M1~AAA") {
        if quote.quote_date == date(DAYS[2]) {
            quote.volume = Some("200".parse().expect("a number"));
        }
    }
    refill(&lake, &quotes, "late").await;
    // Only P3 booked anything in AAA.
    assert_eq!(changed().await, [(date("2014-02-01"), 1)]);
    let (concentration, before) = both(&lake).await;
    let portfolios = Some(Arc::new(BTreeSet::from(["P3".parse().expect("an id")])));
    let again = Work { portfolios, ..work("again", date("2014-02-01"), last) };
    roll_up(&lake, &again).await.expect("rolled up");
    let (concentration_after, after) = both(&lake).await;
    assert_eq!(concentration, concentration_after);
    let other: Vec<(&str, String)> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .map(|(row, _)| (row.portfolio_id.as_str(), row.business_date.to_string()))
        .collect();
    assert_eq!(other, [("P3", DAYS[2].to_owned())]);
    // Nineteen days of 2,000 and one of 200 are 1,910 on average: a fifth of it is 382 of 400 a day.
    assert_number(sold(&lake, "P3", DAYS[2]).await.one_day_share, 382.0 / 400.0 / 2.0);
}
