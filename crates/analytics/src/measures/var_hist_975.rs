//! Value at risk at 97.5 % from the returns as they were.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::measured::Measured;
use crate::risk::historical;

/// Historical value at risk over one day, tail probability 0.025.
///
/// Minus the quantile of the daily returns, with linear interpolation between order statistics.
///
/// - Input: daily returns as fractions.
/// - Output: fraction of the value; a loss is positive.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Hyndman and Fan, *Sample Quantiles in Statistical Packages*, 1996, type 7.
pub static MEASURE: Measure = Measure {
    id: "var_hist_975",
    title: "Value at risk 97.5 %, historical",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The loss that was exceeded on one day in forty, as a part of the value: the quantile of the daily \
                 returns with linear interpolation (type 7).",
    compute: var_hist_975,
};

fn var_hist_975(measured: &Measured<'_>) -> MeasureValue {
    historical::value_at_risk_of(measured, 0.025)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::{var_hist_95, var_hist_99};
    use crate::sample_series::{any_returns, assert_number, of_returns};

    #[test]
    fn twenty_one_returns() {
        // −10 %, −9 %, …, +10 %: the position (21 − 1) · 0.025 = 0.5 is half way from the worst to the next.
        let returns: Vec<f64> = (-10..=10).map(|percent| f64::from(percent) / 100.0).collect();
        assert_number(&MEASURE, &of_returns(&returns), 0.095);
    }

    proptest! {
        #[test]
        fn a_rarer_loss_is_a_larger_one(returns in any_returns()) {
            let series = of_returns(&returns);
            let loss = MEASURE.of(&series).number().unwrap();
            prop_assert!(var_hist_95::MEASURE.of(&series).number().unwrap() <= loss + 1e-15);
            prop_assert!(loss <= var_hist_99::MEASURE.of(&series).number().unwrap() + 1e-15);
        }
    }
}
