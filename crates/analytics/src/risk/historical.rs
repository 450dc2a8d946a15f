//! Historical simulation: the tail of the returns as they were.

use schemas::MeasureValue;

use super::RiskMethod;
use crate::figure::{self, NoFigure};
use crate::loss_tail;
use crate::statistics::{self, floor_index};

/// Value at risk and expected shortfall of the observed returns, each with the same weight.
///
/// - Input: daily returns as fractions, in any order.
/// - Output: fractions of the value, a loss is positive. The expected shortfall is never less than the value at risk.
/// - Unavailable: no return; a return is NaN or infinite.
/// - Source: Hyndman and Fan 1996, type 7, for the quantile; Acerbi and Tasche, *On the Coherence of Expected
///   Shortfall*, 2002, for the mean of a tail that is no whole number of returns.
pub static METHOD: RiskMethod = RiskMethod {
    id: "historical",
    title: "Historical simulation",
    definition: "The tail of the observed daily returns: the quantile with linear interpolation (type 7), and the mean \
                 of exactly the tail's share of the worst returns.",
    value_at_risk,
    expected_shortfall: Some(expected_shortfall),
};

/// Minus the quantile of the returns at the tail's probability.
pub fn value_at_risk(returns: &[f64], tail_probability: f64) -> MeasureValue {
    let outcome = loss_tail::check(returns, tail_probability, 1).and_then(|()| {
        let quantile = statistics::quantile_type_7(returns, tail_probability);
        quantile.map(|number| -number).ok_or_else(|| NoFigure::new("no daily return"))
    });
    figure::number("the value at risk", outcome)
}

/// Minus the mean of the tail's share of the worst returns.
pub fn expected_shortfall(returns: &[f64], tail_probability: f64) -> MeasureValue {
    let outcome = loss_tail::check(returns, tail_probability, 1).map(|()| -worst_part_mean(returns, tail_probability));
    figure::number("the expected shortfall", outcome)
}

/// The mean of the worst part of some numbers; the last of them counts as far as the part reaches into it.
fn worst_part_mean(numbers: &[f64], part: f64) -> f64 {
    let mut ordered = numbers.to_vec();
    ordered.sort_unstable_by(f64::total_cmp);
    let count = part * ordered.len() as f64;
    let whole = floor_index(count, ordered.len());
    let rest = ordered.get(whole).map_or(0.0, |next| (count - whole as f64) * next);
    (statistics::neumaier_sum(ordered.iter().copied().take(whole)) + rest) / count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close};

    #[test]
    fn twenty_one_returns() {
        // −10 %, −9 %, …, +10 %: (21 − 1) · 0.05 = 1 is the second worst; at 0.01 a fifth from the worst to it.
        let returns: Vec<f64> = (-10..=10).map(|percent| f64::from(percent) / 100.0).collect();
        assert_close(value_at_risk(&returns, 0.05).number().unwrap(), 0.09);
        assert_close(value_at_risk(&returns, 0.01).number().unwrap(), 0.098);
        // 21 · 0.05 = 1.05 returns: the worst and a twentieth of the next.
        assert_close(expected_shortfall(&returns, 0.05).number().unwrap(), (0.1 + 0.05 * 0.09) / 1.05);
        // 21 · 0.01 = 0.21 returns are all of the worst.
        assert_close(expected_shortfall(&returns, 0.01).number().unwrap(), 0.1);
    }

    #[test]
    fn one_return_is_its_own_tail() {
        assert_close(value_at_risk(&[-0.02], 0.05).number().unwrap(), 0.02);
        assert_close(expected_shortfall(&[-0.02], 0.05).number().unwrap(), 0.02);
    }

    proptest! {
        #[test]
        fn the_mean_of_the_tail_is_at_least_its_edge(returns in any_returns(), tail in 0.001..0.999_f64) {
            let edge = value_at_risk(&returns, tail).number().unwrap();
            let inside = expected_shortfall(&returns, tail).number().unwrap();
            prop_assert!(edge <= inside + 1e-14, "{edge} above {inside}");
        }

        #[test]
        fn a_certain_gain_takes_its_amount_off_the_loss(
            returns in any_returns(),
            tail in 0.01..0.5_f64,
            gain in -0.1..0.1_f64,
        ) {
            let better: Vec<f64> = returns.iter().map(|number| number + gain).collect();
            for figure in [value_at_risk, expected_shortfall] {
                let before = figure(&returns, tail).number().unwrap();
                let after = figure(&better, tail).number().unwrap();
                prop_assert!((before - gain - after).abs() <= 1e-14);
            }
        }
    }
}
