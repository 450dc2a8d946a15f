//! The letter of a mail: what it says, and its documents or where they are.
//!
//! One document is brought by a letter about it, several by a list. What cannot go with the others is told apart before
//! anything is sent: it has an end of its own, or waits for a mail of its own.

use bytes::Bytes;
use reports::Format;
use reports::delivery::email::{self, Attachment, Mail, MailSettings};
use reports::delivery::{DeliveryId, Outcome};
use reports::texts::{Label, Texts};
use store::{Delivery, Necessity, Statement, StatementFile};

use super::fates::Fate;
use crate::context::Context;
use crate::error::Error;

/// Bytes of a page that a message takes; of longer ones mail programs show a part only.
const PAGE_BYTES_MAX: i64 = 100_000;

/// A document of a mail.
struct Enclosure {
    delivery: Delivery,
    statement: Statement,
    place: Place,
}

/// Where a document is.
enum Place {
    /// With the mail: these bytes.
    Attached(Bytes),
    /// Behind this address, which asks for a login.
    Behind(String),
}

/// What a mail takes of the messages that were to go with it.
#[derive(Default)]
pub(super) struct Packed {
    enclosures: Vec<Enclosure>,
    /// What became of those that no mail can bring.
    pub(super) fates: Vec<Fate>,
    /// Those for which there is no room; their mail is another one.
    pub(super) for_another: Vec<Delivery>,
}

impl Packed {
    /// The messages that the mail brings.
    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        self.enclosures.iter().map(|enclosure| enclosure.delivery.clone()).collect()
    }
}

/// Gathers the documents of a mail, as far as there is room.
pub(super) async fn pack(
    context: &Context,
    settings: &MailSettings,
    deliveries: Vec<Delivery>,
) -> Result<Packed, Error> {
    let mut packed = Packed::default();
    let mut found = Vec::with_capacity(deliveries.len());
    for delivery in &deliveries {
        match context.store.statement(&delivery.statement_id).await? {
            Some(statement) => found.push((delivery.clone(), statement)),
            None => packed.fates.push(never(delivery.clone(), "its statement is not in the store".to_owned())),
        }
    }
    found.sort_by_key(|(_, one)| (one.subject.clone(), one.period_end, one.id.clone()));
    let mut room = settings.attachment_bytes_max;
    for (delivery, statement) in found {
        let Some(file) = statement.files.iter().find(|file| file.media_type == Format::Pdf.content_type()) else {
            packed.fates.push(never(delivery, "its statement has no PDF".to_owned()));
            continue;
        };
        let bytes = u64::try_from(file.byte_count).unwrap_or(u64::MAX);
        if bytes <= room {
            match context.lake.storage().get(&file.object_path).await {
                Ok(content) => {
                    room -= bytes;
                    let place = Place::Attached(content);
                    packed.enclosures.push(Enclosure { delivery, statement, place });
                }
                Err(error) => {
                    let outcome = unreadable(&delivery, &error);
                    if may_be_out(&deliveries) {
                        // What may have gone out goes again as it was: without this document it would be another mail.
                        return Ok(Packed { fates: vec![Fate::of(deliveries, outcome)], ..Packed::default() });
                    }
                    packed.fates.push(Fate::of(vec![delivery], outcome));
                }
            }
            continue;
        }
        match &settings.public_url {
            Some(url) => {
                let place = Place::Behind(link(url, &statement));
                packed.enclosures.push(Enclosure { delivery, statement, place });
            }
            None if settings.attachment_bytes_max < bytes => {
                packed.fates.push(never(delivery, too_large(bytes, settings)));
            }
            None => packed.for_another.push(delivery),
        }
    }
    Ok(packed)
}

/// Whether a copy of what is leased may have gone out before this attempt.
fn may_be_out(deliveries: &[Delivery]) -> bool {
    deliveries.iter().any(|delivery| 1 < delivery.copies)
}

/// The mail with what was packed, bound to it in the store; none if nothing was, or what became of it because there can
/// be no mail.
pub(super) async fn compose(
    context: &Context,
    settings: &MailSettings,
    packed: &Packed,
    deliveries: &mut [Delivery],
) -> Result<Option<Result<Mail, Outcome>>, Error> {
    context.store.bind_mail(deliveries).await?;
    let Some(first) = deliveries.first() else { return Ok(None) };
    let delivery_id: DeliveryId = match mail_id(first).parse() {
        Ok(id) => id,
        Err(error) => return Ok(Some(Err(Outcome::PermanentFailure(error.to_string())))),
    };
    let texts = Texts::of(first.language);
    let (subject, body, page) = match packed.enclosures.as_slice() {
        [only] => match page_of(context, &only.statement).await {
            Ok(page) => (only.delivery.subject.clone(), body(only, texts), page),
            Err(error) => return Ok(Some(Err(unreadable(&only.delivery, &error)))),
        },
        several => (subject_of_several(several, texts), body_of_several(several, texts), None),
    };
    let necessity = match first.necessity {
        Necessity::Required => email::Necessity::Required,
        Necessity::Optional => email::Necessity::Optional,
    };
    let is_one = packed.enclosures.len() == 1;
    let attachments = packed.enclosures.iter().filter_map(|enclosure| match &enclosure.place {
        Place::Attached(content) => {
            let file_name =
                if is_one { name_of_only(&enclosure.statement) } else { name_among_several(&enclosure.statement) };
            Some(Attachment { file_name, format: Format::Pdf, content: content.clone() })
        }
        Place::Behind(_) => None,
    });
    let published = packed.enclosures.iter().map(|enclosure| enclosure.statement.published_at);
    Ok(Some(Ok(Mail {
        delivery_id,
        to: first.recipient.clone(),
        subject,
        body,
        page,
        attachments: attachments.collect(),
        necessity,
        unsubscribe_link: unsubscribe_link(context, settings, first).await?,
        // The last of them: the same for every attempt.
        date: published.max().unwrap_or(first.queued_at),
    })))
}

/// The id of the mail that a message is going with.
pub(super) fn mail_id(delivery: &Delivery) -> &str {
    delivery.mail_id.as_deref().unwrap_or(&delivery.id)
}

fn name_of_only(statement: &Statement) -> String {
    format!("statement-{}-{}.pdf", statement.subject, statement.period_end)
}

/// No two documents of a mail have one name.
fn name_among_several(statement: &Statement) -> String {
    format!("{}.pdf", statement.id)
}

fn never(delivery: Delivery, reason: String) -> Fate {
    Fate::of(vec![delivery], Outcome::PermanentFailure(reason))
}

/// One document that cannot be read must not hold up the others.
fn unreadable(delivery: &Delivery, error: &lake::Error) -> Outcome {
    tracing::warn!(delivery.id = delivery.id, %error, "a document cannot be read");
    Outcome::TransientFailure("its document cannot be read from the lake".to_owned())
}

fn too_large(bytes: u64, settings: &MailSettings) -> String {
    let most = settings.attachment_bytes_max;
    format!(
        "its document has {bytes} bytes, more than `attachment_bytes_max` ({most}), and without `public_url` there is \
         no link to it; set one of them under [mail]"
    )
}

/// Where the recipient ends mails of this kind; none if they are owed, or there is no such place.
async fn unsubscribe_link(
    context: &Context,
    settings: &MailSettings,
    delivery: &Delivery,
) -> Result<Option<String>, Error> {
    if delivery.necessity == Necessity::Required || settings.unsubscribe_link("").is_none() {
        return Ok(None);
    }
    let token = context.store.unsubscribe_token(&delivery.recipient, context.clock.now()).await?;
    Ok(settings.unsubscribe_link(&token))
}

/// The address of the document in the API, which asks who wants to see it.
pub(super) fn link(public_url: &str, statement: &Statement) -> String {
    format!("{}/statements/{}/pdf", public_url.trim_end_matches('/'), statement.id)
}

/// What a mail with one document says.
fn body(only: &Enclosure, texts: Texts) -> String {
    let (label, link) = match &only.place {
        Place::Attached(_) => (Label::MailBody, ""),
        Place::Behind(link) => (Label::MailBodyWithLink, link.as_str()),
    };
    let statement = &only.statement;
    let date = texts.date(statement.period_end);
    let values = [
        ("portfolio", statement.subject.id()),
        ("date", &*date),
        ("statement", statement.id.as_str()),
        ("hash", statement.document_sha256.as_str()),
        ("link", link),
    ];
    texts.label_with(label, &values)
}

fn subject_of_several(several: &[Enclosure], texts: Texts) -> String {
    let last = several.iter().map(|enclosure| enclosure.statement.period_end).max();
    let (count, date) = (several.len().to_string(), last.map(|date| texts.date(date)).unwrap_or_default());
    texts.label_with(Label::MailSubjectOfSeveral, &[("count", &*count), ("date", &*date)])
}

/// What a mail with several documents says: each of them, and where it is.
fn body_of_several(several: &[Enclosure], texts: Texts) -> String {
    let mut documents = String::new();
    for Enclosure { delivery, statement, place } in several {
        let (label, name, value) = match place {
            Place::Attached(_) => (Label::AttachedDocument, "file", name_among_several(statement)),
            Place::Behind(link) => (Label::LinkedDocument, "link", link.clone()),
        };
        let values = [
            ("title", delivery.subject.as_str()),
            (name, value.as_str()),
            ("statement", statement.id.as_str()),
            ("hash", statement.document_sha256.as_str()),
        ];
        documents += &texts.label_with(label, &values);
    }
    let count = several.len().to_string();
    texts.label_with(Label::MailBodyOfSeveral, &[("count", &*count), ("documents", &*documents)])
}

/// The statement as a page for the body of the message; none if it is too long for one.
async fn page_of(context: &Context, statement: &Statement) -> Result<Option<String>, lake::Error> {
    let is_page = |file: &&StatementFile| file.media_type == Format::Html.content_type();
    let short = statement.files.iter().find(is_page).filter(|file| file.byte_count <= PAGE_BYTES_MAX);
    let Some(file) = short else { return Ok(None) };
    let content = context.lake.storage().get(&file.object_path).await?;
    Ok(String::from_utf8(content.to_vec()).ok())
}
