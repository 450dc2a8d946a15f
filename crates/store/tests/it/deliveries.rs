//! The outbox: every recipient is told once.

use std::collections::BTreeSet;

use schemas::tables::portfolios::Portfolio;
use schemas::{Clock, DeliveryChannel, Language};
use store::{
    DeliveryChange, DeliveryCounts, DeliveryState, Error, FailedAttempt, NewDelivery, NewSuppression, NextAttempt,
    SentCopy, StoreKind, SuppressionReason,
};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{
    LEASE, after_minutes, claimed_run, mail, portfolio, portfolio_id, save_portfolio, start, statement,
};

on_both_engines!(
    publishing_again_tells_nobody_twice,
    eight_senders_share_the_messages,
    a_failed_attempt_is_tried_later_or_never,
    the_message_of_a_dead_sender_is_sent_by_another,
    only_published_statements_are_announced,
    copies_that_may_have_gone_out_are_counted_and_every_attempt_is_on_record,
    a_message_that_came_back_was_delivered_before,
    an_address_is_on_the_list_once_and_can_be_taken_off,
    a_message_keeps_its_language_and_one_queued_before_has_that_of_its_portfolio,
    each_channel_has_its_own_queue,
    an_address_has_one_token_that_nobody_guesses,
);

/// An attempt after which the other side has nothing.
fn not_sent(reason: &str, next: NextAttempt) -> FailedAttempt<'_> {
    FailedAttempt { reason, next, copy: SentCopy::No }
}

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
    assert_eq!(counts, DeliveryCounts { pending: 2, delivered: 0, failed: 0, ..DeliveryCounts::default() });

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
                let claimed =
                    store.claim_deliveries(DeliveryChannel::Email, &owner, LEASE, start(), 3).await.expect("claimed");
                assert!(claimed.len() <= 3);
                if claimed.is_empty() {
                    return sent;
                }
                for delivery in claimed {
                    assert_eq!((delivery.attempts, delivery.state), (1, DeliveryState::Pending));
                    assert!(store.mark_delivered(&delivery, "250 taken", after_minutes(1)).await.expect("noted"));
                    sent.push(delivery.recipient);
                }
            }
        });
    }
    let sent: Vec<String> = senders.join_all().await.into_iter().flatten().collect();
    assert_eq!(sent.len(), 20, "no message twice");
    assert_eq!(sent.into_iter().collect::<BTreeSet<String>>().len(), 20, "every recipient once");
    let counts = store.delivery_counts().await.expect("readable");
    assert_eq!(counts, DeliveryCounts { pending: 0, delivered: 20, failed: 0, ..DeliveryCounts::default() });
}

async fn a_failed_attempt_is_tried_later_or_never(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let new = statement("D01", 1, &run);
    store.publish_statement_with_deliveries(&new, &[mail("a@example.org")]).await.expect("published");

    let first = store.claim_deliveries(DeliveryChannel::Email, "sender", LEASE, start(), 10).await.expect("claimed");
    let later = NextAttempt::At(after_minutes(10));
    assert!(
        store.mark_failed_attempt(&first[0], &not_sent("the server is busy", later), start()).await.expect("noted")
    );
    assert!(
        store
            .claim_deliveries(DeliveryChannel::Email, "sender", LEASE, after_minutes(9), 10)
            .await
            .expect("claimed")
            .is_empty()
    );

    let second =
        store.claim_deliveries(DeliveryChannel::Email, "sender", LEASE, after_minutes(10), 10).await.expect("claimed");
    let never = not_sent("no such mailbox", NextAttempt::Never);
    assert_eq!((second[0].attempts, second[0].last_error.as_deref()), (2, Some("the server is busy")));
    assert!(store.mark_failed_attempt(&second[0], &never, start()).await.expect("noted"));
    assert!(store.due_deliveries(after_minutes(999), 10).await.expect("readable").is_empty());
    let counts = store.delivery_counts().await.expect("readable");
    assert_eq!(counts, DeliveryCounts { pending: 0, delivered: 0, failed: 1, ..DeliveryCounts::default() });
}

async fn the_message_of_a_dead_sender_is_sent_by_another(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let new = statement("D01", 1, &run);
    store.publish_statement_with_deliveries(&new, &[mail("a@example.org")]).await.expect("published");

    let lost = store.claim_deliveries(DeliveryChannel::Email, "slow", LEASE, start(), 10).await.expect("claimed");
    assert!(store.due_deliveries(after_minutes(4), 10).await.expect("readable").is_empty(), "it is leased");
    let taken =
        store.claim_deliveries(DeliveryChannel::Email, "other", LEASE, after_minutes(5), 10).await.expect("claimed");
    assert_eq!((taken[0].id.as_str(), taken[0].attempts), (lost[0].id.as_str(), 2));

    let too_late = not_sent("too late", NextAttempt::At(after_minutes(5)));
    let late = store.mark_failed_attempt(&lost[0], &too_late, after_minutes(5)).await;
    assert!(!late.expect("answered"), "the message is another's now");
    assert!(store.due_deliveries(after_minutes(6), 10).await.expect("readable").is_empty(), "it is still leased");
    assert!(store.mark_delivered(&taken[0], "250 taken", after_minutes(6)).await.expect("noted"));
    assert!(!store.mark_delivered(&taken[0], "250 taken", after_minutes(7)).await.expect("answered"), "noted already");
    let found = store.deliveries_of_statement(&new.id).await.expect("readable");
    assert_eq!(found[0].delivered_at, Some(after_minutes(6)));
}

async fn only_published_statements_are_announced(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let error = store.enqueue_delivery("nothing", &mail("a@example.org"), start()).await.expect_err("unknown");
    assert!(matches!(error, Error::UnknownStatement { .. }), "{error}");
    assert!(!error.to_string().contains("example.org"), "{error}");
}

async fn copies_that_may_have_gone_out_are_counted_and_every_attempt_is_on_record(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let new = statement("D01", 1, &run);
    store.publish_statement_with_deliveries(&new, &[mail("a@example.org")]).await.expect("published");
    let claim = |minutes: i64| {
        let store = store.clone();
        async move {
            let claimed = store
                .claim_deliveries(DeliveryChannel::Email, "sender", LEASE, after_minutes(minutes), 1)
                .await
                .expect("claimed");
            claimed.into_iter().next().expect("it is due")
        }
    };
    let first = claim(0).await;
    let refused = not_sent("busy", NextAttempt::At(after_minutes(2)));
    assert!(store.mark_failed_attempt(&first, &refused, start()).await.expect("noted"));
    let second = claim(2).await;
    assert_eq!(second.copies, 1, "the refused one does not count");
    let unknown = FailedAttempt { reason: "cut off", copy: SentCopy::Perhaps, next: NextAttempt::At(after_minutes(4)) };
    assert!(store.mark_failed_attempt(&second, &unknown, after_minutes(2)).await.expect("noted"));
    let third = claim(4).await;
    assert_eq!(third.copies, 2);
    // Its sender dies: nobody can say whether that copy went out.
    assert_eq!(store.release_deliveries("sender").await.expect("lifted"), 1);
    let fourth = claim(4).await;
    assert_eq!((fourth.copies, fourth.tries()), (3, 4));
    let never = not_sent("enough", NextAttempt::Never);
    assert!(store.mark_failed_attempt(&fourth, &never, after_minutes(4)).await.expect("noted"));

    let nobody = store.queue_delivery_again(&fourth, " ", "moved", after_minutes(5)).await.expect_err("no name");
    assert!(matches!(nobody, Error::DecisionWithout { .. }), "{nobody}");
    store.queue_delivery_again(&fourth, "anna", "moved", after_minutes(5)).await.expect("queued");
    let twice = store.queue_delivery_again(&fourth, "anna", "moved", after_minutes(5)).await.expect_err("it waits");
    assert!(matches!(twice, Error::DeliveryNotEnded { .. }), "{twice}");
    let fifth = claim(5).await;
    assert_eq!((fifth.copies, fifth.tries(), fifth.attempts), (1, 1, 5), "it begins anew, and numbers go on");
    assert!(store.mark_delivered(&fifth, "250 taken", after_minutes(5)).await.expect("noted"));

    let events = store.delivery_events(&fifth.id).await.expect("readable");
    let told: Vec<_> = events.iter().map(|event| (event.attempt, event.change, event.note.as_str())).collect();
    let expected = [
        (1, DeliveryChange::Postponed, "busy"),
        (2, DeliveryChange::Unknown, "cut off"),
        (4, DeliveryChange::Failed, "enough"),
        (4, DeliveryChange::QueuedAgain, "moved"),
        (5, DeliveryChange::Delivered, "250 taken"),
    ];
    assert_eq!(told, expected);
    let tampering = place.execute("UPDATE delivery_events SET note = 'never happened'").await;
    assert!(tampering.is_err(), "the proof never changes");
    assert_eq!(store.delivery(fifth.short_id()).await.expect("found").state, DeliveryState::Delivered);
    let unknown = store.delivery("nothing").await.expect_err("no such id");
    assert!(matches!(unknown, Error::UnknownDelivery { .. }), "{unknown}");
}

async fn a_message_that_came_back_was_delivered_before(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let new = statement("D01", 1, &run);
    store.publish_statement_with_deliveries(&new, &[mail("a@example.org")]).await.expect("published");
    let claimed = store.claim_deliveries(DeliveryChannel::Email, "sender", LEASE, start(), 1).await.expect("claimed");
    assert!(!store.mark_returned(&claimed[0], "5.1.1", start()).await.expect("answered"), "it has not been sent");
    assert!(store.mark_delivered(&claimed[0], "250 taken", after_minutes(1)).await.expect("noted"));
    assert!(store.mark_returned(&claimed[0], "5.1.1", after_minutes(2)).await.expect("noted"));
    assert!(!store.mark_returned(&claimed[0], "5.1.1", after_minutes(3)).await.expect("answered"), "noted already");
    let id = portfolio_id("D01");
    let found = store.deliveries(Some(&id), Some(DeliveryState::Returned), 10).await.expect("readable");
    assert_eq!((found.len(), found[0].delivered_at), (1, Some(after_minutes(1))));
    assert!(store.deliveries(Some(&portfolio_id("D02")), None, 10).await.expect("readable").is_empty());
}

async fn an_address_is_on_the_list_once_and_can_be_taken_off(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let bounced = NewSuppression { reason: SuppressionReason::Bounce, note: "5.1.1", by: "financr" };
    assert!(store.suppress(" A@Example.org", &bounced, start()).await.expect("put"));
    assert!(!store.suppress("a@example.org", &bounced, after_minutes(1)).await.expect("answered"), "it is there");
    assert!(store.suppress("b@example.org", &bounced, after_minutes(1)).await.expect("put"));
    let found = store.suppression("a@EXAMPLE.org").await.expect("readable").expect("it is there");
    assert_eq!((found.recipient.as_str(), found.added_at), ("a@example.org", start()));
    assert!(!format!("{found:?}").contains("example.org"), "not even in a log by mistake");
    let all = store.suppressions("", 10).await.expect("readable");
    let after = store.suppressions(&all[0].recipient, 10).await.expect("readable");
    assert_eq!((all.len(), after.len(), after[0].recipient.as_str()), (2, 1, "b@example.org"));
    assert!(store.lift_suppression("a@example.org", "anna", after_minutes(2)).await.expect("taken off"));
    assert!(!store.lift_suppression("a@example.org", "anna", after_minutes(3)).await.expect("answered"));
    assert!(store.suppression("a@example.org").await.expect("readable").is_none());
    assert!(store.suppress("a@example.org", &bounced, after_minutes(4)).await.expect("put again"));
}

/// What 0016_delivery_languages adds, taken away again, and that it was done.
const WITHOUT_LANGUAGES: [&str; 2] =
    ["ALTER TABLE deliveries DROP COLUMN language", "DELETE FROM _sqlx_migrations WHERE version = 16"];

async fn a_message_keeps_its_language_and_one_queued_before_has_that_of_its_portfolio(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let book = Portfolio { language: Language::Italian, ..portfolio("D01") };
    store.save_portfolio(&book, false, Clock::Fixed(start())).await.expect("saved");
    let run = claimed_run(&store).await;
    let in_french = NewDelivery { language: Language::French, ..mail("a@example.org") };
    let new = statement("D01", 1, &run);
    store.publish_statement_with_deliveries(&new, &[in_french]).await.expect("published");
    let claimed = store.claim_deliveries(DeliveryChannel::Email, "sender", LEASE, start(), 1).await.expect("claimed");
    assert_eq!(claimed[0].language, Language::French, "whatever the language of the portfolio is by now");
    store.close().await;
    for text in WITHOUT_LANGUAGES {
        place.execute(text).await.expect("the tables of the version before");
    }

    let store = place.open(StoreKind::Live).await;
    let found = store.deliveries_of_statement(&new.id).await.expect("readable");
    assert_eq!((found.len(), found[0].language), (1, Language::Italian));
    store.close().await;
}

async fn each_channel_has_its_own_queue(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let drop = NewDelivery { channel: "drop_folder".to_owned(), ..mail("drop_folder") };
    let new = statement("D01", 1, &run);
    store.publish_statement_with_deliveries(&new, &[mail("a@example.org"), drop]).await.expect("published");
    let waiting = async |channel| store.pending_deliveries(channel).await.expect("readable");
    assert_eq!(waiting(DeliveryChannel::Email).await, 1);
    assert_eq!(waiting(DeliveryChannel::DropFolder).await, 1);
    assert_eq!(waiting(DeliveryChannel::Webhook).await, 0);
    let claimed = store.claim_deliveries(DeliveryChannel::DropFolder, "sender", LEASE, start(), 10).await;
    let claimed = claimed.expect("claimed");
    assert_eq!((claimed.len(), claimed[0].recipient.as_str()), (1, "drop_folder"));
    store.mark_delivered(&claimed[0], "written", start()).await.expect("noted");
    assert_eq!((waiting(DeliveryChannel::Email).await, waiting(DeliveryChannel::DropFolder).await), (1, 0));
    store.close().await;
}

async fn an_address_has_one_token_that_nobody_guesses(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let mut asking = JoinSet::new();
    for address in ["A@example.org", "a@example.org ", "a@example.org", "a@Example.org"] {
        let store = store.clone();
        asking.spawn(async move { store.unsubscribe_token(address, start()).await.expect("made") });
    }
    let tokens: BTreeSet<String> = asking.join_all().await.into_iter().collect();
    let other = store.unsubscribe_token("b@example.org", start()).await.expect("made");
    assert_eq!((tokens.len(), other.len()), (1, 64));
    assert!(!tokens.contains(&other));
    let token = tokens.first().expect("one");
    assert_eq!(store.recipient_of_token(token).await.expect("readable").as_deref(), Some("a@example.org"));
    for unknown in ["", "a@example.org", &token[1..], &"0".repeat(64), "'; DROP TABLE deliveries; --"] {
        assert_eq!(store.recipient_of_token(unknown).await.expect("readable"), None, "{unknown}");
    }
    store.close().await;
}
