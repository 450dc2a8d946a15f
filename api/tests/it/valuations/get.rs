//! The values of a portfolio over time.

use crate::house::{DATES, House};

#[tokio::test]
async fn the_last_year_is_the_default() {
    let house = House::with_values().await;
    let valuations = house.get("/portfolios/D03/valuations").await.json();
    assert_eq!(valuations["from_date"], "2013-12-31");
    assert_eq!(valuations["to_date"], DATES[1]);
    let dates: Vec<&str> = valuations["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|item| item["business_date"].as_str())
        .collect();
    assert_eq!(dates, DATES);
}

#[tokio::test]
async fn decimals_are_texts_without_exponent() {
    let house = House::with_values().await;
    let valuations = house.get("/portfolios/D03/valuations?from=2014-12-31&to=2014-12-31").await.json();
    assert_eq!(valuations["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(valuations["items"][0]["market_value"], "100250.5");
    assert_eq!(valuations["items"][0]["cash_value"], "-0.0000001");
}

#[tokio::test]
async fn ranges_are_bounded_and_in_order() {
    let house = House::with_values().await;
    let problem = house.get("/portfolios/D03/valuations?from=2014-12-31&to=2014-12-30").await.problem(400);
    assert_eq!(problem["detail"], "from 2014-12-31 is after to 2014-12-30");
    house.get("/portfolios/D03/valuations?from=2000-01-01&to=2014-12-31").await.problem(400);
}
