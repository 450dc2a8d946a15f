//! Excess kurtosis: how heavy the tails are.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Kurtosis of the daily returns above that of the normal distribution, moments of the population.
///
/// `m₄ / m₂² − 3`; not corrected for small samples.
///
/// - Input: daily returns as fractions.
/// - Output: ratio.
/// - Unavailable: fewer than two returns; returns that do not vary; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `kurtosis` with `method = "excess"`.
pub static MEASURE: Measure = Measure {
    id: "excess_kurtosis",
    title: "Excess kurtosis",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Fourth moment of the daily returns over the fourth power of their deviation, less 3 (population). \
                 Positive where extreme days are more frequent than in a normal distribution.",
    compute: excess_kurtosis,
};

fn excess_kurtosis(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the excess kurtosis", fourth_moment(measured))
}

fn fourth_moment(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let ratio = measured.digest()?.spread.excess_kurtosis();
    ratio.ok_or_else(|| NoFigure::new("no kurtosis of returns that do not vary"))
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
        // −1 %, −1 %, 2 %: m2 = 2e-4, m4 = (1 + 1 + 16) / 3 · 1e-8 = 6e-8; 6e-8 / 4e-8 − 3.
        assert_number(&MEASURE, &of_returns(&[-0.01, -0.01, 0.02]), -1.5);
        assert_unavailable(&MEASURE, &of_returns(&[0.01, 0.01]), "do not vary");
    }

    #[test]
    fn bacon_as_printed() {
        // PerformanceAnalytics, kurtosis(portfolio_bacon, method = "sample_excess"): −0.41, of the population's g2 with
        // n = 24 by (n − 1) / ((n − 2)(n − 3)) · ((n + 1) · g2 + 6).
        let population = MEASURE.of(&of_returns(&BACON_MONTHLY_RETURNS)).number().unwrap();
        assert_within(23.0 / (22.0 * 21.0) * (25.0 * population + 6.0), -0.41, 5e-3);
    }

    proptest! {
        #[test]
        fn no_distribution_is_flatter_than_two_points(returns in any_returns()) {
            // m4 is never less than m2².
            prop_assert!(-2.0 - 1e-9 <= MEASURE.of(&of_returns(&returns)).number().unwrap());
        }
    }
}
