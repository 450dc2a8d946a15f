//! Dividing units and amounts so that the parts add up to the whole exactly.
//!
//! A quotient can have more digits than a decimal number holds. Here only one part is rounded, to so few decimals that
//! the rest, which is the whole minus the part, has room for all of its digits. So nothing is lost, whatever the
//! share. Of several lots the last one takes what rounding leaves.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::basis::Basis;
use crate::lots::Lot;
use crate::open_lots::{less, units_from};

/// Decimals of a part if the whole has fewer. More than any table keeps, and few enough that sums of parts stay exact.
const PART_DECIMALS: u32 = 16;
/// Digits that a decimal number always has room for.
const DIGITS: u32 = 28;

/// Divides an amount into the share of `taken` out of `whole`, and the rest. The two add up to the amount exactly if
/// the share is between zero and one. None on overflow, or if `whole` is zero.
pub(crate) fn divide(amount: Decimal, taken: Decimal, whole: Decimal) -> Option<(Decimal, Decimal)> {
    if whole.is_zero() {
        return None;
    }
    if taken == whole {
        return Some((amount, Decimal::ZERO));
    }
    let quotient = amount.checked_mul(taken)?.checked_div(whole)?;
    let part = quotient.round_dp(decimals_of_part(amount));
    Some((part, amount.checked_sub(part)?))
}

/// Divides the four numbers of a basis as [`divide`] does. What is unknown is unknown in both parts, unless one of them
/// gets nothing.
pub(crate) fn divide_basis(basis: Basis, taken: Decimal, whole: Decimal) -> Option<(Basis, Basis)> {
    if whole.is_zero() {
        return None;
    }
    if taken == whole {
        return Some((basis, Basis::ZERO));
    }
    if taken.is_zero() {
        return Some((Basis::ZERO, basis));
    }
    let divide = |amount: Option<Decimal>| match amount {
        None => Some((None, None)),
        Some(amount) => divide(amount, taken, whole).map(|(part, rest)| (Some(part), Some(rest))),
    };
    let (local, base) = (divide(basis.local)?, divide(basis.base)?);
    let (charges_local, charges_base) = (divide(basis.charges_local)?, divide(basis.charges_base)?);
    let part = Basis { local: local.0, base: base.0, charges_local: charges_local.0, charges_base: charges_base.0 };
    let rest = Basis { local: local.1, base: base.1, charges_local: charges_local.1, charges_base: charges_base.1 };
    Some((part, rest))
}

/// Units times new, divided by old. None on overflow.
pub(crate) fn scaled(units: Decimal, ratio: (i64, i64)) -> Option<Decimal> {
    let (new, old) = ratio;
    if new == old {
        return Some(units);
    }
    units.checked_mul(Decimal::from(new))?.checked_div(Decimal::from(old))
}

/// The units of all lots together. None on overflow.
pub(crate) fn total_units(lots: &[Lot]) -> Option<Decimal> {
    lots.iter().try_fold(Decimal::ZERO, |sum, lot| sum.checked_add(lot.quantity))
}

/// The units of every lot times the ratio. They add up to the total times the ratio: the last lot takes what rounding
/// leaves. None on overflow, or if a lot would have no units left.
pub(crate) fn scaled_units(lots: &[Lot], ratio: (i64, i64)) -> Option<Vec<Decimal>> {
    let total = scaled(total_units(lots)?, ratio)?;
    let units = portions(total, lots, |lot| scaled(lot.quantity, ratio))?;
    units.iter().all(|units| !units.is_zero()).then_some(units)
}

/// Takes units out of every lot alike: what was taken, and what is left. The units have the sign of the lots, are not
/// more than they hold, and have no more decimals than a part. None on overflow.
pub(crate) fn take_alike(lots: &[Lot], units: Decimal) -> Option<(Vec<Lot>, Vec<Lot>)> {
    let total = total_units(lots)?;
    if units == total {
        return Some((lots.to_vec(), Vec::new()));
    }
    let portions = portions(units, lots, |lot| {
        let (portion, _) = divide(units, lot.quantity, total)?;
        Some(if lot.quantity.abs() < portion.abs() { lot.quantity } else { portion })
    })?;
    let (mut taken, mut left) = (Vec::with_capacity(lots.len()), Vec::with_capacity(lots.len()));
    for (lot, portion) in lots.iter().zip(portions) {
        let rest = lot.quantity.checked_sub(portion)?;
        if lot.quantity.abs() < portion.abs() || (!rest.is_zero() && rest.is_sign_negative() != is_short(lot)) {
            return None;
        }
        let (basis_taken, basis_left) = divide_basis(lot.basis, portion, lot.quantity)?;
        if !portion.is_zero() {
            taken.push(Lot { quantity: portion, basis: basis_taken, ..lot.clone() });
        }
        if !rest.is_zero() {
            left.push(Lot { quantity: rest, basis: basis_left, ..lot.clone() });
        }
    }
    Some((taken, left))
}

/// Takes units, positive, out of long lots in the order of a method: what was taken, in that order, and what is left.
/// None on overflow, or if the lots hold fewer.
pub(crate) fn take_in_order(lots: &[Lot], units: Decimal, next: fn(&[Lot]) -> usize) -> Option<(Vec<Lot>, Vec<Lot>)> {
    let (mut taken, mut left) = (Vec::new(), lots.to_vec());
    let mut wanted = units;
    while Decimal::ZERO < wanted {
        if left.is_empty() {
            return None;
        }
        let place = next(&left);
        let lot = left.get_mut(place)?;
        let portion = units_from(lot, wanted);
        let (basis_taken, basis_left) = divide_basis(lot.basis, portion, lot.quantity)?;
        taken.push(Lot { quantity: portion, basis: basis_taken, ..lot.clone() });
        wanted = less(wanted, portion)?;
        if portion == lot.quantity {
            left.remove(place);
        } else {
            (lot.quantity, lot.basis) = (lot.quantity.checked_sub(portion)?, basis_left);
        }
    }
    Some((taken, left))
}

/// Takes a part off an amount: the part, cut off so that nothing is rounded in the rest, and the rest. The part lies
/// between zero and the amount. None on overflow.
pub(crate) fn take_off(amount: Decimal, part: Decimal) -> Option<(Decimal, Decimal)> {
    let part = part.round_dp_with_strategy(decimals_of_part(amount), RoundingStrategy::ToZero);
    Some((part, amount.checked_sub(part)?))
}

/// Divides an amount over lots by their units; the last lot takes what rounding leaves. None on overflow.
pub(crate) fn spread(amount: Decimal, lots: &[Lot]) -> Option<Vec<Decimal>> {
    let total = total_units(lots)?;
    portions(amount, lots, |lot| divide(amount, lot.quantity, total).map(|(portion, _)| portion))
}

/// A portion for every lot but the last, rounded like a part of the total; the last one takes the rest.
fn portions(total: Decimal, lots: &[Lot], portion: impl Fn(&Lot) -> Option<Decimal>) -> Option<Vec<Decimal>> {
    let Some((_, others)) = lots.split_last() else {
        return Some(Vec::new());
    };
    let decimals = decimals_of_part(total);
    let mut left = total;
    let mut portions = Vec::with_capacity(lots.len());
    for lot in others {
        let portion = portion(lot)?.round_dp(decimals);
        left = left.checked_sub(portion)?;
        portions.push(portion);
    }
    portions.push(left);
    Some(portions)
}

/// Decimals to which a part of an amount is rounded, so that the rest needs no rounding.
fn decimals_of_part(amount: Decimal) -> u32 {
    let whole_digits = amount.trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |digits| digits + 1);
    amount.scale().max(PART_DECIMALS).min(DIGITS.saturating_sub(whole_digits))
}

fn is_short(lot: &Lot) -> bool {
    lot.quantity.is_sign_negative()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lots::METHODS;

    /// A number in units of its 28th decimal, which no sum of tests exceeds.
    fn exact(amount: Decimal) -> i128 {
        amount.mantissa() * 10_i128.pow(28 - amount.scale())
    }

    fn lot(units: i64, cost: i64) -> Lot {
        Lot {
            opened_by: "1".into(),
            opened_date: "2014-01-02".parse().expect("a date"),
            acquired_date: "2014-01-02".parse().expect("a date"),
            quantity: Decimal::new(units, 4),
            basis: Basis::without_charges(Some(Decimal::new(cost, 2)), None),
            is_replacement: false,
        }
    }

    #[test]
    fn a_third_and_the_rest_are_the_whole() {
        let (part, rest) = divide(Decimal::from(100), Decimal::ONE, Decimal::from(3)).expect("fits");
        assert_eq!(part, Decimal::new(333_333_333_333_333_333, 16));
        assert_eq!(part + rest, Decimal::from(100));
        assert_eq!(divide(Decimal::ONE, Decimal::ONE, Decimal::ZERO), None);
    }

    #[test]
    fn no_more_is_taken_than_is_there() {
        let lots = [lot(100_000, 500), lot(50_000, 900)];
        let next = crate::lots::lifo::METHOD.next;
        assert_eq!(take_in_order(&lots, Decimal::from(16), next), None);
        // The last lot, 5 units for 9.00, goes first; one unit of the other follows for 0.50.
        let (taken, left) = take_in_order(&lots, Decimal::from(6), next).expect("held");
        assert_eq!(taken, [lot(50_000, 900), lot(10_000, 50)]);
        assert_eq!(left, [lot(90_000, 450)]);
    }

    proptest! {
        #[test]
        fn part_and_rest_are_the_whole_to_the_last_digit(
            mantissa in -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000, scale in 9_u32..19,
            whole in 1_i64..1_000_000, taken in 0_i64..1_000_000,
        ) {
            let amount = Decimal::new(mantissa, scale);
            let taken = Decimal::from(taken.min(whole));
            let (part, rest) = divide(amount, taken, Decimal::from(whole)).expect("fits");
            prop_assert_eq!(exact(part) + exact(rest), exact(amount));
            prop_assert!(part.abs() <= amount.abs());
        }

        #[test]
        fn taking_from_every_lot_loses_nothing(
            sizes in prop::collection::vec((1_i64..100_000_000, 0_i64..1_000_000_000), 1..9), hundredths in 0_i64..=100,
        ) {
            let lots: Vec<Lot> = sizes.iter().map(|(units, cost)| lot(*units, *cost)).collect();
            let total = total_units(&lots).expect("fits");
            let units = (total * Decimal::new(hundredths, 2)).round_dp(6);
            let (taken, left) = take_alike(&lots, units).expect("fits");
            let units_of = |lots: &[Lot]| -> i128 { lots.iter().map(|lot| exact(lot.quantity)).sum() };
            let cost_of = |lots: &[Lot]| -> i128 { lots.iter().filter_map(|lot| lot.basis.local).map(exact).sum() };
            prop_assert_eq!(units_of(&taken), exact(units));
            prop_assert_eq!(units_of(&taken) + units_of(&left), units_of(&lots));
            prop_assert_eq!(cost_of(&taken) + cost_of(&left), cost_of(&lots));
            prop_assert!(taken.iter().chain(&left).all(|lot| Decimal::ZERO < lot.quantity));
            for method in METHODS {
                let (taken, left) = take_in_order(&lots, units, method.next).expect("held");
                prop_assert_eq!(units_of(&taken), exact(units));
                prop_assert_eq!(units_of(&taken) + units_of(&left), units_of(&lots));
                prop_assert_eq!(cost_of(&taken) + cost_of(&left), cost_of(&lots));
                prop_assert!(taken.iter().chain(&left).all(|lot| Decimal::ZERO < lot.quantity));
                prop_assert!(left.len() + taken.len() <= lots.len() + 1, "one lot at most is divided");
            }
        }

        #[test]
        fn scaled_lots_add_up_to_the_scaled_total(
            sizes in prop::collection::vec((1_i64..100_000_000, 0_i64..1_000_000_000), 1..9),
            new in 1_i64..1000, old in 1_i64..1000,
        ) {
            let lots: Vec<Lot> = sizes.iter().map(|(units, cost)| lot(*units, *cost)).collect();
            let units = scaled_units(&lots, (new, old)).expect("fits");
            let total = scaled(total_units(&lots).expect("fits"), (new, old)).expect("fits");
            prop_assert_eq!(units.iter().copied().map(exact).sum::<i128>(), exact(total));
        }
    }
}
