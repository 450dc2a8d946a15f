//! Student's t distribution: like the normal one, with tails that are the heavier the fewer its degrees of freedom are.

use crate::root_finding::{Bracket, find_root};

/// Terms of the continued fraction of the incomplete beta function; for the degrees of freedom in use a tenth do.
const FRACTION_TERMS_MAX: usize = 500;

/// Doublings of the distance in which a quantile is looked for: beyond them no `f64` is.
const DOUBLINGS_MAX: usize = 1000;

const ITERATIONS_MAX: usize = 200;

/// Steps of Newton's method that polish a quantile.
const POLISHING_STEPS: usize = 3;

/// Coefficients of Lanczos's approximation of the gamma function, as Godfrey gives them for `g = 7`.
const LANCZOS: [f64; 8] = [
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];
const LANCZOS_FIRST: f64 = 0.999_999_999_999_809_9;
const LANCZOS_G: f64 = 7.0;

/// The logarithm of the gamma function of a number above zero.
///
/// - Source: Lanczos, *A Precision Approximation of the Gamma Function*, SIAM Journal on Numerical Analysis 1 (1964).
pub fn ln_gamma(number: f64) -> f64 {
    let below = number - 1.0;
    let mut sum = LANCZOS_FIRST;
    let mut position = below;
    for coefficient in LANCZOS {
        position += 1.0;
        sum += coefficient / position;
    }
    let shifted = below + LANCZOS_G + 0.5;
    0.5 * std::f64::consts::TAU.ln() + (below + 0.5) * shifted.ln() - shifted + sum.ln()
}

/// The logarithm of the density at zero. What is further out has the density of [`ln_density`].
pub fn ln_peak(degrees: f64) -> f64 {
    let gammas = ln_gamma(f64::midpoint(degrees, 1.0)) - ln_gamma(0.5 * degrees);
    gammas - 0.5 * (degrees * std::f64::consts::PI).ln()
}

/// The logarithm of the density.
pub fn ln_density(number: f64, degrees: f64) -> f64 {
    ln_peak(degrees) - f64::midpoint(degrees, 1.0) * (number * number / degrees).ln_1p()
}

/// The probability that a number with this distribution is at most this.
///
/// - Input: degrees of freedom above zero.
/// - Source: Abramowitz and Stegun, 26.7.1 and 26.5.8.
pub fn student_distribution(number: f64, degrees: f64) -> f64 {
    let square = number * number;
    let far = square / (degrees + square);
    let tail = 0.5 * incomplete_beta(degrees / (degrees + square), far, 0.5 * degrees, 0.5);
    if number < 0.0 { tail } else { 1.0 - tail }
}

/// The number that is not exceeded with this probability; none outside 0 to 1, at either end, or if no `f64` is so far
/// out.
pub fn student_quantile(probability: f64, degrees: f64) -> Option<f64> {
    if probability.is_nan() || probability <= 0.0 || 1.0 <= probability {
        return None;
    }
    if 0.5 < probability {
        return student_quantile(1.0 - probability, degrees).map(|quantile| -quantile);
    }
    let wanted = probability.ln();
    let excess = |number: f64| student_distribution(number, degrees).ln() - wanted;
    let mut low = -1.0_f64;
    for _ in 0..DOUBLINGS_MAX {
        if excess(low) <= 0.0 {
            break;
        }
        low *= 2.0;
    }
    let rough = find_root(excess, Bracket::new(excess, low, 0.0), 1e-9 * low.abs(), ITERATIONS_MAX).ok()?;
    let polished = (0..POLISHING_STEPS).fold(rough, |number, _| {
        number - (student_distribution(number, degrees) - probability) / ln_density(number, degrees).exp()
    });
    polished.is_finite().then_some(polished)
}

/// The regularised incomplete beta function `I_x(a, b)`; `rest` is `1 − x`, which the caller knows without rounding.
pub(crate) fn incomplete_beta(part: f64, rest: f64, first: f64, second: f64) -> f64 {
    if part <= 0.0 {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    let powers = first * part.ln() + second * rest.ln();
    let factor = (powers + ln_gamma(first + second) - ln_gamma(first) - ln_gamma(second)).exp();
    // The fraction settles fast only on its own side of the peak.
    if part <= (first + 1.0) / (first + second + 2.0) {
        factor * beta_fraction(part, first, second) / first
    } else {
        1.0 - factor * beta_fraction(rest, second, first) / second
    }
}

/// The continued fraction of the incomplete beta function, worked out from its beginning.
///
/// - Source: Lentz, *Generating Bessel Functions in Mie Scattering Calculations*, Applied Optics 15 (1976).
fn beta_fraction(part: f64, first: f64, second: f64) -> f64 {
    let away_from_zero = |number: f64| if number.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { number };
    let sum = first + second;
    let mut numerators = 1.0;
    let mut denominators = 1.0 / away_from_zero(1.0 - sum * part / (first + 1.0));
    let mut fraction = denominators;
    let mut advance = |term: f64| {
        denominators = 1.0 / away_from_zero(1.0 + term * denominators);
        numerators = away_from_zero(1.0 + term / numerators);
        fraction *= denominators * numerators;
        ((denominators * numerators - 1.0).abs() <= f64::EPSILON, fraction)
    };
    let mut found = 1.0;
    for count in 1..=FRACTION_TERMS_MAX {
        let step = count as f64;
        let even = step * (second - step) * part / ((first + 2.0 * step - 1.0) * (first + 2.0 * step));
        let odd = -(first + step) * (sum + step) * part / ((first + 2.0 * step) * (first + 2.0 * step + 1.0));
        advance(even);
        let (is_settled, so_far) = advance(odd);
        found = so_far;
        if is_settled {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_within};
    use crate::statistics::normal_quantile;

    #[test]
    fn gamma_as_tabulated() {
        // Γ(½) = √π, Γ(5) = 24; SciPy 1.17 gives ln Γ(1.05) and ln Γ(100.5).
        assert_close(ln_gamma(0.5), 0.5 * std::f64::consts::PI.ln());
        assert_close(ln_gamma(5.0), 24.0_f64.ln());
        assert_within(ln_gamma(1.05), -0.026_853_072_502_260_2, 1e-14);
        assert_close(ln_gamma(100.5), 361.435_540_467_777_57);
    }

    #[test]
    fn tails_as_tabulated() {
        // Abramowitz and Stegun, table 26.10: what is exceeded with 0.05, 0.01 and 0.001.
        let printed = [(3.0, 2.353, 4.541, 10.214), (5.0, 2.015, 3.365, 5.894), (30.0, 1.697, 2.457, 3.385)];
        for (degrees, twentieth, hundredth, thousandth) in printed {
            for (tail, quantile) in [(0.05, twentieth), (0.01, hundredth), (0.001, thousandth)] {
                assert_within(student_quantile(tail, degrees).unwrap(), -quantile, 6e-4);
            }
        }
    }

    #[test]
    fn as_scipy_gives_it() {
        let probabilities = [
            (-2.0, 2.1, 0.088_699_607_582_922_21),
            (-1.0, 4.0, 0.186_950_483_150_029_43),
            (-10.0, 3.7, 0.000_411_983_420_912_321_15),
            (0.5, 30.0, 0.689_638_497_557_436_3),
            (-6.0, 150.0, 7.094_604_506_623_357e-9),
        ];
        for (number, degrees, probability) in probabilities {
            assert_within(student_distribution(number, degrees), probability, 1e-12 * probability);
        }
        let quantiles = [
            (0.05, 4.0, -2.131_846_786_326_651),
            (0.01, 4.0, -3.746_947_387_979_197),
            (0.025, 2.1, -4.112_152_758_173_881),
            (0.001, 3.7, -7.795_183_875_029_166),
            (1e-9, 5.0, -98.937_224_648_369_96),
            (0.01, 200.0, -2.345_137_082_259_468_4),
            (0.4, 3.0, -0.276_670_662_332_689_8),
            (0.6, 3.0, 0.276_670_662_332_689_8),
        ];
        for (probability, degrees, quantile) in quantiles {
            let found = student_quantile(probability, degrees).unwrap();
            assert_within(found, quantile, 1e-11 * quantile.abs());
        }
    }

    #[test]
    fn one_degree_is_the_cauchy_distribution_and_many_are_the_normal_one() {
        // F(x) = ½ + arctan(x) / π; at −1 a quarter.
        assert_close(student_distribution(-1.0, 1.0), 0.25);
        let far = student_quantile(0.01, 1e6).unwrap();
        assert_within(far, normal_quantile(0.01).unwrap(), 1e-5);
        assert_eq!(student_quantile(0.0, 4.0), None);
        assert_eq!(student_quantile(f64::NAN, 4.0), None);
        assert_close(student_quantile(0.5, 4.0).unwrap(), 0.0);
    }

    proptest! {
        #[test]
        fn quantile_and_distribution_undo_each_other(probability in 1e-6..0.5_f64, degrees in 2.1..200.0_f64) {
            let back = student_distribution(student_quantile(probability, degrees).unwrap(), degrees);
            prop_assert!((back / probability - 1.0).abs() <= 1e-10, "{back} instead of {probability}");
        }
    }
}
