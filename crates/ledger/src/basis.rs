//! What units cost or brought, in the four numbers that the books need of it.
//!
//! A gain is computed in the instrument's currency and in the portfolio's base currency, and each with the charges of
//! the trade inside (as tax offices see it) and beside it (as a bridge of values shows it). The four numbers are
//! always added, split and negated together.

use rust_decimal::Decimal;

/// What units cost or brought. A number is none if it cannot be known, e.g. without a rate; unknown plus known is
/// unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The amount in the instrument's currency: for a purchase with its fees and taxes, for a sale net of them.
    pub local: Option<Decimal>,
    /// The same in the portfolio's base currency, each part at the rate of its own day.
    pub base: Option<Decimal>,
    /// The fees and taxes inside `local`: positive for units that were bought, unless more came back than was paid.
    pub charges_local: Option<Decimal>,
    /// The fees and taxes inside `base`.
    pub charges_base: Option<Decimal>,
}

/// A number with more than 28 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl Basis {
    /// Nothing.
    pub const ZERO: Basis = Basis::without_charges(Some(Decimal::ZERO), Some(Decimal::ZERO));
    /// Not known.
    pub const UNKNOWN: Basis = Basis { local: None, base: None, charges_local: None, charges_base: None };

    /// Amounts in which there are no fees and taxes.
    pub const fn without_charges(local: Option<Decimal>, base: Option<Decimal>) -> Basis {
        Basis { local, base, charges_local: Some(Decimal::ZERO), charges_base: Some(Decimal::ZERO) }
    }

    /// Whether all four numbers are known.
    pub fn is_known(&self) -> bool {
        [self.local, self.base, self.charges_local, self.charges_base].iter().all(Option::is_some)
    }

    /// The sum, number by number. None on overflow.
    pub fn checked_add(self, other: Basis) -> Option<Basis> {
        self.combine(other, Decimal::checked_add)
    }

    /// The difference, number by number. None on overflow.
    pub fn checked_sub(self, other: Basis) -> Option<Basis> {
        self.combine(other, Decimal::checked_sub)
    }

    /// The share of `taken` units out of `whole` ones. None on overflow, or if `whole` is zero.
    pub fn part(self, taken: Decimal, whole: Decimal) -> Option<Basis> {
        if taken == whole {
            return Some(self);
        }
        self.each(|amount| amount.checked_mul(taken)?.checked_div(whole))
    }

    /// The numbers with the other sign.
    #[must_use]
    pub fn negated(self) -> Basis {
        let negate = |amount: Option<Decimal>| amount.map(|amount| -amount);
        Basis {
            local: negate(self.local),
            base: negate(self.base),
            charges_local: negate(self.charges_local),
            charges_base: negate(self.charges_base),
        }
    }

    fn each(self, change: impl Fn(Decimal) -> Option<Decimal>) -> Option<Basis> {
        let change = |amount: Option<Decimal>| match amount {
            None => Some(None),
            Some(amount) => change(amount).map(Some),
        };
        Some(Basis {
            local: change(self.local)?,
            base: change(self.base)?,
            charges_local: change(self.charges_local)?,
            charges_base: change(self.charges_base)?,
        })
    }

    fn combine(self, other: Basis, both: fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Basis> {
        let combine = |left: Option<Decimal>, right: Option<Decimal>| match (left, right) {
            (Some(left), Some(right)) => both(left, right).map(Some),
            _ => Some(None),
        };
        Some(Basis {
            local: combine(self.local, other.local)?,
            base: combine(self.base, other.base)?,
            charges_local: combine(self.charges_local, other.charges_local)?,
            charges_base: combine(self.charges_base, other.charges_base)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_stays_unknown_and_the_known_numbers_go_on() {
        let known = Basis::without_charges(Some(Decimal::TEN), None);
        let sum = known.checked_add(Basis::without_charges(Some(Decimal::ONE), Some(Decimal::ONE))).expect("fits");
        assert_eq!((sum.local, sum.base), (Some(Decimal::from(11)), None));
        assert_eq!(sum.part(Decimal::ONE, Decimal::TWO).expect("fits").local, Some(Decimal::new(55, 1)));
    }
}
