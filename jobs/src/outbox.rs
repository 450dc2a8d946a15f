//! The outbox: every queued message is handed over, once.
//!
//! A message is leased, sent, and marked as delivered; a process that dies in between leaves a lease behind, which the
//! next one lifts if the kernel says that the process is gone. Into a folder a message arrives exactly once. With a
//! mail server there is one window, between its last byte and our note of its `250`, in which a death or a broken
//! connection leads to a second sending; both carry the same Message-ID (docs/adr/0008). The store counts the copies
//! that may have gone out, and a third is never begun.
//!
//! What one run has for one address goes in one mail (docs/adr/0029); each message keeps a row and a proof of its own.
//!
//! Each channel is served by itself, with several messages under way at once, each with a lease and an attempt of its
//! own. Where the way itself is closed, the rest of its messages waits: a server that is down costs a night some
//! attempts, not hours, and holds up no other channel.

mod account_mails;
mod carrier;
mod event;
mod fates;
mod finding;
mod letter;
mod note;
mod notification_mails;
mod parcel;
mod tally;
mod verdict;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use pipelines::StageReport;
use reports::delivery::Outcome;
use schemas::DeliveryChannel;
use store::{Delivery, FailedAttempt, INBOX_ACTOR, Necessity, NewSuppression, NextAttempt, SuppressionReason};
use tokio::task::JoinSet;

use crate::context::{Context, Progress};
use crate::error::Error;
use crate::owner;
use carrier::Carrier;
use fates::Fate;
#[cfg(test)]
pub(crate) use tests::portfolio as test_portfolio;

pub(crate) use account_mails::deliver as deliver_account_mails;
pub(crate) use finding::{Finding, close as close_finding, report as report_finding};
pub(crate) use notification_mails::tell as tell_users;
use tally::Tally;
use verdict::{Verdict, verdict};

/// How long a sender may be silent before another one takes its message: longer than the longest sending.
const LEASE: TimeDelta = TimeDelta::minutes(20);
/// Copies that may go out: the second is the one of the window.
const COPIES_MAX: i64 = 2;
/// Attempts that met a closed way, one after the other, after which the rest of the outbox waits.
const CLOSED_IN_A_ROW_MAX: u32 = 20;

/// One pass through the messages of a channel, shared by those who send.
struct Pass {
    context: Context,
    carrier: Carrier,
    me: String,
    total: usize,
    started: Instant,
    closed_in_a_row: AtomicU32,
    is_over: AtomicBool,
    tally: Mutex<Tally>,
    /// Why the rest waits, if it does.
    stopped: Mutex<Option<String>>,
}

/// Sends every mail about an account or a notification and every message of the outbox that is due, channel by channel:
/// one that is closed holds up no other.
pub(crate) async fn deliver(context: &Context) -> Result<StageReport, Error> {
    lift_leases_of_the_dead(context).await?;
    let (mut reports, mut failed) = (Vec::new(), None);
    match deliver_account_mails(context).await {
        Ok(report) => reports.extend(report),
        Err(error) => failed = Some(error),
    }
    match tell_users(context).await {
        Ok(report) => reports.extend(report),
        Err(error) => failed = failed.or(Some(error)),
    }
    for channel in DeliveryChannel::ALL {
        match deliver_by(context, channel).await {
            Ok(report) => reports.extend(report),
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(tally::together(reports)),
    }
}

/// Sends what is due by a channel; none if there is nothing to say of it.
async fn deliver_by(context: &Context, channel: DeliveryChannel) -> Result<Option<StageReport>, Error> {
    let pending = context.store.pending_deliveries(channel).await?;
    if pending == 0 && channel != DeliveryChannel::Email {
        return Ok(None);
    }
    let Some(carrier) = Carrier::configured(context, channel)? else {
        let note = format!("{} is not configured; {pending} messages wait in the outbox", carrier::title(channel));
        return Ok(Some(StageReport { note, ..StageReport::default() }));
    };
    let pass = Arc::new(Pass {
        context: context.clone(),
        carrier,
        me: owner::this_process(),
        total: usize::try_from(pending).unwrap_or(0),
        started: Instant::now(),
        closed_in_a_row: AtomicU32::new(0),
        is_over: AtomicBool::new(false),
        tally: Mutex::default(),
        stopped: Mutex::default(),
    });
    let mut senders = JoinSet::new();
    for _ in 0..pass.carrier.messages_at_once_max().min(pass.total.max(1)) {
        let pass = Arc::clone(&pass);
        senders.spawn(async move {
            while pass.send_next().await? {}
            Ok::<(), Error>(())
        });
    }
    let mut failed = None;
    while let Some(ended) = senders.join_next().await {
        // What the others have begun they end: a sending that is cut off is a copy that nobody knows of.
        if let Err(error) = ended.map_err(|_| Error::Worker).and_then(|sent| sent) {
            pass.is_over.store(true, Ordering::Relaxed);
            failed.get_or_insert(error);
        }
    }
    match failed {
        Some(error) => Err(error),
        None => pass.report().await.map(Some),
    }
}

async fn lift_leases_of_the_dead(context: &Context) -> Result<(), Error> {
    for name in context.store.delivery_lease_owners().await? {
        if owner::is_dead(&name) {
            let lifted = context.store.release_deliveries(&name).await?;
            tracing::info!(deliveries = lifted, "lifted the leases of a sender that is gone");
        }
    }
    Ok(())
}

impl Pass {
    /// Sends what has been due for the longest; false if there is nothing, or the rest waits.
    async fn send_next(&self) -> Result<bool, Error> {
        if self.is_over.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let minutes_max = self.context.settings.delivery_minutes_max;
        if Duration::from_secs(minutes_max.saturating_mul(60)) < self.started.elapsed() {
            self.stop(format!("sending stopped after {minutes_max} minutes"));
            return Ok(false);
        }
        let claimed = self.carrier.claim(&self.context, &self.me).await?;
        let is_work = !claimed.is_empty();
        for together in claimed {
            for fate in self.attempt(together).await? {
                self.notice_the_way(fate.outcome.as_ref());
                self.note(fate).await?;
                self.advance();
            }
        }
        Ok(is_work)
    }

    /// Hands messages over that go together, or says why not.
    async fn attempt(&self, together: Vec<Delivery>) -> Result<Vec<Fate>, Error> {
        // They have one recipient and one necessity.
        let optional = together.first().filter(|delivery| delivery.necessity == Necessity::Optional);
        if let Some(delivery) = optional
            && self.context.store.suppression(&delivery.recipient).await?.is_some()
        {
            return Ok(vec![Fate::not_wanted(together)]);
        }
        let is_enough = |delivery: &Delivery| self.carrier.may_copy() && COPIES_MAX < delivery.copies;
        let (enough, left): (Vec<Delivery>, Vec<Delivery>) = together.into_iter().partition(is_enough);
        let mut fates = if left.is_empty() { Vec::new() } else { self.carrier.hand_over(&self.context, left).await? };
        if !enough.is_empty() {
            fates.push(Fate::of(enough, Outcome::PermanentFailure(verdict::MAY_HAVE_ARRIVED.to_owned())));
        }
        Ok(fates)
    }

    /// Counts the attempts that met a closed way; after too many of them the rest waits.
    fn notice_the_way(&self, outcome: Option<&Outcome>) {
        let Some(Outcome::ChannelFailure(reason) | Outcome::Unknown(reason)) = outcome else {
            self.closed_in_a_row.store(0, Ordering::Relaxed);
            return;
        };
        if CLOSED_IN_A_ROW_MAX <= self.closed_in_a_row.fetch_add(1, Ordering::Relaxed) + 1 {
            self.stop(format!("sending stopped after {CLOSED_IN_A_ROW_MAX} failures in a row: {reason}"));
        }
    }

    fn stop(&self, why: String) {
        self.is_over.store(true, Ordering::Relaxed);
        lock(&self.stopped).get_or_insert(why);
    }

    async fn note(&self, Fate { deliveries, outcome }: Fate) -> Result<(), Error> {
        let Some(first) = deliveries.first() else { return Ok(()) };
        let (store, now) = (&self.context.store, self.context.clock.now());
        let recipient_refused = matches!(outcome, Some(Outcome::RecipientRefused(_)));
        let recipient_gone = matches!(outcome, Some(Outcome::RecipientGone(_)));
        let (reason, next, copy) = match verdict(outcome, &deliveries, &self.context.settings, now) {
            Verdict::Delivered { answer, before } => {
                store.mark_all_delivered(&deliveries, &self.carrier.proof(first, &answer), now).await?;
                lock(&self.tally).count_delivered(deliveries.len(), before);
                return Ok(());
            }
            Verdict::Failed { reason, next, copy } => (reason, next, copy),
        };
        if recipient_refused {
            let new = NewSuppression { reason: SuppressionReason::Bounce, note: &reason, by: INBOX_ACTOR };
            store.suppress(&first.recipient, &new, now).await?;
        }
        if recipient_gone {
            note::end(&self.context, first).await?;
        }
        let finding = match next {
            NextAttempt::At(_) => None,
            NextAttempt::NotWanted if recipient_gone => None,
            NextAttempt::Never => Some(Finding::GivenUp),
            NextAttempt::NotWanted => Some(Finding::NotWanted),
        };
        if let Some(finding) = finding {
            // Before it is given up: a death in between finds the same finding again, and not none.
            for delivery in &deliveries {
                report_finding(&self.context, delivery, &reason, finding).await?;
            }
        }
        store.mark_all_failed(&deliveries, &FailedAttempt { reason: &reason, next, copy }, now).await?;
        lock(&self.tally).count_failed(deliveries.len(), next);
        Ok(())
    }

    fn advance(&self) {
        let done = lock(&self.tally).done;
        (self.context.watch)(Progress::Advanced { done, total: self.total });
    }

    async fn report(&self) -> Result<StageReport, Error> {
        let stopped = lock(&self.stopped).clone();
        let channel = self.carrier.channel();
        let mut snags = lock(&self.tally).snags(channel);
        if let Some(why) = stopped {
            let waiting = self.context.store.pending_deliveries(channel).await?;
            snags.push(format!("{why}; {waiting} messages wait in the outbox"));
        }
        let tally = lock(&self.tally);
        Ok(StageReport {
            rows_written: tally.documents,
            note: tally.sentence(channel),
            snags,
            ..StageReport::default()
        })
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
