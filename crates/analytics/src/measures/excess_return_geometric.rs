//! Geometric excess return: by how much the portfolio earned more than its benchmark, as a ratio of wealth.

use schemas::MeasureValue;

use super::{Measure, Unit, benchmark_return};
use crate::compounding;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Wealth at the end of the period over what the benchmark would have made of the same capital, less one.
///
/// `(1 + twr) / (1 + benchmark_return) − 1`; unlike the arithmetic one it links over periods.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction of the benchmark's wealth.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; a benchmark that lost
///   everything; no daily return; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 3, geometric excess
///   return.
pub static MEASURE: Measure = Measure {
    id: "excess_return_geometric",
    title: "Excess return, geometric",
    unit: Unit::Fraction,
    annualised: false,
    definition: "What the portfolio grew to over what the benchmark grew to, less one.",
    compute: excess_return_geometric,
};

fn excess_return_geometric(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the geometric excess return", ratio_of_wealth(measured))
}

fn ratio_of_wealth(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let benchmark = 1.0 + benchmark_return::linked(measured)?;
    if benchmark <= 0.0 {
        return Err(NoFigure::new("the benchmark lost everything"));
    }
    Ok((1.0 + compounding::time_weighted_return(measured)?) / benchmark - 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_by_other_code() {
        // The 24 months linked in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), -0.025_427_177_101_035_04, 1e-13);
    }

    #[test]
    fn a_tenth_against_a_twentieth() {
        assert_number(&MEASURE, &beside(&[0.1], &[0.05]), 1.1 / 1.05 - 1.0);
        assert_unavailable(&MEASURE, &beside(&[0.1, 0.0], &[-1.0, 0.0]), "lost everything");
    }

    proptest! {
        #[test]
        fn periods_link((returns, part) in (any_returns(), 0.5..2.0_f64)) {
            // A benchmark that earns a part of every return: both halves compound to the whole.
            let benchmark: Vec<f64> = returns.iter().map(|number| part * 0.5 * number).collect();
            let growth = |days: std::ops::Range<usize>| {
                1.0 + MEASURE.of(&beside(&returns[days.clone()], &benchmark[days])).number().unwrap()
            };
            let (middle, end) = (returns.len() / 2, returns.len());
            let whole = growth(0..end);
            prop_assert!((growth(0..middle) * growth(middle..end) - whole).abs() <= 1e-12 * whole);
        }
    }
}
