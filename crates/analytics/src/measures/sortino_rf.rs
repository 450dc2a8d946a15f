//! Sortino ratio with the risk-free rate as its target: reward for each unit of downside risk.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;
use crate::reward_to_risk;

/// Sortino ratio with the risk-free rate as minimum acceptable return.
///
/// `(mean(r) − t) · 252 / (√mean(min(r − t, 0)²) · √252)` with `t = (1 + rf)^(1/252) − 1`; all days in the denominator.
///
/// - Input: daily returns as fractions; the risk-free rate a year, one for all days or that of each.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; no return below the target; no daily return; the series has a number that is none.
/// - Source: Sortino and Price, *Performance Measurement in a Downside Risk Framework*, 1994; R PerformanceAnalytics,
///   `SortinoRatio`.
pub static MEASURE: Measure = Measure {
    id: "sortino_rf",
    title: "Sortino ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "Mean of the daily returns above the risk-free rate over the deviation below it, a year; all days \
                 count in the deviation.",
    compute: sortino_rf,
};

fn sortino_rf(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Sortino ratio", reward_to_risk::sortino_above_risk_free(measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::sortino_rf0;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_number, assert_unavailable, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn a_tenth_of_a_percent_a_day_without_risk() {
        // 1.001^252 a year is 0.1 % a day: 3.1 % and −0.9 % are 3 % and −1 % from it. Mean 1 %, shortfall √(1e-4 / 2).
        let rate = 1.001_f64.powi(252) - 1.0;
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&[0.031, -0.009]) };
        assert_number(&MEASURE, &series, 0.01 / (1e-4_f64 / 2.0).sqrt() * 252.0_f64.sqrt());
    }

    #[test]
    fn a_rate_of_zero_is_a_rate() {
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(0.0)), ..of_returns(&[0.02, -0.01, 0.03]) };
        let expected = sortino_rf0::MEASURE.of(&series).number().unwrap();
        assert_number(&MEASURE, &series, expected);
        let unknown = PerformanceSeries { risk_free: None, ..series };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
    }
}
