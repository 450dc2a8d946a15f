//! What happens to lots without a trade: splits, stock dividends, capital paid back, moves and a change of method.
//!
//! Nothing is realised here, and no cost is made or lost. What a method remembers of earlier trades follows the units,
//! so that a purchase after a split is matched with the right number of units sold before it.

use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::{Adjustment, Holding};
use crate::basis::Basis;
use crate::lot_choice::LotError;
use crate::lots::{CostBasis, Keeps, Lot};
use crate::open_lots::{DUST, add_to_pool, less, scaled, share_out, take, units_from};

impl Holding {
    /// Gives `new` units for every `old` one, e.g. 7 for 1, or 1 for 10 in a reverse split. The cost stays, and the
    /// price of the last trade is divided by the ratio.
    ///
    /// # Errors
    /// [`LotError::BadRatio`] if one of them is not positive, [`LotError::Overflow`] if a number does not fit.
    pub fn scale_units(&mut self, new: Decimal, old: Decimal) -> Result<(), LotError> {
        if new <= Decimal::ZERO || old <= Decimal::ZERO {
            return Err(LotError::BadRatio { new, old });
        }
        self.scale(new, old).ok_or(LotError::Overflow)
    }

    fn scale(&mut self, new: Decimal, old: Decimal) -> Option<()> {
        for lot in &mut self.open.lots {
            lot.quantity = scaled(lot.quantity, new, old)?;
        }
        if let Some(remembered) = &mut self.open.remembered {
            remembered.scale(new, old)?;
        }
        if let Some((_, price)) = &mut self.last_trade {
            *price = scaled(*price, old, new)?;
        }
        self.recount()
    }

    /// Adds units of a stock dividend or bonus issue: each lot gets its proportion, and the cost is spread over more
    /// units. Of a short position, more units are owed.
    ///
    /// # Errors
    /// [`LotError::NotHeld`] if there are no units to spread them over, [`LotError::BadRatio`] if they are negative,
    /// [`LotError::Overflow`] if a number does not fit.
    pub fn spread_units(&mut self, extra: Decimal) -> Result<(), LotError> {
        let held = self.quantity.abs();
        if held.is_zero() {
            return Err(LotError::NotHeld { asked: extra, held });
        }
        if extra < Decimal::ZERO {
            return Err(LotError::BadRatio { new: extra, old: held });
        }
        self.spread(extra, held).ok_or(LotError::Overflow)
    }

    fn spread(&mut self, extra: Decimal, held: Decimal) -> Option<()> {
        let new = held.checked_add(extra)?;
        let signed = if self.quantity < Decimal::ZERO { -new } else { new };
        let weights: Vec<Decimal> = self.open.lots.iter().map(|lot| lot.quantity).collect();
        let shares = share_out(signed, &weights)?;
        for (lot, units) in self.open.lots.iter_mut().zip(shares) {
            lot.quantity = units;
        }
        if let Some(remembered) = &mut self.open.remembered {
            remembered.scale(new, held)?;
        }
        self.recount()
    }

    /// Lowers the cost by capital that was paid back, lot by lot in proportion to the units. What would take the cost
    /// of a lot below zero is a gain; it comes back, and is zero where there is none. Fees and taxes inside the cost
    /// stay inside it. For a short position, which pays, the amount is negative.
    ///
    /// The gain of a lot whose cost is unknown is unknown; without units the whole amount is a gain.
    ///
    /// # Errors
    /// [`LotError::Overflow`] if a number does not fit.
    pub fn lower_basis(&mut self, amount: Basis) -> Result<Basis, LotError> {
        if self.open.lots.is_empty() {
            return Ok(amount);
        }
        self.lower(amount).ok_or(LotError::Overflow)
    }

    fn lower(&mut self, amount: Basis) -> Option<Basis> {
        let mut excess = Basis::ZERO;
        for lot in &mut self.open.lots {
            let lowered = lot.basis.checked_sub(amount.part(lot.quantity, self.quantity)?)?;
            let is_short = lot.quantity < Decimal::ZERO;
            let (local, gain_local) = stop_at_zero(lowered.local, is_short);
            let (base, gain_base) = stop_at_zero(lowered.base, is_short);
            lot.basis = Basis { local, base, ..lowered };
            excess = excess.checked_add(Basis::without_charges(gain_local, gain_base))?;
        }
        self.recount()?;
        Some(excess)
    }

    /// Takes units (positive) out in the order of the method, with their cost and age and without realising anything:
    /// to move them to another portfolio, or to exchange them in a corporate action. Units of a pool come as one lot;
    /// units of a short position come as lots with a negative quantity.
    ///
    /// # Errors
    /// [`LotError::NotHeld`] if there are fewer; [`LotError::Overflow`] if a number does not fit.
    pub fn take_out(&mut self, units: Decimal, method: &CostBasis) -> Result<Vec<Lot>, LotError> {
        let held = self.quantity.abs();
        if units < Decimal::ZERO || DUST < units - held.min(units) {
            return Err(LotError::NotHeld { asked: units, held });
        }
        self.remove(units, method).ok_or(LotError::Overflow)
    }

    fn remove(&mut self, units: Decimal, method: &CostBasis) -> Option<Vec<Lot>> {
        let lots = &mut self.open.lots;
        let mut moved = Vec::new();
        let mut left = units;
        while Decimal::ZERO < left && !lots.is_empty() {
            let place = (method.next)(lots);
            let lot = lots.get_mut(place)?;
            let whole = lot.clone();
            let part = take(lot, units_from(&whole, left), method.id)?;
            left = less(left, part.quantity.abs())?;
            if lot.quantity.is_zero() {
                lots.remove(place);
            }
            moved.push(Lot { quantity: part.quantity, basis: part.basis, ..whole });
        }
        if let Some(remembered) = &mut self.open.remembered
            && lots.is_empty()
        {
            remembered.section_104.forget_lots();
        }
        self.recount()?;
        Some(moved)
    }

    /// Puts lots in that were taken out elsewhere, with their cost and age; under a method with a pool they join it.
    /// They count as no acquisition for rules on repurchases.
    ///
    /// # Errors
    /// [`LotError::MixedSigns`] if long units meet a short position or the other way round; [`LotError::Overflow`] if
    /// a number does not fit.
    pub fn put_in(&mut self, lots: Vec<Lot>, method: &CostBasis) -> Result<(), LotError> {
        let lots: Vec<Lot> = lots.into_iter().filter(|lot| !lot.quantity.is_zero()).collect();
        let is_short = lots.first().map_or(self.quantity, |lot| lot.quantity) < Decimal::ZERO;
        let clash = lots.iter().find(|lot| (lot.quantity < Decimal::ZERO) != is_short);
        let meets_other = !self.quantity.is_zero() && (self.quantity < Decimal::ZERO) != is_short;
        if let Some(lot) = clash.or_else(|| lots.first().filter(|_| meets_other)) {
            return Err(LotError::MixedSigns { brought: lot.quantity, held: self.quantity });
        }
        for lot in lots {
            match method.keeps {
                Keeps::Lots => self.open.insert_by_age(lot),
                Keeps::Pool => {
                    add_to_pool(&mut self.open, lot)?;
                }
            }
        }
        self.recount().ok_or(LotError::Overflow)
    }

    /// Puts lots in the place of those before, e.g. with a lower cost after a spin-off; none if all are gone. What a
    /// corporate action does not change stays as it was.
    ///
    /// # Errors
    /// [`LotError::MixedSigns`] if long and short lots are among them; [`LotError::Overflow`] if a number does not fit.
    pub fn replace_lots(&mut self, lots: Vec<Lot>) -> Result<(), LotError> {
        let lots: Vec<Lot> = lots.into_iter().filter(|lot| !lot.quantity.is_zero()).collect();
        let is_short = |lot: &Lot| lot.quantity < Decimal::ZERO;
        if let [first, others @ ..] = lots.as_slice()
            && let Some(other) = others.iter().find(|lot| is_short(lot) != is_short(first))
        {
            return Err(LotError::MixedSigns { brought: other.quantity, held: first.quantity });
        }
        if let Some(remembered) = &mut self.open.remembered
            && lots.len() != self.open.lots.len()
        {
            remembered.section_104.forget_lots();
        }
        self.open.lots = lots;
        self.recount().ok_or(LotError::Overflow)
    }

    /// Carries the open lots over to another method from `date` on, before any movement of that day.
    ///
    /// Days before it are settled by the old method. Its windows then close: nothing bought later changes what it
    /// booked. Lots enter a new pool together; a pool becomes one lot, as old as the pool.
    ///
    /// # Errors
    /// [`LotError::Overflow`] if a number does not fit.
    pub fn change_method(
        &mut self,
        date: BusinessDate,
        from: &CostBasis,
        to: &CostBasis,
    ) -> Result<Vec<Adjustment>, LotError> {
        let adjustments = self.pass_to(date.previous_calendar_day(), from)?;
        self.open.remembered = None;
        if to.keeps == Keeps::Pool && 1 < self.open.lots.len() {
            for lot in std::mem::take(&mut self.open.lots) {
                add_to_pool(&mut self.open, lot)?;
            }
        }
        self.recount().ok_or(LotError::Overflow)?;
        Ok(adjustments)
    }
}

/// A cost that does not change its sign, and what went beyond.
fn stop_at_zero(basis: Option<Decimal>, is_short: bool) -> (Option<Decimal>, Option<Decimal>) {
    match basis {
        Some(amount) if (amount < Decimal::ZERO) != is_short && !amount.is_zero() => {
            (Some(Decimal::ZERO), Some(-amount))
        }
        Some(amount) => (Some(amount), Some(Decimal::ZERO)),
        None => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holding::replay::{Replay, amount, day};
    use crate::lots::{average_cost, fifo, lifo, uk_section_104, us_fifo};

    fn one(local: &str) -> Basis {
        Basis::without_charges(Some(amount(local)), Some(amount(local)))
    }

    #[test]
    fn a_split_multiplies_the_units_and_divides_the_last_price() {
        let mut replay = Replay::new(&fifo::METHOD);
        replay.buy("2014-01-02", 10, "5500");
        replay.buy("2014-02-03", 5, "2600");
        replay.holding.last_trade = Some((day("2014-02-03"), amount("520")));
        replay.holding.scale_units(amount("7"), amount("1")).expect("fits");
        assert_eq!(replay.open(), (amount("105"), amount("8100")));
        assert_eq!(replay.holding.last_trade.map(|(_, price)| price.round_dp(4)), Some(amount("74.2857")));
        replay.holding.scale_units(amount("1"), amount("7")).expect("fits");
        assert_eq!(replay.open(), (amount("15"), amount("8100")));
        assert!(replay.holding.scale_units(amount("0"), amount("1")).is_err());
    }

    #[test]
    fn a_stock_dividend_spreads_the_cost() {
        // Five for every hundred on lots of 100 and 200 units: 5 and 10.
        let mut replay = Replay::new(&fifo::METHOD);
        replay.buy("2014-01-02", 100, "1000");
        replay.buy("2014-02-03", 200, "2100");
        replay.holding.spread_units(amount("15")).expect("fits");
        let units: Vec<Decimal> = replay.holding.lots().iter().map(|lot| lot.quantity).collect();
        assert_eq!(units, [amount("105"), amount("210")]);
        assert_eq!(replay.open(), (amount("315"), amount("3100")));
        assert!(Holding::default().spread_units(amount("15")).is_err());
    }

    #[test]
    fn capital_paid_back_lowers_the_cost_and_beyond_it_is_a_gain() {
        // 0.50 a unit on 10 units for 3.00 and 10 for 20.00: the first lot is down to zero after 3.00, 2.00 are a gain;
        // the second keeps 15.00.
        let mut replay = Replay::new(&fifo::METHOD);
        replay.buy("2014-01-02", 10, "3");
        replay.buy("2014-02-03", 10, "20");
        let gain = replay.holding.lower_basis(one("10")).expect("fits");
        assert_eq!(gain, one("2"));
        assert_eq!(replay.open(), (amount("20"), amount("15")));
    }

    #[test]
    fn a_short_position_pays_capital_back() {
        // Ten units short for 60 pay 5: what was received is 55 then.
        let mut replay = Replay::new(&fifo::METHOD);
        replay.sell("2014-01-02", 10, "60");
        assert_eq!(replay.holding.lower_basis(one("-5")), Ok(one("0")));
        assert_eq!(replay.open(), (amount("-10"), amount("-55")));
    }

    #[test]
    fn units_move_with_their_cost_and_age_in_the_order_of_the_method() {
        let mut from = Replay::new(&lifo::METHOD);
        from.buy("2013-01-02", 10, "100");
        from.buy("2013-02-01", 10, "120");
        let moved = from.holding.take_out(amount("15"), &lifo::METHOD).expect("held");
        let costs: Vec<(Decimal, Option<Decimal>)> = moved.iter().map(|lot| (lot.quantity, lot.basis.local)).collect();
        assert_eq!(costs, [(amount("10"), Some(amount("120"))), (amount("5"), Some(amount("50")))]);
        assert_eq!(from.open(), (amount("5"), amount("50")));
        // In a portfolio with younger lots the units stand before them, oldest first.
        let mut to = Replay::new(&fifo::METHOD);
        to.buy("2014-01-02", 1, "20");
        to.holding.put_in(moved, &fifo::METHOD).expect("fits");
        let sale = to.sell("2014-03-03", 5, "60");
        assert_eq!(to.gain(&sale), amount("10"));
        assert_eq!(to.open(), (amount("11"), amount("140")));
        assert!(to.holding.take_out(amount("12"), &fifo::METHOD).is_err());
    }

    #[test]
    fn lots_are_replaced_one_by_one_or_altogether() {
        // A spin-off takes a quarter of the cost of each lot.
        let mut replay = Replay::new(&fifo::METHOD);
        replay.buy("2014-01-02", 10, "100");
        replay.buy("2014-02-03", 10, "200");
        let mut lots = replay.holding.lots().to_vec();
        for lot in &mut lots {
            lot.basis = lot.basis.part(amount("3"), amount("4")).expect("fits");
        }
        replay.holding.replace_lots(lots.clone()).expect("fits");
        assert_eq!(replay.open(), (amount("20"), amount("225")));
        lots[0].quantity = amount("-10");
        assert!(replay.holding.replace_lots(lots).is_err());
        replay.holding.replace_lots(Vec::new()).expect("fits");
        assert_eq!(replay.open(), (amount("0"), amount("0")));
    }

    #[test]
    fn long_units_do_not_enter_a_short_position() {
        let mut long = Replay::new(&fifo::METHOD);
        long.buy("2013-01-02", 10, "100");
        let moved = long.holding.take_out(amount("10"), &fifo::METHOD).expect("held");
        let mut short = Replay::new(&fifo::METHOD);
        short.sell("2013-01-02", 10, "100");
        let error = short.holding.put_in(moved, &fifo::METHOD).expect_err("another sign");
        assert_eq!(error, LotError::MixedSigns { brought: amount("10"), held: amount("-10") });
    }

    #[test]
    fn a_split_between_a_sale_and_its_repurchase_is_seen_through() {
        // 100 for 200 are sold for 150; a split of 2 for 1; 100 new ones, 50 old, are bought for 90 within 30 days.
        // United Kingdom: half of the sale costs 90 instead of 100. United States: half of the loss of 50 is
        // disallowed.
        for (method, gain) in [(&uk_section_104::METHOD, "-40"), (&us_fifo::METHOD, "-25")] {
            let mut replay = Replay::new(method);
            replay.buy("2013-01-02", 100, "200");
            let sale = replay.sell("2014-01-02", 100, "150");
            replay.holding.scale_units(amount("2"), amount("1")).expect("fits");
            replay.buy("2014-01-20", 100, "90");
            replay.pass_to("2014-01-20");
            assert_eq!(replay.gain(&sale), amount(gain), "{}", method.id);
        }
    }

    #[test]
    fn a_change_of_method_merges_lots_into_a_pool_and_makes_a_pool_one_lot() {
        let mut replay = Replay::new(&fifo::METHOD);
        replay.buy("2013-01-02", 10, "100");
        replay.buy("2013-02-01", 10, "140");
        let mut holding = replay.holding;
        holding.change_method(day("2014-01-01"), &fifo::METHOD, &average_cost::METHOD).expect("fits");
        let [pool] = holding.lots() else { panic!("one pool, not {:?}", holding.lots()) };
        assert_eq!((pool.quantity, pool.basis, &*pool.opened_by), (amount("20"), one("240"), "1"));
        holding.change_method(day("2015-01-01"), &average_cost::METHOD, &fifo::METHOD).expect("fits");
        assert_eq!((holding.lots().len(), holding.basis()), (1, one("240")));
    }
}
