//! The audit log: what is written down, that the chain never forks, and that whatever is done to it is found.

use std::collections::BTreeSet;

use schemas::{Role, UserId};
use store::{
    Acting, ActorKind, AuditAction, AuditEntry, AuditHead, AuditSubject, ChainBreak, ChainProblem, ChainState,
    NewAuditEntry, Store, StoreKind, entry_hash,
};
use tokio::task::JoinSet;

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, save_portfolio, start};

on_both_engines!(
    what_is_changed_is_written_down_with_it,
    many_writers_and_readers_make_one_chain,
    reads_that_come_at_once_are_written_together,
    entries_never_change,
    a_changed_entry_is_found,
    an_entry_that_was_taken_out_is_found,
    entries_in_another_order_are_found,
    an_entry_that_was_put_in_is_found,
    a_cut_off_end_is_found,
    what_is_about_a_person_is_found,
);

/// The store in the hands of a user.
fn in_hands_of(store: &Store, id: &str) -> Store {
    let request_id = "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e".to_owned();
    store.on_behalf_of(Acting { kind: ActorKind::User, id: id.to_owned(), request_id })
}

/// That a user was read.
fn read_of(user: &str) -> NewAuditEntry {
    NewAuditEntry::read(AuditSubject::User(user_id(user)), "email")
}

async fn entries(store: &Store) -> Vec<AuditEntry> {
    store.audit_entries_after(0, 1_000).await.expect("readable")
}

/// A store with anna, and six entries: that she was made, and five reads.
async fn with_entries(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    assert!(store.insert_user(&user("anna", Role::Client)).await.expect("stored"));
    for minutes in 1..=5 {
        in_hands_of(&store, "carl").note_reads(vec![read_of("anna")], after_minutes(minutes)).await.expect("written");
    }
    assert_eq!(store.check_audit_chain(&[]).await.expect("readable"), ChainState::Whole(head(&store).await));
    assert_eq!(entries(&store).await.len(), 6);
    store
}

async fn head(store: &Store) -> AuditHead {
    store.audit_head().await.expect("readable")
}

/// What the check finds after a statement was run by somebody who took the triggers away first.
async fn found_after(place: &Place, store: &Store, statements: &[&'static str]) -> ChainState {
    let is_sqlite = place.url.starts_with("sqlite:");
    let unguarded: &[&str] = if is_sqlite {
        &["DROP TRIGGER audit_entries_refuse_update", "DROP TRIGGER audit_entries_refuse_delete"]
    } else {
        &["ALTER TABLE audit_entries DISABLE TRIGGER USER"]
    };
    for statement in unguarded.iter().chain(statements) {
        place.execute(statement).await.expect("done");
    }
    store.check_audit_chain(&[]).await.expect("readable")
}

fn broken(number: i64, problem: ChainProblem) -> ChainState {
    ChainState::Broken(ChainBreak { number, problem })
}

async fn what_is_changed_is_written_down_with_it(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    assert_eq!(store.check_audit_chain(&[]).await.expect("readable"), ChainState::Whole(head(&store).await), "empty");
    let anna = user("anna", Role::Client);
    assert!(store.insert_user(&anna).await.expect("stored"));
    assert!(!store.insert_user(&anna).await.unwrap_or(false), "she is there already");
    let admin = in_hands_of(&store, "admin");
    assert!(admin.set_user_role(&user_id("anna"), Role::Adviser, after_minutes(1)).await.expect("done"));
    assert!(!admin.set_user_role(&user_id("nobody"), Role::Adviser, after_minutes(1)).await.expect("done"));
    assert!(admin.disable_user(&user_id("anna"), after_minutes(2)).await.expect("done"));
    store.change_password(&user_id("anna"), "$hash", None, after_minutes(3)).await.expect("done");
    let found = entries(&store).await;
    let told: Vec<(&str, &str, &str)> =
        found.iter().map(|entry| (entry.actor_id.as_str(), entry.action.as_str(), entry.fields.as_str())).collect();
    let expected = [
        ("anna", "user_made", "email,display_name"),
        ("admin", "role_given", "adviser"),
        ("admin", "user_disabled", ""),
        ("anna", "password_set", "password"),
    ];
    assert_eq!(told, expected, "what changed nothing is not there");
    assert!(found.iter().all(|entry| entry.subject_id == "anna"));
    assert_eq!(found[1].request_id, "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e");
    assert_eq!(found[1].previous_hash, found[0].entry_hash);
    assert_eq!(found[0].previous_hash, "0".repeat(64));
    let text = format!("{found:?}");
    assert!(!text.contains("example.org") && !text.contains("$hash"), "no value of a field is in the log");
    store.close().await;
}

async fn many_writers_and_readers_make_one_chain(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let other = place.open(StoreKind::Live).await;
    assert!(store.insert_user(&user("anna", Role::Client)).await.expect("stored"));
    let mut tasks: JoinSet<store::Result<()>> = JoinSet::new();
    for number in 0..40_i64 {
        let store = if number % 2 == 0 { store.clone() } else { other.clone() };
        tasks.spawn(async move {
            let at = after_minutes(number);
            match number % 3 {
                0 => store.set_user_names(&user_id("anna"), Some("Anna"), None, at).await.map(|_| ()),
                _ => store.note_reads(vec![read_of("anna"), read_of("bert")], at).await,
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no panic").expect("written");
    }
    let found = entries(&store).await;
    // 14 of the 40 numbers are divisible by 3; the other 26 read two persons each; one user was made.
    assert_eq!(found.len(), 1 + 14 + 2 * 26);
    let followed: BTreeSet<&str> = found.iter().map(|entry| entry.previous_hash.as_str()).collect();
    assert_eq!(followed.len(), found.len(), "no entry is followed by two");
    assert_eq!(store.check_audit_chain(&[]).await.expect("readable"), ChainState::Whole(head(&store).await));
    other.close().await;
    store.close().await;
}

/// Whoever comes while others are written is written with all who came meanwhile.
async fn reads_that_come_at_once_are_written_together(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let mut tasks: JoinSet<store::Result<()>> = JoinSet::new();
    for number in 0..1_300_i64 {
        let reader = in_hands_of(&store, "carl");
        tasks.spawn(async move { reader.note_reads(vec![read_of("anna")], after_minutes(number % 7)).await });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no panic").expect("written");
    }
    assert_eq!(head(&store).await.number, 1_300, "more than one batch, and more than one page of the check");
    assert_eq!(store.check_audit_chain(&[]).await.expect("readable"), ChainState::Whole(head(&store).await));
    store.note_reads(Vec::new(), start()).await.expect("nothing to write");
    store.close().await;
}

async fn entries_never_change(place: &Place) {
    let store = with_entries(place).await;
    for statement in ["UPDATE audit_entries SET actor_id = 'nobody'", "DELETE FROM audit_entries"] {
        assert!(place.execute(statement).await.is_err(), "{statement}");
    }
    store.close().await;
}

async fn a_changed_entry_is_found(place: &Place) {
    let store = with_entries(place).await;
    let change = "UPDATE audit_entries SET actor_id = 'dora' WHERE entry_number = 3";
    assert_eq!(found_after(place, &store, &[change]).await, broken(3, ChainProblem::Changed));
    store.close().await;
}

async fn an_entry_that_was_taken_out_is_found(place: &Place) {
    let store = with_entries(place).await;
    let gone = "DELETE FROM audit_entries WHERE entry_number = 3";
    assert_eq!(found_after(place, &store, &[gone]).await, broken(3, ChainProblem::Missing));
    let closed_up = "UPDATE audit_entries SET entry_number = entry_number - 1 WHERE entry_number IN (4)";
    place.execute(closed_up).await.expect("done");
    let found = store.check_audit_chain(&[]).await.expect("readable");
    assert_eq!(found, broken(3, ChainProblem::NotFollowing), "another in its place");
    store.close().await;
}

async fn entries_in_another_order_are_found(place: &Place) {
    let store = with_entries(place).await;
    let swap = [
        "UPDATE audit_entries SET entry_number = 100 WHERE entry_number = 2",
        "UPDATE audit_entries SET entry_number = 2 WHERE entry_number = 3",
        "UPDATE audit_entries SET entry_number = 3 WHERE entry_number = 100",
    ];
    assert_eq!(found_after(place, &store, &swap).await, broken(2, ChainProblem::NotFollowing));
    store.close().await;
}

async fn an_entry_that_was_put_in_is_found(place: &Place) {
    let store = with_entries(place).await;
    let put_in = include_str!("queries/forged_audit_entry.sql");
    assert_eq!(found_after(place, &store, &[put_in]).await, broken(6, ChainProblem::OtherHead));
    store.close().await;
}

async fn a_cut_off_end_is_found(place: &Place) {
    let store = with_entries(place).await;
    let noted = head(&store).await;
    let kept = entries(&store).await;
    let cut = "DELETE FROM audit_entries WHERE 4 < entry_number";
    assert_eq!(found_after(place, &store, &[cut]).await, broken(6, ChainProblem::CutOff));
    // Whoever can change the store sets the head back, too: only what was noted elsewhere knows of the end.
    place.execute(include_str!("queries/set_back_audit_head.sql")).await.expect("done");
    let unnoticed = store.check_audit_chain(&[]).await.expect("readable");
    assert_eq!(unnoticed, ChainState::Whole(AuditHead { number: 4, hash: kept[3].entry_hash.clone() }));
    let noticed = store.check_audit_chain(std::slice::from_ref(&noted)).await.expect("readable");
    assert_eq!(noticed, broken(6, ChainProblem::Missing));
    // And so if the log has grown again since.
    for minutes in 10..20 {
        store.note_reads(vec![read_of("bert")], after_minutes(minutes)).await.expect("written");
    }
    let noticed = store.check_audit_chain(&[noted]).await.expect("readable");
    assert_eq!(noticed, broken(6, ChainProblem::NotAsNoted));
    assert!(kept.iter().all(|entry| entry_hash(entry) == entry.entry_hash));
    store.close().await;
}

async fn what_is_about_a_person_is_found(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    for id in ["anna", "bert"] {
        assert!(store.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    let portfolio = save_portfolio(&store, "D01").await;
    let anna: UserId = user_id("anna");
    assert!(store.give_portfolio(&anna, &portfolio, "test", start()).await.expect("given"));
    store
        .note_reads(vec![NewAuditEntry::read(AuditSubject::Portfolio(portfolio), "portfolio")], start())
        .await
        .expect("written");
    store.note_reads(vec![read_of("bert")], start()).await.expect("written");
    let of_anna = store.audit_entries_of(&anna, i64::MAX, 10).await.expect("readable");
    let actions: Vec<&str> = of_anna.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, [AuditAction::Read.word(), AuditAction::PortfolioGiven.word(), AuditAction::UserMade.word()]);
    let page = store.audit_entries_of(&anna, of_anna[0].number, 1).await.expect("readable");
    assert_eq!(page, of_anna[1..2]);
    let latest = store.audit_entries_before(i64::MAX, 1).await.expect("readable");
    assert_eq!(latest[0].subject_id, "bert");
    store.close().await;
}
