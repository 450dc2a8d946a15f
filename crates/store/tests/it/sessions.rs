//! Sessions: one refresh token is valid at a time, however many ask at once, and one that comes again ends the session.

use std::sync::Arc;

use chrono::TimeDelta;
use schemas::{Language, Role, UserId};
use store::{NewSession, RefreshLimits, Refreshed, SessionEnd, SessionProof, Store, StoreKind, User, UserKind};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, start};

on_both_engines!(
    a_hundred_at_once_get_the_same_successor,
    a_used_token_that_comes_late_ends_the_session,
    a_used_token_is_answered_once_more_for_a_short_time,
    a_session_ends_without_use_and_at_last,
    a_user_ends_sessions,
    a_disabled_user_has_no_sessions,
    a_session_is_proved_anew_by_its_user,
);

const LIMITS: RefreshLimits = RefreshLimits { idle: TimeDelta::days(7), grace: TimeDelta::seconds(30) };

/// A hash of 64 characters, told apart by a number.
fn hash(number: u32) -> String {
    format!("{number:064}")
}

/// The successor of a token in these tests: the next number, which depends on the salt.
fn after(number: u32) -> impl Fn(&str) -> String + Send + Sync + Clone {
    move |salt| {
        assert_eq!(salt.len(), 64);
        hash(number + 1)
    }
}

fn user_id() -> UserId {
    "u-1".parse().expect("an id")
}

/// A store with a user and a session whose first token is number zero.
async fn with_session(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    let user = User {
        user_id: user_id(),
        kind: UserKind::Person,
        email: "zoe@example.org".to_owned(),
        display_name: String::new(),
        role: Role::Client,
        language: Language::English,
        password_hash: None,
        email_verified_at: Some(start()),
        disabled_at: None,
        created_at: start(),
        updated_at: start(),
    };
    assert!(store.insert_user(&user).await.expect("stored"));
    begin(&store, "s-1", 0).await;
    store
}

async fn begin(store: &Store, session_id: &str, number: u32) {
    let new = NewSession {
        session_id,
        user_id: &user_id(),
        successor_salt: &hash(7_777),
        token_hash: &hash(number),
        user_agent: "tests",
        peer: "192.0.2.7",
        proof: SessionProof::Password,
        authenticated_at: start(),
        at: start(),
        idle: LIMITS.idle,
        life: TimeDelta::days(30),
    };
    store.begin_session(&new).await.expect("begun");
}

async fn refresh(store: &Store, number: u32, seconds: i64) -> Refreshed {
    let now = start() + TimeDelta::seconds(seconds);
    store.refresh_session(&hash(number), after(number), LIMITS, now).await.expect("answered")
}

fn goes_on(refreshed: &Refreshed) -> bool {
    matches!(refreshed, Refreshed::Continued(_))
}

async fn a_hundred_at_once_get_the_same_successor(place: &Place) {
    let store = Arc::new(with_session(place).await);
    let mut asking = JoinSet::new();
    for _ in 0..100 {
        let store = Arc::clone(&store);
        asking.spawn(async move { refresh(&store, 0, 1).await });
    }
    let answers = asking.join_all().await;
    assert_eq!(answers.len(), 100);
    assert!(answers.iter().all(goes_on), "nobody is refused");
    // The only token that is valid now is the first one's successor: it goes on, and what would follow it does not yet.
    assert_eq!(refresh(&store, 2, 2).await, Refreshed::Refused);
    assert!(goes_on(&refresh(&store, 1, 2).await));
    assert_eq!(store.sessions_of(&user_id(), 10, after_minutes(1)).await.expect("readable").len(), 1);
    let valid = include_str!("queries/second_valid_token.sql");
    assert!(place.execute(valid).await.is_err(), "the database has no room for a second valid token");
    store.close().await;
}

async fn a_used_token_that_comes_late_ends_the_session(place: &Place) {
    let store = with_session(place).await;
    assert!(goes_on(&refresh(&store, 0, 0).await));
    assert_eq!(refresh(&store, 0, 31).await, Refreshed::Reused { session_id: "s-1".to_owned() });
    // Neither who stole it nor whose it was goes on.
    assert_eq!(refresh(&store, 1, 32).await, Refreshed::Refused);
    assert_eq!(refresh(&store, 0, 32).await, Refreshed::Refused);
    let (session, _) = store.session("s-1").await.expect("readable").expect("there");
    assert_eq!(session.ended_at, Some(start() + TimeDelta::seconds(31)));
    store.close().await;
}

async fn a_used_token_is_answered_once_more_for_a_short_time(place: &Place) {
    let store = with_session(place).await;
    assert!(goes_on(&refresh(&store, 0, 0).await));
    assert!(goes_on(&refresh(&store, 0, 30).await), "the answer may have been lost");
    assert!(goes_on(&refresh(&store, 1, 40).await));
    // Its successor was used: this is nobody whose answer was lost.
    assert_eq!(refresh(&store, 0, 41).await, Refreshed::Reused { session_id: "s-1".to_owned() });
    assert_eq!(refresh(&store, 2, 42).await, Refreshed::Refused);
    begin(&store, "s-2", 100).await;
    assert_eq!(refresh(&store, 55, 0).await, Refreshed::Refused, "no token ends no session");
    assert!(goes_on(&refresh(&store, 100, 0).await));
    store.close().await;
}

async fn a_session_ends_without_use_and_at_last(place: &Place) {
    let store = with_session(place).await;
    let day = 24 * 60 * 60;
    begin(&store, "s-2", 100).await;
    assert_eq!(refresh(&store, 100, 7 * day).await, Refreshed::Refused, "seven days without use");
    let mut number = 0;
    for days in (6..30).step_by(6) {
        assert!(goes_on(&refresh(&store, number, days * day).await), "{days}");
        number += 1;
    }
    let Refreshed::Continued(last) = refresh(&store, number, 29 * day).await else { panic!("it goes on") };
    assert_eq!(last.0.idle_expires_at, last.0.expires_at, "no use makes it longer than thirty days");
    assert_eq!(refresh(&store, number + 1, 30 * day).await, Refreshed::Refused);
    // Of s-1 the first token and its five successors, of s-2 the first: sessions that are over need none.
    let later = start() + TimeDelta::days(60);
    assert_eq!(store.delete_past_secrets(start() + TimeDelta::days(30)).await.expect("deleted"), 0);
    assert_eq!(store.delete_past_secrets(later).await.expect("deleted"), 7);
    assert!(store.session("s-1").await.expect("readable").is_some());
    store.close().await;
}

async fn a_user_ends_sessions(place: &Place) {
    let store = with_session(place).await;
    begin(&store, "s-2", 100).await;
    begin(&store, "s-3", 200).await;
    let other: UserId = "u-2".parse().expect("an id");
    let now = after_minutes(1);
    assert!(!store.end_session(&other, "s-1", SessionEnd::Ended, now).await.expect("answered"), "it is not theirs");
    assert!(store.end_session(&user_id(), "s-1", SessionEnd::Ended, now).await.expect("answered"));
    assert!(!store.end_session(&user_id(), "s-1", SessionEnd::Ended, now).await.expect("answered"), "it has ended");
    assert!(store.end_session_of_token(&hash(100), now).await.expect("answered"));
    assert!(!store.end_session_of_token(&hash(101), now).await.expect("answered"));
    begin(&store, "s-4", 300).await;
    let ended = store.end_sessions_of(&user_id(), Some("s-4"), SessionEnd::PasswordChanged, now).await;
    assert_eq!(ended.expect("answered"), 1);
    let left = store.sessions_of(&user_id(), 10, now).await.expect("readable");
    assert_eq!(left.iter().map(|session| session.session_id.as_str()).collect::<Vec<_>>(), ["s-4"]);
    assert!(!format!("{:?}", left[0]).contains("192.0.2.7"), "where somebody is is not for logs");
    store.close().await;
}

async fn a_disabled_user_has_no_sessions(place: &Place) {
    let store = with_session(place).await;
    assert!(store.disable_user(&user_id(), after_minutes(1)).await.expect("done"));
    assert_eq!(refresh(&store, 0, 61).await, Refreshed::Refused);
    assert!(store.enable_user(&user_id(), after_minutes(2)).await.expect("done"));
    assert_eq!(refresh(&store, 0, 121).await, Refreshed::Refused, "what ended stays ended");
    store.close().await;
}

async fn a_session_is_proved_anew_by_its_user(place: &Place) {
    let store = with_session(place).await;
    let (other, both): (UserId, _) = ("u-2".parse().expect("an id"), SessionProof::PasswordAndCode);
    assert!(!store.prove_session(&other, "s-1", both, after_minutes(5)).await.expect("answered"), "it is not theirs");
    let (session, _) = store.session("s-1").await.expect("readable").expect("there");
    assert_eq!((session.authenticated_at, session.proof), (start(), SessionProof::Password));
    assert!(store.prove_session(&user_id(), "s-1", both, after_minutes(5)).await.expect("answered"));
    let (session, _) = store.session("s-1").await.expect("readable").expect("there");
    assert_eq!((session.authenticated_at, session.proof), (after_minutes(5), both));
    assert_eq!(session.expires_at, start() + TimeDelta::days(30), "it lasts no longer by that");
    store.end_session(&user_id(), "s-1", SessionEnd::Ended, after_minutes(6)).await.expect("done");
    assert!(!store.prove_session(&user_id(), "s-1", both, after_minutes(7)).await.expect("answered"), "it has ended");
    store.close().await;
}
