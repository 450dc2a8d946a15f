//! The sample covariance.

use super::CovarianceEstimator;
use crate::covariance_matrix::{CovarianceError, CovarianceMatrix};
use crate::statistics;

/// Sample covariance (n − 1) of daily returns times 252.
///
/// - Input: daily returns as fractions, one list per instrument, equally long.
/// - Output: covariances a year.
/// - Edge: with fewer days than instruments the matrix is singular; this is not an error here.
/// - Source: any textbook; scaled as PyPortfolioOpt's `sample_cov`.
pub static ESTIMATOR: CovarianceEstimator = CovarianceEstimator {
    id: "sample",
    title: "Sample covariance",
    definition: "Covariances of the daily returns as observed (n − 1), times 252.",
    estimate: sample_covariance,
};

/// Returns a year: those of trading days.
pub(super) const RETURNS_A_YEAR: f64 = 252.0;

fn sample_covariance(returns: &[Vec<f64>]) -> Result<CovarianceMatrix, CovarianceError> {
    let (days, centered) = centered(returns)?;
    let scale = RETURNS_A_YEAR / (days as f64 - 1.0);
    let covariance = |one: &[f64], other: &[f64]| {
        statistics::neumaier_sum(one.iter().zip(other).map(|(left, right)| left * right)) * scale
    };
    let rows: Vec<Vec<f64>> =
        centered.iter().map(|one| centered.iter().map(|other| covariance(one, other)).collect()).collect();
    CovarianceMatrix::from_rows(&rows)
}

/// The number of days that all instruments have, and the returns of each less their mean.
pub(super) fn centered(returns: &[Vec<f64>]) -> Result<(usize, Vec<Vec<f64>>), CovarianceError> {
    let days = check(returns)?;
    Ok((days, returns.iter().map(|numbers| without_mean(numbers)).collect()))
}

fn check(returns: &[Vec<f64>]) -> Result<usize, CovarianceError> {
    let Some(first) = returns.first() else {
        return Err(CovarianceError::NoInstruments);
    };
    let expected = first.len();
    if expected < 2 {
        return Err(CovarianceError::TooFewReturns { returns: expected });
    }
    for (index, numbers) in returns.iter().enumerate() {
        let instrument = index + 1;
        if numbers.len() != expected {
            return Err(CovarianceError::UnequalLengths { instrument, returns: numbers.len(), expected });
        }
        if let Some(position) = numbers.iter().position(|number| !number.is_finite()) {
            return Err(CovarianceError::NotFinite { instrument, position: position + 1 });
        }
    }
    Ok(expected)
}

fn without_mean(numbers: &[f64]) -> Vec<f64> {
    let center = statistics::mean(numbers).unwrap_or_default();
    numbers.iter().map(|number| number - center).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close};

    #[test]
    fn two_instruments_on_three_days() {
        // 1, 2, 3 % and 2, 0, 4 %, both with mean 2 %: deviations −1, 0, 1 and 0, −2, 2 % make squares 2 and 8 and
        // products 2, each over n − 1 = 2, times 252 and 1e-4.
        let matrix = sample_covariance(&[vec![0.01, 0.02, 0.03], vec![0.02, 0.0, 0.04]]).unwrap();
        let expected = [((0, 0), 1.0), ((0, 1), 1.0), ((1, 0), 1.0), ((1, 1), 4.0)];
        for ((row, column), number) in expected {
            assert_close(matrix.entry(row, column).unwrap(), number * 252e-4);
        }
    }

    #[test]
    fn what_cannot_be_estimated_is_named() {
        let error = |returns: &[Vec<f64>]| sample_covariance(returns).unwrap_err();
        assert_eq!(error(&[]), CovarianceError::NoInstruments);
        assert_eq!(error(&[vec![0.01]]), CovarianceError::TooFewReturns { returns: 1 });
        let unequal = error(&[vec![0.01, 0.02], vec![0.01]]);
        assert_eq!(unequal, CovarianceError::UnequalLengths { instrument: 2, returns: 1, expected: 2 });
        let none = error(&[vec![0.01, f64::NAN]]);
        assert_eq!(none, CovarianceError::NotFinite { instrument: 1, position: 2 });
    }

    proptest! {
        #[test]
        fn variances_are_squared_volatilities_and_no_portfolio_has_less_than_none(
            returns in any_returns(),
            weight in -2.0..2.0_f64,
        ) {
            let reversed: Vec<f64> = returns.iter().rev().copied().collect();
            let matrix = sample_covariance(&[returns.clone(), reversed]).unwrap();
            let deviation = statistics::sample_standard_deviation(&returns).unwrap();
            for variance in matrix.variances() {
                prop_assert!((variance - deviation * deviation * 252.0).abs() <= 1e-12);
            }
            prop_assert!(-1e-12 <= matrix.portfolio_variance(&[weight, 1.0 - weight]).unwrap());
        }
    }
}
