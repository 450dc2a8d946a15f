//! The worst day.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Smallest daily return.
///
/// - Input: daily returns as fractions.
/// - Output: fraction.
/// - Unavailable: no daily return; returns that are not daily; the series has a number that is none.
/// - Source: R PerformanceAnalytics, `table.Stats`, "Minimum" and "Maximum".
pub static MEASURE: Measure = Measure {
    id: "worst_day",
    title: "Worst day",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The lowest daily return of the period.",
    compute: worst_day,
};

fn worst_day(measured: &Measured<'_>) -> MeasureValue {
    let digest = measured.check_daily().and_then(|()| measured.digest());
    figure::number("the worst day", digest.map(|digest| digest.spread.smallest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::best_day;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, of_returns};

    #[test]
    fn one_of_three_days() {
        assert_number(&MEASURE, &of_returns(&[0.01, -0.02, 0.0]), -0.02);
        // All days on one side of zero.
        assert_number(&MEASURE, &of_returns(&[0.01, 0.02]), 0.01);
        assert_number(&MEASURE, &of_returns(&[-0.01, -0.02]), -0.02);
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    proptest! {
        #[test]
        fn it_is_the_other_end_of_the_opposite_position(returns in any_returns()) {
            let opposite: Vec<f64> = returns.iter().map(|number| -number).collect();
            let end = best_day::MEASURE.of(&of_returns(&opposite)).number().unwrap();
            prop_assert!((MEASURE.of(&of_returns(&returns)).number().unwrap() + end).abs() <= 0.0);
        }
    }
}
