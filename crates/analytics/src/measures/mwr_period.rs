//! Money-weighted return of the period, not annualised.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::internal_rate;
use crate::measured::Measured;
use crate::series::PerformanceSeries;

/// Money-weighted return of the whole period.
///
/// `(1 + xirr)^(days/365) − 1`, with the days from the opening to the end.
///
/// - Input: opening value, closing market values, external flows on their own dates.
/// - Output: fraction, not annualised: it may be shown for any period.
/// - Unavailable: as `xirr`, but for rates a year that no number can hold; a period without a day.
/// - Source: GIPS 2020, glossary, "money-weighted return".
pub static MEASURE: Measure = Measure {
    id: "mwr_period",
    title: "Money-weighted return",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The internal rate of return for the length of the period, not a year: what the money earned, \
                 weighted with how much of it was there.",
    compute: mwr_period,
};

/// The measure, or where several rates balance the flows that of the rate a year that is nearest to zero: for a
/// comparison with programs that give one of several.
pub fn nearest_to_zero(series: &PerformanceSeries) -> MeasureValue {
    of_period(period_return(series, internal_rate::nearest_to_zero(series)))
}

fn mwr_period(measured: &Measured<'_>) -> MeasureValue {
    of_period(period_return(measured.series(), internal_rate::of_series(measured.series())))
}

fn of_period(fraction: Result<f64, NoFigure>) -> MeasureValue {
    figure::number("the money-weighted return", fraction)
}

fn period_return(series: &PerformanceSeries, continuous: Result<f64, NoFigure>) -> Result<f64, NoFigure> {
    let continuous = continuous?;
    if series.days() <= 0 {
        return Err(NoFigure::new("no money-weighted return of a period without a day"));
    }
    Ok((continuous * series.years()).exp_m1())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_number, assert_unavailable, of_values};

    #[test]
    fn without_flows_it_is_the_plain_return() {
        // 100 → 110 is 10 %, in a day as in two years.
        assert_number(&MEASURE, &of_values(("2024-01-01", 100.0), &[("2024-01-02", 110.0)], &[]), 0.1);
        assert_number(&MEASURE, &of_values(("2022-01-01", 100.0), &[("2024-01-01", 110.0)], &[]), 0.1);
    }

    #[test]
    fn two_years_at_one_rate() {
        // 100 and a year later 110 more, at 10 % a year: 121 + 121 = 242 after 730 days; 1.1² − 1 = 21 %.
        let series = of_values(("2021-01-01", 100.0), &[("2023-01-01", 242.0)], &[("2022-01-01", 110.0)]);
        assert_number(&MEASURE, &series, 0.21);
        let first_day = of_values(("2024-01-02", 0.0), &[("2024-01-02", 990.0)], &[("2023-12-30", 1000.0)]);
        assert_unavailable(&MEASURE, &first_day, "a period without a day");
    }

    #[test]
    fn of_several_rates_the_nearest_to_zero_can_be_asked_for() {
        // −100 + 230 / 1.1 − 132 / 1.1² = 0, and the same with 1.2: 10 % or 20 % a year, 21 % or 44 % in two.
        let flows = [("2022-01-01", -230.0)];
        let overdrawn = of_values(("2021-01-01", 100.0), &[("2023-01-01", -132.0)], &flows);
        assert_unavailable(&MEASURE, &overdrawn, "ambiguous");
        assert_close(nearest_to_zero(&overdrawn).number().unwrap(), 0.21);
    }

    proptest! {
        #[test]
        fn without_flows_the_length_does_not_matter(closing in 1.0..10_000.0_f64) {
            let series = of_values(("2023-12-31", 100.0), &[("2024-02-29", closing)], &[]);
            assert_close(MEASURE.of(&series).number().unwrap(), closing / 100.0 - 1.0);
        }
    }
}
