//! Value at risk at 99 % if returns were normal.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::measured::Measured;
use crate::risk::normal;

/// Normal value at risk over one day, tail probability 0.01.
///
/// `−(μ + z s)` with `z = −2.3263` and the sample standard deviation (n − 1).
///
/// - Input: at least two daily returns as fractions.
/// - Output: fraction of the value; a loss is positive.
/// - Unavailable: fewer returns; the series has a number that is none.
/// - Source: Jorion, *Value at Risk*, 3rd ed., ch. 5.
pub static MEASURE: Measure = Measure {
    id: "var_normal_99",
    title: "Value at risk 99 %, normal",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The loss that would be exceeded on one day in a hundred if daily returns were normal with their mean \
                 and sample deviation.",
    compute: var_normal_99,
};

fn var_normal_99(measured: &Measured<'_>) -> MeasureValue {
    normal::value_at_risk_of(measured, 0.01)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, of_returns};

    #[test]
    fn two_returns() {
        // 3 % and 1 %: mean 2 %, deviation √2 %.
        let expected = 2.326_347_874_040_841 * 2e-4_f64.sqrt() - 0.02;
        assert_number(&MEASURE, &of_returns(&[0.03, 0.01]), expected);
        assert_unavailable(&MEASURE, &of_returns(&[0.03]), "not enough daily returns: 1 of 2");
    }
}
