//! Hit ratio: how many of the days had a gain.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Share of the daily returns above zero.
///
/// `#(r > 0) / n`; a return of zero is no gain.
///
/// - Input: daily returns as fractions.
/// - Output: fraction.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4, "batting average";
///   here against zero.
pub static MEASURE: Measure = Measure {
    id: "hit_ratio",
    title: "Days with a gain",
    unit: Unit::Fraction,
    annualised: false,
    definition: "How many of the days had a return above zero, as a part of all days.",
    compute: hit_ratio,
};

fn hit_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the hit ratio", measured.digest().map(|digest| digest.spread.gains / digest.spread.count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{BACON_MONTHLY_RETURNS, any_returns, assert_number, assert_unavailable, of_returns};

    #[test]
    fn a_gain_a_loss_and_nothing() {
        assert_number(&MEASURE, &of_returns(&[0.01, -0.01, 0.0]), 1.0 / 3.0);
        assert_number(&MEASURE, &of_returns(&[0.0]), 0.0);
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
        // Counted by eye: 14 of Bacon's 24 months.
        assert_number(&MEASURE, &of_returns(&BACON_MONTHLY_RETURNS), 14.0 / 24.0);
    }

    proptest! {
        #[test]
        fn what_is_no_gain_is_a_gain_of_the_other_side(returns in any_returns()) {
            let opposite: Vec<f64> = returns.iter().map(|number| -number).collect();
            let unmoved = returns.iter().filter(|number| **number == 0.0).count() as f64 / returns.len() as f64;
            let share = |returns: &[f64]| MEASURE.of(&of_returns(returns)).number().unwrap();
            prop_assert!((share(&returns) + share(&opposite) + unmoved - 1.0).abs() <= 1e-15);
        }
    }
}
