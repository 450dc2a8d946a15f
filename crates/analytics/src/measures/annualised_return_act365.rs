//! Time-weighted return a year, by the calendar.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding;
use crate::figure;
use crate::measured::Measured;

/// Time-weighted return a year of 365 calendar days.
///
/// `(1 + twr)^(365/days) − 1`, with the days from the opening to the end.
///
/// - Input: daily returns as fractions; opening and end date.
/// - Output: fraction a year. Statements must not show it for periods of less than a year.
/// - Unavailable: no daily return; a period without a day; a loss of more than everything.
/// - Source: GIPS 2020, glossary, "annualize"; day count ACT/365 fixed.
pub static MEASURE: Measure = Measure {
    id: "annualised_return_act365",
    title: "Annualised return",
    unit: Unit::Fraction,
    annualised: true,
    definition: "The time-weighted return as a rate a year of 365 calendar days.",
    compute: annualised_return_act365,
};

fn annualised_return_act365(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the annualised return", compounding::annualised_by_calendar(measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, date, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn two_years() {
        // 1.21 in 730 days: 1.1 a year.
        let series =
            PerformanceSeries { opening_date: date("2022-01-05"), end_date: date("2024-01-05"), ..of_returns(&[0.21]) };
        assert_number(&MEASURE, &series, 0.1);
    }

    #[test]
    fn as_kaplan_prints_it() {
        // Kaplan Schweser, CFA level I: holding period returns of 22 % and 10 % in two years make 15.84 % a year.
        let mut series = of_returns(&[0.22, 0.1]);
        series.opening_date = date("2022-01-05");
        series.end_date = date("2024-01-05");
        assert_within(MEASURE.of(&series).number().unwrap(), 0.1584, 5e-5);
    }

    #[test]
    fn the_first_day_alone_has_no_length() {
        let first_day = PerformanceSeries { opening_date: date("2024-01-02"), ..of_returns(&[-0.01]) };
        assert_unavailable(&MEASURE, &first_day, "a period without a day");
        assert_unavailable(&MEASURE, &of_returns(&[0.1, -2.0]), "a loss of more than everything");
    }
}
