//! Alpha: what the portfolio earns a year beyond what its beta explains.

use schemas::MeasureValue;

use super::{Measure, Unit, alpha_daily};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// The daily alpha as a rate a year, arithmetic.
///
/// `252 · (mean(r) − f − β · (mean(b) − f))`; not compounded, as the Sharpe ratio is not.
///
/// - Input: daily returns of portfolio and benchmark as fractions; the risk-free rate a year.
/// - Output: fraction a year.
/// - Unavailable: no risk-free rate; no benchmark; a day with a return of the portfolio and none of the benchmark;
///   fewer than two days; a benchmark that does not vary; the series has a number that is none.
/// - Source: Jensen, *The Performance of Mutual Funds in the Period 1945–1964*, Journal of Finance 23 (1968).
pub static MEASURE: Measure = Measure {
    id: "alpha_annual",
    title: "Alpha",
    unit: Unit::Fraction,
    annualised: true,
    definition: "Mean of the daily returns above the risk-free rate, less beta times that of the benchmark, times 252.",
    compute: alpha_annual,
};

fn alpha_annual(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the alpha", a_year(measured))
}

fn a_year(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(alpha_daily::intercept(measured)? * measured.series().sampling.periods_per_year()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, assert_within, beside};

    #[test]
    fn a_tenth_of_a_percent_a_day_on_top() {
        // Always 0.1 % more than the benchmark: beta 1, and 0.1 % on each of 252 days.
        assert_number(&MEASURE, &beside(&[0.011, -0.019, 0.031], &[0.01, -0.02, 0.03]), 0.252);
        assert_unavailable(&MEASURE, &beside(&[0.01, 0.02], &[0.01, 0.01]), "the benchmark's returns do not vary");
        assert_unavailable(&MEASURE, &beside(&[0.01], &[0.02]), "at least two");
    }

    proptest! {
        #[test]
        fn the_benchmark_itself_has_none(returns in any_returns()) {
            if let Some(alpha) = MEASURE.of(&beside(&returns, &returns)).number() {
                assert_within(alpha, 0.0, 1e-12);
            }
        }
    }
}
