//! Who may see which portfolio: each role by what opens a portfolio to it, from the first instant to the last.

use std::collections::BTreeSet;

use schemas::tables::portfolios::Portfolio;
use schemas::{Clock, Language, PortfolioId, Role, UserId};
use store::{DelegationKind, SeenPortfolio, Store, StoreKind, User, UserKind};

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, portfolio, portfolio_id, start};

on_both_engines!(
    each_role_sees_what_is_opened_to_it,
    what_is_own_is_told_from_what_is_shown,
    what_is_opened_begins_and_ends,
    a_delegation_is_not_passed_on,
    pages_follow_each_other,
    a_group_is_seen_by_who_sees_every_member,
    rows_end_and_never_change_otherwise,
);

const PORTFOLIOS: [&str; 4] = ["P1", "P2", "P3", "P4"];

pub(crate) fn user_id(text: &str) -> UserId {
    text.parse().expect("an id")
}

/// A user of a role, whose id is also the name in the address.
pub(crate) fn user(id: &str, role: Role) -> User {
    User {
        user_id: user_id(id),
        kind: UserKind::Person,
        email: format!("{id}@example.org"),
        display_name: String::new(),
        role,
        language: Language::English,
        password_hash: None,
        email_verified_at: Some(start()),
        disabled_at: None,
        created_at: start(),
        updated_at: start(),
    }
}

/// A store with four portfolios: `anna` owns P1 and P2, `bert` P3, nobody P4. `anna` lets `bert` see as one of her
/// household and the adviser `axel` as her adviser.
async fn house(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    for id in PORTFOLIOS {
        store.save_portfolio(&portfolio(id), false, Clock::Fixed(start())).await.expect("saved");
    }
    let users = [
        ("anna", Role::Client),
        ("bert", Role::Client),
        ("carl", Role::Client),
        ("axel", Role::Adviser),
        ("aida", Role::Adviser),
        ("otto", Role::Operations),
        ("cora", Role::Compliance),
        ("adam", Role::Admin),
    ];
    for (id, role) in users {
        assert!(store.insert_user(&user(id, role)).await.expect("stored"));
    }
    for (owner, of) in [("anna", "P1"), ("anna", "P2"), ("bert", "P3")] {
        assert!(store.give_portfolio(&user_id(owner), &portfolio_id(of), "test", start()).await.expect("given"));
    }
    for (to, kind) in [("bert", DelegationKind::Household), ("axel", DelegationKind::Adviser)] {
        let (from, to) = (user_id("anna"), user_id(to));
        assert!(store.delegate(&from, &to, kind, "test", start()).await.expect("delegated"));
    }
    store
}

/// What a user sees some minutes after the beginning, asked as a list and one by one.
async fn seen(store: &Store, viewer: &str, minutes: i64) -> Vec<String> {
    let (viewer, at) = (user_id(viewer), after_minutes(minutes));
    let listed = store.visible_portfolios(&viewer, at, "", 100).await.expect("readable");
    for id in PORTFOLIOS {
        let alone = store.visible_portfolio(&viewer, &portfolio_id(id), at).await.expect("readable");
        let in_list = listed.iter().find(|seen| seen.portfolio.portfolio_id.as_str() == id);
        assert_eq!(alone.as_ref(), in_list, "{viewer} and {id}");
    }
    let listed: Vec<String> = listed.into_iter().map(|found| found.portfolio.portfolio_id.to_string()).collect();
    let ids = store.visible_portfolio_ids(&viewer, at).await.expect("readable");
    assert_eq!(ids.iter().map(PortfolioId::to_string).collect::<Vec<_>>(), listed);
    listed
}

async fn each_role_sees_what_is_opened_to_it(place: &Place) {
    let store = house(place).await;
    for (viewer, expected) in [
        ("anna", vec!["P1", "P2"]),
        ("bert", vec!["P1", "P2", "P3"]),
        ("carl", vec![]),
        ("axel", vec!["P1", "P2"]),
        ("aida", vec![]),
        ("otto", PORTFOLIOS.to_vec()),
        ("cora", PORTFOLIOS.to_vec()),
        ("adam", vec![]),
        ("nobody", vec![]),
    ] {
        assert_eq!(seen(&store, viewer, 0).await, expected, "{viewer}");
    }
    // P3 is a market of its own from now on, so what it holds is told to those who see it.
    let apart = Portfolio { market_id: "P3".parse().expect("an id"), ..portfolio("P3") };
    store.save_portfolio(&apart, false, Clock::Fixed(after_minutes(1))).await.expect("saved");
    for (viewer, expected) in [
        ("anna", "ecb_reference_rates world"),
        ("bert", "P3 ecb_reference_rates world"),
        ("otto", "P3 ecb_reference_rates world"),
        ("carl", ""),
        ("adam", ""),
    ] {
        let markets = store.visible_markets(&user_id(viewer), start()).await.expect("readable");
        let words: Vec<String> = markets.iter().map(ToString::to_string).collect();
        assert_eq!(words.join(" "), expected, "{viewer}");
    }
    // A portfolio or a delegation opens nothing to a role that it is not for.
    let (adam, anna) = (user_id("adam"), user_id("anna"));
    assert!(store.give_portfolio(&adam, &portfolio_id("P4"), "test", start()).await.expect("given"));
    assert!(store.delegate(&anna, &adam, DelegationKind::Adviser, "test", start()).await.expect("delegated"));
    assert!(store.delegate(&anna, &user_id("aida"), DelegationKind::Household, "test", start()).await.expect("done"));
    assert!(store.delegate(&anna, &user_id("carl"), DelegationKind::Adviser, "test", start()).await.expect("done"));
    for viewer in ["adam", "aida", "carl"] {
        assert_eq!(seen(&store, viewer, 0).await, Vec::<String>::new(), "{viewer}");
    }
    store.close().await;
}

async fn what_is_own_is_told_from_what_is_shown(place: &Place) {
    let store = house(place).await;
    let own = async |viewer: &str, minutes: i64| -> Vec<(String, bool)> {
        let (viewer, at) = (user_id(viewer), after_minutes(minutes));
        let seen = store.visible_portfolios(&viewer, at, "", 10).await.expect("readable");
        seen.into_iter().map(|seen| (seen.portfolio.portfolio_id.to_string(), seen.is_own)).collect()
    };
    let told = |rows: &[(&str, bool)]| -> Vec<(String, bool)> {
        rows.iter().map(|(id, own)| ((*id).to_owned(), *own)).collect()
    };
    assert_eq!(own("anna", 0).await, told(&[("P1", true), ("P2", true)]));
    // bert's own, and that of his household; what an adviser or the house sees is never its own.
    assert_eq!(own("bert", 0).await, told(&[("P1", false), ("P2", false), ("P3", true)]));
    assert_eq!(own("axel", 0).await, told(&[("P1", false), ("P2", false)]));
    assert!(own("otto", 0).await.iter().all(|(_, own)| !own));
    // anna goes on to see P1, of her household, when it is bert's.
    let (anna, bert) = (user_id("anna"), user_id("bert"));
    assert!(store.delegate(&bert, &anna, DelegationKind::Household, "test", start()).await.expect("delegated"));
    assert!(store.take_portfolio(&anna, &portfolio_id("P1"), "test", after_minutes(5)).await.expect("taken"));
    assert!(store.give_portfolio(&bert, &portfolio_id("P1"), "test", after_minutes(5)).await.expect("given"));
    assert_eq!(own("anna", 4).await, told(&[("P1", true), ("P2", true), ("P3", false)]));
    assert_eq!(own("anna", 5).await, told(&[("P1", false), ("P2", true), ("P3", false)]));
    store.close().await;
}

async fn what_is_opened_begins_and_ends(place: &Place) {
    let store = house(place).await;
    let (anna, axel, p1) = (user_id("anna"), user_id("axel"), portfolio_id("P1"));
    // The first instant counts, the last does not.
    assert_eq!(seen(&store, "anna", -1).await, Vec::<String>::new());
    assert!(store.take_portfolio(&anna, &p1, "test", after_minutes(10)).await.expect("taken"));
    assert!(!store.take_portfolio(&anna, &p1, "test", after_minutes(11)).await.expect("nothing to take"));
    assert_eq!(seen(&store, "anna", 9).await, ["P1", "P2"]);
    assert_eq!(seen(&store, "anna", 10).await, ["P2"]);
    assert_eq!(seen(&store, "axel", 10).await, ["P2"]);
    assert!(
        store.end_delegation(&anna, &axel, DelegationKind::Adviser, "test", after_minutes(20)).await.expect("ended")
    );
    assert_eq!(seen(&store, "axel", 19).await, ["P2"]);
    assert_eq!(seen(&store, "axel", 20).await, Vec::<String>::new());
    // It can be given again; what was stays known.
    assert!(store.give_portfolio(&anna, &p1, "test", after_minutes(30)).await.expect("given"));
    assert!(!store.give_portfolio(&anna, &p1, "test", after_minutes(31)).await.expect("is hers"));
    assert_eq!(seen(&store, "anna", 15).await, ["P2"]);
    assert_eq!(seen(&store, "anna", 30).await, ["P1", "P2"]);
    let owned = store.ownerships(&anna, 10).await.expect("readable");
    assert_eq!(owned.iter().filter(|row| row.portfolio_id == p1).count(), 2);
    assert_eq!(store.owned_count(&anna).await.expect("readable"), 2);
    let delegated = store.delegations(&axel, 10).await.expect("readable");
    assert_eq!(
        delegated.first().map(|row| (row.until_at, row.ended_by.as_deref())),
        Some((Some(after_minutes(20)), Some("test")))
    );
    store.close().await;
}

async fn a_delegation_is_not_passed_on(place: &Place) {
    let store = house(place).await;
    // bert sees what anna owns; whoever bert lets see, sees what bert owns, and no more.
    assert!(
        store
            .delegate(&user_id("bert"), &user_id("carl"), DelegationKind::Household, "test", start())
            .await
            .expect("done")
    );
    assert_eq!(seen(&store, "carl", 0).await, ["P3"]);
    let anna = user_id("anna");
    assert!(store.delegate(&anna, &anna, DelegationKind::Household, "test", start()).await.is_err(), "to herself");
    assert!(store.give_portfolio(&anna, &portfolio_id("P9"), "test", start()).await.is_err(), "no such portfolio");
    assert!(store.give_portfolio(&anna, &portfolio_id("P4"), " ", start()).await.is_err(), "by nobody");
    store.close().await;
}

async fn pages_follow_each_other(place: &Place) {
    let store = house(place).await;
    let ids = |page: Vec<SeenPortfolio>| -> Vec<String> {
        page.into_iter().map(|found| found.portfolio.portfolio_id.to_string()).collect()
    };
    let bert = user_id("bert");
    let first = store.visible_portfolios(&bert, start(), "", 2).await.expect("readable");
    assert_eq!(ids(first), ["P1", "P2"]);
    let second = store.visible_portfolios(&bert, start(), "P2", 2).await.expect("readable");
    assert_eq!(ids(second), ["P3"]);
    let all = store.portfolio_page("P1", 2).await.expect("readable");
    assert_eq!(all.iter().map(|found| found.portfolio_id.as_str()).collect::<Vec<_>>(), ["P2", "P3"]);
    store.close().await;
}

async fn a_group_is_seen_by_who_sees_every_member(place: &Place) {
    let store = house(place).await;
    let members = |ids: &[&str]| -> BTreeSet<PortfolioId> { ids.iter().map(|id| portfolio_id(id)).collect() };
    for (viewer, ids, expected) in [
        ("anna", &["P1", "P2"][..], true),
        ("anna", &["P1", "P3"], false),
        ("bert", &["P1", "P3"], true),
        ("axel", &["P1", "P2"], true),
        ("axel", &["P1", "P4"], false),
        ("cora", &["P1", "P4"], true),
        ("adam", &["P1"], false),
        ("anna", &[], false),
    ] {
        let visible = store.visible_group(&user_id(viewer), &members(ids), start()).await.expect("readable");
        assert_eq!(visible, expected, "{viewer} {ids:?}");
    }
    store.close().await;
}

async fn rows_end_and_never_change_otherwise(place: &Place) {
    let store = house(place).await;
    let (anna, p1) = (user_id("anna"), portfolio_id("P1"));
    assert!(store.take_portfolio(&anna, &p1, "test", after_minutes(10)).await.expect("taken"));
    for refused in [
        "DELETE FROM portfolio_owners",
        "UPDATE portfolio_owners SET user_id = 'carl' WHERE until_at IS NULL",
        "UPDATE portfolio_owners SET until_at = NULL, ended_by = NULL WHERE until_at IS NOT NULL",
        "DELETE FROM delegations",
        "UPDATE delegations SET to_user_id = 'carl'",
    ] {
        assert!(place.execute(refused).await.is_err(), "{refused}");
    }
    assert_eq!(seen(&store, "anna", 10).await, ["P2"]);
    store.close().await;
}
