//! Plans: which counts when, and what events of a billing provider change, in whatever order they come.

use schemas::Role;
use store::{BillingEvent, BillingEventKind, BillingOutcome, Store, StoreKind};

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, start};

on_both_engines!(
    a_plan_counts_from_its_beginning_to_its_end,
    an_event_counts_once,
    an_older_event_that_comes_later_changes_nothing,
    events_never_change,
);

async fn house(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    for id in ["anna", "bert"] {
        assert!(store.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    store
}

async fn plan_at(store: &Store, minutes: i64) -> Option<String> {
    let found = store.subscription(&user_id("anna"), after_minutes(minutes)).await.expect("readable");
    found.map(|subscription| subscription.plan)
}

/// An event that happened some minutes after the beginning.
fn event(id: &str, minutes: i64, plan: Option<&str>) -> BillingEvent {
    BillingEvent {
        provider: "billing.example.org".to_owned(),
        event_id: id.to_owned(),
        user_id: user_id("anna"),
        kind: if plan.is_some() { BillingEventKind::Started } else { BillingEventKind::Ended },
        plan: plan.map(str::to_owned),
        paid_until_at: None,
        occurred_at: after_minutes(minutes),
        sequence_number: 0,
    }
}

async fn a_plan_counts_from_its_beginning_to_its_end(place: &Place) {
    let store = house(place).await;
    let anna = user_id("anna");
    assert_eq!(plan_at(&store, 0).await, None);
    let until = Some(after_minutes(60));
    assert!(store.subscribe(&anna, "premium", until, "test", after_minutes(10)).await.expect("done"));
    assert_eq!(plan_at(&store, 9).await, None);
    assert_eq!(plan_at(&store, 10).await.as_deref(), Some("premium"));
    assert_eq!(plan_at(&store, 59).await.as_deref(), Some("premium"));
    assert_eq!(plan_at(&store, 60).await, None, "it is paid until then");
    assert!(store.subscribe(&anna, "professional", None, "test", after_minutes(20)).await.expect("done"));
    assert_eq!(plan_at(&store, 19).await.as_deref(), Some("premium"));
    assert_eq!(plan_at(&store, 20).await.as_deref(), Some("professional"));
    let all = store.subscriptions(&anna, 10).await.expect("readable");
    assert_eq!(all.iter().map(|row| row.plan.as_str()).collect::<Vec<_>>(), ["professional", "premium"]);
    assert_eq!(all.last().and_then(|row| row.until_at), Some(after_minutes(20)));
    assert!(!store.subscribe(&user_id("nobody"), "premium", None, "test", start()).await.expect("no such user"));
    assert_eq!(store.subscription(&user_id("bert"), after_minutes(20)).await.expect("readable"), None);
    store.close().await;
}

async fn an_event_counts_once(place: &Place) {
    let store = house(place).await;
    let started = event("e-1", 0, Some("premium"));
    let take = async |event: &BillingEvent, minutes| {
        store.take_in_billing_event(event, after_minutes(minutes)).await.expect("taken in")
    };
    assert_eq!(take(&started, 5).await, Some(BillingOutcome::Applied));
    assert_eq!(take(&started, 6).await, Some(BillingOutcome::Known));
    assert_eq!(store.subscriptions(&user_id("anna"), 10).await.expect("readable").len(), 1);
    // The same id of another provider is another event.
    let other = BillingEvent { provider: "other.example.org".to_owned(), ..started.clone() };
    assert_eq!(take(&other, 7).await, Some(BillingOutcome::Applied));
    let of_nobody = BillingEvent { user_id: user_id("nobody"), event_id: "e-2".to_owned(), ..started };
    assert_eq!(take(&of_nobody, 8).await, None);
    store.close().await;
}

async fn an_older_event_that_comes_later_changes_nothing(place: &Place) {
    // The same four events in every order: what counts in the end is what the last of them says.
    let events = [
        event("e-1", 0, Some("premium")),
        event("e-2", 1, Some("professional")),
        event("e-3", 2, None),
        BillingEvent { sequence_number: 1, ..event("e-4", 2, Some("premium")) },
    ];
    let store = house(place).await;
    let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2], [3, 0, 1, 2]];
    for (round, order) in orders.iter().enumerate() {
        let viewer = user_id(&format!("u-{round}"));
        assert!(store.insert_user(&user(viewer.as_str(), Role::Client)).await.expect("stored"));
        for (step, place) in order.iter().enumerate() {
            let sent = events.get(*place).expect("one of them");
            let sent = BillingEvent {
                user_id: viewer.clone(),
                event_id: format!("{}-{round}", sent.event_id),
                ..sent.clone()
            };
            let minutes = 10 + i64::try_from(step).expect("small");
            store.take_in_billing_event(&sent, after_minutes(minutes)).await.expect("taken in").expect("a user");
        }
        let found = store.subscription(&viewer, after_minutes(20)).await.expect("readable");
        assert_eq!(found.map(|row| row.plan).as_deref(), Some("premium"), "{order:?}");
    }
    // After the latest has come, the others are stale.
    let late = BillingEvent { event_id: "late".to_owned(), user_id: user_id("u-0"), ..event("", 1, None) };
    let outcome = store.take_in_billing_event(&late, after_minutes(30)).await.expect("taken in");
    assert_eq!(outcome, Some(BillingOutcome::Stale));
    store.close().await;
}

async fn events_never_change(place: &Place) {
    let store = house(place).await;
    store.take_in_billing_event(&event("e-1", 0, Some("premium")), start()).await.expect("taken in");
    for refused in [
        "UPDATE billing_events SET outcome = 'stale'",
        "DELETE FROM billing_events",
        "UPDATE subscriptions SET plan = 'professional'",
        "DELETE FROM subscriptions",
    ] {
        assert!(place.execute(refused).await.is_err(), "{refused}");
    }
    assert_eq!(plan_at(&store, 0).await.as_deref(), Some("premium"));
    store.close().await;
}
