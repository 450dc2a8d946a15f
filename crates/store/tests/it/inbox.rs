//! The inbox: a finding is one item however often it is found, and what became of it stays on record.

use schemas::{PortfolioId, Severity};
use serde_json::json;
use store::{
    Error, INBOX_ACTOR, InboxChange, InboxEnd, InboxFilter, InboxItem, InboxKind, InboxOutcome, InboxState, Store,
    StoreKind,
};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, portfolio_id, save_portfolio, start};

on_both_engines!(
    every_field_comes_back_as_it_was_found,
    a_finding_is_one_item_however_often_it_is_found,
    a_resolved_difference_that_is_found_again_is_open_again_with_its_history,
    what_was_dismissed_stays_dismissed_and_a_row_of_an_import_stays_resolved,
    differences_that_disappeared_are_closed_and_others_are_left_alone,
    an_item_is_named_by_the_beginning_of_its_key,
    nobody_closes_an_item_without_name_and_reason,
    the_inbox_is_read_by_portfolio_kind_and_state_and_in_pages,
    four_reconciliations_at_once_open_an_item_once,
    the_record_never_changes,
    long_texts_are_cut_and_unknown_portfolios_refused,
);

/// A difference of a portfolio in a subject.
fn difference(portfolio: &str, subject: &str) -> InboxItem {
    let id = portfolio_id(portfolio);
    InboxItem {
        item_key: InboxItem::key(InboxKind::Reconciliation, &id, &[subject, "10"]),
        portfolio_id: id,
        kind: InboxKind::Reconciliation,
        severity: Severity::Block,
        subject: subject.to_owned(),
        message: "the custodian has 10 more".to_owned(),
        detail: "symbol: SAP; quantity: 110".to_owned(),
        suggestion: Some(json!({"type": "BUY", "symbol": "SAP", "quantity": "10"})),
    }
}

async fn put(store: &Store, items: &[InboxItem], minutes: i64) -> InboxOutcome {
    store.put_inbox(items, after_minutes(minutes)).await.expect("put in")
}

async fn changes(store: &Store, key: &str) -> Vec<(InboxChange, String, String)> {
    let (_, events) = store.inbox_item(key).await.expect("there");
    events.into_iter().map(|event| (event.change, event.actor, event.note)).collect()
}

async fn every_field_comes_back_as_it_was_found(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let found = InboxItem { severity: Severity::Info, suggestion: None, ..difference("D01", "SAP") };
    assert_eq!(
        put(&store, std::slice::from_ref(&found), 0).await,
        InboxOutcome { opened: 1, seen_again: 0, reopened: 0 }
    );
    let rows = store.inbox(&InboxFilter::default(), 10, None).await.expect("readable");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].item, found);
    assert_eq!((rows[0].state, rows[0].opened_at, rows[0].seen_at), (InboxState::Open, start(), start()));
    assert_eq!((rows[0].resolved_at, &rows[0].resolved_by, &rows[0].resolution), (None, &None, &None));
}

async fn a_finding_is_one_item_however_often_it_is_found(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let first = difference("D01", "SAP");
    put(&store, std::slice::from_ref(&first), 0).await;
    // The next day something is known that explains the difference: the item says so, and is the same item.
    let explained = InboxItem { message: "a split of 16 March is not booked".to_owned(), ..first.clone() };
    let outcome = put(&store, &[explained.clone(), difference("D01", "BMW")], 5).await;
    assert_eq!(outcome, InboxOutcome { opened: 1, seen_again: 1, reopened: 0 });
    let (row, _) = store.inbox_item(&first.item_key).await.expect("there");
    assert_eq!(row.item, explained);
    assert_eq!((row.state, row.opened_at, row.seen_at), (InboxState::Open, start(), after_minutes(5)));
    // A run that was slow and comes late does not turn back the time.
    put(&store, &[explained], 3).await;
    let (row, _) = store.inbox_item(&first.item_key).await.expect("there");
    assert_eq!(row.seen_at, after_minutes(5));
    let opened = (InboxChange::Opened, INBOX_ACTOR.to_owned(), String::new());
    assert_eq!(changes(&store, &first.item_key).await, [opened]);
}

async fn a_resolved_difference_that_is_found_again_is_open_again_with_its_history(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let found = difference("D01", "SAP");
    put(&store, std::slice::from_ref(&found), 0).await;
    let key = found.item_key.as_str();
    let row = store.resolve_inbox(key, "Anna", "booked as 18", InboxEnd::Resolved, after_minutes(1)).await;
    let row = row.expect("resolved");
    assert_eq!((row.state, row.resolved_at), (InboxState::Resolved, Some(after_minutes(1))));
    assert_eq!((row.resolved_by.as_deref(), row.resolution.as_deref()), (Some("Anna"), Some("booked as 18")));

    let outcome = put(&store, std::slice::from_ref(&found), 2).await;
    assert_eq!(outcome, InboxOutcome { opened: 0, seen_again: 0, reopened: 1 });
    let (row, events) = store.inbox_item(key).await.expect("there");
    assert_eq!((row.state, row.resolved_at, row.resolved_by), (InboxState::Open, None, None));
    assert_eq!((row.opened_at, row.seen_at), (start(), after_minutes(2)));
    let times: Vec<_> = events.iter().map(|event| event.happened_at).collect();
    assert_eq!(times, [start(), after_minutes(1), after_minutes(2)]);
    let expected = [
        (InboxChange::Opened, INBOX_ACTOR, ""),
        (InboxChange::Resolved, "Anna", "booked as 18"),
        (InboxChange::Reopened, INBOX_ACTOR, "it was found again"),
    ];
    let expected = expected.map(|(change, actor, note)| (change, actor.to_owned(), note.to_owned()));
    assert_eq!(changes(&store, key).await, expected);
}

async fn what_was_dismissed_stays_dismissed_and_a_row_of_an_import_stays_resolved(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let accepted = difference("D01", "SAP");
    let row_of_file = InboxItem {
        item_key: InboxItem::key(InboxKind::Import, &id, &["flex.xml", "line 7"]),
        kind: InboxKind::Import,
        ..difference("D01", "flex.xml:7")
    };
    let both = [accepted.clone(), row_of_file.clone()];
    put(&store, &both, 0).await;
    for (item, end) in [(&accepted, InboxEnd::Dismissed), (&row_of_file, InboxEnd::Resolved)] {
        store.resolve_inbox(&item.item_key, "Bert", "as agreed", end, after_minutes(1)).await.expect("closed");
    }
    assert_eq!(put(&store, &both, 2).await, InboxOutcome { opened: 0, seen_again: 2, reopened: 0 });
    for (item, state) in [(&accepted, InboxState::Dismissed), (&row_of_file, InboxState::Resolved)] {
        let (row, events) = store.inbox_item(&item.item_key).await.expect("there");
        assert_eq!((row.state, row.seen_at, events.len()), (state, after_minutes(2), 2));
    }
}

async fn differences_that_disappeared_are_closed_and_others_are_left_alone(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    save_portfolio(&store, "D02").await;
    let import = InboxItem {
        item_key: InboxItem::key(InboxKind::Import, &id, &["flex.xml", "line 7"]),
        kind: InboxKind::Import,
        ..difference("D01", "flex.xml:7")
    };
    let [gone, stays, dismissed] = ["SAP", "BMW", "BASF"].map(|subject| difference("D01", subject));
    let other = difference("D02", "SAP");
    put(&store, &[gone.clone(), stays.clone(), dismissed.clone(), other.clone(), import.clone()], 0).await;
    let end = InboxEnd::Dismissed;
    store.resolve_inbox(&dismissed.item_key, "Bert", "as agreed", end, after_minutes(1)).await.expect("closed");

    let now = after_minutes(10);
    put(&store, std::slice::from_ref(&stays), 10).await;
    let kind = InboxKind::Reconciliation;
    assert_eq!(store.close_inbox_not_seen(&id, kind, now, now).await.expect("closed"), 1);
    assert_eq!(store.close_inbox_not_seen(&id, kind, now, now).await.expect("closed"), 0, "nothing is left");
    let (row, _) = store.inbox_item(&gone.item_key).await.expect("there");
    assert_eq!((row.state, row.resolved_by.as_deref()), (InboxState::Resolved, Some(INBOX_ACTOR)));
    let last = changes(&store, &gone.item_key).await.pop().expect("an event");
    assert_eq!((last.0, last.1.as_str()), (InboxChange::Cleared, INBOX_ACTOR));
    assert!(last.2.starts_with("cleared by itself"), "{}", last.2);
    for item in [&stays, &other, &import] {
        assert_eq!(store.inbox_item(&item.item_key).await.expect("there").0.state, InboxState::Open);
    }
    let (row, _) = store.inbox_item(&dismissed.item_key).await.expect("there");
    assert_eq!((row.state, row.resolved_by.as_deref()), (InboxState::Dismissed, Some("Bert")));
}

async fn an_item_is_named_by_the_beginning_of_its_key(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let keyed = |key: &str, subject: &str| InboxItem { item_key: key.to_owned(), ..difference("D01", subject) };
    let items = [keyed("aa11", "SAP"), keyed("aa12", "BMW"), keyed("aa1", "BASF"), keyed("b%", "ABB")];
    put(&store, &items, 0).await;

    let error = store.inbox_item("aa").await.expect_err("three of them begin so");
    assert!(matches!(error, Error::AmbiguousInboxItem { .. }), "{error}");
    for candidate in ["aa1 (D01 BASF)", "aa11 (D01 SAP)", "aa12 (D01 BMW)"] {
        assert!(error.to_string().contains(candidate), "{error}");
    }
    // A whole key is never ambiguous, and letters that mean something in SQL mean nothing here.
    for (key, subject) in [("aa1", "BASF"), ("aa12", "BMW"), ("b", "ABB"), ("b%", "ABB")] {
        assert_eq!(store.inbox_item(key).await.expect("there").0.item.subject, subject);
    }
    for key in ["", "c", "a_1", "%", "AA11"] {
        let error = store.resolve_inbox(key, "Anna", "because", InboxEnd::Resolved, start()).await;
        assert!(matches!(error, Err(Error::UnknownInboxItem { .. })), "{key}: {error:?}");
    }
    let row = store.resolve_inbox("aa11", "Anna", "because", InboxEnd::Resolved, start()).await.expect("resolved");
    assert_eq!(row.item.subject, "SAP");
}

async fn nobody_closes_an_item_without_name_and_reason(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let found = difference("D01", "SAP");
    put(&store, std::slice::from_ref(&found), 0).await;
    for (actor, reason) in [("", "because"), (" ", "because"), ("Anna", ""), ("Anna", " \t")] {
        let error = store.resolve_inbox(&found.item_key, actor, reason, InboxEnd::Resolved, start()).await;
        assert!(matches!(error, Err(Error::InboxWithout { .. })), "{error:?}");
    }
    let closing = || store.resolve_inbox(&found.item_key, "Anna", "because", InboxEnd::Dismissed, start());
    closing().await.expect("closed");
    let error = closing().await.expect_err("closed already");
    assert!(error.to_string().contains("is dismissed already, nothing was changed"), "{error}");
    assert_eq!(changes(&store, &found.item_key).await.len(), 2, "nothing is written down twice");
}

async fn the_inbox_is_read_by_portfolio_kind_and_state_and_in_pages(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    for portfolio in ["D01", "D02"] {
        save_portfolio(&store, portfolio).await;
        let items: Vec<InboxItem> = (0..5).map(|number| difference(portfolio, &format!("S{number}"))).collect();
        put(&store, &items, i64::from(portfolio == "D02")).await;
    }
    let key = difference("D01", "S3").item_key;
    store.resolve_inbox(&key, "Anna", "because", InboxEnd::Resolved, start()).await.expect("resolved");
    let counted = async |portfolio: Option<&str>, kind, state| {
        let portfolio = portfolio.map(portfolio_id);
        store.inbox(&InboxFilter { portfolio, kind, state }, 100, None).await.expect("readable").len()
    };
    assert_eq!(counted(None, None, None).await, 10);
    assert_eq!(counted(Some("D01"), None, None).await, 5);
    assert_eq!(counted(Some("D01"), None, Some(InboxState::Open)).await, 4);
    assert_eq!(counted(None, None, Some(InboxState::Resolved)).await, 1);
    assert_eq!(counted(None, Some(InboxKind::Import), None).await, 0);
    assert_eq!(counted(Some("D03"), None, None).await, 0);

    let mut found: Vec<(PortfolioId, String)> = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.inbox(&InboxFilter::default(), 3, cursor.as_ref()).await.expect("readable");
        let Some(last) = page.last() else { break };
        cursor = Some(last.cursor());
        found.extend(page.into_iter().map(|row| (row.item.portfolio_id, row.item.subject)));
    }
    assert_eq!(found.len(), 10, "every item once");
    assert!(found[..5].iter().all(|(portfolio, _)| *portfolio == portfolio_id("D02")), "the latest first");
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 10, "no item twice");
}

async fn four_reconciliations_at_once_open_an_item_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let items: Vec<InboxItem> = (0..20).map(|number| difference("D01", &format!("S{number}"))).collect();
    let mut working = JoinSet::new();
    for _ in 0..4 {
        let (store, items) = (store.clone(), items.clone());
        working.spawn(async move { store.put_inbox(&items, start()).await.expect("put in") });
    }
    let outcomes = working.join_all().await;
    assert_eq!(outcomes.iter().map(|outcome| outcome.opened).sum::<u64>(), 20);
    assert_eq!(outcomes.iter().map(|outcome| outcome.seen_again).sum::<u64>(), 60);
    assert_eq!(changes(&store, &items[7].item_key).await.len(), 1);
}

async fn the_record_never_changes(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    put(&store, &[difference("D01", "SAP")], 0).await;
    for sql in [
        "UPDATE inbox_events SET note = 'nothing happened'",
        "DELETE FROM inbox_events",
        "DELETE FROM inbox_items",
        "UPDATE inbox_items SET subject = 'BMW'",
        "UPDATE inbox_items SET state = 'resolved'",
    ] {
        assert!(place.execute(sql).await.is_err(), "{sql}");
    }
}

async fn long_texts_are_cut_and_unknown_portfolios_refused(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let long = InboxItem { detail: "ü".repeat(2_001), message: "a\0b".to_owned(), ..difference("D01", "SAP") };
    let fits = InboxItem { detail: "ü".repeat(2_000), ..difference("D01", "BMW") };
    put(&store, &[long.clone(), fits.clone()], 0).await;
    let (row, _) = store.inbox_item(&long.item_key).await.expect("there");
    assert_eq!(row.item.detail, format!("{}…", "ü".repeat(1_999)));
    assert_eq!(row.item.message, "a\u{fffd}b");
    assert_eq!(store.inbox_item(&fits.item_key).await.expect("there").0.item, fits);

    let error = store.put_inbox(&[difference("D09", "SAP")], start()).await.expect_err("no such portfolio");
    assert!(matches!(error, Error::UnknownPortfolio { .. }), "{error}");
}
