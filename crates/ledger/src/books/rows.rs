//! The rows that the walk leaves behind: changed positions and realised gains.

use rust_decimal::Decimal;
use schemas::tables::lot_closings::LotClosing as ClosingRow;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::{Amount, InstrumentId, Quantity};

use super::journal::Cause;
use super::{Books, Detail};
use crate::basis::Basis;
use crate::holding::{Adjustment, Realised};
use crate::lots::ClosedLot;
use crate::nav_bridge::Gain;

impl Books<'_> {
    /// One row for every position that changed on a day. Where nobody asked for rows, none are made.
    pub(super) fn write_positions(&mut self, day: usize) {
        self.touched_held.sort_unstable();
        self.touched_held.dedup();
        let portfolio_id = &self.inputs.portfolio.portfolio_id;
        let business_date = self.date(day);
        let mut rows = Vec::with_capacity(self.touched_held.len() + self.touched_cash.len());
        for &position in &self.touched_held {
            let Some(held) = self.held.get(position) else { continue };
            let Some(listing) = self.listing(held.line) else { continue };
            let (quantity, basis) = (held.holding.quantity(), held.holding.basis());
            rows.push(Position {
                portfolio_id: portfolio_id.clone(),
                instrument_id: listing.instrument.instrument_id.clone(),
                business_date,
                quantity: Quantity::new(quantity),
                currency: listing.instrument.currency,
                cost: basis.local.map(Amount::new),
                cost_base: basis.base.map(Amount::new),
                charges: basis.charges_local.map(Amount::new),
                charges_base: basis.charges_base.map(Amount::new),
            });
        }
        rows.sort_by(|left, right| left.instrument_id.cmp(&right.instrument_id));
        for &currency in &self.touched_cash {
            let amount = self.cash.get(&currency).map_or(Decimal::ZERO, |cash| cash.balance);
            rows.push(Position {
                portfolio_id: portfolio_id.clone(),
                instrument_id: InstrumentId::cash(currency),
                business_date,
                quantity: Quantity::new(amount),
                currency,
                cost: Some(Amount::new(amount)),
                cost_base: None,
                charges: None,
                charges_base: None,
            });
        }
        self.rows.positions.append(&mut rows);
    }

    /// The gain of a booking that closed lots, and the lots that it closed.
    pub(super) fn push_realised(&mut self, cause: &Cause<'_>, line: usize, realised: &Realised) {
        let Some(listing) = self.listing(line) else { return };
        if self.detail == Detail::Totals {
            return;
        }
        let currency = listing.instrument.currency;
        let (base, date) = (self.inputs.portfolio.base_currency, cause.date);
        let rate = self.inputs.fx.cross_rate(currency, base, date);
        self.journal.gain(Gain { currency, proceeds: realised.proceeds, cost: realised.cost, rate });
        if !self.wants_rows(cause.day) {
            return;
        }
        let (proceeds, cost) = (realised.proceeds, realised.cost);
        let gain_base = minus(proceeds.base, cost.base);
        // What the cost would have been at the rate of the sale: the difference to the cost is the currencies' doing.
        let at_rate_of_sale = cost.local.zip(rate).and_then(|(cost, rate)| rate.convert(cost));
        let currency_gain_base = minus(at_rate_of_sale, cost.base);
        self.rows.realised_gains.push(RealisedGain {
            portfolio_id: self.inputs.portfolio.portfolio_id.clone(),
            transaction_id: cause.id.to_string(),
            booking_sequence: cause.sequence,
            instrument_id: listing.instrument.instrument_id.clone(),
            business_date: self.date(cause.day),
            trade_date: date,
            kind: cause.kind.to_owned(),
            quantity: Quantity::new(realised.quantity),
            currency,
            proceeds: proceeds.local.map(Amount::new),
            cost: cost.local.map(Amount::new),
            gain: minus(proceeds.local, cost.local).map(Amount::new),
            gain_base: gain_base.map(Amount::new),
            price_gain_base: minus(gain_base, currency_gain_base).map(Amount::new),
            currency_gain_base: currency_gain_base.map(Amount::new),
            // Charges lower what a sale brings, so they are negative there.
            charges: minus(cost.charges_local, proceeds.charges_local).map(Amount::new),
            charges_base: minus(cost.charges_base, proceeds.charges_base).map(Amount::new),
        });
        for part in &realised.closed {
            self.push_closing(cause, line, realised, part);
        }
    }

    fn push_closing(&mut self, cause: &Cause<'_>, line: usize, realised: &Realised, part: &ClosedLot) {
        let (Some(listing), Some((proceeds, cost))) = (self.listing(line), realised.of_lot(part)) else { return };
        let position = self.next_closing(&cause.id, cause.day);
        self.rows.closings.push(ClosingRow {
            portfolio_id: self.inputs.portfolio.portfolio_id.clone(),
            instrument_id: listing.instrument.instrument_id.clone(),
            transaction_id: cause.id.to_string(),
            business_date: self.date(cause.day),
            position,
            trade_date: cause.date,
            opened_by: Some(part.opened_by.to_string()),
            acquired_date: Some(part.acquired_date),
            quantity: Quantity::new(part.quantity),
            currency: listing.instrument.currency,
            proceeds: proceeds.local.map(Amount::new),
            cost: cost.local.map(Amount::new),
            gain: minus(proceeds.local, cost.local).map(Amount::new),
            gain_base: minus(proceeds.base, cost.base).map(Amount::new),
            proceeds_base: proceeds.base.map(Amount::new),
            cost_base: cost.base.map(Amount::new),
            days_held: Some(cause.date.days_since(part.acquired_date)),
            holding_term: part.term.map(|term| term.as_str().to_owned()),
            rule: part.rule.to_owned(),
        });
    }

    /// What rules changed about the gains of disposals.
    pub(super) fn push_adjustments(&mut self, line: usize, day: usize, adjustments: &[Adjustment]) {
        let Some(listing) = self.listing(line).filter(|_| self.detail.has_positions()) else { return };
        let currency = listing.instrument.currency;
        let base = self.inputs.portfolio.base_currency;
        for change in adjustments {
            let rate = self.inputs.fx.cross_rate(currency, base, change.date);
            self.journal.gain(Gain { currency, proceeds: change.gain, cost: Basis::ZERO, rate });
            if !self.wants_rows(day) {
                continue;
            }
            let position = self.next_closing(&change.transaction_id, day);
            self.rows.closings.push(ClosingRow {
                portfolio_id: self.inputs.portfolio.portfolio_id.clone(),
                instrument_id: listing.instrument.instrument_id.clone(),
                transaction_id: change.transaction_id.to_string(),
                business_date: self.date(day),
                position,
                trade_date: change.date,
                opened_by: change.opened_by.as_ref().map(ToString::to_string),
                acquired_date: None,
                quantity: Quantity::new(change.quantity),
                currency,
                proceeds: None,
                cost: None,
                gain: change.gain.local.map(Amount::new),
                gain_base: change.gain.base.map(Amount::new),
                proceeds_base: None,
                cost_base: None,
                days_held: None,
                holding_term: change.term.map(|term| term.as_str().to_owned()),
                rule: change.rule.to_owned(),
            });
        }
    }

    /// The place of the next row among those of a disposal and day.
    fn next_closing(&self, transaction_id: &str, day: usize) -> i64 {
        let date = self.date(day);
        let of_day = self.rows.closings.iter().rev().take_while(|row| row.business_date == date);
        let of_it = of_day.filter(|row| row.transaction_id == transaction_id).count();
        i64::try_from(of_it).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Whether rows of a day were asked for.
    pub(super) fn wants_rows(&self, day: usize) -> bool {
        self.detail.has_positions() && self.from_day <= day
    }
}

fn minus(left: Option<Decimal>, right: Option<Decimal>) -> Option<Decimal> {
    left?.checked_sub(right?)
}
