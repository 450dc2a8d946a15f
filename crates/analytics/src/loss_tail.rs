//! What every method of tail risk checks before it computes.

use crate::figure::NoFigure;
use crate::statistics;

/// Whether a tail figure can be computed: finite returns, at least `returns_min` of them, a probability inside 0 to 1.
pub(crate) fn check(returns: &[f64], tail_probability: f64, returns_min: usize) -> Result<(), NoFigure> {
    if tail_probability.is_nan() || tail_probability <= 0.0 || 1.0 <= tail_probability {
        return Err(NoFigure::new(format!("a tail probability of {tail_probability} is not between 0 and 1")));
    }
    if let Some(position) = returns.iter().position(|number| !number.is_finite()) {
        return Err(NoFigure::new(format!("return number {} is not a finite number", position + 1)));
    }
    if returns.len() < returns_min {
        return Err(NoFigure::new(format!("not enough daily returns: {} of {returns_min}", returns.len())));
    }
    Ok(())
}

/// The standard normal number of the tail: −1.64 at 0.05.
pub(crate) fn normal_quantile(tail_probability: f64) -> Result<f64, NoFigure> {
    statistics::normal_quantile(tail_probability)
        .ok_or_else(|| NoFigure::new(format!("a tail probability of {tail_probability} is not between 0 and 1")))
}
