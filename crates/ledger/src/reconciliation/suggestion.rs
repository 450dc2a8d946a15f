//! Transactions that would close a difference.
//!
//! They are complete but for their id: what cannot be known from two balances (the day of the trade, its price and
//! fees) is left empty or set to the day of the statement, and the note says so.

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId, Price, Quantity};

use crate::transaction::TransactionKind;

/// A transaction that moves nothing yet.
pub(super) fn blank(
    portfolio_id: &PortfolioId,
    date: BusinessDate,
    kind: TransactionKind,
    currency: Currency,
) -> Transaction {
    Transaction {
        portfolio_id: portfolio_id.clone(),
        transaction_id: String::new(),
        booking_sequence: 1,
        trade_date: date,
        settlement_date: None,
        kind: kind.code().to_owned(),
        instrument_id: None,
        quantity: None,
        price: None,
        currency,
        fees: Amount::ZERO,
        taxes: Amount::ZERO,
        net_cash: Amount::ZERO,
        counter_currency: None,
        counter_amount: None,
        lot_cost: None,
        lot_acquired_date: None,
        lots_closed: None,
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: None,
        note: "suggested by a reconciliation".to_owned(),
        origin: "reconciliation".to_owned(),
    }
}

/// The same once more, under an id to be given.
pub(super) fn once_more(booked: &Transaction) -> Transaction {
    Transaction {
        transaction_id: String::new(),
        recorded_at: None,
        note: format!("suggested by a reconciliation: like {}", booked.transaction_id),
        origin: "reconciliation".to_owned(),
        ..booked.clone()
    }
}

/// The same on another day, for fees that come again and again.
pub(super) fn again_on(booked: &Transaction, date: BusinessDate) -> Transaction {
    Transaction { trade_date: date, settlement_date: None, ..once_more(booked) }
}

/// Takes a transaction back.
pub(super) fn reversal(booked: &Transaction, date: BusinessDate) -> Transaction {
    Transaction {
        instrument_id: booked.instrument_id.clone(),
        reverses: Some(booked.transaction_id.clone()),
        ..blank(&booked.portfolio_id, date.max(booked.trade_date), TransactionKind::Reversal, booked.currency)
    }
}

/// A purchase or a sale: positive units are bought.
pub(super) fn trade(
    portfolio_id: &PortfolioId,
    date: BusinessDate,
    instrument_id: &InstrumentId,
    units: Decimal,
    (currency, net_cash): (Currency, Decimal),
) -> Transaction {
    let kind = if units.is_sign_negative() { TransactionKind::Sell } else { TransactionKind::Buy };
    Transaction {
        instrument_id: Some(instrument_id.clone()),
        quantity: Some(Quantity::new(units.abs())),
        net_cash: Amount::new(net_cash),
        note: "suggested by a reconciliation: give the day, price, fees and taxes of the contract note".to_owned(),
        ..blank(portfolio_id, date, kind, currency)
    }
}

/// Units without cash: positive units come in.
pub(super) fn transfer(
    portfolio_id: &PortfolioId,
    date: BusinessDate,
    instrument_id: &InstrumentId,
    units: Decimal,
    currency: Currency,
) -> Transaction {
    let kind = if units.is_sign_negative() { TransactionKind::TransferOut } else { TransactionKind::TransferIn };
    Transaction {
        instrument_id: Some(instrument_id.clone()),
        quantity: Some(Quantity::new(units.abs())),
        note: "suggested by a reconciliation: only if no booking with cash is missing".to_owned(),
        ..blank(portfolio_id, date, kind, currency)
    }
}

/// A split of what is held.
pub(super) fn split(
    portfolio_id: &PortfolioId,
    date: BusinessDate,
    instrument_id: &InstrumentId,
    ratio: Decimal,
    currency: Currency,
) -> Transaction {
    Transaction {
        instrument_id: Some(instrument_id.clone()),
        quantity: Some(Quantity::new(ratio)),
        ..blank(portfolio_id, date, TransactionKind::Split, currency)
    }
}

/// Cash of a kind, of an instrument or of none.
pub(super) fn cash(
    portfolio_id: &PortfolioId,
    date: BusinessDate,
    kind: TransactionKind,
    instrument_id: Option<&InstrumentId>,
    (currency, net_cash): (Currency, Decimal),
) -> Transaction {
    Transaction {
        instrument_id: instrument_id.cloned(),
        net_cash: Amount::new(net_cash),
        ..blank(portfolio_id, date, kind, currency)
    }
}

/// What a dividend brought: units held, the amount per unit, and what arrived of it.
pub(super) struct DividendPaid<'a> {
    pub(super) kind: TransactionKind,
    pub(super) instrument_id: &'a InstrumentId,
    pub(super) ex_date: BusinessDate,
    pub(super) pay_date: Option<BusinessDate>,
    pub(super) units: Decimal,
    pub(super) per_unit: Decimal,
    pub(super) withheld: Decimal,
    pub(super) paid: (Currency, Decimal),
}

/// A dividend, booked on its ex-date.
pub(super) fn dividend(portfolio_id: &PortfolioId, of: &DividendPaid<'_>) -> Transaction {
    Transaction {
        settlement_date: of.pay_date.filter(|pay_date| of.ex_date <= *pay_date),
        quantity: Some(Quantity::new(of.units)),
        price: Some(Price::new(of.per_unit)),
        taxes: Amount::new(of.withheld),
        ..cash(portfolio_id, of.ex_date, of.kind, Some(of.instrument_id), of.paid)
    }
}

/// An FX deal: one currency out, the other in.
pub(super) fn exchange(
    portfolio_id: &PortfolioId,
    date: BusinessDate,
    (currency, out): (Currency, Decimal),
    (counter_currency, into): (Currency, Decimal),
) -> Transaction {
    Transaction {
        counter_currency: Some(counter_currency),
        counter_amount: Some(Amount::new(into)),
        ..cash(portfolio_id, date, TransactionKind::Fx, None, (currency, out))
    }
}
