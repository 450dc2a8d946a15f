//! Expected shortfall at 97.5 % from the returns as they were.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::measured::Measured;
use crate::risk::historical;

/// Historical expected shortfall over one day, tail probability 0.025.
///
/// Minus the mean of the worst `0.025 · n` returns; the last of them counts with the fraction that is left. Never less
/// than `var_hist_975`.
///
/// - Input: `n` daily returns as fractions.
/// - Output: fraction of the value; a loss is positive.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Acerbi and Tasche, *On the Coherence of Expected Shortfall*, Journal of Banking and Finance 26 (2002); the
///   tail is that of the Basel framework, MAR33.
pub static MEASURE: Measure = Measure {
    id: "es_hist_975",
    title: "Expected shortfall 97.5 %, historical",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The mean of the worst 2.5 % of the daily returns as a loss; the last return counts as far as that \
                 part reaches into it.",
    compute: es_hist_975,
};

fn es_hist_975(measured: &Measured<'_>) -> MeasureValue {
    historical::expected_shortfall_of(measured, 0.025)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::{es_hist_95, var_hist_975};
    use crate::sample_series::{any_returns, assert_number, of_returns};

    #[test]
    fn sixty_returns() {
        // −10 %, −9 %, …, +49 %: 60 · 0.025 = 1.5 returns, the worst and half of the next.
        let returns: Vec<f64> = (-10..50).map(|percent| f64::from(percent) / 100.0).collect();
        assert_number(&MEASURE, &of_returns(&returns), (0.1 + 0.5 * 0.09) / 1.5);
        // 0.5 returns are all of the worst.
        assert_number(&MEASURE, &of_returns(returns.get(..20).unwrap()), 0.1);
    }

    proptest! {
        #[test]
        fn it_lies_beyond_the_edge_and_beyond_a_wider_tail(returns in any_returns()) {
            let series = of_returns(&returns);
            let shortfall = MEASURE.of(&series).number().unwrap();
            prop_assert!(var_hist_975::MEASURE.of(&series).number().unwrap() <= shortfall + 1e-14);
            prop_assert!(es_hist_95::MEASURE.of(&series).number().unwrap() <= shortfall + 1e-14);
        }
    }
}
