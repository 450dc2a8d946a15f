//! Why units differ.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::Currency;
use schemas::tables::transactions::Transaction;

use super::announced::units_announced;
use super::balances::announced_split;
use super::case::{Booked, Case, Explanation, UnitGap};
use super::{CASH_TOLERANCE, Cause, PRICE_BAND, SPLIT_DAYS, UNITS_TOLERANCE, near, suggestion};
use crate::transaction::TransactionKind;

/// Ratios of splits that are looked for although none was announced, besides `n:1` and `1:n`.
const UNEVEN_RATIOS: &[(i64, i64)] = &[(3, 2), (5, 2), (4, 3), (5, 4), (2, 3), (2, 5), (3, 4), (4, 5)];
/// The largest `n` of the ratios `n:1` and `1:n`.
const EVEN_RATIO_MAX: i64 = 50;

/// A transaction whose units are the whole gap.
struct Pick<'c, 'a> {
    booked: &'c Booked<'a>,
    /// 1 if the custodian has it once more than the books, −1 if once less.
    times: Decimal,
}

/// Explains every gap of units, in their order.
pub(super) fn explain(case: &Case<'_>) -> Vec<Explanation> {
    let picks: Vec<Option<Pick<'_, '_>>> = case.units.iter().map(|gap| pick(case, gap)).collect();
    let mut together: BTreeMap<Currency, Decimal> = BTreeMap::new();
    for pick in picks.iter().flatten() {
        for (currency, amount) in pick.booked.cash() {
            let sum = together.entry(currency).or_insert(Decimal::ZERO);
            *sum = amount.checked_mul(pick.times).and_then(|amount| sum.checked_add(amount)).unwrap_or(*sum);
        }
    }
    let mut found: Vec<Option<Explanation>> = Vec::with_capacity(picks.len());
    for (gap, pick) in case.units.iter().zip(&picks) {
        let certain = certain(case, gap).or_else(|| pick.as_ref().and_then(|pick| whole(case, pick, &together)));
        found.push(certain.or_else(|| split_announced(case, gap)).or_else(|| lent(case, gap)));
    }
    pair_with_cash(case, &mut found);
    let gaps = case.units.iter().zip(picks).zip(found);
    gaps.map(|((gap, pick), found)| found.unwrap_or_else(|| leftover(case, gap, pick.as_ref()))).collect()
}

/// The nearest transaction that counts and whose units are the gap: rather one that the custodian lacks.
fn pick<'c, 'a>(case: &'c Case<'a>, gap: &UnitGap<'_>) -> Option<Pick<'c, 'a>> {
    let fits = |times: Decimal| {
        let wanted = gap.difference.checked_mul(times)?;
        let is_gap =
            |booked: &&Booked<'a>| booked.counts && near(booked.units(gap.instrument), wanted, UNITS_TOLERANCE);
        case.nearby().find(is_gap).map(|booked| Pick { booked, times })
    };
    fits(Decimal::NEGATIVE_ONE).or_else(|| fits(Decimal::ONE))
}

/// What fits so well that nothing else is looked for: a trade in the wrong direction, or a matter of days.
fn certain(case: &Case<'_>, gap: &UnitGap<'_>) -> Option<Explanation> {
    if let Some(found) = turned_round(case, gap) {
        return Some(found);
    }
    let timing = case.timing(gap.difference, &|booked| booked.units(gap.instrument))?;
    Some(timing.explanation(case.date(), case.inputs.custodian.basis))
}

/// A transaction that one side has and the other has not, units and cash.
fn whole(case: &Case<'_>, pick: &Pick<'_, '_>, together: &BTreeMap<Currency, Decimal>) -> Option<Explanation> {
    if !case.cash_agrees(pick.booked, pick.times, together) {
        return None;
    }
    let suggestion = if pick.times.is_sign_negative() {
        suggestion::reversal(pick.booked.transaction, case.date())
    } else {
        suggestion::once_more(pick.booked.transaction)
    };
    let cash = pick.booked.cash().into_iter().map(|(currency, amount)| (currency, amount * pick.times)).collect();
    Some(Explanation { cause: one_side_only(case, pick), suggestion: Some(suggestion), cash })
}

fn one_side_only(case: &Case<'_>, pick: &Pick<'_, '_>) -> Cause {
    if pick.times.is_sign_positive() {
        return Cause::BookedOnce { transaction_id: pick.booked.id() };
    }
    match twin(case, pick.booked) {
        Some(twin) => Cause::BookedTwice { transaction_id: pick.booked.id(), twin },
        None => Cause::NotAtCustodian { transaction_id: pick.booked.id() },
    }
}

/// Another transaction near the date with the same content.
pub(super) fn twin(case: &Case<'_>, of: &Booked<'_>) -> Option<String> {
    let same = |booked: &&Booked<'_>| {
        let (one, other) = (booked.transaction, of.transaction);
        booked.counts
            && one.transaction_id != other.transaction_id
            && booked.kind == of.kind
            && one.instrument_id == other.instrument_id
            && one.quantity == other.quantity
            && one.currency == other.currency
            && one.net_cash == other.net_cash
            && one.counter_amount == other.counter_amount
    };
    case.nearby().find(same).map(Booked::id)
}

fn is_ratio(gap: &UnitGap<'_>, new: i64, old: i64) -> bool {
    let (scaled, wanted) = (gap.ledger.checked_mul(new.into()), gap.custodian.checked_mul(old.into()));
    !gap.ledger.is_zero() && scaled.zip(wanted).is_some_and(|(scaled, wanted)| near(scaled, wanted, UNITS_TOLERANCE))
}

fn split_announced(case: &Case<'_>, gap: &UnitGap<'_>) -> Option<Explanation> {
    let date = case.date();
    let of_it = case.inputs.actions.iter().filter(|action| action.instrument_id == *gap.instrument);
    for (action, split) in of_it.filter_map(|action| Some((action, announced_split(action)?))) {
        if SPLIT_DAYS < split.ex_date.days_since(date).abs() {
            continue;
        }
        let (ratio_new, ratio_old, ex_date) = (split.ratio_new, split.ratio_old, split.ex_date);
        let applied = case.inputs.splits.contains(&split) && ex_date <= date;
        if applied && is_ratio(gap, ratio_old, ratio_new) {
            let waits = action.pay_date.filter(|pay_date| date < *pay_date);
            return Some(Explanation::only(match waits {
                Some(pay_date) => units_announced(action, pay_date, -gap.difference),
                None => Cause::SplitOnlyHere { ratio_new, ratio_old, ex_date },
            }));
        }
        if !applied && is_ratio(gap, ratio_new, ratio_old) {
            let cause = Cause::Split { ratio_new, ratio_old, ex_date: Some(ex_date) };
            return Some(split_explanation(case, gap, cause, (ratio_new, ratio_old)));
        }
    }
    None
}

fn split_explanation(case: &Case<'_>, gap: &UnitGap<'_>, cause: Cause, (new, old): (i64, i64)) -> Explanation {
    let portfolio = case.inputs.portfolio_id;
    let ratio = Decimal::from(new).checked_div(old.into());
    // A ratio such as 1:3 has no exact decimal; such a split is announced in corporate_actions.csv instead.
    let exact = ratio.filter(|ratio| gap.ledger.checked_mul(*ratio) == Some(gap.custodian));
    let currency = case.currency_of(gap.instrument);
    let suggestion = exact.map(|ratio| suggestion::split(portfolio, case.date(), gap.instrument, ratio, currency));
    Explanation { cause, suggestion, cash: Vec::new() }
}

fn lent(case: &Case<'_>, gap: &UnitGap<'_>) -> Option<Explanation> {
    let mut lent = Decimal::ZERO;
    for booked in case.booked.iter().filter(|booked| booked.counts) {
        let units = booked.transaction.quantity.map_or(Decimal::ZERO, |quantity| quantity.decimal());
        let marks_it = booked.transaction.instrument_id.as_ref() == Some(gap.instrument);
        lent = match booked.kind {
            TransactionKind::Lend if marks_it => lent.checked_add(units)?,
            TransactionKind::LendReturn if marks_it => lent.checked_sub(units)?,
            _ => lent,
        };
    }
    let explains = !lent.is_zero() && near(gap.difference, -lent, UNITS_TOLERANCE);
    explains.then(|| Explanation::only(Cause::Lent))
}

/// A trade that was booked as its opposite: units and cash differ by twice what it moved.
fn turned_round(case: &Case<'_>, gap: &UnitGap<'_>) -> Option<Explanation> {
    let twice_back = Decimal::from(-2);
    let nothing_else = BTreeMap::new();
    for booked in case.nearby().filter(|booked| booked.counts && !booked.units(gap.instrument).is_zero()) {
        let units = booked.units(gap.instrument).checked_mul(twice_back)?;
        if !near(gap.difference, units, UNITS_TOLERANCE) || !case.cash_agrees(booked, twice_back, &nothing_else) {
            continue;
        }
        let cash: Vec<(Currency, Decimal)> =
            booked.cash().into_iter().map(|(currency, amount)| (currency, amount * twice_back)).collect();
        let cause = Cause::WrongDirection { transaction_id: booked.id() };
        let suggestion = match cash.first() {
            Some(cash) => trade(case, gap, *cash),
            None => transfer(case, gap),
        };
        return Some(Explanation { cause, suggestion: Some(suggestion), cash });
    }
    None
}

/// Gaps of units and of cash that belong together: a purchase or a sale that is not booked.
fn pair_with_cash(case: &Case<'_>, found: &mut [Option<Explanation>]) {
    let mut left: BTreeMap<Currency, Decimal> = case.cash.iter().map(|gap| (gap.currency, gap.difference)).collect();
    for (currency, amount) in found.iter().flatten().flat_map(|explanation| &explanation.cash) {
        if let Some(rest) = left.get_mut(currency) {
            *rest = rest.checked_sub(*amount).unwrap_or(*rest);
        }
    }
    left.retain(|_, amount| CASH_TOLERANCE < amount.abs());
    let open: Vec<usize> = (0..found.len()).filter(|place| found.get(*place).is_some_and(Option::is_none)).collect();
    let mut pairs: Vec<(usize, (Currency, Decimal))> = Vec::new();
    for place in &open {
        if let Some(cash) = case.units.get(*place).and_then(|gap| partner(case, gap, &left, open.len())) {
            pairs.push((*place, cash));
        }
    }
    for (place, cash) in &pairs {
        let wanted_by_one = pairs.iter().filter(|(_, (currency, _))| *currency == cash.0).count() == 1;
        if let (true, Some(gap), Some(slot)) = (wanted_by_one, case.units.get(*place), found.get_mut(*place)) {
            let suggestion = trade(case, gap, *cash);
            *slot = Some(Explanation { cause: Cause::MissingTrade, suggestion: Some(suggestion), cash: vec![*cash] });
        }
    }
}

/// The cash that may have been paid or received for the units of a gap: of the opposite sign, and near their value. If
/// their value is not known, only where there is one such gap of units and one of cash.
fn partner(
    case: &Case<'_>,
    gap: &UnitGap<'_>,
    left: &BTreeMap<Currency, Decimal>,
    open: usize,
) -> Option<(Currency, Decimal)> {
    let opposite = |amount: &Decimal| amount.is_sign_negative() != gap.difference.is_sign_negative();
    let candidates: Vec<(Currency, Decimal)> =
        left.iter().filter(|(_, amount)| opposite(amount)).map(|(currency, amount)| (*currency, *amount)).collect();
    let mut unpriced = Vec::new();
    for (currency, amount) in &candidates {
        match value(case, gap, *currency) {
            Some(value) => {
                let band = value.checked_mul(PRICE_BAND)?;
                if near(amount.abs(), value, band) {
                    return Some((*currency, *amount));
                }
            }
            None => unpriced.push((*currency, *amount)),
        }
    }
    match unpriced[..] {
        [only] if open == 1 && candidates.len() == 1 => Some(only),
        _ => None,
    }
}

/// What the units of a gap are worth in a currency, by the custodian's value of the position or by the books'.
fn value(case: &Case<'_>, gap: &UnitGap<'_>, currency: Currency) -> Option<Decimal> {
    let stated = case.inputs.custodian.value_of(gap.instrument).map(|value| (value, gap.custodian));
    let ours =
        case.inputs.values.get(gap.instrument).map(|value| (*value, case.inputs.ledger.units_of(gap.instrument)));
    let in_currency = [stated, ours].into_iter().flatten().find(|(value, _)| value.currency() == currency);
    let (value, units) = in_currency?;
    let per_unit = value.amount().checked_div(units)?.abs();
    per_unit.checked_mul(gap.difference.abs())
}

fn trade(case: &Case<'_>, gap: &UnitGap<'_>, cash: (Currency, Decimal)) -> Transaction {
    suggestion::trade(case.inputs.portfolio_id, case.date(), gap.instrument, gap.difference, cash)
}

fn transfer(case: &Case<'_>, gap: &UnitGap<'_>) -> Transaction {
    let currency = case.currency_of(gap.instrument);
    suggestion::transfer(case.inputs.portfolio_id, case.date(), gap.instrument, gap.difference, currency)
}

/// What is said when nothing fits well: a turned sign, a ratio of small numbers, a transaction of the same units, or
/// nothing.
fn leftover(case: &Case<'_>, gap: &UnitGap<'_>, pick: Option<&Pick<'_, '_>>) -> Explanation {
    if near(gap.custodian, -gap.ledger, UNITS_TOLERANCE) {
        return Explanation::only(Cause::OppositeSign);
    }
    let even = (2..=EVEN_RATIO_MAX).flat_map(|n| [(n, 1), (1, n)]);
    if let Some((new, old)) = even.chain(UNEVEN_RATIOS.iter().copied()).find(|(new, old)| is_ratio(gap, *new, *old)) {
        let cause = Cause::Split { ratio_new: new, ratio_old: old, ex_date: None };
        return split_explanation(case, gap, cause, (new, old));
    }
    if let Some(pick) = pick {
        return Explanation::only(one_side_only(case, pick));
    }
    let cause = if gap.ledger.is_zero() {
        Cause::MissingPosition
    } else if gap.custodian.is_zero() {
        Cause::NotHeld
    } else {
        Cause::Unexplained
    };
    // Units that moved without cash were transferred; whether cash moved is known only where cash was compared.
    let suggestion = case.inputs.custodian.has_cash().then(|| transfer(case, gap));
    Explanation { cause, suggestion, cash: Vec::new() }
}
