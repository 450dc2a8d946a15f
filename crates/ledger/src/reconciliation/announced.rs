//! Announced and not delivered yet: the books count it from the ex-date on, a custodian from the day of payment on.
//!
//! In the days between, a custodian's balance is right without it, on whatever basis. Such a part of a difference is
//! expected. It is told by itself and nothing is suggested for it; only the rest has to be explained.

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::{BusinessDate, Currency, InstrumentId};

use super::balances::Balances;
use super::case::{Booked, Case};
use super::cash::is_dividend;
use super::{CASH_TOLERANCE, Cause, NEARBY_DAYS, UNITS_TOLERANCE, near};
use crate::corporate_actions::{BookedBy, kind_of};

/// What the books took from an announcement whose day of payment is still to come.
#[derive(Clone, Debug)]
pub struct Undelivered<'a> {
    /// The announcement.
    pub action: &'a CorporateAction,
    /// The day on which cash and units are delivered.
    pub pay_date: BusinessDate,
    /// What it moved in the books; negative if it went out.
    pub moves: Balances,
}

/// A part of a difference that is expected.
pub(super) struct Expected {
    pub(super) cause: Cause,
    /// Custodian minus ledger.
    pub(super) difference: Decimal,
}

/// The expected parts of a gap in the units of an instrument.
pub(super) fn of_units(case: &Case<'_>, instrument: &InstrumentId, gap: Decimal) -> Vec<Expected> {
    if gap.abs() <= UNITS_TOLERANCE {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for Undelivered { action, pay_date, moves } in undelivered(case) {
        let units = moves.units_of(instrument);
        parts.push(Expected { cause: units_announced(action, *pay_date, units), difference: -units });
    }
    expected(gap, parts, UNITS_TOLERANCE)
}

/// The expected parts of a gap in cash: what the books took from announcements, and dividends that are booked.
pub(super) fn of_cash(case: &Case<'_>, currency: Currency, gap: Decimal) -> Vec<Expected> {
    if gap.abs() <= CASH_TOLERANCE {
        return Vec::new();
    }
    let mut parts = dividends(case, currency);
    for Undelivered { action, pay_date, moves } in undelivered(case) {
        let amount = moves.cash_in(currency);
        let cause = Cause::AnnouncedUnpaid {
            kind: action.kind.clone(),
            instrument_id: action.instrument_id.clone(),
            ex_date: action.ex_date,
            pay_date: *pay_date,
            amount: amount.normalize(),
            currency,
        };
        parts.push(Expected { cause, difference: -amount });
    }
    expected(gap, parts, CASH_TOLERANCE)
}

/// The cause of units that the books took from an announcement.
pub(super) fn units_announced(action: &CorporateAction, pay_date: BusinessDate, units: Decimal) -> Cause {
    Cause::AnnouncedUndelivered {
        kind: action.kind.clone(),
        instrument_id: action.instrument_id.clone(),
        ex_date: action.ex_date,
        pay_date,
        units: units.normalize(),
    }
}

fn undelivered<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = &'c Undelivered<'a>> {
    let date = case.date();
    case.inputs.undelivered.iter().filter(move |undelivered| date < undelivered.pay_date)
}

/// Dividends in a currency that are booked since their ex-date and will be paid later.
fn dividends(case: &Case<'_>, currency: Currency) -> Vec<Expected> {
    let date = case.date();
    let mut waiting: Vec<(&CorporateAction, BusinessDate)> = Vec::new();
    for action in case.inputs.actions.iter().filter(|action| action.ex_date <= date) {
        let is_booked_by_broker = kind_of(&action.kind).is_some_and(|kind| kind.cash == BookedBy::Broker);
        if let Some(pay_date) = action.pay_date.filter(|pay_date| date < *pay_date && is_booked_by_broker) {
            waiting.push((action, pay_date));
        }
    }
    let mut parts = Vec::new();
    for booked in case.booked.iter().filter(|booked| booked.counts && is_dividend(booked.kind)) {
        let amount = booked.cash_in(currency);
        if let Some((_, pay_date)) = waiting.iter().find(|(action, _)| is_booking_of(booked, action, date)) {
            let cause = Cause::DividendUnpaid { transaction_id: booked.id(), pay_date: *pay_date };
            parts.push(Expected { cause, difference: -amount });
        }
    }
    parts
}

/// Whether a dividend was booked because of an announcement, from its ex-date on, and not as paid already.
fn is_booking_of(booked: &Booked<'_>, action: &CorporateAction, date: BusinessDate) -> bool {
    let transaction = booked.transaction;
    transaction.instrument_id.as_ref() == Some(&action.instrument_id)
        && (0..=NEARBY_DAYS).contains(&transaction.trade_date.days_since(action.ex_date))
        && transaction.settlement_date.is_none_or(|settled| date < settled)
}

/// Which parts of a gap the custodian does not have yet: all, or one, if that is the whole gap; else those that bring
/// it nearer to nothing, the largest first, since a custodian may also have paid before the day.
fn expected(gap: Decimal, mut parts: Vec<Expected>, tolerance: Decimal) -> Vec<Expected> {
    parts.retain(|part| !part.difference.is_zero());
    let sum = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.difference));
    if sum.is_some_and(|sum| near(gap, sum, tolerance)) {
        return parts;
    }
    let is_gap = |part: &Expected| near(gap, part.difference, tolerance);
    if parts.iter().any(is_gap) {
        parts.retain(is_gap);
        parts.truncate(1);
        return parts;
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.difference.abs()));
    let mut rest = gap;
    parts.retain(|part| {
        let left = rest.checked_sub(part.difference).filter(|left| left.abs() < rest.abs());
        rest = left.unwrap_or(rest);
        left.is_some()
    });
    parts
}
