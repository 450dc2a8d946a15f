//! First in, first out under the tax law of the United States.

use super::{CostBasis, Keeps, TaxLaw, fifo};
use crate::lot_choice::LotError;
use crate::open_lots::{Closing, Disposal, OpenLots, close_in_order};
use crate::wash_sales;

/// First in, first out, with holding terms and wash sales.
pub static METHOD: CostBasis = CostBasis {
    id: "us_fifo",
    definition: "the lot that was acquired first is closed first; gains are short-term up to one year and long-term \
                 beyond; the loss of a wash sale moves into the basis of what replaced the units",
    source: "26 CFR 1.1012-1(c)(1); 26 USC 1222, 1091, 1223(3); IRS Publication 550",
    keeps: Keeps::Lots,
    law: TaxLaw::UnitedStates,
    next: fifo::next,
    acquire: wash_sales::acquire,
    dispose,
    settle: wash_sales::settle,
};

fn dispose(open: &mut OpenLots, disposal: &Disposal<'_>, method: &CostBasis) -> Result<Closing, LotError> {
    let closing = close_in_order(open, disposal, method)?;
    wash_sales::after_sale(open, disposal, closing.closed)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::holding::replay::{Replay, amount};
    use crate::lots::HoldingTerm;

    /// The cost of the open lots by the transaction that opened them.
    fn bases(replay: &Replay) -> Vec<(&str, Decimal)> {
        replay.holding.lots().iter().map(|lot| (&*lot.opened_by, lot.basis.base.expect("known"))).collect()
    }

    #[test]
    fn the_loss_joins_the_basis_of_the_new_stock() {
        // IRS Publication 550, "Wash Sales", example 1: 100 shares for 1,000 are sold for 750, within 30 days 100 are
        // bought for 800: the loss of 250 is disallowed, the basis of the new stock is 1,050. The dates are made up.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2025-01-06", 100, "1000");
        let sale = replay.sell("2025-03-10", 100, "750");
        assert_eq!(replay.gain(&sale), amount("-250"));
        replay.buy("2025-03-25", 100, "800");
        assert_eq!(replay.gain(&sale), amount("0"));
        assert_eq!(bases(&replay), [("3", amount("1050"))]);
        // The holding period of the new stock includes the 63 days of the old: it counts from 21 January.
        assert_eq!(replay.holding.lots()[0].acquired_date.to_string(), "2025-01-21");
        let last = replay.sell("2026-01-22", 100, "1150");
        assert_eq!(replay.closed_by(&last)[0].term, Some(HoldingTerm::Long));
    }

    #[test]
    fn a_window_has_thirty_days_on_each_side() {
        for (bought_on, gain) in [("2025-04-09", "0"), ("2025-04-10", "-250")] {
            let mut replay = Replay::new(&METHOD);
            replay.buy("2025-01-06", 100, "1000");
            let sale = replay.sell("2025-03-10", 100, "750");
            replay.pass_to("2025-04-08");
            replay.buy(bought_on, 100, "800");
            assert_eq!(replay.gain(&sale), amount(gain), "{bought_on}");
        }
        for (bought_on, gain) in [("2025-02-08", "0"), ("2025-02-07", "-250")] {
            let mut replay = Replay::new(&METHOD);
            replay.buy("2025-01-06", 100, "1000");
            replay.buy(bought_on, 100, "800");
            let sale = replay.sell("2025-03-10", 100, "750");
            assert_eq!(replay.gain(&sale), amount(gain), "{bought_on}");
        }
    }

    #[test]
    fn fewer_bought_than_sold_disallow_a_part() {
        // IRS Publication 550, "More or less stock bought than sold", example 1 (and 26 CFR 1.1091-1, example 2): 100
        // for 5,000 in September, 50 for 2,750 and 25 for 1,125 in December; the 100 are sold on 3 January for 4,000.
        // Of the loss of 1,000, 750 for 75 shares are disallowed; new bases 3,250 and 1,375.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2024-09-20", 100, "5000");
        replay.buy("2024-12-13", 50, "2750");
        replay.buy("2024-12-20", 25, "1125");
        let sale = replay.sell("2025-01-03", 100, "4000");
        assert_eq!(replay.first_gain(&sale).base, Some(amount("-1000")));
        assert_eq!(replay.gain(&sale), amount("-250"));
        assert_eq!(bases(&replay), [("2", amount("3250")), ("3", amount("1375"))]);
        assert!(replay.adjustments.iter().all(|adjustment| adjustment.term == Some(HoldingTerm::Short)));
    }

    #[test]
    fn more_bought_than_sold_are_matched_in_the_order_bought() {
        // IRS Publication 550, "More or less stock bought than sold", example 2: 100 for 2,000 are sold for 1,000 on 29
        // January; 50 for 500 each on 3, 4, 5 and 6 February. The first 100 carry 500 more for each 50.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2024-09-16", 100, "2000");
        let sale = replay.sell("2025-01-29", 100, "1000");
        for date in ["2025-02-03", "2025-02-04", "2025-02-05", "2025-02-06"] {
            replay.buy(date, 50, "500");
        }
        assert_eq!(replay.gain(&sale), amount("0"));
        let [first, second, third, fourth] = ["3", "4", "5", "6"];
        let (carries, as_paid) = (amount("1000"), amount("500"));
        assert_eq!(bases(&replay), [(first, carries), (second, carries), (third, as_paid), (fourth, as_paid)]);
    }

    #[test]
    fn a_disallowed_loss_does_not_reduce_gains_of_the_same_sale() {
        // IRS Publication 550, "Loss and gain on same day": blocks of 100 at 158, 100 and 95 are sold at 125, 250 are
        // bought back within 30 days. The loss of 3,300 is disallowed, the gains of 2,500 and 3,000 are taxed.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2019-03-01", 100, "15800");
        replay.buy("2019-06-03", 100, "10000");
        replay.buy("2019-09-03", 100, "9500");
        let sale = replay.sell("2024-12-27", 300, "37500");
        assert_eq!(replay.gain(&sale), amount("2200"));
        replay.buy("2025-01-10", 250, "31250");
        assert_eq!(replay.gain(&sale), amount("5500"));
        assert_eq!(bases(&replay), [("5", amount("15800")), ("5", amount("18750"))]);
    }

    #[test]
    fn the_new_basis_is_the_old_one_moved_by_the_difference_of_prices() {
        // 26 CFR 1.1091-2, examples 1 and 2: bought for 100 in 1935, sold for 80 on 15 January 1955, bought for 90 or
        // for 70 on 1 February: the basis is 110 or 90.
        for (price, basis) in [("90", "110"), ("70", "90")] {
            let mut replay = Replay::new(&METHOD);
            replay.buy("1935-06-03", 1, "100");
            replay.sell("1955-01-15", 1, "80");
            replay.buy("1955-02-01", 1, price);
            assert_eq!(bases(&replay), [("3", amount(basis))]);
        }
    }

    #[test]
    fn what_is_left_of_the_lot_replaces_nothing() {
        // Revenue Ruling 56-602: a part of one lot sold at a loss within 30 days only reduces the holding.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2025-03-03", 100, "1000");
        let sale = replay.sell("2025-03-10", 60, "480");
        assert_eq!(replay.gain(&sale), amount("-120"));
        assert_eq!(replay.open(), (amount("40"), amount("400")));
    }

    #[test]
    fn a_unit_replaces_only_once_and_a_carried_loss_can_be_washed_again() {
        // 26 CFR 1.1091-1(e), made-up numbers. Two losses of 10 a unit, 10 units each, and 15 bought at 80 a unit after
        // both: ten replace the first sale, five the second.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2024-06-03", 20, "2000");
        let first = replay.sell("2025-03-10", 10, "900");
        let second = replay.sell("2025-03-12", 10, "900");
        replay.buy("2025-03-20", 15, "1200");
        assert_eq!((replay.gain(&first), replay.gain(&second)), (amount("0"), amount("-50")));
        assert_eq!(replay.open(), (amount("15"), amount("1350")));
        // After the window of the second sale all are sold for 1,125, a loss of 225, and 15 bought again for 1,100: the
        // basis is 1,325.
        let third = replay.sell("2025-04-15", 15, "1125");
        replay.buy("2025-04-16", 15, "1100");
        assert_eq!((replay.gain(&third), replay.open().1), (amount("0"), amount("1325")));
    }

    #[test]
    fn short_sales_are_short_term_and_have_no_wash_sales() {
        let mut replay = Replay::new(&METHOD);
        replay.sell("2023-01-09", 10, "100");
        let cover = replay.buy("2025-01-09", 10, "150");
        replay.sell("2025-01-10", 10, "150");
        assert_eq!(replay.gain(&cover), amount("-50"));
        assert_eq!(replay.closed_by(&cover)[0].term, Some(HoldingTerm::Short));
        assert!(replay.adjustments.is_empty());
    }
}
