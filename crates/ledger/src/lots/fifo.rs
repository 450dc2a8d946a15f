//! First in, first out.

use super::{CostBasis, Keeps, Lot, TaxLaw};
use crate::open_lots::{close_in_order, nothing_pending, open_lot};

/// First in, first out: the lot that was acquired first is closed first.
pub static METHOD: CostBasis = CostBasis {
    id: "fifo",
    definition: "the lot that was acquired first is closed first; lots of one day in the order of their bookings",
    source: "e.g. German EStG § 20(4) sentence 7; 26 CFR 1.1012-1(c)(1)",
    keeps: Keeps::Lots,
    law: TaxLaw::General,
    next,
    acquire: open_lot,
    dispose: close_in_order,
    settle: nothing_pending,
};

/// The oldest lot.
pub(super) fn next(_lots: &[Lot]) -> usize {
    0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::basis::Basis;
    use crate::holding::replay::{Replay, amount};
    use crate::open_lots::close;

    fn lot(quantity: i64, cost_cents: i64) -> Lot {
        let cost = Some(Decimal::new(cost_cents, 2));
        Lot {
            opened_by: "1".into(),
            opened_date: "2013-01-02".parse().expect("a date"),
            acquired_date: "2013-01-02".parse().expect("a date"),
            quantity: Decimal::from(quantity),
            basis: Basis::without_charges(cost, cost),
            is_replacement: false,
        }
    }

    #[test]
    fn the_oldest_goes_first_and_a_part_takes_its_share() {
        // 10 for 100.00, then 10 for 120.00; selling 15 gives up 100.00 + 5/10 · 120.00.
        let mut lots = vec![lot(10, 10_000), lot(10, 12_000)];
        let closed = close(&mut lots, Decimal::from(15), "fifo", next).expect("fits");
        let cost: Decimal = closed.iter().filter_map(|part| part.basis.local).sum();
        assert_eq!(cost, Decimal::new(16_000, 2));
        assert_eq!(lots, vec![lot(5, 6_000)]);
    }

    #[test]
    fn the_first_cost_of_a_checked_portfolio() {
        // The Home Depot shares of a book whose realised gains were computed independently (beancount agrees): 84 of
        // the first 165 for 9,481.15 give up 4,826.767273; 6,049.99 net leaves 1,223.222727.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2013-01-02", 165, "9481.15");
        replay.buy("2013-04-11", 11, "724.05");
        let sale = replay.sell("2014-05-09", 84, "6049.99");
        assert_eq!(replay.gain(&sale).round_dp(6), amount("1223.222727"));
    }

    #[test]
    fn units_that_were_transferred_in_keep_their_place_by_age() {
        // Bought in 2014; then units acquired in 2012 come in. The older ones are sold first.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2014-01-02", 10, "100");
        replay.transfer_in("2014-02-03", "2012-05-02", 10, "50");
        let sale = replay.sell("2014-03-03", 10, "120");
        assert_eq!(replay.gain(&sale), amount("70"));
    }

    proptest! {
        #[test]
        fn nothing_is_lost(
            sizes in prop::collection::vec((1_i64..1000, 0_i64..1_000_000), 1..12), sold in 1_i64..8000,
        ) {
            let mut lots: Vec<Lot> = sizes.iter().map(|(quantity, cost)| lot(*quantity, *cost)).collect();
            let total = |lots: &[Lot]| -> (Decimal, Decimal) {
                (lots.iter().map(|lot| lot.quantity).sum(), lots.iter().filter_map(|lot| lot.basis.local).sum())
            };
            let (units_before, cost_before) = total(&lots);
            let closed = close(&mut lots, Decimal::from(sold), "fifo", next).expect("fits");
            let (units_after, cost_after) = total(&lots);
            let closed_units: Decimal = closed.iter().map(|part| part.quantity).sum();
            let closed_cost: Decimal = closed.iter().filter_map(|part| part.basis.local).sum();
            prop_assert_eq!(closed_units + units_after, units_before);
            prop_assert_eq!(closed_units, Decimal::from(sold).min(units_before));
            let drift = closed_cost + cost_after - cost_before;
            prop_assert!(drift.abs() < Decimal::new(1, 18), "{}", drift);
        }
    }
}
