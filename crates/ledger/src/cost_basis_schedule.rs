//! Which cost basis method a portfolio uses from which day on.

use std::fmt;
use std::str::FromStr;

use schemas::BusinessDate;

use crate::lots::{CostBasis, UnknownMethod, method};

/// Changes of method that a schedule may have.
pub const CHANGES_MAX: usize = 100;

/// A method, and the days from which others take its place.
///
/// As text: the first method, then every change as a day and a method, separated by `;`, e.g.
/// `fifo; 2024-01-01 average_cost`. On the day of a change the open lots are carried over before anything is booked:
/// see [`crate::holding::Holding::change_method`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodSchedule {
    first: &'static CostBasis,
    changes: Vec<(BusinessDate, &'static CostBasis)>,
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A method that does not exist.
    #[error(transparent)]
    UnknownMethod(#[from] UnknownMethod),
    /// A change without a day and a method.
    #[error("`{change}` is no change of method; write `YYYY-MM-DD method`, e.g. `2024-01-01 average_cost`")]
    Unreadable {
        /// The change.
        change: String,
    },
    /// Changes that are not in order.
    #[error("the change of {later} comes after that of {earlier}; write changes in the order of their days")]
    OutOfOrder {
        /// The day that stands first.
        earlier: BusinessDate,
        /// The day that stands second.
        later: BusinessDate,
    },
    /// More changes than anybody makes.
    #[error("a schedule has at most {CHANGES_MAX} changes of method")]
    TooManyChanges,
}

impl MethodSchedule {
    /// One method for ever.
    pub const fn constant(method: &'static CostBasis) -> MethodSchedule {
        MethodSchedule { first: method, changes: Vec::new() }
    }

    /// The method of a day.
    pub fn on(&self, date: BusinessDate) -> &'static CostBasis {
        let until = self.changes.partition_point(|(from, _)| *from <= date);
        let last = until.checked_sub(1).and_then(|place| self.changes.get(place));
        last.map_or(self.first, |(_, method)| *method)
    }

    /// The days on which another method begins, with it, in order.
    pub fn changes(&self) -> &[(BusinessDate, &'static CostBasis)] {
        &self.changes
    }
}

impl FromStr for MethodSchedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut pieces = text.split(';').map(str::trim);
        let first = method(pieces.next().unwrap_or_default())?;
        let mut changes: Vec<(BusinessDate, &'static CostBasis)> = Vec::new();
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            if changes.len() == CHANGES_MAX {
                return Err(ScheduleError::TooManyChanges);
            }
            let unreadable = || ScheduleError::Unreadable { change: piece.chars().take(80).collect() };
            let (day, id) = piece.split_once(char::is_whitespace).ok_or_else(unreadable)?;
            let later: BusinessDate = day.parse().map_err(|_| unreadable())?;
            if let Some((earlier, _)) = changes.last()
                && later <= *earlier
            {
                return Err(ScheduleError::OutOfOrder { earlier: *earlier, later });
            }
            changes.push((later, method(id.trim())?));
        }
        Ok(MethodSchedule { first, changes })
    }
}

impl fmt::Display for MethodSchedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.first.id)?;
        for (date, method) in &self.changes {
            write!(formatter, "; {date} {}", method.id)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_holds_from_its_day_on() {
        let schedule: MethodSchedule = "fifo; 2024-01-01 average_cost;2025-01-01  lifo".parse().expect("a schedule");
        let on = |day: &str| schedule.on(day.parse().expect("a date")).id;
        assert_eq!([on("2023-12-31"), on("2024-01-01"), on("2024-12-31")], ["fifo", "average_cost", "average_cost"]);
        assert_eq!(on("2030-01-01"), "lifo");
        assert_eq!(schedule.to_string(), "fifo; 2024-01-01 average_cost; 2025-01-01 lifo");
        assert_eq!(schedule.to_string().parse(), Ok(schedule));
    }

    #[test]
    fn a_wrong_schedule_says_what_is_wrong() {
        let error = |text: &str| text.parse::<MethodSchedule>().expect_err(text).to_string();
        assert!(error("").starts_with("unknown cost basis method ``; known: average_cost"));
        assert!(error("2024-01-01 fifo").starts_with("unknown cost basis method `2024-01-01 fifo`"));
        assert!(error("fifo; 2024-01-01 best").starts_with("unknown cost basis method `best`"));
        assert!(error("fifo; lifo").starts_with("`lifo` is no change of method; write `YYYY-MM-DD method`"));
        assert!(error("fifo; 2024-02-30 lifo").starts_with("`2024-02-30 lifo` is no change"));
        let out_of_order = "the change of 2023-01-01 comes after that of 2024-01-01";
        assert!(error("fifo; 2024-01-01 lifo; 2023-01-01 fifo").starts_with(out_of_order));
    }
}
