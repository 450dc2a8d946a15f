//! Correlation: how closely the portfolio's days follow the benchmark's.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Pearson's correlation of the daily returns of portfolio and benchmark.
///
/// `Σ(r − r̄)(b − b̄) / √(Σ(r − r̄)² · Σ(b − b̄)²)`.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: ratio from −1 to 1.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; fewer than two days;
///   a portfolio or benchmark that does not vary; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4.
pub static MEASURE: Measure = Measure {
    id: "correlation",
    title: "Correlation with the benchmark",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Pearson's correlation of the daily returns with those of the benchmark: 1 if they always move \
                 together, 0 if they have nothing to do with each other, -1 if they move against each other.",
    compute: correlation,
};

fn correlation(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the correlation", measured.joint_moments().and_then(|moments| moments.correlation()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{
        BACON_MONTHLY_BENCHMARK_RETURNS, BACON_MONTHLY_RETURNS, any_returns, assert_number, assert_unavailable,
        assert_within, beside,
    };
    use crate::statistics;

    #[test]
    fn three_days_by_hand() {
        // Deviations −1, 0, 1 and −1, 1, 0 in percent: (1 + 0 + 0) / √(2 · 2).
        assert_number(&MEASURE, &beside(&[-0.01, 0.0, 0.01], &[-0.01, 0.01, 0.0]), 0.5);
        assert_number(&MEASURE, &beside(&[0.01, -0.01], &[-0.03, 0.05]), -1.0);
        assert_unavailable(&MEASURE, &beside(&[0.01], &[0.02]), "at least two");
        assert_unavailable(&MEASURE, &beside(&[0.01, 0.01], &[0.01, 0.02]), "the returns do not vary");
    }

    #[test]
    fn bacon_as_printed() {
        // PerformanceAnalytics, SpecificRisk(portfolio_bacon[,1], portfolio_bacon[,2]): 0.0329, the deviation
        // (population, twelve months a year) that the benchmark does not explain: σ · √(1 − ρ²) · √12.
        let series = beside(&BACON_MONTHLY_RETURNS, &BACON_MONTHLY_BENCHMARK_RETURNS);
        let ratio = MEASURE.of(&series).number().unwrap();
        let variance = statistics::moments(&BACON_MONTHLY_RETURNS).unwrap().variance;
        assert_within((variance * (1.0 - ratio * ratio) * 12.0).sqrt(), 0.0329, 5e-5);
    }

    proptest! {
        #[test]
        fn both_sides_are_alike_and_leverage_does_not_matter(
            (returns, benchmark) in (any_returns(), any_returns()),
            factor in 0.1..4.0_f64,
        ) {
            let days = returns.len().min(benchmark.len());
            let (returns, benchmark) = (&returns[..days], &benchmark[..days]);
            let geared: Vec<f64> = returns.iter().map(|number| factor * number).collect();
            if let Some(ratio) = MEASURE.of(&beside(returns, benchmark)).number() {
                prop_assert!(ratio.abs() <= 1.0);
                for other in [beside(benchmark, returns), beside(&geared, benchmark)] {
                    assert_within(MEASURE.of(&other).number().unwrap(), ratio, 1e-9);
                }
            }
        }
    }
}
