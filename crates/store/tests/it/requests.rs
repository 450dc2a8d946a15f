//! Requests that name themselves: done once, answered as often as they come.

use store::{KeptAnswer, NamedOutcome, NamedRequest, StoreKind};

use crate::places::{Place, on_both_engines};
use crate::samples::after_minutes;

on_both_engines!(
    a_request_is_done_once_and_answered_again,
    a_name_is_that_of_one_request_of_one_caller,
    what_changed_nothing_may_come_again,
    an_answer_is_kept_for_a_day,
);

fn request(caller: &str, key: &str, fingerprint: &str) -> NamedRequest {
    NamedRequest { caller_id: caller.to_owned(), key: key.to_owned(), fingerprint: fingerprint.to_owned() }
}

fn answer(body: &str) -> KeptAnswer {
    KeptAnswer {
        status: 201,
        media_type: Some("application/json".to_owned()),
        location: Some("/things/1".to_owned()),
        body: body.to_owned(),
    }
}

async fn a_request_is_done_once_and_answered_again(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let first = request("house", "k-1", "a");
    assert_eq!(store.begin_request(&first, after_minutes(0)).await.expect("begun"), NamedOutcome::First);
    assert_eq!(store.begin_request(&first, after_minutes(1)).await.expect("read"), NamedOutcome::UnderWay);
    store.finish_request(&first, &answer("{\"id\":1}"), after_minutes(2)).await.expect("kept");
    let again = store.begin_request(&first, after_minutes(3)).await.expect("read");
    assert_eq!(again, NamedOutcome::Answered(answer("{\"id\":1}")));
    store.finish_request(&first, &answer("{\"id\":2}"), after_minutes(4)).await.expect("ignored");
    let again = store.begin_request(&first, after_minutes(5)).await.expect("read");
    assert_eq!(again, NamedOutcome::Answered(answer("{\"id\":1}")), "an answer stays what it was");
    store.close().await;
}

async fn a_name_is_that_of_one_request_of_one_caller(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let now = after_minutes(0);
    assert_eq!(store.begin_request(&request("house", "k", "a"), now).await.expect("begun"), NamedOutcome::First);
    assert_eq!(store.begin_request(&request("house", "k", "b"), now).await.expect("read"), NamedOutcome::Different);
    assert_eq!(store.begin_request(&request("u-1", "k", "b"), now).await.expect("begun"), NamedOutcome::First);
    store.close().await;
}

async fn what_changed_nothing_may_come_again(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let now = after_minutes(0);
    let wrong = request("house", "k", "a");
    assert_eq!(store.begin_request(&wrong, now).await.expect("begun"), NamedOutcome::First);
    store.release_request(&request("house", "k", "b")).await.expect("another one's is not touched");
    assert_eq!(store.begin_request(&wrong, now).await.expect("read"), NamedOutcome::UnderWay);
    store.release_request(&wrong).await.expect("released");
    assert_eq!(store.begin_request(&request("house", "k", "b"), now).await.expect("begun"), NamedOutcome::First);
    store.close().await;
}

async fn an_answer_is_kept_for_a_day(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let first = request("house", "k", "a");
    store.begin_request(&first, after_minutes(0)).await.expect("begun");
    store.finish_request(&first, &answer("{}"), after_minutes(0)).await.expect("kept");
    let just_before = store.begin_request(&first, after_minutes(24 * 60 - 1)).await.expect("read");
    assert_eq!(just_before, NamedOutcome::Answered(answer("{}")));
    let after = store.begin_request(&request("house", "k", "b"), after_minutes(24 * 60)).await.expect("begun");
    assert_eq!(after, NamedOutcome::First);
    store.close().await;
}
