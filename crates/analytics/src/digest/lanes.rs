//! Sums in eight lanes: the first number into the first lane, the ninth into it again.
//!
//! A sum that goes through one variable waits for each addition before the next. Eight do not, and the compiler adds
//! several at once. The order is always the same, so that equal numbers have equal sums, bit for bit.

/// Sums that run beside each other.
const LANES: usize = 8;

/// The sum of a term of each number.
pub(crate) fn sum(numbers: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (rows, rest) = numbers.as_chunks::<LANES>();
    for row in rows {
        for (lane, number) in lanes.iter_mut().zip(row) {
            *lane += term(*number);
        }
    }
    for (lane, number) in lanes.iter_mut().zip(rest) {
        *lane += term(*number);
    }
    folded(lanes)
}

/// The sum of a term of each pair of numbers that stand at the same place.
pub(crate) fn sum_of_pairs(numbers: &[f64], others: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (rows, rest) = numbers.as_chunks::<LANES>();
    let (other_rows, other_rest) = others.as_chunks::<LANES>();
    for (row, other_row) in rows.iter().zip(other_rows) {
        for (lane, (number, other)) in lanes.iter_mut().zip(row.iter().zip(other_row)) {
            *lane += term(*number, *other);
        }
    }
    for (lane, (number, other)) in lanes.iter_mut().zip(rest.iter().zip(other_rest)) {
        *lane += term(*number, *other);
    }
    folded(lanes)
}

/// The sum of all numbers, with the rounding of every addition carried along.
///
/// - Source: Knuth, *The Art of Computer Programming*, vol. 2, 4.2.2, theorem B, for what an addition loses.
pub(crate) fn exact_sum(numbers: &[f64]) -> f64 {
    let (mut lanes, mut losses) = ([0.0; LANES], [0.0; LANES]);
    let (rows, rest) = numbers.as_chunks::<LANES>();
    for row in rows {
        for ((lane, lost), number) in lanes.iter_mut().zip(&mut losses).zip(row) {
            (*lane, *lost) = added(*lane, *lost, *number);
        }
    }
    for ((lane, lost), number) in lanes.iter_mut().zip(&mut losses).zip(rest) {
        (*lane, *lost) = added(*lane, *lost, *number);
    }
    let (mut total, mut rounding) = (0.0, 0.0);
    for (lane, lost) in lanes.into_iter().zip(losses) {
        (total, rounding) = added(total, rounding + lost, lane);
    }
    total + rounding
}

/// What one number after the other makes of a first one, e.g. the largest; the order does not matter to it.
pub(crate) fn extreme(numbers: &[f64], first: f64, pick: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [first; LANES];
    let (rows, rest) = numbers.as_chunks::<LANES>();
    for row in rows {
        for (lane, number) in lanes.iter_mut().zip(row) {
            *lane = pick(*lane, *number);
        }
    }
    for (lane, number) in lanes.iter_mut().zip(rest) {
        *lane = pick(*lane, *number);
    }
    lanes.into_iter().fold(first, pick)
}

/// A sum with one more number, and what its roundings have lost so far.
fn added(sum: f64, lost: f64, number: f64) -> (f64, f64) {
    let next = sum + number;
    let part = next - sum;
    (next, lost + ((sum - (next - part)) + (number - part)))
}

fn folded(lanes: [f64; LANES]) -> f64 {
    let [one, two, three, four, five, six, seven, eight] = lanes;
    ((one + two) + (three + four)) + ((five + six) + (seven + eight))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::any_returns;
    use crate::statistics::neumaier_sum;

    #[test]
    fn rounding_is_carried_along() {
        // 1 + 1e100 + 1 − 1e100, in lanes of their own and in one lane: added plainly both ones are lost.
        assert!((exact_sum(&[1.0, 1e100, 1.0, -1e100]) - 2.0).abs() < 1e-15);
        let mut one_lane = [0.0; 4 * LANES];
        for (place, number) in [1.0, 1e100, 1.0, -1e100].into_iter().enumerate() {
            one_lane[place * LANES] = number;
        }
        assert!((exact_sum(&one_lane) - 2.0).abs() < 1e-15);
        assert!(exact_sum(&[]).abs() < 1e-300);
    }

    proptest! {
        #[test]
        fn every_number_counts_once(returns in any_returns()) {
            let straight = neumaier_sum(returns.iter().copied());
            prop_assert!((exact_sum(&returns) - straight).abs() <= 1e-16 * (1.0 + straight.abs()));
            let squares: f64 = returns.iter().map(|number| number * number).sum();
            prop_assert!((sum(&returns, |number| number * number) - squares).abs() <= 1e-13 * squares);
            let pairs = sum_of_pairs(&returns, &returns, |number, other| number * other);
            prop_assert!((pairs - squares).abs() <= 1e-13 * squares);
            let largest = returns.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(extreme(&returns, f64::NEG_INFINITY, f64::max).total_cmp(&largest).is_eq());
        }
    }
}
