//! Consents: the latest decision about a purpose counts, and none is ever lost.

use schemas::Role;
use store::{Consent, ConsentChannel, ConsentDecision, StoreKind};

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::after_minutes;

on_both_engines!(the_latest_decision_counts, decisions_never_change);

fn consent(number: i64, purpose: &str, decision: ConsentDecision) -> Consent {
    Consent {
        consent_id: format!("consent-{number}"),
        user_id: user_id("anna"),
        purpose: purpose.to_owned(),
        text_version: format!("2026-{number:02}"),
        decision,
        channel: ConsentChannel::Account,
        decided_at: after_minutes(number),
        recorded_by: "anna".to_owned(),
    }
}

async fn the_latest_decision_counts(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    for id in ["anna", "bert"] {
        assert!(store.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    let decisions = [
        consent(1, "newsletter", ConsentDecision::Given),
        consent(2, "profiling", ConsentDecision::Given),
        consent(3, "newsletter", ConsentDecision::Withdrawn),
    ];
    // What came first may be written down last: what was decided last counts.
    for number in [2, 1, 0] {
        assert!(store.record_consent(&decisions[number]).await.expect("written"));
    }
    let anna = user_id("anna");
    let current = store.current_consents(&anna, 10).await.expect("readable");
    assert_eq!(current, [decisions[2].clone(), decisions[1].clone()], "by purpose");
    let all = store.consents(&anna, 10).await.expect("readable");
    assert_eq!(all, [decisions[2].clone(), decisions[1].clone(), decisions[0].clone()], "the latest first");
    assert!(store.consents(&user_id("bert"), 10).await.expect("readable").is_empty());
    let of_nobody = Consent { user_id: user_id("nobody"), ..consent(4, "newsletter", ConsentDecision::Given) };
    assert!(!store.record_consent(&of_nobody).await.expect("no such user"));
    let entries = store.audit_entries_of(&anna, i64::MAX, 10).await.expect("readable");
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["consent_given", "consent_given", "consent_withdrawn", "user_made"]);
    store.close().await;
}

async fn decisions_never_change(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    assert!(store.insert_user(&user("anna", Role::Client)).await.expect("stored"));
    assert!(store.record_consent(&consent(1, "newsletter", ConsentDecision::Given)).await.expect("written"));
    for statement in ["UPDATE consents SET decision = 'withdrawn'", "DELETE FROM consents"] {
        assert!(place.execute(statement).await.is_err(), "{statement}");
    }
    assert!(store.record_consent(&consent(2, &"x".repeat(61), ConsentDecision::Given)).await.is_err(), "too long");
    store.close().await;
}
