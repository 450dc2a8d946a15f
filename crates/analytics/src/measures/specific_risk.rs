//! Specific risk: the volatility that the benchmark does not explain.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::market_line;
use crate::measured::Measured;

/// Standard deviation of what lies off the least-squares line on the benchmark, a year.
///
/// `√(Σ ε² / n) √252` with `ε = r − mean(r) − β (b − mean(b))`; a population.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction a year; zero if the benchmark explains everything but rounding.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; fewer than two days; a
///   benchmark that does not vary; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `SpecificRisk`.
pub static MEASURE: Measure = Measure {
    id: "specific_risk",
    title: "Specific risk",
    unit: Unit::Fraction,
    annualised: true,
    definition: "Standard deviation (population) of what beta does not explain of the daily returns, a year.",
    compute: specific_risk,
};

fn specific_risk(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the specific risk", market_line::specific_risk(measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, SpecificRisk(portfolio_bacon): 0.0329 as printed; the digits by plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.032_931_091_231_369_7, 1e-13);
    }

    #[test]
    fn four_days_by_hand() {
        // Benchmark ±1 %, and 1 % more or less beside it, whatever it does: beta 1, residuals of 1 %.
        let series = beside(&[0.02, 0.0, 0.0, -0.02], &[0.01, 0.01, -0.01, -0.01]);
        assert_number(&MEASURE, &series, 0.01 * 252.0_f64.sqrt());
        assert_number(&MEASURE, &beside(&[0.03, 0.01, -0.01], &[0.02, 0.0, -0.02]), 0.0);
    }
}
