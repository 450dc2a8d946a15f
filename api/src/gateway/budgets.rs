//! How many requests each caller has left.
//!
//! A caller may ask so many times at once, and what was used comes back evenly over a minute: the generic cell rate
//! algorithm (ITU-T I.371), which keeps one instant a caller: when the whole budget will be there again. Callers whose
//! budget is whole need not be remembered, so the memory is bounded: when it is full and nobody can be forgotten,
//! callers that are not remembered share one budget.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, TimeDelta, Utc};

/// Over what time a budget is there again.
const WINDOW_US: i64 = 60_000_000;

/// The budgets of callers of one kind.
#[derive(Debug)]
pub(crate) struct Budgets<K> {
    /// Requests in a budget; none if callers of this kind have no limit.
    requests: Option<i64>,
    callers_max: usize,
    /// When the budget of a caller will be whole again.
    whole_at: HashMap<K, DateTime<Utc>>,
    /// The same of all callers that there is no room for.
    others_whole_at: Option<DateTime<Utc>>,
}

/// What is left of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether the request is in the budget.
    pub(crate) admitted: bool,
    /// Requests that may follow at once.
    pub(crate) remaining: i64,
    /// Seconds until the whole budget is there again, rounded up.
    pub(crate) whole_in_s: i64,
    /// Seconds until one more request may be made, rounded up; 0 if it may be now.
    pub(crate) retry_in_s: i64,
}

/// Whether a look at a budget uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// One request is taken from it.
    Take,
    /// Nothing is.
    Look,
}

/// How fast what was used of a budget comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    /// Microseconds until one request is there again.
    pub(crate) interval_us: i64,
    /// Microseconds until all are.
    pub(crate) window_us: i64,
}

impl Rate {
    /// The rate of so many requests a minute.
    pub(crate) fn of(requests: i64) -> Rate {
        let interval_us = (WINDOW_US / requests.max(1)).max(1);
        Rate { interval_us, window_us: interval_us.saturating_mul(requests) }
    }

    /// What a request takes, in microseconds.
    pub(crate) fn cost_us(self, usage: Use) -> i64 {
        if usage == Use::Take { self.interval_us } else { 0 }
    }

    /// A budget that will be whole so many microseconds after a request.
    pub(crate) fn standing(self, admitted: bool, owed_us: i64) -> Standing {
        Standing {
            admitted,
            remaining: (self.window_us - owed_us) / self.interval_us,
            whole_in_s: seconds_up(owed_us),
            retry_in_s: seconds_up((owed_us + self.interval_us - self.window_us).max(0)),
        }
    }
}

impl<K: Eq + Hash> Budgets<K> {
    /// Budgets of so many requests a minute, for so many callers that are remembered; 0 requests for no limit.
    pub(crate) fn new(requests_per_minute: u32, callers_max: usize) -> Budgets<K> {
        let requests = (0 < requests_per_minute).then_some(i64::from(requests_per_minute));
        Budgets { requests, callers_max, whole_at: HashMap::new(), others_whole_at: None }
    }

    /// Requests in a budget; none without a limit.
    pub(crate) fn requests(&self) -> Option<i64> {
        self.requests
    }

    /// The budget of a caller; none without a limit.
    pub(crate) fn standing(&mut self, caller: K, usage: Use, now: DateTime<Utc>) -> Option<Standing> {
        let requests = self.requests?;
        let remembered = self.whole_at.contains_key(&caller);
        if usage == Use::Take && !remembered && self.callers_max <= self.whole_at.len() {
            self.whole_at.retain(|_, whole_at| now < *whole_at);
        }
        let has_room = remembered || self.whole_at.len() < self.callers_max;
        let before = if has_room { self.whole_at.get(&caller).copied() } else { self.others_whole_at };
        let (standing, after) = settled(requests, before, usage, now);
        // A refusal changes an instant only where a clock that was set back left it too far ahead.
        if usage == Use::Take && (standing.admitted || before.is_some()) {
            if has_room {
                self.whole_at.insert(caller, after);
            } else {
                self.others_whole_at = Some(after);
            }
        }
        Some(standing)
    }
}

/// A budget after a request at an instant, and when it will be whole.
fn settled(
    requests: i64,
    whole_at: Option<DateTime<Utc>>,
    usage: Use,
    now: DateTime<Utc>,
) -> (Standing, DateTime<Utc>) {
    let rate = Rate::of(requests);
    // A clock that was set back must not lock anybody out for longer than an empty budget does.
    let owed_us = whole_at.map_or(0, |whole_at| microseconds(whole_at - now)).clamp(0, rate.window_us);
    let admitted = owed_us + rate.interval_us <= rate.window_us;
    let owed_after_us = if admitted { owed_us + rate.cost_us(usage) } else { owed_us };
    (rate.standing(admitted, owed_after_us), now + TimeDelta::microseconds(owed_after_us))
}

fn microseconds(time: TimeDelta) -> i64 {
    time.num_microseconds().unwrap_or(if time < TimeDelta::zero() { 0 } else { i64::MAX })
}

fn seconds_up(microseconds: i64) -> i64 {
    (microseconds + 999_999) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_420_077_600 + seconds, 0).unwrap()
    }

    fn admitted(budgets: &mut Budgets<&'static str>, caller: &'static str, seconds: i64) -> bool {
        budgets.standing(caller, Use::Take, at(seconds)).unwrap().admitted
    }

    #[test]
    fn a_budget_is_used_at_once_and_comes_back_evenly() {
        let mut budgets = Budgets::new(6, 10);
        for left in (0..6).rev() {
            let standing = budgets.standing("a", Use::Take, at(0)).unwrap();
            assert!(standing.admitted);
            assert_eq!(standing.remaining, left);
        }
        let refused = budgets.standing("a", Use::Take, at(0)).unwrap();
        // Six a minute are one in ten seconds.
        assert_eq!(refused, Standing { admitted: false, remaining: 0, whole_in_s: 60, retry_in_s: 10 });
        assert!(!admitted(&mut budgets, "a", 9));
        assert!(admitted(&mut budgets, "a", 10));
        assert!(!admitted(&mut budgets, "a", 10));
        assert!(admitted(&mut budgets, "b", 0), "others are not concerned");
    }

    #[test]
    fn over_any_long_time_no_more_than_the_rate_is_admitted() {
        let mut budgets = Budgets::new(60, 10);
        let count = (0..600).filter(|tenth| {
            let now = at(0) + TimeDelta::milliseconds(100 * tenth);
            budgets.standing("a", Use::Take, now).unwrap().admitted
        });
        // A whole budget, and one a second in the 59.9 seconds after it.
        assert_eq!(count.count(), 60 + 59);
    }

    #[test]
    fn a_look_takes_nothing() {
        let mut budgets = Budgets::new(1, 10);
        assert!(budgets.standing("a", Use::Look, at(0)).unwrap().admitted);
        assert!(admitted(&mut budgets, "a", 0));
        assert!(!budgets.standing("a", Use::Look, at(0)).unwrap().admitted);
    }

    #[test]
    fn the_memory_is_bounded_and_who_has_no_place_shares() {
        let mut budgets = Budgets::new(1, 2);
        assert!(admitted(&mut budgets, "a", 0) && admitted(&mut budgets, "b", 0));
        assert!(admitted(&mut budgets, "c", 1), "the first without a place");
        assert!(!admitted(&mut budgets, "d", 1), "the second shares with it");
        assert_eq!(budgets.whole_at.len(), 2);
        assert!(admitted(&mut budgets, "d", 61), "those whose budget is whole are forgotten");
        assert_eq!(budgets.whole_at.len(), 1);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let mut budgets = Budgets::new(1, 10);
        assert!(admitted(&mut budgets, "a", 1_000_000));
        assert!(!admitted(&mut budgets, "a", 0));
        let waited = budgets.standing("a", Use::Look, at(0)).unwrap();
        assert_eq!(waited.retry_in_s, 60);
        assert!(admitted(&mut budgets, "a", 60));
    }

    #[test]
    fn no_limit_is_no_budget() {
        assert_eq!(Budgets::new(0, 10).standing("a", Use::Take, at(0)), None);
    }
}
