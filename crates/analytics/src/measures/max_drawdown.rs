//! Maximum drawdown: the deepest fall from a high.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Deepest fall of the wealth index below its high so far, the opening included.
///
/// `min(Wₜ / max(W₀ … Wₜ) − 1)` with `W₀ = 1` before the first return.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: negative fraction (−0.25 is a fall by a quarter); zero if the index never fell.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Magdon-Ismail and Atiya, *Maximum Drawdown*, Risk 17 (2004); R PerformanceAnalytics, `maxDrawdown`.
pub static MEASURE: Measure = Measure {
    id: "max_drawdown",
    title: "Maximum drawdown",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The deepest fall of the portfolio below its highest point before, without the effect of deposits and \
                 withdrawals.",
    compute: max_drawdown,
};

fn max_drawdown(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the maximum drawdown", depth(measured))
}

fn depth(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(measured.digest()?.path.deepest.map_or(0.0, |fall| fall.depth))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, of_returns};

    #[test]
    fn a_fall_from_above_the_opening() {
        // 1.1, 0.88, 1.144: 0.88 is 20 % below 1.1.
        assert_number(&MEASURE, &of_returns(&[0.1, -0.2, 0.3]), -0.2);
        // The opening is a high, too.
        assert_number(&MEASURE, &of_returns(&[-0.03, 0.1]), -0.03);
        assert_number(&MEASURE, &of_returns(&[0.01, 0.0]), 0.0);
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    #[test]
    fn as_portfolio_performance_tests_it() {
        // RiskTest of portfolio-performance/portfolio: a wealth of 2, 2, 0.5, 2, 2, 3 falls by 75 %.
        assert_number(&MEASURE, &of_returns(&[1.0, 0.0, -0.75, 3.0, 0.0, 0.5]), -0.75);
    }
}
