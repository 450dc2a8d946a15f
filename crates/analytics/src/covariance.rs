//! How returns of several instruments move together, one estimator a file.
//!
//! Input is one list of daily returns per instrument; all lists are equally long, and the same position is the same
//! day. Output is a year: daily covariances times 252.

pub mod ledoit_wolf;
pub mod sample;

use crate::covariance_matrix::{CovarianceError, CovarianceMatrix};

/// A way of estimating covariances.
#[derive(Clone, Copy, Debug)]
pub struct CovarianceEstimator {
    /// The id, e.g. `sample`.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub definition: &'static str,
    /// The covariances a year of daily returns, one list per instrument.
    pub estimate: fn(&[Vec<f64>]) -> Result<CovarianceMatrix, CovarianceError>,
}

/// Every estimator.
pub static COVARIANCE_ESTIMATORS: &[&CovarianceEstimator] = &[&sample::ESTIMATOR, &ledoit_wolf::ESTIMATOR];

/// There is no such estimator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown covariance estimator `{id}`; known: {known}")]
pub struct UnknownCovarianceEstimator {
    /// The id as given.
    pub id: String,
    /// The ids that there are.
    pub known: String,
}

/// The estimator of this id.
///
/// # Errors
/// [`UnknownCovarianceEstimator`] if there is none.
pub fn covariance_estimator(id: &str) -> Result<&'static CovarianceEstimator, UnknownCovarianceEstimator> {
    COVARIANCE_ESTIMATORS.iter().copied().find(|listed| listed.id == id).ok_or_else(|| {
        let known: Vec<&str> = COVARIANCE_ESTIMATORS.iter().map(|listed| listed.id).collect();
        UnknownCovarianceEstimator { id: id.to_owned(), known: known.join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(covariance_estimator("sample").expect("listed").id, "sample");
        let error = covariance_estimator("shrunk").expect_err("not listed").to_string();
        assert_eq!(error, "unknown covariance estimator `shrunk`; known: sample, ledoit_wolf");
    }
}
