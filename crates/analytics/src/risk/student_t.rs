//! The tail of the Student t distribution that explains the returns best.

use super::{RiskMethod, RiskQuestion, TailRisk};
use crate::figure::NoFigure;
use crate::student_distribution::{ln_density, student_quantile};
use crate::student_fit::{self, RETURNS_MIN};

/// Value at risk and expected shortfall of a Student t distribution whose center, scale and degrees of freedom `ν` have
/// the greatest likelihood.
///
/// `−(μ + t s)` and `−μ + s f(t)/α · (ν + t²)/(ν − 1)`, with `t` the quantile of the tail and `f` the density.
///
/// - Input: at least thirty daily returns as fractions that are not all the same.
/// - Output: fractions of the value, a loss is positive.
/// - Edge: `ν` is looked for from 2.1 to 200. Below it would leave a shortfall that hangs on single returns.
/// - Horizon: `h μ` and `√h s`: an estimate that is too high in the far tail, for sums of days are closer to normal
///   than a day is. `monte_carlo` adds the days up.
/// - Unavailable: fewer returns; returns that do not vary or are mostly the same; a return is NaN or infinite.
/// - Source: McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2nd ed., 2.3.4, for both figures;
///   [`student_fit::fit`] for the fit.
pub static METHOD: RiskMethod = RiskMethod {
    id: "student_t",
    title: "Student t distribution",
    definition: "The tail of the Student t distribution with the greatest likelihood: its center, its scale and its \
                 degrees of freedom (from 2.1 to 200) are fitted to the daily returns.",
    horizon: "The center grows with the days, the scale with the square root of the days.",
    estimate,
};

fn estimate(question: &RiskQuestion<'_>) -> Result<TailRisk, NoFigure> {
    question.check(RETURNS_MIN)?;
    let fit = student_fit::fit(question.returns)?;
    let tail = question.tail_probability;
    let quantile = student_quantile(tail, fit.degrees)
        .ok_or_else(|| NoFigure::new(format!("a tail probability of {tail} is too small for a quantile")))?;
    let (days, root) = question.growth();
    let (center, scale) = (days * fit.center, root * fit.scale);
    let reach = (fit.degrees + quantile * quantile) / (fit.degrees - 1.0);
    let tail_mean = ln_density(quantile, fit.degrees).exp() / tail * reach;
    TailRisk::new(-(center + quantile * scale), scale * tail_mean - center)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{HEAVY_TAILED_RETURNS, assert_close, assert_within};

    #[test]
    fn as_scipy_has_it() {
        // SciPy 1.17: fitted by the greatest likelihood, the quantile and the integral of the tail.
        let cases = [(0.05, 0.017_602_325, 0.025_712_982), (0.01, 0.029_918_855, 0.040_757_582)];
        for (tail_probability, edge, mean) in cases {
            let question = RiskQuestion { returns: &HEAVY_TAILED_RETURNS, tail_probability, days: 1 };
            let found = estimate(&question).unwrap();
            assert_within(found.value_at_risk(), edge, 5e-8);
            assert_within(found.expected_shortfall(), mean, 5e-8);
        }
    }

    #[test]
    fn the_tail_of_four_degrees() {
        // SciPy: a scale of √½ and four degrees have a deviation of 1. At 0.01 the tail starts at 2.6495 deviations and
        // has its mean at 3.6914; McNeil, Frey and Embrechts print a value at risk of 335.1 for a position of 10,000
        // with a volatility of 20 % a year, against 294.3 if it were normal.
        let deviation = 10_000.0 * 0.2 / 250.0_f64.sqrt();
        let quantile = student_quantile(0.01, 4.0).unwrap();
        assert_within(-quantile * 0.5_f64.sqrt() * deviation, 335.1, 0.05);
        let tail_mean = ln_density(quantile, 4.0).exp() / 0.01 * (4.0 + quantile * quantile) / 3.0;
        assert_within(tail_mean * 0.5_f64.sqrt() * deviation, 466.9, 0.05);
    }

    #[test]
    fn nine_days_are_three_times_as_wide() {
        let ask = |days| RiskQuestion { returns: &HEAVY_TAILED_RETURNS, tail_probability: 0.05, days };
        let fit = student_fit::fit(&HEAVY_TAILED_RETURNS).unwrap();
        let day = estimate(&ask(1)).unwrap().value_at_risk() + fit.center;
        assert_close(estimate(&ask(9)).unwrap().value_at_risk(), 3.0 * day - 9.0 * fit.center);
        let few = RiskQuestion { returns: &HEAVY_TAILED_RETURNS[..29], ..ask(1) };
        assert_eq!(estimate(&few).unwrap_err().to_string(), "not enough daily returns: 29 of 30");
    }
}
