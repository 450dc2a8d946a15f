//! The number of changes of rights: what raises it, and what does not.

use chrono::TimeDelta;
use schemas::{Clock, Role};
use store::{DelegationKind, NewSession, SessionEnd, SessionProof, Store, StoreKind};

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, portfolio, portfolio_id, start};

on_both_engines!(what_may_take_rights_away_raises_the_number, what_only_adds_rights_raises_nothing,);

/// A store with a client, `anna`, an adviser, `axel`, and a portfolio that nobody owns.
async fn house(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    store.save_portfolio(&portfolio("P1"), false, Clock::Fixed(start())).await.expect("saved");
    for (id, role) in [("anna", Role::Client), ("axel", Role::Adviser)] {
        assert!(store.insert_user(&user(id, role)).await.expect("stored"));
    }
    store
}

async fn sign_in(store: &Store, session_id: &str, token: u32) {
    let session = NewSession {
        session_id,
        user_id: &user_id("anna"),
        successor_salt: &format!("{token:064x}"),
        token_hash: &format!("{token:064x}"),
        user_agent: "",
        peer: "",
        proof: SessionProof::Password,
        authenticated_at: start(),
        at: start(),
        idle: TimeDelta::days(7),
        life: TimeDelta::days(30),
    };
    store.begin_session(&session).await.expect("begun");
}

async fn what_may_take_rights_away_raises_the_number(place: &Place) {
    let store = house(place).await;
    let (anna, axel, p1) = (user_id("anna"), user_id("axel"), portfolio_id("P1"));
    sign_in(&store, "s-1", 1).await;
    let mut last = store.rights_version().await.expect("readable");
    let mut raised = async |what: &str| {
        let now = store.rights_version().await.expect("readable");
        assert!(last < now, "{what}: {last} and {now}");
        last = now;
    };
    assert!(store.give_portfolio(&anna, &p1, "test", start()).await.expect("given"));
    raised("whoever saw it as another's owns it").await;
    assert!(store.delegate(&anna, &axel, DelegationKind::Adviser, "test", start()).await.expect("delegated"));
    assert!(
        store.end_delegation(&anna, &axel, DelegationKind::Adviser, "test", after_minutes(1)).await.expect("ended")
    );
    raised("the adviser sees no more").await;
    assert!(store.take_portfolio(&anna, &p1, "test", after_minutes(2)).await.expect("taken"));
    raised("the portfolio is not hers any more").await;
    let both = SessionProof::PasswordAndCode;
    assert!(store.prove_session(&anna, "s-1", both, after_minutes(3)).await.expect("proved"));
    raised("tokens of before the proof end").await;
    assert!(store.end_session(&anna, "s-1", SessionEnd::Ended, after_minutes(4)).await.expect("ended"));
    raised("the session ends").await;
    assert!(store.disable_user(&anna, after_minutes(5)).await.expect("done"));
    raised("she may not ask any more").await;
    let changed = schemas::tables::portfolios::Portfolio { title: "another".to_owned(), ..portfolio("P1") };
    store.save_portfolio(&changed, false, Clock::Fixed(after_minutes(6))).await.expect("saved");
    raised("what is agreed is another thing").await;
    store.close().await;
}

async fn what_only_adds_rights_raises_nothing(place: &Place) {
    let store = house(place).await;
    let before = (store.rights_version().await.expect("readable"), Store::commits());
    sign_in(&store, "s-1", 1).await;
    assert!(store.insert_user(&user("carl", Role::Client)).await.expect("stored"));
    let (anna, axel) = (user_id("anna"), user_id("axel"));
    assert!(store.delegate(&anna, &axel, DelegationKind::Adviser, "test", start()).await.expect("delegated"));
    assert_eq!(store.rights_version().await.expect("readable"), before.0);
    assert!(before.1 + 3 <= Store::commits(), "each of them was committed");
    store.close().await;
}
