//! Upside risk: the deviation above the risk-free rate.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::target_moments::TargetMoments;

/// Root of the mean square of what the daily returns exceed the risk-free rate by.
///
/// `√mean(max(r − t, 0)²)` with `t = (1 + rf)^(1/252) − 1`; all days count; not annualised.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: fraction a day.
/// - Unavailable: no risk-free rate; no daily return; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `UpsideRisk`.
pub static MEASURE: Measure = Measure {
    id: "upside_risk",
    title: "Upside risk",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Root of the mean square of what the daily returns exceed the risk-free rate by; all days count.",
    compute: upside_risk,
};

fn upside_risk(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the upside risk", deviation_above(measured))
}

fn deviation_above(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(TargetMoments::of(measured)?.squared_gained.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, UpsideRisk(portfolio_bacon, MAR = 0.005): 0.02937 as printed; the digits
        // by plain Python.
        let series = bacon_months(0.005);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.029_373_315_554_541_448, 1e-12);
    }

    #[test]
    fn two_days_around_a_tenth_of_a_percent() {
        // 0.1 % a day without risk: 2 % above it and 1 % below. Squares 4e-4 / 2.
        let rate = 1.001_f64.powi(252) - 1.0;
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&[0.021, -0.009]) };
        assert_number(&MEASURE, &series, 2e-4_f64.sqrt());
        let unknown = PerformanceSeries { risk_free: None, ..series };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
    }
}
