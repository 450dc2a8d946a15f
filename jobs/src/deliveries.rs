//! What people decide about deliveries, and what comes back from outside.

use reports::delivery::email::returned::{Returned, Verdict};
use store::{Delivery, NewSuppression, SuppressionReason};

use crate::context::Context;
use crate::error::Error;
use crate::outbox::{Finding, close_finding, deliver_account_mails, report_finding, tell_users as tell};

/// Who puts addresses on the list for which mail came back.
const ACTOR: &str = store::INBOX_ACTOR;

/// What a mail that came back changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenIn {
    /// What a mail brought has come back for good, or its recipient complained; the ids of its deliveries.
    Noted(Vec<String>),
    /// It tells of a delay or of a success: nothing follows.
    Nothing,
}

/// Sends every mail about an account that is due, as `deliver` does, too.
///
/// # Errors
/// The store's reason, or what is wrong with the settings of mail.
pub async fn send_account_mails(context: &Context) -> Result<(), Error> {
    deliver_account_mails(context).await.map(|_| ())
}

/// Tells every user what is new, and sends the mails about it that are due, as `deliver` does, too.
///
/// # Errors
/// The store's reason, or what is wrong with the settings of mail.
pub async fn tell_users(context: &Context) -> Result<(), Error> {
    tell(context).await.map(|_| ())
}

/// Sends a message once more that was given up, was not wanted or came back, or all that went with a mail, and closes
/// the findings about it. The next pass through the outbox takes it.
///
/// - `key`: the id of the delivery or the beginning of it, or the whole id of a mail.
///
/// # Errors
/// [`store::Error::UnknownDelivery`], [`store::Error::AmbiguousDelivery`] or [`store::Error::DeliveryNotEnded`], or the
/// store's reason.
pub async fn queue_again(context: &Context, key: &str, note: &str, by: &str) -> Result<Vec<Delivery>, Error> {
    let of_mail = context.store.deliveries_of_mail(key).await?;
    let meant = if of_mail.is_empty() { vec![context.store.delivery(key).await?] } else { of_mail };
    let mut queued = Vec::with_capacity(meant.len());
    for delivery in meant {
        context.store.queue_delivery_again(&delivery, by, note, context.clock.now()).await?;
        close_finding(context, &delivery, by, note).await?;
        queued.push(context.store.delivery(&delivery.id).await?);
    }
    Ok(queued)
}

/// Takes in a mail about a mail: a report that it could not be delivered (RFC 3464), or that its recipient complained
/// (RFC 5965).
///
/// Anybody can write such a mail. It is believed only if it names a mail of this store and the address that this mail
/// went to. It is about everything that the mail brought.
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
    let deliveries = context.store.deliveries_of_mail(&returned.delivery_id).await?;
    let Some(first) = deliveries.first() else {
        return Err(problem("the report is about a mail that was not sent from this store"));
    };
    if !deliveries.iter().all(|delivery| returned.recipient.eq_ignore_ascii_case(delivery.recipient.trim())) {
        return Err(problem("the report is about another address than the one that the mail went to"));
    }
    let now = context.clock.now();
    if let Some(reason) = suppressed {
        let new = NewSuppression { reason, note: &returned.reason, by: ACTOR };
        context.store.suppress(&first.recipient, &new, now).await?;
    }
    let finding = if returned.verdict == Verdict::Complaint { Finding::Complaint } else { Finding::CameBack };
    for delivery in &deliveries {
        if finding == Finding::CameBack {
            context.store.mark_returned(delivery, &returned.reason, now).await?;
        }
        report_finding(context, delivery, &returned.reason, finding).await?;
    }
    Ok(TakenIn::Noted(deliveries.into_iter().map(|delivery| delivery.id).collect()))
}
