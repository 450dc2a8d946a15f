//! What moved value into and out of single positions, for the return of each of them.
//!
//! Inside a portfolio, what leaves one position arrives in another: a purchase takes from cash what it gives to the
//! share, charges inside, and a merger gives to one share what it takes from another. Only what crosses the border of
//! the portfolio comes from nowhere. So the flows of all positions add up to the external ones, whatever was booked,
//! and what positions earned adds up to what the portfolio did. What no other position gave or took, such as interest
//! on an account or a fee for the whole portfolio, is a gain or a loss of the cash.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::position_flows::PositionFlow;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId};

use super::Books;
use super::journal::Cause;
use crate::basis::Overflow;
use crate::error::Error;
use crate::nav_bridge::CashMovement;
use crate::transaction::TransactionKind;

/// A signed amount that moved into a position, in its currency and in the base currency; none if it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Flow {
    local: Option<Decimal>,
    base: Option<Decimal>,
}

impl Flow {
    const NOTHING: Flow = Flow { local: Some(Decimal::ZERO), base: Some(Decimal::ZERO) };

    fn negated(self) -> Flow {
        Flow { local: self.local.map(|amount| -amount), base: self.base.map(|amount| -amount) }
    }

    fn checked_add(self, other: Flow) -> Result<Flow, Overflow> {
        let sum = |one: Option<Decimal>, other: Option<Decimal>| match one.zip(other) {
            Some((one, other)) => one.checked_add(other).map(Some).ok_or(Overflow),
            None => Ok(None),
        };
        Ok(Flow { local: sum(self.local, other.local)?, base: sum(self.base, other.base)? })
    }
}

/// What moved into and out of a position on a day, both positive.
#[derive(Clone, Copy, Debug)]
struct Moved {
    currency: Currency,
    inflow: Flow,
    outflow: Flow,
}

/// What moved into and out of positions, by valuation date (as a place) and instrument.
#[derive(Debug, Default)]
pub(super) struct PositionFlows(BTreeMap<(usize, InstrumentId), Moved>);

impl PositionFlows {
    fn add(&mut self, day: usize, id: InstrumentId, currency: Currency, flow: Flow) -> Result<(), Overflow> {
        if flow == Flow::NOTHING {
            return Ok(());
        }
        let nothing = Moved { currency, inflow: Flow::NOTHING, outflow: Flow::NOTHING };
        let moved = self.0.entry((day, id)).or_insert(nothing);
        match flow.base.or(flow.local) {
            Some(amount) if amount.is_sign_negative() => {
                moved.outflow = moved.outflow.checked_add(flow.negated())?;
            }
            Some(_) => moved.inflow = moved.inflow.checked_add(flow)?,
            None => {
                // Nobody knows on which side it belongs.
                moved.inflow = moved.inflow.checked_add(flow)?;
                moved.outflow = moved.outflow.checked_add(flow)?;
            }
        }
        Ok(())
    }

    /// The rows of the table, by date and instrument.
    pub(super) fn into_rows(self, portfolio_id: &PortfolioId, dates: &[BusinessDate]) -> Vec<PositionFlow> {
        let row = |((day, instrument_id), moved): ((usize, InstrumentId), Moved)| {
            Some(PositionFlow {
                portfolio_id: portfolio_id.clone(),
                instrument_id,
                business_date: *dates.get(day)?,
                currency: moved.currency,
                inflow: moved.inflow.local.map(Amount::new),
                outflow: moved.outflow.local.map(Amount::new),
                inflow_base: moved.inflow.base.map(Amount::new),
                outflow_base: moved.outflow.base.map(Amount::new),
            })
        };
        self.0.into_iter().filter_map(row).collect()
    }
}

impl Books<'_> {
    /// Notes what a transaction moved between positions, once it is booked.
    pub(super) fn flows_of_transaction(
        &mut self,
        kind: TransactionKind,
        transaction: &Transaction,
        day: usize,
    ) -> Result<(), Error> {
        if !self.wants_rows(day) {
            return Ok(());
        }
        let movements = self.journal.movements().to_vec();
        let instrument = transaction.instrument_id.as_ref();
        match kind {
            TransactionKind::Fx => return self.flows_of_exchange(transaction, &movements, day),
            TransactionKind::Deposit | TransactionKind::Withdrawal => return self.cash_came(&movements, day),
            TransactionKind::OpeningBalance if instrument.is_none() => return self.cash_came(&movements, day),
            _ => {}
        }
        let Some(line) = instrument.and_then(|instrument| self.inputs.board.line(instrument)) else { return Ok(()) };
        if let Some(crossed) = self.journal.transferred() {
            self.flow_on(line, Flow { local: crossed.value, base: crossed.value_base }, day)?;
        }
        self.cash_paid(line, &movements, transaction.trade_date, day)
    }

    /// Notes what an announcement moved, once it is booked: cash, and units of another instrument that were received
    /// for those of its own, at the close of the day.
    pub(super) fn flows_of_action(
        &mut self,
        cause: &Cause<'_>,
        line: usize,
        received: Option<(usize, Decimal)>,
    ) -> Result<(), Error> {
        if !self.wants_rows(cause.day) {
            return Ok(());
        }
        let received = received.filter(|(target, units)| *target != line && !units.is_zero());
        if let Some((target, units)) = received
            && let (Some(from), Some(into)) = (self.listing(line), self.listing(target))
        {
            let value = match self.unit_value(Some(into), cause.day) {
                None => None,
                Some(value) => {
                    let value = value.checked_mul(units);
                    Some(value.ok_or_else(|| self.overflow(cause.day, "the value of a position"))?)
                }
            };
            let (base, date) = (self.inputs.portfolio.base_currency, self.date(cause.day));
            let (currency, own) = (into.instrument.currency, from.instrument.currency);
            let value_base = self.converted(value, currency, base, date);
            self.flow_on(target, Flow { local: value, base: value_base }, cause.day)?;
            let given = Flow { local: self.converted(value, currency, own, date), base: value_base };
            self.flow_on(line, given.negated(), cause.day)?;
        }
        let movements = self.journal.movements().to_vec();
        self.cash_paid(line, &movements, cause.date, cause.day)
    }

    /// Cash that crossed the border of the portfolio.
    fn cash_came(&mut self, movements: &[CashMovement], day: usize) -> Result<(), Error> {
        movements.iter().try_for_each(|movement| {
            self.flow_of_cash(movement.currency, Flow { local: Some(movement.amount), base: movement.amount_base }, day)
        })
    }

    /// Cash that was paid for a position or came from it.
    fn cash_paid(
        &mut self,
        line: usize,
        movements: &[CashMovement],
        date: BusinessDate,
        day: usize,
    ) -> Result<(), Error> {
        let Some(listing) = self.listing(line) else { return Ok(()) };
        for movement in movements {
            let (amount, currency) = (Some(movement.amount), movement.currency);
            let local = self.converted(amount, currency, listing.instrument.currency, date);
            self.flow_on(line, Flow { local, base: movement.amount_base }.negated(), day)?;
            self.flow_of_cash(currency, Flow { local: amount, base: movement.amount_base }, day)?;
        }
        Ok(())
    }

    /// An FX deal: what leaves one currency arrives in the other at the rate of the deal, as in the bridge of values.
    /// The charges are a loss of the currency that they are paid in, the margin one of the currency that is not the
    /// base currency.
    fn flows_of_exchange(
        &mut self,
        transaction: &Transaction,
        movements: &[CashMovement],
        day: usize,
    ) -> Result<(), Error> {
        let [first, second] = movements else { return Ok(()) };
        let base = self.inputs.portfolio.base_currency;
        let overflow = || self.overflow(day, "what was exchanged");
        let charges = transaction.fees.decimal().checked_add(transaction.taxes.decimal()).ok_or_else(overflow)?;
        let traded = first.amount.checked_add(charges).ok_or_else(overflow)?;
        let second_is_anchor = first.currency != base
            && (second.currency == base || (traded.is_sign_positive() && second.amount.is_sign_negative()));
        let traded_base = if second_is_anchor {
            second.amount_base.map(|amount| -amount)
        } else {
            self.converted(Some(traded), first.currency, base, transaction.trade_date)
        };
        let arrived = Flow { local: Some(second.amount), base: traded_base.map(|amount| -amount) };
        self.flow_of_cash(first.currency, Flow { local: Some(traded), base: traded_base }, day)?;
        self.flow_of_cash(second.currency, arrived, day)
    }

    fn converted(&self, amount: Option<Decimal>, from: Currency, to: Currency, date: BusinessDate) -> Option<Decimal> {
        self.inputs.fx.convert(amount?, from, to, date).map(|converted| converted.amount)
    }

    fn flow_on(&mut self, line: usize, flow: Flow, day: usize) -> Result<(), Error> {
        let Some(listing) = self.listing(line) else { return Ok(()) };
        let (id, currency) = (listing.instrument.instrument_id.clone(), listing.instrument.currency);
        let added = self.flows.add(day, id, currency, flow);
        added.map_err(|_| self.overflow(day, "what moved into a position"))
    }

    fn flow_of_cash(&mut self, currency: Currency, flow: Flow, day: usize) -> Result<(), Error> {
        let added = self.flows.add(day, InstrumentId::cash(currency), currency, flow);
        added.map_err(|_| self.overflow(day, "what moved into cash"))
    }
}
