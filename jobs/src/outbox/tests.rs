//! The outbox against servers that do their worst: all arrives once, or twice in the window, and nothing is lost.

mod accounts;
mod bundles;
mod channels;
mod events;
mod hostile_receiver;
mod hostile_server;
mod notes;
mod push_service;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use lake::{EngineSettings, Lake, S3Settings, Storage};
use pipelines::AgeLimits;
use reports::delivery::email::{MailSettings, MailTransport, SmtpSettings, TlsMode};
use schemas::tables::portfolios::Portfolio;
use schemas::{Clock, Currency, DeliveryChannel, Language};
use store::{
    Bundling, Claim, Delivery, DeliveryChange, DeliveryState, InboxFilter, InboxKind, InboxRow, InboxState,
    NewDelivery, NewRun, Statement, StatementFile, Store, StoreKind,
};
use tempfile::TempDir;

use super::*;
use crate::context::Settings;
use crate::deliveries;
use hostile_server::{HostileServer, Temper};

/// Mails that the hostile server gets, and the variable that sets another number to try by hand.
const MAILS: usize = 1_500;
const MAILS_VARIABLE: &str = "FINANCR_TEST_MAILS";
/// Passes after which everything must have an end: more than the tries of one message.
const PASSES_MAX: usize = 60;
const STATEMENT: &str = "portfolio_statement-D01-2014-12-31-v1";

/// A store, a lake and a clock that the test moves on.
struct House {
    context: Context,
    folder: TempDir,
    /// The language of the mails that are queued.
    language: Language,
}

impl House {
    async fn new(transport: impl FnOnce(&TempDir) -> MailTransport) -> House {
        let folder = TempDir::new().expect("a folder");
        let url = format!("sqlite:{}/store.db", folder.path().display());
        let store = Store::open(&url, StoreKind::Live).await.expect("the store opens");
        let storage = Storage::open("memory:", &S3Settings::default()).expect("memory");
        let settings = Settings {
            age_limits: AgeLimits::default(),
            holding_years: pipelines::HoldingYears::default(),
            firm: None,
            gips: reports::Gips::default(),
            statement_plan: crate::publication::StatementPlan::default(),
            ecb_reference_rates: pipelines::sources::ecb_reference_rates::Settings::default(),
            inbox: None,
            mail: Some(MailSettings {
                from: "Financr <statements@financr.example>".to_owned(),
                transport: transport(&folder),
                timeout_s: 1,
                attachment_bytes_max: 1_000,
                public_url: None,
                unsubscribe_url: None,
            }),
            drop_folder: None,
            webhook: None,
            web_push: None,
            delivery_attempts_max: 8,
            delivery_minutes_max: 10,
            bundle_mails: true,
        };
        let context = Context {
            store,
            lake: Lake::open(storage, &EngineSettings::default()).expect("the lake opens"),
            clock: Clock::Fixed(start()),
            settings,
            program_version: "0.1.0".to_owned(),
            watch: Arc::new(|_| {}),
        };
        House { context, folder, language: Language::English }
    }

    async fn with_server(server: &HostileServer) -> House {
        let port = server.port;
        let smtp = |_: &TempDir| {
            MailTransport::Smtp(SmtpSettings {
                host: "127.0.0.1".to_owned(),
                port,
                tls: TlsMode::None,
                ca_file: None,
                username: None,
                password: None,
                connections_max: 8,
            })
        };
        House::new(smtp).await
    }

    async fn with_folder() -> House {
        House::new(|folder| MailTransport::Folder(folder.path().join("mail"))).await
    }

    /// Publishes a statement of some bytes and announces it to addresses.
    async fn publish(&self, recipients: &[String], byte_count: usize, necessity: Necessity) {
        let run_id = self.begin_run().await;
        let statement = self.statement(STATEMENT, run_id, byte_count).await;
        let mails: Vec<NewDelivery> = recipients.iter().map(|recipient| self.message(recipient, necessity)).collect();
        self.context.store.publish_statement_with_deliveries(&statement, &mails).await.expect("published");
    }

    /// Begins the night that publishes, of one portfolio.
    async fn begin_run(&self) -> schemas::RunId {
        let store = &self.context.store;
        store.save_portfolio(&portfolio(), false, Clock::Fixed(start())).await.expect("the portfolio is saved");
        let date = "2014-12-31".parse().expect("a date");
        let new = NewRun {
            id: "nightly-2014-12-31-1".parse().expect("an id"),
            job: "nightly".to_owned(),
            from_date: date,
            to_date: date,
            revision: 1,
            input_fingerprint: "1".to_owned(),
            program_version: "0.1.0".to_owned(),
        };
        let claim = store.claim_run(&new, "test", TimeDelta::minutes(5), start()).await.expect("the run is claimed");
        assert!(matches!(claim, Claim::Claimed(_)), "{claim:?}");
        new.id
    }

    /// A statement of some bytes, which are in the lake.
    async fn statement(&self, id: &str, run_id: schemas::RunId, byte_count: usize) -> Statement {
        let (name, bytes) = (id.split('-').next().unwrap_or_default(), vec![b'%'; byte_count]);
        let object_path = if id == STATEMENT { "statement.pdf".to_owned() } else { format!("{id}.pdf") };
        let sha256 = reports::delivery::archive::sha256_hex(&bytes);
        self.context.lake.storage().put_once(&object_path, Bytes::from(bytes)).await.expect("kept");
        Statement {
            id: id.to_owned(),
            kind: name.to_owned(),
            subject: schemas::Subject::Portfolio("D01".parse().expect("an id")),
            period_start: "2014-11-28".parse().expect("a date"),
            period_end: "2014-12-31".parse().expect("a date"),
            version: 1,
            run_id,
            document_sha256: "d".repeat(64),
            files: vec![StatementFile {
                media_type: "application/pdf".to_owned(),
                object_path,
                sha256,
                byte_count: i64::try_from(byte_count).expect("small"),
            }],
            published_at: start(),
        }
    }

    /// A message to an address. Without one the recipient is the channel's own, with a number if there are several.
    fn message(&self, recipient: &str, necessity: Necessity) -> NewDelivery {
        let channel = if recipient.contains('@') { "email" } else { recipient.split('#').next().unwrap_or_default() };
        NewDelivery {
            channel: channel.to_owned(),
            recipient: recipient.to_owned(),
            subject: "Your statement".to_owned(),
            necessity,
            language: self.language,
            bundling: Bundling::Together,
        }
    }

    /// Goes through the outbox, and on to the instant at which the next message is due, until none waits. Returns the
    /// number of passes.
    async fn deliver_all(&mut self) -> usize {
        for pass in 1..=PASSES_MAX {
            deliver(&self.context).await.expect("the pass ends");
            let Some(due) = self.context.store.next_delivery_due_at().await.expect("readable") else {
                return pass;
            };
            self.context.clock = Clock::Fixed(self.context.clock.now().max(due));
        }
        panic!("messages still wait after {PASSES_MAX} passes");
    }

    async fn deliveries(&self) -> Vec<Delivery> {
        self.context.store.deliveries_of_statement(STATEMENT).await.expect("readable")
    }

    /// Whether an attempt is on record after which nobody could say what had become of the message.
    async fn was_in_the_window(&self, delivery: &Delivery) -> bool {
        let events = self.context.store.delivery_events(&delivery.id).await.expect("readable");
        events.iter().any(|event| event.change == DeliveryChange::Unknown)
    }

    async fn open_findings(&self) -> Vec<InboxRow> {
        let mut found: Vec<InboxRow> = Vec::new();
        let filter = InboxFilter { portfolio: None, kind: Some(InboxKind::Delivery), state: Some(InboxState::Open) };
        loop {
            let last = found.last().map(InboxRow::cursor);
            let page = self.context.store.inbox(&filter, 500, last.as_ref()).await.expect("readable");
            if page.is_empty() {
                return found;
            }
            found.extend(page);
        }
    }

    /// The mails in the folder as text, with the line breaks of their encoding taken out.
    fn mails(&self) -> Vec<String> {
        let Ok(files) = std::fs::read_dir(self.folder.path().join("mail")) else { return Vec::new() };
        let text = |path: std::path::PathBuf| std::fs::read_to_string(path).expect("readable");
        files.map(|file| text(file.expect("readable").path()).replace("=\r\n", "").replace("=3D", "=")).collect()
    }
}

fn start() -> DateTime<Utc> {
    "2015-01-01T02:00:00Z".parse().expect("an instant")
}

/// A portfolio of no particular kind.
pub(crate) fn portfolio() -> Portfolio {
    Portfolio {
        portfolio_id: "D01".parse().expect("an id"),
        market_id: "world".parse().expect("an id"),
        fx_source: "ecb_reference_rates".parse().expect("an id"),
        title: "Portfolio D01".to_owned(),
        base_currency: Currency::EUR,
        start_date: "2014-01-02".parse().expect("a date"),
        end_date: None,
        benchmark_symbol: None,
        benchmark_blend: None,
        risk_free_annual: None,
        risk_free_source: None,
        client_email: None,
        delivery: None,
        language: Language::English,
        confirmations: false,
        cost_basis: "fifo".to_owned(),
        locked_through: None,
    }
}

fn addresses(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("client-{number}@example.org")).collect()
}

/// An owner that is known to be gone: a process of this machine before it was started anew.
fn somebody_dead() -> String {
    let me = owner::this_process();
    let mut parts: Vec<&str> = me.split('/').collect();
    parts[1] = "before";
    let dead = parts.join("/");
    assert!(owner::is_dead(&dead), "{dead}");
    dead
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_once_or_twice_in_the_window_and_nothing_is_lost() {
    let count = std::env::var(MAILS_VARIABLE).map_or(MAILS, |text| text.parse().expect("a number of mails"));
    let server = HostileServer::start(Temper::Hostile { seed: 20_150_101 }).await;
    let mut house = House::with_server(&server).await;
    house.publish(&addresses(count), 500, Necessity::Required).await;
    let passes = house.deliver_all().await;

    let taken = server.taken();
    let deliveries = house.deliveries().await;
    assert_eq!(deliveries.len(), count);
    let mut twice = 0;
    let mut may_have_arrived = Vec::new();
    let mut refused = 0;
    for delivery in &deliveries {
        let copies = taken.get(&delivery.recipient).cloned().unwrap_or_default();
        let ids: BTreeSet<&String> = copies.iter().collect();
        assert!(ids.iter().all(|id| **id == format!("<{}@financr.example>", delivery.id)), "{ids:?}");
        assert!(copies.len() <= 2, "{} copies: {delivery:?}", copies.len());
        if copies.len() == 2 {
            twice += 1;
            assert!(house.was_in_the_window(delivery).await, "a second copy, and no first in the window: {delivery:?}");
        }
        match delivery.state {
            DeliveryState::Delivered => assert!(!copies.is_empty(), "delivered to nobody: {delivery:?}"),
            DeliveryState::Failed if server.refuses(&delivery.recipient) => {
                refused += 1;
                assert!(copies.is_empty(), "what is refused has not arrived");
            }
            DeliveryState::Failed => {
                assert_eq!(delivery.last_error.as_deref(), Some(verdict::MAY_HAVE_ARRIVED));
                may_have_arrived.push(delivery.clone());
            }
            other => panic!("{other} has no end: {delivery:?}"),
        }
    }
    let refusable = deliveries.iter().filter(|delivery| server.refuses(&delivery.recipient)).count();
    assert_eq!(refused, refusable, "whoever is refused for good is given up");
    assert!(0 < twice && 0 < refused && !may_have_arrived.is_empty(), "the server was as hostile as it should be");

    // Every message that was given up is in the inbox, once; sent once more by a person, it arrives.
    let findings = house.open_findings().await;
    assert_eq!(findings.len(), refused + may_have_arrived.len());
    let lost: Vec<&Delivery> =
        may_have_arrived.iter().filter(|delivery| !taken.contains_key(&delivery.recipient)).collect();
    server.turn(Temper::Friendly);
    for delivery in &lost {
        deliveries::queue_again(&house.context, &delivery.id, "nothing arrived", "anna").await.expect("queued");
    }
    house.deliver_all().await;
    let taken = server.taken();
    for delivery in &lost {
        assert_eq!(taken.get(&delivery.recipient).map(Vec::len), Some(1), "{delivery:?}");
    }
    assert_eq!(house.open_findings().await.len(), findings.len() - lost.len(), "what is settled is closed");
    let arrived = deliveries.iter().filter(|delivery| taken.contains_key(&delivery.recipient)).count();
    assert_eq!(arrived + refused, count, "nothing is lost");
    let (perhaps, attempts) = (may_have_arrived.len(), server.attempts());
    // The figures of a run by hand.
    eprintln!(
        "{count} mails, {passes} passes, {attempts} attempts: {arrived} arrived, {twice} of them twice, {refused} \
         refused for good, {perhaps} given up as perhaps arrived, of which {} had not",
        lost.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_ends_the_pass_and_costs_no_message() {
    let server = HostileServer::start(Temper::Silent).await;
    let mut house = House::with_server(&server).await;
    house.publish(&addresses(300), 500, Necessity::Required).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.rows_written, 0);
    assert!(report.snags.iter().any(|snag| snag.contains("300 messages wait in the outbox")), "{:?}", report.snags);
    let tried: i64 = house.deliveries().await.iter().map(|delivery| delivery.attempts).sum();
    // Twenty in a row, and what the seven other senders had begun meanwhile.
    assert!((20..=28).contains(&tried), "{tried}");

    server.turn(Temper::Friendly);
    house.deliver_all().await;
    let counts = house.context.store.delivery_counts().await.expect("readable");
    assert_eq!((counts.delivered, counts.pending, counts.failed), (300, 0, 0));
    assert_eq!(server.taken().len(), 300);
    assert!(house.open_findings().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_dies_in_the_window_twice_leaves_two_copies_and_a_finding() {
    let server = HostileServer::start(Temper::Friendly).await;
    let house = House::with_server(&server).await;
    house.publish(&addresses(1), 500, Necessity::Required).await;
    let (store, dead) = (&house.context.store, somebody_dead());
    for copies in [1, 2] {
        let claimed = store.claim_deliveries(DeliveryChannel::Email, &dead, LEASE, start(), 1).await.expect("claimed");
        assert_eq!(claimed[0].copies, copies);
        assert_eq!(store.release_deliveries(&dead).await.expect("lifted"), 1);
    }
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "0 mails delivered, 1 given up");
    assert!(server.taken().is_empty(), "a third copy is never begun");
    let findings = house.open_findings().await;
    assert!(findings[0].item.message.contains("may have arrived; ask its recipient"), "{}", findings[0].item.message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_dies_once_is_replaced() {
    let server = HostileServer::start(Temper::Friendly).await;
    let house = House::with_server(&server).await;
    house.publish(&addresses(1), 500, Necessity::Required).await;
    let claimed = house
        .context
        .store
        .claim_deliveries(DeliveryChannel::Email, &somebody_dead(), LEASE, start(), 1)
        .await
        .expect("claimed");
    assert_eq!(claimed.len(), 1);
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!((report.rows_written, server.taken().len()), (1, 1));
    let events = house.context.store.delivery_events(&claimed[0].id).await.expect("readable");
    let proof = format!("250 2.0.0 queued; Message-ID <{}@financr.example>", claimed[0].id);
    assert_eq!((events.len(), events[0].attempt, events[0].note.as_str()), (1, 2, proof.as_str()));
}

#[tokio::test]
async fn a_refused_address_gets_nothing_optional_any_more_and_is_named_in_the_inbox() {
    let server = HostileServer::start(Temper::Refusing).await;
    let house = House::with_server(&server).await;
    house.publish(&addresses(1), 500, Necessity::Required).await;
    deliver(&house.context).await.expect("the pass ends");
    let (store, address) = (&house.context.store, "client-0@example.org");
    let listed = store.suppression(address).await.expect("readable").expect("it is on the list");
    assert_eq!((listed.reason, listed.added_by.as_str()), (SuppressionReason::Bounce, "financr"));
    let findings = house.open_findings().await;
    assert_eq!(findings.len(), 1);
    assert!(findings[0].item.detail.contains(address) && !findings[0].item.message.contains(address));

    let house = House::with_folder().await;
    let new = NewSuppression { reason: SuppressionReason::Request, note: "", by: "anna" };
    house.context.store.suppress(address, &new, start()).await.expect("put");
    house.publish(&addresses(2), 500, Necessity::Optional).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "1 mails delivered, 1 not wanted");
    let states: BTreeMap<String, DeliveryState> =
        house.deliveries().await.into_iter().map(|delivery| (delivery.recipient, delivery.state)).collect();
    assert_eq!(states[address], DeliveryState::Suppressed);
    assert!(house.mails().iter().all(|mail| !mail.contains(address) && mail.contains("List-Unsubscribe: ")));
    assert!(house.open_findings().await[0].item.detail.contains(address));

    let house = House::with_folder().await;
    house.context.store.suppress(address, &new, start()).await.expect("put");
    house.publish(&addresses(1), 500, Necessity::Required).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "1 mails delivered", "what is owed is sent whatever the list says");
}

#[tokio::test]
async fn a_mail_is_written_in_the_language_that_was_queued_with_it() {
    // The statement has no JSON to learn a language from, and its portfolio is in English by now.
    let mut house = House::with_folder().await;
    house.language = Language::French;
    house.publish(&addresses(1), 500, Necessity::Required).await;
    deliver(&house.context).await.expect("the pass ends");
    let mail = house.mails().remove(0);
    assert!(mail.contains("Veuillez trouver ci-joint") && !mail.contains("please find attached"), "{mail}");
}

#[tokio::test]
async fn a_document_that_is_too_large_becomes_a_link() {
    let mut house = House::with_folder().await;
    house.publish(&addresses(1), 1_001, Necessity::Required).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "0 mails delivered, 1 given up");
    let finding = house.open_findings().await.remove(0);
    assert!(finding.item.message.contains("has 1001 bytes, more than `attachment_bytes_max` (1000)"), "{finding:?}");

    if let Some(mail) = &mut house.context.settings.mail {
        mail.public_url = Some("https://reports.example.org/".to_owned());
    }
    let failed = house.deliveries().await.remove(0);
    deliveries::queue_again(&house.context, failed.short_id(), "public_url is set", "anna").await.expect("queued");
    deliver(&house.context).await.expect("the pass ends");
    let mail = house.mails().remove(0);
    let link = format!("https://reports.example.org/statements/{STATEMENT}/pdf");
    assert!(mail.contains(&link) && mail.contains("after you have logged in"), "{mail}");
    assert!(!mail.contains("application/pdf"), "{mail}");
    assert!(house.open_findings().await.is_empty());

    let house = House::with_folder().await;
    house.publish(&addresses(1), 1_000, Necessity::Required).await;
    deliver(&house.context).await.expect("the pass ends");
    assert!(house.mails()[0].contains("application/pdf"), "the limit itself is attached");
}

fn report(delivery: &Delivery, action: &str, status: &str) -> String {
    format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=p\r\n\r\n--p\r\n\
         Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; {}\r\nAction: {action}\r\n\
         Status: {status}\r\n\r\n--p\r\nContent-Type: text/rfc822-headers\r\n\r\n\
         Message-ID: <{}@financr.example>\r\nTo: {}\r\n\r\n--p--\r\n",
        delivery.recipient, delivery.id, delivery.recipient
    )
}

#[tokio::test]
async fn a_report_is_believed_only_about_what_was_sent_and_to_whom() {
    let house = House::with_folder().await;
    house.publish(&addresses(2), 500, Necessity::Required).await;
    deliver(&house.context).await.expect("the pass ends");
    let sent = house.deliveries().await;
    let store = &house.context.store;
    let context = &house.context;
    let take_in = |text: String| async move { deliveries::take_in_returned(context, text.as_bytes()).await };

    let forged = Delivery { recipient: sent[1].recipient.clone(), ..sent[0].clone() };
    let elsewhere = Delivery { id: "6f1c2f0e-0d0a-5a11-9d3e-000000000001".to_owned(), ..sent[0].clone() };
    for wrong in [report(&forged, "failed", "5.1.1"), report(&elsewhere, "failed", "5.1.1"), "hello".to_owned()] {
        assert!(matches!(take_in(wrong).await, Err(Error::Returned { .. })));
    }
    assert_eq!(take_in(report(&sent[0], "delayed", "4.4.7")).await.expect("read"), deliveries::TakenIn::Nothing);
    assert!(store.suppressions("", 10).await.expect("readable").is_empty());
    assert!(house.open_findings().await.is_empty());

    let noted = deliveries::TakenIn::Noted(vec![sent[0].id.clone()]);
    for _ in 0..2 {
        assert_eq!(take_in(report(&sent[0], "failed", "5.1.1")).await.expect("read"), noted);
    }
    let listed = store.suppressions("", 10).await.expect("readable");
    assert_eq!((listed.len(), listed[0].recipient.as_str()), (1, sent[0].recipient.as_str()));
    let counts = store.delivery_counts().await.expect("readable");
    assert_eq!((counts.delivered, counts.returned), (1, 1));
    let findings = house.open_findings().await;
    assert_eq!(findings.len(), 1, "told twice, found once");
    assert!(findings[0].item.message.contains("it came back: failed 5.1.1"), "{}", findings[0].item.message);
}
