//! Adjusted Sharpe ratio: less reward where losses are lopsided or extreme.

use schemas::MeasureValue;

use super::{Measure, Unit, sharpe_geometric};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Geometric Sharpe ratio, corrected for skewness and kurtosis.
///
/// `S (1 + γ₃/6 S − (γ₄ − 3)/24 S²)` with the geometric Sharpe ratio `S` and the moments of the daily returns
/// (population).
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; fewer than two returns; returns that do not vary; a loss of more than everything;
///   the series has a number that is none.
/// - Source: Pezier and White, *The Relative Merits of Investable Hedge Fund Indices and of Funds of Hedge Funds in
///   Optimal Passive Portfolios*, 2006; R PerformanceAnalytics, `AdjustedSharpeRatio`.
pub static MEASURE: Measure = Measure {
    id: "adjusted_sharpe",
    title: "Adjusted Sharpe ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The geometric Sharpe ratio, made smaller by negative skewness and by heavy tails.",
    compute: adjusted_sharpe,
};

fn adjusted_sharpe(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the adjusted Sharpe ratio", adjusted(measured))
}

fn adjusted(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let ratio = sharpe_geometric::growth_to_risk(measured)?;
    let spread = &measured.digest()?.spread;
    let (Some(skewness), Some(excess_kurtosis)) = (spread.skewness(), spread.excess_kurtosis()) else {
        return Err(NoFigure::new("the returns do not vary"));
    };
    Ok(ratio * (1.0 + skewness / 6.0 * ratio - excess_kurtosis / 24.0 * ratio * ratio))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, AdjustedSharpeRatio(portfolio_bacon): 0.7591435 as printed.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.759_143_5, 5e-8);
    }

    #[test]
    fn two_days_have_no_skewness_and_flat_tails() {
        // 3 % and −1 %: skewness 0, excess kurtosis −2.
        let series = of_returns(&[0.03, -0.01]);
        let ratio = sharpe_geometric::MEASURE.of(&series).number().unwrap();
        assert_number(&MEASURE, &series, ratio * (1.0 + ratio * ratio / 12.0));
        assert_unavailable(&MEASURE, &of_returns(&[0.01, 0.01]), "do not vary");
    }
}
