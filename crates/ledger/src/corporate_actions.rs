//! What issuers do, one kind of event per file.
//!
//! A kind says which columns of the announcement it needs, and what it does to a holder: exactly, and completely, from
//! the terms and the holder's lots alone. The walk through a portfolio's history books the outcome. Every kind has an
//! example in `docs/CORPORATE_ACTIONS.md`.

pub mod bonus;
pub mod cash_dividend;
pub mod change;
pub mod conversion;
pub mod dividend_reinvestment;
pub mod liquidation;
pub mod merger;
pub mod optional_dividend;
pub mod partial_call;
pub mod redemption;
pub mod return_of_capital;
pub mod reverse_split;
pub mod rights_exercise;
pub mod rights_issue;
pub mod rights_lapse;
pub mod special_dividend;
pub mod spin_off;
pub mod split;
pub mod stock_dividend;
pub mod tender;
#[cfg(test)]
mod tests;

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;

pub use crate::action_outcome::{
    BasisDivision, BookedBy, CashCharacter, CashLeg, Disposal, DisposedLots, Outcome, Received,
};
pub use crate::action_terms::{ActionError, Currencies, Position, Terms, event_id};
use crate::ratio::on_top;
/// Days after an ex-date or a day of payment in which a broker's booking stands for the announcement.
pub const LATE_BOOKING_DAYS: i64 = 30;

pub use crate::ratio::{RatioError, is_booked_as, parse_ratio, ratio_of_decimal, reduced};
use crate::transaction::{Fault, TransactionKind};

/// A kind of corporate action.
#[derive(Clone, Copy, Debug)]
pub struct CorporateActionKind {
    /// The word in files and tables.
    pub code: &'static str,
    /// The ISO 20022 event code (`CAEV`).
    pub iso_20022: &'static str,
    /// The ISO 20022 code that tells it from other kinds with the same event code, e.g. `SPEC`.
    pub iso_20022_detail: Option<&'static str>,
    /// What it does to a holder.
    pub definition: &'static str,
    /// Which columns the announcement fills.
    pub needs: Needs,
    /// What the announcement's ratio counts.
    pub ratio: RatioMeaning,
    /// Which holders it applies to.
    pub holders: Holders,
    /// Who books its cash.
    pub cash: BookedBy,
    /// The transactions by which a broker books it. Where a portfolio has one, the announcement is not applied.
    pub booked_as: &'static [TransactionKind],
    /// What it does to a position that is not empty. Called through [`on_holding`], which has checked the terms.
    pub on_holding: fn(&Terms<'_>, &Position<'_>) -> Result<Outcome, ActionError>,
}

/// Which columns an announcement fills. The currency goes with an amount or a fraction price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// `ratio`.
    pub ratio: Need,
    /// `target_symbol`, the instrument received.
    pub target: Need,
    /// `amount`.
    pub amount: Need,
    /// `basis_fraction`.
    pub basis_fraction: Need,
    /// `fraction_price`.
    pub fraction_price: Need,
}

/// Whether an announcement fills a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It must, but the amount can be zero.
    RequiredOrZero,
    /// It must fill this one or another one.
    OneOf,
    /// It may.
    Optional,
    /// It may, and the amount can be zero.
    OptionalOrZero,
    /// It means nothing.
    Unused,
}

/// What the two numbers of a ratio count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatioMeaning {
    /// There is no ratio.
    None,
    /// Units afterwards for units before.
    NewForOld,
    /// Units afterwards for more units before.
    FewerForOld,
    /// Units on top for units held.
    Additional,
    /// Units of the target for units held.
    OfTarget,
    /// The part of the units that is meant; at most one.
    Part,
    /// Units of the target for units held, if a target is named; else the part of the units that is meant.
    PartOrOfTarget,
}

/// Which holders a kind applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holders {
    /// All.
    Every,
    /// Those who chose it by a transaction of this kind, with the units that they chose it for.
    Electing(TransactionKind),
    /// All, with all of their units, but with those only that a transaction of this kind names, if there is one.
    EveryUnlessElected(TransactionKind),
}

impl Needs {
    /// No column.
    pub const NOTHING: Needs = Needs {
        ratio: Need::Unused,
        target: Need::Unused,
        amount: Need::Unused,
        basis_fraction: Need::Unused,
        fraction_price: Need::Unused,
    };
}

/// The kinds that are understood, in the order in which they are applied where several take effect on one day: what is
/// owed or given for the units of the evening before comes first, what ends a position last.
pub const KINDS: &[&CorporateActionKind] = &[
    &cash_dividend::KIND,
    &special_dividend::KIND,
    &dividend_reinvestment::KIND,
    &optional_dividend::KIND,
    &return_of_capital::KIND,
    &rights_issue::KIND,
    &spin_off::KIND,
    &split::KIND,
    &reverse_split::KIND,
    &stock_dividend::KIND,
    &bonus::KIND,
    &tender::KIND,
    &partial_call::KIND,
    &rights_exercise::KIND,
    &rights_lapse::KIND,
    &conversion::KIND,
    &change::KIND,
    &merger::KIND,
    &redemption::KIND,
    &liquidation::KIND,
];

/// The kind with a code; none if it is not understood.
pub fn kind_of(code: &str) -> Option<&'static CorporateActionKind> {
    KINDS.iter().copied().find(|kind| kind.code == code)
}

/// The place of a kind among those of one day, from zero; kinds that are not understood come last.
pub fn order_of(code: &str) -> usize {
    KINDS.iter().position(|kind| kind.code == code).unwrap_or(KINDS.len())
}

/// What an announcement does to a holder. A holder without units is not touched.
///
/// # Errors
/// [`ActionError`] if the announcement is not valid, an election exceeds the position, or a number does not fit.
pub fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let action = terms.action;
    let kind = kind_of(&action.kind)
        .ok_or_else(|| ActionError::UnknownKind { kind: shown(&action.kind), known: known_codes() })?;
    validate(action).map_err(|fault| ActionError::Terms {
        event: event_id(action),
        column: fault.column,
        reason: fault.reason,
    })?;
    position.check(terms)?;
    if position.lots.is_empty() {
        if kind.holders != Holders::Every {
            position.elected_units(terms)?;
        }
        return Ok(Outcome::default());
    }
    (kind.on_holding)(terms, position)
}

/// How many units one unit becomes at unchanged total value, as new for old: for splits, reverse splits, bonus issues
/// and stock dividends, over which a carried price is divided by it. None for other kinds, and without a valid ratio.
pub fn unit_ratio(action: &CorporateAction) -> Option<(i64, i64)> {
    let ratio = reduced((action.ratio_new?, action.ratio_old?))?;
    let kind = kind_of(&action.kind)?;
    match kind.ratio {
        RatioMeaning::NewForOld | RatioMeaning::FewerForOld => Some(ratio),
        RatioMeaning::Additional if kind.holders == Holders::Every => on_top(ratio),
        _ => None,
    }
}

/// Checks that an announcement says what its kind needs and does not contradict itself.
///
/// # Errors
/// The first [`Fault`] in the order of the columns `type`, `ratio`, `target_symbol`, `amount`, `currency`,
/// `basis_fraction`, `fraction_price`.
pub fn validate(action: &CorporateAction) -> Result<(), Fault> {
    let Some(kind) = kind_of(&action.kind) else {
        let reason = format!("unknown corporate action `{}`; known: {}", shown(&action.kind), known_codes());
        return Err(Fault { column: "type", reason });
    };
    validate_ratio(kind, action)?;
    validate_target(kind, action)?;
    let fraction_price = action.fraction_price.map(|price| price.decimal());
    let amount = action.amount.map(|amount| amount.decimal());
    check_filled(kind, "amount", kind.needs.amount, amount.is_some())?;
    if kind.needs.amount == Need::OneOf && amount.is_none() && action.target_instrument_id.is_none() {
        fault("amount", format!("a {} needs an amount, a target with its ratio, or both; fill them", kind.code))?;
    }
    let can_be_zero = matches!(kind.needs.amount, Need::RequiredOrZero | Need::OptionalOrZero);
    if amount.is_some_and(|amount| amount < Decimal::ZERO || (amount.is_zero() && !can_be_zero)) {
        fault("amount", format!("the amount of a {} is positive", kind.code))?;
    }
    if (amount.is_some() || fraction_price.is_some()) && action.currency.is_none() {
        fault("currency", "an amount has a currency; the cell is empty")?;
    }
    let fraction = action.basis_fraction.map(|fraction| fraction.decimal());
    check_filled(kind, "basis_fraction", kind.needs.basis_fraction, fraction.is_some())?;
    if fraction.is_some_and(|fraction| fraction < Decimal::ZERO || Decimal::ONE < fraction) {
        fault("basis_fraction", "a basis fraction is between 0 and 1: 23.48 percent is 0.2348")?;
    }
    let is_for_both = action.target_instrument_id.is_some() && amount.is_some();
    if kind.needs.amount == Need::OneOf && fraction.is_some() && !is_for_both {
        fault("basis_fraction", "a basis fraction divides the basis between units and cash; one of them is missing")?;
    }
    check_filled(kind, "fraction_price", kind.needs.fraction_price, fraction_price.is_some())?;
    let is_for_cash = kind.ratio == RatioMeaning::PartOrOfTarget && action.target_instrument_id.is_none();
    if is_for_cash && fraction_price.is_some() {
        fault("fraction_price", format!("a {} without a target gives no fractions; empty the cell", kind.code))?;
    }
    if fraction_price.is_some_and(|price| price <= Decimal::ZERO) {
        fault("fraction_price", "the price of a unit is positive; leave the cell empty if fractions are kept")?;
    }
    Ok(())
}

fn validate_ratio(kind: &CorporateActionKind, action: &CorporateAction) -> Result<(), Fault> {
    let (new, old) = (action.ratio_new, action.ratio_old);
    check_filled(kind, "ratio", kind.needs.ratio, new.is_some() || old.is_some())?;
    if kind.needs.ratio == Need::OneOf && new.is_none() && action.amount.is_none() {
        fault("ratio", format!("a {} needs a ratio, an amount, or both; the cells are empty", kind.code))?;
    }
    let (new, old) = match (new, old) {
        (None, None) => return Ok(()),
        (Some(new), Some(old)) if 0 < new && 0 < old => (new, old),
        (Some(_), Some(_)) => return fault("ratio", "a ratio is two positive whole numbers"),
        _ => return fault("ratio", "a ratio is two whole numbers, new and old; one is missing"),
    };
    let is_part = match kind.ratio {
        RatioMeaning::Part => true,
        RatioMeaning::PartOrOfTarget => action.target_instrument_id.is_none(),
        _ => false,
    };
    match kind.ratio {
        RatioMeaning::FewerForOld if old <= new => {
            fault("ratio", format!("a {} gives fewer units for more; {new}:{old} is a SPLIT", kind.code))
        }
        _ if is_part && old < new => {
            fault("ratio", format!("the ratio of a {} is a part of the units; {new}:{old} is more than all", kind.code))
        }
        RatioMeaning::Additional if on_top((new, old)).is_none() => fault("ratio", "the ratio is too large"),
        _ => Ok(()),
    }
}

fn validate_target(kind: &CorporateActionKind, action: &CorporateAction) -> Result<(), Fault> {
    let target = action.target_instrument_id.as_ref();
    check_filled(kind, "target_symbol", kind.needs.target, target.is_some())?;
    let has_ratio = action.ratio_new.is_some();
    let lacks_target = kind.needs.ratio == Need::OneOf && has_ratio && target.is_none();
    let lacks_ratio = kind.needs.target == Need::OneOf && target.is_some() && !has_ratio;
    if lacks_target || lacks_ratio {
        fault("target_symbol", format!("a {} that gives units names both their ratio and the target", kind.code))?;
    }
    if target == Some(&action.instrument_id) {
        fault("target_symbol", "the target is another instrument than the one that the event is about")?;
    }
    Ok(())
}

fn check_filled(kind: &CorporateActionKind, column: &'static str, need: Need, is_filled: bool) -> Result<(), Fault> {
    match need {
        Need::Required | Need::RequiredOrZero if !is_filled => {
            fault(column, format!("a {} fills `{column}`; the cell is empty", kind.code))
        }
        Need::Unused if is_filled => fault(column, format!("a {} has no {column}; empty the cell", kind.code)),
        _ => Ok(()),
    }
}

fn fault(column: &'static str, reason: impl Into<String>) -> Result<(), Fault> {
    Err(Fault { column, reason: reason.into() })
}

fn known_codes() -> String {
    KINDS.iter().map(|kind| kind.code).collect::<Vec<&str>>().join(", ")
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
