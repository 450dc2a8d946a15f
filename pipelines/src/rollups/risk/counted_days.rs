//! The valuation dates on which something of a portfolio was quoted, among those of its market (docs/adr/0024).
//!
//! Most portfolios hold something that was quoted on every one of them, and share the scenarios of their market. The
//! others have scenarios of their own: from one date on which something that they hold was quoted to the next.

use analytics::sampling::is_on_weekend;
use ledger::Listing;
use schemas::BusinessDate;

/// Some of the days of a window, a bit for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DaySet {
    first: usize,
    count: usize,
    bits: Vec<u64>,
}

impl DaySet {
    /// No day from one to another, both included.
    pub(super) fn none(first: usize, last: usize) -> DaySet {
        let count = (last + 1).saturating_sub(first);
        DaySet { first, count, bits: vec![0; count.div_ceil(64)] }
    }

    /// The days on which a line was quoted.
    pub(super) fn quoted(listing: &Listing, first: usize, last: usize) -> DaySet {
        let mut set = DaySet::none(first, last);
        let Some(from) = listing.first_day() else { return set };
        let mut carried = listing.carried_days(first, last + 1).iter().peekable();
        for day in first.max(from)..=last {
            while carried.next_if(|carried| **carried < day).is_some() {}
            if carried.next_if(|carried| **carried == day).is_none() {
                set.insert(day);
            }
        }
        set
    }

    /// The days from Monday to Friday, which are those of cash.
    pub(super) fn weekdays(dates: &[BusinessDate], first: usize, last: usize) -> DaySet {
        let mut set = DaySet::none(first, last);
        for (day, date) in dates.iter().enumerate().take(last + 1).skip(first) {
            if !is_on_weekend(*date) {
                set.insert(day);
            }
        }
        set
    }

    fn insert(&mut self, day: usize) {
        let place = day - self.first;
        if let Some(word) = self.bits.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    /// Adds the days of another set of the same window.
    pub(super) fn add(&mut self, other: &DaySet) {
        for (word, more) in self.bits.iter_mut().zip(&other.bits) {
            *word |= more;
        }
    }

    /// Whether every day from one on is among them.
    pub(super) fn has_all_from(&self, day: usize) -> bool {
        let from = day.saturating_sub(self.first);
        self.bits.iter().enumerate().all(|(number, word)| {
            let low = 64 * number;
            let wanted = |bit: usize| from <= low + bit && low + bit < self.count;
            let mask = if from <= low && low + 64 <= self.count {
                u64::MAX
            } else {
                (0..64).filter(|bit| wanted(*bit)).fold(0, |mask, bit| mask | (1 << bit))
            };
            word & mask == mask
        })
    }

    /// Whether a day is among them.
    pub(super) fn contains(&self, day: usize) -> bool {
        let place = day.checked_sub(self.first);
        place.is_some_and(|place| self.bits.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1))
    }

    /// The days in order.
    pub(super) fn days(&self) -> Vec<usize> {
        (self.first..self.first + self.count).filter(|day| self.contains(*day)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_set_has_what_was_put_in(
            first in 0..300_usize,
            count in 1..200_usize,
            marks in prop::collection::vec(any::<bool>(), 200),
            from in 0..200_usize,
        ) {
            let last = first + count - 1;
            let mut set = DaySet::none(first, last);
            let expected: Vec<usize> = (first..=last).filter(|day| marks[day - first]).collect();
            expected.iter().for_each(|day| set.insert(*day));
            prop_assert_eq!(set.days(), expected.clone());
            let from = first + from.min(count - 1);
            let all = (from..=last).all(|day| expected.contains(&day));
            prop_assert_eq!(set.has_all_from(from), all);
            let mut both = DaySet::none(first, last);
            both.insert(last);
            both.add(&set);
            prop_assert!(both.contains(last) && expected.iter().all(|day| both.contains(*day)));
        }
    }
}
