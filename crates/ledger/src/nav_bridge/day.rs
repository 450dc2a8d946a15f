//! What was booked between two closes, sorted into components, and the bridge from the one to the other.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{Amount, Currency};

use super::booked::{Booked, CashMovement, Charges, Gain, Nature, Transferred};
use super::close::{Both, Close, InCurrency, before_charges, convert};
use super::part::{BridgePart, MadeBy};
use super::{BridgeLine, RESIDUAL_MAX, Stop};
use crate::basis::Overflow;
use crate::conversion::CrossRate;
use crate::transaction::TransactionKind;

/// Transactions that a residual names; of more it says how many.
const NAMED_MAX: usize = 20;

/// What was booked since the last known close.
#[derive(Clone, Debug, Default)]
pub(super) struct Day {
    /// The components of the bookings.
    steps: BTreeMap<(BridgeComponent, Currency), Both>,
    /// The cash that moved, in base currency as the components count it.
    cash: BTreeMap<Currency, Both>,
    /// Everything that was booked.
    booked: Vec<String>,
    /// Bookings whose parts do not explain them.
    unexplained: Vec<String>,
    /// Why there can be no bridge; the first reason.
    unknown: Option<String>,
    /// What the components were added up from; none if it is not noted.
    parts: Option<Vec<BridgePart>>,
}

/// The bridge of a day.
pub(super) struct Footed {
    /// Its lines.
    pub(super) lines: Vec<BridgeLine>,
    /// What they were added up from; nothing if it was not noted.
    pub(super) parts: Vec<BridgePart>,
}

/// What a booking did and its components do not explain yet, by currency.
#[derive(Default)]
struct Rests(Vec<(Currency, Both)>);

impl Rests {
    fn add(&mut self, currency: Currency, amount: Both) -> Result<(), Overflow> {
        if let Some((_, sum)) = self.0.iter_mut().find(|(known, _)| *known == currency) {
            *sum = sum.checked_add(amount)?;
        } else {
            self.0.push((currency, amount));
        }
        Ok(())
    }
}

impl Day {
    /// A day of which the parts are noted.
    pub(super) fn noting_parts() -> Day {
        Day { parts: Some(Vec::new()), ..Day::default() }
    }

    /// The day after, on which nothing is booked yet.
    pub(super) fn next(&self) -> Day {
        Day { parts: self.parts.as_ref().map(|_| Vec::new()), ..Day::default() }
    }

    /// Gives up the bridge to the next close.
    pub(super) fn lose(&mut self, reason: String) {
        self.unknown.get_or_insert(reason);
    }

    /// Sorts a booking into components.
    pub(super) fn book(&mut self, booked: &Booked<'_>, base: Currency) -> Result<(), Overflow> {
        self.booked.push(booked.id.to_owned());
        let sorted = match booked.nature {
            Nature::Transaction(TransactionKind::Fx) => self.exchange(booked, base),
            _ => self.sort(booked),
        };
        match sorted {
            Ok(()) => Ok(()),
            Err(Stop::Overflow) => Err(Overflow),
            Err(Stop::Unknown(reason)) => {
                let word = if booked.nature == Nature::CorporateAction { "" } else { "transaction " };
                self.lose(format!("{word}{}: {reason}", booked.id));
                Ok(())
            }
        }
    }

    fn sort(&mut self, booked: &Booked<'_>) -> Result<(), Stop> {
        let places = booked.nature.places();
        let mut rests = Rests::default();
        for movement in booked.cash {
            let moved = Both { local: movement.amount, base: known_base(movement)? };
            self.move_cash(movement.currency, moved)?;
            rests.add(movement.currency, moved)?;
        }
        if let Some((fees, taxes)) = places.charges {
            let charges = known_charges(&booked.charges)?;
            self.add(fees, booked.charges.currency, charges.0.negated())?;
            self.add(taxes, booked.charges.currency, charges.1.negated())?;
            rests.add(booked.charges.currency, charges.0.checked_add(charges.1)?)?;
        }
        if let Some(transferred) = &booked.transferred {
            self.transfer(booked, transferred)?;
        } else {
            for change in booked.costs {
                rests.add(change.currency, known(before_charges(&change.basis)?)?)?;
            }
        }
        if places.realises && booked.transferred.is_none() {
            for gain in booked.gains {
                rests.add(gain.currency, self.realise(gain)?.negated())?;
            }
        }
        match places.rest {
            Some(component) => {
                for (currency, rest) in rests.0 {
                    self.add(component, currency, rest)?;
                }
            }
            None => self.settle(booked.id, &rests)?,
        }
        Ok(())
    }

    /// Units that cross the border count at their value, whatever they cost: the gain that is in them was not made
    /// here, or leaves with them.
    fn transfer(&mut self, booked: &Booked<'_>, transferred: &Transferred) -> Result<(), Stop> {
        let no_value = || Stop::Unknown("the value of its units is not known".to_owned());
        let local = transferred.value.ok_or_else(no_value)?;
        let value = Both { local, base: transferred.value_base.ok_or_else(no_value)? };
        let mut gain = value;
        for change in booked.costs {
            gain = gain.checked_sub(known(before_charges(&change.basis)?)?)?;
        }
        let price = convert(gain.local, transferred.rate, || no_rate(transferred.currency))?;
        let currency_gain = gain.base.checked_sub(price).ok_or(Stop::Overflow)?;
        let currency = transferred.currency;
        self.add(booked.nature.border(local), currency, value)?;
        self.add(BridgeComponent::UnrealisedPriceGain, currency, Both { local: -gain.local, base: -price })?;
        let from_rates = Both { local: Decimal::ZERO, base: -currency_gain };
        self.add(BridgeComponent::UnrealisedCurrencyGain, currency, from_rates)?;
        Ok(())
    }

    /// The two parts of a realised gain, both before charges; returns their sum.
    fn realise(&mut self, gain: &Gain) -> Result<Both, Stop> {
        let proceeds = known(before_charges(&gain.proceeds)?)?;
        let total = proceeds.checked_sub(known(before_charges(&gain.cost)?)?)?;
        let price = convert(total.local, gain.rate, || no_rate(gain.currency))?;
        let from_rates = total.base.checked_sub(price).ok_or(Stop::Overflow)?;
        let prices = Both { local: total.local, base: price };
        self.add(BridgeComponent::RealisedPriceGain, gain.currency, prices)?;
        let rates = Both { local: Decimal::ZERO, base: from_rates };
        self.add(BridgeComponent::RealisedCurrencyGain, gain.currency, rates)?;
        Ok(total)
    }

    /// What is left of a trade: nothing, or what left one currency for another because it was paid in another currency
    /// than it is valued in. Anything else is a mistake.
    fn settle(&mut self, id: &str, rests: &Rests) -> Result<(), Stop> {
        let open: Vec<&(Currency, Both)> = rests.0.iter().filter(|(_, rest)| rest.exceeds(RESIDUAL_MAX)).collect();
        let mut sum = Decimal::ZERO;
        for (_, rest) in &open {
            sum = sum.checked_add(rest.base).ok_or(Stop::Overflow)?;
        }
        if 1 < open.len() && sum.abs() <= RESIDUAL_MAX {
            for (currency, rest) in open {
                self.add(BridgeComponent::Exchanges, *currency, *rest)?;
            }
        } else if !open.is_empty() {
            self.unexplained.push(id.to_owned());
        }
        Ok(())
    }

    /// An FX deal: what leaves one currency arrives in the other at the rate of the deal. The difference to the rate
    /// of the day is the margin, and a gain or loss of the currency that is not the base currency.
    fn exchange(&mut self, booked: &Booked<'_>, base: Currency) -> Result<(), Stop> {
        let [first, second] = booked.cash else {
            return self.sort(booked);
        };
        let (fees, taxes) = known_charges(&booked.charges)?;
        let charges = fees.checked_add(taxes)?;
        let traded = first.amount.checked_add(charges.local).ok_or(Stop::Overflow)?;
        let second_is_anchor = first.currency != base
            && (second.currency == base || (traded.is_sign_positive() && second.amount.is_sign_negative()));
        // The base amounts of the two sides at the rate of the deal: equal but for their sign.
        let first_base = if second_is_anchor {
            -base_of(second, base)?
        } else {
            base_of(first, base)?.checked_add(charges.base).ok_or(Stop::Overflow)?
        };
        let first_side = Both { local: traded, base: first_base };
        let second_side = Both { local: second.amount, base: -first_base };
        self.add(BridgeComponent::Exchanges, first.currency, first_side)?;
        self.add(BridgeComponent::Exchanges, second.currency, second_side)?;
        self.move_cash(first.currency, first_side.checked_sub(charges)?)?;
        self.move_cash(second.currency, second_side)?;
        self.add(BridgeComponent::FeeBrokerage, booked.charges.currency, fees.negated())?;
        self.add(BridgeComponent::TaxTransaction, booked.charges.currency, taxes.negated())?;
        Ok(())
    }

    /// Adds what the booking at hand did.
    fn add(&mut self, component: BridgeComponent, currency: Currency, amount: Both) -> Result<(), Overflow> {
        if self.parts.is_some() {
            let booking = self.booked.last().cloned().unwrap_or_default();
            return self.add_made(component, currency, amount, MadeBy::Booking(booking));
        }
        add_to(&mut self.steps, (component, currency), amount)
    }

    fn add_made(
        &mut self,
        component: BridgeComponent,
        currency: Currency,
        both: Both,
        made_by: MadeBy,
    ) -> Result<(), Overflow> {
        if let Some(parts) = self.parts.as_mut().filter(|_| both != Both::default()) {
            let amount = (!component.is_in_base_only()).then_some(both.local);
            parts.push(BridgePart { component, currency, amount, amount_base: both.base, made_by });
        }
        add_to(&mut self.steps, (component, currency), both)
    }

    fn move_cash(&mut self, currency: Currency, amount: Both) -> Result<(), Overflow> {
        add_to(&mut self.cash, currency, amount)
    }

    /// The bridge from one close to another.
    pub(super) fn foot(
        mut self,
        opening: &Close,
        closing: &Close,
        rate: &dyn Fn(Currency) -> Option<CrossRate>,
    ) -> Result<Footed, Stop> {
        if let Some(reason) = self.unknown.take() {
            return Err(Stop::Unknown(reason));
        }
        let mut currencies: BTreeSet<Currency> = opening.currencies().chain(closing.currencies()).collect();
        currencies.extend(self.cash.keys().chain(self.steps.keys().map(|(_, currency)| currency)).copied());
        for currency in &currencies {
            self.gains_of(*currency, opening, closing, rate)?;
        }
        let mut residuals = Vec::new();
        for currency in currencies {
            let before = opening.of_currency(currency).total()?;
            let mut left = closing.of_currency(currency).total()?.checked_sub(before)?;
            for (_, step) in self.steps.iter().filter(|((_, other), _)| *other == currency) {
                left = left.checked_sub(*step)?;
            }
            if left.exceeds(RESIDUAL_MAX) {
                residuals.push((currency, left));
            }
        }
        let mut lines = Vec::with_capacity(self.steps.len() + residuals.len());
        for ((component, currency), step) in &self.steps {
            lines.extend(line(*component, *currency, *step));
        }
        for (currency, left) in residuals {
            let detail = Some(self.suspects());
            let found = line(BridgeComponent::Residual, currency, left);
            lines.extend(found.map(|residual| BridgeLine { detail, ..residual }));
        }
        Ok(Footed { lines, parts: self.parts.unwrap_or_default() })
    }

    /// What prices and exchange rates made of what is held in a currency.
    fn gains_of(
        &mut self,
        currency: Currency,
        opening: &Close,
        closing: &Close,
        rate: &dyn Fn(Currency) -> Option<CrossRate>,
    ) -> Result<(), Stop> {
        let (before, after) = (opening.of_currency(currency), closing.of_currency(currency));
        let above_cost = after.value.checked_sub(after.cost)?.checked_sub(before.value.checked_sub(before.cost)?)?;
        let price = after.price_gain_base.checked_sub(before.price_gain_base).ok_or(Stop::Overflow)?;
        let from_rates = above_cost.base.checked_sub(price).ok_or(Stop::Overflow)?;
        let prices = Both { local: above_cost.local, base: price };
        let made_by = MadeBy::Closes { before: before.price_gain_base, at: after.price_gain_base };
        self.add_made(BridgeComponent::UnrealisedPriceGain, currency, prices, made_by)?;
        let rates = Both { local: Decimal::ZERO, base: from_rates };
        let made_by = MadeBy::Closes { before: from_rates_of(&before)?, at: from_rates_of(&after)? };
        self.add_made(BridgeComponent::UnrealisedCurrencyGain, currency, rates, made_by)?;

        // The balance from the rate of the close before to that of this one, and every movement from its own.
        let moved = self.cash.get(&currency).copied().unwrap_or_default();
        let cash = before.cash.checked_add(moved)?;
        let at_close = convert(cash.local, rate(currency), || format!("there is no {currency} rate"))?;
        let on_cash = at_close.checked_sub(cash.base).ok_or(Stop::Overflow)?;
        let on_cash = Both { local: Decimal::ZERO, base: on_cash };
        let made_by = MadeBy::Balance { before: before.cash.base, moved: moved.base, at: at_close };
        self.add_made(BridgeComponent::CashCurrencyGain, currency, on_cash, made_by)?;
        Ok(())
    }

    /// The bookings that a residual can come from.
    fn suspects(&self) -> String {
        let (ids, words) = if self.unexplained.is_empty() {
            (&self.booked, "booked since the close before")
        } else {
            (&self.unexplained, "not explained by its own parts")
        };
        if ids.is_empty() {
            return "nothing was booked since the close before".to_owned();
        }
        let named = ids.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<&str>>().join(", ");
        let more = ids.len().saturating_sub(NAMED_MAX);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{words}: {named}{more}")
    }
}

/// What exchange rates made of what is held at a close: the gain above cost without the part that prices made.
fn from_rates_of(close: &InCurrency) -> Result<Decimal, Stop> {
    let above_cost = close.value.checked_sub(close.cost)?;
    above_cost.base.checked_sub(close.price_gain_base).ok_or(Stop::Overflow)
}

fn add_to<K: Ord>(sums: &mut BTreeMap<K, Both>, key: K, amount: Both) -> Result<(), Overflow> {
    if amount == Both::default() {
        return Ok(());
    }
    let sum = sums.entry(key).or_default();
    *sum = sum.checked_add(amount)?;
    Ok(())
}

/// A line, unless it is zero at the decimals of the table.
fn line(component: BridgeComponent, currency: Currency, amount: Both) -> Option<BridgeLine> {
    let kept = |number: Decimal| {
        let decimals = u32::from(Amount::SCALE.unsigned_abs());
        !number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero).is_zero()
    };
    let local = (!component.is_in_base_only()).then_some(amount.local);
    let is_kept = kept(amount.base) || local.is_some_and(kept);
    is_kept.then_some(BridgeLine { component, currency, amount: local, amount_base: Some(amount.base), detail: None })
}

fn no_rate(currency: Currency) -> String {
    format!("there is no {currency} rate on its day")
}

fn known(amount: Option<Both>) -> Result<Both, Stop> {
    amount.ok_or_else(|| Stop::Unknown("what its units cost or brought is not known".to_owned()))
}

fn known_base(movement: &CashMovement) -> Result<Decimal, Stop> {
    if movement.amount.is_zero() {
        return Ok(Decimal::ZERO);
    }
    movement.amount_base.ok_or_else(|| Stop::Unknown(no_rate(movement.currency)))
}

/// A side of an FX deal in base currency: itself if that is its currency.
fn base_of(movement: &CashMovement, base: Currency) -> Result<Decimal, Stop> {
    if movement.currency == base { Ok(movement.amount) } else { known_base(movement) }
}

/// Fees and taxes.
fn known_charges(charges: &Charges) -> Result<(Both, Both), Stop> {
    let known = |local: Decimal, base: Option<Decimal>| {
        let base = if local.is_zero() { Some(Decimal::ZERO) } else { base };
        let base = base.ok_or_else(|| Stop::Unknown(no_rate(charges.currency)))?;
        Ok::<Both, Stop>(Both { local, base })
    };
    Ok((known(charges.fees, charges.fees_base)?, known(charges.taxes, charges.taxes_base)?))
}
