//! Risk divided between groups of instruments that move alike, and within them.

use super::{OptimizationError, OptimizationProblem, Optimizer};
use crate::covariance_matrix::CovarianceMatrix;
use crate::statistics;

/// Weights by López de Prado's hierarchical risk parity.
///
/// Instruments are joined, the nearest first, by the distance `√((1 − ρ) / 2)` of the nearest two of two groups (single
/// linkage), and put in the order of that tree, the group that was there earlier first. The order is cut into halves
/// again and again; of each two halves one gets `1 − v₁ / (v₁ + v₂)` of the weight, `v` the variance of a half with
/// weights inverse to the variances in it.
///
/// - Input: covariances a year.
/// - Output: weights as fractions that add up to one, none of them zero. Nothing is inverted: also covariances of many
///   instruments from few days do.
/// - Error: an instrument's variance is zero or negative.
/// - Source: López de Prado, *Building Diversified Portfolios that Outperform Out of Sample*, Journal of Portfolio
///   Management 42 (2016); the distance itself is linked, not the distance of distances.
pub static OPTIMIZER: Optimizer = Optimizer {
    id: "hierarchical_risk_parity",
    title: "Hierarchical risk parity",
    definition: "Weights that divide the risk between groups of instruments that move alike, and within them.",
    solve: hierarchical_risk_parity,
};

/// Instruments that were joined.
struct Group {
    /// The earlier, the smaller: single instruments first.
    number: usize,
    /// Its instruments in the order of the tree.
    members: Vec<usize>,
}

fn hierarchical_risk_parity(problem: &OptimizationProblem) -> Result<Vec<f64>, OptimizationError> {
    let covariance = &problem.covariance;
    let variances = covariance.variances();
    if let Some(index) = variances.iter().position(|variance| *variance <= 0.0) {
        let variance = variances.get(index).copied().unwrap_or_default();
        return Err(OptimizationError::NoVariance { instrument: index + 1, variance });
    }
    let order = in_order_of_the_tree(covariance, &variances);
    let mut weights = vec![1.0; variances.len()];
    let mut halves: Vec<&[usize]> = vec![order.as_slice()];
    while let Some(group) = halves.pop() {
        if group.len() < 2 {
            continue;
        }
        let (left, right) = group.split_at(group.len() / 2);
        let [of_left, of_right] = [left, right].map(|half| variance_of(covariance, &variances, half));
        let part = 1.0 - of_left / (of_left + of_right);
        for (half, part) in [(left, part), (right, 1.0 - part)] {
            for instrument in half {
                weights[*instrument] *= part;
            }
            halves.push(half);
        }
    }
    let total = statistics::neumaier_sum(weights.iter().copied());
    Ok(weights.into_iter().map(|weight| weight / total).collect())
}

/// The instruments in the order in which the tree of their distances has them.
fn in_order_of_the_tree(covariance: &CovarianceMatrix, variances: &[f64]) -> Vec<usize> {
    let rows: Vec<&[f64]> = covariance.rows().collect();
    let distance = |one: usize, other: usize| {
        let scale = (variances[one] * variances[other]).sqrt();
        let correlation = (rows[one][other] / scale).clamp(-1.0, 1.0);
        ((1.0 - correlation) / 2.0).sqrt()
    };
    let nearest = |one: &Group, other: &Group| {
        let pairs = one.members.iter().flat_map(|left| other.members.iter().map(move |right| (*left, *right)));
        pairs.map(|(left, right)| distance(left, right)).fold(f64::INFINITY, f64::min)
    };
    let mut groups: Vec<Group> = (0..variances.len()).map(|number| Group { number, members: vec![number] }).collect();
    let mut next = groups.len();
    while 1 < groups.len() {
        let mut found = (0, 1, f64::INFINITY);
        for (later, other) in groups.iter().enumerate() {
            for (earlier, one) in groups.iter().enumerate().take(later) {
                let apart = nearest(one, other);
                if apart < found.2 {
                    found = (earlier, later, apart);
                }
            }
        }
        let (right, left) = (groups.remove(found.1), groups.remove(found.0));
        let (first, second) = if left.number < right.number { (left, right) } else { (right, left) };
        groups.push(Group { number: next, members: [first.members, second.members].concat() });
        next += 1;
    }
    groups.pop().map(|group| group.members).unwrap_or_default()
}

/// The variance of some instruments with weights inverse to their variances.
fn variance_of(covariance: &CovarianceMatrix, variances: &[f64], group: &[usize]) -> f64 {
    let total: f64 = group.iter().map(|instrument| 1.0 / variances[*instrument]).sum();
    let weight = |instrument: usize| 1.0 / variances[instrument] / total;
    let rows: Vec<&[f64]> = covariance.rows().collect();
    let of_row = |row: usize| group.iter().map(|column| weight(*column) * rows[row][*column]).sum::<f64>();
    group.iter().map(|row| weight(*row) * of_row(*row)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_instruments_are_weighed_inversely_to_their_variances() {
        let rows = [vec![0.01, 0.004], vec![0.004, 0.04]];
        let problem = OptimizationProblem::long_only(CovarianceMatrix::from_rows(&rows).unwrap());
        let found = hierarchical_risk_parity(&problem).unwrap();
        assert!((found[0] - 0.8).abs() < 1e-12 && (found[1] - 0.2).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn two_that_are_one_share_the_weight_of_one() {
        // The first and the third move as one, the second by itself, all with one variance: 1 / 2, and twice 1 / 4. The
        // order is second, first, third: its halves are the second alone and the other two.
        let rows = [vec![0.04, 0.0, 0.04], vec![0.0, 0.04, 0.0], vec![0.04, 0.0, 0.04]];
        let problem = OptimizationProblem::long_only(CovarianceMatrix::from_rows(&rows).unwrap());
        let found = hierarchical_risk_parity(&problem).unwrap();
        for (weight, expected) in found.iter().zip([0.25, 0.5, 0.25]) {
            assert!((weight - expected).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn an_instrument_that_never_moves_is_named() {
        let rows = [vec![0.01, 0.0], vec![0.0, 0.0]];
        let problem = OptimizationProblem::long_only(CovarianceMatrix::from_rows(&rows).unwrap());
        let error = hierarchical_risk_parity(&problem).unwrap_err();
        assert_eq!(error, OptimizationError::NoVariance { instrument: 2, variance: 0.0 });
    }
}
