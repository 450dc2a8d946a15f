//! Burke ratio: return a year above the risk-free rate against runs of losses.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Annualised return less the risk-free rate, over the root of the sum of the squared falls.
///
/// `(R − rf) / √Σ D²` with a fall `D` for each run of days with losses, compounded.
///
/// - Input: daily returns as fractions in order of date; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; no return below zero; a loss of more than everything; no daily return; the series
///   has a number that is none.
/// - Source: Burke, *A Sharper Sharpe Ratio*, Futures 23 (1994); R PerformanceAnalytics, `BurkeRatio`, which compounds
///   hundredths of the returns, so that falls are sums nearly, and comes to 0.74 for Bacon's months.
pub static MEASURE: Measure = Measure {
    id: "burke_ratio",
    title: "Burke ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The annualised return (252 days) above the risk-free rate, over the root of the summed squares of \
                 the falls in runs of days with losses.",
    compute: burke_ratio,
};

fn burke_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Burke ratio", return_to_falls(measured))
}

/// The return a year above the rate without risk, over the falls.
pub(super) fn return_to_falls(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let above = compounding::annualised_above_risk_free(measured)?;
    let squares = squared_falls(measured.returns()?);
    if squares <= 0.0 {
        return Err(NoFigure::new("no return is below zero"));
    }
    Ok(above / squares.sqrt())
}

/// The sum of the squares of what runs of losses come to.
fn squared_falls(returns: &[f64]) -> f64 {
    let (mut squares, mut wealth) = (0.0, 1.0);
    for number in returns.iter().chain(&[0.0]) {
        if *number < 0.0 {
            wealth *= 1.0 + number;
        } else {
            squares += (wealth - 1.0) * (wealth - 1.0);
            wealth = 1.0;
        }
    }
    squares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};

    #[test]
    fn bacon_months_by_other_code() {
        // Seven runs of losses, compounded in plain Python: 0.10367829 over 0.13710051.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.756_221_029_805_272, 1e-12);
    }

    #[test]
    fn two_runs_by_hand() {
        // 0.9 · 0.8 falls by 28 %, then 10 %; the last day ends the second run.
        let squares = 0.28 * 0.28 + 0.01;
        assert_number(&MEASURE, &of_returns(&[-0.1, -0.2, 0.3, -0.1]), {
            let annual = (0.72_f64 * 1.3 * 0.9).powi(63) - 1.0;
            (annual - 0.02) / f64::sqrt(squares)
        });
        assert_unavailable(&MEASURE, &of_returns(&[0.1, 0.0]), "no return is below zero");
    }
}
