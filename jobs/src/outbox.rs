//! The outbox: every queued message is handed over, once.
//!
//! A message is leased, sent, and marked as delivered; a process that dies in between leaves a lease behind, which the
//! next one lifts if the kernel says that the process is gone. Into a folder a message arrives exactly once. With a
//! mail server there is one window, between its last byte and our note of its `250`, in which a death or a broken
//! connection leads to a second sending; both carry the same Message-ID (docs/adr/0008). The store counts the copies
//! that may have gone out, and a third is never begun.
//!
//! Several messages are under way at once, each with a lease and an attempt of its own. Where the way itself is closed,
//! the rest waits: a server that is down costs a night some attempts, not hours.

mod finding;
mod letter;
mod verdict;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use pipelines::StageReport;
use reports::delivery::Outcome;
use reports::delivery::email::{MailSettings, Mailer};
use store::{Delivery, FailedAttempt, INBOX_ACTOR, Necessity, NewSuppression, NextAttempt, SuppressionReason};
use tokio::task::JoinSet;

use crate::context::{Context, Progress};
use crate::error::Error;
use crate::owner;
pub(crate) use finding::{Finding, close as close_finding, report as report_finding};
use verdict::{Verdict, verdict};

/// How long a sender may be silent before another one takes its message: longer than the longest sending.
const LEASE: TimeDelta = TimeDelta::minutes(20);
/// Messages that are leased at once for a folder.
const FOLDER_BATCH: u32 = 16;
/// Copies that may go out: the second is the one of the window.
const COPIES_MAX: i64 = 2;
/// Attempts that met a closed way, one after the other, after which the rest of the outbox waits.
const CLOSED_IN_A_ROW_MAX: u32 = 20;

/// What became of the messages.
#[derive(Default)]
struct Tally {
    sent: u64,
    sent_before: u64,
    postponed: u64,
    given_up: u64,
    suppressed: u64,
}

/// One pass through the outbox, shared by those who send.
struct Pass {
    context: Context,
    settings: MailSettings,
    mailer: Mailer,
    me: String,
    total: usize,
    started: Instant,
    closed_in_a_row: AtomicU32,
    is_over: AtomicBool,
    tally: Mutex<Tally>,
    /// Why the rest waits, if it does.
    stopped: Mutex<Option<String>>,
}

/// Sends every message of the outbox that is due.
pub(crate) async fn deliver(context: &Context) -> Result<StageReport, Error> {
    let pending = context.store.delivery_counts().await?.pending;
    let Some(settings) = context.settings.mail.clone() else {
        let note = format!("mail is not configured; {pending} messages wait in the outbox");
        return Ok(StageReport { note, ..StageReport::default() });
    };
    let mailer = Mailer::new(&settings).map_err(Error::Mail)?;
    lift_leases_of_the_dead(context).await?;
    let pass = Arc::new(Pass {
        context: context.clone(),
        settings,
        mailer,
        me: owner::this_process(),
        total: usize::try_from(pending).unwrap_or(0),
        started: Instant::now(),
        closed_in_a_row: AtomicU32::new(0),
        is_over: AtomicBool::new(false),
        tally: Mutex::default(),
        stopped: Mutex::default(),
    });
    let mut senders = JoinSet::new();
    for _ in 0..pass.mailer.messages_at_once_max().min(pass.total.max(1)) {
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
        None => pass.report().await,
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
        let now = self.context.clock.now();
        // What is leased counts as a copy that may have gone out, so of messages to a server no more than is sent now.
        let batch = if self.mailer.may_copy() { 1 } else { FOLDER_BATCH };
        let claimed = self.context.store.claim_deliveries(&self.me, LEASE, now, batch).await?;
        for delivery in &claimed {
            let outcome = self.attempt(delivery).await?;
            self.notice_the_way(outcome.as_ref());
            self.note(delivery, outcome).await?;
            self.advance();
        }
        Ok(!claimed.is_empty())
    }

    /// Hands a message over, or says why not; none if it is not wanted.
    async fn attempt(&self, delivery: &Delivery) -> Result<Option<Outcome>, Error> {
        if delivery.necessity == Necessity::Optional
            && self.context.store.suppression(&delivery.recipient).await?.is_some()
        {
            return Ok(None);
        }
        if self.mailer.may_copy() && COPIES_MAX < delivery.copies {
            return Ok(Some(Outcome::PermanentFailure(verdict::MAY_HAVE_ARRIVED.to_owned())));
        }
        match letter::compose(&self.context, &self.settings, delivery).await? {
            Ok(mail) => Ok(Some(self.mailer.deliver(&mail).await)),
            Err(outcome) => Ok(Some(outcome)),
        }
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

    async fn note(&self, delivery: &Delivery, outcome: Option<Outcome>) -> Result<(), Error> {
        let (store, now) = (&self.context.store, self.context.clock.now());
        let recipient_refused = matches!(outcome, Some(Outcome::RecipientRefused(_)));
        let (reason, next, copy) = match verdict(outcome, delivery, &self.context.settings, now) {
            Verdict::Delivered { answer, before } => {
                let answer = format!("{answer}; Message-ID {}", self.mailer.message_id(&delivery.id));
                store.mark_delivered(delivery, &answer, now).await?;
                let mut tally = lock(&self.tally);
                if before {
                    tally.sent_before += 1;
                } else {
                    tally.sent += 1;
                }
                return Ok(());
            }
            Verdict::Failed { reason, next, copy } => (reason, next, copy),
        };
        if recipient_refused {
            let new = NewSuppression { reason: SuppressionReason::Bounce, note: &reason, by: INBOX_ACTOR };
            store.suppress(&delivery.recipient, &new, now).await?;
        }
        let finding = match next {
            NextAttempt::At(_) => None,
            NextAttempt::Never => Some(Finding::GivenUp),
            NextAttempt::NotWanted => Some(Finding::NotWanted),
        };
        if let Some(finding) = finding {
            // Before it is given up: a death in between finds the same finding again, and not none.
            report_finding(&self.context, delivery, &reason, finding).await?;
        }
        store.mark_failed_attempt(delivery, &FailedAttempt { reason: &reason, next, copy }, now).await?;
        let mut tally = lock(&self.tally);
        match next {
            NextAttempt::At(_) => tally.postponed += 1,
            NextAttempt::Never => tally.given_up += 1,
            NextAttempt::NotWanted => tally.suppressed += 1,
        }
        Ok(())
    }

    fn advance(&self) {
        let done = {
            let tally = lock(&self.tally);
            tally.sent + tally.sent_before + tally.postponed + tally.given_up + tally.suppressed
        };
        let done = usize::try_from(done).unwrap_or(self.total);
        (self.context.watch)(Progress::Advanced { done, total: self.total });
    }

    async fn report(&self) -> Result<StageReport, Error> {
        let stopped = lock(&self.stopped).clone();
        let mut snags = lock(&self.tally).snags();
        if let Some(why) = stopped {
            let waiting = self.context.store.delivery_counts().await?.pending;
            snags.push(format!("{why}; {waiting} messages wait in the outbox"));
        }
        let tally = lock(&self.tally);
        Ok(StageReport { rows_written: tally.sent, note: tally.sentence(), snags, ..StageReport::default() })
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tally {
    fn sentence(&self) -> String {
        let mut text = format!("{} mails delivered", self.sent);
        for (count, what) in [
            (self.sent_before, "had been delivered before"),
            (self.postponed, "postponed"),
            (self.given_up, "given up"),
            (self.suppressed, "not wanted"),
        ] {
            if 0 < count {
                text += &format!(", {count} {what}");
            }
        }
        text
    }

    fn snags(&self) -> Vec<String> {
        let seen = "`financr inbox --kind delivery` names them";
        let given_up = (0 < self.given_up).then(|| format!("{} mails were given up; {seen}", self.given_up));
        let again = "`financr run deliver` and every night try them again";
        let postponed = (0 < self.postponed).then(|| format!("{} mails were postponed; {again}", self.postponed));
        given_up.into_iter().chain(postponed).collect()
    }
}
