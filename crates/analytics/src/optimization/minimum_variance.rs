//! The weights of the smallest variance.

use super::{OptimizationError, OptimizationProblem, Optimizer};
use crate::convex_program::{ConvexProgram, NoSolution, solved};
use crate::covariance_matrix::CovarianceMatrix;
use crate::statistics;

/// Minimizes `wᵀΣw` with weights that add up to one, none negative, and none above the cap of the problem.
///
/// The quadratic program is solved by an interior-point method on `Σ` over its largest variance. The answer is checked
/// without the solver: with the gradient `g = Σw`, no portfolio within the bounds has a variance below
/// `wᵀΣw − 2 (wᵀg − min vᵀg)`, the minimum over all such `v` (Frank and Wolfe). An answer that can be improved by more
/// than a millionth of its variance is none.
///
/// - Input: covariances a year, positive semidefinite.
/// - Output: weights as fractions that add up to one; those below 1e-9 are zero.
/// - Error: nothing moves, or the check fails.
/// - Source: Markowitz, *Portfolio Selection* (1952); Frank and Wolfe, *An Algorithm for Quadratic Programming* (1956).
pub static OPTIMIZER: Optimizer = Optimizer {
    id: "minimum_variance",
    title: "Minimum variance",
    definition: "The weights of the smallest expected variance: long only, fully invested, none above the cap.",
    solve: minimum_variance,
};

/// Weights below this are the solver's zero.
const ZERO: f64 = 1e-9;
/// By what part of its variance an answer may be improvable.
const GAP_MAX: f64 = 1e-6;
/// By what part of the largest variance it may be beside that, where the smallest variance is almost zero.
const GAP_OF_SCALE_MAX: f64 = 1e-9;

fn minimum_variance(problem: &OptimizationProblem) -> Result<Vec<f64>, OptimizationError> {
    let covariance = &problem.covariance;
    let scale = scale_of(covariance)?;
    let order = covariance.order();
    let only = |place: usize, entry: f64| {
        let mut condition = vec![0.0; order];
        condition.iter_mut().skip(place).take(1).for_each(|found| *found = entry);
        condition
    };
    let mut inequalities: Vec<(Vec<f64>, f64)> = (0..order).map(|place| (only(place, -1.0), 0.0)).collect();
    if problem.weight_max < 1.0 {
        inequalities.extend((0..order).map(|place| (only(place, 1.0), problem.weight_max)));
    }
    let program = ConvexProgram {
        linear: vec![0.0; order],
        quadratic: covariance.rows().map(|row| row.iter().map(|entry| entry / scale).collect()).collect(),
        equalities: vec![(vec![1.0; order], 1.0)],
        inequalities,
    };
    let weights = solved(&program).map_err(|reason| match reason {
        NoSolution::Infeasible => OptimizationError::Infeasible { instruments: order, weight_max: problem.weight_max },
        NoSolution::GivenUp => OptimizationError::NotSolved,
    })?;
    let weights = without_dust(weights);
    let variance = covariance.portfolio_variance(&weights).unwrap_or(f64::INFINITY);
    let gap = improvable(covariance, &weights, problem.weight_max);
    let gap_max = GAP_MAX * variance.max(0.0) + GAP_OF_SCALE_MAX * scale;
    if gap <= gap_max { Ok(weights) } else { Err(OptimizationError::NotSolved) }
}

/// The largest variance.
fn scale_of(covariance: &CovarianceMatrix) -> Result<f64, OptimizationError> {
    let mut largest = 0.0_f64;
    for (index, variance) in covariance.variances().into_iter().enumerate() {
        if variance < 0.0 {
            return Err(OptimizationError::NoVariance { instrument: index + 1, variance });
        }
        largest = largest.max(variance);
    }
    if 0.0 < largest { Ok(largest) } else { Err(OptimizationError::NoVariance { instrument: 1, variance: largest }) }
}

/// The weights without what the solver leaves where nothing should be, adding up to one.
fn without_dust(mut weights: Vec<f64>) -> Vec<f64> {
    for weight in &mut weights {
        if *weight < ZERO {
            *weight = 0.0;
        }
    }
    let total = statistics::neumaier_sum(weights.iter().copied());
    weights.into_iter().map(|weight| weight / total).collect()
}

/// How much half of the variance can be above the smallest one: `wᵀg − min vᵀg`. The minimum gives the smallest
/// gradients as much as they may have.
fn improvable(covariance: &CovarianceMatrix, weights: &[f64], weight_max: f64) -> f64 {
    let gradient_of = |row: &[f64]| row.iter().zip(weights).map(|(entry, weight)| weight * entry).sum::<f64>();
    let mut gradient: Vec<f64> = covariance.rows().map(gradient_of).collect();
    let own: f64 = gradient.iter().zip(weights).map(|(entry, weight)| entry * weight).sum();
    gradient.sort_by(f64::total_cmp);
    let mut left = 1.0_f64;
    let mut least = 0.0;
    for entry in gradient {
        let given = left.min(weight_max);
        least += given * entry;
        left -= given;
    }
    own - least
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::covariance::sample;

    /// How near weights of well-conditioned problems come.
    const NEAR: f64 = 1e-6;

    fn weights(rows: &[Vec<f64>], weight_max: f64) -> Result<Vec<f64>, OptimizationError> {
        OPTIMIZER.weights(&OptimizationProblem { covariance: CovarianceMatrix::from_rows(rows).unwrap(), weight_max })
    }

    fn assert_near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (one, other) in found.iter().zip(expected) {
            assert!((one - other).abs() <= NEAR, "{found:?} and not {expected:?}");
        }
    }

    #[test]
    fn two_instruments_have_a_closed_form() {
        // (σ₂² − σ₁₂) / (σ₁² + σ₂² − 2 σ₁₂) = (0.09 − 0.01) / (0.04 + 0.09 − 0.02) = 8 / 11.
        let rows = [vec![0.04, 0.01], vec![0.01, 0.09]];
        assert_near(&weights(&rows, 1.0).unwrap(), &[8.0 / 11.0, 3.0 / 11.0]);
        assert_near(&weights(&rows, 0.6).unwrap(), &[0.6, 0.4]);
    }

    #[test]
    fn where_the_closed_form_would_sell_short_one_instrument_is_left() {
        // (0.01 − 0.03) / (0.16 + 0.01 − 0.06) < 0: all of the second.
        let found = weights(&[vec![0.16, 0.03], vec![0.03, 0.01]], 1.0).unwrap();
        assert_near(&found, &[0.0, 1.0]);
    }

    #[test]
    fn without_covariances_weights_are_inverse_to_variances() {
        // 1 / 0.01, 1 / 0.04 and 1 / 0.05 are 100, 25 and 20 of 145.
        let rows = [vec![0.01, 0.0, 0.0], vec![0.0, 0.04, 0.0], vec![0.0, 0.0, 0.05]];
        assert_near(&weights(&rows, 1.0).unwrap(), &[100.0 / 145.0, 25.0 / 145.0, 20.0 / 145.0]);
        // With half at most, the rest goes to the others as it would without the first.
        assert_near(&weights(&rows, 0.5).unwrap(), &[0.5, 0.5 * 25.0 / 45.0, 0.5 * 20.0 / 45.0]);
    }

    /// Five funds that move together, 2014 to 2016: weights by the conditions of Karush, Kuhn and Tucker solved on the
    /// active set, with which PyPortfolioOpt 1.6.0 and cvxpy 1.9.3 agree.
    #[test]
    fn funds_that_move_together() {
        let rows = [
            [0.0211908561372165, 0.0176669108034341, 0.0124062349544138, 0.0145688231527765, 0.0154364667644629],
            [0.0176669108034341, 0.0178621562290287, 0.0122382777347976, 0.0136596429336002, 0.0161766483180048],
            [0.0124062349544138, 0.0122382777347976, 0.0155775798506699, 0.00992515735688214, 0.0138462017042485],
            [0.0145688231527765, 0.0136596429336002, 0.00992515735688214, 0.0122470188150813, 0.0122651529017368],
            [0.0154364667644629, 0.0161766483180048, 0.0138462017042485, 0.0122651529017368, 0.0200709466003255],
        ];
        let found = weights(&rows.map(|row| row.to_vec()), 1.0).unwrap();
        assert_near(&found, &[0.0, 0.0, 0.291168645634, 0.708831354366, 0.0]);
    }

    #[test]
    fn what_cannot_be_is_said() {
        let rows = [vec![0.01, 0.0], vec![0.0, 0.04]];
        let error = weights(&rows, 0.4).unwrap_err();
        assert_eq!(error, OptimizationError::Infeasible { instruments: 2, weight_max: 0.4 });
        let sentence = "2 instruments of at most 0.4 each cannot make up the whole; 0.5 is the least cap";
        assert_eq!(error.to_string(), sentence);
        let error = weights(&[vec![0.0, 0.0], vec![0.0, 0.0]], 1.0).unwrap_err();
        assert_eq!(error, OptimizationError::NoVariance { instrument: 1, variance: 0.0 });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The conditions of Karush, Kuhn and Tucker: nothing is gained by moving weight from one instrument that has
        /// some to another that may have more.
        #[test]
        fn no_exchange_of_two_weights_helps(
            returns in prop::collection::vec(prop::collection::vec(-0.05..0.05_f64, 30), 2..9),
            cap in 0.5..1.0_f64,
        ) {
            let covariance = (sample::ESTIMATOR.estimate)(&returns).unwrap();
            let problem = OptimizationProblem { covariance, weight_max: cap };
            let found = OPTIMIZER.weights(&problem).unwrap();
            prop_assert!((found.iter().sum::<f64>() - 1.0).abs() <= 1e-12);
            prop_assert!(found.iter().all(|weight| (0.0..=cap + 1e-9).contains(weight)), "{found:?}");
            let covariance = &problem.covariance;
            let variance = covariance.portfolio_variance(&found).unwrap();
            let gradient = |row: usize| -> f64 {
                let products = found.iter().enumerate();
                products.map(|(column, weight)| weight * covariance.entry(row, column).unwrap()).sum()
            };
            for (from, given) in found.iter().enumerate() {
                for (to, taken) in found.iter().enumerate() {
                    let movable = given.min(cap - taken);
                    prop_assert!((gradient(from) - gradient(to)) * movable <= 2e-6 * variance, "{from} to {to}");
                }
            }
        }

        #[test]
        fn no_other_portfolio_has_less(
            returns in prop::collection::vec(prop::collection::vec(-0.05..0.05_f64, 30), 2..9),
            other in prop::collection::vec(0.0..1.0_f64, 9),
        ) {
            let covariance = (sample::ESTIMATOR.estimate)(&returns).unwrap();
            let problem = OptimizationProblem::long_only(covariance);
            let found = OPTIMIZER.weights(&problem).unwrap();
            let other = &other[..returns.len()];
            let total = other.iter().sum::<f64>();
            prop_assume!(0.0 < total);
            let other: Vec<f64> = other.iter().map(|weight| weight / total).collect();
            let variance = |weights: &[f64]| problem.covariance.portfolio_variance(weights).unwrap();
            prop_assert!(variance(&found) <= variance(&other) * (1.0 + 2e-6));
        }
    }
}
