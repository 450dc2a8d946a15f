//! The end of the deepest fall.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::drawdown;
use crate::measured::Measured;

/// The first day at or above the high before the maximum drawdown.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: a day.
/// - Unavailable: `not recovered yet` if the period ends below the high; the index never fell; no daily return; the
///   series has a number that is none.
/// - Source: R PerformanceAnalytics, `table.Drawdowns`.
pub static MEASURE: Measure = Measure {
    id: "max_drawdown_recovery_date",
    title: "Maximum drawdown, recovery",
    unit: Unit::Date,
    annualised: false,
    definition: "The first day on which the portfolio was back at the high from which the deepest fall started.",
    compute: max_drawdown_recovery_date,
};

fn max_drawdown_recovery_date(measured: &Measured<'_>) -> MeasureValue {
    match drawdown::found(measured) {
        Ok(deepest) => match deepest.recovery_date {
            Some(date) => MeasureValue::Date(date.day()),
            None => MeasureValue::unavailable("not recovered yet"),
        },
        Err(reason) => reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_unavailable, date, of_returns};

    #[test]
    fn the_first_day_above_the_high() {
        // 1.1, 0.88, 1.056, 1.2672.
        let expected = MeasureValue::Date(date("2024-01-05").day());
        assert_eq!(MEASURE.of(&of_returns(&[0.1, -0.2, 0.2, 0.2])), expected);
        assert_unavailable(&MEASURE, &of_returns(&[0.1, -0.2, 0.2]), "not recovered yet");
        assert_unavailable(&MEASURE, &of_returns(&[0.1]), "no drawdown");
    }
}
