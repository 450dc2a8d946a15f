//! What issuers announced, booked into the holdings of a portfolio.
//!
//! The outcome of an announcement is computed from its terms and the holder's lots alone; here it is booked, in the
//! order in which an outcome says it happens. Cash that the broker books is left to the broker's transaction; other
//! cash is booked on the valuation date of the ex-date, as dividends are.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Quantity};

use super::Books;
use super::applied::AppliedAction;
use super::booking::{Announced, Direction};
use super::journal::Cause;
use crate::apportion::total_units;
use crate::corporate_actions::{
    ActionError, BookedBy, Currencies, Disposal, DisposedLots, Holders, LATE_BOOKING_DAYS, Outcome, Position, Terms,
    event_id, kind_of, on_holding,
};
use crate::error::Error;
use crate::holding::Movement;
use crate::lot_choice::LotChoices;
use crate::lots::Lot;
use crate::nav_bridge::{Charges, Nature};
use crate::open_lots::{take, units_from};
use crate::transaction::TransactionKind;

/// The rule by which the units received are divided; no row shows it.
const RECEIVED: &str = "received";

/// Elections that an error names; who chose more often finds the others on the same days.
const ELECTIONS_NAMED_MAX: usize = 5;

/// What is held of the instruments that an announcement is about.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Units {
    /// Of the instrument whose issuer announced it.
    own: Decimal,
    /// Of the one that holders receive; none if there is none.
    target: Option<Decimal>,
}

impl Books<'_> {
    /// Books what an issuer announced, as far as the portfolio holds the instrument.
    pub(super) fn announced(&mut self, line: usize, action: &CorporateAction, day: usize) -> Result<(), Error> {
        let Some(listing) = self.listing(line) else { return Ok(()) };
        let held = self.by_line.get(&line).and_then(|position| self.held.get(*position));
        let Some(held) = held.filter(|held| !held.is_untouched()) else { return Ok(()) };
        let base = self.inputs.portfolio.base_currency;
        let target = action.target_instrument_id.as_ref();
        let target_listing = target.and_then(|target| self.inputs.board.listing(target));
        let currencies = Currencies {
            instrument: listing.instrument.currency,
            target: target_listing.map(|listing| listing.instrument.currency),
            base,
        };
        let mut terms = Terms::new(action, currencies, self.inputs.fx, self.schedule.on(action.ex_date));
        terms.unit_value = self.unit_value(Some(listing), day);
        terms.target_unit_value = self.target_value(target_listing, listing.instrument.currency, day);
        let lots = held.holding.lots();
        let elections = self.elections(line, action);
        let elected = self.elected(&elections, day)?;
        let position = Position { lots, elected };
        let outcome = on_holding(&terms, &position).map_err(|source| self.refused(source, &elections))?;
        if self.is_booked_as_trade(action, lots, &outcome) {
            return Ok(());
        }
        let cause =
            Cause { id: Arc::from(event_id(action)), sequence: 0, kind: &action.kind, date: action.ex_date, day };
        let noted = self.note_action(&cause.id, action, &outcome, elected);
        let (unit_value, target_unit_value) = (terms.unit_value, terms.target_unit_value);
        let before = self.units_of(line, action);
        let paid = self.book_outcome(&cause, line, outcome)?;
        if let Some(noted) = noted {
            self.keep_action(AppliedAction { unit_value, target_unit_value, ..noted });
        }
        let received = target.and_then(|target| self.inputs.board.line(target));
        [Some(line), received].into_iter().flatten().try_for_each(|line| self.check_units(line, day))?;
        let after = self.units_of(line, action);
        let gained = before.target.zip(after.target).and_then(|(before, after)| after.checked_sub(before));
        self.flows_of_action(&cause, line, received.zip(gained))?;
        self.record_payments(&cause, line, action, before, paid);
        self.bridge_booking(&cause.id, Nature::CorporateAction, Charges::none(base), day)
    }

    /// Units of a transaction fit their column when they come in; a ratio can make more of them than it holds.
    fn check_units(&self, line: usize, day: usize) -> Result<(), Error> {
        let held = self.by_line.get(&line).and_then(|position| self.held.get(*position));
        let units = held.map_or(Decimal::ZERO, |held| held.holding.quantity());
        if Quantity::new(units).to_units().is_err() {
            return Err(self.overflow(day, "the number of units"));
        }
        Ok(())
    }

    /// Whether the broker booked an announcement as a sale of the units that leave, or as a purchase of those that
    /// come: one trade or all trades together, from the ex-date on, move just these units. Other trades are trades.
    fn is_booked_as_trade(&self, action: &CorporateAction, before: &[Lot], outcome: &Outcome) -> bool {
        let booked_as = kind_of(&action.kind).map_or(&[][..], |kind| kind.booked_as);
        let sides = [
            (TransactionKind::Sell, Some(&action.instrument_id), units_gone(before, outcome)),
            (TransactionKind::Buy, action.target_instrument_id.as_ref(), units_come(outcome)),
        ];
        sides.into_iter().filter(|(kind, _, _)| booked_as.contains(kind)).any(|(kind, instrument, units)| {
            let Some(units) = units.filter(|units| Decimal::ZERO < *units) else { return false };
            let is_all = |traded: Decimal| traded.checked_sub(units).is_some_and(|off| off.abs() < Decimal::ONE);
            let mut sum = Some(Decimal::ZERO);
            self.trades(kind, instrument, action).any(|traded| {
                sum = sum.and_then(|sum| sum.checked_add(traded));
                is_all(traded) || sum.is_some_and(is_all)
            })
        })
    }

    /// The units of the trades of a kind that may stand for an announcement and were not taken back.
    fn trades<'a>(
        &'a self,
        kind: TransactionKind,
        instrument: Option<&'a InstrumentId>,
        action: &'a CorporateAction,
    ) -> impl Iterator<Item = Decimal> + 'a {
        let paid = action.pay_date.unwrap_or(action.ex_date).max(action.ex_date);
        let of_kind = self.inputs.transactions.iter().filter(move |transaction| {
            transaction.kind == kind.code()
                && transaction.instrument_id.as_ref() == instrument
                && action.ex_date <= transaction.trade_date
                && transaction.trade_date.days_since(paid) <= LATE_BOOKING_DAYS
        });
        let standing = of_kind.filter(|transaction| !self.is_taken_back(&transaction.transaction_id));
        standing.filter_map(|transaction| transaction.quantity.map(|quantity| quantity.decimal()))
    }

    fn is_taken_back(&self, id: &str) -> bool {
        self.inputs.transactions.iter().any(|row| row.reverses.as_deref() == Some(id))
    }

    /// Books an outcome in its order and returns the cash of it that no broker books, by currency.
    fn book_outcome(
        &mut self,
        cause: &Cause<'_>,
        line: usize,
        outcome: Outcome,
    ) -> Result<BTreeMap<Currency, Decimal>, Error> {
        let Outcome { scale, lots, closes, into, fraction_in_lieu, cash, .. } = outcome;
        if let Some(ratio) = scale {
            self.split(cause, line, ratio, Announced::ByMarket)?;
        }
        if let Some(lots) = lots {
            self.change_holding(cause, line, |holding, _| holding.replace_lots(lots))?;
        }
        if let Some(closed) = &closes {
            self.dispose(cause, closed)?;
        }
        for received in into {
            let target = self.action_line(cause, &received.instrument_id)?;
            self.receive(cause, target, received.lots)?;
        }
        if let Some(fraction) = &fraction_in_lieu {
            self.dispose(cause, fraction)?;
        }
        let mut paid: BTreeMap<Currency, Decimal> = BTreeMap::new();
        for leg in cash.into_iter().filter(|leg| leg.booked_by == BookedBy::Announcement) {
            self.add_cash(leg.currency, leg.amount, cause.day, cause.date)?;
            let sum = paid.entry(leg.currency).or_default();
            let added = sum.checked_add(leg.amount);
            *sum = added.ok_or_else(|| self.overflow(cause.day, "a payment of an issuer"))?;
        }
        Ok(paid)
    }

    /// A row for every currency in which an announcement paid; one without cash if it moved units only.
    fn record_payments(
        &mut self,
        cause: &Cause<'_>,
        line: usize,
        action: &CorporateAction,
        before: Units,
        mut paid: BTreeMap<Currency, Decimal>,
    ) {
        if cause.day < self.from_day {
            return;
        }
        let after = self.units_of(line, action);
        if paid.is_empty()
            && before != after
            && let Some(listing) = self.listing(line)
        {
            paid.insert(listing.instrument.currency, Decimal::ZERO);
        }
        let (portfolio, business_date) = (self.inputs.portfolio, self.date(cause.day));
        let row = |(currency, amount): (Currency, Decimal)| ActionPayment {
            portfolio_id: portfolio.portfolio_id.clone(),
            instrument_id: action.instrument_id.clone(),
            ex_date: action.ex_date,
            kind: action.kind.clone(),
            business_date,
            currency,
            amount: Amount::new(amount),
            pay_date: Some(action.pay_date.unwrap_or(action.ex_date)),
            quantity_before: Some(Quantity::new(before.own)),
            quantity_after: Some(Quantity::new(after.own)),
            target_instrument_id: action.target_instrument_id.clone(),
            target_quantity_before: before.target.map(Quantity::new),
            target_quantity_after: after.target.map(Quantity::new),
        };
        self.rows.action_payments.extend(paid.into_iter().map(row));
    }

    /// What is held now of the instruments that an announcement is about.
    fn units_of(&self, line: usize, action: &CorporateAction) -> Units {
        let on = |line: usize| {
            let held = self.by_line.get(&line).and_then(|position| self.held.get(*position));
            held.map_or(Decimal::ZERO, |held| held.holding.quantity())
        };
        let target = action.target_instrument_id.as_ref();
        let target = target.map(|target| self.inputs.board.line(target).map_or(Decimal::ZERO, on));
        Units { own: on(line), target }
    }

    /// Lots that come in with their cost and age. Where units of the other sign are held, e.g. a short position, they
    /// are closed first, lot by lot, as by a trade at the cost that comes with the lots.
    fn receive(&mut self, cause: &Cause<'_>, line: usize, lots: Vec<Lot>) -> Result<(), Error> {
        let mut rest = Vec::with_capacity(lots.len());
        for mut lot in lots {
            let held = self.by_line.get(&line).and_then(|position| self.held.get(*position));
            let held = held.map_or(Decimal::ZERO, |held| held.holding.quantity());
            let is_in = Decimal::ZERO < lot.quantity;
            let meets_other = !held.is_zero() && !lot.quantity.is_zero() && (Decimal::ZERO < held) != is_in;
            if meets_other {
                let units = units_from(&lot, held.abs());
                let overflow = || self.overflow(cause.day, "a corporate action");
                let part = take(&mut lot, units, RECEIVED).ok_or_else(overflow)?;
                let movement = Movement {
                    transaction_id: Arc::clone(&cause.id),
                    date: cause.date,
                    acquired_date: lot.acquired_date,
                    quantity: part.quantity.abs(),
                    basis: if is_in { part.basis } else { part.basis.negated() },
                    lots_closed: LotChoices::default(),
                };
                self.exchange(cause, line, &movement, if is_in { Direction::In } else { Direction::Out })?;
            }
            if !lot.quantity.is_zero() {
                rest.push(lot);
            }
        }
        self.change_holding(cause, line, |holding, method| holding.put_in(rest, method))
    }

    /// Units that leave for cash.
    fn dispose(&mut self, cause: &Cause<'_>, disposal: &Disposal) -> Result<(), Error> {
        let line = self.action_line(cause, &disposal.instrument_id)?;
        if let DisposedLots::These(_) = disposal.lots {
            let realised = disposal.realised().ok_or_else(|| self.overflow(cause.day, "a corporate action"))?;
            self.realise(cause, line, &realised);
            return Ok(());
        }
        let is_short = disposal.units.is_sign_negative();
        let movement = Movement {
            transaction_id: Arc::clone(&cause.id),
            date: cause.date,
            acquired_date: cause.date,
            quantity: disposal.units.abs(),
            basis: if is_short { disposal.proceeds.negated() } else { disposal.proceeds },
            lots_closed: LotChoices::default(),
        };
        let direction = if is_short { Direction::In } else { Direction::Out };
        self.exchange(cause, line, &movement, direction)
    }

    fn action_line(&self, cause: &Cause<'_>, instrument: &InstrumentId) -> Result<usize, Error> {
        self.inputs.board.line(instrument).ok_or_else(|| Error::UnknownInstrument {
            portfolio_id: self.inputs.portfolio.portfolio_id.clone(),
            transaction_id: cause.id.to_string(),
            instrument_id: instrument.clone(),
        })
    }

    /// What one unit of a listing is worth on a day, in its currency; none without a close so far.
    pub(super) fn unit_value(&self, listing: Option<&crate::quote_board::Listing>, day: usize) -> Option<Decimal> {
        let listing = listing?;
        let close = self.inputs.board.close(listing, day)?;
        close.price.checked_mul(listing.instrument.price_scale.decimal())
    }

    fn target_value(
        &self,
        target: Option<&crate::quote_board::Listing>,
        currency: schemas::Currency,
        day: usize,
    ) -> Option<Decimal> {
        let value = self.unit_value(target, day)?;
        let converted = self.inputs.fx.convert(value, target?.instrument.currency, currency, self.date(day));
        converted.map(|converted| converted.amount)
    }

    /// Why an announcement cannot be booked; one that asks for more units than there are is a fault of the elections.
    fn refused(&self, source: ActionError, elections: &[&Transaction]) -> Error {
        let (portfolio_id, source) = (self.inputs.portfolio.portfolio_id.clone(), Box::new(source));
        if !matches!(*source, ActionError::Election { .. }) {
            return Error::Action { portfolio_id, source };
        }
        let place = |origin: &str| if origin.is_empty() { String::new() } else { format!(" ({origin})") };
        let name = |row: &&Transaction| format!("{} {}{}", row.kind, row.transaction_id, place(&row.origin));
        let mut named: Vec<String> = elections.iter().take(ELECTIONS_NAMED_MAX).map(name).collect();
        if ELECTIONS_NAMED_MAX < elections.len() {
            named.push(format!("{} more", elections.len() - ELECTIONS_NAMED_MAX));
        }
        Error::Election { portfolio_id, elections: named.join(" and "), source }
    }

    /// The bookings of the choice that an announcement asks for: those since the same kind of announcement was paid, up
    /// to the ex-date or the day of payment, that were not taken back.
    fn elections(&self, line: usize, action: &CorporateAction) -> Vec<&Transaction> {
        let kind: TransactionKind = match kind_of(&action.kind).map(|kind| kind.holders) {
            None | Some(Holders::Every) => return Vec::new(),
            Some(Holders::Electing(kind) | Holders::EveryUnlessElected(kind)) => kind,
        };
        let paid = |action: &CorporateAction| action.pay_date.unwrap_or(action.ex_date).max(action.ex_date);
        let same = self.listing(line).into_iter().flat_map(|listing| listing.actions());
        let earlier = same.filter(|other| other.kind == action.kind && other.ex_date < action.ex_date);
        let since: Option<BusinessDate> = earlier.map(paid).max();
        let last = paid(action);
        let chosen = self.inputs.transactions.iter().filter(|transaction| {
            transaction.kind == kind.code()
                && transaction.instrument_id.as_ref() == Some(&action.instrument_id)
                && transaction.trade_date <= last
                && since.is_none_or(|since| since < transaction.trade_date)
                && !self.is_taken_back(&transaction.transaction_id)
        });
        let mut chosen: Vec<&Transaction> = chosen.collect();
        chosen.sort_by(|left, right| {
            let place = |row: &Transaction| (row.trade_date, row.booking_sequence);
            place(left).cmp(&place(right)).then_with(|| left.transaction_id.cmp(&right.transaction_id))
        });
        chosen
    }

    /// The units for which the holder made a choice; none without a choice.
    fn elected(&self, elections: &[&Transaction], day: usize) -> Result<Option<Decimal>, Error> {
        let mut elected = None;
        for units in elections.iter().filter_map(|chosen| chosen.quantity) {
            let sum = elected.unwrap_or(Decimal::ZERO).checked_add(units.decimal());
            elected = Some(sum.ok_or_else(|| self.overflow(day, "the units of an election"))?);
        }
        Ok(elected)
    }
}

/// The units of the instrument that leave; none if they do not add up.
fn units_gone(before: &[Lot], outcome: &Outcome) -> Option<Decimal> {
    let left = total_units(outcome.lots.as_deref().unwrap_or(before))?;
    let gone = total_units(before)?.checked_sub(left)?;
    let by_method = outcome.closes.iter().find(|closes| closes.lots == DisposedLots::ByMethod);
    by_method.map_or(Some(gone), |closes| gone.checked_add(closes.units))
}

/// The units that come in; none if they do not add up.
fn units_come(outcome: &Outcome) -> Option<Decimal> {
    outcome.into.iter().try_fold(Decimal::ZERO, |sum, received| sum.checked_add(total_units(&received.lots)?))
}
