//! Standard error of the Sharpe ratio: how far the estimate may be off.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::reward_to_risk::root_of_a_year;
use crate::sharpe_confidence::SharpeEstimate;

/// Standard error of the Sharpe ratio a year if the daily returns are independent and normal.
///
/// `√((1 + S²/2) / n) √252` with the ratio `S` of a day.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; fewer than two returns; returns that do not vary; the series has a number that is
///   none.
/// - Source: Lo, *The Statistics of Sharpe Ratios*, Financial Analysts Journal 58 (2002), equation 9.
pub static MEASURE: Measure = Measure {
    id: "sharpe_standard_error",
    title: "Standard error of the Sharpe ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "How far the Sharpe ratio may be off (one standard deviation), if daily returns are independent and \
                 normal.",
    compute: sharpe_standard_error,
};

fn sharpe_standard_error(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the standard error of the Sharpe ratio", error_of_a_year(measured))
}

fn error_of_a_year(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(SharpeEstimate::of(measured)?.standard_error_if_normal() * root_of_a_year(measured)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_by_other_code() {
        // √((1 + 0.227568² / 2) / 24) · √12 in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.716_203_079_093_591_4, 1e-13);
    }

    #[test]
    fn without_a_reward_it_is_the_root_of_the_years() {
        // Mean zero: √(1/4) a day.
        let series =
            PerformanceSeries { risk_free: Some(RiskFree::Annual(0.0)), ..of_returns(&[0.01, -0.01, 0.02, -0.02]) };
        assert_number(&MEASURE, &series, 0.5 * 252.0_f64.sqrt());
        assert_unavailable(&MEASURE, &of_returns(&[0.01]), "at least two");
    }
}
