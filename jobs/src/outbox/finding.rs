//! What a person has to look at: messages that nobody tries again.

use schemas::Severity;
use store::{Delivery, InboxEnd, InboxItem, InboxKind, NextAttempt};

use crate::context::Context;
use crate::error::Error;

/// Puts a message that was given up, is not wanted or came back into the inbox of the portfolio whose statement it
/// announces. Of the addresses that want nothing there is one item each, however many messages there are.
pub(crate) async fn report(
    context: &Context,
    delivery: &Delivery,
    reason: &str,
    next: NextAttempt,
) -> Result<(), Error> {
    // The store keeps no message without its statement.
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else { return Ok(()) };
    let (portfolio_id, short_id) = (statement.portfolio_id, delivery.short_id());
    let not_wanted = next == NextAttempt::NotWanted;
    let mark = if not_wanted { delivery.recipient.to_lowercase() } else { delivery.id.clone() };
    let (severity, what_to_do) = if not_wanted {
        (Severity::Info, "`financr suppressions remove` takes the address off the list".to_owned())
    } else {
        let again = "--note \"…\" --by NAME` sends it once more";
        (Severity::Warn, format!("once the cause is mended, `financr deliveries again {short_id} {again}"))
    };
    let item = InboxItem {
        item_key: InboxItem::key(InboxKind::Delivery, &portfolio_id, &[&mark]),
        portfolio_id,
        kind: InboxKind::Delivery,
        severity,
        subject: delivery.statement_id.clone(),
        message: format!("not delivered by {}: {reason}; {what_to_do}", delivery.channel),
        detail: format!("delivery {} to {}, attempt {}", delivery.id, delivery.recipient, delivery.attempts),
        suggestion: None,
    };
    context.store.put_inbox(&[item], context.clock.now()).await?;
    Ok(())
}

/// Closes the finding about a message, because somebody has it sent once more.
pub(crate) async fn close(context: &Context, delivery: &Delivery, by: &str, note: &str) -> Result<(), Error> {
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else { return Ok(()) };
    let key = InboxItem::key(InboxKind::Delivery, &statement.portfolio_id, &[&delivery.id]);
    let closed = context.store.resolve_inbox(&key, by, note, InboxEnd::Resolved, context.clock.now()).await;
    match closed {
        Ok(_) | Err(store::Error::UnknownInboxItem { .. } | store::Error::InboxItemClosed { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
