//! Booking one event into the books.

use rust_decimal::Decimal;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Quantity};

use super::{Books, Event};
use crate::error::Error;
use crate::holding::{Movement, Realised};
use crate::quote_board::Listing;
use crate::transaction::TransactionKind;

impl Books<'_> {
    /// Books an event that takes effect on a valuation date.
    pub(super) fn book(&mut self, event: &Event<'_>, date: BusinessDate) -> Result<(), Error> {
        match event {
            Event::Split { instrument, ratio, .. } => self.split(instrument, *ratio, date),
            Event::Transaction { kind, transaction } => self.book_transaction(*kind, transaction, date),
        }
    }

    fn book_transaction(
        &mut self,
        kind: TransactionKind,
        transaction: &Transaction,
        date: BusinessDate,
    ) -> Result<(), Error> {
        match kind {
            TransactionKind::Deposit | TransactionKind::Withdrawal => self.external_cash(transaction, date),
            TransactionKind::Split => {
                let ratio = self.required(transaction, transaction.quantity, "quantity")?.decimal();
                self.split(self.instrument(transaction)?, ratio, date)?;
            }
            TransactionKind::Buy => self.trade(kind, transaction, date)?,
            TransactionKind::Sell => self.trade(kind, transaction, date)?,
            TransactionKind::TransferIn | TransactionKind::TransferOut => self.transfer(kind, transaction, date)?,
            TransactionKind::WriteOff => self.write_off(transaction, date)?,
            TransactionKind::Fx => {
                let currency = self.required(transaction, transaction.counter_currency, "counter_currency")?;
                let amount = self.required(transaction, transaction.counter_amount, "counter_amount")?;
                self.add_cash(currency, amount.decimal(), date)?;
            }
            TransactionKind::Dividend | TransactionKind::Interest | TransactionKind::Fee | TransactionKind::Tax => {}
        }
        self.add_cash(transaction.currency, transaction.net_cash.decimal(), date)
    }

    fn add_cash(&mut self, currency: Currency, amount: Decimal, date: BusinessDate) -> Result<(), Error> {
        if amount.is_zero() {
            return Ok(());
        }
        let balance = self.cash.entry(currency).or_insert(Decimal::ZERO);
        let sum = balance.checked_add(amount);
        if let Some(sum) = sum {
            *balance = sum;
        }
        self.touched_cash.push(currency);
        sum.map(|_| ()).ok_or_else(|| self.overflow(date, "a cash balance"))
    }

    fn split(&mut self, instrument: &InstrumentId, ratio: Decimal, date: BusinessDate) -> Result<(), Error> {
        let Some(holding) = self.holdings.get_mut(instrument) else {
            return Ok(());
        };
        let done = holding.split(ratio);
        self.touched_holdings.push(instrument.clone());
        done.ok_or_else(|| self.overflow(date, "a split position"))
    }

    fn external_cash(&mut self, transaction: &Transaction, date: BusinessDate) {
        let base = self.inputs.portfolio.base_currency;
        let amount = transaction.net_cash.decimal();
        let converted = self.inputs.fx.convert(amount, transaction.currency, base, transaction.trade_date);
        self.push_flow(transaction, date, transaction.currency, Some(amount), converted.map(|c| c.amount));
    }

    fn push_flow(
        &mut self,
        transaction: &Transaction,
        date: BusinessDate,
        currency: Currency,
        amount: Option<Decimal>,
        amount_base: Option<Decimal>,
    ) {
        self.rows.cash_flows.push(CashFlow {
            portfolio_id: transaction.portfolio_id.clone(),
            transaction_id: transaction.transaction_id.clone(),
            business_date: date,
            flow_date: transaction.trade_date.day(),
            kind: transaction.kind.clone(),
            currency,
            amount: amount.map(Amount::new),
            amount_base: amount_base.map(Amount::new),
        });
    }

    fn trade(&mut self, kind: TransactionKind, transaction: &Transaction, date: BusinessDate) -> Result<(), Error> {
        let instrument = self.instrument(transaction)?.clone();
        let listing = self.listing(transaction, &instrument)?;
        let quantity = self.required(transaction, transaction.quantity, "quantity")?.decimal();
        let cash = transaction.net_cash.decimal();
        let amount = if kind == TransactionKind::Buy { -cash } else { cash };
        let day = transaction.trade_date;
        let base = self.inputs.portfolio.base_currency;
        let fx = self.inputs.fx;
        let local = fx.convert(amount, transaction.currency, listing.instrument.currency, day);
        let in_base = fx.convert(amount, transaction.currency, base, day);
        let price = traded_price(kind, transaction, listing, quantity);
        let movement = Movement {
            date: day,
            quantity,
            amount: local.map(|converted| converted.amount),
            amount_base: in_base.map(|converted| converted.amount),
        };
        self.exchange(kind, transaction, &instrument, movement, date)?;
        if let (Some(price), Some(holding)) = (price, self.holdings.get_mut(&instrument)) {
            holding.last_trade = Some((day, price));
        }
        Ok(())
    }

    /// Securities that cross the border of the portfolio: at the close and rate of the valuation date.
    fn transfer(&mut self, kind: TransactionKind, transaction: &Transaction, date: BusinessDate) -> Result<(), Error> {
        let instrument = self.instrument(transaction)?.clone();
        let listing = self.listing(transaction, &instrument)?;
        let quantity = self.required(transaction, transaction.quantity, "quantity")?.decimal();
        if let Some(price) = transaction.price {
            let holding = self.holdings.entry(instrument.clone()).or_default();
            holding.last_trade.get_or_insert((transaction.trade_date, price.decimal()));
        }
        let priced = self.price_of(&instrument, listing, date)?;
        let scale = listing.instrument.price_scale.decimal();
        let currency = listing.instrument.currency;
        let value = match priced {
            None => None,
            Some(priced) => {
                let value = quantity.checked_mul(priced.price).and_then(|value| value.checked_mul(scale));
                Some(value.ok_or_else(|| self.overflow(date, "a transfer"))?)
            }
        };
        let base = self.inputs.portfolio.base_currency;
        let convert = |value: Decimal| self.inputs.fx.convert(value, currency, base, date).map(|c| c.amount);
        let value_base = value.and_then(convert);
        let signed = |value: Decimal| {
            if kind == TransactionKind::TransferIn { value } else { -value }
        };
        self.push_flow(transaction, date, currency, value.map(signed), value_base.map(signed));
        let movement = Movement { date: transaction.trade_date, quantity, amount: value, amount_base: value_base };
        self.exchange(kind, transaction, &instrument, movement, date)
    }

    fn write_off(&mut self, transaction: &Transaction, date: BusinessDate) -> Result<(), Error> {
        let instrument = self.instrument(transaction)?.clone();
        let Some(holding) = self.holdings.get(&instrument) else {
            return Ok(());
        };
        let units = holding.quantity().ok_or_else(|| self.overflow(date, "a position"))?;
        let movement = Movement {
            date: transaction.trade_date,
            quantity: units.abs(),
            amount: Some(Decimal::ZERO),
            amount_base: Some(Decimal::ZERO),
        };
        let kind = if units.is_sign_negative() { TransactionKind::TransferIn } else { TransactionKind::WriteOff };
        self.exchange(kind, transaction, &instrument, movement, date)
    }

    fn exchange(
        &mut self,
        kind: TransactionKind,
        transaction: &Transaction,
        instrument: &InstrumentId,
        movement: Movement,
        date: BusinessDate,
    ) -> Result<(), Error> {
        let method = self.method;
        let holding = self.holdings.entry(instrument.clone()).or_default();
        let outcome = match kind {
            TransactionKind::Buy | TransactionKind::TransferIn => holding.increase(movement, method),
            _ => holding.reduce(movement, method),
        };
        self.touched_holdings.push(instrument.clone());
        let realised = outcome.ok_or_else(|| self.overflow(date, "the cost of a position"))?;
        if let Some(realised) = realised {
            self.push_realised(transaction, instrument, &realised, date);
        }
        Ok(())
    }

    fn push_realised(
        &mut self,
        transaction: &Transaction,
        instrument: &InstrumentId,
        realised: &Realised,
        date: BusinessDate,
    ) {
        let gain = realised.proceeds.zip(realised.cost).map(|(proceeds, cost)| proceeds - cost);
        self.rows.realised_gains.push(RealisedGain {
            portfolio_id: transaction.portfolio_id.clone(),
            transaction_id: transaction.transaction_id.clone(),
            booking_sequence: transaction.booking_sequence,
            instrument_id: instrument.clone(),
            business_date: date,
            trade_date: transaction.trade_date,
            kind: transaction.kind.clone(),
            quantity: Quantity::new(realised.quantity),
            currency: self.currency_of(instrument),
            proceeds: realised.proceeds.map(Amount::new),
            cost: realised.cost.map(Amount::new),
            gain: gain.map(Amount::new),
            gain_base: realised.gain_base.map(Amount::new),
        });
    }

    fn required<T>(&self, transaction: &Transaction, cell: Option<T>, column: &'static str) -> Result<T, Error> {
        cell.ok_or_else(|| Error::Incomplete {
            portfolio_id: transaction.portfolio_id.clone(),
            transaction_id: transaction.transaction_id.clone(),
            column,
        })
    }

    fn instrument<'t>(&self, transaction: &'t Transaction) -> Result<&'t InstrumentId, Error> {
        self.required(transaction, transaction.instrument_id.as_ref(), "symbol")
    }
}

impl<'a> Books<'a> {
    fn listing(&self, transaction: &Transaction, instrument: &InstrumentId) -> Result<&'a Listing, Error> {
        self.inputs.board.listing(instrument).ok_or_else(|| Error::UnknownInstrument {
            portfolio_id: transaction.portfolio_id.clone(),
            transaction_id: transaction.transaction_id.clone(),
            instrument_id: instrument.clone(),
        })
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
