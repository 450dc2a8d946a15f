//! Bookings that move units: trades, transfers, dividends in units, capital paid back, write-offs.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;

use super::Books;
use super::booking::{Direction, Entry};
use super::journal::Cause;
use crate::basis::Basis;
use crate::error::Error;
use crate::holding::{Movement, Realised};
use crate::lots::Lot;
use crate::nav_bridge::Transferred;
use crate::quote_board::Listing;
use crate::transaction::TransactionKind;

impl<'a> Books<'a> {
    pub(super) fn trade(&mut self, entry: Entry<'a>, line: Option<usize>) -> Result<(), Error> {
        let transaction = entry.transaction;
        let line = self.line(transaction, line)?;
        let Some(listing) = self.listing(line) else { return Ok(()) };
        let quantity = self.required(transaction, transaction.quantity, "quantity")?.decimal();
        let cash = transaction.net_cash.decimal();
        let (amount, direction) = match entry.kind {
            TransactionKind::Buy => (-cash, Direction::In),
            _ => (cash, Direction::Out),
        };
        let charges = self.charges(entry)?;
        // What was bought cost the charges, too; what was sold brought the cash that was left after them.
        let charges = if direction == Direction::In { charges } else { -charges };
        let day = transaction.trade_date;
        let basis = self.basis_of(amount, charges, transaction.currency, listing.instrument.currency, day);
        let cause = Cause::of(transaction, entry.day);
        let movement = self.movement(&cause, transaction, quantity, basis)?;
        self.exchange(&cause, line, &movement, direction)?;
        if let Some(price) = traded_price(entry.kind, transaction, listing, quantity) {
            self.note_trade(line, transaction, price);
        }
        Ok(())
    }

    /// The fees and taxes inside a booking.
    fn charges(&self, entry: Entry<'_>) -> Result<Decimal, Error> {
        let charges = entry.transaction.fees.decimal().checked_add(entry.transaction.taxes.decimal());
        charges.ok_or_else(|| self.overflow(entry.day, "the fees and taxes of a transaction"))
    }

    fn note_trade(&mut self, line: usize, transaction: &Transaction, price: Decimal) {
        let position = self.held_at(line);
        if let Some(held) = self.held.get_mut(position) {
            held.holding.last_trade = Some((transaction.trade_date, price));
        }
    }

    /// Securities that cross the border of the portfolio: at the close and rate of the valuation date. Lots that come
    /// with their cost keep it.
    pub(super) fn transfer(&mut self, entry: Entry<'a>, line: Option<usize>) -> Result<(), Error> {
        let transaction = entry.transaction;
        let line = self.line(transaction, line)?;
        let Some(listing) = self.listing(line) else { return Ok(()) };
        let quantity = self.required(transaction, transaction.quantity, "quantity")?.decimal();
        let position = self.held_at(line);
        if let (Some(price), Some(held)) = (transaction.price, self.held.get_mut(position)) {
            held.holding.last_trade.get_or_insert((transaction.trade_date, price.decimal()));
        }
        let value = self.value_of(position, listing, entry.day, quantity)?;
        let is_in = entry.kind != TransactionKind::TransferOut && entry.kind != TransactionKind::InternalOut;
        let signed = |value: Decimal| if is_in { value } else { -value };
        let currency = listing.instrument.currency;
        self.push_flow(transaction, entry.day, currency, value.local.map(signed), value.base.map(signed));
        self.journal.transfer(Transferred {
            currency,
            value: value.local.map(signed),
            value_base: value.base.map(signed),
            rate: self.inputs.fx.cross_rate(currency, self.inputs.portfolio.base_currency, self.date(entry.day)),
        });
        if entry.kind == TransactionKind::InternalOut {
            // The lots go on living in the other portfolio: nothing is realised.
            let cause = Cause::of(transaction, entry.day);
            let lots = self.change_holding(&cause, line, |holding, method| holding.take_out(quantity, method))?;
            if self.detail.has_positions() {
                self.rows.lots_sent.insert(cause.id, lots);
            }
            return Ok(());
        }
        if !is_in {
            let cause = Cause::of(transaction, entry.day);
            let movement = self.movement(&cause, transaction, quantity, value)?;
            return self.exchange(&cause, line, &movement, Direction::Out);
        }
        if entry.kind == TransactionKind::InternalIn
            && transaction.lot_cost.is_none()
            && let Some(lots) = self.inputs.lots_received.get(transaction.transaction_id.as_str())
        {
            return self.take_over(entry, line, lots);
        }
        let basis = match transaction.lot_cost {
            None => value,
            Some(cost) => {
                let acquired = transaction.lot_acquired_date.unwrap_or(transaction.trade_date);
                self.basis_of(cost.decimal(), Decimal::ZERO, transaction.currency, currency, acquired)
            }
        };
        let cause = Cause::of(transaction, entry.day);
        let movement = self.movement(&cause, transaction, quantity, basis)?;
        self.exchange(&cause, line, &movement, Direction::In)
    }

    /// Lots from another portfolio: what they cost and their age stay, and the receipt opens them here. Where units are
    /// owed, they are covered first, lot by lot.
    fn take_over(&mut self, entry: Entry<'a>, line: usize, lots: &[Lot]) -> Result<(), Error> {
        let transaction = entry.transaction;
        let cause = Cause::of(transaction, entry.day);
        let held = self.by_line.get(&line).and_then(|position| self.held.get(*position));
        if held.is_some_and(|held| held.holding.quantity() < Decimal::ZERO) {
            for lot in lots {
                let movement = self.movement(&cause, transaction, lot.quantity, lot.basis)?;
                let movement = Movement { acquired_date: lot.acquired_date, ..movement };
                self.exchange(&cause, line, &movement, Direction::In)?;
            }
            return Ok(());
        }
        let opened = |lot: &Lot| Lot { opened_by: Arc::clone(&cause.id), opened_date: cause.date, ..lot.clone() };
        let lots: Vec<Lot> = lots.iter().map(opened).collect();
        let before = cause.date.previous_calendar_day();
        let adjustments = self.change_holding(&cause, line, |holding, method| {
            let adjustments = holding.pass_to(before, method)?;
            holding.put_in(lots, method)?;
            Ok(adjustments)
        })?;
        self.push_adjustments(line, entry.day, &adjustments);
        Ok(())
    }

    /// What units are worth on a day, in both currencies.
    fn value_of(&self, position: usize, listing: &Listing, day: usize, quantity: Decimal) -> Result<Basis, Error> {
        let Some(priced) = self.price_of(position, listing, day)? else { return Ok(Basis::UNKNOWN) };
        let scale = listing.instrument.price_scale.decimal();
        let value = quantity.checked_mul(priced.price).and_then(|value| value.checked_mul(scale));
        let value = value.ok_or_else(|| self.overflow(day, "the value of a position"))?;
        let base = self.inputs.portfolio.base_currency;
        let converted = self.inputs.fx.convert(value, listing.instrument.currency, base, self.date(day));
        Ok(Basis::without_charges(Some(value), converted.map(|converted| converted.amount)))
    }

    pub(super) fn write_off(&mut self, entry: Entry<'a>, line: Option<usize>) -> Result<(), Error> {
        let line = self.line(entry.transaction, line)?;
        let Some(held) = self.by_line.get(&line).and_then(|position| self.held.get(*position)) else {
            return Ok(());
        };
        let units = held.holding.quantity();
        if units.is_zero() {
            return Ok(());
        }
        let cause = Cause::of(entry.transaction, entry.day);
        let movement = self.movement(&cause, entry.transaction, units.abs(), Basis::ZERO)?;
        let direction = if units.is_sign_negative() { Direction::In } else { Direction::Out };
        self.exchange(&cause, line, &movement, direction)
    }

    /// More units of the same instrument, without cost.
    pub(super) fn stock_dividend(&mut self, entry: Entry<'a>, line: Option<usize>) -> Result<(), Error> {
        let line = self.line(entry.transaction, line)?;
        let quantity = self.required(entry.transaction, entry.transaction.quantity, "quantity")?.decimal();
        let cause = Cause::of(entry.transaction, entry.day);
        let is_held = self.by_line.get(&line).and_then(|position| self.held.get(*position));
        if is_held.is_none_or(|held| held.holding.lots().is_empty()) {
            // Nothing to spread it over: units that came from nowhere cost nothing.
            let movement = self.movement(&cause, entry.transaction, quantity, Basis::ZERO)?;
            return self.exchange(&cause, line, &movement, Direction::In);
        }
        self.change_holding(&cause, line, |holding, _| holding.spread_units(quantity))
    }

    /// Units that are income: they cost what they are worth.
    pub(super) fn dividend_in_kind(&mut self, entry: Entry<'a>, line: Option<usize>) -> Result<(), Error> {
        let transaction = entry.transaction;
        let line = self.line(transaction, line)?;
        let Some(listing) = self.listing(line) else { return Ok(()) };
        let quantity = self.required(transaction, transaction.quantity, "quantity")?.decimal();
        let position = self.held_at(line);
        let basis = match transaction.price {
            None => self.value_of(position, listing, entry.day, quantity)?,
            Some(_) => self.priced_basis(entry, listing, quantity)?,
        };
        let cause = Cause::of(transaction, entry.day);
        let movement = self.movement(&cause, transaction, quantity, basis)?;
        self.exchange(&cause, line, &movement, Direction::In)
    }

    /// A dividend that buys units of its own instrument.
    pub(super) fn reinvest(&mut self, entry: Entry<'a>, line: Option<usize>) -> Result<(), Error> {
        let transaction = entry.transaction;
        let line = self.line(transaction, line)?;
        let Some(listing) = self.listing(line) else { return Ok(()) };
        let quantity = self.required(transaction, transaction.quantity, "quantity")?.decimal();
        let basis = self.priced_basis(entry, listing, quantity)?;
        let cause = Cause::of(transaction, entry.day);
        let movement = self.movement(&cause, transaction, quantity, basis)?;
        self.exchange(&cause, line, &movement, Direction::In)?;
        if let Some(price) = transaction.price {
            self.note_trade(line, transaction, price.decimal());
        }
        Ok(())
    }

    /// The cost of units at the price that the booking names.
    fn priced_basis(&self, entry: Entry<'_>, listing: &Listing, quantity: Decimal) -> Result<Basis, Error> {
        let transaction = entry.transaction;
        let price = self.required(transaction, transaction.price, "price")?.decimal();
        let scale = listing.instrument.price_scale.decimal();
        let amount = quantity.checked_mul(price).and_then(|amount| amount.checked_mul(scale));
        let amount = amount.ok_or_else(|| self.overflow(entry.day, "the cost of a position"))?;
        let currency = listing.instrument.currency;
        Ok(self.basis_of(amount, Decimal::ZERO, currency, currency, transaction.trade_date))
    }

    /// Capital that the issuer pays back: it lowers the cost, and is a gain only beyond it.
    pub(super) fn return_of_capital(&mut self, entry: Entry<'a>, line: Option<usize>) -> Result<(), Error> {
        let transaction = entry.transaction;
        let line = self.line(transaction, line)?;
        let Some(listing) = self.listing(line) else { return Ok(()) };
        let paid = transaction.net_cash.decimal().checked_add(transaction.taxes.decimal());
        let paid = paid.ok_or_else(|| self.overflow(entry.day, "capital paid back"))?;
        let currency = listing.instrument.currency;
        let amount = self.basis_of(paid, Decimal::ZERO, transaction.currency, currency, transaction.trade_date);
        let cause = Cause::of(transaction, entry.day);
        let excess = self.change_holding(&cause, line, |holding, _| holding.lower_basis(amount))?;
        if excess != Basis::ZERO {
            let realised =
                Realised { quantity: Decimal::ZERO, proceeds: excess, cost: Basis::ZERO, closed: Vec::new() };
            self.push_realised(&cause, line, &realised);
        }
        Ok(())
    }
}

/// The price of a trade in the unit of the quotes. Where quotes are in pence, brokers confirm some trades in pence and
/// some in pounds; the cash that was booked tells which.
fn traded_price(
    kind: TransactionKind,
    transaction: &Transaction,
    listing: &Listing,
    quantity: Decimal,
) -> Option<Decimal> {
    let price = transaction.price?.decimal();
    let scale = listing.instrument.price_scale.decimal();
    if scale == Decimal::ONE {
        return Some(price);
    }
    let costs = transaction.fees.decimal().checked_add(transaction.taxes.decimal())?;
    let cash = transaction.net_cash.decimal();
    let gross = if kind == TransactionKind::Buy { (-cash).checked_sub(costs)? } else { cash.checked_add(costs)? };
    let in_major = quantity.checked_mul(price)?;
    let in_quoted = in_major.checked_mul(scale)?;
    if (gross - in_quoted).abs() <= (gross - in_major).abs() { Some(price) } else { price.checked_div(scale) }
}
