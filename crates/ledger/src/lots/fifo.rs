//! First in, first out.

use super::{CostBasis, Lot};

/// First in, first out: the lot that was opened first is closed first.
pub static METHOD: CostBasis = CostBasis {
    id: "fifo",
    definition: "the lot that was opened first is closed first; lots of one day in the order of their bookings",
    next,
};

fn next(_lots: &[Lot]) -> usize {
    0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::super::close;
    use super::*;

    fn lot(quantity: i64, cost_cents: i64) -> Lot {
        Lot {
            opened_date: "2013-01-02".parse().expect("a date"),
            quantity: Decimal::from(quantity),
            cost: Some(Decimal::new(cost_cents, 2)),
            cost_base: Some(Decimal::new(cost_cents, 2)),
        }
    }

    #[test]
    fn the_oldest_goes_first_and_a_part_takes_its_share() {
        // 10 for 100.00, then 10 for 120.00; selling 15 gives up 100.00 + 5/10 · 120.00.
        let mut lots = vec![lot(10, 10_000), lot(10, 12_000)];
        let closed = close(&mut lots, Decimal::from(15), &METHOD).expect("fits");
        assert_eq!(closed.cost, Some(Decimal::new(16_000, 2)));
        assert_eq!(lots, vec![lot(5, 6_000)]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(
            sizes in prop::collection::vec((1_i64..1000, 0_i64..1_000_000), 1..12), sold in 1_i64..8000,
        ) {
            let mut lots: Vec<Lot> = sizes.iter().map(|(quantity, cost)| lot(*quantity, *cost)).collect();
            let total = |lots: &[Lot]| -> (Decimal, Decimal) {
                (lots.iter().map(|lot| lot.quantity).sum(), lots.iter().filter_map(|lot| lot.cost).sum())
            };
            let (units_before, cost_before) = total(&lots);
            let closed = close(&mut lots, Decimal::from(sold), &METHOD).expect("fits");
            let (units_after, cost_after) = total(&lots);
            prop_assert_eq!(closed.quantity + units_after, units_before);
            prop_assert_eq!(closed.quantity, Decimal::from(sold).min(units_before));
            let drift = closed.cost.expect("known") + cost_after - cost_before;
            prop_assert!(drift.abs() < Decimal::new(1, 18), "{}", drift);
        }
    }
}
