//! The worst returns of a series in order, which is all that the tail of a historical simulation needs.

use crate::statistics::{floor_index, neumaier_sum};

/// The smallest of some numbers, in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Worst {
    ordered: Vec<f64>,
    count: usize,
}

impl Worst {
    /// As many of the smallest numbers as tails of up to this probability reach into.
    pub(crate) fn of(numbers: &[f64], tail_probability_max: f64) -> Worst {
        let count = numbers.len();
        let mut ordered = numbers.to_vec();
        let Some(last) = count.checked_sub(1) else { return Worst { ordered, count } };
        let edge = floor_index(tail_probability_max * last as f64, last) + 1;
        let whole = floor_index(tail_probability_max * count as f64, count);
        let needed = edge.max(whole);
        if needed < last {
            ordered.select_nth_unstable_by(needed, f64::total_cmp);
            ordered.truncate(needed + 1);
        }
        ordered.sort_unstable_by(f64::total_cmp);
        Worst { ordered, count }
    }

    /// The quantile with linear interpolation between order statistics (Hyndman and Fan's type 7); none of nothing, or
    /// if the tail reaches further than the numbers that were kept.
    pub(crate) fn quantile(&self, tail_probability: f64) -> Option<f64> {
        let last = self.count.checked_sub(1)?;
        let position = last as f64 * tail_probability;
        let index = floor_index(position, last);
        let lower = *self.ordered.get(index)?;
        let next = if index == last { lower } else { *self.ordered.get(index + 1)? };
        Some(lower + (position - index as f64) * (next - lower))
    }

    /// The mean of exactly the tail's share of the numbers; the last of them counts as far as the share reaches into
    /// it. None of nothing, or if the tail reaches further than the numbers that were kept.
    pub(crate) fn part_mean(&self, tail_probability: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let part = tail_probability * self.count as f64;
        let whole = floor_index(part, self.count);
        let rest = if whole == self.count { 0.0 } else { (part - whole as f64) * *self.ordered.get(whole)? };
        let worst = self.ordered.get(..whole)?;
        Some((neumaier_sum(worst.iter().copied()) + rest) / part)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::any_returns;
    use crate::statistics::quantile_type_7;

    #[test]
    fn beyond_what_was_kept_nothing_is_made_up() {
        let numbers: Vec<f64> = (0..1000).map(f64::from).collect();
        let worst = Worst::of(&numbers, 0.05);
        assert_eq!(worst.ordered.len(), 51);
        assert!(worst.quantile(0.05).is_some() && worst.part_mean(0.01).is_some());
        assert_eq!(worst.quantile(0.2), None);
        assert_eq!(worst.part_mean(0.2), None);
        assert_eq!(Worst::of(&[], 0.05).quantile(0.05), None);
        assert_eq!(Worst::of(&[], 0.05).part_mean(0.05), None);
    }

    proptest! {
        #[test]
        fn the_worst_are_those_of_the_whole_order(
            returns in any_returns(),
            tail in 0.001..0.999_f64,
            share in 0.0..1.0_f64,
        ) {
            let inside = tail * share;
            let worst = Worst::of(&returns, tail);
            prop_assert_eq!(worst.quantile(inside), quantile_type_7(&returns, inside));
            prop_assert_eq!(worst.quantile(tail), Worst::of(&returns, 0.999).quantile(tail));
            prop_assert_eq!(worst.part_mean(tail), Worst::of(&returns, 0.999).part_mean(tail));
        }
    }
}
