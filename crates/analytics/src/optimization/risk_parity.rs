//! Every instrument contributes the same risk.

use super::{OptimizationError, OptimizationProblem, Optimizer};
use crate::statistics;

/// Weights with equal parts `wᵢ (Σw)ᵢ` of the variance.
///
/// They are the minimum of `½ xᵀΣx − Σ ln(xᵢ) / n`, scaled to add up to one, found one coordinate after the other: each
/// is the positive root of `σᵢ² x² + cᵢ x − 1 / n`, `cᵢ` what the others bring.
///
/// - Input: covariances a year, positive semidefinite.
/// - Output: weights as fractions that add up to one, none of them zero.
/// - Error: an instrument's variance is zero or negative, or the parts do not become equal.
/// - Source: Maillard, Roncalli and Teiletche (2010); Spinu, *An Algorithm for Computing Risk Parity Weights* (2013);
///   Griveau-Billion, Richard and Roncalli, *A Fast Algorithm for Computing High-Dimensional Risk Parity Portfolios*
///   (2013), for the coordinates.
pub static OPTIMIZER: Optimizer = Optimizer {
    id: "risk_parity",
    title: "Equal risk contributions",
    definition: "Weights with which every instrument contributes the same part of the expected variance.",
    solve: risk_parity,
};

/// Passes over all instruments at most.
const PASSES_MAX: usize = 10_000;
/// How far a part of the variance may be from its share, as a fraction of the variance.
const PART_TOLERANCE: f64 = 1e-12;

fn risk_parity(problem: &OptimizationProblem) -> Result<Vec<f64>, OptimizationError> {
    let covariance = &problem.covariance;
    let variances = covariance.variances();
    if let Some(index) = variances.iter().position(|variance| *variance <= 0.0) {
        let variance = variances.get(index).copied().unwrap_or_default();
        return Err(OptimizationError::NoVariance { instrument: index + 1, variance });
    }
    let order = variances.len();
    let share = 1.0 / order as f64;
    let rows: Vec<&[f64]> = covariance.rows().collect();
    let mut found: Vec<f64> = variances.iter().map(|variance| share / variance.sqrt()).collect();
    for _ in 0..PASSES_MAX {
        for (row, variance) in variances.iter().enumerate() {
            let others: f64 =
                (0..order).filter(|column| *column != row).map(|column| rows[row][column] * found[column]).sum();
            found[row] = ((others * others + 4.0 * variance * share).sqrt() - others) / (2.0 * variance);
        }
        let part = |row: usize| found[row] * (0..order).map(|column| rows[row][column] * found[column]).sum::<f64>();
        let parts: Vec<f64> = (0..order).map(part).collect();
        let total = statistics::neumaier_sum(parts.iter().copied());
        if parts.iter().all(|part| (part / total - share).abs() <= PART_TOLERANCE) {
            let sum = statistics::neumaier_sum(found.iter().copied());
            return Ok(found.into_iter().map(|number| number / sum).collect());
        }
    }
    Err(OptimizationError::NotSolved)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::covariance::sample;
    use crate::covariance_matrix::CovarianceMatrix;

    #[test]
    fn two_instruments_are_weighed_by_volatility_whatever_their_correlation() {
        // 1 / 0.2 and 1 / 0.3 are 5 and 3.33: 60 and 40 %.
        for covariance in [-0.03, 0.0, 0.05] {
            let rows = [vec![0.04, covariance], vec![covariance, 0.09]];
            let problem = OptimizationProblem::long_only(CovarianceMatrix::from_rows(&rows).unwrap());
            let found = risk_parity(&problem).unwrap();
            assert!((found[0] - 0.6).abs() < 1e-9 && (found[1] - 0.4).abs() < 1e-9, "{found:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn parts_are_equal(returns in prop::collection::vec(prop::collection::vec(-0.05..0.05_f64, 30), 2..9)) {
            let covariance = (sample::ESTIMATOR.estimate)(&returns).unwrap();
            let problem = OptimizationProblem::long_only(covariance);
            let found = risk_parity(&problem).unwrap();
            let covariance = &problem.covariance;
            let variance = covariance.portfolio_variance(&found).unwrap();
            for (row, weight) in found.iter().enumerate() {
                let products = found.iter().enumerate();
                let gradient: f64 =
                    products.map(|(column, weight)| weight * covariance.entry(row, column).unwrap()).sum();
                prop_assert!((weight * gradient / variance - 1.0 / found.len() as f64).abs() <= 1e-9);
            }
        }
    }
}
