//! The message itself: headers, text, attachment.

use std::time::SystemTime;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::Mail;
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
    let content_type = ContentType::parse(mail.attachment.format.content_type())
        .map_err(|_| problem("the attachment's media type is not known"))?;
    let attachment =
        Attachment::new(file_name(&mail.attachment.file_name)).body(mail.attachment.content.to_vec(), content_type);
    let parts = MultiPart::mixed().boundary(format!("financr-{boundary}"));
    let plain = SinglePart::plain(mail.body.clone());
    let parts = match &mail.page {
        None => parts.singlepart(plain),
        Some(page) => {
            let either = MultiPart::alternative().boundary(format!("financr-body-{boundary}"));
            parts.multipart(either.singlepart(plain).singlepart(SinglePart::html(page.clone())))
        }
    };
    let parts = parts.singlepart(attachment);
    Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .date(SystemTime::from(mail.date))
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&mail.subject))
        .multipart(parts)
        .map_err(|_| problem("the message is incomplete"))
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
