//! Opening portfolios, and changing what is agreed about them.

use serde_json::json;

use crate::house::{Answer, House, LOCAL, send_json};

async fn send(house: &House, method: &str, path: &str, headers: &[(&str, &str)], body: &serde_json::Value) -> Answer {
    send_json(house.router(), (method, path), LOCAL, headers, Some(&body.to_string())).await
}

#[tokio::test]
async fn a_portfolio_is_opened_once() {
    let house = House::empty().await;
    let growth = json!({"id": "growth", "title": "Growth"});
    let opened = send(&house, "POST", "/portfolios", &[], &growth).await;
    assert_eq!((opened.status.as_u16(), opened.header("location")), (201, "/portfolios/growth"), "{:?}", opened.body);
    assert_eq!(opened.json()["title"], "Growth");
    assert_eq!(opened.json()["cost_basis"], "fifo");
    let again = send(&house, "POST", "/portfolios", &[], &growth).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (200, opened.header("etag")));
    let other = send(&house, "POST", "/portfolios", &[], &json!({"id": "growth", "title": "Income"})).await;
    assert!(other.problem(409)["detail"].as_str().is_some_and(|detail| detail.contains("`growth` is taken")));
    assert_eq!(house.get("/portfolios/growth").await.json()["title"], "Growth");
    let wrong = send(&house, "POST", "/portfolios", &[], &json!({})).await.problem(400);
    assert_eq!(wrong["violations"], json!([{"field": "id", "message": "it is missing"}]));
}

#[tokio::test]
async fn a_request_with_a_key_is_done_once() {
    let house = House::empty().await;
    let key = [("idempotency-key", "open-growth")];
    let growth = json!({"id": "growth", "title": "Growth"});
    let first = send(&house, "POST", "/portfolios", &key, &growth).await;
    let second = send(&house, "POST", "/portfolios", &key, &growth).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201), "the answer from then");
    assert_eq!((second.header("idempotency-replayed"), second.header("location")), ("true", "/portfolios/growth"));
    send(&house, "POST", "/portfolios", &key, &json!({"id": "other"})).await.problem(422);
}

#[tokio::test]
async fn what_somebody_else_changed_is_not_overwritten() {
    let house = House::with_values().await;
    let title = |text: &str| json!({ "title": text });
    let path = "/portfolios/D03";
    send(&house, "PATCH", path, &[], &title("A")).await.problem(428);
    let seen = house.get(path).await;
    let tag = seen.header("etag").to_owned();
    let unchanged = crate::house::ask(house.router(), path, LOCAL, &[("if-none-match", tag.as_str())]).await;
    assert_eq!(unchanged.status, 304);
    let changed = send(&house, "PATCH", path, &[("if-match", &tag)], &title("A")).await;
    assert_eq!((changed.status.as_u16(), changed.json()["title"].as_str()), (200, Some("A")), "{:?}", changed.body);
    let late = send(&house, "PATCH", path, &[("if-match", &tag)], &title("B")).await;
    assert_eq!(late.problem(412)["type"], "urn:financr:problem:stale");
    assert_eq!(house.get(path).await.json()["title"], "A");
    // The tag of the answer to a change names what is agreed as well as that of what is read.
    let next = [("if-match", changed.header("etag"))];
    assert_eq!(send(&house, "PATCH", path, &next, &title("B")).await.status, 200);
    let several = format!("\"0\", {}", house.get(path).await.header("etag"));
    assert_eq!(send(&house, "PATCH", path, &[("if-match", &several)], &title("C")).await.status, 200);
    for wrong in ["\"\"", "", "\".\"", "W/\"x\""] {
        send(&house, "PATCH", path, &[("if-match", wrong)], &title("D")).await.problem(412);
    }
    assert_eq!(send(&house, "PATCH", path, &[("if-match", "*")], &title("D")).await.status, 200);
}
