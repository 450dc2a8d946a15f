//! Value at risk at 95 % from the exponentially weighted variance.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::measured::Measured;
use crate::risk::ewma;

/// Exponentially weighted value at risk over one day, tail probability 0.05.
///
/// `−z √v` with the forecast `v` after the last return and `z = −1.6448`; the mean is taken as zero.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: fraction of the value; a loss is positive.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: RiskMetrics, *Technical Document*, 4th ed., 1996, ch. 5.
pub static MEASURE: Measure = Measure {
    id: "var_ewma_95",
    title: "Value at risk 95 %, exponentially weighted",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The loss that would be exceeded on one day in twenty if the next return were normal with a mean of \
                 zero and the exponentially weighted variance (decay 0.94).",
    compute: var_ewma_95,
};

fn var_ewma_95(measured: &Measured<'_>) -> MeasureValue {
    ewma::value_at_risk_of(measured, 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, of_returns};

    #[test]
    fn two_returns() {
        // 1 %, then 2 %: 0.94 · 0.01² + 0.06 · 0.02² = 1.18e-4.
        assert_number(&MEASURE, &of_returns(&[0.01, 0.02]), 1.644_853_626_951_472_6 * 1.18e-4_f64.sqrt());
    }
}
