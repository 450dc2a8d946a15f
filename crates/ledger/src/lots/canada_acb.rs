//! Canada's adjusted cost base with superficial losses.
//!
//! All units are one pool at their average cost. A loss is denied as far as units were acquired in the period from 30
//! days before to 30 days after the disposition and units are held at the end of that period:
//! `least of (S, P, B) / S × loss`, where S units were disposed of, P acquired in the period and B are held at its end.
//! What is denied is added to the adjusted cost base. Each disposition is judged by itself, as the agency's formula
//! does: one purchase can deny the losses of two dispositions.
//!
//! A disposition is booked with its whole gain or loss. When its period has ended, what is denied comes as an
//! adjustment `superficial_loss` dated with the last day of the period. The amount belongs to the cost base from the
//! disposition on if units had been acquired in the 30 days before it and some were left, otherwise from the next
//! acquisition on; dispositions since then have borne a share of it, which comes as an adjustment of theirs, rule
//! `superficial_loss_cost`, of the same day.
//!
//! Acquisitions of affiliated persons and in other accounts are not seen, and units moved out to another portfolio
//! count as gone. Short positions are kept as a pool without these rules.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::{CostBasis, Keeps, Lot, TaxLaw, fifo};
use crate::basis::Basis;
use crate::holding::Adjustment;
use crate::lot_choice::LotError;
use crate::open_lots::{
    Closing, Disposal, OpenLots, WINDOW_DAYS, add_to_pool, close_in_order, is_acquisition, loss_of, scaled, window_end,
};

/// The average cost, with losses denied where the property was acquired again.
pub static METHOD: CostBasis = CostBasis {
    id: "canada_acb",
    definition: "all units are one pool at the adjusted cost base; a loss is denied, and added to it, as far as units \
                 were acquired from 30 days before to 30 days after and are still held then",
    source: "Income Tax Act s. 40(2)(g)(i), 47, 53(1)(f), 54 \"superficial loss\"; CRA T4037, IT-456R par. 12",
    keeps: Keeps::Pool,
    law: TaxLaw::General,
    next: fifo::next,
    acquire,
    dispose,
    settle,
};

const DENIED: &str = "superficial_loss";
const COST_OF_DENIED: &str = "superficial_loss_cost";

/// Dispositions whose period has not ended, and acquisitions that fall into such a period or a coming one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    acquired: Vec<(BusinessDate, Decimal)>,
    disposed: Vec<Disposed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Disposed {
    transaction_id: Arc<str>,
    date: BusinessDate,
    units: Decimal,
    /// Proceeds minus cost, with the adjustments so far.
    gain: Basis,
    /// Whether a denied loss already belongs to the pool.
    is_in_pool: bool,
    /// The share of a denied loss that the pool still holds.
    share_left: Decimal,
    /// The shares that later dispositions have borne.
    passed_on: Vec<(Arc<str>, Decimal)>,
}

impl Window {
    pub(crate) fn is_empty(&self) -> bool {
        self.acquired.is_empty() && self.disposed.is_empty()
    }

    pub(crate) fn scale(&mut self, new: Decimal, old: Decimal) -> Option<()> {
        let acquired = self.acquired.iter_mut().map(|(_, units)| units);
        for units in acquired.chain(self.disposed.iter_mut().map(|disposed| &mut disposed.units)) {
            *units = scaled(*units, new, old)?;
        }
        Some(())
    }

    /// Units acquired from 30 days before a day to 30 days after it. None on overflow.
    fn acquired_around(&self, date: BusinessDate) -> Option<Decimal> {
        let mut around = self.acquired.iter().filter(|(day, _)| day.days_since(date).abs() <= WINDOW_DAYS);
        around.try_fold(Decimal::ZERO, |sum, (_, units)| sum.checked_add(*units))
    }

    /// Lets every waiting loss share in the cost of a disposition of `sold` out of `held` units.
    fn pass_on(&mut self, transaction_id: &Arc<str>, sold: Decimal, held: Decimal) -> Option<()> {
        for earlier in self.disposed.iter_mut().filter(|earlier| earlier.is_in_pool && !earlier.share_left.is_zero()) {
            let is_all = sold == held;
            let left = earlier.share_left;
            let share = if is_all { left } else { left.checked_mul(sold)?.checked_div(held)? };
            earlier.share_left = left.checked_sub(share)?;
            earlier.passed_on.push((Arc::clone(transaction_id), share));
        }
        Some(())
    }
}

fn acquire(open: &mut OpenLots, lot: Lot) -> Result<Vec<Adjustment>, LotError> {
    if is_acquisition(&lot) {
        let window = &mut open.remembered.get_or_insert_default().superficial;
        window.acquired.push((lot.opened_date, lot.quantity));
        for disposed in &mut window.disposed {
            disposed.is_in_pool = true;
        }
    }
    add_to_pool(open, lot)
}

fn dispose(open: &mut OpenLots, disposal: &Disposal<'_>, method: &CostBasis) -> Result<Closing, LotError> {
    let held = open.lots.first().map_or(Decimal::ZERO, |pool| pool.quantity);
    let closing = close_in_order(open, disposal, method)?;
    if !disposal.covers_short {
        remember(open, disposal, &closing, held).ok_or(LotError::Overflow)?;
    }
    Ok(closing)
}

fn remember(open: &mut OpenLots, disposal: &Disposal<'_>, closing: &Closing, held: Decimal) -> Option<()> {
    let window = &mut open.remembered.get_or_insert_default().superficial;
    for part in &closing.closed {
        window.pass_on(disposal.transaction_id, part.quantity, held)?;
        let acquired_before = !window.acquired_around(disposal.date)?.is_zero();
        let proceeds = disposal.amount.part(part.quantity, disposal.units)?;
        window.disposed.push(Disposed {
            transaction_id: Arc::clone(disposal.transaction_id),
            date: disposal.date,
            units: part.quantity,
            gain: proceeds.checked_sub(part.basis)?,
            is_in_pool: acquired_before && part.quantity < held,
            share_left: Decimal::ONE,
            passed_on: Vec::new(),
        });
    }
    Some(())
}

fn settle(open: &mut OpenLots, date: BusinessDate) -> Result<Vec<Adjustment>, LotError> {
    let OpenLots { lots, remembered } = open;
    let mut adjustments = Vec::new();
    if let Some(remembered) = remembered {
        let window = &mut remembered.superficial;
        let ended = window.disposed.iter().take_while(|disposed| WINDOW_DAYS <= date.days_since(disposed.date)).count();
        for _ in 0..ended {
            let disposed = window.disposed.remove(0);
            deny(lots, window, disposed, &mut adjustments).ok_or(LotError::Overflow)?;
        }
        let first = window.disposed.first().map(|disposed| disposed.date);
        window.acquired.retain(|(day, _)| {
            let is_of_waiting = first.is_some_and(|first| first.days_since(*day) <= WINDOW_DAYS);
            is_of_waiting || date.days_since(*day) < WINDOW_DAYS
        });
    }
    open.forget_if_empty();
    Ok(adjustments)
}

/// Ends the period of a disposition: denies its loss as far as the rule says, and lets the pool and later dispositions
/// bear what was denied.
fn deny(lots: &mut [Lot], window: &mut Window, disposed: Disposed, adjustments: &mut Vec<Adjustment>) -> Option<()> {
    let acquired = window.acquired_around(disposed.date)?;
    let Some(pool) = lots.first_mut() else {
        return Some(());
    };
    let units = disposed.units.min(acquired).min(pool.quantity);
    let Some(loss) = loss_of(disposed.gain) else {
        return Some(());
    };
    if units <= Decimal::ZERO {
        return Some(());
    }
    let date = window_end(disposed.date);
    let adjust = |transaction_id: Arc<str>, gain: Basis, rule: &'static str| Adjustment {
        transaction_id,
        date,
        quantity: units,
        gain,
        rule,
        opened_by: None,
        term: None,
    };
    let denied = Basis::ZERO.checked_sub(loss.part(units, disposed.units)?)?;
    adjustments.push(adjust(Arc::clone(&disposed.transaction_id), denied, DENIED));
    let mut left = denied;
    let last = disposed.passed_on.len();
    for (place, (later_id, share)) in disposed.passed_on.into_iter().enumerate() {
        let is_rest = disposed.share_left.is_zero() && place + 1 == last;
        let borne = if is_rest { left } else { denied.part(share, Decimal::ONE)? };
        left = left.checked_sub(borne)?;
        let change = Basis::ZERO.checked_sub(borne)?;
        if let Some(later) = window.disposed.iter_mut().find(|later| later.transaction_id == later_id) {
            later.gain = later.gain.checked_add(change)?;
        }
        adjustments.push(adjust(later_id, change, COST_OF_DENIED));
    }
    pool.basis = pool.basis.checked_add(left)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holding::replay::{Replay, amount};

    #[test]
    fn the_average_cost_of_identical_properties() {
        // Income Tax Act s. 47, in the manner of the chart of T4037; made-up numbers. 100 at 15 and
        // 150 at 20 are 250 for 4,500, 18 each. 200 are sold at 30: they cost 3,600. 350 at 21: 400 for 8,250, 20.625
        // each.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2014-01-06", 100, "1500");
        replay.buy("2014-03-03", 150, "3000");
        let sale = replay.sell("2015-06-01", 200, "6000");
        assert_eq!(replay.gain(&sale), amount("2400"));
        replay.buy("2016-02-01", 350, "7350");
        replay.pass_to("2017-01-01");
        assert_eq!(replay.open(), (amount("400"), amount("8250")));
        assert_eq!((replay.gain(&sale), replay.holding.is_waiting()), (amount("2400"), false));
    }

    #[test]
    fn a_loss_is_denied_as_far_as_units_were_acquired_again() {
        // IT-456R par. 12: of 50 units 20 are sold at a loss and 15 reacquired, 45 are held: the superficial loss is
        // that of 15. The amounts are made up: 50 for 500, 20 sold for 100 lose 100, of which 75 are denied. The pool
        // is 300 + 15 · 6 + 75.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2014-01-06", 50, "500");
        let sale = replay.sell("2015-06-01", 20, "100");
        replay.buy("2015-06-15", 15, "90");
        replay.pass_to("2015-06-30");
        assert_eq!((replay.gain(&sale), replay.open()), (amount("-100"), (amount("45"), amount("390"))));
        replay.pass_to("2015-07-01");
        assert_eq!((replay.gain(&sale), replay.open()), (amount("-25"), (amount("45"), amount("465"))));
        assert_eq!(replay.adjustments[0].date.to_string(), "2015-07-01");
    }

    #[test]
    fn a_denied_loss_comes_back_with_the_next_sale() {
        // A worked example of a Canadian tax course: 500 at 50; 400 sold at 42 on 15 December, 400 bought at 40 on 7
        // January; all sold at 45 on 5 October: 22,500 − (5,000 + 16,000 + 3,200) = −1,700.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2012-06-01", 500, "25000");
        let december = replay.sell("2013-12-15", 400, "16800");
        replay.buy("2014-01-07", 400, "16000");
        let october = replay.sell("2014-10-05", 500, "22500");
        replay.pass_to("2014-12-31");
        assert_eq!((replay.gain(&december), replay.gain(&october)), (amount("0"), amount("-1700")));
        assert_eq!(replay.open(), (amount("0"), amount("0")));
    }

    #[test]
    fn nothing_is_denied_if_nothing_is_held_at_the_end() {
        let mut replay = Replay::new(&METHOD);
        replay.buy("2014-01-06", 50, "500");
        let first = replay.sell("2015-06-01", 50, "400");
        replay.buy("2015-06-15", 50, "350");
        let second = replay.sell("2015-06-26", 50, "340");
        replay.pass_to("2015-12-31");
        assert_eq!((replay.gain(&first), replay.gain(&second)), (amount("-100"), amount("-10")));
    }

    #[test]
    fn units_bought_before_the_sale_count_up_to_what_is_left() {
        // Least of S 60, P 100 and B 40: 100 for 1,000, ten days later 60 are sold for 480, a loss of 120, of which
        // 40/60 are denied: 80.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2015-06-01", 100, "1000");
        let sale = replay.sell("2015-06-11", 60, "480");
        replay.pass_to("2015-07-11");
        assert_eq!((replay.gain(&sale), replay.open()), (amount("-40"), (amount("40"), amount("480"))));
    }

    #[test]
    fn a_sale_within_the_period_bears_its_share() {
        // 100 for 1,000. On 1 June 50 are sold for 400: a loss of 100. On 10 June 50 are bought for 500. On 20 June 25
        // of 100 are sold for 250: cost 250, no gain. At the end of 1 July 75 are held: min(50, 50, 75) = 50, all of
        // the 100 are denied. They belong to the cost since 10 June: the sale of 20 June bears a quarter.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2014-01-06", 100, "1000");
        let first = replay.sell("2015-06-01", 50, "400");
        replay.buy("2015-06-10", 50, "500");
        let second = replay.sell("2015-06-20", 25, "250");
        replay.pass_to("2015-07-01");
        assert_eq!((replay.gain(&first), replay.gain(&second)), (amount("0"), amount("-25")));
        assert_eq!(replay.open(), (amount("75"), amount("825")));
        // That made a loss of it, and its own period ends on 20 July: 50 were acquired, 75 are held; all is denied.
        replay.pass_to("2015-07-20");
        assert_eq!((replay.gain(&second), replay.open().1), (amount("0"), amount("850")));
        assert!(!replay.holding.is_waiting());
    }
}
