//! Jensen's alpha: the return a year beyond what beta explains of it, from linked returns.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::market_line;
use crate::measured::Measured;

/// Annualised return above the risk-free rate, less beta times that of the benchmark.
///
/// `R − rf − β (B − rf)` with returns linked and annualised (252 days); `alpha_annual` has the means of the days
/// instead.
///
/// - Input: daily returns of portfolio and benchmark as fractions; the risk-free rate a year.
/// - Output: fraction a year.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; no risk-free rate;
///   fewer than two days; a benchmark that does not vary; a loss of more than everything; the series has a number that
///   is none.
/// - Source: Jensen, *The Performance of Mutual Funds in the Period 1945–1964*, Journal of Finance 23 (1968); Bacon,
///   *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R PerformanceAnalytics,
///   `CAPM.jensenAlpha`.
pub static MEASURE: Measure = Measure {
    id: "jensen_alpha",
    title: "Jensen's alpha",
    unit: Unit::Fraction,
    annualised: true,
    definition: "The annualised return (252 days) above the risk-free rate, less beta times that of the benchmark.",
    compute: jensen_alpha,
};

fn jensen_alpha(measured: &Measured<'_>) -> MeasureValue {
    figure::number("Jensen's alpha", market_line::jensen_alpha(measured))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::annualised_return_252;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, assert_within, bacon_months, beside};
    use crate::sampling::Sampling;
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, CAPM.jensenAlpha(portfolio_bacon): −0.014 as printed; the digits by plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), -0.014_169_444_654_244_2, 1e-13);
    }

    #[test]
    fn two_months_beside_their_benchmark() {
        // 1 % and 3 % against 0 % and 2 %: beta 1, and the rate cancels. Of two months a year is the sixth power.
        let months = PerformanceSeries { sampling: Sampling::Monthly12, ..beside(&[0.01, 0.03], &[0.0, 0.02]) };
        let expected = (1.01_f64 * 1.03).powi(6) - 1.02_f64.powi(6);
        assert_number(&MEASURE, &months, expected);
        let unknown = PerformanceSeries { risk_free: None, ..months };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
    }

    proptest! {
        #[test]
        fn the_benchmark_itself_has_none(returns in any_returns()) {
            if let Some(alpha) = MEASURE.of(&beside(&returns, &returns)).number() {
                let annual = annualised_return_252::MEASURE.of(&beside(&returns, &returns)).number().unwrap();
                assert_within(alpha, 0.0, 1e-12 * (1.0 + annual.abs()));
            }
        }
    }
}
