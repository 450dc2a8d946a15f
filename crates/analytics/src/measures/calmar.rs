//! Calmar ratio: return a year for each unit of the deepest fall.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding;
use crate::drawdown;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Annualised return over the size of the maximum drawdown.
///
/// `annualised_return_252 / |max_drawdown|`, both over the whole period, not only its last 36 months.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: ratio.
/// - Unavailable: the index never fell; no annualised return; the series has a number that is none.
/// - Source: Young, *Calmar Ratio: A Smoother Tool*, Futures 20 (1991), there over 36 months.
pub static MEASURE: Measure = Measure {
    id: "calmar",
    title: "Calmar ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The annualised return (252 days) over the size of the maximum drawdown, both of the whole period.",
    compute: calmar,
};

fn calmar(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Calmar ratio", return_to_drawdown(measured))
}

fn return_to_drawdown(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let annual = compounding::annualised_by_observations(measured)?;
    Ok(annual / drawdown::fall(measured)?.depth.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, of_returns};

    #[test]
    fn a_fall_by_a_fifth() {
        // 1.1 · 0.8 · 1.3 = 1.144 in three days, to the power of 252 / 3, over 20 %.
        let expected = (1.144_f64.powi(84) - 1.0) / 0.2;
        assert_number(&MEASURE, &of_returns(&[0.1, -0.2, 0.3]), expected);
        assert_unavailable(&MEASURE, &of_returns(&[0.1, 0.2]), "no drawdown");
    }
}
