//! What a booking did, noted while it is booked: for the bridge of values and for rows that name their cause.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate};

use super::{Books, Detail};
use crate::basis::Basis;
use crate::error::Error;
use crate::holding::{Holding, Realised, sum_of_gains};
use crate::lot_choice::LotError;
use crate::lots::CostBasis;
use crate::nav_bridge::{
    Booked, CashMovement, Charges, ClosingLine, CostChange, Gain, Held as HeldAs, Nature, Transferred,
};
use crate::transaction::TransactionKind;

/// Why something is booked.
#[derive(Clone, Debug)]
pub(super) struct Cause<'a> {
    /// The transaction's id, or the name of a corporate action.
    pub(super) id: Arc<str>,
    /// The transaction's place in its file; zero for a corporate action.
    pub(super) sequence: i64,
    /// The kind of transaction or corporate action.
    pub(super) kind: &'a str,
    /// The day of the trade, or the ex-date.
    pub(super) date: BusinessDate,
    /// The valuation date on which it takes effect, as a position.
    pub(super) day: usize,
}

impl<'a> Cause<'a> {
    /// A transaction.
    pub(super) fn of(transaction: &'a Transaction, day: usize) -> Cause<'a> {
        Cause {
            id: Arc::from(transaction.transaction_id.as_str()),
            sequence: transaction.booking_sequence,
            kind: &transaction.kind,
            date: transaction.trade_date,
            day,
        }
    }
}

/// What the booking at hand has done so far.
#[derive(Debug, Default)]
pub(super) struct Journal {
    cash: Vec<CashMovement>,
    costs: Vec<CostChange>,
    gains: Vec<Gain>,
    transferred: Option<Transferred>,
}

impl Journal {
    pub(super) fn cash(&mut self, movement: CashMovement) {
        self.cash.push(movement);
    }

    /// The cash that moved.
    pub(super) fn movements(&self) -> &[CashMovement] {
        &self.cash
    }

    /// The units that crossed the border of the portfolio, if some did.
    pub(super) fn transferred(&self) -> Option<Transferred> {
        self.transferred
    }

    pub(super) fn gain(&mut self, gain: Gain) {
        self.gains.push(gain);
    }

    pub(super) fn transfer(&mut self, transferred: Transferred) {
        self.transferred = Some(transferred);
    }
}

/// A position at a close, as the bridge wants to see it.
pub(super) fn closing_line(row: &Valuation, held: HeldAs) -> ClosingLine<'_> {
    ClosingLine {
        instrument_id: &row.instrument_id,
        currency: row.currency,
        value: row.value.map(|value| value.decimal()),
        value_base: row.value_base.map(|value| value.decimal()),
        held,
    }
}

fn bases(holding: &Holding) -> Vec<Basis> {
    holding.lots().iter().map(|lot| lot.basis).collect()
}

impl Books<'_> {
    /// Changes the holding of a line, and notes by how much that changed what its open lots cost.
    pub(super) fn change_holding<R>(
        &mut self,
        cause: &Cause<'_>,
        line: usize,
        change: impl FnOnce(&mut Holding, &CostBasis) -> Result<R, LotError>,
    ) -> Result<R, Error> {
        self.change_counted(cause, line, change, |_| None)
    }

    /// The same for a change of which `cost_of` can say, where the lots cannot, by how much it changed the cost.
    pub(super) fn change_counted<R>(
        &mut self,
        cause: &Cause<'_>,
        line: usize,
        change: impl FnOnce(&mut Holding, &CostBasis) -> Result<R, LotError>,
        cost_of: impl FnOnce(&R) -> Option<Basis>,
    ) -> Result<R, Error> {
        let position = self.held_at(line);
        let method = self.schedule.on(cause.date);
        let no_holding = || self.inputs.portfolio.portfolio_id.clone();
        let Some(held) = self.held.get_mut(position) else {
            return Err(Error::Overflow {
                portfolio_id: no_holding(),
                date: cause.date,
                what: "the holdings".to_owned(),
            });
        };
        let notes_cost = self.detail.has_positions();
        let before = held.holding.basis();
        // Of an unknown cost the sum does not show a change; the lots do.
        let lots_before = (notes_cost && !before.is_known()).then(|| bases(&held.holding));
        let outcome = change(&mut held.holding, method);
        let after = held.holding.basis();
        let is_changed = before != after || lots_before.is_some_and(|lots| lots != bases(&held.holding));
        self.touched_held.push(position);
        let outcome = outcome.map_err(|source| self.lot_error(cause, source))?;
        if notes_cost {
            let step = if before.is_known() && after.is_known() { None } else { cost_of(&outcome) };
            if is_changed || step.is_some_and(|step| step != Basis::ZERO) {
                self.note_cost(cause, position, before, step)?;
            }
        }
        Ok(outcome)
    }

    /// Notes by how much the cost of a holding changed from what it was. If that is not known after the change, `step`
    /// is the change as far as it is known, and units that cross the border count at their value.
    fn note_cost(
        &mut self,
        cause: &Cause<'_>,
        position: usize,
        before: Basis,
        step: Option<Basis>,
    ) -> Result<(), Error> {
        let Some(held) = self.held.get(position) else { return Ok(()) };
        let Some(listing) = self.listing(held.line) else { return Ok(()) };
        let (after, currency) = (held.holding.basis(), listing.instrument.currency);
        let overflow = || self.overflow(cause.day, "the cost of a position");
        let counted_before = if before.is_known() { Some(before) } else { held.counted };
        let step = match self.journal.transferred {
            Some(_) if !self.journal.costs.is_empty() => None,
            Some(crossed) => Some(Basis::without_charges(crossed.value, crossed.value_base)),
            None => step,
        };
        let counted = match (counted_before, step) {
            _ if after.is_known() => Some(after),
            (Some(before), Some(step)) => Some(before.checked_add(step).ok_or_else(overflow)?).filter(Basis::is_known),
            _ => None,
        };
        let basis = match (counted_before, counted) {
            (Some(before), Some(counted)) => counted.checked_sub(before).ok_or_else(overflow)?,
            _ => Basis::UNKNOWN,
        };
        self.journal.costs.push(CostChange { currency, basis });
        if let Some(held) = self.held.get_mut(position) {
            held.counted = counted.filter(|_| !after.is_known());
        }
        Ok(())
    }

    /// From a close on, what is held without a known cost counts at what it is worth there.
    pub(super) fn count_at_value(&mut self, lines: &[(Valuation, HeldAs)]) {
        for (row, _) in lines.iter().filter(|(_, held)| matches!(held, HeldAs::Uncosted(_))) {
            let line = self.inputs.board.line(&row.instrument_id);
            let position = line.and_then(|line| self.by_line.get(&line).copied());
            let Some(held) = position.and_then(|position| self.held.get_mut(position)) else { continue };
            let value = |amount: Option<Amount>| amount.map(|amount| amount.decimal());
            held.counted = Some(Basis::without_charges(value(row.value), value(row.value_base)));
        }
    }

    pub(super) fn lot_error(&self, cause: &Cause<'_>, source: LotError) -> Error {
        let portfolio_id = self.inputs.portfolio.portfolio_id.clone();
        match source {
            LotError::Overflow => {
                Error::Overflow { portfolio_id, date: cause.date, what: "the cost of a position".to_owned() }
            }
            source => {
                let booking = format!("{} {}", cause.kind, cause.id);
                Error::Lots { portfolio_id, booking, date: cause.date, source: Box::new(source) }
            }
        }
    }

    /// Books what was noted of a transaction into the bridge.
    pub(super) fn bridge_transaction(
        &mut self,
        kind: TransactionKind,
        transaction: &Transaction,
        day: usize,
    ) -> Result<(), Error> {
        if self.detail == Detail::Totals {
            return Ok(());
        }
        self.flows_of_transaction(kind, transaction, day)?;
        let currency = transaction.currency;
        let in_base = |amount: Decimal| {
            let base = self.inputs.portfolio.base_currency;
            let converted = self.inputs.fx.convert(amount, currency, base, transaction.trade_date);
            converted.map(|converted| converted.amount)
        };
        let (fees, taxes) = (transaction.fees.decimal(), transaction.taxes.decimal());
        let charges = Charges { currency, fees, fees_base: in_base(fees), taxes, taxes_base: in_base(taxes) };
        self.bridge_booking(&transaction.transaction_id, Nature::Transaction(kind), charges, day)
    }

    /// Books what was noted into the bridge.
    pub(super) fn bridge_booking(
        &mut self,
        id: &str,
        nature: Nature,
        charges: Charges,
        day: usize,
    ) -> Result<(), Error> {
        let Journal { cash, costs, gains, transferred } = std::mem::take(&mut self.journal);
        if cash.is_empty() && costs.is_empty() && gains.is_empty() && transferred.is_none() {
            return Ok(());
        }
        let booked = Booked { id, nature, cash: &cash, charges, costs: &costs, gains: &gains, transferred };
        self.bridge.book(&booked).map_err(|_| self.overflow(day, "the bridge of values"))
    }

    /// Lets rules that look ahead settle what is over by the end of a day.
    pub(super) fn settle(&mut self, day: usize) -> Result<(), Error> {
        let date = self.date(day);
        for position in 0..self.held.len() {
            let Some(held) = self.held.get(position).filter(|held| held.holding.is_waiting()) else { continue };
            let line = held.line;
            let cause = Cause { id: Arc::from("settlement"), sequence: 0, kind: "SETTLEMENT", date, day };
            let touched = self.touched_held.len();
            let settle = |holding: &mut Holding, method: &CostBasis| holding.pass_to(date, method);
            let adjustments = self.change_counted(&cause, line, settle, |changed| sum_of_gains(changed))?;
            if adjustments.is_empty() {
                self.touched_held.truncate(touched);
            }
            self.push_adjustments(line, day, &adjustments);
            let charges = Charges::none(self.inputs.portfolio.base_currency);
            self.bridge_booking(&cause.id, Nature::Transaction(TransactionKind::Sell), charges, day)?;
        }
        Ok(())
    }

    /// What a disposal realised, where the event itself says so.
    pub(super) fn realise(&mut self, cause: &Cause<'_>, line: usize, realised: &Realised) {
        self.note_closings(line, &cause.id, cause.date, realised);
        self.push_realised(cause, line, realised);
    }
}
