//! What callers ordered: claimed, done, and kept with what came of it.
//!
//! An order is claimed under a lease and done within less time than the lease lasts, so that no two ever work on one.
//! What fails for a reason of its own, e.g. because nothing is held, fails at once and says why; what fails because
//! something is out of order is tried again, and given up after the third time. A process that dies leaves a claim that
//! ends by itself, and counts as one try.

mod report;

use std::time::Duration;

use chrono::TimeDelta;
use pipelines::proposals;
use reports::Rhythm;
use reports::statements::{STATEMENTS, StatementKind};
use reports::texts::Texts;
use schemas::work_order::OptimizationOrder;
use schemas::{CalendarLength, Language, with_causes};
use store::{WorkOrder, WorkOrderKind};

use crate::context::Context;
use crate::error::Error;

/// How long a claim lasts.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// How long the work on an order may take: less than its claim.
const WORK_MAX: Duration = Duration::from_secs(8 * 60);
/// How often an order is tried.
const ATTEMPTS_MAX: i64 = 3;
/// How long an order may wait for somebody who works.
const WAIT_MAX: TimeDelta = TimeDelta::hours(24);
/// The pause before an order is tried again, times the tries before.
const PAUSE: TimeDelta = TimeDelta::seconds(30);
/// What the caller is told where the cause is none of the caller's.
const GIVEN_UP: &str = "it could not be done, although it was tried several times; the log of the house has the cause";
const TOO_LONG: &str = "it took longer than 8 minutes and was given up; order less at once";

/// A kind of document that can be ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderableDocument {
    /// The kind, e.g. `portfolio_statement`.
    pub kind: &'static str,
    /// Its name for people, in English.
    pub title: String,
    /// The shortest period of the calendar that it can be about.
    pub shortest: CalendarLength,
}

/// What came of the work on an order.
pub(crate) enum Ended {
    /// The result, as JSON.
    Result(String),
    /// Why there is none, and will be none.
    Refused(String),
}

/// The kinds of documents about a portfolio that are made of periods of the calendar. What events cause cannot be
/// ordered.
pub fn orderable_documents() -> Vec<OrderableDocument> {
    let texts = Texts::of(Language::English);
    let of_calendar = STATEMENTS.iter().filter(|kind| !matches!(kind.rhythm, Rhythm::On(_)));
    let described = |kind: &&'static StatementKind| OrderableDocument {
        kind: kind.id,
        title: texts.label(kind.title),
        shortest: kind.shortest,
    };
    of_calendar.map(described).collect()
}

/// Does every order that is due, one after the other. Returns how many.
///
/// # Errors
/// The store's reason. What goes wrong with an order is written down with it.
pub async fn work_off(context: &Context) -> Result<u64, Error> {
    let mut done = 0;
    while work_off_next(context).await? {
        done += 1;
    }
    Ok(done)
}

/// Does the order that has been due for the longest; false if none is.
async fn work_off_next(context: &Context) -> Result<bool, Error> {
    let (store, now) = (&context.store, context.clock.now());
    if store.due_orders(now).await? == 0 {
        return Ok(false);
    }
    let given_before = now.checked_sub_signed(WAIT_MAX).unwrap_or(now);
    store.give_up_orders(ATTEMPTS_MAX, given_before, GIVEN_UP, now).await?;
    let Some(order) = store.claim_order(LEASE, ATTEMPTS_MAX, now).await? else { return Ok(false) };
    // A task of its own: a bug in the making of one result ends that one only.
    let mut working = tokio::spawn({
        let (context, order) = (context.clone(), order.clone());
        async move { done(&context, &order).await }
    });
    let ended = match tokio::time::timeout(WORK_MAX, &mut working).await {
        Ok(joined) => joined.map_err(|_| Error::Worker).and_then(|worked| worked),
        Err(_) => {
            working.abort();
            Ok(Ended::Refused(TOO_LONG.to_owned()))
        }
    };
    note(context, &order, ended).await?;
    Ok(true)
}

async fn done(context: &Context, order: &WorkOrder) -> Result<Ended, Error> {
    match order.ordered.kind {
        WorkOrderKind::Optimization => optimization(context, order).await,
        WorkOrderKind::Report => report::report(context, order).await,
    }
}

async fn optimization(context: &Context, order: &WorkOrder) -> Result<Ended, Error> {
    let Ok(wanted) = serde_json::from_str::<OptimizationOrder>(&order.ordered.request) else {
        return Ok(unreadable());
    };
    let Some(portfolio) = context.store.portfolio(&order.ordered.portfolio_id).await? else {
        return Ok(Ended::Refused("the portfolio is not there any more".to_owned()));
    };
    let found = proposals::proposal(&context.lake, &portfolio, context.settings.age_limits, &wanted).await?;
    Ok(match found {
        Ok(proposal) => written(serde_json::to_string(&proposal)),
        Err(reason) => Ended::Refused(reason),
    })
}

/// A result as JSON.
fn written(text: Result<String, serde_json::Error>) -> Ended {
    text.map_or_else(|_| Ended::Refused("the result cannot be written as JSON".to_owned()), Ended::Result)
}

fn unreadable() -> Ended {
    Ended::Refused("the order was given by another version of the program; give it again".to_owned())
}

/// Writes down what came of an order, unless somebody else has claimed it since.
async fn note(context: &Context, order: &WorkOrder, ended: Result<Ended, Error>) -> Result<(), Error> {
    let (store, now) = (&context.store, context.clock.now());
    let id = &order.ordered.order_id;
    let is_noted = match ended {
        Ok(Ended::Result(text)) => store.order_finished(order, &text, now).await?,
        Ok(Ended::Refused(reason)) => store.order_failed(order, &reason, now).await?,
        Err(error) if error.is_wrong_input() => store.order_failed(order, &with_causes(&error), now).await?,
        Err(error) => {
            tracing::error!(order.id = id, error.chain = %with_causes(&error), "an order could not be done");
            if order.attempts < ATTEMPTS_MAX {
                let tries = i32::try_from(order.attempts).unwrap_or(1);
                let pause = PAUSE.checked_mul(tries).unwrap_or(PAUSE);
                store.order_postponed(order, now.checked_add_signed(pause).unwrap_or(now)).await?
            } else {
                store.order_failed(order, GIVEN_UP, now).await?
            }
        }
    };
    if is_noted {
        tracing::info!(order.id = id, order.kind = %order.ordered.kind, order.attempts, "worked on an order");
    } else {
        tracing::warn!(order.id = id, "an order was claimed by another one meanwhile; nothing was written");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
