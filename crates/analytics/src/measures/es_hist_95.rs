//! Expected shortfall at 95 % from the returns as they were.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::measured::Measured;
use crate::risk::historical;

/// Historical expected shortfall over one day, tail probability 0.05.
///
/// Minus the mean of the worst `0.05 · n` returns; the last of them counts with the fraction that is left. Never less
/// than `var_hist_95`.
///
/// - Input: `n` daily returns as fractions.
/// - Output: fraction of the value; a loss is positive.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Acerbi and Tasche, *On the Coherence of Expected Shortfall*, Journal of Banking and Finance 26 (2002).
pub static MEASURE: Measure = Measure {
    id: "es_hist_95",
    title: "Expected shortfall 95 %, historical",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The mean of the worst 5 % of the daily returns as a loss; the last return counts as far as that part \
                 reaches into it.",
    compute: es_hist_95,
};

fn es_hist_95(measured: &Measured<'_>) -> MeasureValue {
    historical::expected_shortfall_of(measured, 0.05)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::var_hist_95;
    use crate::sample_series::{any_returns, assert_number, of_returns};

    #[test]
    fn twenty_one_returns() {
        // −10 %, −9 %, …, +10 %: 21 · 0.05 = 1.05 returns, the worst and a twentieth of the next.
        let returns: Vec<f64> = (-10..=10).map(|percent| f64::from(percent) / 100.0).collect();
        assert_number(&MEASURE, &of_returns(&returns), (0.1 + 0.05 * 0.09) / 1.05);
    }

    proptest! {
        #[test]
        fn it_is_at_least_the_value_at_risk(returns in any_returns()) {
            let series = of_returns(&returns);
            let edge = var_hist_95::MEASURE.of(&series).number().unwrap();
            prop_assert!(edge <= MEASURE.of(&series).number().unwrap() + 1e-14);
        }
    }
}
