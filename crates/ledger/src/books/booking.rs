//! Booking one event into the books.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency};

use super::events::{Event, What, is_booking_of};
use super::journal::Cause;
use super::{Books, Cash, Detail, Held, LotClosing, as_price};
use crate::basis::Basis;
use crate::books::timeline::HeldLine;
use crate::error::Error;
use crate::holding::{Exchange, Holding, Movement, Realised, sum_of_gains};
use crate::lots::CostBasis;
use crate::nav_bridge::{CashMovement, Charges, Nature};
use crate::quote_board::Listing;
use crate::ratio::ratio_of_decimal;
use crate::transaction::TransactionKind;

/// A transaction with the instrument it is about, where its kind has one.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) kind: TransactionKind,
    pub(super) transaction: &'a Transaction,
    /// The valuation date on which it takes effect, as a position.
    pub(super) day: usize,
}

impl<'a> Books<'a> {
    /// Books an event that takes effect on a day.
    pub(super) fn book(&mut self, event: &Event<'a>, day: usize) -> Result<(), Error> {
        match event.what {
            What::Method { from, to } => self.change_method(event.date, day, from, to),
            What::Action { line, action } => self.announced(line, action, day),
            What::Transaction { kind, line, transaction } => self.transaction(Entry { kind, transaction, day }, line),
        }
    }

    fn transaction(&mut self, entry: Entry<'a>, line: Option<usize>) -> Result<(), Error> {
        let Entry { kind, transaction, day } = entry;
        self.transaction_cash(entry)?;
        match kind {
            TransactionKind::Deposit | TransactionKind::Withdrawal => self.external_cash(transaction, day),
            TransactionKind::Split => {
                let ratio = self.required(transaction, transaction.quantity, "quantity")?.decimal();
                let ratio = ratio_of_decimal(ratio).map_err(|_| self.overflow(day, "the ratio of a split"))?;
                let line = self.line(transaction, line)?;
                // The market's ratio is exact, where the broker's has ten decimals.
                let known = self.listing(line).and_then(|listing| {
                    listing.splits().iter().find(|(ex_date, ratio)| is_booking_of(transaction, *ex_date, *ratio))
                });
                let (ratio, announced) = match known {
                    Some((_, exact)) => (*exact, Announced::ByMarket),
                    None => (ratio, Announced::ByPortfolio),
                };
                self.split(&Cause::of(transaction, day), line, ratio, announced)?;
            }
            TransactionKind::Buy | TransactionKind::Sell => self.trade(entry, line)?,
            TransactionKind::TransferIn | TransactionKind::TransferOut => self.transfer(entry, line)?,
            TransactionKind::InternalIn | TransactionKind::InternalOut => self.transfer(entry, line)?,
            TransactionKind::OpeningBalance if transaction.instrument_id.is_some() => self.transfer(entry, line)?,
            TransactionKind::OpeningBalance => self.external_cash(transaction, day),
            TransactionKind::WriteOff => self.write_off(entry, line)?,
            TransactionKind::StockDividend => self.stock_dividend(entry, line)?,
            TransactionKind::DividendInKind => self.dividend_in_kind(entry, line)?,
            TransactionKind::DividendReinvested => self.reinvest(entry, line)?,
            TransactionKind::ReturnOfCapital => self.return_of_capital(entry, line)?,
            // These move cash only, or are marks that move nothing.
            TransactionKind::Fx
            | TransactionKind::Dividend
            | TransactionKind::Interest
            | TransactionKind::AccruedInterest
            | TransactionKind::LendingIncome
            | TransactionKind::Fee
            | TransactionKind::FeeCustody
            | TransactionKind::FeeManagement
            | TransactionKind::FeePerformance
            | TransactionKind::FeeBrokerage
            | TransactionKind::FeeExchange
            | TransactionKind::Tax
            | TransactionKind::TaxWithholding
            | TransactionKind::TaxReclaim
            | TransactionKind::TaxStampDuty
            | TransactionKind::TaxTransaction
            | TransactionKind::Lend
            | TransactionKind::LendReturn
            | TransactionKind::ElectCash
            | TransactionKind::ElectStock
            | TransactionKind::ElectTender
            | TransactionKind::ElectExercise
            | TransactionKind::Reversal => {}
        }
        self.bridge_transaction(kind, transaction, day)
    }

    /// The cash that a transaction books, of an FX deal in both currencies.
    fn transaction_cash(&mut self, entry: Entry<'_>) -> Result<(), Error> {
        let Entry { kind, transaction, day } = entry;
        self.add_cash(transaction.currency, transaction.net_cash.decimal(), day, transaction.trade_date)?;
        if kind != TransactionKind::Fx {
            return Ok(());
        }
        let currency = self.required(transaction, transaction.counter_currency, "counter_currency")?;
        let amount = self.required(transaction, transaction.counter_amount, "counter_amount")?;
        self.add_cash(currency, amount.decimal(), day, transaction.trade_date)
    }

    pub(super) fn add_cash(
        &mut self,
        currency: Currency,
        amount: Decimal,
        day: usize,
        date: BusinessDate,
    ) -> Result<(), Error> {
        if amount.is_zero() {
            return Ok(());
        }
        if self.detail.has_positions() {
            let converted = self.inputs.fx.convert(amount, currency, self.inputs.portfolio.base_currency, date);
            let amount_base = converted.map(|converted| converted.amount);
            self.journal.cash(CashMovement { currency, amount, amount_base });
        }
        let cash: &mut Cash = self.cash.entry(currency).or_default();
        let sum = cash.balance.checked_add(amount);
        if let Some(sum) = sum {
            cash.balance = sum;
        }
        self.touched_cash.push(currency);
        sum.map(|_| ()).ok_or_else(|| self.overflow(day, "a cash balance"))
    }

    /// Changes the units held by a ratio. The board's closes follow what the market announced; where only the
    /// portfolio knows of it, its last close is restated until the next one, also for units that it buys later.
    pub(super) fn split(
        &mut self,
        cause: &Cause<'_>,
        line: usize,
        (new, old): (i64, i64),
        announced: Announced,
    ) -> Result<(), Error> {
        if announced == Announced::ByMarket && !self.by_line.contains_key(&line) {
            return Ok(());
        }
        let position = self.held_at(line);
        let board = self.inputs.board;
        let restated = match board.listings().get(line) {
            Some(listing) if announced == Announced::ByPortfolio && listing.is_unadjusted() => {
                self.restated_close(position, listing, cause, (new, old))?
            }
            _ => None,
        };
        if let (Some((before, price)), Some(held)) = (restated, self.held.get_mut(position)) {
            held.timeline.restate(cause.day, before, price);
        }
        if self.held.get(position).is_none_or(Held::is_untouched) {
            return Ok(());
        }
        let (new, old) = (Decimal::from(new), Decimal::from(old));
        self.change_holding(cause, line, |holding, _| holding.scale_units(new, old))
    }

    /// From a day on another method finds the cost of every holding.
    fn change_method(
        &mut self,
        date: BusinessDate,
        day: usize,
        from: &'static CostBasis,
        to: &'static CostBasis,
    ) -> Result<(), Error> {
        for position in 0..self.held.len() {
            let touched = self.held.get(position).filter(|held| !held.is_untouched());
            let Some(line) = touched.map(|held| held.line) else { continue };
            let cause = Cause { id: Arc::from(to.id), sequence: 0, kind: "CHANGE_OF_METHOD", date, day };
            let change = |holding: &mut Holding, _: &CostBasis| holding.change_method(date, from, to);
            let adjustments = self.change_counted(&cause, line, change, |changed| sum_of_gains(changed))?;
            self.push_adjustments(line, day, &adjustments);
            let charges = Charges::none(self.inputs.portfolio.base_currency);
            self.bridge_booking(to.id, Nature::Transaction(TransactionKind::Sell), charges, day)?;
        }
        Ok(())
    }

    /// The last close after a split that the market did not announce, and the day from which on it no longer counts;
    /// none if the line is quoted on the day itself, or was not quoted before the split. What was booked before the
    /// first day of the portfolio takes effect on it, and the close of that day may be from after the split.
    fn restated_close(
        &self,
        position: usize,
        listing: &Listing,
        cause: &Cause<'_>,
        (new, old): (i64, i64),
    ) -> Result<Option<(usize, Decimal)>, Error> {
        let (board, day) = (self.inputs.board, cause.day);
        if listing.is_observed(day) {
            return Ok(None);
        }
        let before = board.close(listing, day).filter(|close| close.observed_date < cause.date);
        let Some(close) = before else { return Ok(None) };
        let earlier = self.held.get(position).and_then(|held| held.timeline.restated_price(day));
        let price = earlier.unwrap_or(close.price);
        let divided = price.checked_mul(Decimal::from(old)).and_then(|price| price.checked_div(Decimal::from(new)));
        let divided = as_price(divided.ok_or_else(|| self.overflow(day, "a price"))?);
        Ok(Some((listing.next_observed(day, board.dates().len()), divided)))
    }

    /// Cash that crosses the border of the portfolio: at the rate of its own day.
    fn external_cash(&mut self, transaction: &Transaction, day: usize) {
        let base = self.inputs.portfolio.base_currency;
        let amount = transaction.net_cash.decimal();
        let converted = self.inputs.fx.convert(amount, transaction.currency, base, transaction.trade_date);
        self.push_flow(transaction, day, transaction.currency, Some(amount), converted.map(|c| c.amount));
    }

    pub(super) fn push_flow(
        &mut self,
        transaction: &Transaction,
        day: usize,
        currency: Currency,
        amount: Option<Decimal>,
        amount_base: Option<Decimal>,
    ) {
        if day < self.from_day {
            return;
        }
        self.rows.cash_flows.push(CashFlow {
            portfolio_id: transaction.portfolio_id.clone(),
            transaction_id: transaction.transaction_id.clone(),
            business_date: self.date(day),
            flow_date: transaction.trade_date.day(),
            kind: transaction.kind.clone(),
            currency,
            amount: amount.map(Amount::new),
            amount_base: amount_base.map(Amount::new),
        });
    }

    /// Changes a holding by what a booking moves, and notes what that realised.
    pub(super) fn exchange(
        &mut self,
        cause: &Cause<'_>,
        line: usize,
        movement: &Movement,
        direction: Direction,
    ) -> Result<(), Error> {
        let change = |holding: &mut Holding, method: &CostBasis| match direction {
            Direction::In => holding.increase(movement, method),
            Direction::Out => holding.reduce(movement, method),
        };
        let cost_of = |outcome: &Exchange| cost_change(movement, direction, outcome);
        let Exchange { realised, adjustments } = self.change_counted(cause, line, change, cost_of)?;
        if let Some(realised) = realised {
            self.realise(cause, line, &realised);
        }
        self.push_adjustments(line, cause.day, &adjustments);
        Ok(())
    }

    /// Which lots a booking closed.
    pub(super) fn note_closings(&mut self, line: usize, id: &Arc<str>, date: BusinessDate, realised: &Realised) {
        let Some(listing) = self.listing(line).filter(|_| self.detail.has_positions()) else { return };
        self.rows.lot_closings.extend(realised.closed.iter().map(|lot| LotClosing {
            instrument_id: listing.instrument.instrument_id.clone(),
            transaction_id: Arc::clone(id),
            date,
            lot: lot.clone(),
        }));
    }

    /// The place of a line among the holdings; a new one if it has none.
    pub(super) fn held_at(&mut self, line: usize) -> usize {
        *self.by_line.entry(line).or_insert_with(|| {
            self.held.push(Held { line, holding: Holding::default(), counted: None, timeline: HeldLine::new(line) });
            self.held.len() - 1
        })
    }

    pub(super) fn required<T>(
        &self,
        transaction: &Transaction,
        cell: Option<T>,
        column: &'static str,
    ) -> Result<T, Error> {
        cell.ok_or_else(|| Error::Incomplete {
            portfolio_id: transaction.portfolio_id.clone(),
            transaction_id: transaction.transaction_id.clone(),
            column,
        })
    }

    /// The line of a transaction's instrument.
    pub(super) fn line(&self, transaction: &Transaction, line: Option<usize>) -> Result<usize, Error> {
        let instrument = self.required(transaction, transaction.instrument_id.as_ref(), "symbol")?;
        line.ok_or_else(|| Error::UnknownInstrument {
            portfolio_id: transaction.portfolio_id.clone(),
            transaction_id: transaction.transaction_id.clone(),
            instrument_id: instrument.clone(),
        })
    }

    /// The listing of a line.
    pub(super) fn listing(&self, line: usize) -> Option<&'a Listing> {
        self.inputs.board.listings().get(line)
    }

    /// What a booking moves: units and their basis on the day of the trade.
    ///
    /// # Errors
    /// [`Error::Lots`] if the lots that it names cannot be read.
    pub(super) fn movement(
        &self,
        cause: &Cause<'_>,
        transaction: &Transaction,
        quantity: Decimal,
        basis: Basis,
    ) -> Result<Movement, Error> {
        let named = transaction.lots_closed.as_deref().unwrap_or_default();
        Ok(Movement {
            transaction_id: Arc::clone(&cause.id),
            date: transaction.trade_date,
            acquired_date: transaction.lot_acquired_date.unwrap_or(transaction.trade_date),
            quantity,
            basis,
            lots_closed: named.parse().map_err(|source| self.lot_error(cause, source))?,
        })
    }

    /// An amount and its charges, both in the currency of a booking, in the instrument's and the base currency at the
    /// rates of a day.
    pub(super) fn basis_of(
        &self,
        amount: Decimal,
        charges: Decimal,
        currency: Currency,
        instrument_currency: Currency,
        date: BusinessDate,
    ) -> Basis {
        if self.detail == Detail::Totals {
            // Nobody asked what anything cost.
            return Basis::UNKNOWN;
        }
        let convert = |amount: Decimal, to: Currency| {
            self.inputs.fx.convert(amount, currency, to, date).map(|converted| converted.amount)
        };
        let base = self.inputs.portfolio.base_currency;
        Basis {
            local: convert(amount, instrument_currency),
            base: convert(amount, base),
            charges_local: convert(charges, instrument_currency),
            charges_base: convert(charges, base),
        }
    }
}

impl Held {
    /// Whether no units ever came or went, and no trade was noted.
    pub(super) fn is_untouched(&self) -> bool {
        self.holding == Holding::default()
    }
}

/// By how much a movement changed what the open lots cost, as far as that follows from it alone; none if it closed lots
/// and opened others, or if it changed the gains of other days.
fn cost_change(movement: &Movement, direction: Direction, outcome: &Exchange) -> Option<Basis> {
    if !outcome.adjustments.is_empty() {
        return None;
    }
    let is_in = direction == Direction::In;
    match &outcome.realised {
        None => Some(if is_in { movement.basis } else { movement.basis.negated() }),
        Some(closed) if closed.quantity != movement.quantity => None,
        Some(closed) => Some(if is_in { closed.proceeds } else { closed.cost.negated() }),
    }
}

/// Who said that units changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announced {
    ByMarket,
    ByPortfolio,
}

/// Whether units come or go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    In,
    Out,
}
