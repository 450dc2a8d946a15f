//! How long it took to make up for the deepest fall.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::drawdown;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Calendar days from the trough of the maximum drawdown until the portfolio was back at the high before it.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: whole number of days.
/// - Unavailable: `not recovered yet` if the period ends below the high; the index never fell; no daily return; the
///   series has a number that is none.
/// - Source: R PerformanceAnalytics, `table.Drawdowns`, "Recovery", there in observations.
pub static MEASURE: Measure = Measure {
    id: "recovery_days",
    title: "Maximum drawdown, days to recovery",
    unit: Unit::Count,
    annualised: false,
    definition: "Calendar days from the low of the deepest fall until the portfolio was back at the high from which \
                 it started.",
    compute: recovery_days,
};

fn recovery_days(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the recovery from the maximum drawdown", length(measured))
}

fn length(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let deepest = drawdown::found(measured)?;
    let recovery = deepest.recovery_date.ok_or_else(|| NoFigure::new("not recovered yet"))?;
    Ok(recovery.days_since(deepest.trough_date) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, of_returns};

    #[test]
    fn from_the_low_to_the_high() {
        // 1.1, 0.88 on 3 January, 1.056, 1.2672 on the 5th.
        assert_number(&MEASURE, &of_returns(&[0.1, -0.2, 0.2, 0.2]), 2.0);
        assert_unavailable(&MEASURE, &of_returns(&[0.1, -0.2, 0.2]), "not recovered yet");
        assert_unavailable(&MEASURE, &of_returns(&[0.1]), "no drawdown");
    }
}
