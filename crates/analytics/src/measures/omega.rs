//! Omega ratio: what was gained for each unit of what was lost.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Sum of the daily returns above zero over the sum of those below it.
///
/// `Σ max(r, 0) / Σ max(−r, 0)`, the Omega function at a threshold of zero, also known as the Bernardo-Ledoit ratio.
///
/// - Input: daily returns as fractions.
/// - Output: ratio; above 1 if the mean is above zero.
/// - Unavailable: no return is below zero; no daily return; the series has a number that is none.
/// - Source: Keating and Shadwick, *A Universal Performance Measure*, Journal of Performance Measurement 6 (2002); R
///   PerformanceAnalytics, `BernardoLedoitRatio`.
pub static MEASURE: Measure = Measure {
    id: "omega",
    title: "Omega ratio",
    unit: Unit::Ratio,
    annualised: false,
    definition: "The sum of the daily gains over the sum of the daily losses.",
    compute: omega,
};

fn omega(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Omega ratio", gained_to_lost(measured))
}

fn gained_to_lost(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let spread = &measured.digest()?.spread;
    if spread.lost <= 0.0 {
        return Err(NoFigure::new("no return is below zero"));
    }
    Ok(spread.gained / spread.lost)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{
        BACON_MONTHLY_RETURNS, any_returns, assert_close, assert_number, assert_unavailable, assert_within, of_returns,
    };

    #[test]
    fn three_gained_and_two_lost() {
        assert_number(&MEASURE, &of_returns(&[0.01, -0.02, 0.02, 0.0]), 1.5);
        assert_number(&MEASURE, &of_returns(&[-0.02]), 0.0);
        assert_unavailable(&MEASURE, &of_returns(&[0.01, 0.0]), "no return is below zero");
    }

    #[test]
    fn bacon_as_printed() {
        // PerformanceAnalytics, BernardoLedoitRatio(portfolio_bacon): 1.78.
        assert_within(MEASURE.of(&of_returns(&BACON_MONTHLY_RETURNS)).number().unwrap(), 1.78, 5e-3);
    }

    proptest! {
        #[test]
        fn leverage_does_not_matter(returns in any_returns(), factor in 0.1..4.0_f64) {
            let geared: Vec<f64> = returns.iter().map(|number| factor * number).collect();
            if let Some(ratio) = MEASURE.of(&of_returns(&returns)).number() {
                assert_close(MEASURE.of(&of_returns(&geared)).number().unwrap(), ratio);
            }
        }
    }
}
