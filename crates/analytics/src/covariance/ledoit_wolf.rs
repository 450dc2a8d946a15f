//! The sample covariance, drawn towards a multiple of the identity.

use super::CovarianceEstimator;
use super::sample::{RETURNS_A_YEAR, centered};
use crate::covariance_matrix::{CovarianceError, CovarianceMatrix};
use crate::statistics;

/// The estimator of Ledoit and Wolf (2004) times 252: `(1 − δ) · S + δ · m · I`, `m` the mean variance.
///
/// `S` is the covariance over `n` days of the returns less their mean, and `δ` the part that makes the expected squared
/// distance to the true covariance smallest, estimated from the same days.
///
/// - Input: daily returns as fractions, one list per instrument, equally long.
/// - Output: covariances a year. Positive definite unless nothing moves: also with fewer days than instruments.
/// - Source: Ledoit and Wolf, *A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices*, Journal of
///   Multivariate Analysis 88 (2004); the target is the scaled identity, as in scikit-learn's `ledoit_wolf`.
pub static ESTIMATOR: CovarianceEstimator = CovarianceEstimator {
    id: "ledoit_wolf",
    title: "Ledoit and Wolf 2004",
    definition: "Covariances of the daily returns, drawn towards one variance for all and no covariance by as much as \
                 the days let expect an error, times 252.",
    estimate: ledoit_wolf,
};

fn ledoit_wolf(returns: &[Vec<f64>]) -> Result<CovarianceMatrix, CovarianceError> {
    let (days, centered) = centered(returns)?;
    let (observed, instruments) = (days as f64, centered.len() as f64);
    let product = |one: &[f64], other: &[f64]| {
        statistics::neumaier_sum(one.iter().zip(other).map(|(left, right)| left * right)) / observed
    };
    let rows: Vec<Vec<f64>> =
        centered.iter().map(|one| centered.iter().map(|other| product(one, other)).collect()).collect();
    let mean_variance =
        statistics::neumaier_sum(rows.iter().enumerate().filter_map(|(at, row)| row.get(at).copied())) / instruments;
    let squares = statistics::neumaier_sum(rows.iter().flatten().map(|entry| entry * entry));
    // Of each day the squared length of its returns, squared.
    let mut lengths = vec![0.0; days];
    for numbers in &centered {
        for (length, number) in lengths.iter_mut().zip(numbers) {
            *length += number * number;
        }
    }
    let fourth = statistics::neumaier_sum(lengths.iter().map(|length| length * length)) / observed;
    let distance = squares - instruments * mean_variance * mean_variance;
    let error = ((fourth - squares) / observed).min(distance);
    // Without an error, or without a distance, there is nothing to draw.
    let part = if 0.0 < error && 0.0 < distance { error / distance } else { 0.0 };
    let shrunk = |(row, entries): (usize, Vec<f64>)| {
        let entry = |(column, entry): (usize, f64)| {
            let target = if row == column { part * mean_variance } else { 0.0 };
            ((1.0 - part) * entry + target) * RETURNS_A_YEAR
        };
        entries.into_iter().enumerate().map(entry).collect()
    };
    CovarianceMatrix::from_rows(&rows.into_iter().enumerate().map(shrunk).collect::<Vec<Vec<f64>>>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::any_returns;

    #[test]
    fn two_instruments_on_four_days() {
        // In percent 1, −1, 1, −1 and 2, 2, −2, −2: variances 1 and 4, no covariance, mean variance 2.5. Distance:
        // 1 + 16 − 2 · 6.25 = 4.5. All days have the squared length 5: (25 − 17) / 4 = 2. Part: 2 / 4.5 = 4 / 9.
        let one = vec![0.01, -0.01, 0.01, -0.01];
        let other = vec![0.02, 0.02, -0.02, -0.02];
        let matrix = ledoit_wolf(&[one, other]).unwrap();
        let part = 4.0 / 9.0;
        for (place, expected) in [(0, (1.0 - part) * 1.0 + part * 2.5), (1, (1.0 - part) * 4.0 + part * 2.5)] {
            let found = matrix.entry(place, place).unwrap();
            assert!((found - expected * 252e-4).abs() < 1e-12, "{found}");
        }
        assert!(matrix.entry(0, 1).unwrap().abs() < 1e-15);
    }

    #[test]
    fn what_never_moves_stays() {
        let matrix = ledoit_wolf(&[vec![0.01; 5], vec![0.02; 5]]).unwrap();
        assert!(matrix.variances().into_iter().all(|variance| variance.abs() < 1e-30));
    }

    proptest! {
        #[test]
        fn the_sum_of_the_variances_stays(returns in any_returns()) {
            // What is drawn to the mean of the variances leaves their sum as it was: that of the sample, with n − 1.
            let reversed: Vec<f64> = returns.iter().rev().copied().collect();
            let days = returns.len() as f64;
            let given = [returns, reversed];
            let drawn: f64 = ledoit_wolf(&given).unwrap().variances().iter().sum();
            let sample = (super::super::sample::ESTIMATOR.estimate)(&given).unwrap();
            let expected = sample.variances().iter().sum::<f64>() * (days - 1.0) / days;
            prop_assert!((drawn - expected).abs() <= 1e-9 * expected.max(1e-12), "{drawn} {expected}");
        }
    }
}
