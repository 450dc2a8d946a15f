//! Probabilistic Sharpe ratio: how likely it is that there is a reward for the risk at all.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::sharpe_confidence::SharpeEstimate;

/// Probability that the true Sharpe ratio is above zero, given length, skewness and kurtosis of the series.
///
/// `Φ(S √(n − 1) / √(1 − γ₃ S + (γ₄ − 1)/4 S²))` with the ratio `S` of a day.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: probability from 0 to 1.
/// - Unavailable: no risk-free rate; fewer than two returns; returns that do not vary; a variance of nothing; the
///   series has a number that is none.
/// - Source: Bailey and López de Prado, *The Sharpe Ratio Efficient Frontier*, Journal of Risk 15 (2012); R
///   PerformanceAnalytics, `ProbSharpeRatio`.
pub static MEASURE: Measure = Measure {
    id: "probabilistic_sharpe",
    title: "Probabilistic Sharpe ratio",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The probability that the true Sharpe ratio is above zero, given how long the series is and how its \
                 returns are spread.",
    compute: probabilistic_sharpe,
};

fn probabilistic_sharpe(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the probabilistic Sharpe ratio", probability(measured))
}

fn probability(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    SharpeEstimate::of(measured)?.probability_above(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{
        any_returns, assert_number, assert_unavailable, assert_within, bacon_months, of_returns,
    };
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_by_other_code() {
        // The formula in plain Python, with its own normal distribution.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.858_041_202_554_803_2, 1e-13);
    }

    #[test]
    fn without_a_reward_it_is_a_coin() {
        let series =
            PerformanceSeries { risk_free: Some(RiskFree::Annual(0.0)), ..of_returns(&[0.01, -0.01, 0.02, -0.02]) };
        assert_number(&MEASURE, &series, 0.5);
        assert_unavailable(&MEASURE, &of_returns(&[0.01]), "at least two");
    }

    proptest! {
        #[test]
        fn it_is_a_probability(returns in any_returns()) {
            if let Some(probability) = MEASURE.of(&of_returns(&returns)).number() {
                prop_assert!((0.0..=1.0).contains(&probability));
            }
        }
    }
}
