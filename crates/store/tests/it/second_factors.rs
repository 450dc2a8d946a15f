//! Second factors: each time step and each recovery code counts once, and what ended leaves a trace but no secret.

use std::sync::Arc;

use chrono::TimeDelta;
use schemas::{Language, Role, UserId};
use store::{
    AccountMailKind, ConfirmedFactor, FactorEnd, FactorEnding, NewSession, SessionProof, Store, StoreKind, User,
    UserKind,
};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, mails_of, start};

on_both_engines!(
    an_authenticator_counts_from_its_first_code,
    a_time_step_is_good_once_and_none_before_it,
    a_recovery_code_is_good_once,
    an_operator_takes_it_away_and_that_stays_on_record,
    a_challenge_is_good_once_and_not_for_long,
    one_user_there_is_one_user_here,
    a_user_learns_by_mail_what_changed,
);

fn hash(number: u32) -> String {
    format!("{number:064}")
}

fn user_id(text: &str) -> UserId {
    text.parse().expect("an id")
}

/// A store with two users, of whom `u-1` has two sessions.
async fn with_users(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    for id in ["u-1", "u-2"] {
        let user = User {
            user_id: user_id(id),
            kind: UserKind::Person,
            email: format!("{id}@example.org"),
            display_name: String::new(),
            role: Role::Client,
            language: Language::English,
            password_hash: Some("$old".to_owned()),
            email_verified_at: Some(start()),
            disabled_at: None,
            created_at: start(),
            updated_at: start(),
        };
        assert!(store.insert_user(&user).await.expect("stored"));
    }
    for (session_id, number) in [("s-1", 1), ("s-2", 2)] {
        let new = NewSession {
            session_id,
            user_id: &user_id("u-1"),
            successor_salt: &hash(7_777),
            token_hash: &hash(number),
            user_agent: "tests",
            peer: "192.0.2.7",
            proof: SessionProof::Password,
            authenticated_at: start(),
            at: start(),
            idle: TimeDelta::days(7),
            life: TimeDelta::days(30),
        };
        store.begin_session(&new).await.expect("begun");
    }
    store
}

async fn confirm(store: &Store, factor_id: &str, step: i64, codes: &[String]) -> bool {
    let user = user_id("u-1");
    let confirmed = ConfirmedFactor {
        user_id: &user,
        factor_id,
        step,
        code_hashes: codes,
        session_id: "s-1",
        proof: SessionProof::PasswordAndCode,
    };
    store.confirm_second_factor(confirmed, after_minutes(2)).await.expect("answered")
}

async fn an_authenticator_counts_from_its_first_code(place: &Place) {
    let store = with_users(place).await;
    let user = user_id("u-1");
    store.begin_second_factor(&user, "f-1", "sealed 1", start()).await.expect("begun");
    store.begin_second_factor(&user, "f-2", "sealed 2", after_minutes(1)).await.expect("begun");
    assert_eq!(store.second_factor(&user).await.expect("readable"), None, "it waits");
    let waiting = store.waiting_second_factor(&user).await.expect("readable").expect("it waits");
    assert_eq!((waiting.factor_id.as_str(), waiting.sealed_secret.as_deref()), ("f-2", Some("sealed 2")));
    assert!(!format!("{waiting:?}").contains("sealed 2"), "a secret is not for logs, sealed or not");
    assert!(!confirm(&store, "f-1", 10, &[]).await, "another took its place");
    assert!(confirm(&store, "f-2", 10, &[hash(1)]).await);
    assert!(!confirm(&store, "f-2", 11, &[]).await, "it waits no more");
    let in_force = store.second_factor(&user).await.expect("readable").expect("it counts");
    assert_eq!((in_force.factor_id.as_str(), in_force.confirmed_at), ("f-2", Some(after_minutes(2))));
    let left = store.sessions_of(&user, 10, after_minutes(3)).await.expect("readable");
    let left: Vec<_> = left.iter().map(|session| (session.session_id.as_str(), session.proof)).collect();
    assert_eq!(left, [("s-1", SessionProof::PasswordAndCode)], "the other session had no second factor");
    // Another telephone: the first one counts until the second one's code was right.
    store.begin_second_factor(&user, "f-3", "sealed 3", after_minutes(3)).await.expect("begun");
    assert_eq!(store.second_factor(&user).await.expect("readable").expect("still").factor_id, "f-2");
    assert!(confirm(&store, "f-3", 20, &[hash(2)]).await);
    assert_eq!(store.second_factor(&user).await.expect("readable").expect("now").factor_id, "f-3");
    assert_eq!(store.recovery_codes_left(&user).await.expect("readable"), 1, "the codes of the first are void");
    assert_eq!(store.second_factor(&user_id("u-2")).await.expect("readable"), None);
    store.close().await;
}

async fn a_time_step_is_good_once_and_none_before_it(place: &Place) {
    let store = Arc::new(with_users(place).await);
    store.begin_second_factor(&user_id("u-1"), "f-1", "sealed", start()).await.expect("begun");
    assert!(!store.use_factor_step("f-1", 9).await.expect("answered"), "it is not confirmed");
    assert!(confirm(&store, "f-1", 10, &[]).await);
    assert!(!store.use_factor_step("f-1", 10).await.expect("answered"), "the first code counts, too");
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let store = Arc::clone(&store);
        asking.spawn(async move { store.use_factor_step("f-1", 12).await.expect("answered") });
    }
    let answers = asking.join_all().await;
    assert_eq!(answers.iter().filter(|used| **used).count(), 1, "of many at once one is let in");
    assert!(!store.use_factor_step("f-1", 11).await.expect("answered"), "an earlier one was seen by somebody");
    assert!(store.use_factor_step("f-1", 13).await.expect("answered"));
    assert!(!store.use_factor_step("f-9", 14).await.expect("answered"), "there is none");
    store.close().await;
}

async fn a_recovery_code_is_good_once(place: &Place) {
    let store = with_users(place).await;
    let (user, other, at) = (user_id("u-1"), user_id("u-2"), after_minutes(3));
    store.begin_second_factor(&user, "f-1", "sealed", start()).await.expect("begun");
    assert!(confirm(&store, "f-1", 10, &[hash(1), hash(2), hash(3)]).await);
    assert!(!store.use_recovery_code(&other, &hash(1), at).await.expect("answered"), "it is not theirs");
    assert!(store.use_recovery_code(&user, &hash(1), at).await.expect("answered"));
    assert!(!store.use_recovery_code(&user, &hash(1), at).await.expect("answered"), "it was used");
    assert_eq!(store.recovery_codes_left(&user).await.expect("readable"), 2);
    store.replace_recovery_codes(&user, &[hash(4)], at).await.expect("replaced");
    assert!(!store.use_recovery_code(&user, &hash(2), at).await.expect("answered"), "it was replaced");
    assert!(store.use_recovery_code(&user, &hash(4), at).await.expect("answered"));
    assert_eq!(store.recovery_codes_left(&user).await.expect("readable"), 0);
    store.close().await;
}

async fn an_operator_takes_it_away_and_that_stays_on_record(place: &Place) {
    let store = with_users(place).await;
    let user = user_id("u-1");
    store.begin_second_factor(&user, "f-1", "sealed", start()).await.expect("begun");
    assert!(confirm(&store, "f-1", 10, &[hash(1)]).await);
    let reset = FactorEnding {
        reason: FactorEnd::Reset,
        by: "otto",
        note: Some("lost the telephone; known in person"),
        session_that_stays: None,
    };
    assert!(store.end_second_factor(&user, reset, after_minutes(5)).await.expect("answered"));
    assert!(!store.end_second_factor(&user, reset, after_minutes(6)).await.expect("answered"), "there is none");
    assert_eq!(store.second_factor(&user).await.expect("readable"), None);
    assert!(!store.use_recovery_code(&user, &hash(1), after_minutes(6)).await.expect("answered"));
    assert!(!store.use_factor_step("f-1", 11).await.expect("answered"));
    assert!(store.sessions_of(&user, 10, after_minutes(6)).await.expect("readable").is_empty(), "all have ended");
    let all = store.second_factors_of(&user, 10).await.expect("readable");
    let [was] = all.as_slice() else { panic!("one row: {all:?}") };
    assert_eq!(was.sealed_secret, None, "the secret is gone");
    let end = was.end.as_ref().expect("it ended");
    assert_eq!((end.at, end.reason, end.by.as_str()), (after_minutes(5), FactorEnd::Reset, "otto"));
    assert_eq!(end.note.as_deref(), Some("lost the telephone; known in person"));
    store.close().await;
}

async fn a_challenge_is_good_once_and_not_for_long(place: &Place) {
    let store = with_users(place).await;
    let (user, life) = (user_id("u-1"), TimeDelta::minutes(5));
    for number in [1, 2, 3] {
        store.begin_challenge(&hash(number), &user, SessionProof::Provider, life, start()).await.expect("begun");
    }
    let at = after_minutes(4);
    assert_eq!(store.user_of_challenge(&hash(1), at).await.expect("answered"), Some(user.clone()), "to look is free");
    let taken = store.take_challenge(&hash(1), at).await.expect("answered");
    assert_eq!(taken, Some((user.clone(), SessionProof::Provider)), "the first step is known");
    assert_eq!(store.take_challenge(&hash(1), at).await.expect("answered"), None, "it was used");
    assert_eq!(store.user_of_challenge(&hash(1), at).await.expect("answered"), None);
    assert_eq!(store.take_challenge(&hash(2), after_minutes(5)).await.expect("answered"), None, "it has expired");
    assert_eq!(store.take_challenge(&hash(9), at).await.expect("answered"), None, "it is none");
    store.change_password(&user, "$new", None, at).await.expect("changed");
    assert_eq!(store.take_challenge(&hash(3), at).await.expect("answered"), None, "the password is another one");
    // The three challenges, and the tokens of the two sessions that another password ended.
    assert_eq!(store.delete_past_secrets(after_minutes(6)).await.expect("deleted"), 5);
    store.close().await;
}

async fn one_user_there_is_one_user_here(place: &Place) {
    let store = with_users(place).await;
    let (user, other, at) = (user_id("u-1"), user_id("u-2"), after_minutes(1));
    let (issuer, elsewhere) = ("https://login.example.org", "https://login.example.com");
    assert_eq!(store.user_of_oidc_link(issuer, "zoe").await.expect("readable"), None);
    assert!(store.link_oidc((issuer, "zoe"), &user, "otto", at).await.expect("linked"));
    assert!(!store.link_oidc((issuer, "zoe"), &other, "otto", at).await.expect("answered"), "that one is linked");
    assert!(!store.link_oidc((issuer, "tom"), &user, "otto", at).await.expect("answered"), "ours is linked there");
    assert!(store.link_oidc((elsewhere, "zoe"), &other, "otto", at).await.expect("another house, another zoe"));
    assert_eq!(store.user_of_oidc_link(issuer, "zoe").await.expect("readable"), Some(user));
    assert_eq!(store.user_of_oidc_link(elsewhere, "zoe").await.expect("readable"), Some(other));
    let life = TimeDelta::minutes(10);
    store.begin_oidc_sign_in(&hash(1), life, start()).await.expect("begun");
    store.begin_oidc_sign_in(&hash(2), life, start()).await.expect("begun");
    assert!(store.take_oidc_sign_in(&hash(1), after_minutes(9)).await.expect("answered"));
    assert!(!store.take_oidc_sign_in(&hash(1), after_minutes(9)).await.expect("answered"), "it was used");
    assert!(!store.take_oidc_sign_in(&hash(2), after_minutes(10)).await.expect("answered"), "it has expired");
    assert!(!store.take_oidc_sign_in(&hash(3), at).await.expect("answered"), "it is none");
    assert_eq!(store.delete_past_secrets(after_minutes(11)).await.expect("deleted"), 2);
    store.close().await;
}

async fn a_user_learns_by_mail_what_changed(place: &Place) {
    let store = with_users(place).await;
    let (user, at) = (user_id("u-1"), after_minutes(3));
    let ending = FactorEnding { reason: FactorEnd::Reset, by: "otto", note: None, session_that_stays: None };
    store.begin_second_factor(&user, "f-1", "sealed", start()).await.expect("begun");
    assert!(store.end_second_factor(&user, ending, at).await.expect("answered"));
    assert_eq!(mails_of(&store, at).await, [], "one that waits counts for nothing");
    store.begin_second_factor(&user, "f-2", "sealed", start()).await.expect("begun");
    assert!(!confirm(&store, "f-1", 10, &[]).await);
    assert_eq!(mails_of(&store, at).await, [], "nothing was turned on");
    assert!(confirm(&store, "f-2", 10, &[hash(1)]).await);
    assert_eq!(mails_of(&store, at).await, [AccountMailKind::SecondFactorAdded]);
    store.replace_recovery_codes(&user, &[hash(2)], at).await.expect("replaced");
    assert_eq!(mails_of(&store, at).await, [AccountMailKind::RecoveryCodesRenewed]);
    assert!(store.end_second_factor(&user, ending, at).await.expect("answered"));
    assert_eq!(mails_of(&store, at).await, [AccountMailKind::SecondFactorRemoved]);
    let link = ("https://login.example.org", "zoe");
    assert!(store.link_oidc(link, &user, "otto", at).await.expect("linked"));
    assert_eq!(mails_of(&store, at).await, [AccountMailKind::OtherHouseLinked]);
    assert!(!store.link_oidc(link, &user, "otto", at).await.expect("answered"));
    assert_eq!(mails_of(&store, at).await, [], "nothing is new");
    store.close().await;
}
