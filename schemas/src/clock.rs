//! Time, as an argument.
//!
//! A calculation that reads the wall clock cannot be repeated. The clock is therefore handed in, and this file holds
//! the only call to it in the house (checked by the tidy test).

use chrono::{DateTime, Utc};

/// Where the present instant comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// An instant that never moves, for tests and for rebuilding an earlier run.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The present instant in UTC.
    pub fn now(self) -> DateTime<Utc> {
        match self {
            Clock::System => Utc::now(),
            Clock::Fixed(instant) => instant,
        }
    }
}
