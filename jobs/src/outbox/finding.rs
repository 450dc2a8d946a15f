//! What a person has to look at: messages that nobody tries again.

use schemas::Severity;
use store::{Delivery, InboxEnd, InboxItem, InboxKind};

use crate::context::Context;
use crate::error::Error;

/// What became of a message that somebody should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It was given up.
    GivenUp,
    /// It is optional, and its recipient wants none or cannot be reached.
    NotWanted,
    /// It was handed over and came back.
    CameBack,
    /// It arrived, and its recipient complained.
    Complaint,
    /// The last browser of its portfolio is gone.
    NoBrowser,
}

/// Puts what became of a message into the inbox of the portfolio whose statement it announces. Of an address that wants
/// nothing there is one item, however many messages there are.
pub(crate) async fn report(
    context: &Context,
    delivery: &Delivery,
    reason: &str,
    finding: Finding,
) -> Result<(), Error> {
    // The store keeps no message without its statement.
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else { return Ok(()) };
    // Only clients are told of statements, and only portfolios have some.
    let Some(portfolio_id) = statement.subject.portfolio().cloned() else { return Ok(()) };
    let again = format!("`financr deliveries again {} --note \"…\" --by NAME` sends it once more", delivery.short_id());
    let off_the_list = "`financr suppressions remove` takes the address off the list";
    let channel = &delivery.channel;
    let (severity, mark, message) = match finding {
        Finding::GivenUp => {
            let message = format!("not delivered by {channel}: {reason}; once the cause is mended, {again}");
            (Severity::Warn, delivery.id.clone(), message)
        }
        Finding::CameBack => {
            let message = format!("handed over by {channel}, but {reason}; once the cause is mended, {again}");
            (Severity::Warn, delivery.id.clone(), message)
        }
        Finding::Complaint => {
            let message = format!("delivered by {channel}, but {reason}; speak with the client; {off_the_list}");
            (Severity::Warn, delivery.id.clone(), message)
        }
        Finding::NoBrowser => {
            let message = format!("{reason}; nobody is told by {channel} until a browser subscribes anew");
            (Severity::Info, channel.clone(), message)
        }
        Finding::NotWanted => {
            let message = format!("not sent by {channel}: {reason}; {off_the_list}");
            (Severity::Info, delivery.recipient.to_lowercase(), message)
        }
    };
    let item = InboxItem {
        item_key: InboxItem::key(InboxKind::Delivery, &portfolio_id, &[&mark]),
        portfolio_id,
        kind: InboxKind::Delivery,
        severity,
        subject: delivery.statement_id.clone(),
        message,
        detail: format!("delivery {} to {}, attempt {}", delivery.id, delivery.recipient, delivery.attempts),
        suggestion: None,
    };
    context.store.put_inbox(&[item], context.clock.now()).await?;
    Ok(())
}

/// Closes the finding about a message, because somebody has it sent once more.
pub(crate) async fn close(context: &Context, delivery: &Delivery, by: &str, note: &str) -> Result<(), Error> {
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else { return Ok(()) };
    let Some(portfolio_id) = statement.subject.portfolio() else { return Ok(()) };
    let key = InboxItem::key(InboxKind::Delivery, portfolio_id, &[&delivery.id]);
    let closed = context.store.resolve_inbox(&key, by, note, InboxEnd::Resolved, context.clock.now()).await;
    match closed {
        Ok(_) | Err(store::Error::UnknownInboxItem { .. } | store::Error::InboxItemClosed { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
