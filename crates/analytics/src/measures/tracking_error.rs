//! Tracking error: how far daily returns stray from the benchmark's.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::reward_to_risk;

/// Annualised standard deviation of the daily differences from the benchmark.
///
/// `√252 · stdev(r − b)`, sample standard deviation (n − 1), the first day included.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction a year (0.04 is four percent).
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; fewer than two days;
///   the series has a number that is none.
/// - Source: Grinold and Kahn, *Active Portfolio Management*, 2nd ed., ch. 3; R PerformanceAnalytics, `TrackingError`.
pub static MEASURE: Measure = Measure {
    id: "tracking_error",
    title: "Tracking error",
    unit: Unit::Fraction,
    annualised: true,
    definition: "Standard deviation of the daily differences from the returns of the benchmark, a year.",
    compute: tracking_error,
};

fn tracking_error(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the tracking error", dispersion(measured))
}

fn dispersion(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(measured.joint_moments()?.difference_deviation() * reward_to_risk::root_of_a_year(measured)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, assert_within, beside, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn one_percent_more_and_one_less() {
        // Differences 1 % and −1 %: mean 0, squares 1e-4 + 1e-4 over n − 1 = 1, times 252.
        assert_number(&MEASURE, &beside(&[0.03, -0.02], &[0.02, -0.01]), (2e-4_f64 * 252.0).sqrt());
        assert_number(&MEASURE, &beside(&[0.03, -0.02], &[0.03, -0.02]), 0.0);
        assert_unavailable(&MEASURE, &beside(&[0.03], &[0.02]), "at least two");
        let alone = PerformanceSeries { benchmark: None, ..of_returns(&[0.01, 0.02]) };
        assert_unavailable(&MEASURE, &alone, "no benchmark is named");
    }

    proptest! {
        #[test]
        fn it_is_the_same_seen_from_the_benchmark((returns, benchmark) in (any_returns(), any_returns())) {
            let days = returns.len().min(benchmark.len());
            let (returns, benchmark) = (&returns[..days], &benchmark[..days]);
            let error = MEASURE.of(&beside(returns, benchmark)).number().unwrap();
            assert_within(MEASURE.of(&beside(benchmark, returns)).number().unwrap(), error, 1e-12);
        }
    }
}
