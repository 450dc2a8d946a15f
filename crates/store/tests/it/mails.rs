//! Mails: messages that belong together are leased together by one sender, and stay together once they may be out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use store::{Bundling, Delivery, DeliveryChange, FailedAttempt, NewDelivery, NextAttempt, SentCopy, Store, StoreKind};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{LEASE, after_minutes, claimed_run, mail, save_portfolio, start, statement};

on_both_engines!(
    what_belongs_together_is_leased_together,
    what_may_be_out_stays_together_and_what_comes_later_goes_later,
    what_was_put_back_is_due_as_before,
    many_senders_take_no_bundle_apart,
    a_mail_is_noted_as_a_whole_and_found_by_its_id,
);

/// Publishes a number of statements, each announced to one address.
async fn publish(store: &Store, kinds: &[&str], to: &NewDelivery) {
    let run = claimed_run_again(store).await;
    for kind in kinds {
        let mut new = statement("D01", 1, &run);
        new.id = format!("{kind}-{}", to.recipient);
        new.kind = new.id.clone();
        store.publish_statement_with_deliveries(&new, std::slice::from_ref(to)).await.expect("published");
    }
}

/// The first night, whether it was begun or not.
async fn claimed_run_again(store: &Store) -> store::Run {
    let id = crate::samples::new_run(1).id;
    match store.run(&id).await.expect("readable") {
        Some(run) => run,
        None => claimed_run(store).await,
    }
}

async fn store_with_portfolio(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    store
}

async fn claim(store: &Store, owner: &str, now: DateTime<Utc>) -> Vec<Delivery> {
    store.claim_mail(owner, LEASE, now, 50).await.expect("claimed")
}

fn statements(claimed: &[Delivery]) -> BTreeSet<&str> {
    claimed.iter().filter_map(|delivery| delivery.statement_id.split('-').next()).collect()
}

/// The id of the mail that all of them go with.
fn mail_id(claimed: &[Delivery]) -> String {
    let ids: BTreeSet<&str> = claimed.iter().filter_map(|delivery| delivery.mail_id.as_deref()).collect();
    assert_eq!((ids.len(), claimed.iter().filter(|delivery| delivery.mail_id.is_none()).count()), (1, 0));
    ids.into_iter().collect()
}

async fn what_belongs_together_is_leased_together(place: &Place) {
    let store = store_with_portfolio(place).await;
    publish(&store, &["a", "b", "c"], &mail("one@example.org")).await;
    publish(&store, &["a", "b"], &mail("two@example.org")).await;
    publish(&store, &["alone"], &NewDelivery { bundling: Bundling::Alone, ..mail("one@example.org") }).await;
    let mut mails: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
    loop {
        let claimed = claim(&store, "sender", start()).await;
        if claimed.is_empty() {
            break;
        }
        assert!(claimed.iter().all(|delivery| (delivery.attempts, delivery.copies) == (1, 1)));
        assert!(mails.insert(mail_id(&claimed), claimed).is_none(), "two mails have two ids");
    }
    let mut sets: Vec<(&str, BTreeSet<&str>)> =
        mails.values().map(|claimed| (claimed[0].recipient.as_str(), statements(claimed))).collect();
    sets.sort();
    let (one, two) = ("one@example.org", "two@example.org");
    let expected =
        [(one, BTreeSet::from(["a", "b", "c"])), (one, BTreeSet::from(["alone"])), (two, BTreeSet::from(["a", "b"]))];
    assert_eq!(sets, expected);
    let alone = mails.values().find(|claimed| claimed.len() == 1).expect("one goes by itself");
    assert_eq!(alone[0].mail_id.as_deref(), Some(alone[0].id.as_str()));

    // One for a mail each, where a house wants it so.
    publish(&store, &["x", "y"], &mail("three@example.org")).await;
    for _ in 0..2 {
        assert_eq!(store.claim_mail("sender", LEASE, start(), 1).await.expect("claimed").len(), 1);
    }
    assert!(claim(&store, "sender", start()).await.is_empty());
}

async fn what_may_be_out_stays_together_and_what_comes_later_goes_later(place: &Place) {
    let store = store_with_portfolio(place).await;
    publish(&store, &["a", "b", "c"], &mail("one@example.org")).await;
    let first = claim(&store, "dead", start()).await;
    publish(&store, &["d", "e"], &mail("one@example.org")).await;
    let later = claim(&store, "sender", start()).await;
    assert_eq!(statements(&later), BTreeSet::from(["d", "e"]));
    assert_eq!(store.mark_all_delivered(&later, "250 taken", start()).await.expect("noted"), 2);
    assert_ne!(mail_id(&first), mail_id(&later));

    // A sender that died in the window: the others of its bundle do not join what may have gone out.
    assert_eq!(store.release_deliveries("dead").await.expect("lifted"), 3);
    publish(&store, &["f"], &mail("one@example.org")).await;
    let mut sets = Vec::new();
    for _ in 0..2 {
        let claimed = claim(&store, "sender", start()).await;
        sets.push((claimed.len(), claimed[0].copies, mail_id(&claimed)));
    }
    sets.sort();
    assert_eq!((sets[0].0, sets[0].1), (1, 1));
    assert_eq!(sets[1], (3, 2, mail_id(&first)), "it goes again as it was, under the same id, and both are counted");

    // What was refused has certainly not gone out: what has come meanwhile joins it, and the mail is another one.
    publish(&store, &["x"], &mail("two@example.org")).await;
    let refused = claim(&store, "sender", start()).await;
    let busy = FailedAttempt { reason: "busy", next: NextAttempt::At(after_minutes(2)), copy: SentCopy::No };
    assert_eq!(store.mark_all_failed(&refused, &busy, start()).await.expect("noted"), 1);
    publish(&store, &["y"], &mail("two@example.org")).await;
    let again = claim(&store, "sender", after_minutes(2)).await;
    assert_eq!(statements(&again), BTreeSet::from(["x", "y"]));
    assert_ne!(mail_id(&again), mail_id(&refused));
}

async fn what_was_put_back_is_due_as_before(place: &Place) {
    let store = store_with_portfolio(place).await;
    publish(&store, &["a", "b", "c"], &mail("one@example.org")).await;
    let mut claimed = claim(&store, "sender", start()).await;
    let whole = mail_id(&claimed);
    let too_much = claimed.split_off(2);
    store.put_back_deliveries(&too_much).await.expect("put back");
    store.bind_mail(&mut claimed).await.expect("bound");
    assert_ne!(mail_id(&claimed), whole, "a mail with less in it is another one");
    let rest = claim(&store, "sender", start()).await;
    assert_eq!(
        (rest.len(), rest[0].attempts, rest[0].copies),
        (1, 1, 1),
        "the attempt that was not made does not count"
    );
    assert_eq!(rest[0].id, too_much[0].id);
}

async fn many_senders_take_no_bundle_apart(place: &Place) {
    let store = store_with_portfolio(place).await;
    for number in 0..12 {
        publish(&store, &["a", "b", "c", "d"], &mail(&format!("client-{number}@example.org"))).await;
    }
    let mut senders = JoinSet::new();
    for number in 0..8 {
        let store = store.clone();
        senders.spawn(async move {
            let owner = format!("sender-{number}");
            let mut sizes = Vec::new();
            loop {
                let claimed = claim(&store, &owner, start()).await;
                if claimed.is_empty() {
                    return sizes;
                }
                sizes.push(claimed.len());
                store.mark_all_delivered(&claimed, "250 taken", after_minutes(1)).await.expect("noted");
            }
        });
    }
    let sizes: Vec<usize> = senders.join_all().await.into_iter().flatten().collect();
    assert_eq!(sizes, [4; 12], "one mail an address");
    assert_eq!(store.delivery_counts().await.expect("readable").delivered, 48);
}

async fn a_mail_is_noted_as_a_whole_and_found_by_its_id(place: &Place) {
    let store = store_with_portfolio(place).await;
    publish(&store, &["a", "b"], &mail("one@example.org")).await;
    let claimed = claim(&store, "sender", start()).await;
    let unknown = FailedAttempt { reason: "cut off", next: NextAttempt::At(after_minutes(2)), copy: SentCopy::Perhaps };
    assert_eq!(store.mark_all_failed(&claimed, &unknown, start()).await.expect("noted"), 2);
    let again = claim(&store, "sender", after_minutes(2)).await;
    assert_eq!((again.len(), mail_id(&again)), (2, mail_id(&claimed)));
    assert_eq!(store.mark_all_delivered(&again, "250 taken", after_minutes(2)).await.expect("noted"), 2);
    assert_eq!(store.mark_all_delivered(&again, "250 taken", after_minutes(3)).await.expect("noted"), 0);
    for delivery in store.deliveries_of_mail(&mail_id(&again)).await.expect("readable") {
        let events = store.delivery_events(&delivery.id).await.expect("readable");
        let told: Vec<_> = events.iter().map(|event| (event.attempt, event.change)).collect();
        assert_eq!(told, [(1, DeliveryChange::Unknown), (2, DeliveryChange::Delivered)], "each has a proof of its own");
    }
    assert_eq!(store.deliveries_of_mail(&mail_id(&again)).await.expect("readable").len(), 2);
    assert!(store.deliveries_of_mail("nothing").await.expect("readable").is_empty());
}
