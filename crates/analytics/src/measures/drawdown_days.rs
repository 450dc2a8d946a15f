//! How long the deepest fall lasted.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::drawdown;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Calendar days from the high before the maximum drawdown until the portfolio was back at it; to the end of the period
/// as long as it is not.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: whole number of days.
/// - Unavailable: the index never fell; no daily return; the series has a number that is none.
/// - Source: R PerformanceAnalytics, `table.Drawdowns`, "Length", there in observations.
pub static MEASURE: Measure = Measure {
    id: "drawdown_days",
    title: "Maximum drawdown, days",
    unit: Unit::Count,
    annualised: false,
    definition: "Calendar days from the high from which the deepest fall started until the portfolio was back at it, \
                 or until the end of the period if it is not.",
    compute: drawdown_days,
};

fn drawdown_days(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the length of the maximum drawdown", length(measured))
}

fn length(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let deepest = drawdown::found(measured)?;
    let end = deepest.recovery_date.unwrap_or(measured.series().end_date);
    Ok(end.days_since(deepest.peak_date) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, date, of_returns};

    #[test]
    fn from_the_high_to_the_high() {
        // 1.1 on 2 January, 0.88, 1.056, 1.2672 on the 5th.
        assert_number(&MEASURE, &of_returns(&[0.1, -0.2, 0.2, 0.2]), 3.0);
        // Not back by the end; the opening on 1 January is the high.
        let mut series = of_returns(&[-0.1, 0.05]);
        assert_number(&MEASURE, &series, 2.0);
        series.end_date = date("2024-02-01");
        assert_number(&MEASURE, &series, 31.0);
        assert_unavailable(&MEASURE, &of_returns(&[0.1]), "no drawdown");
    }

    #[test]
    fn as_portfolio_performance_tests_it() {
        // RiskTest of portfolio-performance/portfolio: a wealth of 2, 2, 0.5, 2: the last day at the high is the
        // second, and the fourth is back at it.
        assert_number(&MEASURE, &of_returns(&[1.0, 0.0, -0.75, 3.0, 0.0, 0.5]), 2.0);
    }
}
