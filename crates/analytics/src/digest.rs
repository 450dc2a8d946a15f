//! What the returns of a series come to: the few numbers of which nearly every measure is a formula.
//!
//! Most measures need the same sums. They are made once, in one walk along the days for what depends on their order
//! ([`path`]) and in sums by lanes for what does not ([`spread`]); the tail of the losses is one selection
//! ([`worst`]). Each works on plain slices, takes its sums in a fixed order, and sees all returns of a series at once:
//! the bits of a figure depend on the returns alone.

pub(crate) mod lanes;
pub(crate) mod path;
pub(crate) mod spread;
pub(crate) mod worst;

use path::Path;
use spread::Spread;

/// The tail into which the worst returns of a digest reach: the largest of which there is a measure.
pub(crate) const TAIL_MAX: f64 = 0.05;

/// What the returns of a series come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ReturnDigest {
    /// What depends on the order of the returns.
    pub(crate) path: Path,
    /// What does not.
    pub(crate) spread: Spread,
}

impl ReturnDigest {
    /// The digest of finite returns; none of nothing.
    pub(crate) fn of(returns: &[f64]) -> Option<ReturnDigest> {
        if returns.is_empty() {
            return None;
        }
        Some(ReturnDigest { path: Path::of(returns), spread: Spread::of(returns) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistics;

    /// By how much a digest may be off the straightforward formulas, in parts of one.
    const TOLERANCE: f64 = 1e-13;

    /// Returns of up to ten years, most of them small and some not.
    fn many_returns() -> impl Strategy<Value = Vec<f64>> {
        let usual = prop_oneof![9 => -0.03..0.03_f64, 1 => -0.3..0.4_f64];
        prop::collection::vec(usual, 2..2600)
    }

    #[track_caller]
    fn same(what: &str, actual: f64, expected: f64, size: f64) {
        assert!((actual - expected).abs() <= TOLERANCE * size, "{what}: {actual} instead of {expected}");
    }

    /// The mean of the sizes of some numbers: the scale on which sums that cancel can be compared.
    fn mean_size(numbers: &[f64], power: i32) -> f64 {
        numbers.iter().map(|number| number.abs().powi(power)).sum::<f64>() / numbers.len() as f64
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_spread_is_that_of_the_formulas(returns in many_returns()) {
            let spread = ReturnDigest::of(&returns).unwrap().spread;
            let moments = statistics::moments(&returns).unwrap();
            let deviations: Vec<f64> = returns.iter().map(|number| number - moments.mean).collect();
            same("mean", spread.mean, moments.mean, moments.mean.abs() + 1e-3 * mean_size(&returns, 1));
            same("variance", spread.variance(), moments.variance, moments.variance);
            let deviation = statistics::sample_standard_deviation(&returns).unwrap();
            same("deviation", spread.sample_deviation().unwrap(), deviation, deviation);
            let scale = mean_size(&deviations, 3) / moments.variance.powf(1.5);
            same("skewness", spread.skewness().unwrap(), moments.skewness().unwrap(), scale);
            let kurtosis = moments.excess_kurtosis().unwrap();
            same("kurtosis", spread.excess_kurtosis().unwrap(), kurtosis, kurtosis + 3.0);
            let shortfalls = statistics::downside_deviation(&returns, 0.0).unwrap();
            same("losses", (spread.squared_losses / spread.count).sqrt(), shortfalls, shortfalls);
            let below = statistics::downside_deviation(&returns, 8e-5).unwrap();
            let squares = spread::squared_shortfalls(&returns, 8e-5);
            same("shortfalls", (squares / spread.count).sqrt(), below, below);
            let ups: Vec<f64> = returns.iter().copied().filter(|number| 0.0 < *number).collect();
            let downs: Vec<f64> = returns.iter().copied().filter(|number| *number < 0.0).collect();
            same("gains", spread.gains, ups.len() as f64, 1e-3);
            same("gained", spread.gained, statistics::neumaier_sum(ups), spread.gained);
            same("lost", spread.lost, -statistics::neumaier_sum(downs), spread.lost);
            let largest = returns.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let smallest = returns.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!(spread.largest.total_cmp(&largest).is_eq());
            prop_assert!(spread.smallest.total_cmp(&smallest).is_eq());
        }

        #[test]
        fn the_path_is_that_of_the_formulas(returns in many_returns()) {
            let path = ReturnDigest::of(&returns).unwrap().path;
            let mut wealth = vec![1.0];
            for number in &returns {
                wealth.push(wealth.last().unwrap() * (1.0 + number));
            }
            let high = |place: usize| wealth[..=place].iter().copied().fold(0.0, f64::max);
            let falls: Vec<f64> = (0..wealth.len()).map(|place| wealth[place] / high(place) - 1.0).collect();
            let last = wealth.len() - 1;
            same("growth", path.growth, wealth[last], wealth[last]);
            same("current", path.current_drawdown, falls[last], 1.0);
            same("falls", path.drawdowns, falls.iter().sum(), path.drawdowns.abs());
            let squares = falls.iter().map(|fall| fall * fall).sum();
            same("squares", path.squared_drawdowns, squares, squares);
            let depth = falls.iter().copied().fold(0.0, f64::min);
            let fall = path.deepest.unwrap();
            same("depth", fall.depth, depth, depth.abs());
            let trough = falls.iter().position(|fall| *fall <= depth).unwrap();
            prop_assert_eq!(fall.trough, trough);
            prop_assert_eq!(fall.peak, (0..trough).rev().find(|place| high(trough) <= wealth[*place]).unwrap());
            let recovery = (trough..=last).find(|place| high(trough) <= wealth[*place]);
            prop_assert_eq!(fall.recovery(&returns), recovery);
            let weighted = |variance: f64, number: &f64| 0.94 * variance + 0.06 * number * number;
            let forecast = returns[1..].iter().fold(returns[0] * returns[0], weighted);
            same("forecast", path.forecast_variance, forecast, forecast);
        }
    }

    #[test]
    fn what_does_not_vary_is_known_not_to() {
        // The mean of 2,520 times 0.001 is not exactly 0.001 by plain addition.
        for days in [2, 7, 8, 9, 2520] {
            let spread = ReturnDigest::of(&vec![0.001; days]).unwrap().spread;
            assert_eq!((spread.skewness(), spread.excess_kurtosis()), (None, None), "{days} days");
            assert!(statistics::is_rounding(spread.sample_deviation().unwrap(), 0.001), "{days} days");
        }
        assert_eq!(ReturnDigest::of(&[]), None);
        assert_eq!(ReturnDigest::of(&[0.01]).unwrap().spread.sample_deviation(), None);
    }
}
