//! Sharpe ratio with a risk-free rate of zero: reward for each unit of risk.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;
use crate::reward_to_risk;

/// Sharpe ratio against a rate of zero, arithmetic.
///
/// `mean(r) / stdev(r) · √252`, sample standard deviation.
///
/// - Input: daily returns as fractions.
/// - Output: ratio a year.
/// - Unavailable: fewer than two returns; returns that do not vary; the series has a number that is none.
/// - Source: Sharpe, *The Sharpe Ratio*, Journal of Portfolio Management 21 (1994).
pub static MEASURE: Measure = Measure {
    id: "sharpe_rf0",
    title: "Sharpe ratio, no risk-free rate",
    unit: Unit::Ratio,
    annualised: true,
    definition: "Mean of the daily returns over their standard deviation, a year; the risk-free rate is taken as \
                 zero.",
    compute: sharpe_rf0,
};

fn sharpe_rf0(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Sharpe ratio", reward_to_risk::sharpe_ratio(measured, 0.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, of_returns};

    #[test]
    fn two_percent_and_nothing() {
        // Mean 1 %, variance (1 + 1) / 1 in percent squared.
        assert_number(&MEASURE, &of_returns(&[0.02, 0.0]), 0.01 / 2e-4_f64.sqrt() * 252.0_f64.sqrt());
        assert_unavailable(&MEASURE, &of_returns(&[0.02, 0.02, 0.02]), "do not vary");
        assert_unavailable(&MEASURE, &of_returns(&[0.02]), "at least two");
    }

    proptest! {
        #[test]
        fn the_opposite_position_has_the_opposite_ratio(returns in any_returns()) {
            let opposite: Vec<f64> = returns.iter().map(|number| -number).collect();
            let ratio = MEASURE.of(&of_returns(&returns)).number().unwrap();
            prop_assert!((ratio + MEASURE.of(&of_returns(&opposite)).number().unwrap()).abs() <= 1e-9);
        }
    }
}
