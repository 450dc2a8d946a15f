//! Publishing statements: each version once, and never changed.

use store::{Error, PublishOutcome, StoreKind};

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, claimed_run, mail, portfolio_id, run_id, save_portfolio, statement};

on_both_engines!(
    the_first_document_stays,
    a_restatement_is_a_version_beside_the_first,
    published_statements_never_change,
    a_statement_needs_its_portfolio_and_its_run,
    an_id_names_one_statement,
);

async fn the_first_document_stays(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let first = statement("D01", 1, &run);
    assert_eq!(store.publish_statement(&first).await.expect("published"), PublishOutcome::Inserted);

    let mut second = statement("D01", 1, &run);
    second.id = "another-id".to_owned();
    second.document_sha256 = "e".repeat(64);
    second.files.pop();
    let outcome = store.publish_statement(&second).await.expect("answered");
    assert_eq!(outcome, PublishOutcome::Existing(first.clone()));
    assert_eq!(store.statement(&first.id).await.expect("readable"), Some(first));
    assert_eq!(store.statement("another-id").await.expect("readable"), None);
}

async fn a_restatement_is_a_version_beside_the_first(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    save_portfolio(&store, "D02").await;
    let run = claimed_run(&store).await;
    let first = statement("D01", 1, &run);
    let mut restated = statement("D01", 2, &run);
    restated.published_at = after_minutes(60);
    let mut other = statement("D02", 1, &run);
    other.files.clear();
    for new in [&first, &restated, &other] {
        assert_eq!(store.publish_statement(new).await.expect("published"), PublishOutcome::Inserted);
    }
    let found = store.statements(&portfolio_id("D01"), 10).await.expect("readable");
    assert_eq!(found, [restated.clone(), first.clone()]);
    let newest = store.statements(&portfolio_id("D01"), 1).await.expect("readable");
    assert_eq!(newest, [restated.clone()], "the limit counts statements, not files");
    let of_run = store.statements_of_run(&run.id).await.expect("readable");
    assert_eq!(of_run, [first, restated, other]);
}

async fn published_statements_never_change(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let first = statement("D01", 1, &run);
    store.publish_statement(&first).await.expect("published");
    for sql in [
        "UPDATE statements SET version = 7",
        "DELETE FROM statements",
        "UPDATE statement_files SET byte_count = 0",
        "DELETE FROM statement_files",
    ] {
        assert!(place.execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(store.statement(&first.id).await.expect("readable"), Some(first));
}

async fn a_statement_needs_its_portfolio_and_its_run(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let mut orphan = statement("D01", 1, &run);
    orphan.run_id = run_id("nightly-2014-12-31-9");
    for wrong in [orphan, statement("D09", 1, &run)] {
        let error = store.publish_statement_with_deliveries(&wrong, &[mail("a@example.org")]).await;
        let error = error.expect_err("no such run or portfolio");
        assert!(matches!(error, Error::StatementWithoutRun { .. }), "{error}");
    }
    assert_eq!(store.delivery_counts().await.expect("readable").pending, 0, "nothing is announced");
}

async fn an_id_names_one_statement(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    store.publish_statement(&statement("D01", 1, &run)).await.expect("published");
    let mut wrong = statement("D01", 2, &run);
    wrong.id = statement("D01", 1, &run).id;
    let error = store.publish_statement(&wrong).await.expect_err("the id is taken");
    assert!(matches!(error, Error::StatementIdTaken { .. }), "{error}");
}
