//! Volatility: how far daily returns stray from their mean.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;
use crate::reward_to_risk;

/// Annualised standard deviation of daily returns.
///
/// `√252 · stdev(r)`, sample standard deviation (n − 1), the first day included.
///
/// - Input: `n` daily returns as fractions.
/// - Output: fraction a year (0.15 is fifteen percent).
/// - Unavailable: fewer than two returns; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `StdDev.annualized`.
pub static MEASURE: Measure = Measure {
    id: "volatility",
    title: "Volatility",
    unit: Unit::Fraction,
    annualised: true,
    definition: "Standard deviation of the daily returns a year.",
    compute: volatility,
};

fn volatility(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the volatility", reward_to_risk::volatility(measured))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close, assert_number, assert_unavailable, of_returns};

    #[test]
    fn one_percent_up_and_one_down() {
        // Mean 0, squares 1e-4 + 1e-4 over n − 1 = 1, times 252.
        assert_number(&MEASURE, &of_returns(&[0.01, -0.01]), (2e-4_f64 * 252.0).sqrt());
        assert_number(&MEASURE, &of_returns(&[0.01, 0.01]), 0.0);
        assert_unavailable(&MEASURE, &of_returns(&[0.01]), "at least two");
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    proptest! {
        #[test]
        fn leverage_scales_it(returns in any_returns(), factor in -3.0..3.0_f64) {
            let geared: Vec<f64> = returns.iter().map(|number| factor * number).collect();
            let expected = factor.abs() * MEASURE.of(&of_returns(&returns)).number().unwrap();
            assert_close(MEASURE.of(&of_returns(&geared)).number().unwrap(), expected);
        }
    }
}
