//! One instrument in one portfolio: its lots, what they cost together, and the price of its last trade.

#[cfg(test)]
mod conservation;
#[cfg(test)]
mod official_rules;
mod reorganisation;
#[cfg(test)]
pub(crate) mod replay;

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::BusinessDate;

use crate::basis::Basis;
use crate::lot_choice::{LotChoices, LotError};
use crate::lots::{ClosedLot, CostBasis, HoldingTerm, Lot};
use crate::open_lots::{Disposal, OpenLots, less};

/// The open lots of an instrument, with what a valuation needs when there is no quote.
///
/// Units and cost are kept as running totals. After an error [`LotError::Overflow`] a holding is not to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    open: OpenLots,
    quantity: Decimal,
    basis: Basis,
    /// Price per unit as quoted, and day, of the last trade; kept for instruments that were never quoted.
    pub last_trade: Option<(BusinessDate, Decimal)>,
}

/// What a booking moved in or out: units, and what they cost or brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The transaction.
    pub transaction_id: Arc<str>,
    /// The day of the trade. Movements come in order of their days.
    pub date: BusinessDate,
    /// The day from which a holding period counts: the day of the trade, or an earlier one for lots transferred in.
    pub acquired_date: BusinessDate,
    /// Units, zero or positive.
    pub quantity: Decimal,
    /// What they cost or brought, positive.
    pub basis: Basis,
    /// The lots that a disposal names, for methods that let the seller choose; others do not look at them.
    pub lots_closed: LotChoices,
}

/// What a booking did to the lots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// What closing lots realised; none if none were closed.
    pub realised: Option<Realised>,
    /// Gains of disposals, this one or earlier ones, that rules change: first what days that are over left to settle,
    /// then what this booking changes.
    pub adjustments: Vec<Adjustment>,
}

/// What closing lots realised. The gain is proceeds minus cost, number by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realised {
    /// Units that closed lots, positive.
    pub quantity: Decimal,
    /// What came in for them.
    pub proceeds: Basis,
    /// What they had cost.
    pub cost: Basis,
    /// The lots that were closed.
    pub closed: Vec<ClosedLot>,
}

/// A later change of the gain of an earlier disposal, as tax rules ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The disposal whose gain changes.
    pub transaction_id: Arc<str>,
    /// The day on which it changes.
    pub date: BusinessDate,
    /// Units that the rule concerns, positive.
    pub quantity: Decimal,
    /// What is added to its gain.
    pub gain: Basis,
    /// The rule, e.g. `wash_sale`.
    pub rule: &'static str,
    /// The acquisition that the units are matched with or that replaces them, if it is one.
    pub opened_by: Option<Arc<str>>,
    /// How long the units sold had been held, for methods of a tax law that distinguishes.
    pub term: Option<HoldingTerm>,
}

impl Default for Holding {
    fn default() -> Holding {
        Holding { open: OpenLots::default(), quantity: Decimal::ZERO, basis: Basis::ZERO, last_trade: None }
    }
}

impl Realised {
    /// What one of the lots closed brought and what it had cost; over all of them they add up to the whole. None on
    /// overflow.
    pub fn of_lot(&self, part: &ClosedLot) -> Option<(Basis, Basis)> {
        let units = part.quantity.abs();
        if part.quantity < Decimal::ZERO {
            return Some((part.basis.negated(), self.cost.part(units, self.quantity)?));
        }
        Some((self.proceeds.part(units, self.quantity)?, part.basis))
    }
}

impl Holding {
    /// Units held; negative if short.
    pub fn quantity(&self) -> Decimal {
        self.quantity
    }

    /// What the open lots cost; unknown as far as that of one of them is.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// The open lots in order of age; of a pool the one lot that it is.
    pub fn lots(&self) -> &[Lot] {
        &self.open.lots
    }

    /// Whether the passing of days may still change something, so that [`Holding::pass_to`] has work to do.
    pub fn is_waiting(&self) -> bool {
        self.open.remembered.is_some()
    }

    /// Adds units: first closes a short position, then opens a lot.
    ///
    /// # Errors
    /// [`LotError`] if the lots named are not there, or a number does not fit.
    pub fn increase(&mut self, movement: &Movement, method: &CostBasis) -> Result<Exchange, LotError> {
        self.exchange(movement, method, Direction::In)
    }

    /// Removes units: closes lots, then goes short with what is left.
    ///
    /// # Errors
    /// [`LotError`] if the lots named are not there, or a number does not fit.
    pub fn reduce(&mut self, movement: &Movement, method: &CostBasis) -> Result<Exchange, LotError> {
        self.exchange(movement, method, Direction::Out)
    }

    /// Ends every day up to `date`: no movement of `date` or an earlier day follows. Gives what rules that look ahead
    /// settle by then. Costs nothing while nothing is pending.
    ///
    /// # Errors
    /// [`LotError::Overflow`] if a number does not fit.
    pub fn pass_to(&mut self, date: BusinessDate, method: &CostBasis) -> Result<Vec<Adjustment>, LotError> {
        if self.open.remembered.is_none() {
            return Ok(Vec::new());
        }
        let adjustments = (method.settle)(&mut self.open, date)?;
        if !adjustments.is_empty() {
            let change = sum_of_gains(&adjustments).ok_or(LotError::Overflow)?;
            self.count(Decimal::ZERO, change).ok_or(LotError::Overflow)?;
        }
        Ok(adjustments)
    }

    fn exchange(
        &mut self,
        movement: &Movement,
        method: &CostBasis,
        direction: Direction,
    ) -> Result<Exchange, LotError> {
        if movement.quantity < Decimal::ZERO {
            let transaction_id = movement.transaction_id.to_string();
            return Err(LotError::NegativeUnits { transaction_id, units: movement.quantity });
        }
        let mut adjustments = self.pass_to(movement.date.previous_calendar_day(), method)?;
        let settled = adjustments.len();
        let covers_short = self.quantity < Decimal::ZERO;
        let closes = !self.open.lots.is_empty() && covers_short == (direction == Direction::In);
        let mut left = movement.quantity;
        let mut moved = Decimal::ZERO;
        let mut realised = None;
        let mut change = Basis::ZERO;
        if closes && !left.is_zero() {
            let disposal = Disposal {
                transaction_id: &movement.transaction_id,
                date: movement.date,
                units: movement.quantity,
                amount: movement.basis,
                lots_closed: &movement.lots_closed,
                covers_short,
            };
            let closing = (method.dispose)(&mut self.open, &disposal, method)?;
            adjustments.extend(closing.adjustments);
            let is_all = !self.open.lots.is_empty();
            let closed = sum_of_closed(&closing.closed).ok_or(LotError::Overflow)?;
            left = if is_all { Decimal::ZERO } else { less(left, closed.0.abs()).ok_or(LotError::Overflow)? };
            moved = -closed.0;
            change = closed.1.negated();
            realised = Some(realise(closing.closed, closed, left, movement).ok_or(LotError::Overflow)?);
        }
        if !left.is_zero() {
            let lot = lot(movement, left, direction).ok_or(LotError::Overflow)?;
            moved = moved.checked_add(lot.quantity).ok_or(LotError::Overflow)?;
            change = change.checked_add(lot.basis).ok_or(LotError::Overflow)?;
            adjustments.extend((method.acquire)(&mut self.open, lot)?);
        }
        if let Some(of_this) = adjustments.get(settled..).filter(|of_this| !of_this.is_empty()) {
            let gains = sum_of_gains(of_this).ok_or(LotError::Overflow)?;
            change = change.checked_add(gains).ok_or(LotError::Overflow)?;
        }
        self.count(moved, change).ok_or(LotError::Overflow)?;
        Ok(Exchange { realised, adjustments })
    }

    /// Adds to the running totals. Where one lot is left, or a number is or was unknown, the lots themselves say more
    /// than the sum. None on overflow.
    fn count(&mut self, units: Decimal, basis: Basis) -> Option<()> {
        match self.open.lots.as_slice() {
            [] => (self.quantity, self.basis) = (Decimal::ZERO, Basis::ZERO),
            [only] => (self.quantity, self.basis) = (only.quantity, only.basis),
            lots => {
                self.quantity = self.quantity.checked_add(units)?;
                let is_known = self.basis.is_known() && basis.is_known();
                self.basis = if is_known { self.basis.checked_add(basis)? } else { sum_of_bases(lots)? };
            }
        }
        debug_assert!(self.totals_agree(), "the running totals are those of the lots");
        Some(())
    }

    /// Makes the totals those of the lots. None on overflow.
    fn recount(&mut self) -> Option<()> {
        self.quantity = sum_of_units(&self.open.lots)?;
        self.basis = sum_of_bases(&self.open.lots)?;
        Some(())
    }

    /// Whether the running totals are those of the lots, apart from what dividing leaves over.
    fn totals_agree(&self) -> bool {
        let is_near = |left: Option<Decimal>, right: Option<Decimal>| match (left, right) {
            (Some(left), Some(right)) => {
                let size = left.abs().max(Decimal::ONE);
                left.checked_sub(right).is_some_and(|gap| gap.abs() <= size * Decimal::new(1, 15))
            }
            (left, right) => left == right,
        };
        let (Some(units), Some(basis)) = (sum_of_units(&self.open.lots), sum_of_bases(&self.open.lots)) else {
            return true;
        };
        is_near(Some(self.quantity), Some(units))
            && is_near(self.basis.local, basis.local)
            && is_near(self.basis.base, basis.base)
            && is_near(self.basis.charges_local, basis.charges_local)
            && is_near(self.basis.charges_base, basis.charges_base)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    In,
    Out,
}

/// The lot that units open which close none. None on overflow.
fn lot(movement: &Movement, units: Decimal, direction: Direction) -> Option<Lot> {
    let basis = movement.basis.part(units, movement.quantity)?;
    let is_in = direction == Direction::In;
    Some(Lot {
        opened_by: Arc::clone(&movement.transaction_id),
        opened_date: movement.date,
        acquired_date: movement.acquired_date,
        quantity: if is_in { units } else { -units },
        basis: if is_in { basis } else { basis.negated() },
        is_replacement: false,
    })
}

/// What the lots closed realised, if `left` units of the movement closed none. None on overflow.
fn realise(
    closed: Vec<ClosedLot>,
    (units, given_up): (Decimal, Basis),
    left: Decimal,
    movement: &Movement,
) -> Option<Realised> {
    let moved = movement.basis.part(movement.quantity.checked_sub(left)?, movement.quantity)?;
    // A sale brings the amount in against the lots' cost. Covering a short pays the amount against what the short had
    // brought in, which the lot carries as a negative cost.
    let is_cover = units < Decimal::ZERO;
    let (proceeds, cost) = if is_cover { (given_up.negated(), moved) } else { (moved, given_up) };
    Some(Realised { quantity: units.abs(), proceeds, cost, closed })
}

/// Units and basis of what was closed, with the signs of the lots. None on overflow.
fn sum_of_closed(closed: &[ClosedLot]) -> Option<(Decimal, Basis)> {
    closed.iter().try_fold((Decimal::ZERO, Basis::ZERO), |(units, basis), part| {
        Some((units.checked_add(part.quantity)?, basis.checked_add(part.basis)?))
    })
}

/// What adjustments add to gains, and so to the cost of what is still held. None on overflow.
pub(crate) fn sum_of_gains(adjustments: &[Adjustment]) -> Option<Basis> {
    adjustments.iter().try_fold(Basis::ZERO, |sum, adjustment| sum.checked_add(adjustment.gain))
}

fn sum_of_units(lots: &[Lot]) -> Option<Decimal> {
    lots.iter().try_fold(Decimal::ZERO, |sum, lot| sum.checked_add(lot.quantity))
}

fn sum_of_bases(lots: &[Lot]) -> Option<Basis> {
    lots.iter().try_fold(Basis::ZERO, |sum, lot| sum.checked_add(lot.basis))
}

#[cfg(test)]
mod tests {
    use super::replay::{Replay, amount, day};
    use super::*;
    use crate::lots::fifo::METHOD;

    #[test]
    fn selling_more_than_is_held_goes_short_and_buying_covers_it() {
        // Bought 10 for 100, sold 15 for 180: 10 realise 120 − 100 = 20, 5 are short for 60.
        let mut replay = Replay::new(&METHOD);
        replay.buy("2014-01-02", 10, "100");
        let sale = replay.sell("2014-01-03", 15, "180");
        assert_eq!((replay.gain(&sale), replay.realised[&sale].quantity), (amount("20"), amount("10")));
        assert_eq!(replay.open(), (amount("-5"), amount("-60")));
        // Covered for 50: the short realises 60 − 50 = 10.
        let cover = replay.buy("2014-01-06", 5, "50");
        assert_eq!(replay.gain(&cover), amount("10"));
        assert_eq!(replay.holding.quantity(), Decimal::ZERO);
        // One lot was closed each time: it brought and cost the whole.
        for id in [&sale, &cover] {
            let realised = &replay.realised[id];
            let of_lot = realised.of_lot(&realised.closed[0]).expect("fits");
            assert_eq!(of_lot, (realised.proceeds, realised.cost));
        }
    }

    #[test]
    fn an_unknown_cost_makes_the_total_unknown_until_its_lot_is_closed() {
        let mut replay = Replay::new(&METHOD);
        replay.bring("2014-01-02", 10, Basis::UNKNOWN);
        replay.buy("2014-01-03", 10, "100");
        replay.buy("2014-01-06", 10, "110");
        assert_eq!(replay.holding.basis(), Basis::UNKNOWN);
        let sale = replay.sell("2014-01-07", 10, "120");
        assert_eq!(replay.gain_basis(&sale).local, None);
        assert_eq!(replay.open(), (amount("20"), amount("210")));
    }

    #[test]
    fn nothing_moves_with_no_units_and_negative_units_are_refused() {
        let mut holding = Holding::default();
        let mut movement = Replay::new(&METHOD).movement(day("2014-01-02"), Decimal::ZERO, Basis::ZERO);
        assert_eq!(holding.reduce(&movement, &METHOD), Ok(Exchange::default()));
        movement.quantity = -Decimal::ONE;
        let error = holding.increase(&movement, &METHOD).expect_err("negative");
        assert_eq!(error.to_string(), "transaction 1 moves -1 units; units are not negative");
    }
}
