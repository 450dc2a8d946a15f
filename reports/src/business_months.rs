//! The month and the year to which a day counts where periods end on their last business day.
//!
//! What is valued on the weekend after the last business day of a year belongs to the next one: the year had ended
//! before it, and a report that is made then says the same as one that is made later.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use schemas::{BusinessDate, HolidayCalendar};

/// The calendar whose months periods follow.
const CALENDAR: &str = "TARGET";

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BusinessMonth {
    /// The year.
    pub(crate) year: i32,
    /// The month, from 1 to 12.
    pub(crate) month: u32,
}

/// The last business days of months, as they are asked for.
#[derive(Default)]
pub(crate) struct BusinessMonths {
    last_days: BTreeMap<BusinessMonth, NaiveDate>,
}

impl BusinessMonth {
    /// The calendar month of a day.
    fn of_calendar(day: NaiveDate) -> BusinessMonth {
        BusinessMonth { year: day.year(), month: day.month() }
    }

    /// December of a year.
    pub(crate) fn december(year: i32) -> BusinessMonth {
        BusinessMonth { year, month: 12 }
    }

    /// The month before.
    pub(crate) fn before(self) -> BusinessMonth {
        if self.month <= 1 {
            BusinessMonth::december(self.year - 1)
        } else {
            BusinessMonth { month: self.month - 1, ..self }
        }
    }

    /// The month after.
    pub(crate) fn after(self) -> BusinessMonth {
        if self.month < 12 {
            BusinessMonth { month: self.month + 1, ..self }
        } else {
            BusinessMonth { year: self.year + 1, month: 1 }
        }
    }
}

impl BusinessMonths {
    /// The month to which a day counts.
    pub(crate) fn of(&mut self, day: BusinessDate) -> BusinessMonth {
        let own = BusinessMonth::of_calendar(day.day());
        if self.last_day(own) < day.day() { own.after() } else { own }
    }

    /// The last business day of a month; its last calendar day where the calendar does not reach.
    pub(crate) fn last_day(&mut self, month: BusinessMonth) -> NaiveDate {
        *self.last_days.entry(month).or_insert_with(|| last_business_day(month))
    }
}

fn last_business_day(month: BusinessMonth) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(month.year, month.month, 1).unwrap_or_default();
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let known = HolidayCalendar::named(CALENDAR).ok().zip(BusinessDate::new(next).ok());
    let last = known.and_then(|(calendar, next)| calendar.previous(next).ok()).map(BusinessDate::day);
    last.or_else(|| next.pred_opt()).unwrap_or(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weekend_after_the_last_business_day_is_of_the_next_year() {
        // 31 December 2023 was a Sunday after a Friday; 31 December 2024 a Tuesday.
        let mut months = BusinessMonths::default();
        for (day, year, month) in [
            ("2023-12-29", 2023, 12),
            ("2023-12-30", 2024, 1),
            ("2023-12-31", 2024, 1),
            ("2024-01-01", 2024, 1),
            ("2024-12-31", 2024, 12),
            ("2024-03-30", 2024, 4),
        ] {
            let found = months.of(day.parse().expect("a date"));
            assert_eq!(found, BusinessMonth { year, month }, "{day}");
        }
        let december = BusinessMonth::december(2023);
        assert_eq!((december.after().before(), december.after().month), (december, 1));
    }
}
