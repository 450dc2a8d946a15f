//! Simulated days of a portfolio whose positions move as each of them did, and together as a copula says.
//!
//! The margins are the profits of each position in past scenarios as they were; what they have in common is the
//! correlation of a Gaussian copula, or of one of Student's t, in which the worst days of all come together more often.
//! The correlation follows from Kendall's rank correlation, `sin(π τ / 2)`, which holds for both and needs no
//! distribution of the margins.

use crate::figure::NoFigure;
use crate::philox;
use crate::risk::monte_carlo::PATHS_MAX;
use crate::statistics::{floor_index, neumaier_sum, normal_distribution};

/// Positions at most: their correlations are compared pair by pair and day by day.
pub const POSITIONS_MAX: usize = 200;

/// Fewer scenarios say nothing about what moves together.
pub const SCENARIOS_MIN: usize = 60;

/// The degrees of freedom of Student's copula. They are chosen and not fitted: daily returns of shares and currencies
/// are said to have three to six.
pub const DEGREES: f64 = 4.0;

/// How positions move together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copula {
    /// As jointly normal numbers do: extremes come together no more often than they must.
    Gaussian,
    /// As jointly t-distributed numbers of [`DEGREES`] degrees of freedom do.
    Student,
}

/// What the positions earn on each of so many simulated paths; the days of a path are added up.
///
/// - Input: the profits of each position in the same scenarios; from one to [`PATHS_MAX`] paths.
/// - Output: money as the profits. The same question has the same paths: random numbers are made from their position.
/// - Edge: a position that never moved adds what it always did. On one day no position loses more than on its worst
///   one.
/// - Unavailable: no position or more than [`POSITIONS_MAX`]; fewer than [`SCENARIOS_MIN`] scenarios, or not as many of
///   each; a profit that is not finite.
/// - Source: McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2nd ed., 7.3 and 7.5; Demarta and McNeil, *The
///   t Copula and Related Copulas*, International Statistical Review 73 (2005).
///
/// # Errors
/// [`NoFigure`] as named.
pub fn copula_paths(
    profits: &[Vec<f64>],
    copula: Copula,
    days: u32,
    (seed, paths): (u64, usize),
) -> Result<Vec<f64>, NoFigure> {
    check(profits, paths)?;
    let factor = factor_of(&correlations(profits));
    let ordered: Vec<Vec<f64>> = profits.iter().map(|row| in_order(row)).collect();
    // Of each day a draw for every position, and one for what they have in common.
    let step = u32::try_from(profits.len() + 1).map_err(|_| NoFigure::new("there are too many positions"))?;
    let mut normals = vec![0.0; profits.len()];
    let path_sum = |path: u64| {
        let mut sum = 0.0;
        for day in 0..days {
            let first = day.wrapping_mul(step);
            for (place, draw) in normals.iter_mut().zip(1_u32..) {
                *place = philox::normal(seed, path, first.wrapping_add(draw));
            }
            let stretch = match copula {
                Copula::Gaussian => None,
                Copula::Student => Some(stretch(philox::uniform_pair(seed, path, first))),
            };
            for (row, numbers) in factor.iter().zip(&ordered) {
                let together: f64 = row.iter().zip(&normals).map(|(weight, normal)| weight * normal).sum();
                let probability = match stretch {
                    None => normal_distribution(together),
                    Some(stretch) => student_of_four(together * stretch),
                };
                sum += quantile(numbers, probability);
            }
        }
        sum
    };
    Ok((0_u64..).take(paths).map(path_sum).collect())
}

fn check(profits: &[Vec<f64>], paths: usize) -> Result<(), NoFigure> {
    let scenarios = profits.first().map_or(0, Vec::len);
    if profits.is_empty() {
        return Err(NoFigure::new("there is no position"));
    }
    if POSITIONS_MAX < profits.len() {
        let count = profits.len();
        return Err(NoFigure::new(format!("{count} positions are more than the {POSITIONS_MAX} of a simulation")));
    }
    if !(1..=PATHS_MAX).contains(&paths) {
        return Err(NoFigure::new(format!("a simulation of {paths} paths is not from 1 to {PATHS_MAX}")));
    }
    if scenarios < SCENARIOS_MIN {
        return Err(NoFigure::new(format!(
            "{scenarios} scenarios; {SCENARIOS_MIN} are needed for what moves together"
        )));
    }
    if profits.iter().any(|row| row.len() != scenarios || row.iter().any(|number| !number.is_finite())) {
        return Err(NoFigure::new("a position has no profit in some scenario"));
    }
    Ok(())
}

/// The correlations of the copula, a row for each position with those of the positions before it.
fn correlations(profits: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let pair = |(number, row): (usize, &Vec<f64>)| {
        let before = profits.iter().take(number);
        before.map(|other| (std::f64::consts::FRAC_PI_2 * kendall(row, other)).sin()).collect()
    };
    profits.iter().enumerate().map(pair).collect()
}

/// Kendall's rank correlation with equal numbers of either counted out (τ-b); zero if one of them never moved.
///
/// - Source: Kendall, *The Treatment of Ties in Ranking Problems*, Biometrika 33 (1945).
fn kendall(one: &[f64], other: &[f64]) -> f64 {
    let sign = |left: f64, right: f64| {
        if left < right {
            1.0
        } else if right < left {
            -1.0
        } else {
            0.0
        }
    };
    let (mut both, mut of_one, mut of_other) = (0.0, 0.0, 0.0);
    for (place, (left, across)) in one.iter().zip(other).enumerate() {
        for (before, beside) in one.iter().zip(other).take(place) {
            let (first, second) = (sign(*before, *left), sign(*beside, *across));
            both += first * second;
            of_one += first * first;
            of_other += second * second;
        }
    }
    let scale: f64 = of_one * of_other;
    if 0.0 < scale { both / scale.sqrt() } else { 0.0 }
}

/// A lower triangle that times its mirror image is the matrix of correlations. Correlations that follow from ranks pair
/// by pair need not belong together: a pivot that is negative is taken as zero, and each row is brought to its length
/// of one again, so that the margins stay what they are.
fn factor_of(correlations: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(correlations.len());
    for before in correlations {
        let mut row: Vec<f64> = Vec::with_capacity(before.len() + 1);
        for (correlation, other) in before.iter().zip(&factor) {
            let known = neumaier_sum(row.iter().zip(other).map(|(left, right)| left * right));
            let pivot = other.last().copied().unwrap_or(0.0);
            row.push(if PIVOT_MIN < pivot { (correlation - known) / pivot } else { 0.0 });
        }
        let square = neumaier_sum(row.iter().map(|number| number * number));
        row.push((1.0 - square).max(0.0).sqrt());
        let length = neumaier_sum(row.iter().map(|number| number * number)).sqrt();
        row.iter_mut().for_each(|number| *number /= length);
        factor.push(row);
    }
    factor
}

/// A pivot below this is rounding: the position moves as those before it do.
const PIVOT_MIN: f64 = 1e-7;

fn in_order(numbers: &[f64]) -> Vec<f64> {
    let mut ordered = numbers.to_vec();
    ordered.sort_unstable_by(f64::total_cmp);
    ordered
}

/// The quantile of type 7 of ordered numbers.
fn quantile(ordered: &[f64], probability: f64) -> f64 {
    let last = ordered.len().saturating_sub(1);
    let position = probability * last as f64;
    let index = floor_index(position, last);
    let lower = ordered.get(index).copied().unwrap_or(f64::NAN);
    let next = ordered.get(index + 1).copied().unwrap_or(lower);
    lower + (position - index as f64) * (next - lower)
}

/// By what normal numbers become ones of Student's t with four degrees of freedom: the root of four over a chi-square
/// number of four degrees, which is minus twice the logarithm of a product of two uniform ones.
fn stretch([first, second]: [f64; 2]) -> f64 {
    (DEGREES / (-2.0 * (first.ln() + second.ln()))).sqrt()
}

/// The distribution of Student's t with four degrees of freedom, which is a polynomial of `t / √(4 + t²)`.
fn student_of_four(number: f64) -> f64 {
    let part = number / (DEGREES + number * number).sqrt();
    0.5 + 0.75 * (part - part * part * part / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::monte_carlo;
    use crate::sample_series::{assert_close, assert_within};
    use crate::student_distribution::student_distribution;

    /// Two positions of 120 scenarios that jump about and have something in common.
    fn two() -> Vec<Vec<f64>> {
        let jump = |place: u32, step: u32, size: u32| f64::from(place * step % size) - f64::from(size / 2);
        let first: Vec<f64> = (0..120).map(|place| jump(place, 37, 41)).collect();
        let second: Vec<f64> = (0..120)
            .map(|place| 0.5 * jump(place, 37, 41) + jump(place, 29, 53) - 0.1 * f64::from(place % 3))
            .collect();
        vec![first, second]
    }

    #[test]
    fn ranks_as_scipy_correlates_them() {
        // scipy.stats.kendalltau.
        let rows = two();
        assert_within(kendall(&rows[0], &rows[1]), 0.109_313_376_188_259_98, 1e-12);
        assert_close(kendall(&rows[0], &rows[0]), 1.0);
        assert_close(kendall(&rows[0], &[1.0; 120]), 0.0);
    }

    #[test]
    fn the_distribution_of_four_degrees_is_that_of_student() {
        for number in [-8.0, -1.3, 0.0, 0.4, 3.7] {
            assert_within(student_of_four(number), student_distribution(number, 4.0), 1e-13);
        }
    }

    #[test]
    fn a_factor_makes_its_correlations_again() {
        let found = factor_of(&[vec![], vec![0.5], vec![0.2, -0.3]]);
        let entry = |one: usize, other: usize| found[one].iter().zip(&found[other]).map(|(l, r)| l * r).sum::<f64>();
        assert_close(entry(1, 0), 0.5);
        assert_close(entry(2, 0), 0.2);
        assert_close(entry(2, 1), -0.3);
        assert_close(entry(2, 2), 1.0);
        // What moves alike, and what cannot be: rows keep their length.
        for wrong in [vec![vec![], vec![1.0], vec![1.0, 1.0]], vec![vec![], vec![0.9], vec![0.9, -0.9]]] {
            for row in factor_of(&wrong) {
                assert_close(row.iter().map(|number| number * number).sum(), 1.0);
            }
        }
    }

    #[test]
    fn two_positions_as_numpy_simulates_them() {
        // Four million paths of numpy.random.Generator.multivariate_normal with the same margins and the correlation
        // sin(π τ / 2); for Student's copula divided by the root of chisquare(4) / 4.
        let expected = [(Copula::Gaussian, (39.6, 42.616_485)), (Copula::Student, (40.623_617, 44.418_442))];
        for (copula, (at_risk, shortfall)) in expected {
            let outcomes = copula_paths(&two(), copula, 1, (monte_carlo::SEED, monte_carlo::PATHS)).unwrap();
            let found = monte_carlo::of_paths(outcomes, 0.01, monte_carlo::SEED).unwrap();
            let (low, high) = found.value_at_risk_interval;
            assert_within(found.risk.value_at_risk(), at_risk, high - low);
            assert_within(found.risk.expected_shortfall(), shortfall, 4.0 * found.expected_shortfall_error);
        }
    }

    #[test]
    fn one_position_loses_what_it_lost() {
        // One margin alone: the quantile is that of the scenarios themselves.
        let only = vec![two().remove(0)];
        for copula in [Copula::Gaussian, Copula::Student] {
            let outcomes = copula_paths(&only, copula, 1, (1, 20_000)).unwrap();
            let least = outcomes.iter().copied().fold(f64::INFINITY, f64::min);
            assert!((-20.0..-19.5).contains(&least), "{least}");
            let mean = outcomes.iter().sum::<f64>() / 20_000.0;
            let expected = only[0].iter().sum::<f64>() / 120.0;
            // A deviation of twelve over the root of 20,000 is 0.085.
            assert_within(mean, expected, 0.4);
        }
    }

    #[test]
    fn the_same_question_has_the_same_paths_and_what_is_none_has_a_reason() {
        let rows = two();
        let ask = |rows: &[Vec<f64>], seed, paths| copula_paths(rows, Copula::Student, 3, (seed, paths));
        assert_eq!(ask(&rows, 7, 50), ask(&rows, 7, 50));
        assert_ne!(ask(&rows, 7, 50), ask(&rows, 8, 50));
        let reason = |rows: &[Vec<f64>], paths| ask(rows, 7, paths).unwrap_err().to_string();
        assert_eq!(reason(&[], 10), "there is no position");
        assert_eq!(reason(&vec![vec![0.0; 60]; 201], 10), "201 positions are more than the 200 of a simulation");
        assert_eq!(reason(&[vec![0.0; 59]], 10), "59 scenarios; 60 are needed for what moves together");
        assert_eq!(reason(&[vec![0.0; 60], vec![0.0; 61]], 10), "a position has no profit in some scenario");
        assert!(reason(&rows, 0).contains("is not from 1 to"));
    }
}
