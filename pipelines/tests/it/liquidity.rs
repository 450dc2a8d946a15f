//! How long it takes to sell a portfolio, by hand and with a split among the days over which volumes are averaged.

use lake::Lake;
use pipelines::liquidity::{PortfolioLiquidity, PositionLiquidity, liquidity};
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{MeasureValue, Quantity};

use crate::samples::{amount, date, fill, instrument, memory_lake, portfolio, quote, transaction, valuation};

/// The last of the twenty valuation dates, which are the first twenty days of March 2014.
const LAST: &str = "2014-03-20";

fn day(number: u32) -> String {
    format!("2014-03-{number:02}")
}

fn units(text: &str) -> Quantity {
    text.parse().expect("a number")
}

fn traded(instrument: &str, number: u32, volume: &str) -> Quote {
    Quote { volume: Some(units(volume)), ..quote(instrument, &day(number), "1") }
}

fn held(instrument: &str, quantity: &str, value: Option<&str>) -> Valuation {
    Valuation { quantity: units(quantity), ..valuation("P1", instrument, LAST, value.map(amount)) }
}

fn split(instrument: &str, on: &str, ratio_new: i64) -> CorporateAction {
    CorporateAction {
        market_id: "M1".parse().expect("an id"),
        instrument_id: instrument.parse().expect("an id"),
        ex_date: date(on),
        kind: "SPLIT".to_owned(),
        ratio_new: Some(ratio_new),
        ratio_old: Some(1),
        target_instrument_id: None,
        amount: None,
        basis_fraction: None,
        fraction_price: None,
        pay_date: None,
        currency: None,
        landing_sha256: String::new(),
        line: 2,
    }
}

/// AAA trades 1,000 shares a day, from its split five for one on the 11th on 7,000; BBB 5,000; CCC says nothing; DDD,
/// whose quotes are adjusted, 400 on eleven days.
async fn market() -> Lake {
    let lake = memory_lake();
    let mut quotes = Vec::new();
    for number in 1..=20 {
        quotes.push(traded("M1~AAA", number, if number < 11 { "1000" } else { "7000" }));
        quotes.push(traded("M1~BBB", number, "5000"));
        quotes.push(quote("M1~CCC", &day(number), "2"));
        if 9 < number {
            quotes.push(traded("M1~DDD", number, "400"));
        }
        // Another market has days of its own, which do not count.
        let elsewhere = quote("M2~ZZZ", &format!("2014-02-{number:02}"), "1");
        quotes.push(Quote { market_id: "M2".parse().expect("an id"), ..elsewhere });
    }
    // Long before, and after the date: neither counts.
    quotes.push(traded("M1~AAA", 25, "1000000"));
    quotes.push(Quote { quote_date: date("2014-02-27"), ..traded("M1~AAA", 1, "1000000") });
    fill(&lake, &quotes).await;
    let adjusted = schemas::tables::instruments::Instrument { adjusted: "split".to_owned(), ..instrument("DDD") };
    fill(&lake, &[instrument("AAA"), instrument("BBB"), instrument("CCC"), adjusted]).await;
    fill(&lake, &[split("M1~AAA", "2014-03-11", 5), split("M1~DDD", "2014-03-15", 2)]).await;
    lake
}

fn position<'a>(found: &'a PortfolioLiquidity, instrument: &str) -> &'a PositionLiquidity {
    found.positions.iter().find(|row| row.instrument_id.as_str() == instrument).expect("listed")
}

fn number(value: &MeasureValue) -> f64 {
    match value {
        MeasureValue::Number(number) => *number,
        other => panic!("no number: {other:?}"),
    }
}

fn reason(value: &MeasureValue) -> &str {
    match value {
        MeasureValue::Unavailable(reason) => reason,
        other => panic!("a figure: {other:?}"),
    }
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12, "{found} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_and_shares_are_those_by_hand() {
    let lake = market().await;
    let rows = [
        held("M1~AAA", "12000", Some("60")),
        held("M1~BBB", "-100", Some("-30")),
        held("M1~CCC", "5", Some("10")),
        held("CASH~EUR", "100", Some("100")),
        held("CASH~USD", "-50", Some("-40")),
    ];
    fill(&lake, &rows).await;
    let found = liquidity(&lake, &portfolio("P1"), date(LAST), 0.2).await.expect("read");
    assert_eq!(found.averaged_over, Some((date("2014-03-01"), date(LAST), 20)));
    // AAA: ten days of 1,000 old shares, 5,000 new ones each, and ten of 7,000: 6,000 a day. A fifth of it is 1,200 a
    // day: 12,000 take ten days. BBB: a fifth of 5,000 is 1,000: 100 are bought back in a tenth of a day.
    let aaa = position(&found, "M1~AAA");
    assert_eq!((aaa.average_daily_volume, aaa.volume_dates), (Some(units("6000")), 20));
    assert_close(number(&aaa.days_to_exit), 10.0);
    assert_close(number(&position(&found, "M1~BBB").days_to_exit), 0.1);
    let ccc = position(&found, "M1~CCC");
    assert_eq!((ccc.average_daily_volume, ccc.volume_dates), (None, 0));
    assert_eq!(reason(&ccc.days_to_exit), "no volume is known on the last 20 valuation dates");
    assert_close(number(&position(&found, "CASH~EUR").days_to_exit), 0.0);
    assert_eq!(reason(&position(&found, "CASH~USD").days_to_exit), "an overdraft is paid back, not sold");
    // Of 60 + 30 + 10 + 100 = 200: the cash, all of BBB and a tenth of AAA on the first day, half of it in five days.
    let shares: Vec<f64> = found.sold_within.iter().map(|(_, share)| number(share)).collect();
    for (share, expected) in shares.into_iter().zip([136.0, 160.0, 190.0]) {
        assert_close(share, expected / 200.0);
    }
    assert_close(number(&found.unknown_share), 10.0 / 200.0);
    assert_eq!(reason(&found.days_until_all), "M1~CCC: no volume is known on the last 20 valuation dates");
    // Half the participation takes twice as long.
    let slower = liquidity(&lake, &portfolio("P1"), date(LAST), 0.1).await.expect("read");
    assert_close(number(&position(&slower, "M1~AAA").days_to_exit), 20.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_split_counts_where_quotes_are_as_traded_whoever_knows_of_it() {
    let lake = market().await;
    fill(&lake, &[held("M1~AAA", "12000", Some("60")), held("M1~BBB", "2000", Some("9")), held("M1~DDD", "80", None)])
        .await;
    // The broker books the announced split two days late, and one of BBB, two for one on the 19th, that nobody
    // announced: 18 days of 10,000 and 2 of 5,000 are 9,500 a day.
    let booked = |id: &str, on: &str, instrument: &str, ratio: &str| Transaction {
        instrument_id: Some(instrument.parse().expect("an id")),
        quantity: Some(units(ratio)),
        ..transaction("P1", id, on, "SPLIT", "0")
    };
    let own = [booked("1", "2014-03-13", "M1~AAA", "5"), booked("2", "2014-03-19", "M1~BBB", "2")];
    let elsewhere = Transaction { portfolio_id: "P2".parse().expect("an id"), ..booked("3", LAST, "M1~BBB", "10") };
    fill(&lake, &[own.to_vec(), vec![elsewhere]].concat()).await;
    let found = liquidity(&lake, &portfolio("P1"), date(LAST), 0.2).await.expect("read");
    let average = |instrument: &str| position(&found, instrument).average_daily_volume;
    assert_eq!(average("M1~AAA"), Some(units("6000")));
    assert_eq!(average("M1~BBB"), Some(units("9500")));
    // 400 on eleven of twenty dates, adjusted by whoever delivers them: 80 take one day of a fifth.
    assert_eq!(average("M1~DDD"), Some(units("400")));
    assert_eq!(position(&found, "M1~DDD").volume_dates, 11);
    assert_close(number(&position(&found, "M1~DDD").days_to_exit), 1.0);
    // Without a value there is a number of days and no share.
    assert!(found.sold_within.iter().all(|(_, share)| reason(share) == "M1~DDD has no value"), "{found:?}");
    assert_close(number(&found.days_until_all), 10.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_held_has_a_reason_and_no_figure() {
    let lake = market().await;
    let found = liquidity(&lake, &portfolio("P1"), date(LAST), 0.2).await.expect("read");
    assert!(found.positions.is_empty());
    assert_eq!(reason(&found.days_until_all), "no position");
    assert_eq!(reason(&found.unknown_share), "no position");
}
