//! Mean absolute deviation: how far a day is from the mean, without squares.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::digest::lanes;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Mean of the distances of the daily returns from their mean.
///
/// `mean(|r − mean(r)|)`; not annualised.
///
/// - Input: daily returns as fractions.
/// - Output: fraction a day.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `MeanAbsoluteDeviation`.
pub static MEASURE: Measure = Measure {
    id: "mean_absolute_deviation",
    title: "Mean absolute deviation",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Mean of the distances of the daily returns from their mean.",
    compute: mean_absolute_deviation,
};

fn mean_absolute_deviation(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the mean absolute deviation", mean_distance(measured))
}

fn mean_distance(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let spread = &measured.digest()?.spread;
    Ok(lanes::sum(measured.returns()?, |number| (number - spread.mean).abs()) / spread.count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::volatility;
    use crate::sample_series::{any_returns, assert_number, assert_within, bacon_months, of_returns};

    #[test]
    fn bacon_months_by_other_code() {
        // PerformanceAnalytics, MeanAbsoluteDeviation(portfolio_bacon): 0.0310, cut off; its own digits are these.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.031_083_333_333_333_334, 1e-14);
    }

    #[test]
    fn four_days_by_hand() {
        // Mean 1 %: 1, 3, 0 and 2 percent from it.
        assert_number(&MEASURE, &of_returns(&[0.02, -0.02, 0.01, 0.03]), 0.015);
        assert_number(&MEASURE, &of_returns(&[0.02]), 0.0);
    }

    proptest! {
        #[test]
        fn it_is_never_more_than_the_deviation(returns in any_returns()) {
            let series = of_returns(&returns);
            let deviation = volatility::MEASURE.of(&series).number().unwrap() / 252.0_f64.sqrt();
            prop_assert!(MEASURE.of(&series).number().unwrap() <= deviation);
        }
    }
}
