//! The running weighted average.

use super::{CostBasis, Keeps, TaxLaw, fifo};
use crate::open_lots::{add_to_pool, close_in_order, nothing_pending};

/// The running average: all units are one pool; a purchase changes its average cost, a sale does not.
pub static METHOD: CostBasis = CostBasis {
    id: "average_cost",
    definition: "all units are one pool with a running weighted average cost, which a sale does not change",
    source: "France: prix moyen pondéré d'acquisition, CGI art. 150-0 D, 3; BOI-RPPM-PVBMI-20-10-20-40",
    keeps: Keeps::Pool,
    law: TaxLaw::General,
    next: fifo::next,
    acquire: add_to_pool,
    dispose: close_in_order,
    settle: nothing_pending,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holding::replay::{Replay, amount};

    #[test]
    fn the_published_french_example() {
        // 2C Audit, 25 November 2021, on CGI art. 150-0 D, 3: 100 shares at 100 €, 200 at 110 €, 200 at 120 €; 200 are
        // sold at 130 €. The average is 56,000 / 500 = 112 €; the gain 200 · (130 − 112) = 3,600 €; 300 shares remain
        // at 112 €.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2018-03-01", 100, "10000");
        replay.buy("2020-03-02", 200, "22000");
        replay.buy("2021-03-01", 200, "24000");
        let sale = replay.sell("2021-06-01", 200, "26000");
        assert_eq!(replay.gain(&sale), amount("3600"));
        assert_eq!(replay.open(), (amount("300"), amount("33600")));
    }

    #[test]
    fn a_sale_leaves_the_average_and_a_purchase_moves_it() {
        // (100 · 95 + 200 · 107) / 300 = 103 (BOI-RPPM-PVBMI-20-10-20-40 no. 50: the average is the same until the
        // next purchase). 150 are sold twice 50: each gives up 50 · 103. Then 100 at 133: (200 · 103 + 13,300) / 300 =
        // 113.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2019-01-02", 100, "9500");
        replay.buy("2019-02-01", 200, "21400");
        for date in ["2019-03-01", "2019-04-01"] {
            let sale = replay.sell(date, 50, "6000");
            assert_eq!(replay.gain(&sale), amount("850"));
        }
        replay.buy("2019-05-02", 100, "13300");
        assert_eq!(replay.open(), (amount("300"), amount("33900")));
    }

    #[test]
    fn the_average_cost_of_a_checked_portfolio() {
        // The Home Depot shares of a book whose realised gains were computed independently: five purchases, 206 units
        // for 12,375.68; 84 sold for 6,049.99 net give up 5,046.393786 on average, a gain of 1,003.596214.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2013-01-02", 165, "9481.15");
        replay.buy("2013-04-11", 11, "724.05");
        replay.buy("2013-08-12", 10, "728.62");
        replay.buy("2013-12-11", 10, "734.15");
        replay.buy("2014-04-11", 10, "707.71");
        let sale = replay.sell("2014-05-09", 84, "6049.99");
        assert_eq!(replay.gain(&sale).round_dp(6), amount("1003.596214"));
    }
}
