//! What a portfolio holds at a close, added up by currency.
//!
//! A bridge needs sums only: all securities of one currency have the same rate, so the price part of their gains is
//! that of their sum. One pass over the positions of a date is all that a bridge costs there.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::{Currency, InstrumentId};

use super::Stop;
use crate::basis::Basis;
use crate::basis::Overflow;
use crate::conversion::CrossRate;

/// One security or cash balance at a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosingLine<'a> {
    /// The instrument, or cash; for the reason if something is not known.
    pub instrument_id: &'a InstrumentId,
    /// The currency of `value`, and for securities of what their lots cost.
    pub currency: Currency,
    /// Quantity × price × price scale, or the cash balance; none without a price.
    pub value: Option<Decimal>,
    /// The same in base currency at the rate of the date; none without a price or a rate.
    pub value_base: Option<Decimal>,
    /// What it is.
    pub held: Held,
}

/// What is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A security, with what its open lots cost: negative if short, charges inside.
    Security(Basis),
    /// A security of which that is not known. It counts at what it was worth at the close before and what bookings
    /// brought or took since; none if that is not known, either. From this close on it counts at what it is worth.
    Uncosted(Option<Basis>),
    /// Cash.
    Cash,
}

/// An amount in its own currency and in the base currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Both {
    pub(super) local: Decimal,
    pub(super) base: Decimal,
}

impl Both {
    pub(super) fn checked_add(self, other: Both) -> Result<Both, Overflow> {
        let local = self.local.checked_add(other.local).ok_or(Overflow)?;
        Ok(Both { local, base: self.base.checked_add(other.base).ok_or(Overflow)? })
    }

    pub(super) fn checked_sub(self, other: Both) -> Result<Both, Overflow> {
        self.checked_add(other.negated())
    }

    pub(super) fn negated(self) -> Both {
        Both { local: -self.local, base: -self.base }
    }

    /// Whether one of the two is larger than a bound.
    pub(super) fn exceeds(self, bound: Decimal) -> bool {
        bound < self.local.abs() || bound < self.base.abs()
    }
}

/// The sums of one currency at a close.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct InCurrency {
    /// The cash balance.
    pub(super) cash: Both,
    /// The value of securities.
    pub(super) value: Both,
    /// What their open lots cost, before charges.
    pub(super) cost: Both,
    /// Value minus cost at the rate of the close.
    pub(super) price_gain_base: Decimal,
    /// The cost, if securities without a known one count at what they are worth.
    marked_cost: Both,
    /// Value minus that cost at the rate of the close.
    marked_gain_base: Decimal,
}

/// What a portfolio holds at a close; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Close {
    currencies: BTreeMap<Currency, InCurrency>,
}

impl Close {
    /// Adds up a close.
    pub(super) fn of<'a>(
        lines: impl IntoIterator<Item = ClosingLine<'a>>,
        rate: &dyn Fn(Currency) -> Option<CrossRate>,
    ) -> Result<Close, Stop> {
        let mut close = Close::default();
        for line in lines {
            close.add(&line)?;
        }
        for (currency, sums) in &mut close.currencies {
            let at_rate = |gain: Decimal| convert(gain, rate(*currency), || format!("there is no {currency} rate"));
            let gain = sums.value.checked_sub(sums.cost)?;
            sums.price_gain_base = at_rate(gain.local)?;
            sums.marked_gain_base = at_rate(sums.value.checked_sub(sums.marked_cost)?.local)?;
        }
        Ok(close)
    }

    fn add(&mut self, line: &ClosingLine<'_>) -> Result<(), Stop> {
        let id = line.instrument_id;
        let local = line.value.ok_or_else(|| Stop::Unknown(format!("{id} has no price")))?;
        let base = line.value_base.ok_or_else(|| Stop::Unknown(format!("{id} has no {} rate", line.currency)))?;
        let value = Both { local, base };
        let sums = self.currencies.entry(line.currency).or_default();
        match line.held {
            Held::Cash => sums.cash = sums.cash.checked_add(value)?,
            Held::Security(basis) => {
                let cost = before_charges(&basis)?;
                let cost = cost.ok_or_else(|| Stop::Unknown(format!("what {id} cost is not known")))?;
                sums.value = sums.value.checked_add(value)?;
                sums.cost = sums.cost.checked_add(cost)?;
                sums.marked_cost = sums.marked_cost.checked_add(cost)?;
            }
            Held::Uncosted(counted) => {
                let cost = counted.as_ref().map(before_charges).transpose()?.flatten().unwrap_or(value);
                sums.value = sums.value.checked_add(value)?;
                sums.cost = sums.cost.checked_add(cost)?;
                sums.marked_cost = sums.marked_cost.checked_add(value)?;
            }
        }
        Ok(())
    }

    /// The close as the next bridge begins with it: securities without a known cost count at what they are worth.
    pub(super) fn into_opening(mut self) -> Close {
        for sums in self.currencies.values_mut() {
            sums.cost = sums.marked_cost;
            sums.price_gain_base = sums.marked_gain_base;
        }
        self
    }

    /// The currencies in which anything is held.
    pub(super) fn currencies(&self) -> impl Iterator<Item = Currency> {
        self.currencies.keys().copied()
    }

    /// The sums of a currency.
    pub(super) fn of_currency(&self, currency: Currency) -> InCurrency {
        self.currencies.get(&currency).copied().unwrap_or_default()
    }
}

impl InCurrency {
    /// Securities and cash.
    pub(super) fn total(&self) -> Result<Both, Overflow> {
        self.cash.checked_add(self.value)
    }
}

/// What units cost or brought without the charges inside: the amount minus its charges, which are positive for what
/// was bought and negative for what was sold. None if a number is not known.
pub(super) fn before_charges(basis: &Basis) -> Result<Option<Both>, Overflow> {
    let Basis { local: Some(local), base: Some(base), charges_local: Some(in_local), charges_base: Some(in_base) } =
        *basis
    else {
        return Ok(None);
    };
    Both { local, base }.checked_sub(Both { local: in_local, base: in_base }).map(Some)
}

/// An amount at a rate. Nothing is nothing at any rate; anything else needs one.
pub(super) fn convert(
    amount: Decimal,
    rate: Option<CrossRate>,
    missing: impl FnOnce() -> String,
) -> Result<Decimal, Stop> {
    if amount.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let rate = rate.ok_or_else(|| Stop::Unknown(missing()))?;
    rate.convert(amount).ok_or(Stop::Overflow)
}
