//! One instrument in one portfolio: its lots and the price of its last trade.

use rust_decimal::Decimal;
use schemas::BusinessDate;

use crate::lots::{self, Closed, CostBasis, Lot};

/// The open lots of an instrument, with what a valuation needs when there is no quote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    lots: Vec<Lot>,
    /// Price per unit as quoted, and day, of the last trade; kept for instruments that were never quoted.
    pub last_trade: Option<(BusinessDate, Decimal)>,
}

/// What a booking moved in or out: units, and what they cost or brought in both currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The day of the trade.
    pub date: BusinessDate,
    /// Units, positive.
    pub quantity: Decimal,
    /// Amount in the instrument's currency, positive; none if unknown.
    pub amount: Option<Decimal>,
    /// The same in the portfolio's base currency; none if unknown.
    pub amount_base: Option<Decimal>,
}

/// What a reduction realised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Realised {
    /// Units that closed lots, positive.
    pub quantity: Decimal,
    /// What came in for them; none if unknown.
    pub proceeds: Option<Decimal>,
    /// What they had cost; none if unknown.
    pub cost: Option<Decimal>,
    /// Gain in base currency; none if unknown.
    pub gain_base: Option<Decimal>,
}

impl Holding {
    /// Units held; negative if short.
    pub fn quantity(&self) -> Option<Decimal> {
        self.lots.iter().try_fold(Decimal::ZERO, |sum, lot| sum.checked_add(lot.quantity))
    }

    /// Cost of the open lots in the instrument's currency; none if one is unknown.
    pub fn cost(&self) -> Option<Decimal> {
        self.lots.iter().try_fold(Decimal::ZERO, |sum, lot| sum.checked_add(lot.cost?))
    }

    /// Cost of the open lots in base currency; none if one is unknown.
    pub fn cost_base(&self) -> Option<Decimal> {
        self.lots.iter().try_fold(Decimal::ZERO, |sum, lot| sum.checked_add(lot.cost_base?))
    }

    /// The open lots in order of opening.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// Multiplies the units by a split's ratio and divides the price of the last trade by it. None on overflow.
    pub fn split(&mut self, ratio: Decimal) -> Option<()> {
        crate::corporate_actions::split::apply(&mut self.lots, ratio)?;
        if let Some((_, price)) = &mut self.last_trade {
            *price = price.checked_div(ratio)?;
        }
        Some(())
    }

    /// Adds units: first closes a short position, then opens a lot. None on overflow.
    pub fn increase(&mut self, movement: Movement, method: &CostBasis) -> Option<Option<Realised>> {
        self.exchange(movement, method, Direction::In)
    }

    /// Removes units: closes lots, then goes short with what is left. None on overflow.
    pub fn reduce(&mut self, movement: Movement, method: &CostBasis) -> Option<Option<Realised>> {
        self.exchange(movement, method, Direction::Out)
    }

    fn exchange(&mut self, movement: Movement, method: &CostBasis, direction: Direction) -> Option<Option<Realised>> {
        let opposite = |lot: &Lot| lot.quantity.is_sign_negative() == (direction == Direction::In);
        let closes = self.lots.first().is_some_and(opposite);
        let closed = if closes { Some(lots::close(&mut self.lots, movement.quantity, method)?) } else { None };
        let closed_units = closed.as_ref().map_or(Decimal::ZERO, |closed| closed.quantity.abs());
        let left = movement.quantity - closed_units;
        if !left.is_zero() {
            let signed = |amount: Decimal| {
                if direction == Direction::In { amount } else { -amount }
            };
            self.lots.push(Lot {
                opened_date: movement.date,
                quantity: signed(left),
                cost: share(movement.amount, left, movement.quantity)?.map(signed),
                cost_base: share(movement.amount_base, left, movement.quantity)?.map(signed),
            });
        }
        match closed {
            None => Some(None),
            Some(closed) => realised(&closed, movement, direction).map(Some),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    In,
    Out,
}

/// The part of an amount that belongs to some of the units. Outer none on overflow, inner none if unknown.
fn share(amount: Option<Decimal>, units: Decimal, all: Decimal) -> Option<Option<Decimal>> {
    match amount {
        None => Some(None),
        Some(amount) if units == all => Some(Some(amount)),
        Some(amount) => Some(Some(amount.checked_mul(units)?.checked_div(all)?)),
    }
}

fn realised(closed: &Closed, movement: Movement, direction: Direction) -> Option<Realised> {
    let quantity = closed.quantity.abs();
    let amount = share(movement.amount, quantity, movement.quantity)?;
    let amount_base = share(movement.amount_base, quantity, movement.quantity)?;
    // A sale brings the amount in against the lots' cost. Covering a short pays the amount against what the short had
    // brought in, which the lot carries as a negative cost.
    let (proceeds, cost, proceeds_base, cost_base) = match direction {
        Direction::Out => (amount, closed.cost, amount_base, closed.cost_base),
        Direction::In => (closed.cost.map(|cost| -cost), amount, closed.cost_base.map(|cost| -cost), amount_base),
    };
    let gain_base = proceeds_base.zip(cost_base).map(|(proceeds, cost)| proceeds - cost);
    Some(Realised { quantity, proceeds, cost, gain_base })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lots::fifo::METHOD;

    fn movement(quantity: i64, amount: i64) -> Movement {
        Movement {
            date: "2014-01-02".parse().expect("a date"),
            quantity: Decimal::from(quantity),
            amount: Some(Decimal::from(amount)),
            amount_base: Some(Decimal::from(amount)),
        }
    }

    #[test]
    fn selling_more_than_is_held_goes_short_and_buying_covers_it() {
        // Bought 10 for 100, sold 15 for 180: 10 realise 120 − 100 = 20, 5 are short for 60.
        let mut holding = Holding::default();
        assert_eq!(holding.increase(movement(10, 100), &METHOD), Some(None));
        let sale = holding.reduce(movement(15, 180), &METHOD).flatten().expect("lots were closed");
        assert_eq!((sale.proceeds, sale.cost), (Some(Decimal::from(120)), Some(Decimal::from(100))));
        assert_eq!((holding.quantity(), holding.cost()), (Some(Decimal::from(-5)), Some(Decimal::from(-60))));
        // Covered for 50: the short realises 60 − 50 = 10.
        let cover = holding.increase(movement(5, 50), &METHOD).flatten().expect("the short was closed");
        assert_eq!(cover.gain_base, Some(Decimal::from(10)));
        assert_eq!(holding.quantity(), Some(Decimal::ZERO));
    }
}
