//! The lowest day of the deepest fall.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::drawdown;
use crate::measured::Measured;

/// The first day of the low of the maximum drawdown.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: a day.
/// - Unavailable: the index never fell; no daily return; the series has a number that is none.
/// - Source: R PerformanceAnalytics, `table.Drawdowns`.
pub static MEASURE: Measure = Measure {
    id: "max_drawdown_trough_date",
    title: "Maximum drawdown, trough",
    unit: Unit::Date,
    annualised: false,
    definition: "The first day at the low of the deepest fall.",
    compute: max_drawdown_trough_date,
};

fn max_drawdown_trough_date(measured: &Measured<'_>) -> MeasureValue {
    match drawdown::found(measured) {
        Ok(deepest) => MeasureValue::Date(deepest.trough_date.day()),
        Err(reason) => reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_unavailable, date, of_returns};

    #[test]
    fn the_first_day_at_the_low() {
        // 1.1, 0.88, 0.88, 1.144.
        let expected = MeasureValue::Date(date("2024-01-03").day());
        assert_eq!(MEASURE.of(&of_returns(&[0.1, -0.2, 0.0, 0.3])), expected);
        assert_unavailable(&MEASURE, &of_returns(&[0.1]), "no drawdown");
    }
}
