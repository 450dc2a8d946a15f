//! Which weights to give to several instruments, one method a file.
//!
//! A method finds weights that add up to one or says why it cannot; it never falls back to another method.

pub mod equal_weight;
pub mod inverse_volatility;

use crate::covariance_matrix::CovarianceMatrix;

/// What a method may use.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizationProblem {
    /// Covariances a year of the instruments' returns.
    pub covariance: CovarianceMatrix,
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
pub static OPTIMIZERS: &[&Optimizer] = &[&equal_weight::OPTIMIZER, &inverse_volatility::OPTIMIZER];

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
    /// There is no such method.
    #[error("unknown optimizer `{id}`; known: {known}")]
    Unknown {
        /// The id as given.
        id: String,
        /// The ids that there are.
        known: String,
    },
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
        assert_eq!(error, "unknown optimizer `best`; known: equal_weight, inverse_volatility");
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
            let problem = OptimizationProblem { covariance: CovarianceMatrix::from_rows(&rows).unwrap() };
            for method in OPTIMIZERS {
                let weights = (method.solve)(&problem).unwrap();
                prop_assert!(weights.len() == variances.len(), "{}", method.id);
                prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() <= 1e-12, "{}", method.id);
                prop_assert!(weights.iter().all(|weight| 0.0 <= *weight), "{}", method.id);
            }
        }
    }
}
