//! Which weights to give to several instruments, one method a file.
//!
//! A method finds weights that add up to one or says why it cannot; it never falls back to another method.

pub mod equal_weight;
pub mod hierarchical_risk_parity;
pub mod inverse_volatility;
pub mod minimum_variance;
pub mod risk_parity;

use crate::covariance_matrix::CovarianceMatrix;

/// What a method may use.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizationProblem {
    /// Covariances a year of the instruments' returns.
    pub covariance: CovarianceMatrix,
    /// The highest weight that an instrument may have, a fraction above 0; 1 for no cap.
    pub weight_max: f64,
}

/// A way of finding weights.
#[derive(Clone, Copy, Debug)]
pub struct Optimizer {
    /// The id, e.g. `equal_weight`.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub definition: &'static str,
    /// The weights, one per instrument in the order of the problem; they add up to one.
    pub solve: fn(&OptimizationProblem) -> Result<Vec<f64>, OptimizationError>,
}

/// Every method.
pub static OPTIMIZERS: &[&Optimizer] = &[
    &equal_weight::OPTIMIZER,
    &hierarchical_risk_parity::OPTIMIZER,
    &inverse_volatility::OPTIMIZER,
    &minimum_variance::OPTIMIZER,
    &risk_parity::OPTIMIZER,
];

/// By how much a weight may be above the cap: the exactness of the solver.
const CAP_TOLERANCE: f64 = 1e-9;

/// Why there are no weights.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OptimizationError {
    /// An instrument without risk would get all of the weight.
    #[error("instrument number {instrument} has a variance of {variance}: its inverse is no weight")]
    NoVariance {
        /// The position of the instrument, from 1.
        instrument: usize,
        /// Its variance a year.
        variance: f64,
    },
    /// The cap leaves a part that nothing may have.
    #[error(
        "{instruments} instruments of at most {weight_max} each cannot make up the whole; {} is the least cap",
        1.0 / *instruments as f64
    )]
    Infeasible {
        /// The number of instruments.
        instruments: usize,
        /// The cap.
        weight_max: f64,
    },
    /// The method has no room for a cap, and what it finds is above it.
    #[error("instrument number {instrument} would have a weight of {weight:.4}, and the cap is {weight_max}")]
    AboveCap {
        /// The position of the instrument, from 1.
        instrument: usize,
        /// Its weight.
        weight: f64,
        /// The cap.
        weight_max: f64,
    },
    /// The cap is no part of a whole.
    #[error("a cap of {weight_max} is none; give a fraction above 0, up to 1")]
    NoCap {
        /// The cap.
        weight_max: f64,
    },
    /// No weights were found that stand the check.
    #[error("the method found no weights that it can vouch for; the covariances are badly conditioned")]
    NotSolved,
    /// There is no such method.
    #[error("unknown optimizer `{id}`; known: {known}")]
    Unknown {
        /// The id as given.
        id: String,
        /// The ids that there are.
        known: String,
    },
}

impl OptimizationProblem {
    /// A problem without a cap.
    pub fn long_only(covariance: CovarianceMatrix) -> OptimizationProblem {
        OptimizationProblem { covariance, weight_max: 1.0 }
    }
}

impl Optimizer {
    /// The weights, one per instrument in the order of the problem. They add up to one, and none is above the cap.
    ///
    /// # Errors
    /// [`OptimizationError`] if the cap cannot hold, or the method finds no weights.
    pub fn weights(&self, problem: &OptimizationProblem) -> Result<Vec<f64>, OptimizationError> {
        let (instruments, weight_max) = (problem.covariance.order(), problem.weight_max);
        if !(0.0 < weight_max && weight_max <= 1.0) {
            return Err(OptimizationError::NoCap { weight_max });
        }
        if instruments as f64 * weight_max < 1.0 - CAP_TOLERANCE {
            return Err(OptimizationError::Infeasible { instruments, weight_max });
        }
        let weights = (self.solve)(problem)?;
        let above = weights.iter().copied().enumerate().find(|(_, weight)| weight_max + CAP_TOLERANCE < *weight);
        match above {
            Some((index, weight)) => Err(OptimizationError::AboveCap { instrument: index + 1, weight, weight_max }),
            None => Ok(weights),
        }
    }
}

/// The method of this id.
///
/// # Errors
/// [`OptimizationError::Unknown`] if there is none.
pub fn optimizer(id: &str) -> Result<&'static Optimizer, OptimizationError> {
    OPTIMIZERS.iter().copied().find(|listed| listed.id == id).ok_or_else(|| {
        let known: Vec<&str> = OPTIMIZERS.iter().map(|listed| listed.id).collect();
        OptimizationError::Unknown { id: id.to_owned(), known: known.join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(optimizer("equal_weight").expect("listed").id, "equal_weight");
        let error = optimizer("best").expect_err("not listed").to_string();
        let known = "equal_weight, hierarchical_risk_parity, inverse_volatility, minimum_variance, risk_parity";
        assert_eq!(error, format!("unknown optimizer `best`; known: {known}"));
    }

    #[test]
    fn a_cap_that_a_method_has_no_room_for_is_said() {
        let covariance = CovarianceMatrix::from_rows(&[vec![0.01, 0.0], vec![0.0, 0.09]]).unwrap();
        let problem = |weight_max| OptimizationProblem { covariance: covariance.clone(), weight_max };
        // 1 / 0.1 and 1 / 0.3 are three quarters and one quarter.
        let error = inverse_volatility::OPTIMIZER.weights(&problem(0.7)).unwrap_err().to_string();
        assert_eq!(error, "instrument number 1 would have a weight of 0.7500, and the cap is 0.7");
        for no_cap in [0.0, -0.5, 1.5, f64::NAN] {
            let error = equal_weight::OPTIMIZER.weights(&problem(no_cap)).unwrap_err();
            assert!(matches!(error, OptimizationError::NoCap { .. }), "{no_cap}");
        }
    }

    proptest! {
        #[test]
        fn weights_add_up_to_one_and_none_is_negative(variances in prop::collection::vec(1e-6..1.0_f64, 1..20)) {
            let row = |at: usize| {
                let mut entries = vec![0.0; variances.len()];
                entries[at] = variances[at];
                entries
            };
            let rows: Vec<Vec<f64>> = (0..variances.len()).map(row).collect();
            let problem = OptimizationProblem::long_only(CovarianceMatrix::from_rows(&rows).unwrap());
            for method in OPTIMIZERS {
                let weights = method.weights(&problem).unwrap();
                prop_assert!(weights.len() == variances.len(), "{}", method.id);
                prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() <= 1e-12, "{}", method.id);
                prop_assert!(weights.iter().all(|weight| 0.0 <= *weight), "{}", method.id);
            }
        }
    }
}
