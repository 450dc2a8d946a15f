//! Sortino ratio with a target of zero: reward for each unit of downside risk.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;
use crate::reward_to_risk;

/// Sortino ratio with zero as minimum acceptable return.
///
/// `mean(r) · 252 / (√mean(min(r, 0)²) · √252)`; all days in the denominator.
///
/// - Input: daily returns as fractions.
/// - Output: ratio a year.
/// - Unavailable: no return below zero; no daily return; the series has a number that is none.
/// - Source: Sortino and Price, *Performance Measurement in a Downside Risk Framework*, 1994; R PerformanceAnalytics,
///   `SortinoRatio`.
pub static MEASURE: Measure = Measure {
    id: "sortino_rf0",
    title: "Sortino ratio, target zero",
    unit: Unit::Ratio,
    annualised: true,
    definition: "Mean of the daily returns over the deviation below zero, a year; all days count in the deviation.",
    compute: sortino_rf0,
};

fn sortino_rf0(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Sortino ratio", reward_to_risk::sortino_ratio(measured, 0.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, of_returns};

    #[test]
    fn three_percent_up_and_one_down() {
        // Mean 1 %; below zero is only −1 %: √(1e-4 / 2), because both days count.
        let expected = 0.01 / (1e-4_f64 / 2.0).sqrt() * 252.0_f64.sqrt();
        assert_number(&MEASURE, &of_returns(&[0.03, -0.01]), expected);
        assert_unavailable(&MEASURE, &of_returns(&[0.03, 0.01]), "no return is below the target");
    }

    proptest! {
        #[test]
        fn it_has_the_sign_of_the_mean(returns in any_returns()) {
            let sum: f64 = returns.iter().sum();
            if let Some(ratio) = MEASURE.of(&of_returns(&returns)).number() {
                prop_assert!(-1e-9 <= ratio * sum);
            }
        }
    }
}
