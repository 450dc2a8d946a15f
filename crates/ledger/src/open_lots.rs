//! The lots of a holding as its method sees them, and the steps that methods are made of.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::BusinessDate;

use crate::basis::Basis;
use crate::holding::Adjustment;
use crate::lot_choice::{LotChoices, LotError};
use crate::lots::{ClosedLot, CostBasis, Lot, canada_acb, uk_section_104};
use crate::wash_sales;

/// Days before and after a disposal that the rules of the United Kingdom, the United States and Canada look at; the
/// last day is inside.
pub(crate) const WINDOW_DAYS: i64 = 30;

/// Up to this, a difference is what dividing leaves over, e.g. by the ratio of a split, and neither units nor money.
/// Tables keep ten decimals.
pub(crate) const DUST: Decimal = Decimal::from_parts(1, 0, 0, false, 15);

/// The open lots in order of age, all of one sign, with what their method remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenLots {
    /// The lots; for a method that keeps a pool, the pool and under some the units of today.
    pub(crate) lots: Vec<Lot>,
    /// What a method with a look ahead remembers; none for all others, and while nothing is pending.
    pub(crate) remembered: Option<Box<Remembered>>,
}

/// What methods with a look ahead remember. Only the part of the method in use is ever filled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// For the United Kingdom: the trades of today, and disposals that later acquisitions may still be matched with.
    pub(crate) section_104: uk_section_104::Window,
    /// For the United States: losses that later acquisitions may still replace.
    pub(crate) losses: wash_sales::Losses,
    /// For Canada: disposals and acquisitions of the last days.
    pub(crate) superficial: canada_acb::Window,
}

impl Remembered {
    fn is_empty(&self) -> bool {
        self.section_104.is_empty() && self.losses.is_empty() && self.superficial.is_empty()
    }

    /// Multiplies remembered units by a ratio. None on overflow.
    pub(crate) fn scale(&mut self, new: Decimal, old: Decimal) -> Option<()> {
        self.section_104.scale(new, old)?;
        self.losses.scale(new, old)?;
        self.superficial.scale(new, old)
    }
}

/// Units that close lots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disposal<'a> {
    /// The transaction.
    pub(crate) transaction_id: &'a Arc<str>,
    /// The day of the trade.
    pub(crate) date: BusinessDate,
    /// Units moved, positive; lots may hold fewer.
    pub(crate) units: Decimal,
    /// What all of them brought; where a short position is covered, what all of them cost.
    pub(crate) amount: Basis,
    /// The lots that the seller names.
    pub(crate) lots_closed: &'a LotChoices,
    /// Whether lots of a short position are closed. Rules that look ahead do not apply to those.
    pub(crate) covers_short: bool,
}

/// What a disposal closed, and what it changes at once about earlier ones or about itself.
#[derive(Debug)]
pub(crate) struct Closing {
    pub(crate) closed: Vec<ClosedLot>,
    pub(crate) adjustments: Vec<Adjustment>,
}

impl OpenLots {
    /// Adds a lot at its place in the order of age: last, unless it was transferred in with an earlier date.
    pub(crate) fn insert_by_age(&mut self, lot: Lot) {
        if self.lots.last().is_none_or(|last| last.acquired_date <= lot.acquired_date) {
            self.lots.push(lot);
            return;
        }
        let place = self.lots.iter().position(|open| lot.acquired_date < open.acquired_date);
        self.lots.insert(place.unwrap_or(self.lots.len()), lot);
    }

    /// Gives up the memory if there is nothing in it.
    pub(crate) fn forget_if_empty(&mut self) {
        if self.remembered.as_ref().is_some_and(|remembered| remembered.is_empty()) {
            self.remembered = None;
        }
    }
}

/// Opens a lot of its own for what came in: `acquire` of the plain methods.
pub(crate) fn open_lot(open: &mut OpenLots, lot: Lot) -> Result<Vec<Adjustment>, LotError> {
    open.insert_by_age(lot);
    Ok(Vec::new())
}

/// Adds what came in to the pool: `acquire` of the methods with a running average.
pub(crate) fn add_to_pool(open: &mut OpenLots, lot: Lot) -> Result<Vec<Adjustment>, LotError> {
    let today_lots = open.remembered.as_ref().map_or(0, |remembered| remembered.section_104.today_lots());
    let has_pool = today_lots < open.lots.len();
    merge_into_pool(&mut open.lots, has_pool, lot).ok_or(LotError::Overflow)?;
    Ok(Vec::new())
}

/// Merges a lot into the pool, which is the first in the list if there is one. None on overflow.
pub(crate) fn merge_into_pool(lots: &mut Vec<Lot>, has_pool: bool, lot: Lot) -> Option<()> {
    match lots.first_mut() {
        Some(pool) if has_pool => {
            pool.quantity = pool.quantity.checked_add(lot.quantity)?;
            pool.basis = pool.basis.checked_add(lot.basis)?;
        }
        _ => lots.insert(0, lot),
    }
    Some(())
}

/// `settle` of the methods that do not look ahead.
pub(crate) fn nothing_pending(_open: &mut OpenLots, _date: BusinessDate) -> Result<Vec<Adjustment>, LotError> {
    Ok(Vec::new())
}

/// Closes lots in the order of the method, under the method's id as rule: `dispose` of the plain methods.
pub(crate) fn close_in_order(
    open: &mut OpenLots,
    disposal: &Disposal<'_>,
    method: &CostBasis,
) -> Result<Closing, LotError> {
    let closed = close(&mut open.lots, disposal.units, method.id, method.next).ok_or(LotError::Overflow)?;
    Ok(Closing { closed, adjustments: Vec::new() })
}

/// Closes up to `units` (positive) of the lots, which all have one sign. Whatever is more than they hold stays over.
/// None on overflow.
pub(crate) fn close(
    lots: &mut Vec<Lot>,
    units: Decimal,
    rule: &'static str,
    next: fn(&[Lot]) -> usize,
) -> Option<Vec<ClosedLot>> {
    let mut closed = Vec::new();
    let mut left = units;
    // Lots that were emptied in front are removed together at the end: a sale of many small lots, oldest first, would
    // otherwise move the whole list for each.
    let mut emptied = 0;
    while Decimal::ZERO < left && emptied < lots.len() {
        let place = emptied + next(lots.get(emptied..)?);
        let lot = lots.get_mut(place)?;
        let taken = units_from(lot, left);
        closed.push(take(lot, taken, rule)?);
        left = less(left, taken)?;
        if lot.quantity.is_zero() {
            if place == emptied {
                emptied += 1;
            } else {
                lots.remove(place);
            }
        }
    }
    lots.drain(..emptied);
    Some(closed)
}

/// How many of the units wanted a lot gives: all that it holds if no more than dust would be left.
pub(crate) fn units_from(lot: &Lot, wanted: Decimal) -> Decimal {
    let held = lot.quantity.abs();
    if less(held, wanted).is_none_or(|rest| rest.is_zero()) { held } else { wanted }
}

/// What is left of units; dust is nothing. None on overflow.
pub(crate) fn less(units: Decimal, taken: Decimal) -> Option<Decimal> {
    let rest = units.checked_sub(taken)?;
    Some(if rest <= DUST { Decimal::ZERO } else { rest })
}

/// Takes units (positive, at most what it holds) out of a lot. None on overflow.
pub(crate) fn take(lot: &mut Lot, units: Decimal, rule: &'static str) -> Option<ClosedLot> {
    let quantity = if lot.quantity < Decimal::ZERO { -units } else { units };
    let basis = lot.basis.part(quantity, lot.quantity)?;
    lot.quantity = lot.quantity.checked_sub(quantity)?;
    lot.basis = lot.basis.checked_sub(basis)?;
    Some(ClosedLot {
        opened_by: Arc::clone(&lot.opened_by),
        acquired_date: lot.acquired_date,
        quantity,
        basis,
        rule,
        term: None,
    })
}

/// Whether units were acquired on the day they came in, as rules on repurchases ask. Lots that were transferred in
/// with an earlier date were not, nor is a short sale an acquisition.
pub(crate) fn is_acquisition(lot: &Lot) -> bool {
    Decimal::ZERO < lot.quantity && lot.acquired_date == lot.opened_date
}

/// The loss in a gain, as negative numbers; none if there is none.
///
/// A rule that denies losses is applied to the instrument's currency and to the base currency each by itself: a sale
/// can be a loss in one and a gain in the other. A gain that is not known is not taken for a loss.
pub(crate) fn loss_of(gain: Basis) -> Option<Basis> {
    let is_loss = |amount: Option<Decimal>| amount.is_some_and(|amount| amount < Decimal::ZERO);
    let mut loss = Basis::ZERO;
    if is_loss(gain.local) {
        loss.local = gain.local;
        loss.charges_local = gain.charges_local;
    }
    if is_loss(gain.base) {
        loss.base = gain.base;
        loss.charges_base = gain.charges_base;
    }
    (is_loss(gain.local) || is_loss(gain.base)).then_some(loss)
}

/// Whether a change of a gain is more than what dividing leaves over. What is unknown does not count.
pub(crate) fn matters(gain: Basis) -> bool {
    let numbers = [gain.local, gain.base, gain.charges_local, gain.charges_base];
    numbers.into_iter().flatten().any(|number| DUST < number.abs())
}

/// Shares a total out by weights; the shares add up to it exactly. None on overflow, or if all weights are zero.
pub(crate) fn share_out(total: Decimal, weights: &[Decimal]) -> Option<Vec<Decimal>> {
    let whole = weights.iter().try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(*weight))?;
    if whole == total {
        return Some(weights.to_vec());
    }
    let mut left = total;
    let mut shares = Vec::with_capacity(weights.len());
    for (place, weight) in weights.iter().enumerate() {
        let is_last = place + 1 == weights.len();
        let share = if is_last { left } else { total.checked_mul(*weight)?.checked_div(whole)? };
        shares.push(share);
        left = left.checked_sub(share)?;
    }
    Some(shares)
}

/// Units after `new` are given for every `old`. None on overflow.
pub(crate) fn scaled(units: Decimal, new: Decimal, old: Decimal) -> Option<Decimal> {
    let multiplied = units.checked_mul(new)?;
    if old == Decimal::ONE { Some(multiplied) } else { multiplied.checked_div(old) }
}

/// The last day of the window of a disposal.
pub(crate) fn window_end(date: BusinessDate) -> BusinessDate {
    (0..WINDOW_DAYS).fold(date, |day, _| day.next_calendar_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_the_total() {
        let thirds = share_out(Decimal::TEN, &[Decimal::ONE, Decimal::ONE, Decimal::ONE]).expect("fits");
        assert_eq!(thirds.iter().sum::<Decimal>(), Decimal::TEN);
        assert!((thirds[0] - thirds[2]).abs() < Decimal::new(1, 20));
        assert_eq!(share_out(Decimal::TEN, &[Decimal::ZERO, Decimal::ZERO]), None);
    }

    #[test]
    fn no_dust_of_a_split_is_left_behind() {
        // A third of 100 units three times is a little less than 100.
        let third = Decimal::ONE_HUNDRED / Decimal::from(3);
        assert_eq!(less(Decimal::ONE_HUNDRED, third + third + third), Some(Decimal::ZERO));
        assert_eq!(less(Decimal::TWO, Decimal::ONE), Some(Decimal::ONE));
    }

    #[test]
    fn only_what_is_known_to_be_lost_is_a_loss() {
        // Ten lost in the instrument's currency, two gained in the base currency.
        let gain = Basis::without_charges(Some(-Decimal::TEN), Some(Decimal::TWO));
        let loss = loss_of(gain).expect("a loss in one currency");
        assert_eq!((loss.local, loss.base), (Some(-Decimal::TEN), Some(Decimal::ZERO)));
        assert_eq!(loss_of(Basis::UNKNOWN), None);
    }

    #[test]
    fn the_window_ends_thirty_days_later() {
        let day = |text: &str| -> BusinessDate { text.parse().expect("a date") };
        assert_eq!(window_end(day("2011-07-01")), day("2011-07-31"));
        assert_eq!(window_end(day("2012-01-30")), day("2012-02-29"));
    }
}
