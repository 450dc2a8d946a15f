//! Publishing statements: each version once, and never changed.

use schemas::{DeliveryChannel, Subject};
use store::{
    BlockedStatement, DeliveryCounts, DeliveryState, Error, PublicationCounts, PublishOutcome, Removal, StatementEvent,
    StatementFilter, StoreKind,
};

use crate::places::{Place, on_both_engines};
use crate::samples::{
    LEASE, after_minutes, claimed_run, date, mail, portfolio_id, run_id, save_portfolio, start, statement,
    statement_about,
};

on_both_engines!(
    the_first_document_stays,
    nobody_is_told_of_an_event_twice,
    a_restatement_is_a_version_beside_the_first,
    published_statements_never_change,
    a_statement_needs_its_portfolio_and_its_run,
    an_id_names_one_statement,
    a_file_leads_to_its_statement_and_to_the_other_versions,
    a_removal_stays_on_record_and_never_comes_before_its_time,
    a_statement_is_about_a_portfolio_a_group_or_the_firm,
    what_was_published_about_a_period_is_counted_by_kind,
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

async fn nobody_is_told_of_an_event_twice(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    save_portfolio(&store, "D02").await;
    let run = claimed_run(&store).await;
    let event = |event: &str, day: &str| StatementEvent { event: event.to_owned(), event_date: date(day) };
    let first = statement("D01", 1, &run);
    let events = [event("17", "2014-12-29"), event("18", "2014-12-30")];
    let published = store.publish_statement_of_events(&first, &[], &events).await.expect("published");
    assert_eq!(published, PublishOutcome::Inserted);

    // The same statement again: the first stays, and so do its events.
    let again = store.publish_statement_of_events(&first, &[], &events).await.expect("answered");
    assert_eq!(again, PublishOutcome::Existing(first.clone()));
    // Another statement about an event that was told of: neither it nor its other event nor its mail is there.
    let mut other = statement("D01", 1, &run);
    other.id = "another-id".to_owned();
    other.period_end = date("2015-01-05");
    let events = [event("19", "2015-01-05"), event("18", "2014-12-30")];
    assert!(store.publish_statement_of_events(&other, &[mail("a@example.org")], &events).await.is_err());
    assert_eq!(store.statement("another-id").await.expect("readable"), None);
    assert_eq!(store.events_of_statement("another-id").await.expect("readable").len(), 0);
    // Another portfolio may have an event of the same name.
    let of_other = statement("D02", 1, &run);
    let published = store.publish_statement_of_events(&of_other, &[], &[event("17", "2014-12-29")]).await;
    assert_eq!(published.expect("published"), PublishOutcome::Inserted);

    let told = store.events_told(&first.kind, date("2014-12-30")).await.expect("readable");
    let told: Vec<(String, Vec<String>)> =
        told.into_iter().map(|(id, events)| (id.to_string(), events.into_iter().collect())).collect();
    assert_eq!(told, [("D01".to_owned(), vec!["18".to_owned()])]);
    assert_eq!(store.events_told("another_kind", date("2014-01-01")).await.expect("readable").len(), 0);
    let of_first = store.events_of_statement(&first.id).await.expect("readable");
    assert_eq!(of_first, [event("17", "2014-12-29"), event("18", "2014-12-30")]);
    let is_told = async |portfolio: &str, event: &str| {
        store.is_event_told(&first.kind, &portfolio_id(portfolio), event).await.expect("readable")
    };
    assert!(is_told("D01", "18").await && !is_told("D02", "18").await && !is_told("D01", "19").await);
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
    let found = store.statements(&portfolio_id("D01").into(), 10).await.expect("readable");
    assert_eq!(found, [restated.clone(), first.clone()]);
    let newest = store.statements(&portfolio_id("D01").into(), 1).await.expect("readable");
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
    assert_eq!(find(StatementFilter { subject: Some(portfolio_id("D02").into()), ..any() }, 10).await, [other]);
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

async fn a_statement_is_about_a_portfolio_a_group_or_the_firm(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    // A group may be called like a portfolio: neither is the other.
    let group = Subject::Group("D01".parse().expect("an id"));
    let of_portfolio = statement("D01", 1, &run);
    let of_group = statement_about(group.clone(), 1, &run);
    let of_firm = statement_about(Subject::Firm, 1, &run);
    for new in [&of_portfolio, &of_group, &of_firm] {
        assert_eq!(store.publish_statement(new).await.expect("published"), PublishOutcome::Inserted);
    }
    let about = async |subject: &Subject| store.statements(subject, 10).await.expect("readable");
    assert_eq!(about(&of_portfolio.subject).await, std::slice::from_ref(&of_portfolio));
    assert_eq!(about(&group).await, std::slice::from_ref(&of_group));
    assert_eq!(about(&Subject::Firm).await, std::slice::from_ref(&of_firm));
    let others = store.statements_not_of_portfolios(10).await.expect("readable");
    assert_eq!(others, [of_group.clone(), of_firm.clone()]);
    let filter = StatementFilter { subject: Some(group.clone()), ..StatementFilter::default() };
    assert_eq!(store.find_statements(&filter, 10).await.expect("readable"), std::slice::from_ref(&of_group));

    // One for each kind, subject, period and version; the first stays.
    let mut second = statement_about(group.clone(), 1, &run);
    second.id = "another-id".to_owned();
    let outcome = store.publish_statement(&second).await.expect("answered");
    assert_eq!(outcome, PublishOutcome::Existing(of_group.clone()));
    let mut restated = statement_about(group, 2, &run);
    restated.files.clear();
    assert_eq!(store.publish_statement(&restated).await.expect("published"), PublishOutcome::Inserted);
    assert_eq!(store.statement_versions(&restated).await.expect("readable"), [of_group, restated]);

    // A group has no events, and the store knows no group by whose name a portfolio could be missed.
    let event = StatementEvent { event: "17".to_owned(), event_date: date("2014-12-29") };
    let told = statement_about(Subject::Firm, 2, &run);
    let error = store.publish_statement_of_events(&told, &[], &[event]).await.expect_err("refused");
    assert!(matches!(error, Error::EventsWithoutPortfolio { .. }), "{error}");
    for sql in [
        include_str!("queries/group_of_the_store.sql"),
        include_str!("queries/portfolio_without_one.sql"),
        include_str!("queries/firm_of_another_name.sql"),
    ] {
        assert!(place.execute(sql).await.is_err(), "{sql}");
    }
}

async fn what_was_published_about_a_period_is_counted_by_kind(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    save_portfolio(&store, "D02").await;
    let run = claimed_run(&store).await;
    let (first, restated, other) = (statement("D01", 1, &run), statement("D01", 2, &run), statement("D02", 1, &run));
    let mut earlier = statement("D02", 1, &run);
    (earlier.id, earlier.kind) = ("earlier".to_owned(), "risk".to_owned());
    (earlier.period_start, earlier.period_end) = (date("2014-10-31"), date("2014-11-30"));
    let told = [mail("a@example.org"), mail("b@example.org")];
    for (new, mails) in [(&first, &told[..]), (&restated, &told[..1]), (&other, &[]), (&earlier, &told[..1])] {
        store.publish_statement_with_deliveries(new, mails).await.expect("published");
    }
    let sent = store.claim_deliveries(DeliveryChannel::Email, "sender", LEASE, start(), 1).await.expect("claimed");
    for delivery in &sent {
        assert_eq!(delivery.state, DeliveryState::Pending);
        assert!(store.mark_delivered(delivery, "250 taken", after_minutes(1)).await.expect("noted"));
    }
    let blocked = |kind: &str, id: &str, period_end: &str| BlockedStatement {
        kind: kind.to_owned(),
        subject: portfolio_id(id).into(),
        period_start: date("2014-11-30"),
        period_end: date(period_end),
        reason: "missing_prices".to_owned(),
    };
    // That of D01 was made later, about a month that ends a day earlier; that of D02 of another kind never.
    let two = [blocked("periodic", "D01", "2014-12-30"), blocked("risk", "D02", "2014-12-31")];
    store.record_blocked(&run.id, &two, start()).await.expect("noted");
    store.record_blocked(&run.id, &two[1..], after_minutes(5)).await.expect("noted once more");

    let why = async |kind: &str, opening: &str, from: &str, to: &str| {
        let span = (date(opening), date(from), date(to));
        store.blocked_because(kind, &portfolio_id("D02").into(), span).await.expect("readable")
    };
    let reason = Some("missing_prices".to_owned());
    assert_eq!(why("risk", "2014-11-30", "2014-12-31", "2014-12-31").await, reason);
    assert_eq!(why("risk", "2014-11-30", "2014-12-29", "2014-12-31").await, reason);
    for (kind, opening, from, to) in [
        ("periodic", "2014-11-30", "2014-12-01", "2014-12-31"),
        ("risk", "2014-10-31", "2014-12-31", "2014-12-31"),
        ("risk", "2014-11-30", "2014-12-01", "2014-12-30"),
        ("risk", "2014-11-30", "2015-01-01", "2015-12-31"),
    ] {
        assert_eq!(why(kind, opening, from, to).await, None, "{kind} after {opening}, {from} to {to}");
    }

    let counts = store.publication_counts(date("2014-11-30"), date("2014-12-31")).await.expect("readable");
    assert_eq!(counts.keys().map(String::as_str).collect::<Vec<_>>(), ["periodic", "risk"]);
    let of_earlier = usize::from(sent.iter().any(|delivery| delivery.statement_id == earlier.id));
    let delivered = i64::try_from(sent.len() - of_earlier).expect("small");
    assert_eq!(
        counts["periodic"],
        PublicationCounts {
            published: 2,
            restated: 1,
            blocked: 0,
            deliveries: DeliveryCounts { pending: 3 - delivered, delivered, ..DeliveryCounts::default() },
        }
    );
    assert_eq!(counts["risk"], PublicationCounts { blocked: 1, ..PublicationCounts::default() });
    let before = store.publication_counts(date("2014-10-31"), date("2014-11-30")).await.expect("readable");
    assert_eq!(before.len(), 1);
    assert_eq!((before["risk"].published, before["risk"].blocked), (1, 0));
    assert!(store.publication_counts(date("2014-12-31"), date("2015-01-31")).await.expect("readable").is_empty());
}
