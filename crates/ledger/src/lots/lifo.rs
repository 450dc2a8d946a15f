//! Last in, first out.

use super::{CostBasis, Keeps, Lot, TaxLaw};
use crate::open_lots::{close_in_order, nothing_pending, open_lot};

/// Last in, first out: the lot that was acquired last is closed first.
pub static METHOD: CostBasis = CostBasis {
    id: "lifo",
    definition: "the lot that was acquired last is closed first; lots of one day in reverse order of booking",
    source: "a common broker's default and management view; e.g. 26 CFR 1.1012-1(c)(3) as a standing instruction",
    keeps: Keeps::Lots,
    law: TaxLaw::General,
    next,
    acquire: open_lot,
    dispose: close_in_order,
    settle: nothing_pending,
};

fn next(lots: &[Lot]) -> usize {
    lots.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holding::replay::{Replay, amount};

    #[test]
    fn the_youngest_goes_first() {
        // 10 for 100, then 10 for 120; selling 15 gives up 120 + 5/10 · 100 = 170.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2013-01-02", 10, "100");
        replay.buy("2013-02-01", 10, "120");
        let sale = replay.sell("2013-03-01", 15, "200");
        assert_eq!(replay.gain(&sale), amount("30"));
        assert_eq!(replay.open(), (amount("5"), amount("50")));
    }
}
