//! Upside frequency: how often a day exceeds the risk-free rate.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::target_moments::TargetMoments;

/// Part of the days whose return is above the risk-free rate.
///
/// `#(r > t) / n` with `t = (1 + rf)^(1/252) − 1`.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: fraction of the days.
/// - Unavailable: no risk-free rate; no daily return; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `UpsideFrequency`.
pub static MEASURE: Measure = Measure {
    id: "upside_frequency",
    title: "Upside frequency",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The part of the days whose return is above the risk-free rate.",
    compute: upside_frequency,
};

fn upside_frequency(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the upside frequency", part_above(measured))
}

fn part_above(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(TargetMoments::of(measured)?.above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, UpsideFrequency(portfolio_bacon, MAR = 0.005): 0.542 as printed, 13 of 24.
        let series = bacon_months(0.005);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.541_666_666_666_666_6, 1e-12);
    }

    #[test]
    fn two_days_around_a_tenth_of_a_percent() {
        // 0.1 % a day without risk: 2 % above it and 1 % below. One of two.
        let rate = 1.001_f64.powi(252) - 1.0;
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&[0.021, -0.009]) };
        assert_number(&MEASURE, &series, 0.5);
        let unknown = PerformanceSeries { risk_free: None, ..series };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
    }
}
