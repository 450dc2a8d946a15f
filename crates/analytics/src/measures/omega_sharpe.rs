//! Omega-Sharpe ratio: reward for each unit of mean shortfall.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::target_moments::TargetMoments;

/// Mean of the daily returns above the risk-free rate, over the mean shortfall below it.
///
/// `(mean(r) − t) / mean(max(t − r, 0))` with `t = (1 + rf)^(1/252) − 1`: the Omega ratio at `t`, less one.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: ratio of a day.
/// - Unavailable: no risk-free rate; no daily return; no return below the target; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `OmegaSharpeRatio`.
pub static MEASURE: Measure = Measure {
    id: "omega_sharpe",
    title: "Omega-Sharpe ratio",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Mean of the daily returns above the risk-free rate, over the mean shortfall below it.",
    compute: omega_sharpe,
};

fn omega_sharpe(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Omega-Sharpe ratio", reward_for_shortfall(measured))
}

fn reward_for_shortfall(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = TargetMoments::of(measured)?.with_shortfall()?;
    Ok(moments.mean / moments.missed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, OmegaSharpeRatio(portfolio_bacon, MAR = 0.005): 0.29 as printed;
        // The digits were worked in plain Python.
        let series = bacon_months(0.005);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.291_793_313_069_908_9, 1e-12);
    }

    #[test]
    fn two_days_around_a_tenth_of_a_percent() {
        // 0.1 % a day without risk: 2 % above it and 1 % below. Mean 0.5 %, mean shortfall 0.5 %.
        let rate = 1.001_f64.powi(252) - 1.0;
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&[0.021, -0.009]) };
        assert_number(&MEASURE, &series, 1.0);
        assert_unavailable(&MEASURE, &of_returns(&[0.1, 0.2]), "no return is below the target");
    }
}
