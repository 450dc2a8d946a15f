//! Why cash differs.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::BusinessDate;
use schemas::tables::corporate_actions::CorporateAction;

use super::balances::{BalanceBasis, balances};
use super::case::{Booked, Case, CashGap, Explanation};
use super::suggestion::{self, DividendPaid};
use super::units::twin;
use super::{CASH_TOLERANCE, Cause, DIVIDEND_DAYS, NEARBY_DAYS, near};
use crate::corporate_actions::cash_dividend::entitlement;
use crate::error::Error;
use crate::transaction::TransactionKind;

/// Parts of a dividend that are usually withheld, in thousandths of a percent: none, and the rates of tax offices and
/// treaties.
const WITHHELD_MILLI_PERCENT: &[i64] =
    &[0, 15_000, 10_000, 5_000, 20_000, 25_000, 26_000, 26_375, 27_000, 27_500, 28_000, 30_000, 35_000];

/// Explains every gap of cash, in their order; `units` are the explanations of the gaps of units.
pub(super) fn explain(case: &Case<'_>, units: &[Explanation]) -> Result<Vec<Explanation>, Error> {
    let mut found: Vec<Option<Explanation>> = Vec::with_capacity(case.cash.len());
    for gap in &case.cash {
        found.push(match beside_units(case, gap, units) {
            Some(explanation) => Some(explanation),
            None => alone(case, gap)?,
        });
    }
    pair_currencies(case, &mut found);
    Ok(found.into_iter().map(|found| found.unwrap_or_else(|| Explanation::only(Cause::Unexplained))).collect())
}

/// The cash of what explains gaps of units.
fn beside_units(case: &Case<'_>, gap: &CashGap, units: &[Explanation]) -> Option<Explanation> {
    let mut instruments = Vec::new();
    let mut sum = Decimal::ZERO;
    for (unit_gap, explanation) in case.units.iter().zip(units) {
        let of_currency = explanation.cash.iter().filter(|(currency, _)| *currency == gap.currency);
        for (_, amount) in of_currency {
            sum = sum.checked_add(*amount)?;
            instruments.push(unit_gap.instrument.clone());
        }
    }
    let explains = !instruments.is_empty() && near(gap.difference, sum, CASH_TOLERANCE);
    instruments.dedup();
    explains.then(|| Explanation::only(Cause::CashOf { instruments }))
}

fn alone(case: &Case<'_>, gap: &CashGap) -> Result<Option<Explanation>, Error> {
    if let Some(found) = turned_round(case, gap) {
        return Ok(Some(found));
    }
    if near(gap.custodian, -gap.ledger, CASH_TOLERANCE) {
        return Ok(Some(Explanation::only(Cause::OppositeSign)));
    }
    if let Some(timing) = case.timing(gap.difference, &|booked| booked.cash_in(gap.currency)) {
        return Ok(Some(timing.explanation(case.date(), case.inputs.custodian.basis)));
    }
    if let Some(found) = dividend_unpaid(case, gap) {
        return Ok(Some(found));
    }
    if let Some(found) = dividend(case, gap)? {
        return Ok(Some(found));
    }
    Ok(not_at_custodian(case, gap).or_else(|| charged(case, gap)).or_else(|| booked_once(case, gap)))
}

fn moves(booked: &Booked<'_>, gap: &CashGap, amount: Decimal) -> bool {
    let moved = booked.cash_in(gap.currency);
    booked.counts && !moved.is_zero() && near(moved, amount, CASH_TOLERANCE)
}

/// Cash that was booked with the wrong sign: the gap is twice what it moved.
fn turned_round(case: &Case<'_>, gap: &CashGap) -> Option<Explanation> {
    let half_back = gap.difference.checked_div(Decimal::from(-2))?;
    let booked = case.nearby().find(|booked| !booked.moves_units() && moves(booked, gap, half_back))?;
    let kind = match booked.kind {
        TransactionKind::Deposit => TransactionKind::Withdrawal,
        TransactionKind::Withdrawal => TransactionKind::Deposit,
        TransactionKind::Interest
        | TransactionKind::Tax
        | TransactionKind::AccruedInterest
        | TransactionKind::LendingIncome => booked.kind,
        charge if charge.is_charge() => charge,
        _ => return None,
    };
    let instrument = booked.transaction.instrument_id.as_ref();
    let cash = (gap.currency, gap.difference);
    let suggestion = suggestion::cash(case.inputs.portfolio_id, case.date(), kind, instrument, cash);
    Some(Explanation::with(Cause::WrongDirection { transaction_id: booked.id() }, suggestion))
}

/// A dividend that is booked on its ex-date and not paid yet.
fn dividend_unpaid(case: &Case<'_>, gap: &CashGap) -> Option<Explanation> {
    for booked in case.booked.iter().filter(|booked| is_dividend(booked.kind) && moves(booked, gap, -gap.difference)) {
        let pays_later = |action: &&CorporateAction| {
            Some(&action.instrument_id) == booked.transaction.instrument_id.as_ref()
                && booked.transaction.trade_date.days_since(action.ex_date).abs() <= NEARBY_DAYS
                && action.pay_date.is_some_and(|pay_date| case.date() < pay_date)
        };
        if let Some(pay_date) = case.inputs.actions.iter().find(pays_later).and_then(|action| action.pay_date) {
            return Some(Explanation::only(Cause::DividendUnpaid { transaction_id: booked.id(), pay_date }));
        }
    }
    None
}

pub(super) fn is_dividend(kind: TransactionKind) -> bool {
    matches!(kind, TransactionKind::Dividend | TransactionKind::DividendReinvested | TransactionKind::ReturnOfCapital)
}

/// A dividend that was announced, that the portfolio was entitled to, and that is not booked.
fn dividend(case: &Case<'_>, gap: &CashGap) -> Result<Option<Explanation>, Error> {
    if gap.difference.is_sign_negative() {
        return Ok(None);
    }
    let mut due: Vec<(&CorporateAction, TransactionKind)> = Vec::new();
    for action in case.inputs.actions {
        let kind = match action.kind.as_str() {
            "CASH_DIVIDEND" | "SPECIAL_DIVIDEND" => TransactionKind::Dividend,
            "RETURN_OF_CAPITAL" => TransactionKind::ReturnOfCapital,
            _ => continue,
        };
        let age = case.date().days_since(action.ex_date);
        let in_currency = action.currency == Some(gap.currency);
        if in_currency && (0..=DIVIDEND_DAYS).contains(&age) && !is_booked(case, action) {
            due.push((action, kind));
        }
    }
    due.sort_by_key(|(action, _)| std::cmp::Reverse(action.ex_date));
    for (action, kind) in due {
        let units = held_before(case, action)?;
        let gross = action.amount.and_then(|amount| entitlement(units, amount.decimal()));
        let (Some(gross), Some(per_unit)) = (gross.filter(|gross| Decimal::ZERO < *gross), action.amount) else {
            continue;
        };
        if let Some((withheld, withheld_percent)) = withheld_of(gross, gap.difference) {
            let (instrument_id, ex_date) = (action.instrument_id.clone(), action.ex_date);
            let paid = DividendPaid {
                kind,
                instrument_id: &instrument_id,
                ex_date,
                pay_date: action.pay_date.filter(|pay_date| *pay_date <= case.date()),
                units,
                per_unit: per_unit.decimal(),
                withheld,
                paid: (gap.currency, gap.difference),
            };
            let suggestion = suggestion::dividend(case.inputs.portfolio_id, &paid);
            let cause = Cause::Dividend { instrument_id, ex_date, withheld_percent };
            return Ok(Some(Explanation::with(cause, suggestion)));
        }
    }
    Ok(None)
}

/// Whether a booking near its ex-date or the day of payment is this dividend.
fn is_booked(case: &Case<'_>, action: &CorporateAction) -> bool {
    let days = [Some(action.ex_date), action.pay_date];
    case.booked.iter().any(|booked| {
        let near_by = |day: BusinessDate| booked.transaction.trade_date.days_since(day).abs() <= NEARBY_DAYS;
        is_dividend(booked.kind)
            && booked.transaction.instrument_id.as_ref() == Some(&action.instrument_id)
            && days.iter().flatten().any(|day| near_by(*day))
    })
}

/// The units held at the close before the ex-date.
fn held_before(case: &Case<'_>, action: &CorporateAction) -> Result<Decimal, Error> {
    let inputs = &case.inputs;
    let day = action.ex_date.previous_calendar_day();
    let held = balances(inputs.portfolio_id, inputs.transactions, inputs.splits, day, BalanceBasis::Trade)?;
    Ok(held.units_of(&action.instrument_id))
}

/// What was withheld of a gross amount if this arrived of it, and as what percentage; none if it is no usual part.
fn withheld_of(gross: Decimal, arrived: Decimal) -> Option<(Decimal, Decimal)> {
    for milli_percent in WITHHELD_MILLI_PERCENT {
        let percent = Decimal::new(*milli_percent, 3).normalize();
        let withheld = gross.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?;
        if near(gross.checked_sub(withheld)?, arrived, CASH_TOLERANCE) {
            let withheld = gross.checked_sub(arrived)?;
            return Some((if percent.is_zero() { Decimal::ZERO } else { withheld }, percent));
        }
    }
    None
}

/// A transaction of the books that the custodian does not have.
fn not_at_custodian(case: &Case<'_>, gap: &CashGap) -> Option<Explanation> {
    let booked = case.nearby().find(|booked| moves(booked, gap, -gap.difference))?;
    let transaction_id = booked.id();
    if booked.transaction.currency != gap.currency && !case.cash_gap(booked.transaction.currency).is_zero() {
        return Some(Explanation::only(Cause::OtherCurrency { currency: booked.transaction.currency }));
    }
    let cause = match twin(case, booked) {
        Some(twin) => Cause::BookedTwice { transaction_id, twin },
        None => Cause::NotAtCustodian { transaction_id },
    };
    // Taking back a trade would move units that agree.
    let only_cash = !booked.moves_units() && case.cash_agrees(booked, Decimal::NEGATIVE_ONE, &BTreeMap::new());
    let suggestion = only_cash.then(|| suggestion::reversal(booked.transaction, case.date()));
    Some(Explanation { cause, suggestion, cash: Vec::new() })
}

/// A fee or a tax: of an amount as before, or of what a transaction says of itself.
fn charged(case: &Case<'_>, gap: &CashGap) -> Option<Explanation> {
    if gap.difference.is_sign_positive() {
        return None;
    }
    let (portfolio, date) = (case.inputs.portfolio_id, case.date());
    let as_before = |booked: &&Booked<'_>| is_charge(booked.kind) && moves(booked, gap, gap.difference);
    if let Some(booked) = case.booked.iter().find(as_before) {
        let suggestion = suggestion::again_on(booked.transaction, date);
        return Some(Explanation::with(Cause::FeeAsBefore { transaction_id: booked.id() }, suggestion));
    }
    let cash = (gap.currency, gap.difference);
    for booked in case.nearby().filter(|booked| booked.counts && booked.transaction.currency == gap.currency) {
        let (fees, taxes) = (booked.transaction.fees.decimal(), booked.transaction.taxes.decimal());
        let apart = [(fees, TransactionKind::Fee), (taxes, TransactionKind::Tax)];
        let instrument = booked.transaction.instrument_id.as_ref();
        if let Some((_, kind)) = apart.iter().find(|(part, _)| near(-*part, gap.difference, CASH_TOLERANCE)) {
            let suggestion = suggestion::cash(portfolio, date, *kind, instrument, cash);
            return Some(Explanation::with(Cause::ChargedApart { transaction_id: booked.id() }, suggestion));
        }
        if booked.kind == TransactionKind::Dividend
            && taxes.is_zero()
            && let Some(rest) = booked.transaction.net_cash.decimal().checked_add(gap.difference)
            && let Some((_, percent)) = withheld_of(booked.transaction.net_cash.decimal(), rest)
            && !percent.is_zero()
        {
            let kind = TransactionKind::TaxWithholding;
            let suggestion = suggestion::cash(portfolio, date, kind, instrument, cash);
            return Some(Explanation::with(Cause::WithheldTax { transaction_id: booked.id(), percent }, suggestion));
        }
    }
    None
}

fn is_charge(kind: TransactionKind) -> bool {
    kind == TransactionKind::Tax || kind.is_charge()
}

/// Cash that the custodian has twice and the books have once.
fn booked_once(case: &Case<'_>, gap: &CashGap) -> Option<Explanation> {
    let only_cash = |booked: &&Booked<'_>| !booked.moves_units() && booked.kind != TransactionKind::Fx;
    let booked = case.nearby().filter(only_cash).find(|booked| moves(booked, gap, gap.difference))?;
    let cause = Cause::BookedOnce { transaction_id: booked.id() };
    Some(Explanation::with(cause, suggestion::once_more(booked.transaction)))
}

/// Two currencies that differ in opposite directions, and nothing else that is not explained: an FX deal.
fn pair_currencies(case: &Case<'_>, found: &mut [Option<Explanation>]) {
    let open: Vec<usize> = (0..found.len()).filter(|place| found.get(*place).is_some_and(Option::is_none)).collect();
    let [first, second] = open[..] else { return };
    let (Some(one), Some(other)) = (case.cash.get(first), case.cash.get(second)) else { return };
    if one.difference.is_sign_negative() == other.difference.is_sign_negative() {
        return;
    }
    let (out, into) = if one.difference.is_sign_negative() { (one, other) } else { (other, one) };
    let suggestion = suggestion::exchange(
        case.inputs.portfolio_id,
        case.date(),
        (out.currency, out.difference),
        (into.currency, into.difference),
    );
    for (place, gap) in [(first, one), (second, other)] {
        let explanation = if gap.currency == out.currency {
            let cause = Cause::MissingExchange { counter_currency: into.currency };
            Explanation::with(cause, suggestion.clone())
        } else {
            Explanation::only(Cause::OtherCurrency { currency: out.currency })
        };
        if let Some(slot) = found.get_mut(place) {
            *slot = Some(explanation);
        }
    }
}
