//! The day that a run, a value or a statement is for.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};

/// A day for which books are kept, e.g. `2014-12-31`. Between 1900 and 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BusinessDate(NaiveDate);

/// Why a text is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date of the form YYYY-MM-DD between 1900 and 2199")]
pub struct BusinessDateError(String);

impl BusinessDate {
    /// The first one there is: 1 January 1900.
    pub const FIRST: BusinessDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
        Some(day) => BusinessDate(day),
        None => BusinessDate(NaiveDate::MIN),
    };

    /// The calendar day.
    pub const fn day(self) -> NaiveDate {
        self.0
    }

    /// A business date from a calendar day.
    ///
    /// # Errors
    /// [`BusinessDateError`] if the year is outside 1900 to 2199.
    pub fn new(day: NaiveDate) -> Result<BusinessDate, BusinessDateError> {
        if (1900..2200).contains(&day.year()) { Ok(BusinessDate(day)) } else { Err(BusinessDateError(day.to_string())) }
    }

    /// Calendar days from an earlier date to this one.
    pub fn days_since(self, earlier: BusinessDate) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// The calendar day before; the first of 1900 has none and stays.
    #[must_use]
    pub fn previous_calendar_day(self) -> BusinessDate {
        BusinessDate(self.0.checked_sub_days(Days::new(1)).unwrap_or(self.0))
    }

    /// The calendar day after.
    #[must_use]
    pub fn next_calendar_day(self) -> BusinessDate {
        BusinessDate(self.0.checked_add_days(Days::new(1)).unwrap_or(self.0))
    }
}

impl FromStr for BusinessDate {
    type Err = BusinessDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || BusinessDateError(text.chars().take(40).collect());
        if text.len() != 10 {
            return Err(error());
        }
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| error())?;
        BusinessDate::new(day)
    }
}

impl fmt::Display for BusinessDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0.to_string())
    }
}

impl serde::Serialize for BusinessDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for BusinessDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_iso_dates() {
        assert!("2014-12-31".parse::<BusinessDate>().is_ok());
        for wrong in ["2014-02-30", "31.12.2014", "2014-1-1", "1014-01-01", "", "2014-12-31T00"] {
            assert!(wrong.parse::<BusinessDate>().is_err(), "{wrong}");
        }
    }
}
