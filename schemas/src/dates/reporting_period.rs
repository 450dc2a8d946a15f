//! The periods over which figures are reported.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate, Weekday};

use super::business_date::BusinessDate;

/// A period that ends on the date of the report. Periods are half-open: the value at the start is known, and what is
/// earned after it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportingPeriod {
    /// The last day: since the valuation before.
    OneDay,
    /// Since the Sunday before, that is, since the last valuation of the week before.
    WeekToDate,
    /// Since the end of the month before.
    MonthToDate,
    /// Since the end of the quarter before.
    QuarterToDate,
    /// Since the end of the year before.
    YearToDate,
    /// The last twelve months.
    OneYear,
    /// The last three years.
    ThreeYears,
    /// The last five years.
    FiveYears,
    /// The last ten years.
    TenYears,
    /// Since the portfolio's first day.
    SinceInception,
}

impl ReportingPeriod {
    /// Every period, shortest first.
    pub const ALL: [ReportingPeriod; 10] = [
        ReportingPeriod::OneDay,
        ReportingPeriod::WeekToDate,
        ReportingPeriod::MonthToDate,
        ReportingPeriod::QuarterToDate,
        ReportingPeriod::YearToDate,
        ReportingPeriod::OneYear,
        ReportingPeriod::ThreeYears,
        ReportingPeriod::FiveYears,
        ReportingPeriod::TenYears,
        ReportingPeriod::SinceInception,
    ];

    /// The periods of which a client statement and the overview of a portfolio speak.
    pub const STATED: [ReportingPeriod; 4] = [
        ReportingPeriod::MonthToDate,
        ReportingPeriod::YearToDate,
        ReportingPeriod::OneYear,
        ReportingPeriod::SinceInception,
    ];

    /// The code in tables and URLs: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y`, `SI`.
    pub fn code(self) -> &'static str {
        match self {
            ReportingPeriod::OneDay => "1D",
            ReportingPeriod::WeekToDate => "WTD",
            ReportingPeriod::MonthToDate => "MTD",
            ReportingPeriod::QuarterToDate => "QTD",
            ReportingPeriod::YearToDate => "YTD",
            ReportingPeriod::OneYear => "1Y",
            ReportingPeriod::ThreeYears => "3Y",
            ReportingPeriod::FiveYears => "5Y",
            ReportingPeriod::TenYears => "10Y",
            ReportingPeriod::SinceInception => "SI",
        }
    }

    /// The months of a period that always has the same length; none of one that runs from a day of the calendar or of
    /// the portfolio.
    pub fn fixed_months(self) -> Option<u32> {
        match self {
            ReportingPeriod::OneYear => Some(12),
            ReportingPeriod::ThreeYears => Some(36),
            ReportingPeriod::FiveYears => Some(60),
            ReportingPeriod::TenYears => Some(120),
            _ => None,
        }
    }

    /// The last day whose closing value is the period's opening value: returns of later days belong to the period.
    /// None since inception, where nothing is there before the first day.
    pub fn opening_date(self, end: BusinessDate) -> Option<NaiveDate> {
        let day = end.day();
        match self {
            ReportingPeriod::OneDay => day.pred_opt(),
            ReportingPeriod::WeekToDate => day.week(Weekday::Mon).first_day().pred_opt(),
            ReportingPeriod::MonthToDate => day.with_day(1)?.pred_opt(),
            ReportingPeriod::QuarterToDate => {
                NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1)?.pred_opt()
            }
            ReportingPeriod::YearToDate => NaiveDate::from_ymd_opt(day.year() - 1, 12, 31),
            ReportingPeriod::SinceInception => None,
            ReportingPeriod::OneYear
            | ReportingPeriod::ThreeYears
            | ReportingPeriod::FiveYears
            | ReportingPeriod::TenYears => day.checked_sub_months(Months::new(self.fixed_months()?)),
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
        let known = || ReportingPeriod::ALL.map(ReportingPeriod::code).join(", ");
        found.ok_or_else(|| format!("unknown period `{text}`; known: {}", known()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_open_on_the_last_day_before_them() {
        let end: BusinessDate = "2024-02-29".parse().expect("a date");
        let opening = |period: ReportingPeriod| period.opening_date(end).map(|day| day.to_string());
        assert_eq!(opening(ReportingPeriod::OneDay).as_deref(), Some("2024-02-28"));
        // 29 February 2024 was a Thursday; the Sunday before it the 25th.
        assert_eq!(opening(ReportingPeriod::WeekToDate).as_deref(), Some("2024-02-25"));
        assert_eq!(opening(ReportingPeriod::MonthToDate).as_deref(), Some("2024-01-31"));
        assert_eq!(opening(ReportingPeriod::QuarterToDate).as_deref(), Some("2023-12-31"));
        assert_eq!(opening(ReportingPeriod::YearToDate).as_deref(), Some("2023-12-31"));
        assert_eq!(opening(ReportingPeriod::OneYear).as_deref(), Some("2023-02-28"));
        assert_eq!(opening(ReportingPeriod::ThreeYears).as_deref(), Some("2021-02-28"));
        assert_eq!(opening(ReportingPeriod::FiveYears).as_deref(), Some("2019-02-28"));
        assert_eq!(opening(ReportingPeriod::TenYears).as_deref(), Some("2014-02-28"));
        assert_eq!(opening(ReportingPeriod::SinceInception), None);
    }

    #[test]
    fn quarters_and_weeks_begin_where_the_calendar_says() {
        let opening = |period: ReportingPeriod, end: &str| {
            let end: BusinessDate = end.parse().expect("a date");
            period.opening_date(end).map(|day| day.to_string()).unwrap_or_default()
        };
        for (end, quarter) in [("2024-03-31", "2023-12-31"), ("2024-04-01", "2024-03-31"), ("2024-12-30", "2024-09-30")]
        {
            assert_eq!(opening(ReportingPeriod::QuarterToDate, end), quarter, "{end}");
        }
        // A Monday begins a week, a Sunday ends it.
        assert_eq!(opening(ReportingPeriod::WeekToDate, "2024-04-01"), "2024-03-31");
        assert_eq!(opening(ReportingPeriod::WeekToDate, "2024-04-07"), "2024-03-31");
    }

    #[test]
    fn codes_are_read_back_and_unknown_ones_are_told_what_is_known() {
        for period in ReportingPeriod::ALL {
            assert_eq!(period.code().parse(), Ok(period));
        }
        let refused = "2Y".parse::<ReportingPeriod>().expect_err("no such period");
        assert_eq!(refused, "unknown period `2Y`; known: 1D, WTD, MTD, QTD, YTD, 1Y, 3Y, 5Y, 10Y, SI");
    }
}
