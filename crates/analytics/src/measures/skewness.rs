//! Skewness: on which side the extreme days lie.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Skewness of the daily returns, moments of the population.
///
/// `m₃ / m₂^1.5`; not corrected for small samples.
///
/// - Input: daily returns as fractions.
/// - Output: ratio.
/// - Unavailable: fewer than two returns; returns that do not vary; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `skewness` with `method = "moment"`.
pub static MEASURE: Measure = Measure {
    id: "skewness",
    title: "Skewness",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Third moment of the daily returns over the cube of their deviation (population). Negative where \
                 large losses are more frequent than large gains.",
    compute: skewness,
};

fn skewness(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the skewness", third_moment(measured))
}

fn third_moment(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let ratio = measured.digest()?.spread.skewness();
    ratio.ok_or_else(|| NoFigure::new("no skewness of returns that do not vary"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{
        BACON_MONTHLY_RETURNS, any_returns, assert_number, assert_unavailable, assert_within, of_returns,
    };

    #[test]
    fn two_small_losses_and_a_gain() {
        // −1 %, −1 %, 2 %: mean 0, m2 = 2e-4, m3 = (−1 − 1 + 8) / 3 · 1e-6 = 2e-6; 2e-6 / (2e-4)^1.5 = √½.
        assert_number(&MEASURE, &of_returns(&[-0.01, -0.01, 0.02]), 0.5_f64.sqrt());
        assert_unavailable(&MEASURE, &of_returns(&[0.01]), "do not vary");
    }

    #[test]
    fn bacon_as_printed() {
        // PerformanceAnalytics, vignette PA-Bacon, skewness(portfolio_bacon, method = "sample"): −0.09, of the
        // population's g1 with n = 24 by g1 · √(n (n − 1)) / (n − 2).
        let population = MEASURE.of(&of_returns(&BACON_MONTHLY_RETURNS)).number().unwrap();
        assert_within(population * (24.0_f64 * 23.0).sqrt() / 22.0, -0.09, 5e-3);
    }

    proptest! {
        #[test]
        fn the_opposite_position_has_the_opposite_skewness(returns in any_returns()) {
            let opposite: Vec<f64> = returns.iter().map(|number| -number).collect();
            let ratio = MEASURE.of(&of_returns(&returns)).number().unwrap();
            prop_assert!((ratio + MEASURE.of(&of_returns(&opposite)).number().unwrap()).abs() <= 1e-9);
        }
    }
}
