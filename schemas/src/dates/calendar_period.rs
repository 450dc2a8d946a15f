//! The months, quarters and years of the calendar, for which documents are made.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};

use super::BusinessDate;

/// A month, a quarter or a year, e.g. `2017-06`, `2017-Q2` or `2017`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CalendarPeriod {
    first: BusinessDate,
    last: BusinessDate,
}

/// Why a text is no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period; write a month as 2017-06, a quarter as 2017-Q2, a year as 2017, between 1901 and 2198")]
pub struct CalendarPeriodError(String);

/// How long a period of the calendar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CalendarLength {
    /// A month.
    Month,
    /// Three months, from January, April, July or October on.
    Quarter,
    /// Twelve months, from January on.
    Year,
}

impl CalendarLength {
    /// Every length, the shortest first.
    pub const ALL: [CalendarLength; 3] = [CalendarLength::Month, CalendarLength::Quarter, CalendarLength::Year];

    /// Whether a period of this length ends with the month of a day.
    pub fn ends_with_month_of(self, day: BusinessDate) -> bool {
        let months = match self {
            CalendarLength::Month => 1,
            CalendarLength::Quarter => 3,
            CalendarLength::Year => 12,
        };
        day.day().month().is_multiple_of(months)
    }
}

impl fmt::Display for CalendarLength {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            CalendarLength::Month => "month",
            CalendarLength::Quarter => "quarter",
            CalendarLength::Year => "year",
        })
    }
}

impl CalendarPeriod {
    /// How long it is.
    pub fn length(self) -> CalendarLength {
        match self.last.day().month() - self.first.day().month() {
            0 => CalendarLength::Month,
            2 => CalendarLength::Quarter,
            _ => CalendarLength::Year,
        }
    }

    /// Its first calendar day.
    pub fn first_day(self) -> BusinessDate {
        self.first
    }

    /// Its last calendar day.
    pub fn last_day(self) -> BusinessDate {
        self.last
    }

    /// The day before it: its closing value is the period's opening value.
    pub fn opening_date(self) -> BusinessDate {
        self.first.previous_calendar_day()
    }

    fn of(year: i32, first_month: u32, months: u32) -> Option<CalendarPeriod> {
        if !(1901..2199).contains(&year) {
            return None;
        }
        let first = NaiveDate::from_ymd_opt(year, first_month, 1)?;
        let last = first.checked_add_months(Months::new(months))?.pred_opt()?;
        Some(CalendarPeriod { first: BusinessDate::new(first).ok()?, last: BusinessDate::new(last).ok()? })
    }
}

impl FromStr for CalendarPeriod {
    type Err = CalendarPeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |text: &str, count: usize| {
            let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
            if plain { text.parse::<u32>().ok() } else { None }
        };
        let year = |text: &str| digits(text, 4).and_then(|year| i32::try_from(year).ok());
        let found = match text.split_once('-') {
            None => year(text).and_then(|year| CalendarPeriod::of(year, 1, 12)),
            Some((of_year, part)) => match part.strip_prefix('Q') {
                Some(quarter) => digits(quarter, 1)
                    .filter(|quarter| (1..=4).contains(quarter))
                    .and_then(|quarter| CalendarPeriod::of(year(of_year)?, quarter * 3 - 2, 3)),
                None => digits(part, 2).and_then(|month| CalendarPeriod::of(year(of_year)?, month, 1)),
            },
        };
        found.ok_or_else(|| CalendarPeriodError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for CalendarPeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.first.day(), self.last.day());
        match (first.month(), last.month()) {
            (1, 12) => formatter.pad(&first.year().to_string()),
            (month, end) if month == end => formatter.pad(&format!("{}-{month:02}", first.year())),
            (_, end) => formatter.pad(&format!("{}-Q{}", first.year(), end / 3)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_its_days_and_its_name() {
        for (name, opening, first, last) in [
            ("2017-06", "2017-05-31", "2017-06-01", "2017-06-30"),
            ("2024-02", "2024-01-31", "2024-02-01", "2024-02-29"),
            ("2017-Q2", "2017-03-31", "2017-04-01", "2017-06-30"),
            ("2017-Q1", "2016-12-31", "2017-01-01", "2017-03-31"),
            ("2017-12", "2017-11-30", "2017-12-01", "2017-12-31"),
            ("2017", "2016-12-31", "2017-01-01", "2017-12-31"),
        ] {
            let period: CalendarPeriod = name.parse().expect("a period");
            let days = [period.opening_date(), period.first_day(), period.last_day()].map(|day| day.to_string());
            assert_eq!(days, [opening, first, last], "{name}");
            assert_eq!(period.to_string(), name);
            assert!(period.length().ends_with_month_of(period.last_day()), "{name}");
        }
        let length = |name: &str| name.parse::<CalendarPeriod>().expect("a period").length();
        let lengths = ["2017-06", "2017-Q2", "2017"].map(length);
        assert_eq!(lengths, CalendarLength::ALL);
        let may: BusinessDate = "2017-05-31".parse().expect("a date");
        assert_eq!(CalendarLength::ALL.map(|length| length.ends_with_month_of(may)), [true, false, false]);
    }

    #[test]
    fn what_is_no_period_is_refused_with_the_forms_there_are() {
        for wrong in
            ["", "2017-", "2017-Q0", "2017-Q5", "2017-13", "2017-00", "2017-6", "17", "2017-06-30", "+017", "1900"]
        {
            let error = wrong.parse::<CalendarPeriod>().expect_err("no period").to_string();
            assert!(error.contains("2017-Q2"), "{wrong}: {error}");
        }
    }
}
