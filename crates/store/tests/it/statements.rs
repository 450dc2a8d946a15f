//! Publishing statements: each version once, and never changed.

use store::{Error, PublishOutcome, Removal, StatementFilter, StoreKind};

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, claimed_run, date, mail, portfolio_id, run_id, save_portfolio, statement};

on_both_engines!(
    the_first_document_stays,
    a_restatement_is_a_version_beside_the_first,
    published_statements_never_change,
    a_statement_needs_its_portfolio_and_its_run,
    an_id_names_one_statement,
    a_file_leads_to_its_statement_and_to_the_other_versions,
    a_removal_stays_on_record_and_never_comes_before_its_time,
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

async fn a_file_leads_to_its_statement_and_to_the_other_versions(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    save_portfolio(&store, "D02").await;
    let run = claimed_run(&store).await;
    let first = statement("D01", 1, &run);
    let mut second = statement("D01", 2, &run);
    second.files.iter_mut().for_each(|file| file.sha256 = "c".repeat(64));
    let mut other = statement("D02", 1, &run);
    other.files.clear();
    for new in [&first, &second, &other] {
        store.publish_statement(new).await.expect("published");
    }
    let with = async |digit: &str| store.statements_with_file(&digit.repeat(64)).await.expect("readable");
    assert_eq!(with("a").await, std::slice::from_ref(&first));
    assert_eq!(with("c").await, [second.clone()], "both files of it are one statement");
    assert!(with("e").await.is_empty());
    assert_eq!(store.statement_versions(&second).await.expect("readable"), [first.clone(), second.clone()]);

    let find = async |filter: StatementFilter, limit| store.find_statements(&filter, limit).await.expect("readable");
    let any = StatementFilter::default;
    assert_eq!(find(any(), 10).await, [second.clone(), first.clone(), other.clone()]);
    assert_eq!(find(any(), 1).await, [second.clone()], "the limit counts statements, not files");
    assert_eq!(find(StatementFilter { portfolio: Some(portfolio_id("D02")), ..any() }, 10).await, [other]);
    assert!(find(StatementFilter { kind: Some("yearly".to_owned()), ..any() }, 10).await.is_empty());
    assert!(find(StatementFilter { ends_from: Some(date("2015-01-01")), ..any() }, 10).await.is_empty());
    let until = StatementFilter { ends_from: Some(date("2014-12-31")), ends_to: Some(date("2014-12-31")), ..any() };
    assert_eq!(find(until, 10).await.len(), 3);
}

async fn a_removal_stays_on_record_and_never_comes_before_its_time(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let (first, mut second) = (statement("D01", 1, &run), statement("D01", 2, &run));
    second.published_at = after_minutes(60);
    for new in [&first, &second] {
        store.publish_statement(new).await.expect("published");
    }
    let kept = async |after: Option<&_>, limit| {
        store.kept_since("periodic", after_minutes(61), after, limit).await.expect("readable")
    };
    assert_eq!(kept(None, 1).await, std::slice::from_ref(&first));
    assert_eq!(kept(Some(&first), 10).await, [second.clone()]);
    assert!(store.kept_since("periodic", after_minutes(0), None, 10).await.expect("readable").is_empty());
    assert_eq!(store.published_kinds().await.expect("readable"), ["periodic"]);

    let removal = |kept_through: &str| Removal {
        statement_id: first.id.clone(),
        removed_at: after_minutes(120),
        removed_by: "anna".to_owned(),
        kept_through: date(kept_through),
    };
    // The tests are on 1 January 2015: what must be kept through that day is refused by the database itself.
    assert!(store.note_removal(&removal("2015-01-01")).await.is_err());
    let over = removal("2014-12-31");
    assert!(store.note_removal(&over).await.expect("noted"));
    assert!(!store.note_removal(&over).await.expect("known"), "noted once");
    assert_eq!(store.removal(&first.id).await.expect("readable"), Some(over));
    assert_eq!(store.removal(&second.id).await.expect("readable"), None);
    assert_eq!(store.removed_statements().await.expect("readable"), std::slice::from_ref(&first.id));
    assert_eq!(kept(None, 10).await, [second], "what is removed is not kept");
    assert_eq!(store.statement(&first.id).await.expect("readable"), Some(first), "and stays on record");
    for sql in ["UPDATE statement_removals SET removed_by = 'x'", "DELETE FROM statement_removals"] {
        assert!(place.execute(sql).await.is_err(), "{sql}");
    }
}
