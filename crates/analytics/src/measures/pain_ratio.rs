//! Pain ratio: return a year above the risk-free rate for each unit of pain index.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding;
use crate::drawdown;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Annualised return less the risk-free rate, over the pain index.
///
/// `(annualised_return_252 − rf) / pain_index`.
///
/// - Input: daily returns as fractions in order of date; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; the index never fell; no annualised return; the series has a number that is none.
/// - Source: Becker, *The Zephyr K-Ratio and the Pain Index*, 2006; R PerformanceAnalytics, `PainRatio`.
pub static MEASURE: Measure = Measure {
    id: "pain_ratio",
    title: "Pain ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The annualised return (252 days) above the risk-free rate, over the pain index.",
    compute: pain_ratio,
};

fn pain_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Pain ratio", return_to_falls(measured))
}

fn return_to_falls(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let above = compounding::annualised_above_risk_free(measured)?;
    drawdown::fall(measured)?;
    let digest = measured.digest()?;
    Ok(above / (digest.path.drawdowns.abs() / digest.spread.count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::{annualised_return_252, pain_index};
    use crate::risk_free::RiskFree;
    use crate::sample_series::{BACON_MONTHLY_RETURNS, assert_number, assert_unavailable, assert_within, of_returns};
    use crate::sampling::Sampling;
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_worked_apart_from_this_code() {
        // 24 months of `portfolio_bacon` without a rate, linked in plain Python. PerformanceAnalytics prints
        // 2.66, of returns that it adds up instead.
        let series = PerformanceSeries {
            sampling: Sampling::Monthly12,
            risk_free: Some(RiskFree::Annual(0.0)),
            ..of_returns(&BACON_MONTHLY_RETURNS)
        };
        assert_within(MEASURE.of(&series).number().unwrap(), 2.592_625_4, 5e-8);
    }

    #[test]
    fn the_rate_is_taken_off_a_year() {
        let series = of_returns(&[0.001, -0.002, 0.003]);
        let above = annualised_return_252::MEASURE.of(&series).number().unwrap() - 0.02;
        assert_number(&MEASURE, &series, above / pain_index::MEASURE.of(&series).number().unwrap());
        assert_unavailable(&MEASURE, &of_returns(&[0.1, 0.2]), "no drawdown");
        let unknown = PerformanceSeries { risk_free: None, ..series };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
    }
}
