//! The note of a delivery to a browser: what was published, and where it can be read; and what follows if the browser
//! is gone.

use reports::delivery::Outcome;
use reports::delivery::web_push::PushMessage;
use reports::texts::{Label, Texts};
use store::{Delivery, INBOX_ACTOR, PushEnd, PushSubscription};

use super::finding::{Finding, report};
use super::letter::link;
use crate::context::Context;
use crate::error::Error;

/// The subscription to which a message goes, or what became of the attempt because it is not in force.
pub(super) async fn subscription(
    context: &Context,
    delivery: &Delivery,
) -> Result<Result<PushSubscription, Outcome>, Error> {
    let Some(kept) = context.store.push_subscription(&delivery.recipient).await? else {
        return Ok(Err(Outcome::PermanentFailure("its subscription is not in the store".to_owned())));
    };
    match &kept.end {
        Some(end) => Ok(Err(Outcome::RecipientGone(format!("its subscription has ended ({})", end.reason)))),
        None => Ok(Ok(kept)),
    }
}

/// What a browser is told, or what became of the attempt because there is nothing to tell. It follows from the
/// statement alone: each attempt says the same.
pub(super) async fn of(
    context: &Context,
    public_url: Option<&str>,
    delivery: &Delivery,
) -> Result<Result<PushMessage, Outcome>, Error> {
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else {
        return Ok(Err(Outcome::PermanentFailure("its statement is not in the store".to_owned())));
    };
    Ok(Ok(PushMessage {
        title: delivery.subject.clone(),
        body: Texts::of(delivery.language).label(Label::PushBody),
        language: delivery.language.code(),
        link: public_url.map(|url| link(url, &statement)),
        statement_id: statement.id,
    }))
}

/// Ends the subscription to which a message went, for every portfolio that has the browser. Where it was the last one a
/// person is told, because nobody at the client's is told any more.
pub(super) async fn end(context: &Context, delivery: &Delivery) -> Result<(), Error> {
    let (store, now) = (&context.store, context.clock.now());
    store.end_push_subscriptions_gone(&delivery.recipient, INBOX_ACTOR, now).await?;
    let Some(kept) = store.push_subscription(&delivery.recipient).await? else { return Ok(()) };
    let is_last = store.push_subscriptions_in_force(&kept.portfolio_id).await?.is_empty();
    let is_gone = kept.end.is_some_and(|end| end.reason == PushEnd::Gone);
    if is_gone && is_last {
        report(context, delivery, "the last browser of the portfolio is gone", Finding::NoBrowser).await?;
    }
    Ok(())
}
