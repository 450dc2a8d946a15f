//! Ulcer index: how deep and how long the portfolio was below its highs.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Root mean square of the falls below the high so far, of all days.
///
/// `√mean(dₜ²)` with `dₜ = Wₜ / max(W₀ … Wₜ) − 1` and `W₀ = 1` before the first return.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: fraction; zero if the index never fell.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Martin and McCann, *The Investor's Guide to Fidelity Funds*, 1989; R PerformanceAnalytics, `UlcerIndex`.
pub static MEASURE: Measure = Measure {
    id: "ulcer_index",
    title: "Ulcer index",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Root of the mean squared fall of all days below the highest point before: deep and long falls make \
                 it large.",
    compute: ulcer_index,
};

fn ulcer_index(measured: &Measured<'_>) -> MeasureValue {
    let falls = measured.digest().map(|digest| (digest.path.squared_drawdowns / digest.spread.count).sqrt());
    figure::number("the Ulcer index", falls)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::{max_drawdown, pain_index};
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, of_returns};

    #[test]
    fn two_days_below_the_high() {
        // 1.1, 0.88, 0.99, 1.21: falls of 0, 20 %, 10 % and 0; (0.04 + 0.01) / 4.
        let series = of_returns(&[0.1, -0.2, 0.125, 2.0 / 9.0]);
        assert_number(&MEASURE, &series, (0.05_f64 / 4.0).sqrt());
        // The opening is a high, too.
        assert_number(&MEASURE, &of_returns(&[-0.1]), 0.1);
        assert_number(&MEASURE, &of_returns(&[0.1, 0.0]), 0.0);
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    proptest! {
        #[test]
        fn it_lies_between_the_mean_and_the_deepest_fall(returns in any_returns()) {
            let series = of_returns(&returns);
            let index = MEASURE.of(&series).number().unwrap();
            prop_assert!(pain_index::MEASURE.of(&series).number().unwrap() <= index + 1e-15);
            prop_assert!(index <= -max_drawdown::MEASURE.of(&series).number().unwrap() + 1e-15);
        }
    }
}
