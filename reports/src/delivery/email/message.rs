//! The message itself: headers, text, attachments if there are any.

use std::time::SystemTime;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::{Mail, Necessity};
use crate::delivery::archive::sha256_hex;
use crate::error::Error;

/// Digits of the delivery's fingerprint that make the boundary between the parts.
const BOUNDARY_LENGTH: usize = 32;

/// Builds the message. The same mail gives the same bytes.
///
/// # Errors
/// [`Error::Mail`] if the recipient's address or the date cannot be used; the error does not repeat the address.
pub(super) fn compose(from: &Mailbox, mail: &Mail) -> Result<Message, Error> {
    let problem = |problem: &str| Error::Mail { problem: problem.to_owned() };
    let to: Address = mail.to.trim().parse().map_err(|_| problem("the recipient's address is no mail address"))?;
    if mail.date.timestamp() < 0 {
        return Err(problem("the date is before 1970"));
    }
    let id = mail.delivery_id.as_str();
    let boundary: String = sha256_hex(id.as_bytes()).chars().take(BOUNDARY_LENGTH).collect();
    let parts = MultiPart::mixed().boundary(format!("financr-{boundary}"));
    let plain = SinglePart::plain(mail.body.clone());
    let mut parts = match &mail.page {
        None => parts.singlepart(plain),
        Some(page) => {
            let either = MultiPart::alternative().boundary(format!("financr-body-{boundary}"));
            parts.multipart(either.singlepart(plain).singlepart(SinglePart::html(page.clone())))
        }
    };
    for file in &mail.attachments {
        let content_type = ContentType::parse(file.format.content_type())
            .map_err(|_| problem("the attachment's media type is not known"))?;
        let name = file_name(&file.file_name);
        parts = parts.singlepart(Attachment::new(name).body(file.content.to_vec(), content_type));
    }
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}>", message_id(from, id))))
        .date(SystemTime::from(mail.date))
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&mail.subject));
    if mail.necessity == Necessity::Optional {
        for (name, value) in unsubscribe_headers(from, mail.unsubscribe_link.as_deref(), id) {
            builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        }
    }
    builder.multipart(parts).map_err(|_| problem("the message is incomplete"))
}

/// The id of the message of a delivery, without angle brackets.
pub(super) fn message_id(from: &Mailbox, delivery_id: &str) -> String {
    format!("{delivery_id}@{}", from.email.domain())
}

/// How a mail program ends mails of this kind: with one POST to a link (RFC 8058), or by a mail to the sender that
/// names the delivery (RFC 2369).
fn unsubscribe_headers(from: &Mailbox, link: Option<&str>, delivery_id: &str) -> Vec<(&'static str, String)> {
    let by_mail = format!("<mailto:{}?subject=unsubscribe%20{delivery_id}>", from.email);
    match link {
        None => vec![("List-Unsubscribe", by_mail)],
        Some(link) => vec![
            ("List-Unsubscribe", format!("<{link}>, {by_mail}")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ],
    }
}

/// A header must not start another one.
fn one_line(text: &str) -> String {
    let shown = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    shown.collect::<String>().trim().to_owned()
}

/// A file name that no mail program and no file system takes for anything else.
fn file_name(name: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let safe: String = name.chars().map(|letter| if allowed(letter) { letter } else { '_' }).collect();
    let safe = safe.trim_start_matches('.');
    if safe.is_empty() { "statement".to_owned() } else { safe.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_subjects_stay_on_their_line() {
        assert_eq!(one_line("Statement\r\nBcc: x@example.org"), "Statement  Bcc: x@example.org");
        assert_eq!(file_name("../Übersicht 2014.pdf"), "__bersicht_2014.pdf");
        assert_eq!(file_name("..."), "statement");
    }
}
