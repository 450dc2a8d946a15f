//! Expected shortfall at 95 % if returns were normal.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::measured::Measured;
use crate::risk::normal;

/// Normal expected shortfall over one day, tail probability 0.05.
///
/// `−μ + s φ(z) / 0.05` with the sample standard deviation (n − 1).
///
/// - Input: at least two daily returns as fractions.
/// - Output: fraction of the value; a loss is positive.
/// - Unavailable: fewer returns; the series has a number that is none.
/// - Source: McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2.2.
pub static MEASURE: Measure = Measure {
    id: "es_normal_95",
    title: "Expected shortfall 95 %, normal",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The mean loss on one day in twenty if daily returns were normal with their mean and sample \
                 deviation.",
    compute: es_normal_95,
};

fn es_normal_95(measured: &Measured<'_>) -> MeasureValue {
    normal::expected_shortfall_of(measured, 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_unavailable, assert_within, of_returns};

    #[test]
    fn two_returns() {
        // ±1 %: mean 0, deviation √2 %. McNeil, Frey and Embrechts print 2.06 deviations for 0.05.
        let shortfall = MEASURE.of(&of_returns(&[0.01, -0.01])).number().unwrap();
        assert_within(shortfall / 2e-4_f64.sqrt(), 2.06, 5e-3);
        assert_unavailable(&MEASURE, &of_returns(&[0.03]), "not enough daily returns: 1 of 2");
    }
}
