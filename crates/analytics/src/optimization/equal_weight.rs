//! The same weight for every instrument.

use super::{OptimizationError, OptimizationProblem, Optimizer};

/// One part in `n` for each of `n` instruments.
///
/// - Output: weights as fractions that add up to one.
/// - Source: DeMiguel, Garlappi and Uppal, *Optimal Versus Naive Diversification*, Review of Financial Studies 22
///   (2009): the benchmark that every other method has to beat after costs.
pub static OPTIMIZER: Optimizer = Optimizer {
    id: "equal_weight",
    title: "Equal weights",
    definition: "Every instrument has the same weight.",
    solve: equal_weight,
};

fn equal_weight(problem: &OptimizationProblem) -> Result<Vec<f64>, OptimizationError> {
    let instruments = problem.covariance.order();
    Ok(vec![1.0 / instruments as f64; instruments])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covariance_matrix::CovarianceMatrix;

    #[test]
    fn two_instruments_have_a_half_each() {
        let covariance = CovarianceMatrix::from_rows(&[vec![0.04, 0.01], vec![0.01, 0.09]]).unwrap();
        assert_eq!(equal_weight(&OptimizationProblem::long_only(covariance)), Ok(vec![0.5, 0.5]));
    }
}
