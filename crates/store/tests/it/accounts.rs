//! Accounts: their tokens and keys, the mails about them, and those who try to get in.

use std::sync::Arc;

use chrono::TimeDelta;
use schemas::{Language, Role, Scope, UserId};
use store::{
    API_KEYS_MAX, AccountMailKind, AccountPurpose, ApiKey, Attempting, LockOut, Store, StoreKind, User, UserKind,
};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, mails_of, start};

on_both_engines!(
    a_token_is_good_once_and_for_one_purpose,
    a_user_changes,
    a_key_comes_back_and_ends,
    a_program_has_two_keys_in_force,
    whoever_fails_waits_longer_each_time,
    many_at_once_get_no_more_attempts,
    a_mail_is_sent_by_one,
    every_kind_of_mail_waits_by_itself,
    users_come_in_pages,
);

const LOCK_OUT: LockOut =
    LockOut { first: TimeDelta::seconds(30), longest: TimeDelta::minutes(15), memory: TimeDelta::days(1) };

fn hash(number: u32) -> String {
    format!("{number:064}")
}

fn user_id() -> UserId {
    "u-1".parse().expect("an id")
}

fn user(id: &str) -> User {
    User {
        user_id: id.parse().expect("an id"),
        kind: UserKind::Person,
        email: format!("{id}@example.org"),
        display_name: "Zoe".to_owned(),
        role: Role::Client,
        language: Language::English,
        password_hash: None,
        email_verified_at: None,
        disabled_at: None,
        created_at: start(),
        updated_at: start(),
    }
}

async fn with_user(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    assert!(store.insert_user(&user("u-1")).await.expect("stored"));
    store
}

async fn a_token_is_good_once_and_for_one_purpose(place: &Place) {
    let store = with_user(place).await;
    let (verify, password) = (AccountPurpose::VerifyEmail, AccountPurpose::SetPassword);
    for (number, purpose) in [(1, verify), (2, password), (3, password), (4, verify)] {
        let life = TimeDelta::minutes(60);
        store.insert_account_token(&hash(number), &user_id(), purpose, life, start()).await.expect("stored");
    }
    let at = after_minutes(59);
    assert_eq!(store.verify_email(&hash(2), at).await.expect("answered"), None, "it is for a password");
    assert_eq!(store.verify_email(&hash(9), at).await.expect("answered"), None, "it is none");
    assert_eq!(store.verify_email(&hash(1), after_minutes(60)).await.expect("answered"), None, "it has expired");
    assert_eq!(store.verify_email(&hash(1), at).await.expect("answered"), Some(user_id()));
    assert_eq!(store.verify_email(&hash(1), at).await.expect("answered"), None, "it was used");
    assert_eq!(store.verify_email(&hash(4), at).await.expect("answered"), None, "there is nothing left to prove");
    let found = store.user_of_account_token(&hash(2), password, at).await.expect("answered");
    assert_eq!(found, Some(user_id()), "to look is not to use");
    assert_eq!(store.set_password_by_token(&hash(2), "$a", at).await.expect("answered"), Some(user_id()));
    assert_eq!(store.set_password_by_token(&hash(3), "$b", at).await.expect("answered"), None, "older ones are void");
    let now = store.user(&user_id()).await.expect("readable").expect("there");
    assert_eq!((now.password_hash.as_deref(), now.email_verified_at), (Some("$a"), Some(at)));
    assert_eq!(mails_of(&store, at).await, [], "the first password is no change");
    store.insert_account_token(&hash(5), &user_id(), password, TimeDelta::minutes(60), start()).await.expect("stored");
    assert!(store.set_password_by_token(&hash(5), "$c", at).await.expect("answered").is_some());
    assert_eq!(mails_of(&store, at).await, [AccountMailKind::PasswordChanged]);
    store.close().await;
}

async fn a_user_changes(place: &Place) {
    let store = with_user(place).await;
    let at = after_minutes(1);
    assert!(store.set_user_names(&user_id(), None, Some(Language::Italian), at).await.expect("done"));
    assert!(store.set_user_names(&user_id(), Some(""), None, at).await.expect("done"));
    assert!(store.set_user_role(&user_id(), Role::Adviser, at).await.expect("done"));
    store.change_password(&user_id(), "$new", None, at).await.expect("done");
    store.rehash_password(&user_id(), "$old", "$wrong").await.expect("nothing is done");
    store.rehash_password(&user_id(), "$new", "$newer").await.expect("done");
    let now = store.user(&user_id()).await.expect("readable").expect("there");
    assert_eq!((now.display_name.as_str(), now.language, now.role), ("", Language::Italian, Role::Adviser));
    assert_eq!((now.password_hash.as_deref(), now.updated_at), (Some("$newer"), at));
    assert_eq!(mails_of(&store, at).await, [AccountMailKind::PasswordChanged], "another hash is no other password");
    let nobody: UserId = "u-9".parse().expect("an id");
    assert!(!store.set_user_role(&nobody, Role::Admin, at).await.expect("answered"));
    assert!(!store.disable_user(&nobody, at).await.expect("answered"));
    store.close().await;
}

async fn a_key_comes_back_and_ends(place: &Place) {
    let store = with_user(place).await;
    let key = |number: u32| ApiKey {
        key_id: format!("k-{number:02}"),
        user_id: user_id(),
        title: "spreadsheet".to_owned(),
        scopes: vec![Scope::Read, Scope::Operate],
        created_at: start(),
        expires_at: after_minutes(60),
        last_used_at: None,
        revoked_at: None,
    };
    assert!(store.insert_api_key(&key(1), &hash(1)).await.expect("stored"));
    let (found, owner) = store.api_key_by_secret(&hash(1)).await.expect("readable").expect("there");
    let user = store.user(&user_id()).await.expect("readable").expect("there");
    assert_eq!((&found, owner.role), (&key(1), user.role));
    assert_eq!((owner.email_verified_at, owner.disabled_at), (user.email_verified_at, user.disabled_at));
    assert!(found.is_live(after_minutes(59)) && !found.is_live(after_minutes(60)));
    assert_eq!(store.api_key_by_secret(&hash(2)).await.expect("readable"), None);
    store.note_api_key_use(&found, after_minutes(5)).await.expect("noted");
    let (used, _) = store.api_key_by_secret(&hash(1)).await.expect("readable").expect("there");
    assert_eq!(used.last_used_at, Some(after_minutes(5)));
    let other: UserId = "u-2".parse().expect("an id");
    assert!(!store.revoke_api_key(&other, "k-01", after_minutes(6)).await.expect("answered"), "it is not theirs");
    assert!(store.revoke_api_key(&user_id(), "k-01", after_minutes(6)).await.expect("answered"));
    assert!(!store.revoke_api_key(&user_id(), "k-01", after_minutes(7)).await.expect("answered"));
    let (revoked, _) = store.api_key_by_secret(&hash(1)).await.expect("readable").expect("it stays");
    assert!(!revoked.is_live(after_minutes(6)));
    let most = u32::try_from(API_KEYS_MAX).expect("a small number");
    for number in 2..2 + most {
        assert!(store.insert_api_key(&key(number), &hash(number)).await.expect("stored"), "{number}");
    }
    assert!(!store.insert_api_key(&key(90), &hash(90)).await.expect("answered"), "there are enough");
    let page = store.api_keys_of(&user_id(), "k-20", 10).await.expect("readable");
    assert_eq!(page.iter().map(|key| key.key_id.as_str()).collect::<Vec<_>>(), ["k-21"]);
    store.close().await;
}

fn trying(number: u32, failures_max: u32) -> Attempting {
    Attempting { key: hash(number), failures_max }
}

async fn a_program_has_two_keys_in_force(place: &Place) {
    let store = with_user(place).await;
    let service = User { kind: UserKind::Service, ..user("s-1") };
    assert!(store.insert_user(&service).await.expect("stored"));
    let listed = store.services("", 10).await.expect("readable");
    assert_eq!(listed, std::slice::from_ref(&service), "people are not in the list");
    assert!(store.services("s-1", 10).await.expect("readable").is_empty());
    let key = |number: u32, from: i64, until: i64| ApiKey {
        key_id: format!("k-{number}"),
        user_id: service.user_id.clone(),
        title: String::new(),
        scopes: vec![Scope::Read],
        created_at: after_minutes(from),
        expires_at: after_minutes(until),
        last_used_at: None,
        revoked_at: None,
    };
    let insert = async |number: u32, from: i64, until: i64| {
        store.insert_service_key(&key(number, from, until), &hash(number)).await.expect("answered")
    };
    assert!(insert(1, 0, 60).await && insert(2, 1, 120).await);
    assert!(!insert(3, 2, 120).await, "two are in force");
    assert!(insert(4, 60, 120).await, "the first one has expired");
    assert!(!insert(5, 61, 120).await);
    assert!(store.revoke_api_key(&service.user_id, "k-2", after_minutes(61)).await.expect("answered"));
    assert!(insert(6, 62, 120).await, "one was revoked");
    store.close().await;
}

async fn whoever_fails_waits_longer_each_time(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let (account, peer) = (trying(2, 5), trying(1, 20));
    let both = [account.clone(), peer.clone()];
    let attempt = |seconds: i64| {
        let (store, both) = (store.clone(), both.clone());
        let at = start() + TimeDelta::seconds(seconds);
        async move { store.begin_attempt(&both, LOCK_OUT, at).await.expect("counted") }
    };
    for second in 0..5 {
        assert_eq!(attempt(second).await, None, "{second}");
    }
    // The fifth was at second 4: thirty seconds from then, and the next failure doubles it.
    assert_eq!(attempt(5).await, Some(start() + TimeDelta::seconds(34)));
    assert_eq!(attempt(33).await, Some(start() + TimeDelta::seconds(34)));
    assert_eq!(attempt(34).await, None);
    assert_eq!(attempt(35).await, Some(start() + TimeDelta::seconds(94)));
    // Another account is tried from the same place, which has failed six times of twenty.
    let other = [trying(3, 5), peer.clone()];
    assert_eq!(store.begin_attempt(&other, LOCK_OUT, after_minutes(1)).await.expect("counted"), None);
    store.take_back_attempt(&peer).await.expect("taken back");
    // Whoever got in begins anew; what is old is forgotten.
    store.forget_attempts(&account.key).await.expect("forgotten");
    assert_eq!(attempt(36).await, None);
    assert_eq!(store.delete_past_secrets(after_minutes(10)).await.expect("deleted"), 3);
    assert_eq!(store.delete_past_secrets(after_minutes(10)).await.expect("deleted"), 0);
    store.close().await;
}

async fn many_at_once_get_no_more_attempts(place: &Place) {
    let store = Arc::new(place.open(StoreKind::Live).await);
    let mut trials = JoinSet::new();
    for _ in 0..50 {
        let store = Arc::clone(&store);
        trials.spawn(async move { store.begin_attempt(&[trying(1, 5)], LOCK_OUT, start()).await.expect("counted") });
    }
    let outcomes = trials.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_none()).count(), 5);
    store.close().await;
}

async fn a_mail_is_sent_by_one(place: &Place) {
    let store = with_user(place).await;
    let lease = TimeDelta::minutes(20);
    for _ in 0..3 {
        store.queue_account_mail(&user_id(), AccountMailKind::VerifyEmail, start()).await.expect("queued");
    }
    assert_eq!(store.pending_account_mails().await.expect("counted"), 1, "one of a kind is enough");
    let mail = store.claim_account_mail(lease, start()).await.expect("answered").expect("due");
    assert_eq!((&mail.user_id, mail.kind, mail.attempts), (&user_id(), AccountMailKind::VerifyEmail, 1));
    assert_eq!(store.claim_account_mail(lease, after_minutes(19)).await.expect("answered"), None, "somebody sends it");
    store.account_mail_failed(&mail.mail_id, "busy", Some(after_minutes(5))).await.expect("noted");
    let again = store.claim_account_mail(lease, after_minutes(5)).await.expect("answered").expect("due");
    assert_eq!((&again.mail_id, again.attempts), (&mail.mail_id, 2));
    store.account_mail_sent(&mail.mail_id, after_minutes(6)).await.expect("noted");
    assert_eq!(store.pending_account_mails().await.expect("counted"), 0);
    store.queue_account_mail(&user_id(), AccountMailKind::VerifyEmail, after_minutes(7)).await.expect("queued");
    let other = store.claim_account_mail(lease, after_minutes(7)).await.expect("answered").expect("due");
    assert_ne!(other.mail_id, mail.mail_id);
    store.account_mail_failed(&other.mail_id, "no such address", None).await.expect("noted");
    assert_eq!(store.pending_account_mails().await.expect("counted"), 0);
    store.close().await;
}

async fn every_kind_of_mail_waits_by_itself(place: &Place) {
    let store = with_user(place).await;
    let kinds = [
        AccountMailKind::VerifyEmail,
        AccountMailKind::SetPassword,
        AccountMailKind::RegisteredAlready,
        AccountMailKind::PasswordChanged,
        AccountMailKind::SecondFactorAdded,
        AccountMailKind::SecondFactorRemoved,
        AccountMailKind::RecoveryCodesRenewed,
        AccountMailKind::OtherHouseLinked,
        AccountMailKind::PasskeyAdded,
        AccountMailKind::PasskeyRemoved,
    ];
    for kind in kinds {
        store.queue_account_mail(&user_id(), kind, start()).await.expect("queued");
    }
    let claimed = mails_of(&store, start()).await;
    assert_eq!(claimed.len(), kinds.len());
    assert!(kinds.iter().all(|kind| claimed.contains(kind)), "{claimed:?}");
    store.close().await;
}

async fn users_come_in_pages(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    for id in ["u-3", "u-1", "u-2"] {
        assert!(store.insert_user(&user(id)).await.expect("stored"));
    }
    let ids = |page: Vec<User>| page.into_iter().map(|user| user.user_id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(store.users("", 2).await.expect("readable")), ["u-1", "u-2"]);
    assert_eq!(ids(store.users("u-2", 2).await.expect("readable")), ["u-3"]);
    store.close().await;
}
