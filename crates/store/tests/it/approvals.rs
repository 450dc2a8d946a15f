//! Changes that need a second person: who may decide, and that nothing is done without.

use schemas::Role;
use store::{
    ApprovalDecision, ApprovalFilter, ApprovalKind, DecisionOutcome, ERASED, ErasureOutcome, ErasureRefusal,
    NewApproval, Store, StoreKind,
};

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, start};

on_both_engines!(
    what_another_approves_is_done,
    nobody_decides_about_an_own_matter,
    a_decision_is_final,
    approvals_are_listed_latest_first,
    an_erasure_is_done_when_it_is_approved_and_may_be,
);

async fn house(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    let users = [("adam", Role::Admin), ("cora", Role::Compliance), ("cleo", Role::Compliance), ("anna", Role::Client)];
    for (id, role) in users {
        assert!(store.insert_user(&user(id, role)).await.expect("stored"));
    }
    store
}

fn asked(id: &str, by: &str, subject: &str) -> NewApproval {
    NewApproval {
        approval_id: id.to_owned(),
        kind: ApprovalKind::Role,
        subject: subject.to_owned(),
        wanted: "compliance".to_owned(),
        asked_by: user_id(by),
        ask_reason: "successor".to_owned(),
    }
}

async fn role_of(store: &Store, id: &str) -> Role {
    store.user(&user_id(id)).await.expect("readable").expect("there").role
}

async fn what_another_approves_is_done(place: &Place) {
    let store = house(place).await;
    assert!(store.ask_for_approval(&asked("a-1", "adam", "anna"), start()).await.expect("asked"));
    assert!(!store.ask_for_approval(&asked("a-2", "adam", "anna"), start()).await.expect("one is open"));
    assert_eq!(role_of(&store, "anna").await, Role::Client, "asking changes nothing");
    let cora = user_id("cora");
    let refused = ApprovalDecision::Refused;
    let outcome = store.decide_approval("a-1", &cora, refused, "not yet", after_minutes(1)).await.expect("decided");
    assert_eq!((outcome, role_of(&store, "anna").await), (DecisionOutcome::Taken, Role::Client));
    assert!(store.ask_for_approval(&asked("a-3", "adam", "anna"), after_minutes(2)).await.expect("asked again"));
    let approved = ApprovalDecision::Approved;
    let outcome = store.decide_approval("a-3", &cora, approved, "now", after_minutes(3)).await.expect("decided");
    assert_eq!((outcome, role_of(&store, "anna").await), (DecisionOutcome::Taken, Role::Compliance));
    let decided = store.approval("a-3").await.expect("readable").and_then(|approval| approval.decided).expect("is");
    assert_eq!((decided.by, decided.at, decided.reason.as_str()), (cora, after_minutes(3), "now"));
    store.close().await;
}

async fn nobody_decides_about_an_own_matter(place: &Place) {
    let store = house(place).await;
    assert!(store.ask_for_approval(&asked("a-1", "cora", "anna"), start()).await.expect("asked"));
    assert!(store.ask_for_approval(&asked("a-2", "adam", "cleo"), start()).await.expect("asked"));
    for (id, by) in [("a-1", "cora"), ("a-2", "cleo"), ("a-2", "adam")] {
        let approved = ApprovalDecision::Approved;
        let outcome = store.decide_approval(id, &user_id(by), approved, "mine", start()).await.expect("answered");
        assert_eq!(outcome, DecisionOutcome::OwnMatter, "{id} by {by}");
    }
    // The tables refuse it, too, whatever program asks.
    let past = "UPDATE approvals SET decided_by='cora', decided_at=asked_at, decision='approved', reason='x'";
    assert!(place.execute(past).await.is_err());
    assert_eq!(role_of(&store, "anna").await, Role::Client);
    store.close().await;
}

async fn a_decision_is_final(place: &Place) {
    let store = house(place).await;
    assert!(store.ask_for_approval(&asked("a-1", "adam", "anna"), start()).await.expect("asked"));
    let decide = async |id: &str, reason: &str, decision| {
        store.decide_approval(id, &user_id("cora"), decision, reason, after_minutes(1)).await
    };
    assert!(decide("a-1", "  ", ApprovalDecision::Approved).await.is_err(), "without a reason");
    assert_eq!(decide("a-1", "no", ApprovalDecision::Refused).await.expect("decided"), DecisionOutcome::Taken);
    let again = decide("a-1", "yes", ApprovalDecision::Approved).await.expect("answered");
    assert_eq!((again, role_of(&store, "anna").await), (DecisionOutcome::DecidedAlready, Role::Client));
    assert_eq!(decide("a-9", "yes", ApprovalDecision::Approved).await.expect("answered"), DecisionOutcome::Unknown);
    for refused in ["UPDATE approvals SET decision = 'approved'", "DELETE FROM approvals"] {
        assert!(place.execute(refused).await.is_err(), "{refused}");
    }
    // A user who is not there gets no role, and the approval stays open.
    assert!(store.ask_for_approval(&asked("a-2", "adam", "nobody"), start()).await.expect("asked"));
    assert!(decide("a-2", "yes", ApprovalDecision::Approved).await.is_err());
    assert!(store.approval("a-2").await.expect("readable").is_some_and(|approval| approval.decided.is_none()));
    store.close().await;
}

async fn approvals_are_listed_latest_first(place: &Place) {
    let store = house(place).await;
    for (minutes, (id, subject)) in [("a-1", "anna"), ("a-2", "cora"), ("a-3", "cleo")].into_iter().enumerate() {
        let at = after_minutes(i64::try_from(minutes).expect("small"));
        assert!(store.ask_for_approval(&asked(id, "adam", subject), at).await.expect("asked"));
    }
    let refused = ApprovalDecision::Refused;
    store.decide_approval("a-2", &user_id("cleo"), refused, "no", after_minutes(5)).await.expect("decided");
    let ids = |page: &[store::Approval]| -> Vec<String> {
        page.iter().map(|approval| approval.asked.approval_id.clone()).collect()
    };
    let first = store.approvals(ApprovalFilter::All, None, 2).await.expect("readable");
    assert_eq!(ids(&first), ["a-3", "a-2"]);
    let second = store.approvals(ApprovalFilter::All, first.last(), 2).await.expect("readable");
    assert_eq!(ids(&second), ["a-1"]);
    let open = store.approvals(ApprovalFilter::Open, None, 10).await.expect("readable");
    assert_eq!(ids(&open), ["a-3", "a-1"]);
    store.close().await;
}

async fn an_erasure_is_done_when_it_is_approved_and_may_be(place: &Place) {
    let store = house(place).await;
    let erasure = |id: &str, subject: &str| NewApproval {
        kind: ApprovalKind::Erasure,
        wanted: ERASED.to_owned(),
        ..asked(id, "adam", subject)
    };
    assert!(store.ask_for_approval(&erasure("a-1", "anna"), start()).await.expect("asked"));
    assert!(
        store.ask_for_approval(&asked("a-2", "adam", "anna"), start()).await.expect("another kind is another matter")
    );
    assert!(store.ask_for_approval(&erasure("a-3", "cleo"), start()).await.expect("asked"));
    let decide = async |id: &str| {
        let approved = ApprovalDecision::Approved;
        store.decide_approval(id, &user_id("cora"), approved, "by letter", after_minutes(1)).await
    };
    // Who works for the house is known for as long.
    let works_here = DecisionOutcome::ErasureRefused(ErasureRefusal::WorksHere);
    assert_eq!(decide("a-3").await.expect("answered"), works_here);
    assert!(store.approval("a-3").await.expect("readable").is_some_and(|approval| approval.decided.is_none()));
    assert_eq!(decide("a-1").await.expect("decided"), DecisionOutcome::Taken);
    let left = store.user(&user_id("anna")).await.expect("readable").expect("the row stays");
    assert_eq!((left.email.as_str(), left.disabled_at), ("erased", Some(after_minutes(1))));
    let twice = store.erase_person(&user_id("anna"), after_minutes(2)).await.expect("answered");
    assert_eq!(twice, ErasureOutcome::Unknown);
    store.close().await;
}
