//! The letter of a delivery: what it says, and the document or where it is.

use reports::Format;
use reports::delivery::email::{self, Attachment, Mail, MailSettings};
use reports::delivery::{DeliveryId, Outcome};
use reports::texts::{Label, Texts};
use store::{Delivery, Necessity, Statement, StatementFile};

use crate::context::Context;
use crate::error::Error;

/// Bytes of a page that a message takes; of longer ones mail programs show a part only.
const PAGE_BYTES_MAX: i64 = 100_000;

/// The message of a delivery, or what became of the attempt because there can be none.
pub(super) async fn compose(
    context: &Context,
    settings: &MailSettings,
    delivery: &Delivery,
) -> Result<Result<Mail, Outcome>, Error> {
    let never = |reason: &str| Ok(Err(Outcome::PermanentFailure(reason.to_owned())));
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else {
        return never("its statement is not in the store");
    };
    let Some(file) = statement.files.iter().find(|file| file.media_type == Format::Pdf.content_type()) else {
        return never("its statement has no PDF");
    };
    let delivery_id: DeliveryId = match delivery.id.parse() {
        Ok(id) => id,
        Err(error) => return Ok(Err(Outcome::PermanentFailure(error.to_string()))),
    };
    let (place, content) = if is_too_large(file, settings) {
        let Some(url) = &settings.public_url else {
            let (bytes, most) = (file.byte_count, settings.attachment_bytes_max);
            let reason = format!(
                "its document has {bytes} bytes, more than `attachment_bytes_max` ({most}), and without `public_url` \
                 there is no link to it; set one of them under [mail]"
            );
            return Ok(Err(Outcome::PermanentFailure(reason)));
        };
        (Some(link(url, &statement)), None)
    } else {
        (None, Some(file))
    };
    let read = async {
        let content = match content {
            Some(file) => Some(context.lake.storage().get(&file.object_path).await?),
            None => None,
        };
        Ok::<_, lake::Error>((content, page_of(context, &statement).await?))
    };
    let (content, page) = match read.await {
        Ok(read) => read,
        Err(error) => {
            // One document that cannot be read must not hold up the others.
            tracing::warn!(delivery.id = delivery.id, %error, "a document cannot be read");
            return Ok(Err(Outcome::TransientFailure("its document cannot be read from the lake".to_owned())));
        }
    };
    let file_name = format!("statement-{}-{}.pdf", statement.subject, statement.period_end);
    let attachment = content.map(|content| Attachment { file_name, format: Format::Pdf, content });
    let necessity = match delivery.necessity {
        Necessity::Required => email::Necessity::Required,
        Necessity::Optional => email::Necessity::Optional,
    };
    Ok(Ok(Mail {
        delivery_id,
        to: delivery.recipient.clone(),
        subject: delivery.subject.clone(),
        body: body(&statement, place.as_deref(), Texts::of(delivery.language)),
        page,
        attachment,
        necessity,
        unsubscribe_link: unsubscribe_link(context, settings, delivery).await?,
        date: statement.published_at,
    }))
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

fn is_too_large(file: &StatementFile, settings: &MailSettings) -> bool {
    settings.attachment_bytes_max < u64::try_from(file.byte_count).unwrap_or(u64::MAX)
}

/// The address of the document in the API, which asks who wants to see it.
pub(super) fn link(public_url: &str, statement: &Statement) -> String {
    format!("{}/statements/{}/pdf", public_url.trim_end_matches('/'), statement.id)
}

fn body(statement: &Statement, link: Option<&str>, texts: Texts) -> String {
    let label = if link.is_some() { Label::MailBodyWithLink } else { Label::MailBody };
    let date = texts.date(statement.period_end);
    let values = [
        ("portfolio", statement.subject.id()),
        ("date", &*date),
        ("statement", statement.id.as_str()),
        ("hash", statement.document_sha256.as_str()),
        ("link", link.unwrap_or_default()),
    ];
    texts.label_with(label, &values)
}

/// The statement as a page for the body of the message; none if it is too long for one.
async fn page_of(context: &Context, statement: &Statement) -> Result<Option<String>, lake::Error> {
    let is_page = |file: &&StatementFile| file.media_type == Format::Html.content_type();
    let short = statement.files.iter().find(is_page).filter(|file| file.byte_count <= PAGE_BYTES_MAX);
    let Some(file) = short else { return Ok(None) };
    let content = context.lake.storage().get(&file.object_path).await?;
    Ok(String::from_utf8(content.to_vec()).ok())
}
