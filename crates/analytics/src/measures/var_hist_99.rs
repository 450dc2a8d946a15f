//! Value at risk at 99 % from the returns as they were.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::measured::Measured;
use crate::risk::historical;

/// Historical value at risk over one day, tail probability 0.01.
///
/// Minus the quantile of the daily returns, with linear interpolation between order statistics.
///
/// - Input: daily returns as fractions.
/// - Output: fraction of the value; a loss is positive.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Hyndman and Fan, *Sample Quantiles in Statistical Packages*, 1996, type 7.
pub static MEASURE: Measure = Measure {
    id: "var_hist_99",
    title: "Value at risk 99 %, historical",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The loss that was exceeded on one day in a hundred, as a part of the value: the quantile of the \
                 daily returns with linear interpolation (type 7).",
    compute: var_hist_99,
};

fn var_hist_99(measured: &Measured<'_>) -> MeasureValue {
    historical::value_at_risk_of(measured, 0.01)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, of_returns};

    #[test]
    fn twenty_one_returns() {
        // −10 %, −9 %, …, +10 %: the position (21 − 1) · 0.01 = 0.2 is a fifth from the worst to the next.
        let returns: Vec<f64> = (-10..=10).map(|percent| f64::from(percent) / 100.0).collect();
        assert_number(&MEASURE, &of_returns(&returns), 0.098);
    }
}
