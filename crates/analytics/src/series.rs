//! What the measures are computed from: a portfolio's values, returns and external flows over one period.
//!
//! A period is half-open: the value at its opening is known, and what comes after it counts. Since inception nothing
//! is there before the first day, so the opening value is zero and the first day's return shows what the first
//! purchases cost.

use chrono::Months;
use rust_decimal::Decimal;
use schemas::{BusinessDate, DayCount};

use crate::figure::NoFigure;
use crate::risk_free::RiskFree;
use crate::sampling::Sampling;

/// Below this much money (in base currency) a portfolio has no capital, only rounding.
pub(crate) const CAPITAL_MIN: f64 = 1e-9;

/// A number of one day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DatedNumber {
    /// The day, e.g. `2014-12-31`.
    pub date: BusinessDate,
    /// The number; unit and sign are said where it is used.
    pub number: f64,
}

/// The money of a period, exact and in base currency. Returns are estimated from the rounded numbers of the series;
/// what is shown as money comes from here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeriodMoney {
    /// Market value at the opening; zero since inception.
    pub opening_value: Decimal,
    /// Market value at the end; none if no day of the period was valued.
    pub closing_value: Option<Decimal>,
    /// What came in less what was taken out.
    pub net_external_flows: Decimal,
}

/// One portfolio over one period, in its base currency.
#[derive(Clone, Debug, PartialEq)]
pub struct PerformanceSeries {
    /// Since inception the portfolio's first day; otherwise the day whose closing value opens the period.
    pub opening_date: BusinessDate,
    /// The last day of the period; not before the opening date.
    pub end_date: BusinessDate,
    /// Market value at the opening, e.g. 30000.0; zero since inception.
    pub opening_value: f64,
    /// Closing market value of every valuation date of the period, in order of date.
    pub values: Vec<DatedNumber>,
    /// Daily returns as fractions, in order of date; days without capital are left out.
    pub returns: Vec<DatedNumber>,
    /// The same returns before fees and taxes, in order of date; days of which the charges are not known are left out,
    /// and the return of the period before them has no figure then. None if nothing is known of charges.
    pub returns_before_fees: Option<Vec<DatedNumber>>,
    /// The same returns after fees, before taxes; as those before fees.
    pub returns_before_taxes: Option<Vec<DatedNumber>>,
    /// How many of the returns make a year; if there is one a week or a month, they are called daily all the same.
    pub sampling: Sampling,
    /// External flows of the period, positive if money came in. Each stands on its own date, which may lie before the
    /// opening date if its first valuation does not.
    pub flows: Vec<DatedNumber>,
    /// What an investment without risk earns; none if it is not known.
    pub risk_free: Option<RiskFree>,
    /// Daily returns of the benchmark as fractions, in order of date; days on which it has none are left out, and what
    /// is compared with it has no figure then. None if the portfolio names no benchmark.
    pub benchmark: Option<Vec<DatedNumber>>,
    /// The same period in exact money.
    pub money: PeriodMoney,
}

impl PerformanceSeries {
    /// Whether measures can be computed from the series at all. What the benchmark lacks is said by the figures that
    /// are compared with it; the others do not need it.
    ///
    /// # Errors
    /// [`NoFigure`] naming the first date with a number that is NaN or infinite, that lies after the period's end, or
    /// (values and returns) that is not later than the date before it.
    pub fn check(&self) -> Result<(), NoFigure> {
        if self.end_date < self.opening_date {
            return Err(NoFigure::new(format!(
                "the period ends on {}, before it opens on {}",
                self.end_date, self.opening_date
            )));
        }
        if !self.opening_value.is_finite() {
            return Err(NoFigure::new(format!("the value of {} is not a finite number", self.opening_date)));
        }
        let columns: [(&str, &[DatedNumber]); 3] = [
            ("value", self.values.as_slice()),
            ("return", self.returns.as_slice()),
            ("external flow", self.flows.as_slice()),
        ];
        for (what, numbers) in columns {
            check_numbers(what, numbers, self.end_date)?;
        }
        check_order("values", &self.values)?;
        check_order("returns", &self.returns)
    }

    /// Calendar days from the opening to the end.
    pub fn days(&self) -> i64 {
        self.end_date.days_since(self.opening_date)
    }

    /// Years from the opening to the end, calendar days over 365.
    pub fn years(&self) -> f64 {
        DayCount::Actual365Fixed.year_fraction(self.opening_date, self.end_date)
    }

    /// Whether the end comes before the day of the opening a year later.
    pub fn is_shorter_than_a_year(&self) -> bool {
        let year_later = self.opening_date.day().checked_add_months(Months::new(12));
        year_later.is_none_or(|year_later| self.end_date.day() < year_later)
    }

    /// The market value at the end of the period.
    ///
    /// # Errors
    /// [`NoFigure`] if no day of the period was valued.
    pub fn closing_value(&self) -> Result<f64, NoFigure> {
        match self.values.last() {
            Some(last) => Ok(last.number),
            None => Err(NoFigure::new(format!("no valuation from {} to {}", self.opening_date, self.end_date))),
        }
    }

    /// The market value at the close of a day: the last one known by then, at first the opening value.
    pub fn value_on(&self, date: BusinessDate) -> f64 {
        let known = self.values.partition_point(|value| value.date <= date);
        match self.values.get(..known).and_then(<[DatedNumber]>::last) {
            Some(value) => value.number,
            None => self.opening_value,
        }
    }

    /// The exact market value at the end of the period.
    ///
    /// # Errors
    /// [`NoFigure`] if no day of the period was valued.
    pub fn exact_closing_value(&self) -> Result<Decimal, NoFigure> {
        let (from, to) = (self.opening_date, self.end_date);
        self.money.closing_value.ok_or_else(|| NoFigure::new(format!("no valuation from {from} to {to}")))
    }

    /// What came in less what was taken out.
    pub fn net_external_flows(&self) -> f64 {
        self.flows.iter().map(|flow| flow.number).sum()
    }

    /// The daily returns without their dates.
    pub fn daily_returns(&self) -> Vec<f64> {
        self.returns.iter().map(|entry| entry.number).collect()
    }
}

fn check_numbers(what: &str, numbers: &[DatedNumber], end_date: BusinessDate) -> Result<(), NoFigure> {
    for entry in numbers {
        if !entry.number.is_finite() {
            return Err(NoFigure::new(format!("the {what} of {} is not a finite number", entry.date)));
        }
        if end_date < entry.date {
            return Err(NoFigure::new(format!("the {what} of {} lies after the period's end {end_date}", entry.date)));
        }
    }
    Ok(())
}

fn check_order(what: &str, numbers: &[DatedNumber]) -> Result<(), NoFigure> {
    for pair in numbers.windows(2) {
        if let [before, after] = pair
            && after.date <= before.date
        {
            return Err(NoFigure::new(format!("the {what} are not in order of date at {}", after.date)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, date, dated, of_returns, of_values};

    fn reason(series: &PerformanceSeries) -> String {
        series.check().expect_err("a defect").to_string()
    }

    #[test]
    fn the_first_number_that_is_none_is_named() {
        assert_eq!(of_returns(&[0.01, -0.02]).check(), Ok(()));
        let values = of_values(("2023-12-31", 100.0), &[("2024-01-02", f64::NAN), ("2024-01-03", f64::NAN)], &[]);
        assert_eq!(reason(&values), "the value of 2024-01-02 is not a finite number");
        let mut returns = of_returns(&[0.01, 0.02]);
        returns.returns = dated(&[("2024-01-02", 0.01), ("2024-01-03", f64::INFINITY)]);
        assert_eq!(reason(&returns), "the return of 2024-01-03 is not a finite number");
        let opening = PerformanceSeries { opening_value: f64::NAN, ..of_returns(&[0.01]) };
        assert_eq!(reason(&opening), "the value of 2024-01-01 is not a finite number");
    }

    #[test]
    fn dates_are_in_order_and_inside_the_period() {
        let twice = of_values(("2023-12-31", 100.0), &[("2024-01-02", 1.0), ("2024-01-02", 2.0)], &[]);
        assert_eq!(reason(&twice), "the values are not in order of date at 2024-01-02");
        let late = of_values(("2023-12-31", 100.0), &[("2024-01-02", 1.0)], &[("2024-01-03", 5.0)]);
        assert_eq!(reason(&late), "the external flow of 2024-01-03 lies after the period's end 2024-01-02");
        let backwards = PerformanceSeries { end_date: date("2023-12-31"), ..of_returns(&[]) };
        assert_eq!(reason(&backwards), "the period ends on 2023-12-31, before it opens on 2024-01-01");
    }

    #[test]
    fn the_last_known_value_counts() {
        let series = of_values(("2023-12-29", 100.0), &[("2024-01-02", 101.0), ("2024-01-04", 102.0)], &[]);
        for (day, expected) in
            [("2024-01-01", 100.0), ("2024-01-02", 101.0), ("2024-01-03", 101.0), ("2024-01-09", 102.0)]
        {
            assert_close(series.value_on(date(day)), expected);
        }
        assert_eq!(series.days(), 6);
        assert_close(series.years(), 6.0 / 365.0);
    }
}
