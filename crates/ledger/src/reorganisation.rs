//! What several kinds of corporate action do to lots: multiply them, exchange them, divide their basis, close them.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::{InstrumentId, Quantity};

use crate::action_outcome::{
    BasisDivision, BookedBy, CashCharacter, CashLeg, Disposal, DisposedLots, Outcome, Received,
};
use crate::action_terms::{ActionError, Position, Terms, event_id};
use crate::apportion::{divide_basis, scaled, scaled_units, total_units};
use crate::basis::Basis;
use crate::lots::{ClosedLot, Lot};
use crate::ratio::on_top;

/// The rule by which lots are closed that the event itself names.
const RULE: &str = "corporate_action";

/// A share of a basis: the first number out of the second.
pub(crate) type Share = (Decimal, Decimal);

/// Whose currency the proceeds of a fraction are in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Instrument,
    Target,
}

/// Multiplies the units by the ratio of units afterwards to units before: `on_holding` of splits.
pub(crate) fn rescale(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    multiply(terms, position, terms.ratio()?)
}

/// Adds units by the ratio of units on top to units held: `on_holding` of stock dividends and bonus issues.
pub(crate) fn add_units(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    multiply(terms, position, on_top(terms.ratio()?).ok_or_else(|| terms.out_of_range())?)
}

fn multiply(terms: &Terms<'_>, position: &Position<'_>, ratio: (i64, i64)) -> Result<Outcome, ActionError> {
    let total = scaled(position.units(terms)?, ratio).ok_or_else(|| terms.out_of_range())?;
    let mut outcome = Outcome { scale: Some(ratio), ..Outcome::default() };
    pay_fraction(terms, &mut outcome, &terms.action.instrument_id, total, Side::Instrument)?;
    Ok(outcome)
}

/// Owes the amount per unit as income: `on_holding` of cash dividends.
pub(crate) fn owe_dividend(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    owe(terms, position, CashCharacter::Dividend)
}

/// Closes all lots at the amount per unit: `on_holding` of what ends for cash.
pub(crate) fn redeem(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let mut outcome = Outcome { lots: Some(Vec::new()), ..Outcome::default() };
    close(terms, &mut outcome, position.lots, terms.amount()?)?;
    Ok(outcome)
}

/// Adds lots of the target in exchange for these: units by the ratio, with their basis and age.
pub(crate) fn exchange(
    terms: &Terms<'_>,
    outcome: &mut Outcome,
    lots: Vec<Lot>,
    ratio: (i64, i64),
) -> Result<(), ActionError> {
    let target = terms.target()?;
    let units = scaled_units(&lots, ratio).ok_or_else(|| terms.out_of_range())?;
    let mut received = Vec::with_capacity(lots.len());
    for (lot, quantity) in lots.into_iter().zip(units) {
        received.push(Lot { quantity, basis: terms.in_target(lot.basis)?, ..lot });
    }
    receive(terms, outcome, target, received, Side::Target)
}

/// Adds lots of the instrument itself.
pub(crate) fn add_to_instrument(terms: &Terms<'_>, outcome: &mut Outcome, lots: Vec<Lot>) -> Result<(), ActionError> {
    receive(terms, outcome, &terms.action.instrument_id, lots, Side::Instrument)
}

/// Adds lots of the target that were not exchanged but bought.
pub(crate) fn add_to_target(terms: &Terms<'_>, outcome: &mut Outcome, lots: Vec<Lot>) -> Result<(), ActionError> {
    receive(terms, outcome, terms.target()?, lots, Side::Target)
}

fn receive(
    terms: &Terms<'_>,
    outcome: &mut Outcome,
    instrument: &InstrumentId,
    lots: Vec<Lot>,
    side: Side,
) -> Result<(), ActionError> {
    let total = total_units(&lots).ok_or_else(|| terms.out_of_range())?;
    pay_fraction(terms, outcome, instrument, total, side)?;
    outcome.into.push(Received { instrument_id: instrument.clone(), lots });
    Ok(())
}

/// Gives lots of the target with a share of the basis, and leaves the instrument's lots with the rest. Without a share
/// both are unknown.
pub(crate) fn distribute(
    terms: &Terms<'_>,
    position: &Position<'_>,
    share: Option<Share>,
) -> Result<Outcome, ActionError> {
    let ratio = terms.ratio()?;
    let (moved, kept) = divided(terms, position.lots, share)?;
    let mut outcome = Outcome { lots: Some(kept), ..Outcome::default() };
    exchange(terms, &mut outcome, moved, ratio)?;
    Ok(outcome)
}

/// The same lots twice: with a share of the basis, and with the rest. Without a share both are unknown.
pub(crate) fn divided(
    terms: &Terms<'_>,
    lots: &[Lot],
    share: Option<Share>,
) -> Result<(Vec<Lot>, Vec<Lot>), ActionError> {
    let (mut parts, mut rests) = (Vec::with_capacity(lots.len()), Vec::with_capacity(lots.len()));
    for lot in lots {
        let (part, rest) = match share {
            None => (Basis::UNKNOWN, Basis::UNKNOWN),
            Some((taken, whole)) => divide_basis(lot.basis, taken, whole).ok_or_else(|| terms.out_of_range())?,
        };
        parts.push(Lot { basis: part, ..lot.clone() });
        rests.push(Lot { basis: rest, ..lot.clone() });
    }
    Ok((parts, rests))
}

/// The share of the basis that goes to the target, by the fraction announced, else by what instrument and target are
/// worth; none if neither is known.
pub(crate) fn share_of_target(terms: &Terms<'_>) -> Result<(Option<Share>, BasisDivision), ActionError> {
    if let Some(fraction) = terms.basis_fraction() {
        return Ok((Some((fraction, Decimal::ONE)), BasisDivision::Announced));
    }
    let (new, old) = terms.ratio()?;
    let (Some(kept), Some(moved)) = (terms.unit_value, terms.target_unit_value) else {
        return Ok((None, BasisDivision::Unknown("no basis fraction was announced, and a price is missing")));
    };
    let values = || {
        let kept = kept.checked_mul(Decimal::from(old))?;
        let moved = moved.checked_mul(Decimal::from(new))?;
        Some((moved, kept.checked_add(moved)?))
    };
    let (moved, whole) = values().ok_or_else(|| terms.out_of_range())?;
    if kept < Decimal::ZERO || moved < Decimal::ZERO || whole.is_zero() {
        return Ok((None, BasisDivision::Unknown("no basis fraction was announced, and nothing has a value")));
    }
    Ok((Some((moved, whole)), BasisDivision::MarketValue))
}

/// Closes these lots at a price per unit of the announcement's currency.
pub(crate) fn close(terms: &Terms<'_>, outcome: &mut Outcome, lots: &[Lot], price: Decimal) -> Result<(), ActionError> {
    let units = total_units(lots).ok_or_else(|| terms.out_of_range())?;
    let closed = |lot: &Lot| ClosedLot {
        opened_by: Arc::clone(&lot.opened_by),
        acquired_date: lot.acquired_date,
        quantity: lot.quantity,
        basis: lot.basis,
        rule: RULE,
        term: terms.holding_term(lot),
    };
    let lots = DisposedLots::These(lots.iter().map(closed).collect());
    dispose(terms, outcome, units, price, lots)
}

/// Closes units of the instrument at a price per unit of the announcement's currency.
pub(crate) fn dispose(
    terms: &Terms<'_>,
    outcome: &mut Outcome,
    units: Decimal,
    price: Decimal,
    lots: DisposedLots,
) -> Result<(), ActionError> {
    let cash = units.checked_mul(price).ok_or_else(|| terms.out_of_range())?;
    let instrument_id = terms.action.instrument_id.clone();
    outcome.closes = Some(Disposal { instrument_id, units, proceeds: terms.worth(cash)?, lots });
    pay(terms, outcome, cash, CashCharacter::Proceeds, BookedBy::Announcement)
}

/// Adds a movement of cash of the announcement's currency; nothing if it is zero.
pub(crate) fn pay(
    terms: &Terms<'_>,
    outcome: &mut Outcome,
    amount: Decimal,
    character: CashCharacter,
    booked_by: BookedBy,
) -> Result<(), ActionError> {
    if !amount.is_zero() {
        let (date, currency) = (terms.pay_date(), terms.currency()?);
        outcome.cash.push(CashLeg { date, currency, amount, character, booked_by });
    }
    Ok(())
}

/// Owes the amount per unit for all units held; the broker books it.
pub(crate) fn owe(
    terms: &Terms<'_>,
    position: &Position<'_>,
    character: CashCharacter,
) -> Result<Outcome, ActionError> {
    let amount = position.units(terms)?.checked_mul(terms.amount()?).ok_or_else(|| terms.out_of_range())?;
    let mut outcome = Outcome::default();
    pay(terms, &mut outcome, amount, character, BookedBy::Broker)?;
    Ok(outcome)
}

/// A lot that the event itself opened, on its ex-date.
pub(crate) fn opened(terms: &Terms<'_>, quantity: Decimal, basis: Basis) -> Lot {
    let date = terms.action.ex_date;
    Lot {
        opened_by: event_id(terms.action).into(),
        opened_date: date,
        acquired_date: date,
        quantity,
        basis,
        is_replacement: false,
    }
}

/// Sells the fraction of a unit that a total has, if a price for it was announced. A total that is whole to the
/// decimals that a quantity is stored with has no fraction.
fn pay_fraction(
    terms: &Terms<'_>,
    outcome: &mut Outcome,
    instrument: &InstrumentId,
    total: Decimal,
    side: Side,
) -> Result<(), ActionError> {
    let Some(price) = terms.fraction_price() else {
        return Ok(());
    };
    let stored = total.round_dp(u32::from(Quantity::SCALE.unsigned_abs()));
    if stored == stored.trunc() {
        return Ok(());
    }
    let units = total.checked_sub(total.trunc()).ok_or_else(|| terms.out_of_range())?;
    let cash = units.checked_mul(price).ok_or_else(|| terms.out_of_range())?;
    let worth = terms.worth(cash)?;
    let proceeds = if side == Side::Target { terms.in_target(worth)? } else { worth };
    let lots = DisposedLots::ByMethod;
    outcome.fraction_in_lieu = Some(Disposal { instrument_id: instrument.clone(), units, proceeds, lots });
    pay(terms, outcome, cash, CashCharacter::InLieu, BookedBy::Announcement)
}
