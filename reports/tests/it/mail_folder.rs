//! Mail into a folder: the message, and that it appears once.

use bytes::Bytes;
use chrono::{TimeZone, Utc};
use reports::delivery::Outcome;
use reports::delivery::email::{Attachment, Mail, MailSettings, MailTransport, Mailer, Necessity};
use reports::{Error, Format};

pub(crate) fn mail(delivery_id: &str) -> Mail {
    Mail {
        delivery_id: delivery_id.parse().expect("an id"),
        to: "client@example.org".to_owned(),
        subject: "Your statement of 31 December 2014 – Réserve".to_owned(),
        body: "Dear client,\n\nattached is your statement.\n".to_owned(),
        page: None,
        attachments: vec![Attachment {
            file_name: "D03 2014-12-31.pdf".to_owned(),
            format: Format::Pdf,
            content: Bytes::from_static(b"%PDF-1.7 \xff\xfe a file"),
        }],
        necessity: Necessity::Required,
        unsubscribe_link: None,
        date: Utc.with_ymd_and_hms(2015, 1, 1, 4, 30, 0).single().expect("an instant"),
    }
}

fn settings(folder: &std::path::Path) -> MailSettings {
    settings_with(MailTransport::Folder(folder.to_owned()), 5)
}

/// Settings as shipped, with another transport.
pub(crate) fn settings_with(transport: MailTransport, timeout_s: u64) -> MailSettings {
    MailSettings {
        from: "Financr <statements@financr.example>".to_owned(),
        transport,
        timeout_s,
        attachment_bytes_max: 1_000,
        public_url: None,
        unsubscribe_url: None,
    }
}

/// What a folder answers about a message that is new to it.
fn written(id: &str) -> Outcome {
    Outcome::Delivered(format!("written as {id}.eml"))
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_message_has_its_headers_and_its_attachment() {
    let folder = tempfile::tempdir().expect("a folder");
    let mailer = Mailer::new(&settings(folder.path())).expect("a mailer");
    assert_eq!(mailer.deliver(&mail("D03-1")).await, written("D03-1"));
    let text = std::fs::read_to_string(folder.path().join("D03-1.eml")).expect("the message");
    let headers: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    for header in [
        "Message-ID: <D03-1@financr.example>",
        "Date: Thu, 01 Jan 2015 04:30:00 +0000",
        "To: client@example.org",
        "MIME-Version: 1.0",
    ] {
        assert!(headers.contains(&header), "{header} in {headers:?}");
    }
    assert!(headers.iter().any(|line| line.starts_with("From: ") && line.contains("<statements@financr.example>")));
    assert!(text.is_ascii(), "every mail server takes it");
    assert!(text.contains("filename=\"D03_2014-12-31.pdf\""), "{text}");
    assert!(text.contains("Content-Type: application/pdf"), "{text}");
    assert!(text.contains("attached is your statement."), "{text}");
}

#[tokio::test]
async fn a_page_is_the_other_body_of_the_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let mailer = Mailer::new(&settings(folder.path())).expect("a mailer");
    let page = Some("<!DOCTYPE html><p>Relevé</p>".to_owned());
    assert!(matches!(mailer.deliver(&Mail { page, ..mail("D03-4") }).await, Outcome::Delivered(_)));
    let text = std::fs::read_to_string(folder.path().join("D03-4.eml")).expect("the message");
    assert!(text.is_ascii(), "every mail server takes it");
    let places = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"];
    let found: Vec<usize> = places.iter().map(|part| text.find(part).expect("the part is there")).collect();
    assert!(found.is_sorted(), "the page comes after the text, which it replaces, and before the file: {found:?}");
}

#[tokio::test]
async fn several_files_go_with_one_message_in_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let mailer = Mailer::new(&settings(folder.path())).expect("a mailer");
    let file = |name: &str| Attachment { file_name: name.to_owned(), ..mail("D03-5").attachments.remove(0) };
    let several = Mail { attachments: vec![file("costs.pdf"), file("taxes.pdf")], ..mail("D03-5") };
    assert_eq!(mailer.deliver(&several).await, written("D03-5"));
    let text = std::fs::read_to_string(folder.path().join("D03-5.eml")).expect("the message");
    assert_eq!(text.matches("Content-Type: application/pdf").count(), 2, "{text}");
    let places = ["attached is your statement.", "filename=\"costs.pdf\"", "filename=\"taxes.pdf\""];
    let found: Vec<usize> = places.iter().map(|part| text.find(part).expect("the part is there")).collect();
    assert!(found.is_sorted(), "{found:?}");
}

#[tokio::test]
async fn a_delivery_appears_exactly_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mailer = Mailer::new(&settings(folder.path())).expect("a mailer");
    assert_eq!(mailer.deliver(&mail("D03-1")).await, written("D03-1"));
    let first = std::fs::read(folder.path().join("D03-1.eml")).expect("the message");
    let mut changed = mail("D03-1");
    changed.body.push_str("P.S.");
    assert_eq!(mailer.deliver(&changed).await, Outcome::AlreadyDelivered);
    assert_eq!(std::fs::read(folder.path().join("D03-1.eml")).expect("the message"), first);

    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let settings = settings(folder.path());
            tokio::spawn(async move { Mailer::new(&settings).expect("a mailer").deliver(&mail("D03-2")).await })
        })
        .collect();
    let mut delivered = 0;
    for attempt in attempts {
        match attempt.await.expect("no panic") {
            Outcome::Delivered(_) => delivered += 1,
            other => assert_eq!(other, Outcome::AlreadyDelivered),
        }
    }
    assert_eq!(delivered, 1);
    assert_eq!(names(folder.path()), ["D03-1.eml", "D03-2.eml"], "and nothing unfinished is left");
}

#[tokio::test]
async fn the_same_mail_gives_the_same_bytes() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for folder in [&here, &there] {
        let mailer = Mailer::new(&settings(folder.path())).expect("a mailer");
        assert_eq!(mailer.deliver(&mail("D03-1")).await, written("D03-1"));
    }
    let read = |folder: &tempfile::TempDir| std::fs::read(folder.path().join("D03-1.eml")).expect("the message");
    assert!(read(&here) == read(&there));
}

#[tokio::test]
async fn what_cannot_succeed_is_not_tried_again_and_names_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let mailer = Mailer::new(&settings(folder.path())).expect("a mailer");
    let mut nobody = mail("D03-1");
    nobody.to = "Alice Client, no address".to_owned();
    let Outcome::PermanentFailure(reason) = mailer.deliver(&nobody).await else { unreachable!("no address, no mail") };
    assert!(!reason.contains("Alice"), "{reason}");
    assert!(!format!("{nobody:?}").contains("Alice"), "not even in a log by mistake");

    let file = folder.path().join("a-file");
    std::fs::write(&file, "not a folder").expect("written");
    let blocked = Mailer::new(&settings(&file)).expect("a mailer").deliver(&mail("D03-1")).await;
    assert!(matches!(blocked, Outcome::ChannelFailure(_)), "{blocked:?}");

    let mut wrong = settings(folder.path());
    wrong.from = "nobody".to_owned();
    assert!(matches!(Mailer::new(&wrong), Err(Error::Mail { .. })));
}

#[test]
fn settings_are_strict() {
    let read = |text: &str| serde_json::from_str::<MailSettings>(text);
    let folder = read(r#"{ "from": "a@example.org", "transport": { "folder": "mail" } }"#).expect("a folder");
    assert!(matches!(folder.transport, MailTransport::Folder(_)));
    assert_eq!(folder.timeout_s, 30);
    let server =
        r#"{ "from": "a@example.org", "transport": { "smtp": { "host": "h", "port": 587, "username": "u" } } }"#;
    assert!(matches!(read(server).expect("a server").transport, MailTransport::Smtp(_)));
    for wrong in [
        r#"{ "from": "a@example.org" }"#,
        r#"{ "from": "a@example.org", "transport": { "pigeon": "roof" } }"#,
        r#"{ "from": "a@example.org", "transport": { "folder": "mail" }, "colour": "blue" }"#,
        r#"{ "from": "a@example.org", "transport": { "smtp": { "host": "h", "port": 587, "password": "p" } } }"#,
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

/// The header lines of a message, each unfolded.
async fn headers_of(mail: &Mail) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let outcome = Mailer::new(&settings(folder.path())).expect("a mailer").deliver(mail).await;
    assert!(matches!(outcome, Outcome::Delivered(_)), "{outcome:?}");
    let text = std::fs::read_to_string(folder.path().join(format!("{}.eml", mail.delivery_id))).expect("the message");
    let (headers, _) = text.split_once("\r\n\r\n").expect("headers and a body");
    headers.replace("\r\n ", " ").split("\r\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn only_an_optional_mail_says_how_to_end_it() {
    let mut settings = settings_with(MailTransport::Folder("mail".into()), 5);
    assert_eq!(settings.unsubscribe_link("0123"), None);
    settings.public_url = Some("https://reports.example.org/".to_owned());
    let unsubscribe_link = settings.unsubscribe_link("0123");
    assert_eq!(unsubscribe_link.as_deref(), Some("https://reports.example.org/unsubscribe/0123"));
    settings.unsubscribe_url = Some("https://www.example.org/end".to_owned());
    assert_eq!(settings.unsubscribe_link("0123").as_deref(), Some("https://www.example.org/end/0123"));

    let required = headers_of(&Mail { unsubscribe_link: unsubscribe_link.clone(), ..mail("D03-1") }).await;
    assert!(!required.iter().any(|line| line.starts_with("List-Unsubscribe")), "{required:?}");

    let optional = Mail { necessity: Necessity::Optional, unsubscribe_link, ..mail("D03-1") };
    // RFC 2369, section 3.2, and RFC 8058, section 3.1: the two headers as they stand there.
    let headers = headers_of(&optional).await;
    let by_mail = "<mailto:statements@financr.example?subject=unsubscribe%20D03-1>";
    for header in [
        &format!("List-Unsubscribe: <https://reports.example.org/unsubscribe/0123>, {by_mail}"),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(headers.iter().any(|line| line == header), "{header} in {headers:?}");
    }
    // One click needs a page; without one there is only the mail.
    let headers = headers_of(&Mail { unsubscribe_link: None, ..optional }).await;
    assert!(headers.contains(&format!("List-Unsubscribe: {by_mail}")), "{headers:?}");
    assert!(!headers.iter().any(|line| line.starts_with("List-Unsubscribe-Post")), "{headers:?}");
}

#[tokio::test]
async fn a_mail_without_a_file_is_a_mail() {
    let folder = tempfile::tempdir().expect("a folder");
    let linked = Mail { attachments: Vec::new(), ..mail("D03-1") };
    let outcome = Mailer::new(&settings(folder.path())).expect("a mailer").deliver(&linked).await;
    assert_eq!(outcome, written("D03-1"));
    let text = std::fs::read_to_string(folder.path().join("D03-1.eml")).expect("the message");
    assert!(!text.contains("application/pdf") && text.contains("attached is your statement."), "{text}");
}

#[test]
fn links_lead_to_protected_places_only() {
    for (url, is_right) in [
        ("https://reports.example.org", true),
        ("http://127.0.0.1:8080", true),
        ("http://localhost/reports", true),
        ("http://127.0.0.1.example.org", false),
        ("http://localhost.example.org/", false),
        ("http://localhost:80@example.org/", false),
        ("http://reports.example.org", false),
        ("https://", false),
        ("https://a.example/>\r\nBcc: x@example.org", false),
        ("reports.example.org", false),
    ] {
        let mut with_url = settings(std::path::Path::new("mail"));
        with_url.public_url = Some(url.to_owned());
        assert_eq!(Mailer::new(&with_url).is_ok(), is_right, "{url}");
    }
}
