//! The less an instrument moves, the more of it.

use super::{OptimizationError, OptimizationProblem, Optimizer};
use crate::statistics;

/// Weights in proportion to `1 / σ`.
///
/// - Input: covariances a year; only the variances count.
/// - Output: weights as fractions that add up to one.
/// - Error: an instrument's variance is zero or negative.
/// - Source: Maillard, Roncalli and Teiletche, *The Properties of Equally Weighted Risk Contribution Portfolios*,
///   Journal of Portfolio Management 36 (2010): equal risk contributions if all correlations are the same.
pub static OPTIMIZER: Optimizer = Optimizer {
    id: "inverse_volatility",
    title: "Inverse volatility",
    definition: "Weights in inverse proportion to the instruments' volatility; correlations do not count.",
    solve: inverse_volatility,
};

fn inverse_volatility(problem: &OptimizationProblem) -> Result<Vec<f64>, OptimizationError> {
    let mut inverses = Vec::with_capacity(problem.covariance.order());
    for (index, variance) in problem.covariance.variances().into_iter().enumerate() {
        let inverse = 1.0 / variance.sqrt();
        if variance <= 0.0 || !inverse.is_finite() {
            return Err(OptimizationError::NoVariance { instrument: index + 1, variance });
        }
        inverses.push(inverse);
    }
    let total = statistics::neumaier_sum(inverses.iter().copied());
    Ok(inverses.into_iter().map(|inverse| inverse / total).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covariance_matrix::CovarianceMatrix;
    use crate::sample_series::assert_close;

    fn problem(volatilities: &[f64], correlation: f64) -> OptimizationProblem {
        let entry = |row: usize, column: usize| {
            let covariance = volatilities[row.min(column)] * volatilities[row.max(column)];
            if row == column { covariance } else { correlation * covariance }
        };
        let instruments = volatilities.len();
        let rows: Vec<Vec<f64>> =
            (0..instruments).map(|row| (0..instruments).map(|column| entry(row, column)).collect()).collect();
        OptimizationProblem::long_only(CovarianceMatrix::from_rows(&rows).unwrap())
    }

    #[test]
    fn as_maillard_roncalli_and_teiletche_have_it() {
        // Volatilities of 10, 20, 30 and 40 % with one correlation for all pairs: 48, 24, 16 and 12 %.
        let weights = inverse_volatility(&problem(&[0.1, 0.2, 0.3, 0.4], 0.3)).unwrap();
        for (weight, expected) in weights.into_iter().zip([0.48, 0.24, 0.16, 0.12]) {
            assert_close(weight, expected);
        }
    }

    #[test]
    fn an_instrument_that_never_moves_is_named() {
        let error = inverse_volatility(&problem(&[0.1, 0.0], 0.3)).unwrap_err();
        assert_eq!(error, OptimizationError::NoVariance { instrument: 2, variance: 0.0 });
    }
}
