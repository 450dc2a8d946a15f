//! Which of several methods forecasts the quantile better?

use super::ForecastScore;
use crate::figure::NoFigure;
use crate::statistics;
use crate::tail_forecasts::TailForecasts;

/// The pinball loss of a quantile's forecasts: what lies beyond the value at risk counts with `1 − α`, what lies before
/// it with `α`.
///
/// The mean of `(α − I)(r + VaR)`, with `I` one on days that lost more than the value at risk. It is least if the value
/// at risk is the quantile of each day, so that of two methods the one with the smaller score forecasts better.
///
/// - Input: days with forecasts that were made before them.
/// - Output: fraction of the value, never negative. It compares methods over the same days; by itself it says nothing.
/// - Source: Koenker and Bassett, *Regression Quantiles*, Econometrica 46 (1978); Gneiting, *Making and Evaluating
///   Point Forecasts*, Journal of the American Statistical Association 106 (2011).
pub static SCORE: ForecastScore = ForecastScore {
    id: "pinball",
    title: "Pinball loss of the value at risk",
    definition: "How far returns lie from the value at risk, those beyond it weighted with one less the tail's \
                 probability and those before it with the tail's probability. Of two methods the one with the smaller \
                 score forecasts better.",
    score,
};

fn score(forecasts: &TailForecasts) -> Result<f64, NoFigure> {
    let tail = forecasts.tail_probability();
    let losses: Vec<f64> = forecasts.days().iter().map(|day| day.pinball_loss(tail)).collect();
    statistics::mean(&losses).ok_or_else(|| NoFigure::new("no day has a forecast of its tail"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close, forecast_days};
    use crate::statistics::quantile_type_7;

    #[test]
    fn a_day_before_and_a_day_beyond() {
        // A value at risk of 2 % at 5 %: 3 % gained lies 5 % before it, 0.05 · 5; 3 % lost lies 1 % beyond, 0.95 · 1.
        let days = forecast_days(&[(0.03, 0.02, 0.03), (-0.03, 0.02, 0.03)]);
        let found = score(&TailForecasts::new(0.05, days).unwrap()).unwrap();
        assert_close(found, (0.05 * 0.05 + 0.95 * 0.01) / 2.0);
    }

    proptest! {
        #[test]
        fn the_quantile_has_the_least_loss(returns in any_returns(), tail in 0.05..0.5_f64, aside in -0.1..0.1_f64) {
            // The quantile that the loss is least at is an observed return; the next above or below do no better.
            let at = |edge: f64| {
                let days: Vec<(f64, f64, f64)> = returns.iter().map(|actual| (*actual, -edge, 1.0)).collect();
                score(&TailForecasts::new(tail, forecast_days(&days)).unwrap()).unwrap()
            };
            let least = returns.iter().copied().map(at).fold(f64::INFINITY, f64::min);
            let edge = quantile_type_7(&returns, tail).unwrap();
            prop_assert!(least <= at(edge) + 1e-15);
            prop_assert!(least <= at(edge + aside) + 1e-15);
            prop_assert!(0.0 <= least);
        }
    }
}
