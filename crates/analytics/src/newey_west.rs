//! How neighbours are weighed where numbers in order of time depend on each other.
//!
//! The error of a mean of independent numbers follows from their variance. Where today's number says something about
//! tomorrow's, their covariances count too, the less the further they lie apart, so that no variance is negative.
//!
//! - Source: Newey and West, *A Simple, Positive Semi-definite, Heteroskedasticity and Autocorrelation Consistent
//!   Covariance Matrix*, Econometrica 55 (1987); for the lags their *Automatic Lag Selection in Covariance Matrix
//!   Estimation*, Review of Economic Studies 61 (1994), in the form without data: `⌊4 (n/100)^(2/9)⌋`.

use crate::statistics::{floor_index, neumaier_sum};

/// How many neighbours count on either side of so many numbers: `⌊4 (n/100)^(2/9)⌋`, 4 of 100 and 8 of 2,520. Always
/// fewer than there are numbers.
pub fn automatic_lags(count: usize) -> usize {
    let lags = 4.0 * (count as f64 / 100.0).powf(2.0 / 9.0);
    floor_index(lags, count.saturating_sub(1))
}

/// The weight of a neighbour so many places away: `1 − lag / (lags + 1)`, Bartlett's.
pub fn weight(lag: usize, lags: usize) -> f64 {
    if lags < lag { 0.0 } else { 1.0 - lag as f64 / (lags as f64 + 1.0) }
}

/// The variance of the mean of numbers around zero, times their count: `γ₀ + 2 Σ w γ`; zero of nothing.
pub fn long_run_variance(centered: &[f64], lags: usize) -> f64 {
    if centered.is_empty() {
        return 0.0;
    }
    let product_at = |lag: usize| {
        let later = centered.get(lag..).unwrap_or_default();
        neumaier_sum(centered.iter().zip(later).map(|(number, other)| number * other)) / centered.len() as f64
    };
    let neighbours = (1..=lags.min(centered.len() - 1)).map(|lag| 2.0 * weight(lag, lags) * product_at(lag));
    product_at(0) + neumaier_sum(neighbours)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close};

    #[test]
    fn lags_grow_slowly() {
        // 0.24^(2/9) = 0.728, 25.2^(2/9) = 2.049.
        for (count, lags) in [(0, 0), (1, 0), (2, 1), (24, 2), (100, 4), (252, 4), (2520, 8)] {
            assert_eq!(automatic_lags(count), lags, "{count}");
        }
        assert_close(weight(0, 2), 1.0);
        assert_close(weight(2, 2), 1.0 / 3.0);
        assert_close(weight(3, 2), 0.0);
    }

    #[test]
    fn neighbours_that_turn_take_variance_away() {
        // 1, −1, 1, −1: squares 4, neighbours −3, half of them counts: (4 − 2 · ½ · 3) / 4.
        let turning = [1.0, -1.0, 1.0, -1.0];
        assert_close(long_run_variance(&turning, 0), 1.0);
        assert_close(long_run_variance(&turning, 1), 0.25);
        assert_close(long_run_variance(&[], 3), 0.0);
    }

    proptest! {
        #[test]
        fn no_variance_is_negative(returns in any_returns(), lags in 0_usize..20) {
            prop_assert!(-1e-15 <= long_run_variance(&returns, lags));
        }
    }
}
