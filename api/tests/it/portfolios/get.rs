//! Portfolios in lists and one by one.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_portfolio_that_there_is_not() {
    let house = House::with_portfolio().await;
    for path in ["/portfolios/D99", "/portfolios/D99/positions", "/portfolios/D99/valuations", "/portfolios/a%20b"] {
        let problem = house.get(path).await.problem(404);
        assert_eq!(problem["title"], "Unknown portfolio", "{path}");
    }
}

#[tokio::test]
async fn a_portfolio_with_its_latest_value() {
    let house = House::with_values().await;
    let answer = house.get("/portfolios/D03").await;
    assert_eq!(answer.status, 200);
    assert!(!String::from_utf8_lossy(&answer.body).contains("example.org"), "mail addresses are not shown");
    insta::assert_json_snapshot!(answer.json()["latest"], @r#"
    {
      "business_date": "2014-12-31",
      "currency": "EUR",
      "market_value": "100250.5",
      "securities_value": null,
      "cash_value": "-0.0000001",
      "position_count": 1,
      "carried_price_count": 0,
      "missing_count": 0
    }
    "#);
}

#[tokio::test]
async fn a_portfolio_that_was_never_valued() {
    let house = House::with_portfolio().await;
    let portfolio = house.get("/portfolios/D03").await.json();
    assert_eq!(portfolio["latest"], Value::Null);
    assert_eq!(portfolio["returns"], json!([]));
    let problem = house.get("/portfolios/D03/positions").await.problem(404);
    assert_eq!(problem["detail"], "portfolio `D03` has never been valued");
}

#[tokio::test]
async fn pages_follow_each_other() {
    let house = House::with_values().await;
    house.save("D01").await;
    house.save("D05").await;
    let first = house.get("/portfolios?limit=2").await.json();
    assert_eq!(first["items"][0]["id"], "D01");
    assert_eq!(first["items"][1]["latest"]["market_value"], "100250.5");
    assert_eq!(first["next"], "D03");
    let second = house.get("/portfolios?limit=2&after=D03").await.json();
    assert_eq!(second["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(second["items"][0]["id"], "D05");
    assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn pages_are_bounded() {
    let house = House::with_portfolio().await;
    for query in ["limit=0", "limit=201", "limit=-1", "limit=many", "size=5"] {
        house.get(&format!("/portfolios?{query}")).await.problem(400);
    }
    assert_eq!(house.get("/portfolios?limit=200").await.status, 200);
}
