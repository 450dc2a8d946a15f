//! Minimum track record: how many returns it takes to trust the Sharpe ratio.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::sharpe_confidence::SharpeEstimate;

/// Number of returns from which on a Sharpe ratio like this one is above zero with a confidence of 95 %.
///
/// `⌈1 + (1 − γ₃ S + (γ₄ − 1)/4 S²) (1.645 / S)²⌉` with the ratio `S` of a day.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: whole number of returns; the series is long enough if it has as many.
/// - Unavailable: no risk-free rate; fewer than two returns; returns that do not vary; a Sharpe ratio that is not above
///   zero; the series has a number that is none.
/// - Source: Bailey and López de Prado, *The Sharpe Ratio Efficient Frontier*, Journal of Risk 15 (2012); R
///   PerformanceAnalytics, `MinTrackRecord`.
pub static MEASURE: Measure = Measure {
    id: "minimum_track_record",
    title: "Minimum track record",
    unit: Unit::Count,
    annualised: false,
    definition: "How many daily returns it takes until a Sharpe ratio like this one is above zero with a confidence \
                 of 95 %.",
    compute: minimum_track_record,
};

fn minimum_track_record(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the minimum track record", returns_needed(measured))
}

/// How sure one wants to be.
const CONFIDENCE: f64 = 0.95;

fn returns_needed(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(SharpeEstimate::of(measured)?.minimum_track_record(0.0, CONFIDENCE)?.ceil())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, bacon_months, of_returns};

    #[test]
    fn bacon_months_by_other_code() {
        // 55.19 in plain Python: two years are too short.
        assert_number(&MEASURE, &bacon_months(0.0), 56.0);
    }

    #[test]
    fn a_loss_is_never_trusted() {
        assert_unavailable(&MEASURE, &of_returns(&[-0.02, 0.01]), "not above");
        assert_unavailable(&MEASURE, &of_returns(&[0.01]), "at least two");
    }
}
