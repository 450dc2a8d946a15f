//! What exchange rates made of a period, by hand.

use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, Currency};
use serde_json::{Value, json};

use crate::house::{DATES, House, date, id};

fn amount(number: i64) -> Option<Amount> {
    Some(Amount::new(number.into()))
}

fn day(on: &str, begin: i64, end: Option<Amount>, number: f64) -> DailyReturn {
    DailyReturn {
        portfolio_id: id("D03"),
        business_date: date(on),
        begin_value: amount(begin),
        inflow: amount(0),
        outflow: amount(0),
        end_value: end,
        return_fraction: Some(number),
        benchmark_return_fraction: None,
        return_before_fees_fraction: None,
        return_before_taxes_fraction: None,
        risk_free_annual: None,
        is_observed: None,
    }
}

fn row(
    instrument: &str,
    currency: Currency,
    on: &str,
    [begin, end]: [i64; 2],
    [begin_base, end_base]: [i64; 2],
) -> PositionReturn {
    PositionReturn {
        portfolio_id: id("D03"),
        instrument_id: instrument.parse().expect("an instrument"),
        business_date: date(on),
        currency,
        begin_value: amount(begin),
        inflow: amount(0),
        outflow: amount(0),
        end_value: amount(end),
        begin_value_base: amount(begin_base),
        inflow_base: amount(0),
        outflow_base: amount(0),
        end_value_base: amount(end_base),
        return_fraction: None,
        local_return_fraction: None,
        currency_return_fraction: None,
        cross_return_fraction: None,
        contribution_fraction: None,
    }
}

/// A share of 800 of 1,000 euro earns 10 % in dollars while the dollar rises by 5 %; on the next day it earns nothing,
/// and the dollar falls back.
async fn house(last_end: Option<Amount>) -> House {
    let house = House::with_values().await;
    let days = [day(DATES[0], 1000, amount(1124), 0.124), day(DATES[1], 1124, last_end, -44.0 / 1124.0)];
    house.write_between(DATES[0], DATES[1], &days).await;
    let share = |on, local, base| row("world~AAPL", Currency::USD, on, local, base);
    let cash = |on| row("CASH~EUR", Currency::EUR, on, [200, 200], [200, 200]);
    let positions = [
        share(DATES[0], [1000, 1100], [800, 924]),
        cash(DATES[0]),
        share(DATES[1], [1100, 1100], [924, 880]),
        cash(DATES[1]),
    ];
    house.write_between(DATES[0], DATES[1], &positions).await;
    house
}

#[track_caller]
fn close(value: &Value, expected: f64) {
    let found = value.as_f64().expect("a number");
    assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
}

#[tokio::test]
async fn a_period_is_split_into_its_local_return_and_that_of_rates() {
    let house = house(amount(1080)).await;
    let found = house.get("/portfolios/D03/currency-split?period=MTD").await.json();
    assert_eq!((&found["period"], &found["opening_date"]), (&json!("MTD"), &json!("2014-11-30")));
    assert_eq!(found["unavailable_reason"], Value::Null);
    // 1,080 of 1,000 in all: 8 % in the currencies of the positions, and nothing by rates that went and came back.
    close(&found["return_fraction"], 0.08);
    close(&found["local_return"], 0.08);
    close(&found["currency_return"], 0.0);
    let [euros, dollars] = found["items"].as_array().expect("a list").as_slice() else { panic!("two: {found}") };
    assert_eq!((&euros["currency"], &dollars["currency"]), (&json!("EUR"), &json!("USD")));
    close(&euros["contribution"], 0.0);
    close(&dollars["contribution"], 0.08);
    let parts: f64 = ["local", "exchange", "cross"].iter().filter_map(|part| dollars[part].as_f64()).sum();
    assert!((parts - 0.08).abs() < 1e-12, "{dollars}");
    // Of one day: 8 % of the capital earned in dollars, 4 % by the rate of the capital, 0.4 % by both.
    let day = house.get("/portfolios/D03/currency-split?period=1D&date=2014-12-30").await.json();
    let dollars = &day["items"][1];
    for (part, expected) in [("local", 0.08), ("exchange", 0.04), ("cross", 0.004), ("contribution", 0.124)] {
        close(&dollars[part], expected);
    }
}

#[tokio::test]
async fn what_cannot_be_split_says_why() {
    let house = house(None).await;
    let found = house.get("/portfolios/D03/currency-split").await.json();
    assert_eq!((&found["period"], &found["items"]), (&json!("YTD"), &json!([])));
    assert_eq!(found["return_fraction"], Value::Null);
    let reason = "the value or a flow of 2014-12-31 is unknown; see the exceptions of that date";
    assert_eq!(found["unavailable_reason"], reason);
    let young = house.get("/portfolios/D03/currency-split?period=3Y").await.json();
    let reason = "the portfolio began on 2014-01-02, inside the period 3Y";
    assert_eq!((&young["opening_date"], &young["unavailable_reason"]), (&json!("2014-01-02"), &json!(reason)));
    let empty = House::with_values().await;
    let found = empty.get("/portfolios/D03/currency-split?period=MTD").await.json();
    assert_eq!(found["unavailable_reason"], "the period has no daily return");
    house.get("/portfolios/D03/currency-split?period=2Y").await.problem(400);
    house.get("/portfolios/D99/currency-split").await.problem(404);
}
