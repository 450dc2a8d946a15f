//! The time that a statement is about.

use lake::DateRange;
use schemas::{BusinessDate, CalendarLength, ReportingPeriod};

/// The time that statements are about: what is earned after the opening date and up to the closing date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The last day before it, whose closing value is the opening value.
    pub opening: BusinessDate,
    /// Its last day.
    pub closing: BusinessDate,
}

impl Span {
    /// The month up to a date.
    pub fn month_to_date(date: BusinessDate) -> Span {
        Span::to_date(CalendarLength::Month, date)
    }

    /// The month, quarter or year up to a date.
    pub fn to_date(length: CalendarLength, date: BusinessDate) -> Span {
        let opening = Span::period_of(length).opening_date(date).and_then(|day| BusinessDate::new(day).ok());
        Span { opening: opening.unwrap_or(date), closing: date }
    }

    /// The period of measures that a month, quarter or year up to a date is.
    fn period_of(length: CalendarLength) -> ReportingPeriod {
        match length {
            CalendarLength::Month => ReportingPeriod::MonthToDate,
            CalendarLength::Quarter => ReportingPeriod::QuarterToDate,
            CalendarLength::Year => ReportingPeriod::YearToDate,
        }
    }

    /// The month, quarter or year that it is, up to its last day; none of another time.
    pub fn length(self) -> Option<CalendarLength> {
        CalendarLength::ALL.into_iter().find(|length| Span::to_date(*length, self.closing) == self)
    }

    /// The periods of which performance is told at its end: its own first, then longer ones.
    pub fn stated_periods(self) -> Vec<ReportingPeriod> {
        let own = Span::period_of(self.length().unwrap_or(CalendarLength::Month));
        let longer = ReportingPeriod::STATED.into_iter().filter(|period| own < *period);
        std::iter::once(own).chain(longer).collect()
    }

    /// The first day of it.
    pub fn first_day(self) -> BusinessDate {
        self.opening.next_calendar_day()
    }

    /// The days of it.
    pub(crate) fn days(self) -> DateRange {
        DateRange::between(self.first_day(), self.closing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_of_a_quarter_tells_the_quarter() {
        let date: BusinessDate = "2017-06-30".parse().expect("a date");
        let codes = |length| {
            let span = Span::to_date(length, date);
            assert_eq!(span.length(), Some(length));
            span.stated_periods().into_iter().map(ReportingPeriod::code).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(codes(CalendarLength::Month), "MTD YTD 1Y SI");
        assert_eq!(codes(CalendarLength::Quarter), "QTD YTD 1Y SI");
        assert_eq!(codes(CalendarLength::Year), "YTD 1Y SI");
        let other = Span { opening: "2017-02-03".parse().expect("a date"), closing: date };
        assert_eq!((other.length(), other.first_day().to_string()), (None, "2017-02-04".to_owned()));
    }
}
