//! Upside potential ratio: what exceeds the risk-free rate for each unit of deviation below it.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::target_moments::TargetMoments;

/// Upside potential over the downside deviation from the risk-free rate.
///
/// `mean(max(r − t, 0)) / √mean(max(t − r, 0)²)` with `t = (1 + rf)^(1/252) − 1`; all days count in both.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: ratio of a day.
/// - Unavailable: no risk-free rate; no daily return; no return below the target; the series has a number that is none.
/// - Source: Sortino, van der Meer and Plantinga, *The Dutch Triangle*, Journal of Portfolio Management 26 (1999); R
///   PerformanceAnalytics, `UpsidePotentialRatio` with `method = "full"`.
pub static MEASURE: Measure = Measure {
    id: "upside_potential_ratio",
    title: "Upside potential ratio",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Mean of what exceeds the risk-free rate over the deviation below it; all days count in both.",
    compute: upside_potential_ratio,
};

fn upside_potential_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the upside potential ratio", potential_to_deviation(measured))
}

fn potential_to_deviation(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = TargetMoments::of(measured)?.with_shortfall()?;
    Ok(moments.gained / moments.squared_missed.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_by_other_code() {
        // 0.01770833 over 0.02553674, the potential and the deviation that PerformanceAnalytics prints, in plain
        // Python.
        let series = bacon_months(0.005);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.693_445_387_036_841_6, 1e-12);
    }

    #[test]
    fn two_days_around_a_tenth_of_a_percent() {
        // 0.1 % a day without risk: 2 % above it and 1 % below. Squares below 1e-4 / 2.
        let rate = 1.001_f64.powi(252) - 1.0;
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&[0.021, -0.009]) };
        assert_number(&MEASURE, &series, 0.01 / 5e-5_f64.sqrt());
        assert_unavailable(&MEASURE, &of_returns(&[0.1, 0.2]), "no return is below the target");
    }
}
