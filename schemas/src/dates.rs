//! Dates as a reporting house needs them: business dates, calendars, day counts and reporting periods.

mod business_date;
mod calendar;
mod calendar_period;
mod day_count;
mod reporting_period;

pub use business_date::{BusinessDate, BusinessDateError};
pub use calendar::{CalendarError, HolidayCalendar};
pub use calendar_period::{CalendarLength, CalendarPeriod, CalendarPeriodError};
pub use day_count::DayCount;
pub use reporting_period::ReportingPeriod;
