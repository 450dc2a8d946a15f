//! Weights that are ordered.

use chrono::TimeDelta;
use serde_json::{Value, json};
use store::{NewWorkOrder, OrderLimits, OrderOutcome, WorkOrderKind};

use crate::house::{Answer, House, LOCAL, now, send_json};
use crate::rights::people::Peopled;

const ORDER: &str = r#"{"method":"minimum_variance","weight_max":0.5,"date":"2014-12-31"}"#;
const RESULT: &str = r#"{"business_date":"2014-12-31","base_currency":"EUR","invested_value":8000.0,"observations":500,
    "volatility_now":0.2,"volatility_proposed":0.1,"turnover":0.55,"positions":[{"instrument_id":"world~SAP",
    "weight_now":0.25,"weight_proposed":0.8,"trade_quantity":220.0,"trade_value":4400.0}],"assumptions":["No cap."]}"#;

async fn order(house: &House, body: &str, headers: &[(&str, &str)]) -> Answer {
    send_json(house.router(), ("POST", "/optimize/D03"), LOCAL, headers, Some(body)).await
}

#[tokio::test]
async fn an_order_is_taken_and_its_result_is_found_where_it_says() {
    let house = House::with_values().await;
    let answer = order(&house, ORDER, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (202, "2"));
    let given = answer.json();
    let place = given["href"].as_str().expect("a place").to_owned();
    assert_eq!(answer.header("location"), place);
    assert_eq!((&given["state"], &given["proposal"]), (&"queued".into(), &Value::Null));
    assert_eq!((&given["covariance"], &given["weight_max"]), (&"ledoit_wolf".into(), &json!(0.5)));

    let lease = TimeDelta::minutes(1);
    let claimed = house.store.claim_order(lease, 3, now()).await.expect("claimed").expect("due");
    assert_eq!(
        claimed.ordered.request,
        r#"{"method":"minimum_variance","covariance":"ledoit_wolf","weight_max":0.5,"business_date":"2014-12-31"}"#
    );
    assert_eq!(house.get(&place).await.json()["state"], "running");
    assert!(house.store.order_finished(&claimed, RESULT, now()).await.expect("kept"));
    let found = house.get(&place).await.json();
    assert_eq!((&found["state"], &found["failure"]), (&"finished".into(), &Value::Null));
    assert_eq!(found["proposal"]["positions"][0]["trade_quantity"], 220.0);
    assert_eq!(found["proposal"]["turnover"], 0.55);

    let listed = house.get("/optimize").await.json();
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["proposal"]), (&found["id"], &Value::Null));
    let methods = listed["methods"].as_array().expect("methods");
    assert!(methods.iter().any(|method| method["id"] == "minimum_variance"));
}

#[tokio::test]
async fn an_order_that_fails_says_why() {
    let house = House::with_values().await;
    let place = order(&house, ORDER, &[]).await.json()["href"].as_str().expect("a place").to_owned();
    let claimed = house.store.claim_order(TimeDelta::minutes(1), 3, now()).await.expect("claimed").expect("due");
    assert!(house.store.order_failed(&claimed, "it holds no securities", now()).await.expect("kept"));
    let found = house.get(&place).await.json();
    assert_eq!((&found["state"], &found["failure"]), (&"failed".into(), &"it holds no securities".into()));
}

#[tokio::test]
async fn a_request_with_a_key_is_ordered_once() {
    let house = House::with_values().await;
    let key = [("idempotency-key", "k-1")];
    let (first, second) = (order(&house, ORDER, &key).await, order(&house, ORDER, &key).await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (202, 202));
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_eq!((second.header("location"), second.header("idempotency-replayed")), (first.header("location"), "true"));
    assert_eq!(house.get("/optimize").await.json()["items"].as_array().map(Vec::len), Some(1));
    let another = order(&house, r#"{"method":"equal_weight"}"#, &key).await;
    another.problem(422);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let house = House::with_values().await;
    for (body, words) in [
        (r#"{"method":"best"}"#, "unknown optimizer `best`; known: equal_weight"),
        (r#"{"method":"equal_weight","covariance":"x"}"#, "unknown covariance estimator `x`; known: sample"),
        (r#"{"method":"equal_weight","weight_max":0}"#, "`weight_max` is 0 and no part of a whole"),
        (r#"{"method":"equal_weight","weight_max":-0.1}"#, "`weight_max` is -0.1"),
        (r#"{"method":"equal_weight","weight_max":1.01}"#, "`weight_max` is 1.01"),
        (r#"{"method":"equal_weight","weight_max":1e999}"#, "no JSON"),
        (r#"{"method":"equal_weight","date":"2014-02-30"}"#, "`date`: `2014-02-30` is no date"),
        (r#"{"method":"equal_weight","leverage":2}"#, "`leverage`: unknown field"),
        (r#"{"weight_max":0.5}"#, "`method`: missing"),
        ("[]", "no JSON of the form"),
        ("", "no JSON of the form"),
    ] {
        let problem = order(&house, body, &[]).await.problem(400);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{body}: {problem}");
    }
    let long = format!(r#"{{"method":"{}"}}"#, "x".repeat(5_000));
    order(&house, &long, &[]).await.problem(400);
    for path in ["/optimize/D77", "/optimize/D03%00", "/optimize/..%2F"] {
        send_json(house.router(), ("POST", path), LOCAL, &[], Some(ORDER)).await.problem(404);
    }
    house.get("/optimize/D03/runs/%27%20OR%201=1").await.problem(404);
    house.get("/optimize?after=none").await.problem(400);
    assert_eq!(house.get("/optimize").await.json()["items"], Value::Array(Vec::new()), "nothing was ordered");
}

#[tokio::test]
async fn without_a_date_it_is_the_last_valuation_and_without_one_there_is_none() {
    let house = House::with_values().await;
    let given = order(&house, r#"{"method":"equal_weight"}"#, &[]).await.json();
    assert_eq!((&given["business_date"], &given["weight_max"]), (&"2014-12-31".into(), &json!(1.0)));
    let house = House::with_portfolio().await;
    order(&house, r#"{"method":"equal_weight"}"#, &[]).await.problem(404);
}

#[tokio::test]
async fn a_caller_has_so_many_open_orders_and_no_more() {
    let house = House::with_values().await;
    for _ in 0..10 {
        assert_eq!(order(&house, ORDER, &[]).await.status, 202);
    }
    let answer = order(&house, ORDER, &[]).await;
    assert_eq!(answer.header("retry-after"), "2");
    let problem = answer.problem(429);
    assert_eq!(problem["detail"], "10 of your orders are open, and no more may be");
    // A page names the next one.
    let first = house.get("/optimize?limit=6").await.json();
    let next = first["next"].as_str().expect("another page");
    let second = house.get(&format!("/optimize?limit=6&after={next}")).await.json();
    assert_eq!((second["items"].as_array().map(Vec::len), &second["next"]), (Some(4), &Value::Null));
}

#[tokio::test]
async fn a_client_has_so_many_orders_a_day_and_no_more() {
    let peopled = Peopled::open(House::with_values().await).await;
    let store = &peopled.house.store;
    let limits = OrderLimits { open_max: 10, lately_max: 1_000, since: now() };
    for number in 0..200 {
        let new = NewWorkOrder {
            order_id: format!("o-{number}"),
            kind: WorkOrderKind::Optimization,
            portfolio_id: "D03".parse().expect("an id"),
            ordered_by: "owner".to_owned(),
            request: "{}".to_owned(),
        };
        assert_eq!(store.give_order(&new, &limits, now()).await.expect("queued"), OrderOutcome::Queued);
        let claimed = store.claim_order(TimeDelta::minutes(1), 3, now()).await.expect("claimed").expect("due");
        assert!(store.order_finished(&claimed, RESULT, now()).await.expect("kept"));
    }
    let answer = peopled.ask("owner", "POST", "/optimize/D03", Some(ORDER)).await;
    assert_eq!(answer.header("retry-after"), "3600");
    let problem = answer.problem(429);
    let words = "you ordered 200 of the kind `optimization` within 24 hours, and no more may be";
    assert_eq!((&problem["detail"], &problem["type"]), (&words.into(), &"urn:financr:problem:too-many-orders".into()));
    // Who works for the house may order more, and clients have their own count.
    assert_eq!(peopled.ask("adviser", "POST", "/optimize/D03", Some(ORDER)).await.status, 202);
}
