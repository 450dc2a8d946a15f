//! How long a time is, as a fraction of a year.

use super::business_date::BusinessDate;

/// A day-count convention (ISDA 2006 definitions, section 4.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCount {
    /// Calendar days over 365, leap year or not.
    Actual365Fixed,
}

impl DayCount {
    /// The fraction of a year from one date to another; negative if the second is earlier.
    pub fn year_fraction(self, from: BusinessDate, to: BusinessDate) -> f64 {
        match self {
            // A date range of 300 years has far fewer days than the 2^53 that an f64 counts exactly.
            DayCount::Actual365Fixed => i32::try_from(to.days_since(from)).map_or(f64::NAN, f64::from) / 365.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_year_is_longer_than_one() {
        let start = "2024-01-01".parse().expect("a date");
        let end = "2025-01-01".parse().expect("a date");
        let fraction = DayCount::Actual365Fixed.year_fraction(start, end);
        assert!((fraction - 366.0 / 365.0).abs() < 1e-15);
    }
}
