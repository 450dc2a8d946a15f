//! The United Kingdom's share identification: same day, the 30 days after, then the section 104 holding.
//!
//! What is sold is matched first with what is bought on the same day, then with what is bought in the 30 days after,
//! earliest first, and only then with the pool of everything else. A disposal of an earlier day is matched before one
//! of a later day, but the same day comes before both. All purchases of a day are one, and so are all sales.
//!
//! A sale is booked against what was bought on its day so far, and the pool. When the day ends, what the rest of it
//! changed comes as an adjustment `same_day`; when units are bought later and are not sold again on their day, one of
//! rule `bed_and_breakfast`: the cost of these units takes the place of the cost from the pool, and the pool gets its
//! units and their cost back. Its average stays as it was, because nothing else enters it while a disposal waits.
//!
//! Two things are left to the adviser. A short position is covered at the cost of what covers it, in the order of
//! booking. And a return of capital between a disposal and the purchase that it is matched with lowers the pool as if
//! the units sold had been gone.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::{CostBasis, Keeps, Lot, TaxLaw, fifo};
use crate::basis::Basis;
use crate::holding::Adjustment;
use crate::lot_choice::LotError;
use crate::open_lots::{
    Closing, DUST, Disposal, OpenLots, WINDOW_DAYS, add_to_pool, close_in_order, is_acquisition, less, matters,
    merge_into_pool, scaled, take, units_from,
};

/// Same day, 30 days, pool.
pub static METHOD: CostBasis = CostBasis {
    id: "uk_section_104",
    definition: "sales are matched with purchases of the same day, then of the 30 days after, then with the average \
                 cost of the pool of all others",
    source: "TCGA 1992 s. 104, 105, 106A; HMRC CG51560, HS284",
    keeps: Keeps::Pool,
    law: TaxLaw::General,
    next: fifo::next,
    acquire,
    dispose,
    settle,
};

const SAME_DAY: &str = "same_day";
const BED_AND_BREAKFAST: &str = "bed_and_breakfast";
const POOL: &str = "section_104";

/// The trades of today, and disposals of the last 30 days as far as they were matched with the pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    today: Option<Today>,
    from_pool: Vec<FromPool>,
}

/// A day that has not ended. What was bought on it is a lot of its own behind the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Today {
    date: BusinessDate,
    has_lot: bool,
    sold: Vec<Sold>,
}

/// A sale of today as booked so far.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sold {
    transaction_id: Arc<str>,
    same_day: Taken,
    pool: Taken,
    /// What opened the pool, if units came from it.
    pool_opened: Option<Opened>,
}

/// The transaction and the day that opened a pool.
type Opened = (Arc<str>, BusinessDate);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Taken {
    units: Decimal,
    cost: Basis,
}

/// Units of a day's disposal that were matched with the pool and may still be matched with a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FromPool {
    date: BusinessDate,
    taken: Taken,
    pool_opened: Opened,
    /// The sales that are the disposal, and their units, by which they share in it.
    sales: Vec<(Arc<str>, Decimal)>,
}

impl Sold {
    fn units(&self) -> Option<Decimal> {
        self.same_day.units.checked_add(self.pool.units)
    }
}

impl Taken {
    const NOTHING: Taken = Taken { units: Decimal::ZERO, cost: Basis::ZERO };

    fn plus(self, other: Taken) -> Option<Taken> {
        Some(Taken { units: self.units.checked_add(other.units)?, cost: self.cost.checked_add(other.cost)? })
    }

    fn minus(self, other: Taken) -> Option<Taken> {
        Some(Taken { units: self.units.checked_sub(other.units)?, cost: self.cost.checked_sub(other.cost)? })
    }

    /// So many of the units with their share of the cost.
    fn part(self, units: Decimal) -> Option<Taken> {
        if units.is_zero() {
            return Some(Taken::NOTHING);
        }
        Some(Taken { units, cost: self.cost.part(units, self.units)? })
    }
}

impl Window {
    pub(crate) fn is_empty(&self) -> bool {
        self.today.is_none() && self.from_pool.is_empty()
    }

    /// Lots behind the pool: one if units of today are held.
    pub(crate) fn today_lots(&self) -> usize {
        usize::from(self.today.as_ref().is_some_and(|today| today.has_lot))
    }

    /// Says that no lot is left.
    pub(crate) fn forget_lots(&mut self) {
        if let Some(today) = &mut self.today {
            today.has_lot = false;
        }
    }

    pub(crate) fn scale(&mut self, new: Decimal, old: Decimal) -> Option<()> {
        let sold = self.today.iter_mut().flat_map(|today| &mut today.sold);
        for taken in sold.flat_map(|sold| [&mut sold.same_day, &mut sold.pool]) {
            taken.units = scaled(taken.units, new, old)?;
        }
        for disposal in &mut self.from_pool {
            disposal.taken.units = scaled(disposal.taken.units, new, old)?;
        }
        Some(())
    }

    fn today_on(&mut self, date: BusinessDate) -> &mut Today {
        self.today.get_or_insert_with(|| Today { date, has_lot: false, sold: Vec::new() })
    }
}

fn acquire(open: &mut OpenLots, lot: Lot) -> Result<Vec<Adjustment>, LotError> {
    if !is_acquisition(&lot) {
        return add_to_pool(open, lot);
    }
    let OpenLots { lots, remembered } = open;
    let today = remembered.get_or_insert_default().section_104.today_on(lot.opened_date);
    match lots.last_mut() {
        Some(bought) if today.has_lot => {
            bought.quantity = bought.quantity.checked_add(lot.quantity).ok_or(LotError::Overflow)?;
            bought.basis = bought.basis.checked_add(lot.basis).ok_or(LotError::Overflow)?;
        }
        _ => lots.push(lot),
    }
    today.has_lot = true;
    Ok(Vec::new())
}

fn dispose(open: &mut OpenLots, disposal: &Disposal<'_>, method: &CostBasis) -> Result<Closing, LotError> {
    if disposal.covers_short {
        return close_in_order(open, disposal, method);
    }
    sell(open, disposal).ok_or(LotError::Overflow)
}

fn sell(open: &mut OpenLots, disposal: &Disposal<'_>) -> Option<Closing> {
    let OpenLots { lots, remembered } = open;
    let today = remembered.get_or_insert_default().section_104.today_on(disposal.date);
    let mut sold = Sold {
        transaction_id: Arc::clone(disposal.transaction_id),
        same_day: Taken::NOTHING,
        pool: Taken::NOTHING,
        pool_opened: None,
    };
    let mut closed = Vec::new();
    let mut left = disposal.units;
    while Decimal::ZERO < left && !lots.is_empty() {
        let is_today = today.has_lot;
        let lot = lots.last_mut()?;
        let part = take(lot, units_from(lot, left), if is_today { SAME_DAY } else { POOL })?;
        left = less(left, part.quantity)?;
        if is_today {
            sold.same_day = Taken { units: part.quantity, cost: part.basis };
        } else {
            sold.pool = Taken { units: part.quantity, cost: part.basis };
            sold.pool_opened = Some((Arc::clone(&part.opened_by), part.acquired_date));
        }
        if lot.quantity.is_zero() {
            lots.pop();
            today.has_lot = false;
        }
        closed.push(part);
    }
    today.sold.push(sold);
    Some(Closing { closed, adjustments: Vec::new() })
}

fn settle(open: &mut OpenLots, date: BusinessDate) -> Result<Vec<Adjustment>, LotError> {
    let mut adjustments = Vec::new();
    let OpenLots { lots, remembered } = open;
    if let Some(remembered) = remembered {
        let window = &mut remembered.section_104;
        if let Some(today) = window.today.take_if(|today| today.date <= date) {
            end_day(lots, window, today, &mut adjustments).ok_or(LotError::Overflow)?;
        }
        window.from_pool.retain(|disposal| date.days_since(disposal.date) < WINDOW_DAYS);
    }
    open.forget_if_empty();
    Ok(adjustments)
}

/// Matches a day that is over: its sales with its purchases, then its other purchases with earlier disposals. What is
/// left of them enters the pool.
fn end_day(lots: &mut Vec<Lot>, window: &mut Window, today: Today, adjustments: &mut Vec<Adjustment>) -> Option<()> {
    let bought_lot = if today.has_lot { lots.pop() } else { None };
    let still_there = bought_lot.as_ref().map_or(Taken::NOTHING, |lot| Taken { units: lot.quantity, cost: lot.basis });
    let same_day = today.sold.iter().try_fold(Taken::NOTHING, |sum, sold| sum.plus(sold.same_day))?;
    let from_pool = today.sold.iter().try_fold(Taken::NOTHING, |sum, sold| sum.plus(sold.pool))?;
    let bought = still_there.plus(same_day)?;
    let sold_units = same_day.units.checked_add(from_pool.units)?;
    let matched = bought.part(bought.units.min(sold_units))?;
    let pooled = from_pool.part(sold_units.checked_sub(matched.units)?)?;
    same_day_matching(&today, matched, pooled, sold_units, adjustments)?;
    let opened = today.sold.iter().find_map(|sold| sold.pool_opened.as_ref());
    if let Some(opened) = opened {
        give_back(lots, from_pool.minus(pooled)?, opened)?;
    }
    let mut surplus = bought.minus(matched)?;
    if let Some(bought_lot) = bought_lot
        && Decimal::ZERO < surplus.units
    {
        thirty_day_matching(lots, window, &bought_lot, &mut surplus, adjustments)?;
        if Decimal::ZERO < surplus.units {
            let has_pool = !lots.is_empty();
            let lot = Lot { quantity: surplus.units, basis: surplus.cost, ..bought_lot };
            merge_into_pool(lots, has_pool, lot)?;
        }
    }
    if let Some(opened) = opened.filter(|_| DUST < pooled.units) {
        let sales = today.sold.iter().map(|sold| Some((Arc::clone(&sold.transaction_id), sold.units()?)));
        let sales = sales.collect::<Option<Vec<_>>>()?;
        window.from_pool.push(FromPool { date: today.date, taken: pooled, pool_opened: opened.clone(), sales });
    }
    Some(())
}

/// Splits what the day's sales were matched with by their units, as one disposal is, and adjusts those that were booked
/// otherwise.
fn same_day_matching(
    today: &Today,
    matched: Taken,
    pooled: Taken,
    sold_units: Decimal,
    adjustments: &mut Vec<Adjustment>,
) -> Option<()> {
    let cost = matched.cost.checked_add(pooled.cost)?;
    for sold in &today.sold {
        let units = sold.units()?;
        let booked = sold.same_day.cost.checked_add(sold.pool.cost)?;
        let gain = booked.checked_sub(cost.part(units, sold_units)?)?;
        let quantity = share(matched.units, units, sold_units)?;
        let is_unknown = gain.local.is_none() || gain.base.is_none();
        if matters(gain) || (is_unknown && quantity != sold.same_day.units) {
            let transaction_id = Arc::clone(&sold.transaction_id);
            adjustments.push(adjustment(transaction_id, today.date, quantity, gain, SAME_DAY, None));
        }
    }
    Some(())
}

/// Matches purchases with disposals of the 30 days before, the earliest first.
fn thirty_day_matching(
    lots: &mut Vec<Lot>,
    window: &mut Window,
    bought: &Lot,
    surplus: &mut Taken,
    adjustments: &mut Vec<Adjustment>,
) -> Option<()> {
    let day = bought.opened_date;
    for disposal in &mut window.from_pool {
        if surplus.units.is_zero() || !(1..=WINDOW_DAYS).contains(&day.days_since(disposal.date)) {
            continue;
        }
        let units = disposal.taken.units.min(surplus.units);
        let from_pool = disposal.taken.part(units)?;
        let new = surplus.part(units)?;
        *surplus = surplus.minus(new)?;
        disposal.taken = disposal.taken.minus(from_pool)?;
        give_back(lots, from_pool, &disposal.pool_opened)?;
        let gain = from_pool.cost.checked_sub(new.cost)?;
        let whole = disposal.sales.iter().try_fold(Decimal::ZERO, |sum, (_, weight)| sum.checked_add(*weight))?;
        for (transaction_id, weight) in &disposal.sales {
            let (quantity, gain) = (share(units, *weight, whole)?, gain.part(*weight, whole)?);
            let by = Some(Arc::clone(&bought.opened_by));
            adjustments.push(adjustment(Arc::clone(transaction_id), day, quantity, gain, BED_AND_BREAKFAST, by));
        }
    }
    window.from_pool.retain(|disposal| DUST < disposal.taken.units);
    Some(())
}

fn share(total: Decimal, weight: Decimal, whole: Decimal) -> Option<Decimal> {
    if weight == whole { Some(total) } else { total.checked_mul(weight)?.checked_div(whole) }
}

fn adjustment(
    transaction_id: Arc<str>,
    date: BusinessDate,
    quantity: Decimal,
    gain: Basis,
    rule: &'static str,
    opened_by: Option<Arc<str>>,
) -> Adjustment {
    Adjustment { transaction_id, date, quantity, gain, rule, opened_by, term: None }
}

/// Gives units and their cost back to the pool, which may have been sold out.
fn give_back(lots: &mut Vec<Lot>, taken: Taken, opened: &Opened) -> Option<()> {
    if taken.units.is_zero() {
        return Some(());
    }
    let (opened_by, opened_date) = opened;
    let has_pool = !lots.is_empty();
    let lot = Lot {
        opened_by: Arc::clone(opened_by),
        opened_date: *opened_date,
        acquired_date: *opened_date,
        quantity: taken.units,
        basis: taken.cost,
        is_replacement: false,
    };
    merge_into_pool(lots, has_pool, lot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holding::replay::{Replay, amount};

    #[test]
    fn ms_davy_buys_back_within_thirty_days() {
        // HMRC CG51590, example 1: the sale of March 2010 is matched with the 2,000 shares of 7 April: 6,850 − 6,790 =
        // 60. They never enter the pool; that of December gives up 2,200 / 2,500 of 3,700: 7,700 − 3,256 = 4,444.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2006-04-15", 1000, "1300");
        replay.buy("2006-08-04", 1000, "1450");
        replay.buy("2007-01-19", 500, "950");
        let march = replay.sell("2010-03-16", 2000, "6850");
        replay.pass_to("2010-04-06");
        // On its day the sale could only be matched with the pool: 6,850 − 3,700 · 2,000 / 2,500.
        assert_eq!(replay.gain(&march), amount("3890"));
        let repurchase = replay.buy("2010-04-07", 2000, "6790");
        replay.pass_to("2010-04-07");
        assert_eq!(replay.gain(&march), amount("60"));
        let [adjustment] = &replay.adjustments[..] else { panic!("one, not {:?}", replay.adjustments) };
        assert_eq!((adjustment.rule, adjustment.opened_by.as_deref()), (BED_AND_BREAKFAST, Some(&*repurchase)));
        assert_eq!(adjustment.date.to_string(), "2010-04-07");
        let december = replay.sell("2010-12-10", 2200, "7700");
        assert_eq!(replay.gain(&december), amount("4444"));
        assert_eq!(replay.open(), (amount("300"), amount("444")));
    }

    #[test]
    fn mr_browne_and_the_peninsula_trust_sell_from_the_pool() {
        // HMRC CG51590, example 2: 10,000 for 2,500, 10,000 for 2,600, a rights issue of 4,000 for 1,060; 7,500 are
        // sold for 3,000 and cost 7,500 / 24,000 of 6,160 = 1,925. (The page prints 4,236 for what is left; its own
        // subtraction is 4,235.)
        let mut replay = Replay::new(&METHOD);
        replay.buy("2008-08-17", 10_000, "2500");
        replay.buy("2009-04-01", 10_000, "2600");
        replay.buy("2009-10-08", 4_000, "1060");
        let sale = replay.sell("2012-12-10", 7_500, "3000");
        assert_eq!(replay.gain(&sale), amount("1075"));
        assert_eq!(replay.open(), (amount("16500"), amount("4235")));
        // Example 4: 20,000 of 45,000 shares that cost 33,600 are sold for 39,000; in whole pounds 14,934 and 24,066.
        let mut replay = Replay::new(&METHOD);
        replay.buy("1997-09-24", 15_000, "6750");
        replay.buy("2001-01-30", 9_000, "3600");
        replay.buy("2004-06-14", 12_000, "13800");
        replay.buy("2005-11-26", 9_000, "9450");
        let sale = replay.sell("2010-02-23", 20_000, "39000");
        assert_eq!(replay.gain(&sale).round_dp(2), amount("24066.67"));
        assert_eq!(replay.closed_by(&sale)[0].rule, POOL);
    }

    #[test]
    fn lobster_plc() {
        // HMRC HS284, example 3 (2024): 1,000 at 400p with costs of 150, 500 at 410p with 80; 700 sold at 480p with
        // costs of 100: gain 329 in whole pounds, 3,349 left; 400 sold at 520p with 105: gain 300, 1,674 left. To the
        // penny these are 329.33, 3,349.33, 300.33 and 1,674.67.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2015-04-01", 1000, "4150");
        replay.buy("2018-09-03", 500, "2130");
        let may = replay.sell("2023-05-02", 700, "3260");
        assert_eq!(replay.gain(&may).round_dp(2), amount("329.33"));
        assert_eq!(replay.open().1.round_dp(2), amount("3349.33"));
        let february = replay.sell("2024-02-01", 400, "1975");
        assert_eq!(replay.gain(&february).round_dp(2), amount("300.33"));
        assert_eq!((replay.open().0, replay.open().1.round_dp(2)), (amount("400"), amount("1674.67")));
    }

    #[test]
    fn mesopotamia_plc() {
        // HMRC HS284, example 2: of 9,500 shares 4,000 are sold for 6,000 on 30 August, 500 bought for 850 on 11
        // September. 500 are matched with them, a loss of 750 − 850 = 100; 3,500 with the pool. The page gives the
        // pool no cost; here it is 9,500, so these gain 5,250 − 3,500.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2020-03-02", 9_500, "9500");
        let sale = replay.sell("2020-08-30", 4_000, "6000");
        replay.buy("2020-09-11", 500, "850");
        replay.pass_to("2020-09-11");
        assert_eq!(replay.gain(&sale), amount("1650"));
        assert_eq!(replay.open(), (amount("6000"), amount("6000")));
    }

    #[test]
    fn the_thirtieth_day_is_inside_and_the_next_is_not() {
        // HMRC CG51560, examples 1 to 3: 1 July and 31 July 2011: all 1,000; 27 and 30 March 2012: 500 of 1,700; 28
        // February and 31 March 2009: none. Units as published; the prices, 1 in the pool and 2 after, are made up.
        for (held, sold_on, sold, bought_on, bought, matched) in [
            (1_000, "2011-07-01", 1_000, "2011-07-31", 1_000, 1_000),
            (2_500, "2012-03-27", 1_700, "2012-03-30", 500, 500),
            (10_000, "2009-02-28", 2_000, "2009-03-31", 3_000, 0),
        ] {
            let mut replay = Replay::new(&METHOD);
            replay.buy("2005-01-04", held, &held.to_string());
            let sale = replay.sell(sold_on, sold, "0");
            replay.buy(bought_on, bought, &(2 * bought).to_string());
            replay.pass_to(bought_on);
            assert_eq!(replay.gain(&sale), Decimal::from(-sold - matched));
            let pool_cost = (held - sold) + matched + 2 * (bought - matched);
            assert_eq!(replay.open(), (Decimal::from(held - sold + bought), Decimal::from(pool_cost)));
        }
    }

    #[test]
    fn the_same_day_comes_before_an_earlier_disposal() {
        // TCGA 1992 s. 105(1)(b) before s. 106A(5), made-up numbers. Pool 20 at 1. On 15 January 10 are sold for 30; on
        // the 20th 10 are bought for 20 and 10 sold for 35. The purchase belongs to the sale of its day: 35 − 20 = 15;
        // the first sale keeps the pool: 30 − 10 = 20.
        for sells_first in [false, true] {
            let mut replay = Replay::new(&METHOD);
            replay.buy("2009-06-01", 20, "20");
            let first = replay.sell("2010-01-15", 10, "30");
            if !sells_first {
                replay.buy("2010-01-20", 10, "20");
            }
            let second = replay.sell("2010-01-20", 10, "35");
            if sells_first {
                replay.buy("2010-01-20", 10, "20");
            }
            replay.pass_to("2010-01-20");
            assert_eq!((replay.gain(&first), replay.gain(&second)), (amount("20"), amount("15")));
            assert_eq!(replay.open(), (amount("10"), amount("10")));
            // Sold before it was bought, the second sale was first booked against the pool.
            let late = replay.adjustments.iter().filter(|adjustment| adjustment.rule == SAME_DAY).count();
            assert_eq!(late, usize::from(sells_first));
        }
    }

    #[test]
    fn the_sales_of_a_day_are_one_disposal() {
        // TCGA 1992 s. 105(1)(a), made-up numbers. Pool 100 at 1; one day 30 and 10 are sold, and 20 bought at 3. The
        // disposal of 40 costs 60 and 20 from the pool, 2 a unit: 60 and 20 for the two sales.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2009-06-01", 100, "100");
        replay.buy("2010-01-20", 20, "60");
        let sales = [replay.sell("2010-01-20", 30, "90"), replay.sell("2010-01-20", 10, "30")];
        replay.pass_to("2010-01-20");
        assert_eq!(sales.map(|sale| replay.gain(&sale)), [amount("30"), amount("10")]);
        assert_eq!(replay.open(), (amount("80"), amount("80")));
        // Eight days later 10 are bought at 5. They take the place of pool units of both sales by their size.
        replay.buy("2010-01-28", 10, "50");
        replay.pass_to("2010-01-28");
        let changes: Vec<Decimal> = replay.adjustments.iter().rev().take(2).filter_map(|last| last.gain.base).collect();
        assert_eq!(changes, [amount("-10"), amount("-30")]);
        assert_eq!(replay.open(), (amount("90"), amount("90")));
    }

    #[test]
    fn units_transferred_in_are_no_repurchase() {
        let mut replay = Replay::new(&METHOD);
        replay.buy("2009-06-01", 20, "20");
        let sale = replay.sell("2010-01-15", 20, "10");
        replay.transfer_in("2010-01-20", "2005-03-01", 20, "60");
        replay.pass_to("2010-03-01");
        assert_eq!(replay.gain(&sale), amount("-10"));
        assert_eq!(replay.open(), (amount("20"), amount("60")));
        assert!(!replay.holding.is_waiting());
    }
}
