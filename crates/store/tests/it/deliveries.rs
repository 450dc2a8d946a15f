//! The outbox: every recipient is told once.

use std::collections::BTreeSet;

use store::{DeliveryCounts, DeliveryState, Error, NextAttempt, StoreKind};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{LEASE, after_minutes, claimed_run, mail, save_portfolio, start, statement};

on_both_engines!(
    publishing_again_tells_nobody_twice,
    eight_senders_share_the_messages,
    a_failed_attempt_is_tried_later_or_never,
    the_message_of_a_dead_sender_is_sent_by_another,
    only_published_statements_are_announced,
);

async fn publishing_again_tells_nobody_twice(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let first = statement("D01", 1, &run);
    let mut publishing = JoinSet::new();
    for number in 0..4 {
        let (store, mut same) = (store.clone(), first.clone());
        // Half of them come with another id, as a process with another idea of ids would.
        if number % 2 == 1 {
            same.id = format!("other-{number}");
        }
        publishing.spawn(async move {
            let mails = [mail("a@example.org"), mail("b@example.org")];
            store.publish_statement_with_deliveries(&same, &mails).await
        });
    }
    for outcome in publishing.join_all().await {
        outcome.expect("published");
    }
    let published = store.statements_of_run(&run.id).await.expect("readable");
    assert_eq!(published.len(), 1);
    let found = store.deliveries_of_statement(&published[0].id).await.expect("readable");
    let recipients: Vec<&str> = found.iter().map(|delivery| delivery.recipient.as_str()).collect();
    assert_eq!(recipients, ["a@example.org", "b@example.org"]);
    let counts = store.delivery_counts().await.expect("readable");
    assert_eq!(counts, DeliveryCounts { pending: 2, delivered: 0, failed: 0 });

    let again = store.enqueue_delivery(&published[0].id, &mail("a@example.org"), start()).await.expect("answered");
    assert!(!again, "it is in the outbox already");
    let later = store.enqueue_delivery(&published[0].id, &mail("c@example.org"), after_minutes(60)).await;
    assert!(later.expect("answered"));
    assert_eq!(store.due_deliveries(after_minutes(59), 10).await.expect("readable").len(), 2);
    assert_eq!(store.due_deliveries(after_minutes(60), 10).await.expect("readable").len(), 3);
}

async fn eight_senders_share_the_messages(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let mails: Vec<_> = (0..20).map(|number| mail(&format!("client-{number}@example.org"))).collect();
    store.publish_statement_with_deliveries(&statement("D01", 1, &run), &mails).await.expect("published");

    let mut senders = JoinSet::new();
    for number in 0..8 {
        let store = store.clone();
        senders.spawn(async move {
            let mut sent = Vec::new();
            loop {
                let owner = format!("sender-{number}");
                let claimed = store.claim_deliveries(&owner, LEASE, start(), 3).await.expect("claimed");
                assert!(claimed.len() <= 3);
                if claimed.is_empty() {
                    return sent;
                }
                for delivery in claimed {
                    assert_eq!((delivery.attempts, delivery.state), (1, DeliveryState::Pending));
                    assert!(store.mark_delivered(&delivery.id, after_minutes(1)).await.expect("noted"));
                    sent.push(delivery.recipient);
                }
            }
        });
    }
    let sent: Vec<String> = senders.join_all().await.into_iter().flatten().collect();
    assert_eq!(sent.len(), 20, "no message twice");
    assert_eq!(sent.into_iter().collect::<BTreeSet<String>>().len(), 20, "every recipient once");
    let counts = store.delivery_counts().await.expect("readable");
    assert_eq!(counts, DeliveryCounts { pending: 0, delivered: 20, failed: 0 });
}

async fn a_failed_attempt_is_tried_later_or_never(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let new = statement("D01", 1, &run);
    store.publish_statement_with_deliveries(&new, &[mail("a@example.org")]).await.expect("published");

    let first = store.claim_deliveries("sender", LEASE, start(), 10).await.expect("claimed");
    let later = NextAttempt::At(after_minutes(10));
    assert!(store.mark_failed_attempt(&first[0], "the server is busy", later).await.expect("noted"));
    assert!(store.claim_deliveries("sender", LEASE, after_minutes(9), 10).await.expect("claimed").is_empty());

    let second = store.claim_deliveries("sender", LEASE, after_minutes(10), 10).await.expect("claimed");
    assert_eq!((second[0].attempts, second[0].last_error.as_deref()), (2, Some("the server is busy")));
    assert!(store.mark_failed_attempt(&second[0], "no such mailbox", NextAttempt::Never).await.expect("noted"));
    assert!(store.due_deliveries(after_minutes(999), 10).await.expect("readable").is_empty());
    let counts = store.delivery_counts().await.expect("readable");
    assert_eq!(counts, DeliveryCounts { pending: 0, delivered: 0, failed: 1 });
}

async fn the_message_of_a_dead_sender_is_sent_by_another(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let new = statement("D01", 1, &run);
    store.publish_statement_with_deliveries(&new, &[mail("a@example.org")]).await.expect("published");

    let lost = store.claim_deliveries("slow", LEASE, start(), 10).await.expect("claimed");
    assert!(store.due_deliveries(after_minutes(4), 10).await.expect("readable").is_empty(), "it is leased");
    let taken = store.claim_deliveries("other", LEASE, after_minutes(5), 10).await.expect("claimed");
    assert_eq!((taken[0].id.as_str(), taken[0].attempts), (lost[0].id.as_str(), 2));

    let late = store.mark_failed_attempt(&lost[0], "too late", NextAttempt::At(after_minutes(5))).await;
    assert!(!late.expect("answered"), "the message is another's now");
    assert!(store.due_deliveries(after_minutes(6), 10).await.expect("readable").is_empty(), "it is still leased");
    assert!(store.mark_delivered(&taken[0].id, after_minutes(6)).await.expect("noted"));
    assert!(!store.mark_delivered(&taken[0].id, after_minutes(7)).await.expect("answered"), "noted already");
    let found = store.deliveries_of_statement(&new.id).await.expect("readable");
    assert_eq!(found[0].delivered_at, Some(after_minutes(6)));
}

async fn only_published_statements_are_announced(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let error = store.enqueue_delivery("nothing", &mail("a@example.org"), start()).await.expect_err("unknown");
    assert!(matches!(error, Error::UnknownStatement { .. }), "{error}");
    assert!(!error.to_string().contains("example.org"), "{error}");
}
