//! Which Student t distribution explains returns best.

use crate::figure::NoFigure;
use crate::statistics::{self, is_rounding, largest_magnitude, neumaier_sum};
use crate::student_distribution::ln_peak;

/// Fewest degrees of freedom: with two or fewer a distribution has no deviation, and its shortfall hangs on single
/// returns.
pub const DEGREES_MIN: f64 = 2.1;

/// Most degrees of freedom: with so many the 1 % tail is the normal one within one percent.
pub const DEGREES_MAX: f64 = 200.0;

/// Three numbers are fitted; ten returns for each.
pub(crate) const RETURNS_MIN: usize = 30;

/// Degrees of freedom that are tried before the best is looked for around the best of them.
const TRIALS: usize = 24;

/// Steps of the golden section; each leaves 0.618 of the range.
const SECTIONS: usize = 45;

/// Steps in which center and scale settle; the likelihood rises with each.
const SETTLING_STEPS_MAX: usize = 2000;

/// Center and scale have settled if a step moves them by less than this part of the scale.
const SETTLED: f64 = 1e-13;

/// The same, where only the best of several degrees of freedom is looked for.
const NEARLY_SETTLED: f64 = 1e-8;

/// A Student t distribution that was moved and stretched: `center + scale · t`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudentFit {
    /// The middle, which is the mean.
    pub center: f64,
    /// The scale. The deviation is larger: `scale · √(ν / (ν − 2))`.
    pub scale: f64,
    /// The degrees of freedom `ν`, from [`DEGREES_MIN`] to [`DEGREES_MAX`].
    pub degrees: f64,
}

/// The distribution with the greatest likelihood.
///
/// - Input: at least thirty finite returns.
/// - Edge: the degrees of freedom are looked for between 2.1 and 200, both included. Returns with thin tails have the
///   most of them.
/// - Source: Lange, Little and Taylor, *Robust Statistical Modeling Using the t Distribution*, Journal of the American
///   Statistical Association 84 (1989); Kent, Tyler and Vardi, *A Curious Likelihood Identity for the Multivariate
///   t-Distribution*, Communications in Statistics 23 (1994), for center and scale.
///
/// # Errors
/// [`NoFigure`] if there are fewer returns, they do not vary, or most of them are the same.
pub fn fit(returns: &[f64]) -> Result<StudentFit, NoFigure> {
    if returns.len() < RETURNS_MIN {
        return Err(NoFigure::new(format!("not enough daily returns: {} of {RETURNS_MIN}", returns.len())));
    }
    let (Some(center), Some(deviation)) = (statistics::mean(returns), statistics::sample_standard_deviation(returns))
    else {
        return Err(NoFigure::new("no daily return"));
    };
    if is_rounding(deviation, largest_magnitude(returns)) {
        return Err(NoFigure::new("the returns do not vary"));
    }
    let start = StudentFit { center, scale: deviation, degrees: DEGREES_MAX };
    // The tails change evenly with one over the degrees of freedom.
    let (least, most) = (1.0 / DEGREES_MAX, 1.0 / DEGREES_MIN);
    let at = |trial: usize| least + (most - least) * trial as f64 / (TRIALS - 1) as f64;
    let mut best = (0, settle(returns, at(0), start, NEARLY_SETTLED)?);
    let mut previous = best.1.fit;
    for trial in 1..TRIALS {
        let found = settle(returns, at(trial), previous, NEARLY_SETTLED)?;
        previous = found.fit;
        if best.1.likelihood < found.likelihood {
            best = (trial, found);
        }
    }
    let (trial, found) = best;
    let near = search(returns, at(trial.saturating_sub(1)), at((trial + 1).min(TRIALS - 1)), found)?;
    Ok(settle(returns, 1.0 / near.degrees, near, SETTLED)?.fit)
}

/// A distribution and the logarithm of its likelihood.
#[derive(Clone, Copy)]
struct Settled {
    fit: StudentFit,
    likelihood: f64,
}

/// The best between two inverse degrees of freedom, by the golden section.
fn search(returns: &[f64], from: f64, to: f64, start: Settled) -> Result<StudentFit, NoFigure> {
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut low, mut high) = (from, to);
    let mut best = start;
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let mut at_left = settle(returns, left, start.fit, NEARLY_SETTLED)?;
    let mut at_right = settle(returns, right, start.fit, NEARLY_SETTLED)?;
    for _ in 0..SECTIONS {
        for found in [at_left, at_right] {
            if best.likelihood < found.likelihood {
                best = found;
            }
        }
        if at_left.likelihood < at_right.likelihood {
            low = left;
            (left, at_left) = (right, at_right);
            right = low + golden * (high - low);
            at_right = settle(returns, right, best.fit, NEARLY_SETTLED)?;
        } else {
            high = right;
            (right, at_right) = (left, at_left);
            left = high - golden * (high - low);
            at_left = settle(returns, left, best.fit, NEARLY_SETTLED)?;
        }
    }
    Ok(best.fit)
}

/// Center and scale of the greatest likelihood for given degrees of freedom: each return counts the less, the further
/// out it lies.
fn settle(returns: &[f64], inverse_degrees: f64, start: StudentFit, settled: f64) -> Result<Settled, NoFigure> {
    let degrees = 1.0 / inverse_degrees;
    let (mut center, mut scale) = (start.center, start.scale);
    let largest = largest_magnitude(returns);
    for _ in 0..SETTLING_STEPS_MAX {
        let (mut weights, mut weighted, mut squares) = (0.0, 0.0, 0.0);
        for number in returns {
            let distance = (number - center) / scale;
            let weight = (degrees + 1.0) / (degrees + distance * distance);
            weights += weight;
            weighted += weight * number;
        }
        let next_center = weighted / weights;
        for number in returns {
            let distance = (number - center) / scale;
            let weight = (degrees + 1.0) / (degrees + distance * distance);
            squares += weight * (number - next_center) * (number - next_center);
        }
        let next_scale = (squares / weights).sqrt();
        if is_rounding(next_scale, largest) {
            return Err(NoFigure::new("most of the returns are the same"));
        }
        let moved = (next_center - center).abs() + (next_scale - scale).abs();
        (center, scale) = (next_center, next_scale);
        if moved <= settled * scale {
            let fit = StudentFit { center, scale, degrees };
            return Ok(Settled { fit, likelihood: ln_likelihood(returns, fit) });
        }
    }
    Err(NoFigure::new("the likelihood of a Student t distribution does not settle"))
}

fn ln_likelihood(returns: &[f64], fit: StudentFit) -> f64 {
    let peak = ln_peak(fit.degrees) - fit.scale.ln();
    let fall = neumaier_sum(returns.iter().map(|number| {
        let distance = (number - fit.center) / fit.scale;
        (distance * distance / fit.degrees).ln_1p()
    }));
    peak * returns.len() as f64 - f64::midpoint(fit.degrees, 1.0) * fall
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{HEAVY_TAILED_RETURNS, assert_within};

    #[test]
    fn as_scipy_fits_it() {
        // SciPy 1.17, minimising the negative sum of `t.logpdf` from three starts: 4.2459800 to 4.2459806 degrees,
        // center −0.00075517, scale 0.0080345015, log-likelihood 189.48200367538507.
        let found = fit(&HEAVY_TAILED_RETURNS).unwrap();
        assert_within(found.degrees, 4.245_980_3, 2e-6);
        assert_within(found.center, -0.000_755_165_6, 1e-9);
        assert_within(found.scale, 0.008_034_501_45, 1e-9);
        assert_within(ln_likelihood(&HEAVY_TAILED_RETURNS, found), 189.482_003_675_385, 1e-10);
    }

    #[test]
    fn thin_tails_have_the_most_degrees() {
        // Even numbers have no tails at all: the excess kurtosis of a uniform distribution is −1.2.
        let even: Vec<f64> = (0..60).map(|step| f64::from(step) / 1000.0).collect();
        let found = fit(&even).unwrap();
        assert_within(found.degrees, DEGREES_MAX, 1e-9);
        assert_within(found.center, 0.0295, 1e-12);
    }

    #[test]
    fn what_cannot_be_fitted_says_why() {
        let reason = |returns: &[f64]| fit(returns).unwrap_err().to_string();
        assert_eq!(reason(&[0.01; 29]), "not enough daily returns: 29 of 30");
        assert_eq!(reason(&[0.01; 40]), "the returns do not vary");
        let mut mostly_zero = vec![0.0; 50];
        mostly_zero.extend([0.01, -0.02, 0.03]);
        assert_eq!(reason(&mostly_zero), "most of the returns are the same");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn it_moves_and_stretches_with_the_returns(
            returns in prop::collection::vec(-0.1..0.1_f64, 40..80),
            factor in 0.1..10.0_f64,
            shift in -0.05..0.05_f64,
        ) {
            let plain = fit(&returns).unwrap();
            let changed: Vec<f64> = returns.iter().map(|number| factor * number + shift).collect();
            let other = fit(&changed).unwrap();
            prop_assert!((other.center - factor * plain.center - shift).abs() <= 1e-6 * factor);
            prop_assert!((other.scale / (factor * plain.scale) - 1.0).abs() <= 1e-4);
        }
    }
}
