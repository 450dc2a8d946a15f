//! Schedules and the moments at which they were due.

use store::{CatchUp, Error, FireState, SaveOutcome, Schedule, StoreKind};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, date, start};

on_both_engines!(
    a_schedule_is_inserted_unchanged_or_changed,
    a_moment_is_enqueued_once,
    moments_are_dealt_with_once_and_in_order,
    moments_belong_to_schedules,
);

fn nightly() -> Schedule {
    Schedule {
        name: "nightly".to_owned(),
        job: "nightly".to_owned(),
        cron: "0 30 22 * * MON-FRI".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        catch_up: CatchUp::All,
        disabled_at: None,
    }
}

async fn a_schedule_is_inserted_unchanged_or_changed(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let mut schedule = nightly();
    assert_eq!(store.save_schedule(&schedule, start()).await.expect("saved"), SaveOutcome::Inserted);
    assert_eq!(store.save_schedule(&schedule, start()).await.expect("saved"), SaveOutcome::Unchanged);
    schedule.catch_up = CatchUp::None;
    schedule.disabled_at = Some(start());
    assert_eq!(store.save_schedule(&schedule, after_minutes(1)).await.expect("saved"), SaveOutcome::Changed);
    assert_eq!(store.schedule("nightly").await.expect("readable"), Some(schedule.clone()));
    assert_eq!(store.schedules().await.expect("readable"), [schedule]);
    assert_eq!(store.schedule("weekly").await.expect("readable"), None);
}

async fn a_moment_is_enqueued_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    store.save_schedule(&nightly(), start()).await.expect("saved");
    assert_eq!(store.last_enqueued("nightly").await.expect("readable"), None);
    let mut processes = JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        processes.spawn(async move { store.enqueue_fire("nightly", start(), date("2014-12-31")).await });
    }
    let mut enqueued = 0;
    for answer in processes.join_all().await {
        enqueued += u32::from(answer.expect("answered"));
    }
    assert_eq!(enqueued, 1);
    assert_eq!(store.last_enqueued("nightly").await.expect("readable"), Some(start()));
}

async fn moments_are_dealt_with_once_and_in_order(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    store.save_schedule(&nightly(), start()).await.expect("saved");
    for (minutes, day) in [(20, "2015-01-05"), (10, "2015-01-02"), (30, "2015-01-06")] {
        assert!(store.enqueue_fire("nightly", after_minutes(minutes), date(day)).await.expect("answered"));
    }
    let due = store.due_fires(after_minutes(20), 10).await.expect("readable");
    let days: Vec<String> = due.iter().map(|fire| fire.business_date.to_string()).collect();
    assert_eq!(days, ["2015-01-02", "2015-01-05"]);
    assert_eq!((due[0].state, due[0].fire_at), (FireState::Queued, after_minutes(10)));

    let now = after_minutes(21);
    assert!(store.mark_fire_done("nightly", after_minutes(10), now).await.expect("noted"));
    assert!(!store.mark_fire_failed("nightly", after_minutes(10), "late", now).await.expect("answered"));
    assert!(store.mark_fire_failed("nightly", after_minutes(20), "no disk", now).await.expect("noted"));
    assert!(store.due_fires(after_minutes(29), 10).await.expect("readable").is_empty());
    assert_eq!(store.due_fires(after_minutes(30), 10).await.expect("readable").len(), 1);
}

async fn moments_belong_to_schedules(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let error = store.enqueue_fire("weekly", start(), date("2014-12-31")).await.expect_err("unknown");
    assert!(matches!(error, Error::UnknownSchedule { .. }), "{error}");
}
