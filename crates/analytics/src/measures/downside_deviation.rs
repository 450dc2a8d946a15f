//! Downside deviation: how far daily returns fall below zero.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;
use crate::reward_to_risk;

/// Annualised downside deviation below zero.
///
/// `√mean(min(r, 0)²) · √252`; all days in the denominator.
///
/// - Input: daily returns as fractions.
/// - Output: fraction a year; zero if no day had a loss.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Sortino and Price, *Performance Measurement in a Downside Risk Framework*, 1994; R PerformanceAnalytics,
///   `DownsideDeviation` with `method = "full"`.
pub static MEASURE: Measure = Measure {
    id: "downside_deviation",
    title: "Downside deviation",
    unit: Unit::Fraction,
    annualised: true,
    definition: "Root of the mean squared daily loss, a year; days without a loss count with zero.",
    compute: downside_deviation,
};

fn downside_deviation(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the downside deviation", reward_to_risk::downside_deviation(measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{BACON_MONTHLY_RETURNS, assert_number, assert_within, of_returns};

    #[test]
    fn three_percent_up_and_one_down() {
        // (0 + 1e-4) / 2, times 252.
        assert_number(&MEASURE, &of_returns(&[0.03, -0.01]), (1e-4_f64 / 2.0 * 252.0).sqrt());
        assert_number(&MEASURE, &of_returns(&[0.03]), 0.0);
    }

    #[test]
    fn bacon_as_printed() {
        // PerformanceAnalytics, DownsideDeviation(portfolio_bacon, MAR = 0.005) = 0.0255: the returns less 0.5 %
        // against zero, and not a year.
        let excess: Vec<f64> = BACON_MONTHLY_RETURNS.iter().map(|number| number - 0.005).collect();
        let a_year = MEASURE.of(&of_returns(&excess)).number().unwrap();
        assert_within(a_year / 252.0_f64.sqrt(), 0.0255, 5e-5);
    }
}
