//! Benchmark return: what the benchmark earned on the days on which the portfolio has a return.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Daily returns of the benchmark linked over the period, in the portfolio's base currency.
///
/// `∏(1 + b) − 1` over the days that have a return of the portfolio; on a day that starts without capital `b` is zero.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; no daily return; the
///   series has a number that is none.
/// - Source: GIPS 2020, benchmark returns beside the time-weighted return, on the same basis.
pub static MEASURE: Measure = Measure {
    id: "benchmark_return",
    title: "Benchmark return",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Daily returns of the benchmark linked, in the portfolio's currency, over the days on which the \
                 portfolio has a return.",
    compute: benchmark_return,
};

fn benchmark_return(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the benchmark return", linked(measured))
}

/// The benchmark's returns, linked.
pub(crate) fn linked(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(measured.benchmark()?.iter().fold(1.0, |growth, number| growth * (1.0 + number)) - 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::twr;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, beside, dated, of_returns};

    #[test]
    fn a_rise_and_a_fall_of_a_tenth() {
        // 1.1 · 0.9 − 1.
        assert_number(&MEASURE, &beside(&[0.0, 0.05], &[0.1, -0.1]), -0.01);
        assert_number(&MEASURE, &beside(&[0.05], &[0.1]), 0.1);
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    #[test]
    fn a_gap_of_the_benchmark_is_not_passed_over() {
        let mut series = beside(&[0.0, 0.05], &[0.1, -0.1]);
        series.benchmark = Some(dated(&[("2024-01-02", 0.1)]));
        assert_unavailable(&MEASURE, &series, "the benchmark has no return on 2024-01-03");
        series.benchmark = None;
        assert_unavailable(&MEASURE, &series, "no benchmark is named");
    }

    proptest! {
        #[test]
        fn of_a_portfolio_that_is_its_benchmark_it_is_the_return(returns in any_returns()) {
            let series = beside(&returns, &returns);
            prop_assert_eq!(MEASURE.of(&series), twr::MEASURE.of(&series));
        }
    }
}
