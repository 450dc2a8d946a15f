//! Boot: cash that comes with units in an exchange, as in a merger or a tender.
//!
//! Units that are received carry the basis and the age of those given up. What the cash realises depends on the law of
//! the holder's cost basis method:
//!
//! - **In general** the cash is the proceeds of a part of each lot: of the part of its basis that the cash is of all
//!   that was received, with the units at their value of the ex-date (the part disposal of TCGA 1992 s. 128 and 129).
//! - **In the United States** each lot realises its whole gain, but not more than its cash, and no loss (26 USC
//!   356(a)(1) and (c); 26 CFR 1.356-1). The units cost what the lot had cost, less its cash, plus the gain recognised
//!   (26 USC 358(a)(1); 26 CFR 1.358-1), lot by lot (26 CFR 1.358-2(a)(2)). So the cash gives back basis only as far as
//!   the basis is more than what the units are worth. A short position is no exchange of its holder, and is divided as
//!   in general.
//!
//! If the issuer announced the fraction of the basis that goes to the units, it says what part of all that was received
//! the units are worth. Without it and without a price, units and cash are right and the basis of both is unknown.

use rust_decimal::Decimal;

use crate::action_outcome::{BasisDivision, Outcome};
use crate::action_terms::{ActionError, Terms};
use crate::apportion::{divide, take_off};
use crate::basis::Basis;
use crate::lots::{Lot, TaxLaw};
use crate::reorganisation::{Share, close, divided, exchange};

/// Gives up these lots for the units and the cash that were announced.
pub(crate) fn exchange_with_boot(terms: &Terms<'_>, outcome: &mut Outcome, lots: Vec<Lot>) -> Result<(), ActionError> {
    let ratio = terms.ratio()?;
    let Some(cash) = terms.action.amount.map(|amount| amount.decimal()) else {
        return exchange(terms, outcome, lots, ratio);
    };
    let (share, basis_division) = share_of_cash(terms, cash, ratio)?;
    let is_long = lots.iter().all(|lot| lot.quantity.is_sign_positive());
    let (for_cash, for_units) = match (terms.cost_basis.law, share) {
        (TaxLaw::UnitedStates, Some(share)) if is_long => recognised(terms, &lots, cash, share)?,
        _ => divided(terms, &lots, share)?,
    };
    outcome.basis_division = basis_division;
    close(terms, outcome, &for_cash, cash)?;
    exchange(terms, outcome, for_units, ratio)
}

/// What the cash is of all that was received; none if it cannot be known.
fn share_of_cash(
    terms: &Terms<'_>,
    cash: Decimal,
    ratio: (i64, i64),
) -> Result<(Option<Share>, BasisDivision), ActionError> {
    if let Some(fraction) = terms.basis_fraction() {
        let rest = Decimal::ONE.checked_sub(fraction).ok_or_else(|| terms.out_of_range())?;
        return Ok((Some((rest, Decimal::ONE)), BasisDivision::Announced));
    }
    let Some(unit_value) = terms.target_unit_value else {
        return Ok((None, BasisDivision::Unknown("cash and units were received, and the units have no price")));
    };
    let Some(cash) = terms.worth(cash)?.local else {
        return Ok((None, BasisDivision::Unknown("cash and units were received, and the cash has no exchange rate")));
    };
    let (new, old) = ratio;
    let values = || {
        let cash = cash.checked_mul(Decimal::from(old))?;
        let units = unit_value.checked_mul(Decimal::from(new))?;
        Some((cash, units, cash.checked_add(units)?))
    };
    let (cash, units, whole) = values().ok_or_else(|| terms.out_of_range())?;
    if cash < Decimal::ZERO || units < Decimal::ZERO || whole.is_zero() {
        return Ok((None, BasisDivision::Unknown("cash and units were received, and neither has a value")));
    }
    Ok((Some((cash, whole)), BasisDivision::MarketValue))
}

/// The lots twice: with the basis that their cash gives back, and with the rest, which the units cost.
fn recognised(
    terms: &Terms<'_>,
    lots: &[Lot],
    cash: Decimal,
    share: Share,
) -> Result<(Vec<Lot>, Vec<Lot>), ActionError> {
    let (mut parts, mut rests) = (Vec::with_capacity(lots.len()), Vec::with_capacity(lots.len()));
    for lot in lots {
        let cash = lot.quantity.checked_mul(cash).ok_or_else(|| terms.out_of_range())?;
        let cash = terms.worth(cash)?;
        let (part, rest) = give_back(lot.basis, cash, share).ok_or_else(|| terms.out_of_range())?;
        parts.push(Lot { basis: part, ..lot.clone() });
        rests.push(Lot { basis: rest, ..lot.clone() });
    }
    Ok((parts, rests))
}

/// The part of a lot's basis that its cash gives back, and the rest, in both currencies. Fees and taxes are divided as
/// the basis is. None on overflow.
fn give_back(basis: Basis, cash: Basis, share: Share) -> Option<(Basis, Basis)> {
    let local = Side::of(basis.local, basis.charges_local, cash.local, share)?;
    let base = Side::of(basis.base, basis.charges_base, cash.base, share)?;
    let basis_of = |local: Cost, base: Cost| Basis {
        local: local.amount,
        base: base.amount,
        charges_local: local.charges,
        charges_base: base.charges,
    };
    Some((basis_of(local.part, base.part), basis_of(local.rest, base.rest)))
}

/// A cost in one currency and the fees and taxes inside.
#[derive(Clone, Copy)]
struct Cost {
    amount: Option<Decimal>,
    charges: Option<Decimal>,
}

/// What a lot cost in one currency, divided.
struct Side {
    part: Cost,
    rest: Cost,
}

impl Side {
    fn of(basis: Option<Decimal>, charges: Option<Decimal>, cash: Option<Decimal>, share: Share) -> Option<Side> {
        const UNKNOWN: Cost = Cost { amount: None, charges: None };
        let (Some(basis), Some(cash)) = (basis, cash) else {
            return Some(Side { part: UNKNOWN, rest: UNKNOWN });
        };
        let (part, rest) = take_off(basis, given_back(basis, cash, share)?)?;
        let charges = match charges {
            _ if part.is_zero() => (Some(Decimal::ZERO), charges),
            None => (None, None),
            Some(charges) => divide(charges, part, basis).map(|(part, rest)| (Some(part), Some(rest)))?,
        };
        Some(Side {
            part: Cost { amount: Some(part), charges: charges.0 },
            rest: Cost { amount: Some(rest), charges: charges.1 },
        })
    }
}

/// How much of a basis the cash gives back: what the basis is more than the units are worth, at least nothing and at
/// most the cash. The gain is the rest of the cash.
fn given_back(basis: Decimal, cash: Decimal, (cash_share, whole): Share) -> Option<Decimal> {
    if cash_share.is_zero() {
        return Some(Decimal::ZERO);
    }
    let units = cash.checked_mul(whole.checked_sub(cash_share)?)?.checked_div(cash_share)?;
    Some(basis.checked_sub(units)?.min(cash).max(Decimal::ZERO))
}
