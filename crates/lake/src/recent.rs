//! Tables as they were a moment ago.
//!
//! Whoever answers many questions a second need not look for a newer version of a table before each of them: over an
//! object store every look is a request to it. A write of one's own is seen at once all the same.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::snapshot::Snapshot;

/// The last snapshot of each table, with the moment at which it was known to be the newest.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    age_max: Duration,
    seen: Mutex<HashMap<&'static str, (Instant, Snapshot)>>,
}

impl Recent {
    /// Snapshots that count for so long; none ever does if that is no time at all.
    pub(crate) fn new(age_max: Duration) -> Recent {
        Recent { age_max, seen: Mutex::default() }
    }

    /// The snapshot of a table, if it still counts.
    pub(crate) fn get(&self, table: &'static str) -> Option<Snapshot> {
        if self.age_max.is_zero() {
            return None;
        }
        self.seen().get(table).filter(|(at, _)| at.elapsed() < self.age_max).map(|(_, snapshot)| snapshot.clone())
    }

    /// Remembers a snapshot that was looked for at a moment.
    pub(crate) fn put(&self, table: &'static str, at: Instant, snapshot: &Snapshot) {
        if !self.age_max.is_zero() {
            self.seen().insert(table, (at, snapshot.clone()));
        }
    }

    /// Forgets a table that was written.
    pub(crate) fn forget(&self, table: &'static str) {
        if !self.age_max.is_zero() {
            self.seen().remove(table);
        }
    }

    // Whoever panicked held the lock only to look up or to put in.
    fn seen(&self) -> MutexGuard<'_, HashMap<&'static str, (Instant, Snapshot)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
