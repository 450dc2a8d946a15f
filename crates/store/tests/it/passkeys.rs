//! Passkeys: a question is answered once, answers count in turn, and what ended leaves a trace but no key.

use chrono::TimeDelta;
use schemas::{Role, UserId};
use store::{
    AccountMailKind, ErasureOutcome, NewSession, Passkey, PasskeyEnding, PersonTable, SessionProof, StoreKind,
};

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, mails_of, start};

on_both_engines!(
    a_question_is_answered_once_and_by_whom_it_was_for,
    a_passkey_is_found_by_its_name_and_its_answers_count_in_turn,
    one_that_ended_is_found_no_more_and_its_key_is_gone,
    an_erasure_takes_the_name_of_a_passkey,
);

fn hash(number: u32) -> String {
    format!("{number:064}")
}

fn passkey(id: &str, owner: &str) -> Passkey {
    Passkey {
        passkey_id: id.to_owned(),
        user_id: user_id(owner),
        label: "Annas Telefon".to_owned(),
        credential_id: format!("credential-{id}"),
        public_key: "a-public-key".to_owned(),
        use_state: "0".to_owned(),
        made_at: start(),
        used_at: None,
    }
}

/// A store with the users `anna` and `bert`, of whom Anna has a session.
async fn with_users(place: &Place) -> store::Store {
    let store = place.open(StoreKind::Live).await;
    for id in ["anna", "bert"] {
        assert!(store.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    let new = NewSession {
        session_id: "s-1",
        user_id: &user_id("anna"),
        successor_salt: &hash(7_777),
        token_hash: &hash(1),
        user_agent: "tests",
        peer: "192.0.2.7",
        proof: SessionProof::Passkey,
        authenticated_at: start(),
        at: start(),
        idle: TimeDelta::days(7),
        life: TimeDelta::days(30),
    };
    store.begin_session(&new).await.expect("begun");
    store
}

async fn a_question_is_answered_once_and_by_whom_it_was_for(place: &Place) {
    let store = with_users(place).await;
    let (anna, bert, life) = (user_id("anna"), user_id("bert"), TimeDelta::minutes(5));
    for (number, whose) in [(1, None), (2, Some(&anna)), (3, None)] {
        let question = format!("question {number}");
        store.begin_passkey_ceremony(&hash(number), whose, &question, life, start()).await.expect("begun");
    }
    let take = async |number, whose: Option<&UserId>, minutes| {
        store.take_passkey_ceremony(&hash(number), whose, after_minutes(minutes)).await.expect("answered")
    };
    assert_eq!(take(1, Some(&anna), 1).await, None, "it asks for a proof");
    assert_eq!(take(1, None, 1).await.as_deref(), Some("question 1"));
    assert_eq!(take(1, None, 1).await, None, "it was answered");
    assert_eq!(take(2, None, 1).await, None, "it asks Anna for a new one");
    assert_eq!(take(2, Some(&bert), 1).await, None, "it asks Anna");
    assert_eq!(take(2, Some(&anna), 4).await.as_deref(), Some("question 2"));
    assert_eq!(take(3, None, 5).await, None, "it has expired");
    assert_eq!(take(4, None, 1).await, None, "it is none");
    assert_eq!(store.delete_past_secrets(after_minutes(6)).await.expect("deleted"), 3);
    store.close().await;
}

async fn a_passkey_is_found_by_its_name_and_its_answers_count_in_turn(place: &Place) {
    let store = with_users(place).await;
    let first = passkey("p-1", "anna");
    assert!(store.insert_passkey(&first).await.expect("stored"));
    assert_eq!(mails_of(&store, start()).await, [AccountMailKind::PasskeyAdded]);
    let alike = Passkey { credential_id: first.credential_id.clone(), ..passkey("p-2", "bert") };
    assert!(!store.insert_passkey(&alike).await.expect("answered"), "its authenticator calls another one so");
    assert_eq!(mails_of(&store, start()).await, [], "nothing is new");
    assert_eq!(store.passkey_by_credential("credential-p-1").await.expect("readable").as_ref(), Some(&first));
    assert_eq!(store.passkey_by_credential("credential-p-2").await.expect("readable"), None);
    assert!(store.use_passkey(&first, "1", after_minutes(1)).await.expect("answered"));
    assert!(!store.use_passkey(&first, "1", after_minutes(1)).await.expect("answered"), "the counter has moved");
    let used = Passkey { use_state: "1".to_owned(), used_at: Some(after_minutes(1)), ..first };
    assert_eq!(store.passkeys_of(&user_id("anna")).await.expect("readable"), [used]);
    assert_eq!(store.passkeys_of(&user_id("bert")).await.expect("readable"), []);
    store.close().await;
}

async fn one_that_ended_is_found_no_more_and_its_key_is_gone(place: &Place) {
    let store = with_users(place).await;
    let (anna, bert, at) = (user_id("anna"), user_id("bert"), after_minutes(1));
    for id in ["p-1", "p-2", "p-3"] {
        assert!(store.insert_passkey(&passkey(id, "anna")).await.expect("stored"));
    }
    mails_of(&store, at).await;
    let own = PasskeyEnding { by: "anna", session_that_stays: Some("s-1") };
    assert!(!store.end_passkey(&bert, "p-1", own, at).await.expect("answered"), "it is Anna's");
    assert!(store.end_passkey(&anna, "p-1", own, at).await.expect("answered"));
    assert!(!store.end_passkey(&anna, "p-1", own, at).await.expect("answered"), "it has ended");
    assert_eq!(mails_of(&store, at).await, [AccountMailKind::PasskeyRemoved]);
    assert!(store.session("s-1").await.expect("readable").expect("there").0.is_live(at), "it stays");
    assert_eq!(store.passkey_by_credential("credential-p-1").await.expect("readable"), None);
    let by_operator = PasskeyEnding { by: "otto", session_that_stays: None };
    assert_eq!(store.end_passkeys(&anna, by_operator, at).await.expect("answered"), 2);
    assert_eq!(store.end_passkeys(&anna, by_operator, at).await.expect("answered"), 0);
    assert!(!store.session("s-1").await.expect("readable").expect("there").0.is_live(at));
    assert_eq!(store.passkeys_of(&anna).await.expect("readable"), []);
    let rows = store.person_records(table(), &anna).await.expect("readable");
    assert_eq!(rows.len(), 3, "who had what stays");
    assert!(rows.iter().all(|row| row["public_key"].is_null() && row["credential_id"].is_null()), "{rows:?}");
    let entries = store.audit_entries_of(&anna, i64::MAX, 20).await.expect("readable");
    assert_eq!(
        entries.iter().filter(|entry| entry.fields == "passkeys").count(),
        5,
        "three made, and taken in two steps"
    );
    store.close().await;
}

async fn an_erasure_takes_the_name_of_a_passkey(place: &Place) {
    let store = with_users(place).await;
    let anna = user_id("anna");
    assert!(store.insert_passkey(&passkey("p-1", "anna")).await.expect("stored"));
    let question = store.begin_passkey_ceremony(&hash(1), Some(&anna), "q", TimeDelta::minutes(5), start()).await;
    question.expect("begun");
    assert_eq!(store.erase_person(&anna, after_minutes(1)).await.expect("done"), ErasureOutcome::Erased);
    let rows = store.person_records(table(), &anna).await.expect("readable");
    assert_eq!((&rows[0]["label"], rows[0]["credential_id"].is_null()), (&"".into(), true));
    let taken = store.take_passkey_ceremony(&hash(1), Some(&anna), after_minutes(1)).await.expect("answered");
    assert_eq!(taken, None);
    store.close().await;
}

fn table() -> PersonTable {
    PersonTable::ALL.into_iter().find(|table| table.name == "passkeys").expect("told")
}
