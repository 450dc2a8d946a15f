//! Messages to browsers against a push service: each browser reads its own, what the service says decides what follows,
//! and nobody is told twice except in the window.

use reports::delivery::web_push::{WebPushSettings, make_key};
use secrecy::ExposeSecret;
use serde_json::json;
use store::{PushEnd, PushOutcome};

use super::events::write_private;
use super::push_service::{Answer, Browser, PushService, vapid_claims};
use super::*;
use crate::subscriptions;

/// A house with a key, which sends to this machine only; and the public half of the key.
async fn house_with_key() -> (House, String) {
    let mut house = House::with_folder().await;
    let key_file = house.folder.path().join("vapid.pem");
    let new = make_key().expect("a key");
    write_private(&key_file, new.private_pem.expose_secret());
    house.context.settings.web_push = Some(WebPushSettings {
        key_file,
        subject: "mailto:operations@example.org".to_owned(),
        hosts: vec!["127.0.0.1".to_owned()],
        ttl_s: 86_400,
        timeout_s: 1,
        connections_max: 4,
        subscriptions_max: 10,
        public_url: Some("https://reports.example.org/".to_owned()),
    });
    (house, new.public_text)
}

/// Puts browsers on the list of the portfolio and publishes a statement of which they are told. Returns the
/// subscriptions.
async fn publish(house: &House, service: &PushService, browsers: &[&Browser]) -> Vec<String> {
    let run_id = house.begin_run().await;
    let mut ids = Vec::new();
    for browser in browsers {
        let told = browser.told(service.port);
        let portfolio_id = portfolio().portfolio_id;
        match subscriptions::add(&house.context, &portfolio_id, &told, "anna").await.expect("stored") {
            PushOutcome::Added(id) => ids.push(id),
            other => panic!("it is not new: {other:?}"),
        }
    }
    let statement = house.statement(STATEMENT, run_id, 500).await;
    let messages: Vec<NewDelivery> = ids
        .iter()
        .map(|id| NewDelivery {
            channel: "web_push".to_owned(),
            recipient: id.clone(),
            subject: "Relevé de portefeuille D01 au 31/12/2014".to_owned(),
            necessity: Necessity::Required,
            language: Language::French,
            bundling: Bundling::Together,
        })
        .collect();
    house.context.store.publish_statement_with_deliveries(&statement, &messages).await.expect("published");
    ids
}

async fn delivery_to(house: &House, subscription: &str) -> Delivery {
    let found = house.deliveries().await;
    found.into_iter().find(|delivery| delivery.recipient == subscription).expect("it was queued")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_browser_is_told_once_and_only_it_can_read_what() {
    let service = PushService::start(&[]).await;
    let (mut house, public_key) = house_with_key().await;
    let (first, second) = (Browser::at("/wpush/1"), Browser::at("/wpush/2"));
    let ids = publish(&house, &service, &[&first, &second]).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "0 mails delivered; 2 messages to browsers delivered");
    house.deliver_all().await;
    assert_eq!(service.received().len(), 2, "nobody is told twice");

    let mut topics = BTreeSet::new();
    for (browser, path) in [(&first, "/wpush/1"), (&second, "/wpush/2")] {
        let requests = service.received_at(path);
        let request = requests.first().expect("it was told");
        let header = |name: &str| request.headers[name].as_str();
        assert_eq!((header("content-encoding"), header("ttl"), header("urgency")), ("aes128gcm", "86400", "normal"));
        topics.insert(header("topic").to_owned());
        let expected = json!({
            "web_push": 8030,
            "notification": {
                "title": "Relevé de portefeuille D01 au 31/12/2014",
                "body": "Le document est disponible. Connectez-vous pour le lire.",
                "lang": "fr",
                "tag": header("topic"),
                "navigate": format!("https://reports.example.org/statements/{STATEMENT}/pdf"),
            },
        });
        assert_eq!(browser.open(&request.body), expected);
        let (claims, key) = vapid_claims(request);
        assert_eq!(key, public_key);
        assert_eq!(claims["aud"], format!("http://127.0.0.1:{}", service.port));
        assert_eq!(claims["sub"], "mailto:operations@example.org");
        let lifetime = claims["exp"].as_i64().expect("seconds") - start().timestamp();
        assert!(0 < lifetime && lifetime <= 86_400, "{lifetime}");
    }
    assert_eq!(topics.len(), 1, "a topic is of a statement");
    assert!(topics.iter().all(|topic| topic.len() <= 32 && !topic.contains("D01")));
    let sent = delivery_to(&house, &ids[0]).await;
    let events = house.context.store.delivery_events(&sent.id).await.expect("readable");
    assert_eq!(events[0].note, format!("answered 201; subscription {}", ids[0]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_service_says_decides_what_follows() {
    let service = PushService::start(&[
        ("/later", &[Answer::Says("429 Too Many Requests\r\nretry-after: 3600")]),
        ("/fails", &[Answer::Says("500 Internal Server Error"), Answer::Says("503 Service Unavailable")]),
        ("/refuses", &[Answer::Says("400 Bad Request")]),
        ("/other-key", &[Answer::Says("403 Forbidden")]),
        ("/redirects", &[Answer::Says("307 Temporary Redirect\r\nlocation: /elsewhere")]),
    ])
    .await;
    let (mut house, _) = house_with_key().await;
    let paths = ["/later", "/fails", "/refuses", "/other-key", "/redirects"];
    let browsers = paths.map(Browser::at);
    let ids = publish(&house, &service, &browsers.each_ref()).await;
    deliver(&house.context).await.expect("the pass ends");
    let due = delivery_to(&house, &ids[0]).await.next_attempt_at;
    assert_eq!(due, Some(start() + TimeDelta::hours(1)), "the service says when it takes more");
    house.deliver_all().await;

    let attempts = paths.map(|path| service.received_at(path).len());
    assert_eq!(attempts, [2, 3, 1, 1, 1]);
    assert!(service.received_at("/elsewhere").is_empty(), "no redirect is followed");
    let (mut states, mut ended) = (Vec::new(), 0);
    for id in &ids {
        states.push(delivery_to(&house, id).await.state);
        let kept = house.context.store.push_subscription(id).await.expect("readable").expect("it is there");
        ended += usize::from(kept.end.is_some());
    }
    use DeliveryState::{Delivered, Failed};
    assert_eq!(states, [Delivered, Delivered, Failed, Failed, Failed]);
    assert_eq!(ended, 0, "who refuses a message is not gone");
    let findings = house.open_findings().await;
    for words in ["refused the message (400)", "does not take our key for this browser (403)", "a redirect (307)"] {
        assert!(findings.iter().any(|finding| finding.item.message.contains(words)), "{words}");
    }
    let shown = format!("{findings:?}");
    assert!(!shown.contains("127.0.0.1"), "no address is told: {shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_arrived_is_sent_once_more_in_the_place_of_the_first_and_never_a_third_time() {
    let service = PushService::start(&[
        ("/cut-off", &[Answer::TakesAndCutsOff]),
        ("/silent", &[Answer::FallsSilent, Answer::FallsSilent, Answer::FallsSilent]),
    ])
    .await;
    let (mut house, _) = house_with_key().await;
    let (cut_off, silent) = (Browser::at("/cut-off"), Browser::at("/silent"));
    let ids = publish(&house, &service, &[&cut_off, &silent]).await;
    house.deliver_all().await;

    for (browser, path) in [(&cut_off, "/cut-off"), (&silent, "/silent")] {
        let copies = service.received_at(path);
        let [first, second] = copies.as_slice() else { panic!("{} copies", copies.len()) };
        assert_eq!(browser.open(&first.body), browser.open(&second.body), "each says the same");
        assert_eq!(first.headers["topic"], second.headers["topic"], "the second takes the place of the first");
        assert_ne!(first.body, second.body, "no key is used twice");
    }
    let (cut_off, silent) = (delivery_to(&house, &ids[0]).await, delivery_to(&house, &ids[1]).await);
    assert_eq!(cut_off.state, DeliveryState::Delivered);
    assert!(house.was_in_the_window(&cut_off).await);
    assert_eq!((silent.state, silent.last_error.as_deref()), (DeliveryState::Failed, Some(verdict::MAY_HAVE_ARRIVED)));
    assert_eq!(house.open_findings().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_is_gone_ends_its_subscription_and_is_no_failure() {
    let service =
        PushService::start(&[("/gone", &[Answer::Says("410 Gone")]), ("/unknown", &[Answer::Says("404 Not Found")])])
            .await;
    let (mut house, _) = house_with_key().await;
    let (gone, unknown, there) = (Browser::at("/gone"), Browser::at("/unknown"), Browser::at("/there"));
    let ids = publish(&house, &service, &[&gone, &unknown, &there]).await;
    house.deliver_all().await;
    let store = &house.context.store;
    for (id, code) in [(&ids[0], 410), (&ids[1], 404)] {
        let kept = store.push_subscription(id).await.expect("readable").expect("it stays");
        assert_eq!(kept.end.expect("it has ended").reason, PushEnd::Gone);
        let told = delivery_to(&house, id).await;
        assert_eq!((told.state, told.attempts), (DeliveryState::Suppressed, 1));
        let events = store.delivery_events(&told.id).await.expect("readable");
        let last = events.last().expect("it is on record");
        let expected = format!("the push service says that the browser is gone ({code})");
        assert_eq!((last.change, last.note.as_str()), (DeliveryChange::Suppressed, expected.as_str()));
    }
    assert!(store.suppression(&ids[0]).await.expect("readable").is_none(), "the list is of addresses of mail");
    let counts = store.delivery_counts().await.expect("readable");
    assert_eq!((counts.delivered, counts.failed, counts.pending), (1, 0, 0));
    assert!(house.open_findings().await.is_empty(), "one browser of the client is left");
}

#[tokio::test]
async fn a_person_is_told_when_the_last_browser_is_gone_and_what_has_ended_is_not_asked() {
    let service = PushService::start(&[("/gone", &[Answer::Says("410 Gone")])]).await;
    let (mut house, _) = house_with_key().await;
    let (gone, ended) = (Browser::at("/gone"), Browser::at("/ended"));
    let ids = publish(&house, &service, &[&gone, &ended]).await;
    let store = house.context.store.clone();
    assert!(store.end_push_subscription(&ids[1], "anna", start()).await.expect("ended"));
    house.deliver_all().await;
    assert!(service.received_at("/ended").is_empty());
    let told = delivery_to(&house, &ids[1]).await;
    let reason = told.last_error.as_deref();
    assert_eq!((told.state, reason), (DeliveryState::Suppressed, Some("its subscription has ended (request)")));
    let findings = house.open_findings().await;
    let messages: Vec<&str> = findings.iter().map(|finding| finding.item.message.as_str()).collect();
    let expected =
        "the last browser of the portfolio is gone; nobody is told by web_push until a browser subscribes anew";
    assert_eq!(messages, [expected]);
}

#[tokio::test]
async fn no_address_is_asked_that_the_house_does_not_name() {
    let service = PushService::start(&[]).await;
    let (mut house, _) = house_with_key().await;
    let browser = Browser::at("/there");
    publish(&house, &service, &[&browser]).await;
    let hosts = |house: &mut House, host: &str| {
        if let Some(settings) = &mut house.context.settings.web_push {
            settings.hosts = vec![host.to_owned()];
        }
    };
    // The list got shorter after the browser had been put on the portfolio's.
    hosts(&mut house, "fcm.googleapis.com");
    deliver(&house.context).await.expect("the pass ends");
    assert!(service.received().is_empty());
    let finding = house.open_findings().await.remove(0);
    assert!(finding.item.message.contains("`127.0.0.1` is none of the push services in `hosts`"), "{finding:?}");
    let portfolio_id = portfolio().portfolio_id;
    for (told, words) in [
        (Browser::at("/other").told(service.port), "none of the push services"),
        ("{}".to_owned(), "is no subscription"),
    ] {
        let error = subscriptions::add(&house.context, &portfolio_id, &told, "anna").await.expect_err("refused");
        assert!(error.to_string().contains(words), "{error}");
    }
    hosts(&mut house, "127.0.0.1");
    let nobody = "D99".parse().expect("an id");
    let told = Browser::at("/other").told(service.port);
    let error = subscriptions::add(&house.context, &nobody, &told, "anna").await.expect_err("refused");
    assert!(error.to_string().contains("`D99` is not in the store"), "{error}");
    house.context.settings.web_push = None;
    let error = subscriptions::add(&house.context, &portfolio_id, &told, "anna").await.expect_err("refused");
    assert!(error.to_string().contains("not configured"), "{error}");
}

#[tokio::test]
async fn without_a_key_messages_wait() {
    let service = PushService::start(&[]).await;
    let (mut house, _) = house_with_key().await;
    publish(&house, &service, &[&Browser::at("/there")]).await;
    let settings = house.context.settings.web_push.take().expect("it is configured");
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "0 mails delivered; web push is not configured; 1 messages wait in the outbox");
    house.context.settings.web_push =
        Some(WebPushSettings { key_file: house.folder.path().join("none"), ..settings.clone() });
    let error = deliver(&house.context).await.expect_err("refused");
    let told = schemas::with_causes(&error);
    assert!(told.contains("`key_file`") && told.contains("cannot be read"), "{told}");
    house.context.settings.web_push = Some(settings);
    house.deliver_all().await;
    assert_eq!(service.received().len(), 1);
}
