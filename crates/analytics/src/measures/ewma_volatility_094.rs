//! Volatility a year as it looks today: recent days count most.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::reward_to_risk;

/// Exponentially weighted volatility, decay 0.94.
///
/// `√(252 v)` with `v ← 0.94 v + 0.06 r²`, started with the square of the first return; the forecast after the last
/// one.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: fraction a year.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: RiskMetrics, *Technical Document*, 4th ed., 1996, ch. 5.
pub static MEASURE: Measure = Measure {
    id: "ewma_volatility_094",
    title: "Volatility, exponentially weighted",
    unit: Unit::Fraction,
    annualised: true,
    definition: "Forecast for the next day from exponentially weighted squared daily returns (decay 0.94, mean zero), \
                 a year.",
    compute: ewma_volatility_094,
};

fn ewma_volatility_094(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the exponentially weighted volatility", forecast(measured))
}

fn forecast(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    measured.check_daily()?;
    Ok(measured.digest()?.path.forecast_variance.sqrt() * reward_to_risk::root_of_a_year(measured)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_number, assert_unavailable, of_returns};

    #[test]
    fn two_returns() {
        // 1 %, then 2 %: 0.94 · 0.01² + 0.06 · 0.02² = 1.18e-4, times 252.
        assert_number(&MEASURE, &of_returns(&[0.01, 0.02]), (1.18e-4_f64 * 252.0).sqrt());
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    proptest! {
        #[test]
        fn steady_returns_have_their_own_size(daily in -0.1..0.1_f64, days in 1_usize..100) {
            let expected = daily.abs() * 252.0_f64.sqrt();
            assert_close(MEASURE.of(&of_returns(&vec![daily; days])).number().unwrap(), expected);
        }
    }
}
