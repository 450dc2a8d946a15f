//! Subscriptions of browsers: each is on the list of a portfolio once, a list has an end, and what has ended stays.

use schemas::PortfolioId;
use store::{EndedPush, Error, NewPushSubscription, PushEnd, PushOutcome, PushSubscription, StoreKind};

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, portfolio_id, save_portfolio, start};

on_both_engines!(
    a_browser_is_on_the_list_of_a_portfolio_once,
    a_list_has_an_end_and_every_page_of_it_is_read,
    what_is_gone_is_gone_for_every_portfolio,
    whose_a_subscription_is_never_changes,
);

/// More than any list here has.
const MANY: u32 = 100;

fn endpoint(number: u32) -> String {
    format!("https://updates.push.services.mozilla.com/wpush/v2/{number}")
}

/// A browser whose keys have the right length.
fn browser<'a>(portfolio_id: &'a PortfolioId, endpoint: &'a str, p256dh: &'a str) -> NewPushSubscription<'a> {
    NewPushSubscription { portfolio_id, endpoint, p256dh, auth: "BTBZMqHH6r4Tts7J_aSIgg", by: "anna" }
}

fn added(outcome: PushOutcome) -> String {
    match outcome {
        PushOutcome::Added(id) => id,
        other => panic!("it is not new: {other:?}"),
    }
}

async fn a_browser_is_on_the_list_of_a_portfolio_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let (first, second) = (save_portfolio(&store, "D01").await, save_portfolio(&store, "D02").await);
    let (address, key) = (endpoint(1), "B".repeat(87));
    let new = browser(&first, &address, &key);
    let id = added(store.add_push_subscription(&new, MANY, start()).await.expect("stored"));
    let again = store.add_push_subscription(&new, MANY, after_minutes(1)).await.expect("readable");
    assert_eq!(again, PushOutcome::Known(id.clone()));

    // The client's other portfolio names the same browser.
    let other = browser(&second, &address, &key);
    assert_ne!(added(store.add_push_subscription(&other, MANY, start()).await.expect("stored")), id);

    let expected = PushSubscription {
        subscription_id: id.clone(),
        portfolio_id: first.clone(),
        endpoint: address.clone(),
        p256dh: key.clone(),
        auth: "BTBZMqHH6r4Tts7J_aSIgg".to_owned(),
        added_at: start(),
        added_by: "anna".to_owned(),
        end: None,
    };
    assert_eq!(store.push_subscription(&id).await.expect("readable"), Some(expected.clone()));
    assert_eq!(store.push_subscriptions_in_force(&first).await.expect("readable"), std::slice::from_ref(&expected));
    let shown = format!("{expected:?} {new:?}");
    assert!(!shown.contains("mozilla") && !shown.contains("BTBZ"), "what opens a browser is not for logs: {shown}");

    // With other keys it is another browser.
    let other_key = "C".repeat(87);
    let new = browser(&first, &address, &other_key);
    let replacing = added(store.add_push_subscription(&new, MANY, after_minutes(2)).await.expect("stored"));
    let in_force = store.push_subscriptions_in_force(&first).await.expect("readable");
    assert_eq!(in_force.iter().map(|one| &one.subscription_id).collect::<Vec<_>>(), [&replacing]);
    let ended = store.push_subscription(&id).await.expect("readable").expect("it stays");
    let end = EndedPush { at: after_minutes(2), by: "anna".to_owned(), reason: PushEnd::Replaced };
    assert_eq!(ended.end, Some(end));
    store.close().await;
}

async fn a_list_has_an_end_and_every_page_of_it_is_read(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let (first, second) = (save_portfolio(&store, "D01").await, save_portfolio(&store, "D02").await);
    let key = "B".repeat(87);
    let mut ids = Vec::new();
    for number in 0..3 {
        let address = endpoint(number);
        let outcome = store.add_push_subscription(&browser(&first, &address, &key), 3, start()).await.expect("stored");
        ids.push(added(outcome));
    }
    let address = endpoint(3);
    let one_more = browser(&first, &address, &key);
    assert_eq!(store.add_push_subscription(&one_more, 3, start()).await.expect("readable"), PushOutcome::Full);
    added(store.add_push_subscription(&browser(&second, &address, &key), 3, start()).await.expect("another list"));

    // What has ended takes no place, and a browser that comes back is a new subscription.
    assert!(store.end_push_subscription(&ids[0], "ben", after_minutes(1)).await.expect("ended"));
    assert!(!store.end_push_subscription(&ids[0], "ben", after_minutes(2)).await.expect("it has ended"));
    let address = endpoint(0);
    let back =
        store.add_push_subscription(&browser(&first, &address, &key), 3, after_minutes(3)).await.expect("stored");
    assert!(!ids.contains(&added(back)));

    let mut found: Vec<PushSubscription> = Vec::new();
    loop {
        let page = store.push_subscriptions(None, found.last(), 2).await.expect("readable");
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    let owners: Vec<&str> = found.iter().map(|one| one.portfolio_id.as_str()).collect();
    assert_eq!(owners, ["D01", "D01", "D01", "D01", "D02"]);
    let ended: Vec<&str> =
        found.iter().filter(|one| one.end.is_some()).map(|one| one.subscription_id.as_str()).collect();
    assert_eq!(ended, [ids[0].as_str()]);
    assert_eq!(store.push_subscriptions(Some(&second), None, MANY).await.expect("readable").len(), 1);
    store.close().await;
}

async fn what_is_gone_is_gone_for_every_portfolio(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let (first, second) = (save_portfolio(&store, "D01").await, save_portfolio(&store, "D02").await);
    let (address, other_address, key) = (endpoint(1), endpoint(2), "B".repeat(87));
    let mut ids = Vec::new();
    for (owner, address) in [(&first, &address), (&second, &address), (&second, &other_address)] {
        let new = browser(owner, address, &key);
        ids.push(added(store.add_push_subscription(&new, MANY, start()).await.expect("stored")));
    }
    assert_eq!(store.end_push_subscriptions_gone(&ids[0], "financr", after_minutes(5)).await.expect("ended"), 2);
    assert_eq!(store.end_push_subscriptions_gone(&ids[0], "financr", after_minutes(6)).await.expect("nothing"), 0);
    let end = EndedPush { at: after_minutes(5), by: "financr".to_owned(), reason: PushEnd::Gone };
    for (id, expected) in ids.iter().zip([Some(&end), Some(&end), None]) {
        let found = store.push_subscription(id).await.expect("readable").expect("it is there");
        assert_eq!(found.end.as_ref(), expected);
    }
    assert_eq!(store.end_push_subscriptions_gone("nobody", "financr", start()).await.expect("nothing"), 0);
    store.close().await;
}

async fn whose_a_subscription_is_never_changes(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let known = save_portfolio(&store, "D01").await;
    let (address, key) = (endpoint(1), "B".repeat(87));
    added(store.add_push_subscription(&browser(&known, &address, &key), MANY, start()).await.expect("stored"));
    let nobody = portfolio_id("D99");
    let refused = store.add_push_subscription(&browser(&nobody, &address, &key), MANY, start()).await;
    assert!(matches!(refused, Err(Error::UnknownPortfolio { .. })), "{refused:?}");
    let nameless = NewPushSubscription { by: " ", ..browser(&known, &address, &key) };
    let refused = store.add_push_subscription(&nameless, MANY, start()).await;
    assert!(matches!(refused, Err(Error::DecisionWithout { .. })), "{refused:?}");
    store.close().await;
    assert!(place.execute("UPDATE push_subscriptions SET endpoint = 'https://example.org'").await.is_err());
}
