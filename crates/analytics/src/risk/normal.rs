//! The tail of a normal distribution with the mean and deviation of the returns.

use schemas::MeasureValue;

use super::{RiskMethod, RiskQuestion, TailRisk};
use crate::digest::spread::Spread;
use crate::figure::{self, NoFigure};
use crate::loss_tail;
use crate::measured::Measured;
use crate::statistics;

/// Value at risk and expected shortfall if daily returns were normal.
///
/// `−(μ + z s)` and `−μ + s φ(z) / α`, with the sample deviation (n − 1) and `z` the quantile of the tail.
///
/// - Input: at least two daily returns as fractions.
/// - Output: fractions of the value, a loss is positive.
/// - Horizon: exact for independent days: `h μ` and `√h s`.
/// - Unavailable: fewer returns; a return is NaN or infinite.
/// - Source: Jorion, *Value at Risk*, 3rd ed., ch. 5; McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2.2.
pub static METHOD: RiskMethod = RiskMethod {
    id: "normal",
    title: "Normal distribution",
    definition: "The tail of a normal distribution with the mean and the sample standard deviation of the daily \
                 returns.",
    horizon: "The mean grows with the days, the deviation with the square root of the days.",
    estimate,
};

fn estimate(question: &RiskQuestion<'_>) -> Result<TailRisk, NoFigure> {
    question.check(2)?;
    let normal = fit(question.returns, question.tail_probability)?;
    let (days, root) = question.growth();
    let (mean, deviation) = (days * normal.mean, root * normal.deviation);
    let tail_mean = statistics::normal_density(normal.quantile) / question.tail_probability;
    TailRisk::new(-(mean + normal.quantile * deviation), deviation * tail_mean - mean)
}

/// Minus the normal quantile at the tail's probability.
pub fn value_at_risk(returns: &[f64], tail_probability: f64) -> MeasureValue {
    figure::number("the value at risk", fit(returns, tail_probability).map(|normal| normal.edge()))
}

/// Minus the mean of the normal distribution's tail.
pub fn expected_shortfall(returns: &[f64], tail_probability: f64) -> MeasureValue {
    figure::number("the expected shortfall", fit(returns, tail_probability).map(|normal| normal.inside()))
}

/// The value at risk of a series.
pub(crate) fn value_at_risk_of(measured: &Measured<'_>, tail_probability: f64) -> MeasureValue {
    let digest = measured.check_daily().and_then(|()| measured.digest());
    let normal = digest.and_then(|digest| Normal::new(&digest.spread, tail_probability));
    figure::number("the value at risk", normal.map(|normal| normal.edge()))
}

/// The expected shortfall of a series.
pub(crate) fn expected_shortfall_of(measured: &Measured<'_>, tail_probability: f64) -> MeasureValue {
    let digest = measured.check_daily().and_then(|()| measured.digest());
    let normal = digest.and_then(|digest| Normal::new(&digest.spread, tail_probability));
    figure::number("the expected shortfall", normal.map(|normal| normal.inside()))
}

/// The distribution with the mean and the deviation of some returns, and where its tail begins.
struct Normal {
    mean: f64,
    deviation: f64,
    tail_probability: f64,
    quantile: f64,
}

impl Normal {
    fn new(spread: &Spread, tail_probability: f64) -> Result<Normal, NoFigure> {
        let quantile = loss_tail::normal_quantile(tail_probability)?;
        match spread.sample_deviation() {
            Some(deviation) => Ok(Normal { mean: spread.mean, deviation, tail_probability, quantile }),
            None => Err(NoFigure::new("not enough daily returns: 1 of 2")),
        }
    }

    fn edge(&self) -> f64 {
        -(self.mean + self.quantile * self.deviation)
    }

    fn inside(&self) -> f64 {
        let tail_mean = statistics::normal_density(self.quantile) / self.tail_probability;
        self.deviation * tail_mean - self.mean
    }
}

fn fit(returns: &[f64], tail_probability: f64) -> Result<Normal, NoFigure> {
    loss_tail::check(returns, tail_probability, 2)?;
    Normal::new(&Spread::of(returns), tail_probability)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close, assert_within};

    #[test]
    fn two_returns() {
        // ±1 %: mean 0, variance (1 + 1) / 1 in percent squared. The normal tail starts at 1.645 deviations at 0.05
        // and has its mean at 2.063 (McNeil, Frey and Embrechts, table 2.1: 2.06; at 0.01: 2.67).
        let deviation = 2e-4_f64.sqrt();
        let returns = [0.01, -0.01];
        assert_close(value_at_risk(&returns, 0.05).number().unwrap(), 1.644_853_626_951_472_6 * deviation);
        assert_within(expected_shortfall(&returns, 0.05).number().unwrap() / deviation, 2.06, 5e-3);
        assert_within(expected_shortfall(&returns, 0.01).number().unwrap() / deviation, 2.67, 5e-3);
    }

    #[test]
    fn ten_days_are_the_square_root_of_ten() {
        // Without a mean the loss of ten days is √10 that of one.
        let returns = [0.01, -0.01];
        let ask = |days| estimate(&RiskQuestion { returns: &returns, tail_probability: 0.01, days }).unwrap();
        assert_close(ask(10).value_at_risk(), 10.0_f64.sqrt() * ask(1).value_at_risk());
        assert_close(ask(10).expected_shortfall(), 10.0_f64.sqrt() * ask(1).expected_shortfall());
        assert_close(ask(1).value_at_risk(), value_at_risk(&returns, 0.01).number().unwrap());
        // A mean of 1 % takes 4 % off in four days, a deviation of √2 % adds 2 √2 % for each of 2.326.
        let gaining = RiskQuestion { returns: &[0.02, 0.0], tail_probability: 0.01, days: 4 };
        let expected = 2.0 * 2e-4_f64.sqrt() * 2.326_347_874_040_841 - 0.04;
        assert_close(estimate(&gaining).unwrap().value_at_risk(), expected);
    }

    proptest! {
        #[test]
        fn leverage_scales_the_loss(returns in any_returns(), factor in 0.1..5.0_f64) {
            let geared: Vec<f64> = returns.iter().map(|number| factor * number).collect();
            for figure in [value_at_risk, expected_shortfall] {
                let expected = factor * figure(&returns, 0.01).number().unwrap();
                prop_assert!((figure(&geared, 0.01).number().unwrap() - expected).abs() <= 1e-12);
            }
        }

        #[test]
        fn the_mean_of_the_tail_is_beyond_its_edge(returns in any_returns(), tail in 0.001..0.5_f64) {
            let edge = value_at_risk(&returns, tail).number().unwrap();
            prop_assert!(edge <= expected_shortfall(&returns, tail).number().unwrap() + 1e-14);
        }
    }
}
