//! Systematic risk: the part of the volatility that moves with the benchmark.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::market_line;
use crate::measured::Measured;

/// Size of beta times the volatility of the benchmark, a year.
///
/// `|β| σ_b √252`, deviation of a population.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction a year.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; fewer than two days; a
///   benchmark that does not vary; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `SystematicRisk`.
pub static MEASURE: Measure = Measure {
    id: "systematic_risk",
    title: "Systematic risk",
    unit: Unit::Fraction,
    annualised: true,
    definition: "Size of beta times the volatility of the benchmark (population), a year.",
    compute: systematic_risk,
};

fn systematic_risk(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the systematic risk", market_line::systematic_risk(measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_by_other_code() {
        // Beta 0.998850 times the deviation of the benchmark times √12, in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.130_009_781_287_067_8, 1e-13);
    }

    #[test]
    fn half_of_the_benchmark() {
        // Deviation 1 % of the benchmark, beta one half.
        assert_number(&MEASURE, &beside(&[0.005, -0.005], &[0.01, -0.01]), 0.005 * 252.0_f64.sqrt());
        // Against it is a risk, too.
        assert_number(&MEASURE, &beside(&[-0.005, 0.005], &[0.01, -0.01]), 0.005 * 252.0_f64.sqrt());
        assert_unavailable(&MEASURE, &beside(&[0.01, 0.02], &[0.01, 0.01]), "the benchmark's returns do not vary");
    }
}
