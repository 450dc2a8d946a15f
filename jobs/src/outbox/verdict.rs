//! What follows from an attempt: done, another attempt after a pause, or the inbox.

use chrono::{DateTime, TimeDelta, Utc};
use reports::delivery::Outcome;
use store::{Delivery, NextAttempt, SentCopy};

use super::COPIES_MAX;
use crate::context::Settings;

/// Pause after the first failed attempt; doubled after each further one.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(2);
/// The longest pause.
const PAUSE_MAX: TimeDelta = TimeDelta::hours(6);
/// How many times more attempts a message has if the way was closed, which is not its fault: with eight attempts and
/// pauses of six hours at most, a server may be down for six days.
const PATIENCE_WITH_THE_WAY: i64 = 4;

/// Why a message is not sent a third time.
pub(super) const MAY_HAVE_ARRIVED: &str =
    "it was handed over twice without an answer and may have arrived; ask its recipient before it is sent once more";
const NOT_WANTED: &str = "it is optional, and its recipient is on the list of suppressions";

/// What to write down about an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The message is where it belongs.
    Delivered {
        /// What the other side said.
        answer: String,
        /// Whether it was there already.
        before: bool,
    },
    /// It is not, as far as is known.
    Failed {
        /// Why, without addresses.
        reason: String,
        /// What follows.
        next: NextAttempt,
        /// Whether the other side may have it all the same.
        copy: SentCopy,
    },
}

/// Judges an attempt with messages, which stay together if they are tried again; none is one that was not made because
/// nobody wants them.
pub(super) fn verdict(
    outcome: Option<Outcome>,
    deliveries: &[Delivery],
    settings: &Settings,
    now: DateTime<Utc>,
) -> Verdict {
    let tries_max = settings.delivery_attempts_max;
    let tries = deliveries.iter().map(Delivery::tries).max().unwrap_or_default();
    let copies = deliveries.iter().map(|delivery| delivery.copies).max().unwrap_or_default();
    let next = |most: i64| if tries < most { NextAttempt::At(now + pause(tries)) } else { NextAttempt::Never };
    let (reason, next, copy) = match outcome {
        Some(Outcome::Delivered(answer)) => return Verdict::Delivered { answer, before: false },
        Some(Outcome::AlreadyDelivered) => {
            return Verdict::Delivered { answer: "it was there already".to_owned(), before: true };
        }
        None => (NOT_WANTED.to_owned(), NextAttempt::NotWanted, SentCopy::No),
        Some(Outcome::TransientFailure(reason)) => (reason, next(tries_max), SentCopy::No),
        Some(Outcome::Postponed { reason, seconds }) => {
            (reason, later(next(tries_max), now + asked_pause(seconds)), SentCopy::No)
        }
        Some(Outcome::ChannelFailure(reason)) => {
            (reason, next(tries_max.saturating_mul(PATIENCE_WITH_THE_WAY)), SentCopy::No)
        }
        Some(Outcome::Unknown(_)) if COPIES_MAX <= copies => {
            (MAY_HAVE_ARRIVED.to_owned(), NextAttempt::Never, SentCopy::Perhaps)
        }
        Some(Outcome::Unknown(reason)) => (reason, next(tries_max), SentCopy::Perhaps),
        Some(Outcome::PermanentFailure(reason) | Outcome::RecipientRefused(reason)) => {
            (reason, NextAttempt::Never, SentCopy::No)
        }
        Some(Outcome::RecipientGone(reason)) => (reason, NextAttempt::NotWanted, SentCopy::No),
    };
    Verdict::Failed { reason, next, copy }
}

/// The pause that the other side asks for, as far as we grant it.
fn asked_pause(seconds: u64) -> TimeDelta {
    i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds).map_or(PAUSE_MAX, |asked| asked.min(PAUSE_MAX))
}

/// The next attempt, if there is one, and not before an instant.
fn later(next: NextAttempt, earliest: DateTime<Utc>) -> NextAttempt {
    match next {
        NextAttempt::At(at) => NextAttempt::At(at.max(earliest)),
        NextAttempt::Never | NextAttempt::NotWanted => next,
    }
}

/// The pause after a number of tries.
fn pause(tries: i64) -> TimeDelta {
    let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or(0);
    (FIRST_PAUSE * 2_i32.pow(doublings)).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours() {
        // 2, 4, 8, … minutes: after the eighth try 256, after the ninth 512, which is more than six hours.
        let minutes = |tries: i64| pause(tries).num_minutes();
        assert_eq!([1, 2, 3, 8].map(minutes), [2, 4, 8, 256]);
        assert_eq!([9, 10, 1_000_000].map(minutes), [360, 360, 360]);
        assert_eq!(minutes(0), 2);
    }

    #[test]
    fn who_asks_for_a_pause_gets_one_of_six_hours_at_most() {
        let now: DateTime<Utc> = "2015-01-01T02:00:00Z".parse().expect("an instant");
        let due = |seconds: u64| later(NextAttempt::At(now + pause(1)), now + asked_pause(seconds));
        assert_eq!(due(5), NextAttempt::At(now + TimeDelta::minutes(2)));
        assert_eq!(due(3_600), NextAttempt::At(now + TimeDelta::hours(1)));
        assert_eq!(due(u64::MAX), NextAttempt::At(now + TimeDelta::hours(6)));
        assert_eq!(later(NextAttempt::Never, now), NextAttempt::Never);
    }
}
