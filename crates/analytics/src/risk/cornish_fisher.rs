//! The normal quantile corrected for skewness and kurtosis.

use schemas::MeasureValue;

use super::RiskMethod;
use crate::figure::{self, NoFigure};
use crate::loss_tail;
use crate::statistics;

/// Modified value at risk: the normal quantile moved by the returns' skewness `S` and excess kurtosis `K`.
///
/// `−(μ + z′ σ)` with `z′ = z + (z² − 1) S/6 + (z³ − 3z) K/24 − (2z³ − 5z) S²/36`, all moments of the population.
///
/// - Input: at least two daily returns as fractions that are not all the same.
/// - Output: fraction of the value, a loss is positive.
/// - Edge: far from normal the expansion is no longer monotone, so that a rarer loss can come out smaller. The figure
///   is given all the same; [`is_monotone`] says whether it can be trusted.
/// - Unavailable: fewer returns; returns that do not vary; a return is NaN or infinite.
/// - Source: Favre and Galeano, *Mean-Modified Value-at-Risk Optimization with Hedge Funds*, 2002; Maillard, *A
///   User's Guide to the Cornish Fisher Expansion*, 2012.
pub static METHOD: RiskMethod = RiskMethod {
    id: "cornish_fisher",
    title: "Cornish-Fisher",
    definition: "The normal quantile corrected for the skewness and the excess kurtosis of the daily returns (moments \
                 of the population). Not reliable where returns are far from normal.",
    value_at_risk,
    expected_shortfall: None,
};

/// Whether the expansion rises with the normal quantile everywhere, as a quantile function must.
pub fn is_monotone(skewness: f64, excess_kurtosis: f64) -> bool {
    // The derivative `a z² + b z + c` of the expansion must not be negative anywhere.
    let square = excess_kurtosis / 8.0 - skewness * skewness / 6.0;
    let linear = skewness / 3.0;
    let constant = 1.0 - excess_kurtosis / 8.0 + 5.0 * skewness * skewness / 36.0;
    0.0 <= square && linear * linear <= 4.0 * square * constant
}

/// Minus the corrected quantile at the tail's probability.
pub fn value_at_risk(returns: &[f64], tail_probability: f64) -> MeasureValue {
    figure::number("the value at risk", modified_value_at_risk(returns, tail_probability))
}

fn modified_value_at_risk(returns: &[f64], tail_probability: f64) -> Result<f64, NoFigure> {
    loss_tail::check(returns, tail_probability, 2)?;
    let normal = loss_tail::normal_quantile(tail_probability)?;
    let Some(moments) = statistics::moments(returns) else {
        return Err(NoFigure::new("no daily return"));
    };
    let (Some(skewness), Some(excess_kurtosis)) = (moments.skewness(), moments.excess_kurtosis()) else {
        return Err(NoFigure::new("the returns do not vary"));
    };
    let quantile = corrected(normal, skewness, excess_kurtosis);
    Ok(-(moments.mean + quantile * moments.variance.sqrt()))
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
    use crate::sample_series::{any_returns, assert_close};

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
