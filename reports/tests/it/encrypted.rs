//! Copies that only a password opens.

use std::process::Command;

use lopdf::Document as Pdf;
use reports::Format;
use reports::render::{PASSWORD_BYTES_MAX, encrypted};
use reports::statements::portfolio_statement::build;
use secrecy::SecretString;

use crate::archival::{attachments, looked_at};
use crate::inputs::two_positions;
use crate::reading::{file, pdf_pages};

const KEY: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

/// The copy without its password, by another program; none if the password is wrong.
fn opened(copy: &[u8], password: &str) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from.pdf"), folder.path().join("to.pdf"));
    std::fs::write(&from, copy).expect("written");
    let mut command = Command::new("qpdf");
    command.arg(format!("--password={password}")).arg("--decrypt").arg(&from).arg(&to);
    let output = command.output().expect("`./test` installs qpdf");
    output.status.success().then(|| std::fs::read(&to).expect("written"))
}

#[test]
fn a_password_opens_a_copy_and_nothing_else_does() {
    let document = build(&two_positions()).expect("a statement");
    let plain = file(&document, Format::Pdf);
    let (password, owner) = ("correct horse Ünïcode", "somebody else");
    let copy = encrypted(&plain, &secret(password), &secret(owner), &KEY).expect("encrypted");
    for word in [&b"Portfolio statement"[..], b"portfolio_statement-", b"pdfaid"] {
        assert!(!copy.windows(word.len()).any(|part| part == word), "{}", String::from_utf8_lossy(word));
    }
    for known in [password, owner] {
        let said = looked_at("qpdf", &[&format!("--password={known}"), "--check"], &copy);
        assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
    }
    let said = looked_at("qpdf", &[&format!("--password={password}"), "--show-encryption"], &copy);
    assert!(said.contains("R = 6"), "{said}");
    assert!(said.contains("AESv3"), "{said}");

    assert!(opened(&copy, "wrong").is_none());
    let bytes = opened(&copy, password).expect("opened");
    assert_eq!(pdf_pages(&bytes), pdf_pages(&plain));
    assert_eq!(attachments(&bytes), attachments(&plain));
    let pdf = Pdf::load_mem(&bytes).expect("a PDF");
    let about = pdf.catalog().and_then(|catalog| catalog.get(b"Metadata")).and_then(|about| about.as_reference());
    let about = pdf.get_object(about.expect("there")).and_then(|about| about.as_stream()).expect("a description");
    let about = String::from_utf8(about.decompressed_content().expect("text")).expect("UTF-8");
    assert!(about.contains("dc:title") && !about.contains("pdfaid"), "it is no file for archives: {about}");
}

#[test]
fn what_cannot_be_a_password_is_refused() {
    let plain = file(&build(&two_positions()).expect("a statement"), Format::Pdf);
    let long = "x".repeat(PASSWORD_BYTES_MAX + 1);
    for (wrong, words) in [("", "is empty"), (long.as_str(), "more than 127 bytes"), ("a\nb", "control characters")] {
        let error = encrypted(&plain, &secret(wrong), &secret("owner"), &KEY).expect_err("refused").to_string();
        assert!(error.contains(words), "{error}");
    }
    let once = encrypted(&plain, &secret("a"), &secret("b"), &KEY).expect("encrypted");
    assert!(encrypted(&once, &secret("a"), &secret("b"), &KEY).is_err(), "a copy is not encrypted again");
    assert!(encrypted(b"no PDF", &secret("a"), &secret("b"), &KEY).is_err());
}
