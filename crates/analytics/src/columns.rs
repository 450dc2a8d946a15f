//! Figures of returns that stand beside each other without their days.
//!
//! A question in SQL has a column of returns, or two, and no portfolio. These figures do not depend on days; they are
//! the measures of the same names, computed by the same code. The returns are taken in the order given: whoever wants
//! the same bits whatever the order must bring one of his own.

use crate::digest::ReturnDigest;
use crate::figure::NoFigure;
use crate::relative::JointMoments;
use crate::sampling::Sampling;

/// `m3 / m2^1.5` of the population of returns.
///
/// # Errors
/// [`NoFigure`] if there is no return, one is not finite, or they do not vary.
pub fn skewness(returns: &[f64]) -> Result<f64, NoFigure> {
    digest(returns)?.spread.skewness().ok_or_else(do_not_vary)
}

/// `m4 / m2² − 3` of the population of returns.
///
/// # Errors
/// [`NoFigure`] if there is no return, one is not finite, or they do not vary.
pub fn excess_kurtosis(returns: &[f64]) -> Result<f64, NoFigure> {
    digest(returns)?.spread.excess_kurtosis().ok_or_else(do_not_vary)
}

/// The slope of the line that fits the returns to those of a benchmark best, by least squares.
///
/// # Errors
/// [`NoFigure`] if there are fewer than two pairs, a number is not finite, or the benchmark does not vary.
pub fn beta(returns: &[f64], benchmark: &[f64]) -> Result<f64, NoFigure> {
    joint(returns, benchmark)?.beta()
}

/// Pearson's coefficient of the returns and those of a benchmark, from −1 to 1.
///
/// # Errors
/// [`NoFigure`] if there are fewer than two pairs, a number is not finite, or one side does not vary.
pub fn correlation(returns: &[f64], benchmark: &[f64]) -> Result<f64, NoFigure> {
    joint(returns, benchmark)?.correlation()
}

/// The standard deviation (n − 1) of the differences from a benchmark, a year.
///
/// # Errors
/// [`NoFigure`] if there are fewer than two pairs, or a number is not finite.
pub fn tracking_error(returns: &[f64], benchmark: &[f64], sampling: Sampling) -> Result<f64, NoFigure> {
    Ok(joint(returns, benchmark)?.difference_deviation() * sampling.periods_per_year()?.sqrt())
}

fn digest(returns: &[f64]) -> Result<ReturnDigest, NoFigure> {
    check(returns)?;
    ReturnDigest::of(returns).ok_or_else(|| NoFigure::new("there is no return"))
}

fn joint(returns: &[f64], benchmark: &[f64]) -> Result<JointMoments, NoFigure> {
    check(returns)?;
    check(benchmark)?;
    if returns.len() != benchmark.len() {
        let (count, others) = (returns.len(), benchmark.len());
        return Err(NoFigure::new(format!("{count} returns are not beside {others} of the benchmark")));
    }
    JointMoments::of(returns, benchmark).ok_or_else(|| NoFigure::new("a dispersion needs at least two returns"))
}

fn check(numbers: &[f64]) -> Result<(), NoFigure> {
    match numbers.iter().position(|number| !number.is_finite()) {
        Some(place) => Err(NoFigure::new(format!("return number {} is not a finite number", place + 1))),
        None => Ok(()),
    }
}

fn do_not_vary() -> NoFigure {
    NoFigure::new("the returns do not vary")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures;
    use crate::sample_series::{any_returns, beside};

    #[test]
    fn what_is_no_figure_is_none() {
        assert!(skewness(&[]).unwrap_err().to_string().contains("no return"));
        assert!(excess_kurtosis(&[0.01, 0.01]).unwrap_err().to_string().contains("do not vary"));
        assert!(beta(&[0.01], &[0.02]).unwrap_err().to_string().contains("at least two"));
        assert!(beta(&[0.01, 0.02], &[0.02]).unwrap_err().to_string().contains("2 returns are not beside 1"));
        assert!(correlation(&[0.01, f64::NAN], &[0.02, 0.01]).unwrap_err().to_string().contains("return number 2"));
    }

    proptest! {
        #[test]
        fn they_are_the_measures((returns, benchmark) in (any_returns(), any_returns())) {
            let days = returns.len().min(benchmark.len());
            let (returns, benchmark) = (&returns[..days], &benchmark[..days]);
            let series = beside(returns, benchmark);
            let pairs = [
                (skewness(returns), &measures::skewness::MEASURE),
                (excess_kurtosis(returns), &measures::excess_kurtosis::MEASURE),
                (beta(returns, benchmark), &measures::beta::MEASURE),
                (correlation(returns, benchmark), &measures::correlation::MEASURE),
                (tracking_error(returns, benchmark, Sampling::Daily252), &measures::tracking_error::MEASURE),
            ];
            for (found, measure) in pairs {
                prop_assert_eq!(found.ok(), measure.of(&series).number(), "{}", measure.id);
            }
        }
    }
}
