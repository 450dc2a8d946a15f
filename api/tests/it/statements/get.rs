//! Statements and their documents.

use axum::body::Bytes;
use schemas::Subject;
use store::{Statement, StatementFile};

use crate::house::{House, LOCAL, ask, date, id, now};

const STATEMENT: &str = "periodic-D03-2014-12-31-v1";

async fn published() -> House {
    let house = House::with_portfolio().await;
    let run = house.claim(1).await;
    let object_path = "statements/D03/document.csv";
    house.lake.storage().put_once(object_path, Bytes::from_static(b"a,b\n")).await.expect("archived");
    let file = StatementFile {
        media_type: "text/csv; charset=utf-8; header=absent".to_owned(),
        object_path: object_path.to_owned(),
        sha256: "c".repeat(64),
        byte_count: 4,
    };
    let statement = Statement {
        id: STATEMENT.to_owned(),
        kind: "periodic".to_owned(),
        subject: id("D03").into(),
        period_start: date("2014-11-30"),
        period_end: date("2014-12-31"),
        version: 1,
        run_id: run.id,
        document_sha256: "d".repeat(64),
        files: vec![file],
        published_at: now(),
    };
    house.store.publish_statement(&statement).await.expect("published");
    house
}

#[tokio::test]
async fn a_document_is_found_and_comes_byte_for_byte() {
    let house = published().await;
    let list = house.get("/portfolios/D03/documents").await.json();
    let href = list["items"][0]["documents"][0]["href"].as_str().expect("an address");
    assert_eq!(href, format!("/statements/{STATEMENT}/csv"));

    let answer = house.get(href).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.as_ref(), b"a,b\n");
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=absent");
    assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{STATEMENT}.csv\""));
    assert_eq!(answer.header("etag"), format!("\"{}\"", "c".repeat(64)));

    let known = [("if-none-match", answer.header("etag"))];
    let again = ask(house.router(), href, LOCAL, &known).await;
    assert_eq!(again.status, 304);
    assert!(again.body.is_empty());
}

#[tokio::test]
async fn documents_that_there_are_not() {
    let house = published().await;
    for path in [format!("/statements/{STATEMENT}/pdf"), "/statements/none/csv".to_owned()] {
        house.get(&path).await.problem(404);
    }
    house.get("/portfolios/D03/documents?limit=1000").await.problem(400);
}

#[tokio::test]
async fn documents_about_a_composite_are_listed_and_handed_out() {
    let house = published().await;
    let of_portfolio = house.store.statement(STATEMENT).await.expect("readable").expect("published");
    let group = Subject::Group("growth".parse().expect("an id"));
    let of_group = Statement {
        id: "gips_composite_report-growth-2014-12-31-v1".to_owned(),
        kind: "gips_composite_report".to_owned(),
        subject: group,
        ..of_portfolio
    };
    house.store.publish_statement(&of_group).await.expect("published");
    let list = house.get("/portfolio-groups/growth/documents").await.json();
    assert_eq!(list["group_id"], "growth");
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    let href = list["items"][0]["documents"][0]["href"].as_str().expect("an address");
    assert_eq!(house.get(href).await.status, 200);
    // A portfolio's list has its own documents only, and what is no group has none.
    let list = house.get("/portfolios/D03/documents").await.json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    for path in ["/portfolio-groups/none/documents", "/portfolio-groups/-/documents"] {
        assert_eq!(house.get(path).await.status, 404, "{path}");
    }
}
