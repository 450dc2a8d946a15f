//! Documents of one run for one address: they go in one mail, each with a row and a proof of its own.

use super::*;

/// What a client gets at a year's end.
const OF_A_YEAR: [&str; 6] =
    ["client_assets", "costs_and_charges", "performance_report", "portfolio_statement", "risk_report", "tax_report"];
const CLIENT: &str = "client@example.org";
/// Addresses of which each gets two documents from the hostile server, if the variable sets no other number.
const RECIPIENTS: usize = 300;

fn id_of(kind: &str) -> String {
    format!("{kind}-D01-2014-12-31-v1")
}

impl House {
    /// Publishes documents of some bytes, each announced to the client.
    async fn announce(&self, run_id: &schemas::RunId, documents: &[(&str, usize)], message: &NewDelivery) {
        for (kind, byte_count) in documents {
            let statement = self.statement(&id_of(kind), run_id.clone(), *byte_count).await;
            let message = NewDelivery { subject: format!("The {kind}"), ..message.clone() };
            let store = &self.context.store;
            store.publish_statement_with_deliveries(&statement, &[message]).await.expect("published");
        }
    }

    /// Publishes what a client gets at a year's end.
    async fn announce_a_year(&self) {
        let run_id = self.begin_run().await;
        let documents = OF_A_YEAR.map(|kind| (kind, 100));
        self.announce(&run_id, &documents, &self.message(CLIENT, Necessity::Required)).await;
    }

    /// The only message about a document.
    async fn about(&self, kind: &str) -> Delivery {
        let mut found = self.context.store.deliveries_of_statement(&id_of(kind)).await.expect("readable");
        assert_eq!(found.len(), 1, "{kind}");
        found.remove(0)
    }

    /// What happened to the only message about a document.
    async fn changes(&self, kind: &str) -> Vec<DeliveryChange> {
        let delivery = self.about(kind).await;
        let events = self.context.store.delivery_events(&delivery.id).await.expect("readable");
        events.iter().map(|event| event.change).collect()
    }
}

/// Which of the documents are attached to a mail. Their long names stand in numbered parts (RFC 2231).
fn attached(mail: &str) -> Vec<&'static str> {
    let mail = mail.replace("filename*0=", "filename=");
    OF_A_YEAR.into_iter().filter(|kind| mail.contains(&format!("filename=\"{}.pdf\"", id_of(kind)))).collect()
}

#[tokio::test]
async fn six_documents_are_one_mail_and_six_proofs() {
    let house = House::with_folder().await;
    house.announce_a_year().await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!((report.note.as_str(), report.rows_written), ("1 mails delivered with 6 documents", 6));
    let mails = house.mails();
    assert_eq!((mails.len(), attached(&mails[0])), (1, OF_A_YEAR.to_vec()));
    assert!(mails[0].contains("Subject: 6 documents to 2014-12-31"), "{}", mails[0]);
    assert!(!mails[0].contains("List-Unsubscribe"), "what is owed cannot be ended");
    for kind in OF_A_YEAR {
        assert!(mails[0].contains(&format!("The {kind}")), "it is listed: {kind}");
        let delivery = house.about(kind).await;
        let mail_id = delivery.mail_id.clone().expect("it went with a mail");
        assert!(mails[0].contains(&format!("Message-ID: <{mail_id}@financr.example>")), "{}", mails[0]);
        assert_eq!((delivery.state, delivery.copies), (DeliveryState::Delivered, 1));
        let events = house.context.store.delivery_events(&delivery.id).await.expect("readable");
        let proof = format!("written as {mail_id}.eml; Message-ID <{mail_id}@financr.example>");
        assert_eq!((events.len(), events[0].note.as_str()), (1, proof.as_str()));
    }
    assert_eq!(deliver(&house.context).await.expect("the pass ends").note, "0 mails delivered");

    let mut house = House::with_folder().await;
    house.context.settings.bundle_mails = false;
    house.announce_a_year().await;
    assert_eq!(deliver(&house.context).await.expect("the pass ends").note, "6 mails delivered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_in_the_window_makes_one_more_copy_of_the_same_mail() {
    let server = HostileServer::start(Temper::Wordless).await;
    let mut house = House::with_server(&server).await;
    house.announce_a_year().await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "0 mails delivered, 1 postponed");
    server.turn(Temper::Friendly);
    house.deliver_all().await;
    let copies = server.taken()[CLIENT].clone();
    assert_eq!((copies.len(), &copies[0]), (2, &copies[1]), "both have the same Message-ID");
    for kind in OF_A_YEAR {
        assert_eq!(house.about(kind).await.copies, 2, "each counts both");
        assert_eq!(house.changes(kind).await, [DeliveryChange::Unknown, DeliveryChange::Delivered]);
    }

    // A process that dies there leaves the same, and what was published meanwhile goes by itself.
    let house = House::with_server(&server).await;
    let run_id = house.begin_run().await;
    let other = "other@example.org";
    let message = house.message(other, Necessity::Required);
    house.announce(&run_id, &[("client_assets", 1), ("costs_and_charges", 1)], &message).await;
    let (store, dead) = (&house.context.store, somebody_dead());
    let claimed = store.claim_mail(&dead, LEASE, start(), 50).await.expect("claimed");
    assert_eq!(claimed.len(), 2);
    house.announce(&run_id, &[("tax_report", 1)], &message).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "2 mails delivered with 3 documents");
    let expected = format!("<{}@financr.example>", claimed[0].mail_id.clone().expect("bound before it is sent"));
    let taken = server.taken();
    assert_eq!((taken[other].len(), taken[other].contains(&expected)), (2, true), "{taken:?}");
    assert_eq!((house.about("tax_report").await.copies, house.about("client_assets").await.copies), (1, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_third_copy_of_a_bundle_is_never_begun_and_every_document_is_in_the_inbox() {
    let server = HostileServer::start(Temper::Wordless).await;
    let mut house = House::with_server(&server).await;
    house.announce_a_year().await;
    house.deliver_all().await;
    assert_eq!(server.taken()[CLIENT].len(), 2);
    let findings = house.open_findings().await;
    assert_eq!(findings.len(), 6);
    assert!(findings.iter().all(|row| row.item.message.contains("may have arrived; ask its recipient")));

    // What people send once more by its name goes alone, and the rest stays where it is.
    server.turn(Temper::Friendly);
    let tax_report = house.about("tax_report").await;
    deliveries::queue_again(&house.context, &tax_report.id, "nothing arrived", "anna").await.expect("queued");
    house.deliver_all().await;
    let taken = server.taken()[CLIENT].clone();
    assert_eq!((taken.len(), &taken[2]), (3, &format!("<{}@financr.example>", tax_report.id)));
    assert_eq!(house.open_findings().await.len(), 5);

    // By the name of the mail, all that is left of it goes together.
    let mail_id = tax_report.mail_id.expect("it went with a mail");
    let queued = deliveries::queue_again(&house.context, &mail_id, "nothing arrived", "anna").await.expect("queued");
    assert_eq!(queued.len(), 5);
    house.deliver_all().await;
    assert_eq!((server.taken()[CLIENT].len(), house.open_findings().await.len()), (4, 0));
}

#[tokio::test]
async fn what_is_published_later_goes_later_and_a_correction_by_itself() {
    let house = House::with_folder().await;
    let run_id = house.begin_run().await;
    let message = house.message(CLIENT, Necessity::Required);
    let documents = OF_A_YEAR.map(|kind| (kind, 100));
    house.announce(&run_id, &documents[..3], &message).await;
    deliver(&house.context).await.expect("the pass ends");
    house.announce(&run_id, &documents[3..5], &message).await;
    house.announce(&run_id, &documents[5..], &NewDelivery { bundling: Bundling::Alone, ..message }).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "2 mails delivered with 3 documents");
    let mut brought: Vec<Vec<&str>> = house.mails().iter().map(|mail| attached(mail)).collect();
    brought.sort();
    // The one that goes by itself is attached under the name that single statements have.
    assert_eq!(brought, [Vec::new(), OF_A_YEAR[..3].to_vec(), OF_A_YEAR[3..5].to_vec()]);
    assert!(house.mails().iter().any(|mail| mail.contains("Subject: The tax_report")));
}

#[tokio::test]
async fn what_can_be_ended_is_never_mixed_with_what_is_owed() {
    for is_suppressed in [false, true] {
        let house = House::with_folder().await;
        let run_id = house.begin_run().await;
        for (necessity, kinds) in [(Necessity::Required, [0, 1]), (Necessity::Optional, [2, 4])] {
            let documents = kinds.map(|place| (OF_A_YEAR[place], 100));
            house.announce(&run_id, &documents, &house.message(CLIENT, necessity)).await;
        }
        if is_suppressed {
            let new = NewSuppression { reason: SuppressionReason::Request, note: "", by: "anna" };
            house.context.store.suppress(CLIENT, &new, start()).await.expect("put");
        }
        let report = deliver(&house.context).await.expect("the pass ends");
        let mut brought: Vec<(bool, Vec<&str>)> =
            house.mails().iter().map(|mail| (mail.contains("List-Unsubscribe: "), attached(mail))).collect();
        brought.sort();
        let owed = (false, vec![OF_A_YEAR[0], OF_A_YEAR[1]]);
        if is_suppressed {
            assert_eq!(
                (report.note.as_str(), brought),
                ("1 mails delivered with 2 documents, 1 not wanted", vec![owed])
            );
            assert_eq!(house.about("risk_report").await.state, DeliveryState::Suppressed);
            assert_eq!(house.changes("performance_report").await, [DeliveryChange::Suppressed]);
        } else {
            assert_eq!(brought, [owed, (true, vec![OF_A_YEAR[2], OF_A_YEAR[4]])]);
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_becomes_a_link_or_has_a_mail_of_its_own() {
    // 1,000 bytes go with one mail: the first two, and of the others none.
    let documents = [("client_assets", 500), ("costs_and_charges", 500), ("risk_report", 400), ("tax_report", 1_001)];
    let mut house = House::with_folder().await;
    if let Some(mail) = &mut house.context.settings.mail {
        mail.public_url = Some("https://reports.example.org".to_owned());
    }
    let run_id = house.begin_run().await;
    house.announce(&run_id, &documents, &house.message(CLIENT, Necessity::Required)).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "1 mails delivered with 4 documents");
    let mail = house.mails().remove(0);
    assert_eq!(attached(&mail), OF_A_YEAR[..2]);
    for kind in ["risk_report", "tax_report"] {
        assert!(mail.contains(&format!("https://reports.example.org/statements/{}/pdf", id_of(kind))), "{mail}");
    }

    let house = House::with_folder().await;
    let run_id = house.begin_run().await;
    house.announce(&run_id, &documents, &house.message(CLIENT, Necessity::Required)).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "2 mails delivered with 3 documents, 1 given up");
    assert_eq!(house.mails().len(), 2);
    for kind in ["client_assets", "costs_and_charges", "risk_report"] {
        let delivery = house.about(kind).await;
        assert_eq!((delivery.state, delivery.attempts, delivery.copies), (DeliveryState::Delivered, 1, 1), "{kind}");
    }
    let finding = house.open_findings().await.remove(0);
    assert!(finding.item.message.contains("has 1001 bytes, more than `attachment_bytes_max` (1000)"), "{finding:?}");
}

#[tokio::test]
async fn a_document_that_cannot_be_read_holds_up_no_other() {
    let mut house = House::with_folder().await;
    house.announce_a_year().await;
    let object = format!("{}.pdf", id_of("risk_report"));
    house.context.lake.storage().remove(&object).await.expect("removed");
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "1 mails delivered with 5 documents, 1 postponed");
    house.context.lake.storage().put_once(&object, Bytes::from(vec![b'%'; 100])).await.expect("there again");
    house.deliver_all().await;
    assert_eq!((house.mails().len(), house.changes("risk_report").await.len()), (2, 2));

    // What may have gone out goes again as it was, or not yet.
    let house = House::with_folder().await;
    house.announce_a_year().await;
    let (store, dead) = (&house.context.store, somebody_dead());
    store.claim_mail(&dead, LEASE, start(), 50).await.expect("claimed");
    house.context.lake.storage().remove(&object).await.expect("removed");
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!((report.note.as_str(), house.mails().len()), ("0 mails delivered, 1 postponed", 0));
}

#[tokio::test]
async fn a_mail_that_is_refused_or_comes_back_does_so_for_each_of_its_documents() {
    let server = HostileServer::start(Temper::Refusing).await;
    let house = House::with_server(&server).await;
    house.announce_a_year().await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!((report.note.as_str(), house.open_findings().await.len()), ("0 mails delivered, 1 given up", 6));
    assert!(house.context.store.suppression(CLIENT).await.expect("readable").is_some());

    let house = House::with_folder().await;
    house.announce_a_year().await;
    deliver(&house.context).await.expect("the pass ends");
    let sent = house.about("tax_report").await;
    let named = Delivery { id: sent.mail_id.clone().expect("it went with a mail"), ..sent };
    for (text, is_believed) in [
        (report_of(&Delivery { recipient: "x@example.org".to_owned(), ..named.clone() }), false),
        (report_of(&named), true),
    ] {
        let taken = deliveries::take_in_returned(&house.context, text.as_bytes()).await;
        assert_eq!(taken.is_ok(), is_believed);
    }
    for kind in OF_A_YEAR {
        assert_eq!(house.changes(kind).await, [DeliveryChange::Delivered, DeliveryChange::Returned], "{kind}");
    }
    let counts = house.context.store.delivery_counts().await.expect("readable");
    assert_eq!((counts.delivered, counts.returned, house.open_findings().await.len()), (0, 6, 6));
}

fn report_of(delivery: &Delivery) -> String {
    super::report(delivery, "failed", "5.1.1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_documents_each_arrive_once_or_twice_in_the_window_whatever_the_server_does() {
    let count = std::env::var(MAILS_VARIABLE).map_or(RECIPIENTS, |text| text.parse().expect("a number of mails"));
    let server = HostileServer::start(Temper::Hostile { seed: 20_150_131 }).await;
    let mut house = House::with_server(&server).await;
    let run_id = house.begin_run().await;
    let messages: Vec<NewDelivery> =
        addresses(count).iter().map(|address| house.message(address, Necessity::Required)).collect();
    for kind in ["client_assets", "tax_report"] {
        let statement = house.statement(&id_of(kind), run_id.clone(), 500).await;
        house.context.store.publish_statement_with_deliveries(&statement, &messages).await.expect("published");
    }
    let begun = Instant::now();
    let passes = house.deliver_all().await;
    let taken = server.taken();
    let (mut arrived, mut twice, mut given_up) = (0, 0, 0);
    for kind in ["client_assets", "tax_report"] {
        for delivery in house.context.store.deliveries_of_statement(&id_of(kind)).await.expect("readable") {
            let copies = taken.get(&delivery.recipient).cloned().unwrap_or_default();
            let name = format!("<{}@financr.example>", delivery.mail_id.clone().expect("it was tried"));
            assert!(copies.iter().all(|copy| *copy == name), "one mail an address: {copies:?}");
            assert!(copies.len() <= 2, "{} copies: {delivery:?}", copies.len());
            if copies.len() == 2 {
                twice += 1;
                assert!(house.was_in_the_window(&delivery).await, "a second copy, and no first in the window");
            }
            match delivery.state {
                DeliveryState::Delivered => {
                    arrived += 1;
                    assert!(!copies.is_empty(), "delivered to nobody: {delivery:?}");
                }
                DeliveryState::Failed => given_up += 1,
                other => panic!("{other} has no end: {delivery:?}"),
            }
        }
    }
    assert_eq!(arrived + given_up, 2 * count, "nothing is lost");
    assert_eq!(house.open_findings().await.len(), given_up, "what is given up is in the inbox");
    assert!(0 < twice && 0 < given_up, "the server was as hostile as it should be");
    // The figures of a run by hand.
    eprintln!(
        "{} documents for {count} recipients, {passes} passes, {} attempts in {:?}: {arrived} arrived, {twice} of them \
         twice, {given_up} given up",
        2 * count,
        server.attempts(),
        begun.elapsed()
    );
}
