//! Kappa of the third order: reward for each unit of shortfall, where large ones weigh most.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::target_moments::TargetMoments;

/// Mean of the daily returns above the risk-free rate, over the third root of the mean cubed shortfall below it.
///
/// `(mean(r) − t) / ∛mean(max(t − r, 0)³)` with `t = (1 + rf)^(1/252) − 1`; not annualised.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: ratio of a day.
/// - Unavailable: no risk-free rate; no daily return; no return below the target; the series has a number that is none.
/// - Source: Kaplan and Knowles, *Kappa: A Generalized Downside Risk-Adjusted Performance Measure*, 2004; R
///   PerformanceAnalytics, `Kappa`.
pub static MEASURE: Measure = Measure {
    id: "kappa_3",
    title: "Kappa 3",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Mean of the daily returns above the risk-free rate, over the third root of the mean cubed shortfall \
                 below it.",
    compute: kappa_3,
};

fn kappa_3(measured: &Measured<'_>) -> MeasureValue {
    figure::number("Kappa", reward_for_shortfall(measured))
}

fn reward_for_shortfall(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = TargetMoments::of(measured)?.with_shortfall()?;
    Ok(moments.mean / moments.cubed_missed.cbrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_by_other_code() {
        // A target of 0.5 % a month, in plain Python; of the second order the same code gives the 0.157 of
        // PerformanceAnalytics.
        let series = bacon_months(0.005);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.119_649_789_114_166, 1e-12);
    }

    #[test]
    fn two_days_around_a_tenth_of_a_percent() {
        // 0.1 % a day without risk: 2 % above it and 1 % below. Mean 0.5 %, cubes 1e-6 / 2.
        let rate = 1.001_f64.powi(252) - 1.0;
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&[0.021, -0.009]) };
        assert_number(&MEASURE, &series, 0.005 / 5e-7_f64.cbrt());
        assert_unavailable(&MEASURE, &of_returns(&[0.1, 0.2]), "no return is below the target");
    }
}
