//! M squared: what the portfolio would have returned with the risk of its benchmark.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::market_line;
use crate::measured::Measured;

/// Return a year of the portfolio, geared up or down at the risk-free rate to the volatility of the benchmark.
///
/// `rf + (R − rf) σ_b / σ` with the return linked and annualised (252 days).
///
/// - Input: daily returns of portfolio and benchmark as fractions; the risk-free rate a year.
/// - Output: fraction a year.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; no risk-free rate;
///   fewer than two days; returns that do not vary; a loss of more than everything; the series has a number that is
///   none.
/// - Source: Modigliani and Modigliani, *Risk-Adjusted Performance*, Journal of Portfolio Management 23 (1997); R
///   PerformanceAnalytics, `MSquared`.
pub static MEASURE: Measure = Measure {
    id: "m_squared",
    title: "M squared",
    unit: Unit::Fraction,
    annualised: true,
    definition: "The annualised return (252 days) that the portfolio would have had, geared at the risk-free rate to \
                 the volatility of its benchmark.",
    compute: m_squared,
};

fn m_squared(measured: &Measured<'_>) -> MeasureValue {
    figure::number("M squared", market_line::m_squared(measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::annualised_return_252;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, MSquared(portfolio_bacon): 0.10062 as printed; the digits by plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.100_619_955_331_646_53, 1e-13);
    }

    #[test]
    fn twice_the_risk_is_taken_back() {
        // Twice the deviations: half of the return above the rate is left.
        let series = beside(&[0.02, -0.02, 0.06], &[0.01, -0.01, 0.03]);
        let above = annualised_return_252::MEASURE.of(&series).number().unwrap() - 0.02;
        assert_number(&MEASURE, &series, 0.02 + 0.5 * above);
        assert_unavailable(&MEASURE, &beside(&[0.01, 0.01], &[0.0, 0.02]), "the returns do not vary");
    }
}
