//! Deviation of the next day as it looks today: recent days count most.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Exponentially weighted deviation of one day, decay 0.94.
///
/// `√v` with `v ← 0.94 v + 0.06 r²`, started with the square of the first return; the forecast after the last one.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: fraction a day, not a year.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: RiskMetrics, *Technical Document*, 4th ed., 1996, ch. 5.
pub static MEASURE: Measure = Measure {
    id: "ewma_volatility_094_daily",
    title: "Volatility of a day, exponentially weighted",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Forecast for the next day from exponentially weighted squared daily returns (decay 0.94, mean zero), \
                 not made a year.",
    compute: ewma_volatility_094_daily,
};

fn ewma_volatility_094_daily(measured: &Measured<'_>) -> MeasureValue {
    let digest = measured.check_daily().and_then(|()| measured.digest());
    let forecast = digest.map(|digest| digest.path.forecast_variance.sqrt());
    figure::number("the exponentially weighted volatility", forecast)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::ewma_volatility_094;
    use crate::sample_series::{any_returns, assert_close, assert_number, assert_unavailable, of_returns};

    #[test]
    fn two_returns() {
        // 1 %, then 2 %: 0.94 · 0.01² + 0.06 · 0.02² = 1.18e-4.
        assert_number(&MEASURE, &of_returns(&[0.01, 0.02]), 1.18e-4_f64.sqrt());
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    proptest! {
        #[test]
        fn a_year_of_it_is_the_other_figure(returns in any_returns()) {
            let series = of_returns(&returns);
            let a_year = ewma_volatility_094::MEASURE.of(&series).number().unwrap();
            assert_close(MEASURE.of(&series).number().unwrap() * 252.0_f64.sqrt(), a_year);
        }
    }
}
