//! Treynor ratio: the return a year above the risk-free rate for each unit of beta.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::market_line;
use crate::measured::Measured;

/// Annualised return above the risk-free rate, over beta.
///
/// `(R − rf) / β` with the return linked and annualised (252 days).
///
/// - Input: daily returns of portfolio and benchmark as fractions; the risk-free rate a year.
/// - Output: fraction a year for a beta of one.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; no risk-free rate;
///   fewer than two days; a benchmark that does not vary; a loss of more than everything; a beta of nothing but
///   rounding; the series has a number that is none.
/// - Source: Treynor, *How to Rate Management of Investment Funds*, Harvard Business Review 43 (1965); R
///   PerformanceAnalytics, `TreynorRatio`.
pub static MEASURE: Measure = Measure {
    id: "treynor_ratio",
    title: "Treynor ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The annualised return (252 days) above the risk-free rate, over beta.",
    compute: treynor_ratio,
};

fn treynor_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Treynor ratio", market_line::treynor_ratio(measured))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::annualised_return_252;
    use crate::sample_series::{any_returns, assert_close, assert_unavailable, assert_within, bacon_months, beside};
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_by_other_code() {
        // Annual return 0.103678 over beta 0.998850, in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.103_797_635_355_938_82, 1e-13);
    }

    #[test]
    fn reasons() {
        assert_unavailable(&MEASURE, &beside(&[0.01, 0.01], &[0.0, 0.02]), "does not move with its benchmark");
        let unknown = PerformanceSeries { risk_free: None, ..beside(&[0.01, 0.02], &[0.0, 0.02]) };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
    }

    proptest! {
        #[test]
        fn the_benchmark_has_its_return_above_the_rate(returns in any_returns()) {
            let series = beside(&returns, &returns);
            if let Some(ratio) = MEASURE.of(&series).number() {
                assert_close(ratio, annualised_return_252::MEASURE.of(&series).number().unwrap() - 0.02);
            }
        }
    }
}
