//! Excess return: by how much the portfolio earned more than its benchmark, as a difference.

use schemas::MeasureValue;

use super::{Measure, Unit, benchmark_return};
use crate::compounding;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Time-weighted return of the period less that of the benchmark.
///
/// `twr − benchmark_return`.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction of the capital at the start.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; no daily return; the
///   series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 3, arithmetic excess
///   return.
pub static MEASURE: Measure = Measure {
    id: "excess_return",
    title: "Excess return",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The time-weighted return of the period less that of the benchmark.",
    compute: excess_return,
};

fn excess_return(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the excess return", difference(measured))
}

fn difference(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(compounding::time_weighted_return(measured)? - benchmark_return::linked(measured)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, assert_within, bacon_months, beside};
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_by_other_code() {
        // The 24 months linked in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), -0.031_781_094_591_562_86, 1e-13);
    }

    #[test]
    fn a_tenth_against_a_twentieth() {
        assert_number(&MEASURE, &beside(&[0.1], &[0.05]), 0.05);
        let alone = PerformanceSeries { benchmark: None, ..beside(&[0.1], &[0.05]) };
        assert_unavailable(&MEASURE, &alone, "no benchmark is named");
    }

    proptest! {
        #[test]
        fn the_benchmark_has_none_over_itself(returns in any_returns()) {
            assert_number(&MEASURE, &beside(&returns, &returns), 0.0);
        }
    }
}
