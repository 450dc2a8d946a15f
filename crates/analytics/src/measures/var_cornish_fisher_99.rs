//! Value at risk at 99 %, corrected for skewness and kurtosis.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::measured::Measured;
use crate::risk::cornish_fisher;

/// Modified value at risk over one day, tail probability 0.01.
///
/// `−(μ + z′ σ)` with the Cornish-Fisher expansion `z′`; mean, deviation, skewness and excess kurtosis of the
/// population.
///
/// - Input: at least two daily returns as fractions.
/// - Output: fraction of the value; a loss is positive.
/// - Unavailable: fewer returns; returns that do not vary; the expansion is not monotone
///   ([`cornish_fisher::is_monotone`]); the series has a number that is none.
/// - Source: Favre and Galeano, *Mean-Modified Value-at-Risk Optimization with Hedge Funds*, 2002.
pub static MEASURE: Measure = Measure {
    id: "var_cornish_fisher_99",
    title: "Value at risk 99 %, Cornish-Fisher",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The loss that would be exceeded on one day in a hundred: the normal quantile corrected for skewness \
                 and excess kurtosis, where the correction keeps the order of losses.",
    compute: var_cornish_fisher_99,
};

/// The same beyond the domain of the expansion, for a comparison with programs that do not ask for it.
///
/// - Input, output and source: those of [`MEASURE`].
/// - Edge: where the expansion is not monotone the figure means little.
pub static ANYWHERE: Measure = Measure { compute: anywhere, ..MEASURE };

fn var_cornish_fisher_99(measured: &Measured<'_>) -> MeasureValue {
    cornish_fisher::value_at_risk_of(measured, 0.01)
}

fn anywhere(measured: &Measured<'_>) -> MeasureValue {
    cornish_fisher::value_at_risk_anywhere(measured, 0.01)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, of_returns};

    #[test]
    fn a_few_returns() {
        let normal: f64 = -2.326_347_874_040_841;
        // Six days at rest and ±2 %: mean 0, population deviation 1 %, skewness 0, excess kurtosis 1.
        let quiet = of_returns(&[-0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02]);
        let expected = -0.01 * (normal + (normal.powi(3) - 3.0 * normal) / 24.0);
        assert_number(&MEASURE, &quiet, expected);
        assert_number(&ANYWHERE, &quiet, expected);
        // ±1 %: an excess kurtosis of −2 is outside the domain; z′ = 1.25 z − z³ / 12.
        let torn = of_returns(&[0.01, -0.01]);
        assert_unavailable(&MEASURE, &torn, "a rarer loss could come out smaller");
        assert_number(&ANYWHERE, &torn, -0.01 * (1.25 * normal - normal.powi(3) / 12.0));
        assert_unavailable(&MEASURE, &of_returns(&[0.01, 0.01]), "do not vary");
    }
}
