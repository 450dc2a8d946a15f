//! R squared: how much of the variance the benchmark explains.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Square of the correlation with the benchmark: the part of the variance that lies on the least-squares line.
///
/// `correlation²`.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction of the variance, from 0 to 1.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; fewer than two days;
///   returns of either that do not vary; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4.
pub static MEASURE: Measure = Measure {
    id: "r_squared",
    title: "R squared",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The part of the variance of the daily returns that the benchmark explains: the square of the \
                 correlation.",
    compute: r_squared,
};

fn r_squared(measured: &Measured<'_>) -> MeasureValue {
    figure::number("R squared", explained(measured))
}

fn explained(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(measured.joint_moments()?.correlation()?.powi(2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_by_other_code() {
        // Correlation of the 24 months in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.939_708_858_081_459_2, 1e-13);
    }

    #[test]
    fn three_days_by_hand() {
        // Deviations −1, 0, 1 and −1, 1, 0 percent: products 1, squares 2 and 2; (1/2)².
        assert_number(&MEASURE, &beside(&[0.0, 0.01, 0.02], &[0.0, 0.02, 0.01]), 0.25);
        assert_unavailable(&MEASURE, &beside(&[0.01], &[0.02]), "at least two");
    }

    proptest! {
        #[test]
        fn gearing_leaves_nothing_unexplained(returns in any_returns(), factor in 0.1..3.0_f64) {
            let geared: Vec<f64> = returns.iter().map(|number| factor * number + 0.001).collect();
            if let Some(explained) = MEASURE.of(&beside(&geared, &returns)).number() {
                assert_within(explained, 1.0, 1e-10);
            }
        }
    }
}
