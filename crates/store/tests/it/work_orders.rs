//! What was ordered: one claimant, limits, and an end for everything.

use std::sync::Arc;

use chrono::TimeDelta;
use store::{NewWorkOrder, OrderLimits, OrderOutcome, Store, StoreKind, WorkOrder, WorkOrderKind, WorkOrderState};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, portfolio_id, save_portfolio, start};

on_both_engines!(
    an_order_is_claimed_by_one_and_keeps_what_came_of_it,
    who_lost_a_claim_changes_nothing,
    what_is_claimed_too_often_or_waits_too_long_fails,
    a_caller_has_limits,
    many_at_once_are_no_more_than_the_limit,
    orders_are_listed_latest_first,
    the_oldest_is_claimed_first_by_however_many,
    what_ended_long_ago_goes,
);

/// How long a claim lasts in these tests, and how often one is tried.
const LEASE: TimeDelta = TimeDelta::minutes(10);
const ATTEMPTS_MAX: i64 = 3;

async fn house(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    store
}

fn order(id: &str, by: &str) -> NewWorkOrder {
    NewWorkOrder {
        order_id: id.to_owned(),
        kind: WorkOrderKind::Optimization,
        portfolio_id: portfolio_id("D01"),
        ordered_by: by.to_owned(),
        request: r#"{"method":"equal_weight"}"#.to_owned(),
    }
}

fn limits(open_max: u32, lately_max: u32) -> OrderLimits {
    OrderLimits { open_max, lately_max, since: after_minutes(-60) }
}

async fn give(store: &Store, id: &str, minutes: i64) {
    let given = store.give_order(&order(id, "owner"), &limits(100, 100), after_minutes(minutes)).await;
    assert_eq!(given.expect("queued"), OrderOutcome::Queued, "{id}");
}

async fn claim(store: &Store, minutes: i64) -> Option<WorkOrder> {
    store.claim_order(LEASE, ATTEMPTS_MAX, after_minutes(minutes)).await.expect("answered")
}

async fn found(store: &Store, id: &str) -> WorkOrder {
    store.work_order(id).await.expect("readable").expect("there")
}

async fn an_order_is_claimed_by_one_and_keeps_what_came_of_it(place: &Place) {
    let store = house(place).await;
    give(&store, "o-1", 0).await;
    let queued = found(&store, "o-1").await;
    assert_eq!((queued.state, queued.attempts, queued.ordered_at), (WorkOrderState::Queued, 0, start()));
    assert_eq!(queued.ordered, order("o-1", "owner"));
    let due = async |minutes: i64| store.due_orders(after_minutes(minutes)).await.expect("counted");
    assert_eq!((due(-1).await, due(0).await), (0, 1));
    let claimed = claim(&store, 1).await.expect("due");
    assert_eq!((due(10).await, due(11).await), (0, 1), "until the lease is over");
    assert_eq!((claimed.state, claimed.attempts), (WorkOrderState::Running, 1));
    assert_eq!(claim(&store, 2).await, None, "it is somebody's");
    assert!(store.order_finished(&claimed, r#"{"weights":[1]}"#, after_minutes(3)).await.expect("kept"));
    let finished = found(&store, "o-1").await;
    assert_eq!((finished.state, finished.finished_at), (WorkOrderState::Finished, Some(after_minutes(3))));
    assert_eq!((finished.result.as_deref(), finished.failure), (Some(r#"{"weights":[1]}"#), None));
    assert!(!store.order_failed(&claimed, "late", after_minutes(4)).await.expect("answered"), "an end is an end");
    assert_eq!(claim(&store, 60).await, None);
    assert_eq!(store.work_order("o-2").await.expect("readable"), None);
    store.close().await;
}

async fn who_lost_a_claim_changes_nothing(place: &Place) {
    let store = house(place).await;
    give(&store, "o-1", 0).await;
    let first = claim(&store, 0).await.expect("due");
    assert_eq!(claim(&store, 9).await, None, "the lease holds");
    let second = claim(&store, 10).await.expect("the lease is over");
    assert_eq!(second.attempts, 2);
    assert!(!store.order_finished(&first, "{}", after_minutes(11)).await.expect("answered"));
    assert!(!store.order_postponed(&first, after_minutes(11)).await.expect("answered"));
    assert_eq!(found(&store, "o-1").await.state, WorkOrderState::Running);
    assert!(store.order_postponed(&second, after_minutes(20)).await.expect("put back"));
    assert_eq!(claim(&store, 19).await, None, "not yet");
    let third = claim(&store, 20).await.expect("due again");
    assert!(store.order_failed(&third, "nothing is held", after_minutes(21)).await.expect("kept"));
    let failed = found(&store, "o-1").await;
    assert_eq!((failed.state, failed.failure.as_deref()), (WorkOrderState::Failed, Some("nothing is held")));
    store.close().await;
}

async fn what_is_claimed_too_often_or_waits_too_long_fails(place: &Place) {
    let store = house(place).await;
    give(&store, "o-1", 0).await;
    for attempt in 0..ATTEMPTS_MAX {
        assert!(claim(&store, attempt * 10).await.is_some(), "{attempt}");
    }
    assert_eq!(claim(&store, 30).await, None, "three who claimed it died");
    let give_up = async |minutes: i64| {
        let before = after_minutes(minutes - 24 * 60);
        store.give_up_orders(ATTEMPTS_MAX, before, "given up", after_minutes(minutes)).await.expect("answered")
    };
    assert_eq!(give_up(29).await, 0, "the third may still be at it");
    assert_eq!(give_up(30).await, 1);
    assert_eq!(found(&store, "o-1").await.failure.as_deref(), Some("given up"));
    give(&store, "o-2", 40).await;
    assert_eq!(give_up(39 + 24 * 60).await, 0);
    assert_eq!(give_up(40 + 24 * 60).await, 1, "nobody came for a day");
    store.close().await;
}

async fn a_caller_has_limits(place: &Place) {
    let store = house(place).await;
    let give = async |id: &str, by: &str, limits: OrderLimits| {
        store.give_order(&order(id, by), &limits, after_minutes(0)).await.expect("answered")
    };
    assert_eq!(give("o-1", "owner", limits(2, 3)).await, OrderOutcome::Queued);
    assert_eq!(give("o-2", "owner", limits(2, 3)).await, OrderOutcome::Queued);
    assert_eq!(give("o-3", "owner", limits(2, 3)).await, OrderOutcome::TooManyOpen);
    assert_eq!(give("o-4", "other", limits(2, 3)).await, OrderOutcome::Queued, "each has limits of their own");
    let claimed = claim(&store, 0).await.expect("due");
    assert!(store.order_finished(&claimed, "{}", after_minutes(1)).await.expect("kept"));
    let by = claimed.ordered.ordered_by.clone();
    assert_eq!(give("o-5", &by, limits(9, 1)).await, OrderOutcome::TooManyLately);
    assert_eq!(give("o-6", &by, limits(9, 3)).await, OrderOutcome::Queued);
    let later = OrderLimits { since: after_minutes(0), ..limits(9, 1) };
    assert_eq!(give("o-7", &by, later).await, OrderOutcome::Queued, "what was before does not count");
    let unknown = NewWorkOrder { portfolio_id: portfolio_id("D99"), ..order("o-8", "owner") };
    assert!(store.give_order(&unknown, &limits(9, 9), after_minutes(0)).await.is_err(), "about what is not there");
    store.close().await;
}

async fn many_at_once_are_no_more_than_the_limit(place: &Place) {
    let store = Arc::new(house(place).await);
    let mut given = JoinSet::new();
    for number in 0..20 {
        let store = Arc::clone(&store);
        given.spawn(async move {
            let order = order(&format!("o-{number}"), "owner");
            store.give_order(&order, &limits(3, 100), after_minutes(0)).await.expect("answered")
        });
    }
    let outcomes = given.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == OrderOutcome::Queued).count(), 3);
    store.close().await;
}

async fn orders_are_listed_latest_first(place: &Place) {
    let store = house(place).await;
    for (minutes, id) in [(0, "o-1"), (1, "o-2"), (2, "o-3")] {
        give(&store, id, minutes).await;
    }
    let ids = |page: &[WorkOrder]| -> Vec<String> { page.iter().map(|one| one.ordered.order_id.clone()).collect() };
    let kind = WorkOrderKind::Optimization;
    let first = store.work_orders("owner", kind, None, 2).await.expect("readable");
    assert_eq!(ids(&first), ["o-3", "o-2"]);
    let second = store.work_orders("owner", kind, first.last(), 2).await.expect("readable");
    assert_eq!(ids(&second), ["o-1"]);
    assert_eq!(store.work_orders("owner", WorkOrderKind::Report, None, 2).await.expect("readable"), []);
    assert_eq!(store.work_orders("other", kind, None, 2).await.expect("readable"), []);
    store.close().await;
}

async fn the_oldest_is_claimed_first_by_however_many(place: &Place) {
    let store = house(place).await;
    for minutes in 0..8 {
        give(&store, &format!("o-{minutes}"), minutes).await;
    }
    assert_eq!(claim(&store, 10).await.expect("due").ordered.order_id, "o-0");
    let mut claiming = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        claiming.spawn(async move {
            let mut claimed = Vec::new();
            // Whoever meets another one at an order goes away empty, and comes again.
            for _ in 0..20 {
                let order = store.claim_order(LEASE, ATTEMPTS_MAX, after_minutes(10)).await.expect("answered");
                claimed.extend(order.map(|order| order.ordered.order_id));
            }
            claimed
        });
    }
    let mut ids: Vec<String> = claiming.join_all().await.concat();
    ids.sort();
    assert_eq!(ids, ["o-1", "o-2", "o-3", "o-4", "o-5", "o-6", "o-7"], "each once");
    store.close().await;
}

async fn what_ended_long_ago_goes(place: &Place) {
    let store = house(place).await;
    give(&store, "o-1", 0).await;
    give(&store, "o-2", 1).await;
    let claimed = claim(&store, 1).await.expect("due");
    assert!(store.order_finished(&claimed, "{}", after_minutes(2)).await.expect("kept"));
    store.delete_past_secrets(after_minutes(1)).await.expect("deleted");
    assert!(store.work_order("o-1").await.expect("readable").is_some());
    store.delete_past_secrets(after_minutes(2)).await.expect("deleted");
    assert_eq!(store.work_order("o-1").await.expect("readable"), None);
    assert!(store.work_order("o-2").await.expect("readable").is_some(), "what is open stays");
    store.close().await;
}
