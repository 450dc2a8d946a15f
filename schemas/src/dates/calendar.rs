//! Which days are business days.
//!
//! Calendars are CSV files in `schemas/calendars/`, one holiday a line, compiled in. A date outside the years that a
//! file covers has no answer: guessing that it is a business day is how statements come out on holidays.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use super::business_date::BusinessDate;

/// The holidays of one place; Saturdays and Sundays are never business days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayCalendar {
    name: &'static str,
    holidays: BTreeSet<NaiveDate>,
    first_year: i32,
    last_year: i32,
}

/// Why a calendar has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No such calendar.
    #[error("unknown calendar `{name}`; known: TARGET")]
    Unknown {
        /// The name as given.
        name: String,
    },
    /// The calendar does not reach that far.
    #[error("calendar {name} covers {first_year} to {last_year}, not {date}")]
    OutOfRange {
        /// The calendar.
        name: &'static str,
        /// First year covered.
        first_year: i32,
        /// Last year covered.
        last_year: i32,
        /// The date asked about.
        date: BusinessDate,
    },
}

/// Closing days of the euro system's payment system, 1999 to 2040, by the ECB's rule of December 2000.
const TARGET: &str = include_str!("../../calendars/target.csv");

impl HolidayCalendar {
    /// The calendar of this name.
    ///
    /// # Errors
    /// [`CalendarError::Unknown`] if there is none.
    pub fn named(name: &str) -> Result<HolidayCalendar, CalendarError> {
        match name {
            "TARGET" => Ok(HolidayCalendar::parse("TARGET", TARGET)),
            other => Err(CalendarError::Unknown { name: other.to_owned() }),
        }
    }

    fn parse(name: &'static str, file: &str) -> HolidayCalendar {
        let dates = file.lines().skip(1).filter_map(|line| line.split(',').next()?.parse::<NaiveDate>().ok());
        let holidays: BTreeSet<NaiveDate> = dates.collect();
        let first_year = holidays.first().map_or(0, NaiveDate::year);
        let last_year = holidays.last().map_or(0, NaiveDate::year);
        HolidayCalendar { name, holidays, first_year, last_year }
    }

    /// Whether the date is a business day.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] if the calendar does not cover the year.
    pub fn is_business_day(&self, date: BusinessDate) -> Result<bool, CalendarError> {
        let day = date.day();
        if day.year() < self.first_year || self.last_year < day.year() {
            return Err(CalendarError::OutOfRange {
                name: self.name,
                first_year: self.first_year,
                last_year: self.last_year,
                date,
            });
        }
        Ok(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(&day))
    }

    /// The last business day before a date.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] if the calendar does not reach that far.
    pub fn previous(&self, date: BusinessDate) -> Result<BusinessDate, CalendarError> {
        let mut candidate = date.previous_calendar_day();
        while !self.is_business_day(candidate)? {
            candidate = candidate.previous_calendar_day();
        }
        Ok(candidate)
    }

    /// Whether no business day of the same month comes after the date.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] if the calendar does not cover the year.
    pub fn is_month_end(&self, date: BusinessDate) -> Result<bool, CalendarError> {
        if !self.is_business_day(date)? {
            return Ok(false);
        }
        let mut candidate = date.next_calendar_day();
        while candidate.day().month() == date.day().month() {
            if self.is_business_day(candidate)? {
                return Ok(false);
            }
            candidate = candidate.next_calendar_day();
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    #[test]
    fn target_closes_when_the_ecb_says_so() {
        // ECB, "TARGET holidays": Good Friday and Easter Monday 2024, Labour Day, both Christmas days, New Year.
        let target = HolidayCalendar::named("TARGET").expect("shipped");
        for closed in ["2024-01-01", "2024-03-29", "2024-04-01", "2024-05-01", "2024-12-25", "2024-12-26", "2024-03-30"]
        {
            assert_eq!(target.is_business_day(date(closed)), Ok(false), "{closed}");
        }
        assert_eq!(target.is_business_day(date("2024-12-24")), Ok(true));
        assert_eq!(target.previous(date("2024-04-02")), Ok(date("2024-03-28")));
        assert!(target.is_business_day(date("1980-01-02")).is_err());
    }

    #[test]
    fn months_end_on_their_last_business_day() {
        let target = HolidayCalendar::named("TARGET").expect("shipped");
        assert_eq!(target.is_month_end(date("2024-03-28")), Ok(true), "29th is Good Friday, 30th and 31st a weekend");
        assert_eq!(target.is_month_end(date("2024-03-27")), Ok(false));
        assert_eq!(target.is_month_end(date("2014-12-31")), Ok(true));
        assert_eq!(target.is_month_end(date("2024-03-31")), Ok(false), "a Sunday is no business day");
    }
}
