//! Events of the webhook against a receiver that does its worst: each arrives, with one id and one body.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use reports::delivery::webhook::WebhookSettings;
use schemas::signed_message::{self, SIGNATURE_HEADER};
use serde_json::Value;

use super::hostile_receiver::{HostileReceiver, Received, fate};
use super::*;

/// Events that the hostile receiver gets.
const EVENTS: usize = 400;
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Writes a file that nobody but its owner has rights to.
pub(super) fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).expect("written");
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).expect("changed");
}

async fn house_with(receiver: &HostileReceiver) -> House {
    let mut house = House::with_folder().await;
    let secret_file = house.folder.path().join("secret");
    write_private(&secret_file, &format!("{SECRET}\n"));
    house.context.settings.webhook = Some(WebhookSettings {
        url: format!("http://127.0.0.1:{}/events", receiver.port),
        secret_file,
        timeout_s: 1,
        connections_max: 8,
        ca_file: None,
        public_url: Some("https://reports.example.org/".to_owned()),
    });
    house
}

fn event_id(request: &Received) -> &str {
    request.headers.get("financr-event").map(String::as_str).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_arrives_at_least_once_with_the_same_id_and_what_is_refused_is_in_the_inbox() {
    let receiver = HostileReceiver::start().await;
    let mut house = house_with(&receiver).await;
    let recipients: Vec<String> = (0..EVENTS).map(|number| format!("webhook#{number}")).collect();
    house.publish(&recipients, 500, Necessity::Required).await;
    house.deliver_all().await;

    let mut requests: BTreeMap<String, Vec<Received>> = BTreeMap::new();
    for request in receiver.received() {
        assert_eq!(request.path, "/events", "no redirect is followed");
        requests.entry(event_id(&request).to_owned()).or_default().push(request);
    }
    let deliveries = house.deliveries().await;
    assert_eq!((deliveries.len(), requests.len()), (EVENTS, EVENTS), "nothing is lost, nothing is made up");
    let (mut twice, mut refused) = (0, 0);
    for delivery in &deliveries {
        let attempts = &requests[&delivery.id];
        let copies = attempts.iter().filter(|request| request.was_taken).count();
        if fate(&delivery.id, 1).is_final() {
            refused += 1;
            assert_eq!((delivery.state, attempts.len(), copies), (DeliveryState::Failed, 1, 0), "{delivery:?}");
            continue;
        }
        assert_eq!(delivery.state, DeliveryState::Delivered, "{delivery:?}");
        assert!(1 <= copies, "{delivery:?}");
        twice += usize::from(1 < copies);
        for request in attempts {
            assert_eq!(request.body, attempts[0].body, "each attempt says the same");
            let header = &request.headers[SIGNATURE_HEADER];
            let seconds: i64 = header[2..].split(',').next().expect("seconds").parse().expect("a number");
            let at = DateTime::from_timestamp(seconds, 0).expect("an instant");
            assert!(start() <= at && at <= house.context.clock.now(), "it is signed when it is sent");
            assert_eq!(signed_message::verify(SECRET.as_bytes(), header, &request.body, at), Ok(()));
        }
    }
    assert!(0 < twice && 0 < refused, "the receiver was as hostile as it should be: {twice}, {refused}");
    let findings = house.open_findings().await;
    assert_eq!(findings.len(), refused);
    for words in ["is gone (410)", "refused the event (400)", "redirect (307), which is not followed"] {
        assert!(findings.iter().any(|finding| finding.item.message.contains(words)), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_says_what_was_published_and_where_it_can_be_read() {
    let receiver = HostileReceiver::start().await;
    let mut house = house_with(&receiver).await;
    house.language = Language::French;
    house.publish(&addresses(1), 500, Necessity::Required).await;
    let new = NewDelivery {
        channel: "webhook".to_owned(),
        recipient: "webhook".to_owned(),
        subject: "Relevé de A. Client".to_owned(),
        necessity: Necessity::Required,
        language: Language::French,
        bundling: Bundling::Alone,
    };
    house.context.store.enqueue_delivery(STATEMENT, &new, start()).await.expect("queued");
    house.deliver_all().await;
    let taken = receiver.received();
    let event: Value = serde_json::from_slice(&taken[0].body).expect("JSON");
    let sent = house.deliveries().await;
    let sent = sent.iter().find(|delivery| delivery.channel == "webhook").expect("it was queued");
    let expected = serde_json::json!({
        "id": sent.id,
        "type": "statement.published",
        "occurred_at": "2015-01-01T02:00:00Z",
        "statement": {
            "id": STATEMENT,
            "kind": "portfolio_statement",
            "portfolio_id": "D01",
            "period_start": "2014-11-28",
            "period_end": "2014-12-31",
            "version": 1,
            "document_sha256": "d".repeat(64),
            "language": "fr",
        },
        "link": format!("https://reports.example.org/statements/{STATEMENT}/pdf"),
    });
    assert_eq!(event, expected);
    let text = String::from_utf8_lossy(&taken[0].body);
    assert!(!text.contains("example.org\"") && !text.contains("Client"), "nobody is named: {text}");
    let events = house.context.store.delivery_events(&sent.id).await.expect("readable");
    let last = events.last().expect("it was sent");
    assert_eq!(last.note, format!("answered 200; event {}", sent.id));
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_stops_the_events_and_not_the_mails() {
    let receiver = HostileReceiver::start().await;
    let mut house = house_with(&receiver).await;
    if let Some(webhook) = &mut house.context.settings.webhook {
        webhook.secret_file = house.folder.path().join("none");
    }
    house.publish(&["a@example.org".to_owned(), "webhook".to_owned()], 500, Necessity::Required).await;
    let error = deliver(&house.context).await.expect_err("refused");
    let told = schemas::with_causes(&error);
    assert!(told.contains("`secret_file`") && told.contains("cannot be read"), "{told}");
    let counts = house.context.store.delivery_counts().await.expect("readable");
    assert_eq!((counts.delivered, counts.pending), (1, 1));
    assert!(receiver.received().is_empty());
}
