//! Sharpe ratio from linked returns: growth a year for each unit of risk.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::reward_to_risk;
use crate::statistics::is_rounding;

/// Annualised return less the risk-free rate, over the volatility.
///
/// `(annualised_return_252 − rf) / volatility`. Another figure than `sharpe_rf`, whose numerator is a mean, and lower
/// where returns vary much.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; fewer than two returns; returns that do not vary; a loss of more than everything;
///   the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4, "Sharpe ratio"; R
///   PerformanceAnalytics, `SharpeRatio.annualized`.
pub static MEASURE: Measure = Measure {
    id: "sharpe_geometric",
    title: "Sharpe ratio, geometric",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The annualised return (252 days) above the risk-free rate, over the volatility.",
    compute: sharpe_geometric,
};

fn sharpe_geometric(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the geometric Sharpe ratio", growth_to_risk(measured))
}

/// The return a year above the rate without risk, over the volatility.
pub(super) fn growth_to_risk(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let above = compounding::annualised_above_risk_free(measured)?;
    let volatility = reward_to_risk::volatility(measured)?;
    let a_year = reward_to_risk::root_of_a_year(measured)?;
    if is_rounding(volatility / a_year, measured.digest()?.spread.largest_magnitude()) {
        return Err(NoFigure::new("the returns do not vary"));
    }
    Ok(above / volatility)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::{excess_kurtosis, skewness};
    use crate::risk_free::RiskFree;
    use crate::sample_series::{BACON_MONTHLY_RETURNS, assert_number, assert_unavailable, assert_within, of_returns};
    use crate::sampling::Sampling;
    use crate::series::PerformanceSeries;

    #[test]
    fn two_days() {
        // 1.01 · 0.99 = 0.9999 in two days, 2 % a year without risk; variance 2e-4.
        let expected = (0.9999_f64.powi(126) - 1.0 - 0.02) / (2e-4_f64 * 252.0).sqrt();
        assert_number(&MEASURE, &of_returns(&[0.01, -0.01]), expected);
        assert_unavailable(&MEASURE, &of_returns(&[0.01]), "at least two");
        assert_unavailable(&MEASURE, &of_returns(&[0.001; 7]), "the returns do not vary");
        let unknown = PerformanceSeries { risk_free: None, ..of_returns(&[0.01, -0.01]) };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
    }

    #[test]
    fn bacon_as_printed() {
        // PerformanceAnalytics, AdjustedSharpeRatio(portfolio_bacon): 0.7591435, of this ratio by
        // SR · (1 + S/6 · SR − (K − 3)/24 · SR²), moments of the population.
        let series = PerformanceSeries {
            sampling: Sampling::Monthly12,
            risk_free: Some(RiskFree::Annual(0.0)),
            ..of_returns(&BACON_MONTHLY_RETURNS)
        };
        let ratio = MEASURE.of(&series).number().unwrap();
        let (shape, tails) = (skewness::MEASURE.of(&series), excess_kurtosis::MEASURE.of(&series));
        let (shape, tails) = (shape.number().unwrap(), tails.number().unwrap());
        let adjusted = ratio * (1.0 + shape / 6.0 * ratio - tails / 24.0 * ratio * ratio);
        assert_within(adjusted, 0.759_143_5, 5e-8);
    }
}
