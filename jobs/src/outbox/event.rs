//! The event of a delivery by the webhook: what was published, and where it can be read.

use reports::delivery::Outcome;
use reports::delivery::webhook::{Event, PublishedStatement};
use store::Delivery;

use super::letter::link;
use crate::context::Context;
use crate::error::Error;

/// What happened.
const PUBLISHED: &str = "statement.published";

/// The event of a delivery, or what became of the attempt because there can be none. It follows from the statement
/// alone: each attempt has the same.
pub(super) async fn of(
    context: &Context,
    public_url: Option<&str>,
    delivery: &Delivery,
) -> Result<Result<Event, Outcome>, Error> {
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else {
        return Ok(Err(Outcome::PermanentFailure("its statement is not in the store".to_owned())));
    };
    Ok(Ok(Event {
        id: delivery.id.clone(),
        kind: PUBLISHED,
        occurred_at: statement.published_at,
        link: public_url.map(|url| link(url, &statement)),
        statement: PublishedStatement {
            kind: statement.kind,
            portfolio_id: statement.subject.to_string(),
            period_start: statement.period_start.to_string(),
            period_end: statement.period_end.to_string(),
            version: statement.version,
            document_sha256: statement.document_sha256,
            language: delivery.language.code(),
            id: statement.id,
        },
    }))
}
