//! Sums, moments and quantiles of plain numbers, and the normal distribution.
//!
//! Everything expects finite numbers; a function that has no answer (a mean of nothing) says `None`. Sums carry their
//! rounding along, so that ten thousand small returns add up as exactly as ten.

use crate::student_distribution::ln_gamma;

/// A dispersion below this part of the numbers' size is rounding: numbers that do not vary come out with one, too.
const DISPERSION_ROUNDING: f64 = 1e-14;

/// Terms of the continued fraction of the normal tail; with 80 it is exact to rounding from 2.5 deviations on.
const TAIL_TERMS: usize = 80;

/// Odd powers of the normal distribution's series that are added at most; 2.5 deviations need about thirty.
const SERIES_POWER_MAX: u32 = 199;

/// Mean and central moments of a population (divided by `n`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// The mean.
    pub mean: f64,
    /// The mean of the squared deviations.
    pub variance: f64,
    /// The mean of the cubed deviations.
    pub third: f64,
    /// The mean of the deviations to the fourth.
    pub fourth: f64,
    largest: f64,
}

impl Moments {
    /// `m3 / m2^1.5`; none if the numbers do not vary.
    pub fn skewness(&self) -> Option<f64> {
        if is_rounding(self.variance.sqrt(), self.largest) {
            return None;
        }
        Some(self.third / self.variance.powf(1.5))
    }

    /// `m4 / m2² − 3`; none if the numbers do not vary.
    pub fn excess_kurtosis(&self) -> Option<f64> {
        if is_rounding(self.variance.sqrt(), self.largest) {
            return None;
        }
        Some(self.fourth / (self.variance * self.variance) - 3.0)
    }
}

/// The sum, with the rounding of every addition carried along.
///
/// - Source: Neumaier, *Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen*, ZAMM 54 (1974).
pub fn neumaier_sum(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = 0.0_f64;
    let mut lost = 0.0_f64;
    for number in numbers {
        let next = sum + number;
        lost += if number.abs() <= sum.abs() { (sum - next) + number } else { (number - next) + sum };
        sum = next;
    }
    sum + lost
}

/// The mean; none of nothing.
pub fn mean(numbers: &[f64]) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    Some(neumaier_sum(numbers.iter().copied()) / count(numbers))
}

/// The standard deviation of a sample (divided by `n − 1`); none of fewer than two numbers.
pub fn sample_standard_deviation(numbers: &[f64]) -> Option<f64> {
    if numbers.len() < 2 {
        return None;
    }
    let center = mean(numbers)?;
    let squares = neumaier_sum(numbers.iter().map(|number| (number - center).powi(2)));
    Some((squares / (count(numbers) - 1.0)).sqrt())
}

/// The moments of a population; none of nothing.
pub fn moments(numbers: &[f64]) -> Option<Moments> {
    let center = mean(numbers)?;
    let deviation_mean =
        |power: i32| neumaier_sum(numbers.iter().map(|number| (number - center).powi(power))) / count(numbers);
    Some(Moments {
        mean: center,
        variance: deviation_mean(2),
        third: deviation_mean(3),
        fourth: deviation_mean(4),
        largest: largest_magnitude(numbers),
    })
}

/// How far numbers fall short of a target: the root of the mean of the squared shortfalls, every number counting in
/// the mean; none of nothing.
///
/// - Source: Sortino and Price, *Performance Measurement in a Downside Risk Framework*, 1994.
pub fn downside_deviation(numbers: &[f64], target: f64) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let squares = neumaier_sum(numbers.iter().map(|number| (number - target).min(0.0).powi(2)));
    Some((squares / count(numbers)).sqrt())
}

/// The quantile with linear interpolation between the order statistics around `(n − 1) · probability`, as NumPy and
/// Excel's `PERCENTILE.INC` have it; none of nothing, or if the probability is not from 0 to 1.
///
/// - Source: Hyndman and Fan, *Sample Quantiles in Statistical Packages*, 1996, type 7.
pub fn quantile_type_7(numbers: &[f64], probability: f64) -> Option<f64> {
    let last = numbers.len().checked_sub(1)?;
    if !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let position = last as f64 * probability;
    let index = floor_index(position, last);
    let mut ordered = numbers.to_vec();
    let (_, lower, above) = ordered.select_nth_unstable_by(index, f64::total_cmp);
    let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(*lower);
    Some(*lower + (position - index as f64) * (next - *lower))
}

/// Whether a dispersion is nothing but the rounding of numbers of that size.
pub(crate) fn is_rounding(dispersion: f64, largest: f64) -> bool {
    dispersion <= DISPERSION_ROUNDING * largest
}

/// The largest number regardless of sign; zero of nothing.
pub(crate) fn largest_magnitude(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |largest: f64, number| largest.max(number.abs()))
}

/// The last index that does not lie beyond a position, at most `limit`. Found by halving: a cast would have to be
/// trusted for positions that fit no index.
pub(crate) fn floor_index(position: f64, limit: usize) -> usize {
    let (mut low, mut high) = (0, limit);
    while low < high {
        let middle = high - (high - low) / 2;
        if middle as f64 <= position {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// The density of the standard normal distribution.
pub fn normal_density(deviations: f64) -> f64 {
    (-0.5 * deviations * deviations).exp() / std::f64::consts::TAU.sqrt()
}

/// The probability that a standard normal number is at most this.
///
/// Inside 2.5 deviations by the series of the integral, outside by the continued fraction of the tail, so that small
/// tails keep their digits.
///
/// - Source: Marsaglia, *Evaluating the Normal Distribution*, Journal of Statistical Software 11 (2004); Abramowitz
///   and Stegun, 26.2.14.
pub fn normal_distribution(deviations: f64) -> f64 {
    let distance = deviations.abs();
    if distance < 2.5 {
        let half = normal_density(distance) * odd_series(distance);
        return if deviations < 0.0 { 0.5 - half } else { 0.5 + half };
    }
    let denominator = (1..=TAIL_TERMS).rev().fold(distance, |inner, term| distance + term as f64 / inner);
    let tail = normal_density(distance) / denominator;
    if deviations < 0.0 { tail } else { 1.0 - tail }
}

/// The probability that a chi-square number of one degree of freedom is larger than this: that a standard normal number
/// is further from zero than its root.
///
/// - Source: Abramowitz and Stegun, 26.4.
pub(crate) fn chi_square_tail_of_one_degree(number: f64) -> f64 {
    2.0 * normal_distribution(-number.sqrt())
}

/// The probability that a chi-square number of so many degrees of freedom is larger than this. One of no degrees is
/// zero.
///
/// From one or two degrees on, two more add `(x/2)^(k/2) e^(−x/2) / Γ(k/2 + 1)`; every term is positive, so that
/// nothing cancels.
///
/// - Source: Abramowitz and Stegun, 26.4.4 and 26.4.5.
pub(crate) fn chi_square_tail(number: f64, degrees: usize) -> f64 {
    if degrees == 0 || number <= 0.0 {
        return if degrees == 0 { 0.0 } else { 1.0 };
    }
    let half = number / 2.0;
    let mut below = if degrees % 2 == 1 { 1 } else { 2 };
    let mut tail = if below == 1 { chi_square_tail_of_one_degree(number) } else { (-half).exp() };
    while below < degrees {
        let power = below as f64 / 2.0;
        tail += (power * half.ln() - half - ln_gamma(power + 1.0)).exp();
        below += 2;
    }
    tail.min(1.0)
}

/// The standard normal number that is not exceeded with this probability; none outside 0 to 1 or at either end.
///
/// - Source: Wichura, *Algorithm AS 241: The Percentage Points of the Normal Distribution*, Applied Statistics 37
///   (1988), `PPND16`.
pub fn normal_quantile(probability: f64) -> Option<f64> {
    if probability.is_nan() || probability <= 0.0 || 1.0 <= probability {
        return None;
    }
    let offset = probability - 0.5;
    if offset.abs() <= 0.425 {
        let distance = 0.180625 - offset * offset;
        return Some(offset * ratio(&CENTER_NUMERATOR, &CENTER_DENOMINATOR, distance));
    }
    let tail = if offset < 0.0 { probability } else { 1.0 - probability };
    let depth = (-tail.ln()).sqrt();
    let distance = if depth <= 5.0 {
        ratio(&MIDDLE_NUMERATOR, &MIDDLE_DENOMINATOR, depth - 1.6)
    } else {
        ratio(&FAR_NUMERATOR, &FAR_DENOMINATOR, depth - 5.0)
    };
    Some(if offset < 0.0 { -distance } else { distance })
}

// The coefficients of AS 241, lowest power first, as the nearest f64.
const CENTER_NUMERATOR: [f64; 8] = [
    3.3871328727963665,
    133.14166789178438,
    1971.5909503065513,
    13731.69376550946,
    45921.95393154987,
    67265.7709270087,
    33430.57558358813,
    2509.0809287301227,
];
const CENTER_DENOMINATOR: [f64; 8] = [
    1.0,
    42.31333070160091,
    687.1870074920579,
    5394.196021424751,
    21213.794301586597,
    39307.89580009271,
    28729.085735721943,
    5226.495278852854,
];
const MIDDLE_NUMERATOR: [f64; 8] = [
    1.4234371107496835,
    4.630337846156546,
    5.769497221460691,
    3.6478483247632045,
    1.2704582524523684,
    0.2417807251774506,
    0.022723844989269184,
    0.0007745450142783414,
];
const MIDDLE_DENOMINATOR: [f64; 8] = [
    1.0,
    2.053191626637759,
    1.6763848301838038,
    0.6897673349851,
    0.14810397642748008,
    0.015198666563616457,
    0.0005475938084995345,
    1.0507500716444169e-9,
];
const FAR_NUMERATOR: [f64; 8] = [
    6.657904643501103,
    5.463784911164114,
    1.7848265399172913,
    0.29656057182850487,
    0.026532189526576124,
    0.0012426609473880784,
    2.7115555687434876e-5,
    2.0103343992922881e-7,
];
const FAR_DENOMINATOR: [f64; 8] = [
    1.0,
    0.599832206555888,
    0.1369298809227358,
    0.014875361290850615,
    0.0007868691311456133,
    1.8463183175100548e-5,
    1.421511758316446e-7,
    2.0442631033899397e-15,
];

fn ratio(numerator: &[f64], denominator: &[f64], at: f64) -> f64 {
    polynomial(numerator, at) / polynomial(denominator, at)
}

fn polynomial(coefficients: &[f64], at: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * at + coefficient)
}

/// `x + x³/3 + x⁵/(3·5) + …`: the normal integral from zero to `x`, divided by the density at `x`.
fn odd_series(distance: f64) -> f64 {
    let mut term = distance;
    let mut sum = distance;
    for power in (3..=SERIES_POWER_MAX).step_by(2) {
        term *= distance * distance / f64::from(power);
        let next = sum + term;
        if next <= sum {
            return next;
        }
        sum = next;
    }
    sum
}

fn count(numbers: &[f64]) -> f64 {
    numbers.len() as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{BACON_MONTHLY_RETURNS, any_returns, assert_close, assert_within};

    #[test]
    fn the_tail_of_chi_square_is_that_of_scipy() {
        let cases = [
            (5.5, 3, 0.138_638_617_382_415_1),
            (12.25, 12, 0.425_816_522_279_943_54),
            (0.3, 7, 0.999_899_962_617_747_9),
            (3.0, 2, (-1.5_f64).exp()),
        ];
        for (number, degrees, expected) in cases {
            assert_within(chi_square_tail(number, degrees), expected, 1e-13);
        }
        let far = chi_square_tail(300.0, 8);
        assert!((far / 4.117_794_754_094_997e-60 - 1.0).abs() < 1e-10, "{far}");
        assert_within(chi_square_tail(0.0, 5), 1.0, 0.0);
    }

    #[test]
    fn sums_keep_what_plain_addition_loses() {
        // 1 + 1e100 + 1 − 1e100: added one after the other both ones are lost.
        assert_close(neumaier_sum([1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_close(neumaier_sum([]), 0.0);
    }

    #[test]
    fn a_sample_of_three() {
        // Mean 4 of 1, 4, 7; squares 9 + 0 + 9 = 18 over n − 1 = 2 make a variance of 9.
        assert_close(mean(&[1.0, 4.0, 7.0]).unwrap(), 4.0);
        assert_close(sample_standard_deviation(&[1.0, 4.0, 7.0]).unwrap(), 3.0);
        // Below 5 are 1 and 4: shortfalls 4 and 1, squares 17, over all three numbers.
        assert_close(downside_deviation(&[1.0, 4.0, 7.0], 5.0).unwrap(), (17.0_f64 / 3.0).sqrt());
    }

    #[test]
    fn nothing_has_no_statistics() {
        assert_eq!(mean(&[]), None);
        assert_eq!(moments(&[]), None);
        assert_eq!(downside_deviation(&[], 0.0), None);
        assert_eq!(quantile_type_7(&[], 0.5), None);
        assert_eq!(quantile_type_7(&[1.0], 1.5), None);
        assert_eq!(sample_standard_deviation(&[1.0]), None);
        assert_eq!(normal_quantile(0.0), None);
        assert_eq!(normal_quantile(f64::NAN), None);
        let constant = moments(&[0.001; 7]).unwrap();
        assert_eq!(constant.skewness(), None);
        assert_eq!(constant.excess_kurtosis(), None);
    }

    #[test]
    fn bacon_as_printed() {
        // PerformanceAnalytics, examples on portfolio_bacon: DownsideDeviation(MAR = 0.5 %) = 0.0255 and
        // kurtosis(method = "sample_excess") = −0.41, which is (n − 1) / ((n − 2)(n − 3)) · ((n + 1) · g2 + 6).
        assert_within(downside_deviation(&BACON_MONTHLY_RETURNS, 0.005).unwrap(), 0.0255, 5e-5);
        let population = moments(&BACON_MONTHLY_RETURNS).unwrap().excess_kurtosis().unwrap();
        assert_within(23.0 / (22.0 * 21.0) * (25.0 * population + 6.0), -0.41, 5e-3);
    }

    #[test]
    fn quantiles_between_order_statistics() {
        // Five numbers: (n − 1) · 0.3 = 1.2, a fifth of the way from the second (20) to the third (40).
        let numbers = [50.0, 20.0, 10.0, 40.0, 80.0];
        assert_close(quantile_type_7(&numbers, 0.3).unwrap(), 24.0);
        assert_close(quantile_type_7(&numbers, 0.0).unwrap(), 10.0);
        assert_close(quantile_type_7(&numbers, 1.0).unwrap(), 80.0);
        assert_eq!(floor_index(2.999, 9), 2);
        assert_eq!(floor_index(3.0, 9), 3);
        assert_eq!(floor_index(30.0, 9), 9);
    }

    #[test]
    fn the_normal_distribution_as_tabulated() {
        // Wichura (1988), check values of PPND16.
        assert_close(normal_quantile(0.25).unwrap(), -0.674_489_750_196_081_7);
        assert_close(normal_quantile(0.001).unwrap(), -3.090_232_306_167_813_6);
        assert_close(normal_quantile(1e-20).unwrap(), -9.262_340_089_798_408);
        // Abramowitz and Stegun, table 26.1: P(1) and P(2) to fifteen places; table 26.2: Q(10) = 7.61985e-24.
        assert_within(normal_distribution(1.0), 0.841_344_746_068_543, 1e-15);
        assert_within(normal_distribution(2.0), 0.977_249_868_051_821, 1e-15);
        assert_within(normal_distribution(-10.0) * 1e24, 7.619_85, 5e-6);
        assert_within(normal_density(0.0), 0.398_942_280_401_433, 1e-15);
    }

    #[test]
    fn chi_square_as_tabulated() {
        // Abramowitz and Stegun, table 26.8, one degree of freedom: what is exceeded with 0.05, 0.01 and 0.001.
        for (number, tail) in [(3.841_46, 0.05), (6.634_90, 0.01), (10.828, 0.001)] {
            assert_within(chi_square_tail_of_one_degree(number), tail, tail * 1e-3);
        }
        assert_close(chi_square_tail_of_one_degree(0.0), 1.0);
    }

    proptest! {
        #[test]
        fn quantile_and_distribution_undo_each_other(deviations in -8.0..5.0_f64) {
            let back = normal_quantile(normal_distribution(deviations)).unwrap();
            // Near one a probability has few digits left for the tail: 1e-16 over the density.
            let tolerance = 1e-12 + 1e-15 / normal_density(deviations.max(0.0));
            prop_assert!((back - deviations).abs() <= tolerance, "{back} instead of {deviations}");
        }

        #[test]
        fn quantiles_rise_and_stay_inside(returns in any_returns(), low in 0.0..1.0_f64, high in 0.0..1.0_f64) {
            let first = quantile_type_7(&returns, low.min(high)).unwrap();
            let second = quantile_type_7(&returns, low.max(high)).unwrap();
            let rounding = 1e-15;
            prop_assert!(first <= second + rounding);
            prop_assert!(quantile_type_7(&returns, 0.0).unwrap() <= first + rounding);
            prop_assert!(second <= quantile_type_7(&returns, 1.0).unwrap() + rounding);
        }

        #[test]
        fn dispersion_scales_and_ignores_a_shift(
            returns in any_returns(),
            factor in -3.0..3.0_f64,
            shift in -1.0..1.0_f64,
        ) {
            let changed: Vec<f64> = returns.iter().map(|number| factor * number + shift).collect();
            let expected = factor.abs() * sample_standard_deviation(&returns).unwrap();
            prop_assert!((sample_standard_deviation(&changed).unwrap() - expected).abs() <= 1e-13);
        }

        #[test]
        fn the_order_of_addition_does_not_matter(returns in any_returns()) {
            let forwards = neumaier_sum(returns.iter().copied());
            let backwards = neumaier_sum(returns.iter().rev().copied());
            prop_assert!((forwards - backwards).abs() <= 1e-14);
        }
    }
}
