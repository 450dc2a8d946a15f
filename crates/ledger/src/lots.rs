//! What was bought when and for how much, and which of it a sale gives up.
//!
//! One cost basis method per file. A method decides the order in which lots are closed; taking a part of a lot is the
//! same for all and stands here.

pub mod fifo;

use rust_decimal::Decimal;
use schemas::BusinessDate;

/// Units that came in together. A short position is a lot with a negative quantity and a negative cost: what was
/// received for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The day the lot was opened.
    pub opened_date: BusinessDate,
    /// Units left; never zero.
    pub quantity: Decimal,
    /// What they cost in the instrument's currency, fees and taxes inside; none if unknown.
    pub cost: Option<Decimal>,
    /// The same in the portfolio's base currency at the rate of the opening day; none if unknown.
    pub cost_base: Option<Decimal>,
}

/// What closing lots gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Units closed, with the sign of the lots.
    pub quantity: Decimal,
    /// Their cost; none if one lot's is unknown.
    pub cost: Option<Decimal>,
    /// Their cost in base currency; none if one lot's is unknown.
    pub cost_base: Option<Decimal>,
}

/// An order in which lots are closed.
#[derive(Clone, Copy, Debug)]
pub struct CostBasis {
    /// The id, e.g. `fifo`.
    pub id: &'static str,
    /// What it does, in a sentence.
    pub definition: &'static str,
    /// The position in the list of the lot to close next; the list is in order of opening and not empty.
    pub next: fn(&[Lot]) -> usize,
}

/// The methods that can be chosen.
pub const METHODS: &[&CostBasis] = &[&fifo::METHOD];

impl Closed {
    const NOTHING: Closed =
        Closed { quantity: Decimal::ZERO, cost: Some(Decimal::ZERO), cost_base: Some(Decimal::ZERO) };

    fn add(&mut self, quantity: Decimal, cost: Option<Decimal>, cost_base: Option<Decimal>) -> Option<()> {
        self.quantity = self.quantity.checked_add(quantity)?;
        self.cost = add_known(self.cost, cost)?;
        self.cost_base = add_known(self.cost_base, cost_base)?;
        Some(())
    }
}

/// Closes up to `units` (positive) of the lots, which all have one sign, in the order of the method. Whatever is more
/// than the lots hold stays over; the caller opens a lot of the other sign with it. None on overflow.
pub fn close(lots: &mut Vec<Lot>, units: Decimal, method: &CostBasis) -> Option<Closed> {
    let mut closed = Closed::NOTHING;
    let mut left = units;
    while Decimal::ZERO < left && !lots.is_empty() {
        let position = (method.next)(lots);
        let lot = lots.get_mut(position)?;
        if lot.quantity.abs() <= left {
            let lot = lots.remove(position);
            left -= lot.quantity.abs();
            closed.add(lot.quantity, lot.cost, lot.cost_base)?;
            continue;
        }
        let taken = if lot.quantity.is_sign_negative() { -left } else { left };
        let cost = part(lot.cost, taken, lot.quantity)?;
        let cost_base = part(lot.cost_base, taken, lot.quantity)?;
        lot.quantity -= taken;
        lot.cost = add_known(lot.cost, cost.map(|cost| -cost))?;
        lot.cost_base = add_known(lot.cost_base, cost_base.map(|cost| -cost))?;
        closed.add(taken, cost, cost_base)?;
        left = Decimal::ZERO;
    }
    Some(closed)
}

/// The cost of a part of a lot; outer none on overflow, inner none if the cost is unknown.
fn part(cost: Option<Decimal>, taken: Decimal, whole: Decimal) -> Option<Option<Decimal>> {
    match cost {
        None => Some(None),
        Some(cost) => Some(Some(cost.checked_mul(taken)?.checked_div(whole)?)),
    }
}

/// The sum if both are known; outer none on overflow.
fn add_known(left: Option<Decimal>, right: Option<Decimal>) -> Option<Option<Decimal>> {
    match (left, right) {
        (Some(left), Some(right)) => Some(Some(left.checked_add(right)?)),
        _ => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> = METHODS.iter().map(|method| format!("{}.rs", method.id)).collect();
        assert_eq!(listed.len(), METHODS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lots");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let on_disk: BTreeSet<String> =
            files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(on_disk, listed);
    }
}
