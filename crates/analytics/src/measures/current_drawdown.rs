//! Current drawdown: how far below its high the portfolio ends.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Fall of the wealth index at the end of the period below its high so far, the opening included.
///
/// `Wₙ / max(W₀ … Wₙ) − 1` with `W₀ = 1` before the first return.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: negative fraction (−0.25 is a fall by a quarter); zero if the period ends at a high.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: R PerformanceAnalytics, `Drawdowns`.
pub static MEASURE: Measure = Measure {
    id: "current_drawdown",
    title: "Current drawdown",
    unit: Unit::Fraction,
    annualised: false,
    definition: "How far the portfolio is below its highest point at the end of the period, without the effect of \
                 deposits and withdrawals.",
    compute: current_drawdown,
};

fn current_drawdown(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the current drawdown", measured.digest().map(|digest| digest.path.current_drawdown))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::max_drawdown;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, of_returns};

    #[test]
    fn a_tenth_below_the_high() {
        // 1.1, 0.88, 0.99: a tenth below 1.1.
        assert_number(&MEASURE, &of_returns(&[0.1, -0.2, 0.125]), -0.1);
        assert_number(&MEASURE, &of_returns(&[-0.1, 0.2]), 0.0);
        assert_number(&MEASURE, &of_returns(&[-0.03]), -0.03);
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    proptest! {
        #[test]
        fn it_is_never_deeper_than_the_deepest(returns in any_returns()) {
            let series = of_returns(&returns);
            let current = MEASURE.of(&series).number().unwrap();
            prop_assert!(max_drawdown::MEASURE.of(&series).number().unwrap() <= current);
            prop_assert!(current <= 0.0);
        }
    }
}
