//! The normal quantile corrected for skewness and kurtosis.

use schemas::MeasureValue;

use super::{RiskMethod, RiskQuestion, TailRisk};
use crate::digest::spread::Spread;
use crate::figure::{self, NoFigure};
use crate::loss_tail;
use crate::measured::Measured;
use crate::statistics;

/// Value at risk and expected shortfall by the normal quantile moved by the returns' skewness `S` and excess kurtosis
/// `K`, inside the domain of the expansion only.
///
/// `−(μ + z′ σ)` with `z′ = z + (z² − 1) S/6 + (z³ − 3z) K/24 − (2z³ − 5z) S²/36`, all moments of the population; the
/// mean of the tail of `z′` is `−φ(z)/α · (1 + z S/6 + (z² − 1) K/24 − (2z² − 1) S²/36)`.
///
/// - Input: at least two daily returns as fractions that are not all the same.
/// - Output: fractions of the value, a loss is positive.
/// - Edge: `S` and `K` are put in as they are observed, as is usual; the distribution that comes out has others.
/// - Horizon: independent days add up: `h μ`, `√h σ`, `S/√h` and `K/h`.
/// - Unavailable: fewer returns; returns that do not vary; a return is NaN or infinite; the expansion is not monotone
///   ([`is_monotone`]), so that a rarer loss could come out smaller. [`value_at_risk`] does not ask for that.
/// - Source: Favre and Galeano, *Mean-Modified Value-at-Risk Optimization with Hedge Funds*, 2002; Maillard, *A
///   User's Guide to the Cornish Fisher Expansion*, 2012, for the domain and the expected shortfall.
pub static METHOD: RiskMethod = RiskMethod {
    id: "cornish_fisher",
    title: "Cornish-Fisher",
    definition: "The normal quantile corrected for the skewness and the excess kurtosis of the daily returns (moments \
                 of the population). Only where the correction keeps the order of losses.",
    horizon: "Mean and variance grow with the days; skewness and excess kurtosis fade as those of sums do.",
    estimate,
};

fn estimate(question: &RiskQuestion<'_>) -> Result<TailRisk, NoFigure> {
    question.check(2)?;
    let tail = question.tail_probability;
    let normal = loss_tail::normal_quantile(tail)?;
    let shape = Shape::of(&Spread::of(question.returns))?;
    let (days, root) = question.growth();
    let (skewness, excess_kurtosis) = (shape.skewness / root, shape.excess_kurtosis / days);
    inside_the_domain(skewness, excess_kurtosis)?;
    let (mean, deviation) = (days * shape.mean, root * shape.deviation);
    let quantile = corrected(normal, skewness, excess_kurtosis);
    let tail_mean = -statistics::normal_density(normal) / tail * tail_factor(normal, skewness, excess_kurtosis);
    TailRisk::new(-(mean + quantile * deviation), -(mean + tail_mean * deviation))
}

/// Whether the expansion rises with the normal quantile everywhere, as a quantile function must.
pub fn is_monotone(skewness: f64, excess_kurtosis: f64) -> bool {
    // The derivative `a z² + b z + c` of the expansion must not be negative anywhere.
    let square = excess_kurtosis / 8.0 - skewness * skewness / 6.0;
    let linear = skewness / 3.0;
    let constant = 1.0 - excess_kurtosis / 8.0 + 5.0 * skewness * skewness / 36.0;
    0.0 <= square && linear * linear <= 4.0 * square * constant
}

/// Minus the corrected quantile at the tail's probability, whether or not the expansion is monotone.
pub fn value_at_risk(returns: &[f64], tail_probability: f64) -> MeasureValue {
    figure::number("the value at risk", modified_value_at_risk(returns, tail_probability))
}

fn inside_the_domain(skewness: f64, excess_kurtosis: f64) -> Result<(), NoFigure> {
    if is_monotone(skewness, excess_kurtosis) {
        return Ok(());
    }
    // A zero has no sign: the same returns of another size have the same reason.
    let shown = |number: f64| (number * 1_000.0).round() / 1_000.0 + 0.0;
    let (skewness, excess_kurtosis) = (shown(skewness), shown(excess_kurtosis));
    Err(NoFigure::new(format!(
        "the Cornish-Fisher expansion does not hold for a skewness of {skewness:.3} and an excess kurtosis of \
         {excess_kurtosis:.3}: a rarer loss could come out smaller"
    )))
}

/// The value at risk of a series, where the expansion is monotone.
pub(crate) fn value_at_risk_of(measured: &Measured<'_>, tail_probability: f64) -> MeasureValue {
    let digest = measured.check_daily().and_then(|()| measured.digest());
    let outcome = digest.and_then(|digest| {
        let shape = Shape::of(&digest.spread)?;
        inside_the_domain(shape.skewness, shape.excess_kurtosis)?;
        of_spread(&digest.spread, tail_probability)
    });
    figure::number("the value at risk", outcome)
}

/// The value at risk of a series, whether or not the expansion is monotone.
pub(crate) fn value_at_risk_anywhere(measured: &Measured<'_>, tail_probability: f64) -> MeasureValue {
    let digest = measured.check_daily().and_then(|()| measured.digest());
    let outcome = digest.and_then(|digest| of_spread(&digest.spread, tail_probability));
    figure::number("the value at risk", outcome)
}

fn modified_value_at_risk(returns: &[f64], tail_probability: f64) -> Result<f64, NoFigure> {
    loss_tail::check(returns, tail_probability, 2)?;
    of_spread(&Spread::of(returns), tail_probability)
}

fn of_spread(spread: &Spread, tail_probability: f64) -> Result<f64, NoFigure> {
    let normal = loss_tail::normal_quantile(tail_probability)?;
    let shape = Shape::of(spread)?;
    let quantile = corrected(normal, shape.skewness, shape.excess_kurtosis);
    Ok(-(shape.mean + quantile * shape.deviation))
}

/// Mean, deviation and shape of a population.
struct Shape {
    mean: f64,
    deviation: f64,
    skewness: f64,
    excess_kurtosis: f64,
}

impl Shape {
    fn of(spread: &Spread) -> Result<Shape, NoFigure> {
        if spread.count < 2.0 {
            return Err(NoFigure::new("not enough daily returns: 1 of 2"));
        }
        let (Some(skewness), Some(excess_kurtosis)) = (spread.skewness(), spread.excess_kurtosis()) else {
            return Err(NoFigure::new("the returns do not vary"));
        };
        Ok(Shape { mean: spread.mean, deviation: spread.variance().sqrt(), skewness, excess_kurtosis })
    }
}

/// The mean of the corrected tail as a part of the normal one.
fn tail_factor(normal: f64, skewness: f64, excess_kurtosis: f64) -> f64 {
    let square = normal * normal;
    1.0 + normal * skewness / 6.0 + (square - 1.0) * excess_kurtosis / 24.0
        - (2.0 * square - 1.0) * skewness * skewness / 36.0
}

fn corrected(normal: f64, skewness: f64, excess_kurtosis: f64) -> f64 {
    let square = normal * normal;
    let cube = square * normal;
    normal + (square - 1.0) * skewness / 6.0 + (cube - 3.0 * normal) * excess_kurtosis / 24.0
        - (2.0 * cube - 5.0 * normal) * skewness * skewness / 36.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{HEAVY_TAILED_RETURNS, any_returns, assert_close, assert_within};

    #[test]
    fn two_returns_have_no_skew_and_thin_tails() {
        // ±1 %: mean 0, population deviation 1 %, skewness 0, fourth moment 1e-8 over 1e-8: excess kurtosis −2.
        // z − (z³ − 3z) / 12 = 1.25 z − z³ / 12 with z = −1.6448536269514726.
        let normal: f64 = -1.644_853_626_951_472_6;
        let expected = -0.01 * (1.25 * normal - normal.powi(3) / 12.0);
        assert_close(value_at_risk(&[0.01, -0.01], 0.05).number().unwrap(), expected);
    }

    #[test]
    fn skewness_moves_the_quantile() {
        // −1 %, −1 %, 2 %: mean 0, variance 2e-4, third moment 2e-6, fourth 6e-8: S = √½, K = −1.5.
        let normal: f64 = -1.644_853_626_951_472_6;
        let skewness = 0.5_f64.sqrt();
        let quantile = normal + (normal.powi(2) - 1.0) * skewness / 6.0
            - (normal.powi(3) - 3.0 * normal) / 16.0
            - (2.0 * normal.powi(3) - 5.0 * normal) / 72.0;
        let actual = value_at_risk(&[-0.01, -0.01, 0.02], 0.05).number().unwrap();
        assert_close(actual, -quantile * 2e-4_f64.sqrt());
    }

    #[test]
    fn returns_that_do_not_vary_have_no_shape() {
        let MeasureValue::Unavailable(reason) = value_at_risk(&[0.001; 7], 0.05) else {
            panic!("no figure expected");
        };
        assert_eq!(reason, "the returns do not vary");
    }

    #[test]
    fn the_mean_of_the_corrected_tail() {
        // By NumPy and SciPy, the expansion integrated over the normal tail: skewness −0.173, excess kurtosis 1.398.
        let cases = [
            (1, 0.05, 0.018_686_367_560_348_3, 0.026_050_867_263_102_934),
            (1, 0.01, 0.030_423_219_728_241_857, 0.038_270_083_873_382_016),
            (10, 0.05, 0.065_522_977_877_544_16, 0.080_851_821_505_069_28),
            (10, 0.01, 0.090_426_883_519_298_48, 0.103_538_613_211_307_2),
        ];
        for (days, tail_probability, edge, mean) in cases {
            let found = estimate(&RiskQuestion { returns: &HEAVY_TAILED_RETURNS, tail_probability, days }).unwrap();
            assert_within(found.value_at_risk(), edge, 1e-13);
            assert_within(found.expected_shortfall(), mean, 1e-13);
        }
    }

    #[test]
    fn outside_of_its_domain_there_is_no_figure() {
        // ±1 %: tails so thin (excess kurtosis −2) that the expansion turns round. The plain figure is still there.
        let returns = [0.01, -0.01];
        let ask = |days| estimate(&RiskQuestion { returns: &returns, tail_probability: 0.05, days });
        let reason = ask(1).unwrap_err().to_string();
        assert!(reason.contains("a skewness of 0.000 and an excess kurtosis of -2.000"), "{reason}");
        assert!(value_at_risk(&returns, 0.05).number().is_some());
    }

    #[test]
    fn where_the_expansion_holds() {
        // Maillard (2012): without skewness the excess kurtosis may go from 0 to 8.
        assert!(is_monotone(0.0, 0.0));
        assert!(is_monotone(0.0, 8.0));
        assert!(!is_monotone(0.0, 8.1));
        assert!(!is_monotone(0.0, -0.1));
        // Beyond a skewness of 6 (√2 − 1) = 2.485 there is no kurtosis for which it does.
        assert!((0..400).all(|tenth| !is_monotone(2.49, f64::from(tenth) / 10.0)));
        assert!((0..400).any(|tenth| is_monotone(2.48, f64::from(tenth) / 10.0)));
    }

    proptest! {
        #[test]
        fn a_certain_gain_takes_its_amount_off_the_loss(returns in any_returns(), gain in -0.1..0.1_f64) {
            let better: Vec<f64> = returns.iter().map(|number| number + gain).collect();
            if let Some(before) = value_at_risk(&returns, 0.05).number() {
                let after = value_at_risk(&better, 0.05).number().unwrap();
                prop_assert!((before - gain - after).abs() <= 1e-9);
            }
        }
    }
}
