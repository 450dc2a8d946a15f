//! Sharpe ratio with the risk-free rate of the series: reward for each unit of risk.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;
use crate::reward_to_risk;

/// Sharpe ratio above the risk-free rate, arithmetic.
///
/// `mean(r − f) / stdev(r − f) · √252` with `f = (1 + rf)^(1/252) − 1`, sample standard deviation.
///
/// - Input: daily returns as fractions; the risk-free rate a year, one for all days or that of each.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; fewer than two returns; returns that do not vary; the series has a number that is
///   none.
/// - Source: Sharpe, *The Sharpe Ratio*, Journal of Portfolio Management 21 (1994).
pub static MEASURE: Measure = Measure {
    id: "sharpe_rf",
    title: "Sharpe ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "Mean of the daily returns above the risk-free rate over their standard deviation, a year.",
    compute: sharpe_rf,
};

fn sharpe_rf(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Sharpe ratio", reward_to_risk::sharpe_above_risk_free(measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::sharpe_rf0;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_number, assert_unavailable, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn a_tenth_of_a_percent_a_day_without_risk() {
        // 1.001^252 a year is 0.1 % a day: 2.1 % and 0.1 % are 2 % and 0 % above it. Mean 1 %, variance 2e-4.
        let rate = 1.001_f64.powi(252) - 1.0;
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&[0.021, 0.001]) };
        assert_number(&MEASURE, &series, 0.01 / 2e-4_f64.sqrt() * 252.0_f64.sqrt());
    }

    #[test]
    fn a_rate_of_zero_is_a_rate() {
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(0.0)), ..of_returns(&[0.02, -0.01, 0.03]) };
        let expected = sharpe_rf0::MEASURE.of(&series).number().unwrap();
        assert_number(&MEASURE, &series, expected);
        let unknown = PerformanceSeries { risk_free: None, ..series };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
        let impossible = PerformanceSeries { risk_free: Some(RiskFree::Annual(-1.0)), ..unknown };
        assert_unavailable(&MEASURE, &impossible, "risk-free rate of -1");
    }
}
