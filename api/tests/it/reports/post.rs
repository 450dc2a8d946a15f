//! Documents that are ordered.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::house::{Answer, House, LOCAL, now, send_json};
use crate::rights::people::Peopled;

const ORDER: &str = r#"{"portfolio_id":"D03","period":"2014-12"}"#;

async fn order(house: &House, kind: &str, body: &str) -> Answer {
    send_json(house.router(), ("POST", &format!("/reports/{kind}")), LOCAL, &[], Some(body)).await
}

#[tokio::test]
async fn a_document_is_ordered_and_found() {
    let house = House::with_portfolio().await;
    let answer = order(&house, "portfolio_statement", ORDER).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (202, "2"));
    let given = answer.json();
    let place = given["href"].as_str().expect("a place").to_owned();
    assert_eq!(answer.header("location"), place);
    assert_eq!((&given["state"], &given["statement_id"]), (&"queued".into(), &Value::Null));
    let claimed = house.store.claim_order(TimeDelta::minutes(1), 3, now()).await.expect("claimed").expect("due");
    assert_eq!(claimed.ordered.request, r#"{"kind":"portfolio_statement","period":"2014-12"}"#);
    let result = r#"{"statement_id":"statement-D03"}"#;
    assert!(house.store.order_finished(&claimed, result, now()).await.expect("kept"));
    let found = house.get(&place).await.json();
    assert_eq!((&found["state"], &found["statement_id"]), (&"finished".into(), &"statement-D03".into()));
    let documents = ["pdf", "csv", "json"].map(|format| format!("/statements/statement-D03/{format}"));
    assert_eq!(found["documents"], json!(documents));
    let listed = house.get("/reports").await.json();
    assert_eq!((&listed["items"][0], &listed["reports_a_month"]), (&found, &Value::Null));
    let kinds = json!([
        { "kind": "portfolio_statement", "title": "Portfolio statement", "shortest_period": "month" },
        { "kind": "tax_report", "title": "Tax report", "shortest_period": "year" },
    ]);
    assert_eq!(listed["kinds"], kinds);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let house = House::with_portfolio().await;
    for (kind, body, status, words) in [
        ("yearly", ORDER, 404, "no kind of document"),
        ("execution_confirmation", ORDER, 404, "no kind of document"),
        ("tax_report", ORDER, 400, "`tax_report` is about a year at least, and 2014-12 is shorter"),
        ("tax_report", r#"{"portfolio_id":"D03","period":"soon"}"#, 400, "`soon` is no period"),
        ("tax_report", r#"{"portfolio_id":"D77","period":"2014"}"#, 404, "there is no portfolio `D77`"),
        ("tax_report", r#"{"portfolio_id":"../D03","period":"2014"}"#, 404, ""),
        ("tax_report", r#"{"portfolio_id":"D03"}"#, 400, "`period`: missing"),
        ("tax_report", r#"{"portfolio_id":"D03","period":"2014","language":"xx"}"#, 400, "`language`: "),
        ("tax_report", "null", 400, "it is no object"),
    ] {
        let problem = order(&house, kind, body).await.problem(status);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{kind} {body}: {problem}");
    }
    assert_eq!(house.get("/reports").await.json()["items"], json!([]), "nothing was ordered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_has_so_many_documents_a_month() {
    let peopled = Peopled::open(House::empty().await).await;
    let body = r#"{"portfolio_id":"D99","period":"2014-12"}"#;
    let order = async || peopled.ask("other", "POST", "/reports/portfolio_statement", Some(body)).await;
    assert_eq!(order().await.status, 202);
    let problem = order().await.problem(403);
    assert_eq!(problem["detail"], "the plan `free` has 1 of the kind `report` in 30 days, and they were ordered");
    assert_eq!(peopled.get("other", "/reports").await.json()["reports_a_month"], 1);
    // One that failed does not count.
    let store = &peopled.house.store;
    let claimed = store.claim_order(TimeDelta::minutes(1), 3, now()).await.expect("claimed").expect("due");
    assert!(store.order_failed(&claimed, "not valued", now()).await.expect("kept"));
    assert_eq!(order().await.status, 202);
}
