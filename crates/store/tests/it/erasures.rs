//! Erasures: nothing names the person any more, the law's time is kept, and the audit log stays whole.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemas::{Role, UserId};
use store::{
    AccountMailKind, ApiKey, ChainState, ErasureOutcome, ErasureRefusal, LocalKeys, NewSession, PersonTable,
    SessionProof, Store, StoreKind,
};
use tempfile::TempDir;

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, save_portfolio, start};

on_both_engines!(
    nothing_names_who_is_erased,
    a_backup_knows_nobody_after_the_keys_were_changed,
    who_a_client_was_is_known_for_five_years,
    who_works_here_is_known,
    everything_about_a_person_is_found,
);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// A store with keys, in which anna signed in, has a key, and waits for a mail.
async fn with_anna(place: &Place, folder: &TempDir) -> (Store, UserId) {
    let keys = Arc::new(LocalKeys::in_file(folder.path().join("personal.keys")));
    let store = place.open(StoreKind::Live).await.with_keys(keys);
    let anna = store::User {
        display_name: "Anna".to_owned(),
        password_hash: Some("$hash".to_owned()),
        ..user("anna", Role::Client)
    };
    assert!(store.insert_user(&anna).await.expect("stored"));
    let session = NewSession {
        session_id: "session-1",
        proof: SessionProof::Password,
        user_id: &anna.user_id,
        successor_salt: &"1".repeat(64),
        token_hash: &"2".repeat(64),
        user_agent: "Annas Telefon",
        peer: "192.0.2.7",
        authenticated_at: start(),
        at: start(),
        idle: chrono::TimeDelta::days(7),
        life: chrono::TimeDelta::days(30),
    };
    store.begin_session(&session).await.expect("begun");
    let key = ApiKey {
        key_id: "key-1".to_owned(),
        user_id: anna.user_id.clone(),
        title: "Annas Programm".to_owned(),
        scopes: vec![schemas::Scope::Read],
        created_at: start(),
        expires_at: after_minutes(60),
        last_used_at: None,
        revoked_at: None,
    };
    assert!(store.insert_api_key(&key, &"3".repeat(64)).await.expect("stored"));
    store.queue_account_mail(&anna.user_id, AccountMailKind::VerifyEmail, start()).await.expect("queued");
    (store, anna.user_id)
}

async fn nothing_names_who_is_erased(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let (store, anna) = with_anna(place, &folder).await;
    let then = after_minutes(5);
    assert_eq!(store.erase_person(&anna, then).await.expect("done"), ErasureOutcome::Erased);
    assert_eq!(store.erase_person(&anna, then).await.expect("done"), ErasureOutcome::Unknown, "once");
    assert_eq!(store.erase_person(&user_id("nobody"), then).await.expect("done"), ErasureOutcome::Unknown);
    let left = store.user(&anna).await.expect("readable").expect("the row stays");
    assert_eq!((left.email.as_str(), left.display_name.as_str(), left.disabled_at), ("erased", "", Some(then)));
    assert_eq!(left.password_hash, None);
    assert_eq!(store.user_by_email("anna@example.org").await.expect("readable"), None);
    assert!(store.sealed_counts().await.expect("readable").by_key.is_empty(), "no key is left");
    for table in PersonTable::ALL {
        let records = store.person_records(table, &anna).await.expect("readable");
        let text = serde_json::to_string(&records).expect("JSON");
        for named in ["Annas", "192.0.2.7", "example.org"] {
            assert!(!text.contains(named), "{}: {text}", table.name);
        }
    }
    let (session, _) = store.session("session-1").await.expect("readable").expect("the row stays");
    assert!(!session.is_live(then));
    // Who has the address may become a user again, and is another one.
    let again = store::User { user_id: user_id("anna-2"), ..user("anna", Role::Client) };
    assert!(store.insert_user(&again).await.expect("stored"));
    let entries = store.audit_entries_of(&anna, i64::MAX, 10).await.expect("readable");
    assert_eq!((entries[0].action.as_str(), entries[0].outcome.as_str()), ("erased", "done"));
    let state = store.check_audit_chain(&[]).await.expect("readable");
    assert!(matches!(state, ChainState::Whole(_)), "{state:?}");
    store.close().await;
}

async fn a_backup_knows_nobody_after_the_keys_were_changed(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let (store, anna) = with_anna(place, &folder).await;
    let keys = LocalKeys::in_file(folder.path().join("personal.keys"));
    let old = keys.key_ids().expect("readable");
    place.execute(include_str!("queries/keep_sealed.sql")).await.expect("kept");
    assert_eq!(store.erase_person(&anna, after_minutes(5)).await.expect("done"), ErasureOutcome::Erased);
    // As long as the key of the house is there, a backup brings the address back: that is why it is changed.
    place.execute(include_str!("queries/put_sealed_back.sql")).await.expect("put back");
    let back = store.user(&anna).await.expect("readable").expect("there");
    assert_eq!(back.email, "anna@example.org");
    place.execute("UPDATE personal_data SET wrapped_key = NULL").await.expect("erased once more");
    keys.add_key().expect("added");
    assert_eq!(store.rewrap_keys(10).await.expect("nothing is left to wrap"), 0);
    keys.remove_key(&old[0]).expect("removed");
    place.execute(include_str!("queries/put_sealed_back.sql")).await.expect("put back");
    let other = LocalKeys::in_file(folder.path().join("personal.keys"));
    let store = store.with_keys(Arc::new(other));
    let problem = store.user(&anna).await.expect_err("no key opens it any more");
    assert!(schemas::with_causes(&problem).contains("has no key `"), "{problem}");
    store.close().await;
}

/// Art. 40(1) of Directive (EU) 2015/849: five years after the end of the relationship.
async fn who_a_client_was_is_known_for_five_years(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let (store, anna) = with_anna(place, &folder).await;
    let portfolio = save_portfolio(&store, "D01").await;
    assert!(store.give_portfolio(&anna, &portfolio, "test", start()).await.expect("given"));
    let early = store.erase_person(&anna, at("2015-02-01T00:00:00Z")).await.expect("done");
    assert_eq!(early, ErasureOutcome::Refused(ErasureRefusal::OwnsPortfolios));
    let taken = at("2016-02-29T12:00:00Z");
    assert!(store.take_portfolio(&anna, &portfolio, "test", taken).await.expect("taken"));
    for (day, is_possible) in [("2016-03-01", false), ("2021-02-28", false), ("2021-03-01", true)] {
        let outcome = store.erase_person(&anna, at(&format!("{day}T00:00:00Z"))).await.expect("done");
        match outcome {
            ErasureOutcome::Erased => assert!(is_possible, "{day}"),
            ErasureOutcome::Refused(refusal) => {
                assert!(!is_possible, "{day}");
                let told = refusal.to_string();
                assert!(told.contains("5 years") && told.ends_with("it is possible on 2021-03-01"), "{told}");
                let there = store.user(&anna).await.expect("readable").expect("there");
                assert_eq!(there.email, "anna@example.org", "nothing was erased");
            }
            ErasureOutcome::Unknown => panic!("{day}: unknown"),
        }
    }
    let entries = store.audit_entries_of(&anna, i64::MAX, 10).await.expect("readable");
    let erasures: Vec<&str> =
        entries.iter().filter(|entry| entry.action == "erased").map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(erasures, ["done", "refused", "refused", "refused"], "the latest first");
    store.close().await;
}

async fn who_works_here_is_known(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let carl = user_id("carl");
    assert!(store.insert_user(&user("carl", Role::Adviser)).await.expect("stored"));
    let outcome = store.erase_person(&carl, after_minutes(1)).await.expect("done");
    assert_eq!(outcome, ErasureOutcome::Refused(ErasureRefusal::WorksHere));
    assert!(store.disable_user(&carl, start()).await.expect("disabled"));
    let outcome = store.erase_person(&carl, at("2020-01-01T00:00:00Z")).await.expect("done");
    assert!(matches!(outcome, ErasureOutcome::Refused(ErasureRefusal::Retained { .. })), "{outcome:?}");
    let outcome = store.erase_person(&carl, at("2020-01-02T00:00:00Z")).await.expect("done");
    assert_eq!(outcome, ErasureOutcome::Erased, "also without keys");
    assert_eq!(store.user(&carl).await.expect("readable").expect("there").email, "erased");
    store.close().await;
}

async fn everything_about_a_person_is_found(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let (store, anna) = with_anna(place, &folder).await;
    assert!(store.insert_user(&user("bert", Role::Client)).await.expect("stored"));
    for (owner, id) in [("anna", "D01"), ("bert", "D02")] {
        let portfolio = save_portfolio(&store, id).await;
        assert!(store.give_portfolio(&user_id(owner), &portfolio, "test", start()).await.expect("given"));
    }
    let mut counts = Vec::new();
    for table in PersonTable::ALL {
        let records = store.person_records(table, &anna).await.expect("readable");
        if !records.is_empty() {
            counts.push((table.name, records.len()));
        }
        let text = serde_json::to_string(&records).expect("JSON");
        assert!(!text.contains("D02") && !text.contains(&"1".repeat(64)), "{}: {text}", table.name);
    }
    let expected = [("sessions", 1), ("api_keys", 1), ("account_mails", 1), ("ownerships", 1), ("portfolios", 1)];
    assert_eq!(counts, expected);
    let sessions = store.person_records(PersonTable::ALL[0], &anna).await.expect("readable");
    assert_eq!(sessions[0]["user_agent"], "Annas Telefon");
    assert!(sessions[0]["ended_at"].is_null());
    let mails = store.person_records(PersonTable::ALL[2], &anna).await.expect("readable");
    assert_eq!(mails[0]["attempts"], 0, "numbers are numbers");
    store.close().await;
}
