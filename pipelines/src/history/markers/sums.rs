//! Sums of hashes by month.

use std::collections::BTreeMap;

use schemas::BusinessDate;

use crate::history::{month_start, next_month};

/// Sums of hashes by month; the months in between have none.
pub(super) type Months = BTreeMap<BusinessDate, u64>;

/// Adds the hash of a fact to its month.
pub(super) fn add(months: &mut Months, month: BusinessDate, hash: u64) {
    let sum = months.entry(month).or_insert(0);
    *sum = sum.wrapping_add(hash);
}

/// The months that any portfolio has, one after the other.
pub(super) struct Axis {
    months: Vec<BusinessDate>,
}

impl Axis {
    /// From the month of a day to that of another.
    pub(super) fn new(first: BusinessDate, last: BusinessDate) -> Axis {
        let mut months = Vec::new();
        let mut month = month_start(first);
        while month <= last {
            months.push(month);
            let next = next_month(month);
            if next == month {
                break;
            }
            month = next;
        }
        Axis { months }
    }

    /// The first days of the months.
    pub(super) fn months(&self) -> &[BusinessDate] {
        &self.months
    }

    /// Where the month of a day stands, or would stand.
    pub(super) fn place(&self, day: BusinessDate) -> usize {
        let month = month_start(day);
        self.months.partition_point(|own| *own < month)
    }
}

/// The sum of one month, and that of all months up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) month: u64,
    pub(super) so_far: u64,
}

impl Sums {
    /// What counts of a thing: its month, or if it is touched for the first time everything up to it.
    pub(super) fn counted(self, is_new: bool) -> u64 {
        if is_new { self.so_far } else { self.month }
    }
}

/// The sums of each month of the axis; earlier months are in the first sum so far.
pub(super) fn along(axis: &Axis, months: Option<&Months>) -> Vec<Sums> {
    let mut left = months.into_iter().flatten().peekable();
    let mut so_far = 0_u64;
    let sums = axis.months().iter().map(|month| {
        while let Some((_, sum)) = left.next_if(|(earlier, _)| *earlier < month) {
            so_far = so_far.wrapping_add(*sum);
        }
        let own = left.next_if(|(own, _)| *own == month).map_or(0, |(_, sum)| *sum);
        so_far = so_far.wrapping_add(own);
        Sums { month: own, so_far }
    });
    sums.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_so_far_begin_before_the_axis() {
        let date = |text: &str| text.parse::<BusinessDate>().expect("a date");
        let axis = Axis::new(date("2024-02-20"), date("2024-04-01"));
        assert_eq!(axis.months(), [date("2024-02-01"), date("2024-03-01"), date("2024-04-01")]);
        assert_eq!(axis.place(date("2024-03-31")), 1);
        let mut months = Months::new();
        for (month, hash) in [("2023-07-01", 1), ("2024-01-01", 10), ("2024-02-01", 100), ("2024-04-01", u64::MAX)] {
            add(&mut months, date(month), hash);
        }
        let sums = along(&axis, Some(&months));
        let expected = [(100, 111), (0, 111), (u64::MAX, 110)];
        assert_eq!(sums, expected.map(|(month, so_far)| Sums { month, so_far }));
        assert_eq!(along(&axis, None), [Sums::default(); 3]);
    }
}
