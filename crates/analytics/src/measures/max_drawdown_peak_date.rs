//! The high from which the deepest fall started.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::drawdown;
use crate::measured::Measured;

/// The last day at the high before the trough of the maximum drawdown; the opening date if the high is the opening.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: a day.
/// - Unavailable: the index never fell; no daily return; the series has a number that is none.
/// - Source: R PerformanceAnalytics, `table.Drawdowns`.
pub static MEASURE: Measure = Measure {
    id: "max_drawdown_peak_date",
    title: "Maximum drawdown, peak",
    unit: Unit::Date,
    annualised: false,
    definition: "The last day at the high from which the deepest fall started.",
    compute: max_drawdown_peak_date,
};

fn max_drawdown_peak_date(measured: &Measured<'_>) -> MeasureValue {
    match drawdown::found(measured) {
        Ok(deepest) => MeasureValue::Date(deepest.peak_date.day()),
        Err(reason) => reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_unavailable, date, of_returns};

    #[test]
    fn the_last_day_at_the_high() {
        // 1.1 on 2 and 3 January, 0.88 on the 4th.
        let expected = MeasureValue::Date(date("2024-01-03").day());
        assert_eq!(MEASURE.of(&of_returns(&[0.1, 0.0, -0.2, 0.3])), expected);
        let opening = MeasureValue::Date(date("2024-01-01").day());
        assert_eq!(MEASURE.of(&of_returns(&[-0.1, 0.05])), opening);
        assert_unavailable(&MEASURE, &of_returns(&[0.1]), "no drawdown");
    }
}
