//! M squared excess: what the portfolio would have returned more than its benchmark, with the same risk.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::market_line;
use crate::measured::Measured;

/// M squared against the annualised return of the benchmark, as a ratio of wealth.
///
/// `(1 + M²) / (1 + B) − 1`.
///
/// - Input: daily returns of portfolio and benchmark as fractions; the risk-free rate a year.
/// - Output: fraction a year.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; no risk-free rate;
///   fewer than two days; returns that do not vary; a loss of everything; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4, geometric. R
///   PerformanceAnalytics, `MSquaredExcess`, turns the ratio of the volatilities round and comes to −0.00998 for
///   Bacon's months.
pub static MEASURE: Measure = Measure {
    id: "m_squared_excess",
    title: "M squared excess",
    unit: Unit::Fraction,
    annualised: true,
    definition: "What M squared is above the annualised return of the benchmark, as a ratio of wealth.",
    compute: m_squared_excess,
};

fn m_squared_excess(measured: &Measured<'_>) -> MeasureValue {
    figure::number("M squared excess", above_benchmark(measured))
}

fn above_benchmark(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let benchmark = 1.0 + market_line::benchmark_annual(measured)?;
    if benchmark <= 0.0 {
        return Err(NoFigure::new("the benchmark lost everything"));
    }
    Ok((1.0 + market_line::m_squared(measured)?) / benchmark - 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::annualised_return_252;
    use crate::sample_series::{any_returns, assert_unavailable, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_by_other_code() {
        // (1 + 0.100620) / (1 + 0.117983) − 1, of M squared and the return a year of the benchmark, in plain
        // Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), -0.015_531_031_572_197_93, 1e-13);
    }

    #[test]
    fn a_benchmark_that_lost_everything_is_no_measure() {
        assert_unavailable(&MEASURE, &beside(&[0.01, 0.02], &[0.0, -1.0]), "lost everything");
    }

    proptest! {
        #[test]
        fn the_benchmark_has_none_over_itself(returns in any_returns()) {
            let series = beside(&returns, &returns);
            if let Some(excess) = MEASURE.of(&series).number() {
                // As wealth: of a year in which next to nothing is left a ratio has few digits.
                let wealth = 1.0 + annualised_return_252::MEASURE.of(&series).number().unwrap();
                assert_within(excess * wealth, 0.0, 1e-12 * (1.0 + wealth));
            }
        }
    }
}
