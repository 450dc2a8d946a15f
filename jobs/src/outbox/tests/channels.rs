//! Several channels side by side: each is served by itself, and one that is closed holds up no other.

use reports::delivery::drop_folder::DropFolderSettings;

use super::*;

fn drop_folder(house: &House, formats: &[&str]) -> DropFolderSettings {
    DropFolderSettings {
        url: house.folder.path().join("drop").display().to_string(),
        formats: formats.iter().map(|format| (*format).to_owned()).collect(),
        s3: S3Settings::default(),
    }
}

fn dropped(house: &House) -> BTreeMap<String, Vec<u8>> {
    let Ok(files) = std::fs::read_dir(house.folder.path().join("drop/D01")) else { return BTreeMap::new() };
    let read = |file: std::fs::DirEntry| {
        (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).expect("readable"))
    };
    files.map(|file| read(file.expect("readable"))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_is_down_does_not_hold_up_the_drop_folder() {
    let server = HostileServer::start(Temper::Silent).await;
    let mut house = House::with_server(&server).await;
    house.context.settings.drop_folder = Some(drop_folder(&house, &["pdf"]));
    let recipients = ["a@example.org".to_owned(), "drop_folder".to_owned()];
    house.publish(&recipients, 500, Necessity::Required).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    let note = "0 mails delivered, 1 postponed; 1 statements for the drop folder delivered";
    assert_eq!(report.note, note);
    let files = dropped(&house);
    let (pdf, index) = (format!("{STATEMENT}.pdf"), format!("{STATEMENT}.sha256"));
    assert_eq!(files.keys().collect::<Vec<_>>(), [&pdf, &index]);
    assert_eq!(files[&pdf], vec![b'%'; 500]);

    // Sent once more by a person, or after a death before the note of it: the files are those that are there.
    let sent = house.deliveries().await;
    let sent = sent.iter().find(|delivery| delivery.channel == "drop_folder").expect("it was queued");
    assert_eq!(sent.state, DeliveryState::Delivered);
    let again = deliveries::queue_again(&house.context, &sent.id, "it was lost", "anna").await;
    assert!(again.is_err(), "what is delivered is not sent again");
    let events = house.context.store.delivery_events(&sent.id).await.expect("readable");
    assert_eq!(events[0].note, format!("written beside D01/{index}"));
}

#[tokio::test]
async fn what_is_for_a_channel_that_is_not_configured_waits_and_nothing_altered_leaves_the_house() {
    let mut house = House::with_folder().await;
    house.publish(&["drop_folder".to_owned()], 500, Necessity::Required).await;
    let report = deliver(&house.context).await.expect("the pass ends");
    assert_eq!(report.note, "0 mails delivered; the drop folder is not configured; 1 messages wait in the outbox");

    // The statement has a PDF and no CSV.
    house.context.settings.drop_folder = Some(drop_folder(&house, &["csv"]));
    deliver(&house.context).await.expect("the pass ends");
    let finding = house.open_findings().await.remove(0);
    assert!(finding.item.message.contains("has no csv file; take `csv` out of `formats`"), "{finding:?}");

    // The archive does not hold what was published.
    let store = &house.context.store;
    house.context.lake.storage().remove("statement.pdf").await.expect("removed");
    house.context.lake.storage().put_once("statement.pdf", Bytes::from_static(b"%%")).await.expect("put");
    house.context.settings.drop_folder = Some(drop_folder(&house, &["pdf"]));
    let failed = house.deliveries().await.remove(0);
    deliveries::queue_again(&house.context, &failed.id, "another format", "anna").await.expect("queued");
    deliver(&house.context).await.expect("the pass ends");
    assert!(dropped(&house).is_empty());
    let events = store.delivery_events(&failed.id).await.expect("readable");
    let last = events.last().expect("it was tried");
    assert!(last.note.contains("its SHA-256 differs"), "{}", last.note);
}

#[tokio::test]
async fn an_optional_mail_has_a_link_that_ends_it_where_the_house_can_be_reached() {
    let address = "a@example.org".to_owned();
    for necessity in [Necessity::Optional, Necessity::Required] {
        let mut house = House::with_folder().await;
        if let Some(mail) = &mut house.context.settings.mail {
            mail.public_url = Some("https://reports.example.org".to_owned());
        }
        house.publish(std::slice::from_ref(&address), 500, necessity).await;
        deliver(&house.context).await.expect("the pass ends");
        let token = house.context.store.unsubscribe_token(&address, start()).await.expect("made");
        let mail = house.mails().remove(0).replace("\r\n ", " ");
        let link = format!("List-Unsubscribe: <https://reports.example.org/unsubscribe/{token}>");
        assert_eq!(mail.contains(&link), necessity == Necessity::Optional, "{mail}");
        assert_eq!(mail.contains("List-Unsubscribe-Post"), necessity == Necessity::Optional, "{mail}");
    }
}
