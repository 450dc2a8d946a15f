//! Beta: how much of the benchmark's moves the portfolio makes.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Slope of the least-squares line of the portfolio's daily returns on the benchmark's.
///
/// `Σ(r − r̄)(b − b̄) / Σ(b − b̄)²`; a constant risk-free rate makes no difference to it.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: ratio; 1 moves like the benchmark.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; fewer than two days;
///   a benchmark that does not vary; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `CAPM.beta`.
pub static MEASURE: Measure = Measure {
    id: "beta",
    title: "Beta",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Slope of the line that fits the daily returns to those of the benchmark best. 1 moves like the \
                 benchmark, 0.5 half as much.",
    compute: beta,
};

fn beta(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the beta", measured.joint_moments().and_then(|moments| moments.beta()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{
        BACON_MONTHLY_BENCHMARK_RETURNS, BACON_MONTHLY_RETURNS, any_returns, assert_number, assert_unavailable,
        assert_within, beside,
    };

    #[test]
    fn three_days_by_hand() {
        // Benchmark −1 %, 0 %, 1 %; portfolio −1 %, 1 %, 3 %: deviations −2, 0, 2; (2 + 0 + 2) / (1 + 0 + 1) = 2.
        assert_number(&MEASURE, &beside(&[-0.01, 0.01, 0.03], &[-0.01, 0.0, 0.01]), 2.0);
        assert_unavailable(&MEASURE, &beside(&[0.01], &[0.02]), "at least two");
        assert_unavailable(&MEASURE, &beside(&[0.01, 0.02], &[0.01, 0.01]), "the benchmark's returns do not vary");
    }

    #[test]
    fn bacon_worked_apart_from_this_code() {
        // 24 months of `portfolio_bacon`, the sums of the definition in plain Python: 0.9988502.
        let series = beside(&BACON_MONTHLY_RETURNS, &BACON_MONTHLY_BENCHMARK_RETURNS);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.998_850_2, 5e-8);
    }

    proptest! {
        #[test]
        fn leverage_is_beta(returns in any_returns(), factor in -3.0..3.0_f64, cost in -0.001..0.001_f64) {
            let geared: Vec<f64> = returns.iter().map(|number| factor * number + cost).collect();
            if let Some(slope) = MEASURE.of(&beside(&geared, &returns)).number() {
                // Days that hardly vary leave fewer digits.
                assert_within(slope, factor, 1e-9);
            }
        }
    }
}
