//! What people decide about deliveries, and what comes back from outside.

use reports::delivery::email::returned::{Returned, Verdict};
use store::{Delivery, NewSuppression, SuppressionReason};

use crate::context::Context;
use crate::error::Error;
use crate::outbox::{Finding, close_finding, report_finding};

/// Who puts addresses on the list for which mail came back.
const ACTOR: &str = store::INBOX_ACTOR;

/// What a mail that came back changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenIn {
    /// A delivery has come back for good, or its recipient complained; its id.
    Noted(String),
    /// It tells of a delay or of a success: nothing follows.
    Nothing,
}

/// Sends a message once more that was given up, was not wanted or came back, and closes the finding about it. The next
/// pass through the outbox takes it.
///
/// - `key`: the id of the delivery or the beginning of it.
///
/// # Errors
/// [`store::Error::UnknownDelivery`], [`store::Error::AmbiguousDelivery`] or [`store::Error::DeliveryNotEnded`], or the
/// store's reason.
pub async fn queue_again(context: &Context, key: &str, note: &str, by: &str) -> Result<Delivery, Error> {
    let delivery = context.store.delivery(key).await?;
    context.store.queue_delivery_again(&delivery, by, note, context.clock.now()).await?;
    close_finding(context, &delivery, by, note).await?;
    Ok(context.store.delivery(&delivery.id).await?)
}

/// Takes in a mail about a mail: a report that it could not be delivered (RFC 3464), or that its recipient complained
/// (RFC 5965).
///
/// Anybody can write such a mail. It is believed only if it names a delivery of this store and the address that this
/// delivery went to.
///
/// # Errors
/// [`Error::Returned`] if it is no such report or is about nothing that was sent, or the store's reason.
pub async fn take_in_returned(context: &Context, mail: &[u8]) -> Result<TakenIn, Error> {
    let problem = |problem: &str| Error::Returned { problem: problem.to_owned() };
    let returned = Returned::read(mail).map_err(|error| problem(&error.to_string()))?;
    let suppressed = match returned.verdict {
        Verdict::Temporary => return Ok(TakenIn::Nothing),
        Verdict::GivenUp => None,
        Verdict::Final => Some(SuppressionReason::Bounce),
        Verdict::Complaint => Some(SuppressionReason::Complaint),
    };
    let delivery = match context.store.delivery(&returned.delivery_id).await {
        Ok(delivery) if delivery.id == returned.delivery_id => delivery,
        Ok(_) | Err(store::Error::UnknownDelivery { .. } | store::Error::AmbiguousDelivery { .. }) => {
            return Err(problem("the report is about a mail that was not sent from this store"));
        }
        Err(error) => return Err(error.into()),
    };
    if !returned.recipient.eq_ignore_ascii_case(delivery.recipient.trim()) {
        return Err(problem("the report is about another address than the one that the mail went to"));
    }
    let now = context.clock.now();
    if let Some(reason) = suppressed {
        let new = NewSuppression { reason, note: &returned.reason, by: ACTOR };
        context.store.suppress(&delivery.recipient, &new, now).await?;
    }
    let finding = if returned.verdict == Verdict::Complaint { Finding::Complaint } else { Finding::CameBack };
    if finding == Finding::CameBack {
        context.store.mark_returned(&delivery, &returned.reason, now).await?;
    }
    report_finding(context, &delivery, &returned.reason, finding).await?;
    Ok(TakenIn::Noted(delivery.id))
}
