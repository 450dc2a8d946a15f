//! Exponentially weighted variance: yesterday counts most.

use schemas::MeasureValue;

use super::{RiskMethod, RiskQuestion, TailRisk};
use crate::figure::{self, NoFigure};
use crate::loss_tail;
use crate::measured::Measured;
use crate::statistics;

/// The weight of the variance so far, for daily returns.
pub(crate) const DECAY: f64 = 0.94;

/// Value at risk and expected shortfall from the forecast of the next day's deviation, with a mean of zero.
///
/// `v ← 0.94 v + 0.06 r²`, starting with the square of the first return; `−z √v` and `φ(z)/α √v` after the last.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: fraction of the value, a loss is positive.
/// - Horizon: `√h`; the forecast of an exponentially weighted variance is the same for every day ahead.
/// - Unavailable: no return; a return is NaN or infinite.
/// - Source: RiskMetrics, *Technical Document*, 4th ed., 1996, ch. 5.
pub static METHOD: RiskMethod = RiskMethod {
    id: "ewma",
    title: "Exponentially weighted",
    definition: "The tail of a normal distribution with a mean of zero and the exponentially weighted variance of the \
                 daily returns (decay 0.94, started with the first squared return).",
    horizon: "The deviation grows with the square root of the days.",
    estimate,
};

fn estimate(question: &RiskQuestion<'_>) -> Result<TailRisk, NoFigure> {
    question.check(1)?;
    let quantile = loss_tail::normal_quantile(question.tail_probability)?;
    let deviation = question.growth().1 * forecast_variance(question.returns)?.sqrt();
    let tail_mean = statistics::normal_density(quantile) / question.tail_probability;
    TailRisk::new(-quantile * deviation, tail_mean * deviation)
}

/// Minus the quantile of the forecast's normal distribution at the tail's probability.
pub fn value_at_risk(returns: &[f64], tail_probability: f64) -> MeasureValue {
    let outcome = loss_tail::check(returns, tail_probability, 1).and_then(|()| forecast_variance(returns));
    figure::number("the value at risk", outcome.and_then(|variance| edge(variance, tail_probability)))
}

/// The variance forecast for the day after the last return.
///
/// # Errors
/// [`NoFigure`] if there is no return.
pub fn forecast_variance(returns: &[f64]) -> Result<f64, NoFigure> {
    if returns.is_empty() {
        return Err(NoFigure::new("no daily return"));
    }
    Ok(variance(returns))
}

/// The value at risk of a series.
pub(crate) fn value_at_risk_of(measured: &Measured<'_>, tail_probability: f64) -> MeasureValue {
    let digest = measured.check_daily().and_then(|()| measured.digest());
    let outcome = digest.and_then(|digest| edge(digest.path.forecast_variance, tail_probability));
    figure::number("the value at risk", outcome)
}

/// The variance forecast for the day after the last return; zero of nothing.
///
/// Four days are taken in one step, so that three of four need not wait for the day before.
pub(crate) fn variance(returns: &[f64]) -> f64 {
    const SQUARE: f64 = DECAY * DECAY;
    const WEIGHT: f64 = 1.0 - DECAY;
    let Some((first, later)) = returns.split_first() else { return 0.0 };
    let (steps, rest) = later.as_chunks::<4>();
    let mut variance = first * first;
    for [one, two, three, four] in steps {
        let early = DECAY * (WEIGHT * one * one) + WEIGHT * two * two;
        let late = DECAY * (WEIGHT * three * three) + WEIGHT * four * four;
        variance = SQUARE * SQUARE * variance + (SQUARE * early + late);
    }
    rest.iter().fold(variance, |variance, number| DECAY * variance + WEIGHT * number * number)
}

fn edge(variance: f64, tail_probability: f64) -> Result<f64, NoFigure> {
    Ok(-loss_tail::normal_quantile(tail_probability)? * variance.sqrt())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close};

    #[test]
    fn two_returns() {
        // 0.94 · 0.01² + 0.06 · 0.02² = 1.18e-4.
        assert_close(forecast_variance(&[0.01, 0.02]).unwrap() * 1e4, 1.18);
        let expected = 1.644_853_626_951_472_6 * 1.18e-4_f64.sqrt();
        assert_close(value_at_risk(&[0.01, 0.02], 0.05).number().unwrap(), expected);
        assert_close(forecast_variance(&[-0.03]).unwrap() * 1e4, 9.0);
        assert!(forecast_variance(&[]).is_err());
    }

    #[test]
    fn the_tail_of_the_forecast() {
        // The normal tail starts at 2.326 deviations at 0.01 and has its mean at 2.665214220345806 (SciPy: φ(z)/0.01).
        let ask = |days| RiskQuestion { returns: &[0.01, 0.02], tail_probability: 0.01, days };
        let deviation = 1.18e-4_f64.sqrt();
        assert_close(estimate(&ask(1)).unwrap().expected_shortfall(), 2.665_214_220_345_806 * deviation);
        assert_close(estimate(&ask(1)).unwrap().value_at_risk(), 2.326_347_874_040_841 * deviation);
        assert_close(estimate(&ask(9)).unwrap().expected_shortfall(), 3.0 * 2.665_214_220_345_806 * deviation);
    }

    #[test]
    fn the_weights_of_the_past_fade_as_published() {
        // RiskMetrics (1996), table 5.7: with a decay of 0.94 only 1 % of the weight is older than 74 days.
        let mut returns = vec![1.0; 100];
        returns.extend([0.0; 74]);
        assert!((forecast_variance(&returns).unwrap() - 0.01).abs() <= 5e-4);
    }

    proptest! {
        #[test]
        fn the_forecast_lies_between_the_squares(returns in any_returns()) {
            let squares: Vec<f64> = returns.iter().map(|number| number * number).collect();
            let forecast = forecast_variance(&returns).unwrap();
            let largest = squares.iter().copied().fold(0.0, f64::max);
            let smallest = squares.iter().copied().fold(1.0, f64::min);
            prop_assert!(smallest - 1e-15 <= forecast);
            prop_assert!(forecast <= largest + 1e-15);
        }
    }
}
