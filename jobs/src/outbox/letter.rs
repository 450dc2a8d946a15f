//! The letter of a delivery: what it says, and the document or where it is.

use reports::Format;
use reports::delivery::email::{self, Attachment, Mail, MailSettings};
use reports::delivery::{DeliveryId, Outcome};
use store::{Delivery, Necessity, Statement, StatementFile};

use crate::context::Context;
use crate::error::Error;

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
        Err(error) => return Ok(Err(Outcome::PermanentFailure(format!("{error}")))),
    };
    let (place, attachment) = if is_too_large(file, settings) {
        let Some(url) = &settings.public_url else {
            let (bytes, most) = (file.byte_count, settings.attachment_bytes_max);
            let reason = format!(
                "its document has {bytes} bytes, more than `attachment_bytes_max` ({most}), and without `public_url` \
                 there is no link to it; set one of them under [mail]"
            );
            return Ok(Err(Outcome::PermanentFailure(reason)));
        };
        (linked(&link(url, &statement)), None)
    } else {
        let content = match context.lake.storage().get(&file.object_path).await {
            Ok(content) => content,
            Err(error) => {
                // One document that cannot be read must not hold up the others.
                tracing::warn!(delivery.id = delivery.id, %error, "a document cannot be read");
                return Ok(Err(Outcome::TransientFailure("its document cannot be read from the lake".to_owned())));
            }
        };
        let file_name = format!("statement-{}-{}.pdf", statement.portfolio_id, statement.period_end);
        (attached(), Some(Attachment { file_name, format: Format::Pdf, content }))
    };
    let necessity = match delivery.necessity {
        Necessity::Required => email::Necessity::Required,
        Necessity::Optional => email::Necessity::Optional,
    };
    Ok(Ok(Mail {
        delivery_id,
        to: delivery.recipient.clone(),
        subject: delivery.subject.clone(),
        body: body(&statement, &place),
        attachment,
        necessity,
        date: statement.published_at,
    }))
}

fn is_too_large(file: &StatementFile, settings: &MailSettings) -> bool {
    u64::try_from(file.byte_count).map_or(true, |bytes| settings.attachment_bytes_max < bytes)
}

/// The address of the document in the API, which asks who wants to see it.
fn link(public_url: &str, statement: &Statement) -> String {
    format!("{}/statements/{}/pdf", public_url.trim_end_matches('/'), statement.id)
}

fn attached() -> String {
    "please find attached".to_owned()
}

fn linked(link: &str) -> String {
    format!(
        "the document is too large for a mail and waits for you, after you have logged in, at\n\n{link}\n\n\
         It is"
    )
}

fn body(statement: &Statement, place: &str) -> String {
    format!(
        "Dear client,\n\n{place} the statement of portfolio {} for the period up to {}.\n\n\
         Statement: {}\nSHA-256 of the document: {}\n\nThis message was sent automatically.\n",
        statement.portfolio_id, statement.period_end, statement.id, statement.document_sha256
    )
}
