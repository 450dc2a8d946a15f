//! The periods over which figures are reported.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};

use super::business_date::BusinessDate;

/// A period that ends on the date of the report. Periods are half-open: the value at the start is known, and what is
/// earned after it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportingPeriod {
    /// Since the end of the month before.
    MonthToDate,
    /// Since the end of the year before.
    YearToDate,
    /// The last twelve months.
    OneYear,
    /// Since the portfolio's first day.
    SinceInception,
}

impl ReportingPeriod {
    /// Every period, shortest first.
    pub const ALL: [ReportingPeriod; 4] = [
        ReportingPeriod::MonthToDate,
        ReportingPeriod::YearToDate,
        ReportingPeriod::OneYear,
        ReportingPeriod::SinceInception,
    ];

    /// The code in tables and URLs: `MTD`, `YTD`, `1Y`, `SI`.
    pub fn code(self) -> &'static str {
        match self {
            ReportingPeriod::MonthToDate => "MTD",
            ReportingPeriod::YearToDate => "YTD",
            ReportingPeriod::OneYear => "1Y",
            ReportingPeriod::SinceInception => "SI",
        }
    }

    /// The last day whose closing value is the period's opening value: returns of later days belong to the period.
    /// None since inception, where nothing is there before the first day.
    pub fn opening_date(self, end: BusinessDate) -> Option<NaiveDate> {
        let day = end.day();
        match self {
            ReportingPeriod::MonthToDate => day.with_day(1)?.pred_opt(),
            ReportingPeriod::YearToDate => NaiveDate::from_ymd_opt(day.year() - 1, 12, 31),
            ReportingPeriod::OneYear => day.checked_sub_months(Months::new(12)),
            ReportingPeriod::SinceInception => None,
        }
    }
}

impl fmt::Display for ReportingPeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.code())
    }
}

impl FromStr for ReportingPeriod {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = ReportingPeriod::ALL.into_iter().find(|period| period.code() == text);
        found.ok_or_else(|| format!("unknown period `{text}`; known: MTD, YTD, 1Y, SI"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_open_on_the_last_day_before_them() {
        let end: BusinessDate = "2024-02-29".parse().expect("a date");
        let opening = |period: ReportingPeriod| period.opening_date(end).map(|day| day.to_string());
        assert_eq!(opening(ReportingPeriod::MonthToDate).as_deref(), Some("2024-01-31"));
        assert_eq!(opening(ReportingPeriod::YearToDate).as_deref(), Some("2023-12-31"));
        assert_eq!(opening(ReportingPeriod::OneYear).as_deref(), Some("2023-02-28"));
        assert_eq!(opening(ReportingPeriod::SinceInception), None);
    }
}
