//! Highest cost in, first out.

use rust_decimal::Decimal;

use super::{CostBasis, Keeps, Lot, TaxLaw};
use crate::open_lots::{close_in_order, nothing_pending, open_lot};

/// Highest in, first out: the lot that cost most per unit is closed first.
///
/// The cost is that in base currency, in which gains are taxed. A lot whose cost is unknown comes last; among equals
/// the oldest goes first. Of a short position, what brought in most per unit is closed first.
pub static METHOD: CostBasis = CostBasis {
    id: "hifo",
    definition: "the lot with the highest cost per unit in base currency is closed first; an unknown cost last, the \
                 oldest of equals first",
    source: "a standing instruction of specific identification, e.g. 26 CFR 1.1012-1(c)(3)",
    keeps: Keeps::Lots,
    law: TaxLaw::General,
    next,
    acquire: open_lot,
    dispose: close_in_order,
    settle: nothing_pending,
};

fn next(lots: &[Lot]) -> usize {
    let mut highest: Option<Decimal> = None;
    let mut place = 0;
    for (index, lot) in lots.iter().enumerate() {
        let cost_per_unit = lot.basis.base.and_then(|cost| cost.checked_div(lot.quantity));
        if highest < cost_per_unit {
            highest = cost_per_unit;
            place = index;
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basis::Basis;
    use crate::holding::replay::{Replay, amount};

    #[test]
    fn the_dearest_goes_first_and_the_oldest_of_equals() {
        // 11 a unit, 13, and 11 again: 10 of 13 go first, then 5 of the older ones at 11.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2013-01-02", 10, "110");
        replay.buy("2013-01-03", 10, "130");
        replay.buy("2013-01-04", 10, "110");
        let sale = replay.sell("2013-03-01", 15, "200");
        let opened: Vec<&str> = replay.closed_by(&sale).iter().map(|lot| &*lot.opened_by).collect();
        assert_eq!(opened, ["2", "1"]);
        // 200 − 130 − 55 = 15.
        assert_eq!(replay.gain(&sale), amount("15"));
    }

    #[test]
    fn an_unknown_cost_comes_last() {
        let mut replay = Replay::new(&METHOD);
        replay.bring("2013-01-02", 10, Basis::UNKNOWN);
        replay.buy("2013-01-03", 10, "10");
        let sale = replay.sell("2013-03-01", 10, "200");
        assert_eq!(replay.gain(&sale), amount("190"));
        let last = replay.sell("2013-03-02", 10, "200");
        assert_eq!(replay.gain_basis(&last).base, None);
    }
}
