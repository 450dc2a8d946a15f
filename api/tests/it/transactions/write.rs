//! Booking and correcting.

use serde_json::{Value, json};

use crate::house::{Answer, House, LOCAL, send_json};

const PATH: &str = "/portfolios/D03/transactions";

async fn post(house: &House, path: &str, body: &Value) -> Answer {
    send_json(house.router(), ("POST", path), LOCAL, &[], Some(&body.to_string())).await
}

fn rows(rows: &[(&str, &str)]) -> Value {
    let rows: Vec<Value> = rows.iter().map(|(id, cash)| json!({"tx_id": id, "net_cash": cash})).collect();
    json!({ "transactions": rows })
}

#[tokio::test]
async fn what_is_booked_is_read_at_once() {
    let house = House::with_portfolio().await;
    let booked = post(&house, PATH, &rows(&[("1", "100.10"), ("2", "5")])).await;
    assert_eq!(booked.status, 201, "{:?}", booked.body);
    let expected =
        json!({"portfolio_id": "D03", "inserted": 2, "unchanged": 0, "from_date": "2014-12-31", "doubt_count": 0});
    assert_eq!(booked.json(), expected);
    let kept = house.get(&format!("{PATH}/1")).await.json();
    assert_eq!((&kept["transaction"]["net_cash"], &kept["taken_back_by"]), (&json!("100.1"), &Value::Null));
    let again = post(&house, PATH, &rows(&[("1", "100.10")])).await;
    assert_eq!((again.status.as_u16(), &again.json()["unchanged"]), (200, &json!(1)));
    // All or nothing: the new one is not booked beside the one that is there with other content.
    let conflict = post(&house, PATH, &rows(&[("3", "7"), ("1", "101")])).await.problem(409);
    assert!(conflict["violations"][0]["message"].as_str().is_some_and(|text| text.contains("net_cash 100.1 -> 101")));
    house.get(&format!("{PATH}/3")).await.problem(404);
}

#[tokio::test]
async fn a_correction_leaves_what_was_booked() {
    let house = House::with_portfolio().await;
    post(&house, PATH, &rows(&[("1", "100")])).await;
    let corrections = format!("{PATH}/1/corrections");
    let wrong = post(&house, &corrections, &json!({})).await.problem(400);
    assert_eq!(wrong["violations"][0]["field"], "reason");
    let reason = json!({"reason": "it was another portfolio's"});
    assert_eq!(post(&house, &corrections, &reason).await.status, 201);
    let kept = house.get(&format!("{PATH}/1")).await.json();
    assert_eq!(kept["transaction"]["net_cash"], "100");
    assert_eq!(kept["taken_back_by"]["id"], "1-reversal");
    let correction = &kept["corrections"][0];
    assert_eq!((&correction["reason"], &correction["entered_by"]), (&reason["reason"], &json!("house")));
    assert_eq!(correction["entered_at"], "2015-01-01T02:00:00Z");
    let of_reversal = house.get(&format!("{PATH}/1-reversal")).await.json();
    assert_eq!(of_reversal["corrections"], kept["corrections"]);
    assert_eq!(post(&house, &corrections, &reason).await.status, 200, "it is corrected already");
    post(&house, &format!("{PATH}/9/corrections"), &reason).await.problem(404);
    house.get(&format!("{PATH}/%00")).await.problem(404);
}

#[tokio::test]
async fn rows_are_objects_in_a_list() {
    let house = House::with_portfolio().await;
    let deep = format!("{{\"transactions\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    for body in ["{\"transactions\":[1]}", "{\"transactions\":{}}", "{\"transactions\":[],\"x\":1}", "[]", &deep] {
        send_json(house.router(), ("POST", PATH), LOCAL, &[], Some(body)).await.problem(400);
    }
}
