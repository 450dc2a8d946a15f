//! The walk through a portfolio's history: transactions in, positions, flows, gains and values out.
//!
//! Valuation dates are the days on which the portfolio's market was quoted. A transaction takes effect on the first
//! valuation date on or after its own date; splits come before everything else of their day. Nothing is rounded on
//! the way.

mod booking;
mod valuation;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Quantity};

use crate::conversion::FxBoard;
use crate::error::Error;
use crate::holding::Holding;
use crate::lots::{CostBasis, fifo};
use crate::quote_board::QuoteBoard;
use crate::transaction::TransactionKind;

/// What the books of a portfolio are kept from.
#[derive(Clone, Copy, Debug)]
pub struct BookInputs<'a> {
    /// The portfolio.
    pub portfolio: &'a Portfolio,
    /// Its transactions, in any order.
    pub transactions: &'a [Transaction],
    /// Its market.
    pub board: &'a QuoteBoard,
    /// Its rates.
    pub fx: &'a FxBoard,
}

/// What the books say from one valuation date to another, both included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BookRows {
    /// Changes of positions, cash included.
    pub positions: Vec<Position>,
    /// External flows.
    pub cash_flows: Vec<CashFlow>,
    /// Gains of reductions.
    pub realised_gains: Vec<RealisedGain>,
    /// The value of every position on every valuation date.
    pub valuations: Vec<Valuation>,
}

/// Something to book: a transaction, or a split that the market announced.
enum Event<'a> {
    Split { ex_date: BusinessDate, instrument: &'a InstrumentId, ratio: Decimal },
    Transaction { kind: TransactionKind, transaction: &'a Transaction },
}

/// The state of a portfolio while its history is walked.
struct Books<'a> {
    inputs: BookInputs<'a>,
    method: &'static CostBasis,
    holdings: BTreeMap<InstrumentId, Holding>,
    cash: BTreeMap<Currency, Decimal>,
    touched_holdings: Vec<InstrumentId>,
    touched_cash: Vec<Currency>,
    rows: BookRows,
}

/// Walks a portfolio's history up to `to` and returns what its books say from `from` on.
///
/// The walk always starts at the portfolio's first transaction, so the rows of a date do not depend on the range that
/// was asked for.
///
/// # Errors
/// [`Error`] if a transaction cannot be booked at all. A missing price or rate is no error: the figures that need it
/// are none.
pub fn keep_books(inputs: BookInputs<'_>, from: BusinessDate, to: BusinessDate) -> Result<BookRows, Error> {
    let portfolio = inputs.portfolio;
    let last = portfolio.end_date.map_or(to, |end| end.min(to));
    let events = events_in_order(&inputs)?;
    let mut waiting = events.iter().peekable();
    let mut books = Books {
        inputs,
        method: &fifo::METHOD,
        holdings: BTreeMap::new(),
        cash: BTreeMap::new(),
        touched_holdings: Vec::new(),
        touched_cash: Vec::new(),
        rows: BookRows::default(),
    };
    for &date in inputs.board.valuation_dates(portfolio.start_date, last) {
        while let Some(event) = waiting.next_if(|event| event.date() <= date) {
            books.book(event, date)?;
        }
        if date < from {
            books.forget_rows();
        } else {
            books.write_positions(date)?;
            books.value(date)?;
        }
    }
    Ok(books.rows)
}

impl Event<'_> {
    fn date(&self) -> BusinessDate {
        match self {
            Event::Split { ex_date, .. } => *ex_date,
            Event::Transaction { transaction, .. } => transaction.trade_date,
        }
    }

    /// Sorts splits before all else of their day, then by booking; the id decides where two lines have one place.
    fn order(&self) -> (BusinessDate, bool, i64, &str) {
        match self {
            Event::Split { ex_date, instrument, .. } => (*ex_date, false, 0, instrument.as_str()),
            Event::Transaction { kind, transaction } => {
                let after_splits = *kind != TransactionKind::Split;
                let id = transaction.transaction_id.as_str();
                (transaction.trade_date, after_splits, transaction.booking_sequence, id)
            }
        }
    }
}

/// Days by which a broker's booking of a split may be away from the ex-date that the market announced.
const SPLIT_BOOKING_DAYS: i64 = 7;

/// Whether a transaction is the broker's booking of a split that the market announced.
fn is_booking_of(transaction: &Transaction, instrument: &InstrumentId, ex_date: BusinessDate, ratio: Decimal) -> bool {
    transaction.kind == TransactionKind::Split.code()
        && transaction.instrument_id.as_ref() == Some(instrument)
        && transaction.trade_date.days_since(ex_date).abs() <= SPLIT_BOOKING_DAYS
        && transaction.quantity.is_some_and(|booked| booked.decimal() == ratio)
}

/// The transactions, and the market's splits of what they touch, in the order of booking. A split that the portfolio
/// books itself, on the ex-date or near it, is not applied twice.
fn events_in_order<'a>(inputs: &BookInputs<'a>) -> Result<Vec<Event<'a>>, Error> {
    let mut events = Vec::with_capacity(inputs.transactions.len());
    let mut instruments: Vec<&InstrumentId> = Vec::new();
    for transaction in inputs.transactions {
        let kind: TransactionKind = transaction.kind.parse()?;
        events.push(Event::Transaction { kind, transaction });
        instruments.extend(transaction.instrument_id.as_ref());
    }
    instruments.sort_unstable();
    instruments.dedup();
    for instrument in instruments {
        let splits = inputs.board.listing(instrument).map_or(&[][..], |listing| listing.splits());
        for &(ex_date, ratio) in splits {
            let booked = |transaction: &Transaction| is_booking_of(transaction, instrument, ex_date, ratio);
            if !inputs.transactions.iter().any(booked) {
                events.push(Event::Split { ex_date, instrument, ratio });
            }
        }
    }
    events.sort_by(|left, right| left.order().cmp(&right.order()));
    Ok(events)
}

impl Books<'_> {
    /// Drops the rows of days before the range; the state stays.
    fn forget_rows(&mut self) {
        self.rows.cash_flows.clear();
        self.rows.realised_gains.clear();
        self.touched_holdings.clear();
        self.touched_cash.clear();
    }

    fn write_positions(&mut self, date: BusinessDate) -> Result<(), Error> {
        let mut touched = std::mem::take(&mut self.touched_holdings);
        touched.sort_unstable();
        touched.dedup();
        for instrument_id in touched {
            let Some(holding) = self.holdings.get(&instrument_id) else {
                continue;
            };
            let quantity = holding.quantity().ok_or_else(|| self.overflow(date, "a position"))?;
            self.rows.positions.push(Position {
                portfolio_id: self.inputs.portfolio.portfolio_id.clone(),
                currency: self.currency_of(&instrument_id),
                instrument_id: instrument_id.clone(),
                business_date: date,
                quantity: Quantity::new(quantity),
                cost: holding.cost().map(Amount::new),
                cost_base: holding.cost_base().map(Amount::new),
            });
        }
        let mut touched = std::mem::take(&mut self.touched_cash);
        touched.sort_unstable();
        touched.dedup();
        for currency in touched {
            let amount = self.cash.get(&currency).copied().unwrap_or(Decimal::ZERO);
            self.rows.positions.push(Position {
                portfolio_id: self.inputs.portfolio.portfolio_id.clone(),
                instrument_id: InstrumentId::cash(currency),
                business_date: date,
                quantity: Quantity::new(amount),
                currency,
                cost: Some(Amount::new(amount)),
                cost_base: None,
            });
        }
        Ok(())
    }

    fn currency_of(&self, instrument: &InstrumentId) -> Currency {
        let listing = self.inputs.board.listing(instrument);
        listing.map_or(self.inputs.portfolio.base_currency, |listing| listing.instrument.currency)
    }

    fn overflow(&self, date: BusinessDate, what: &'static str) -> Error {
        Error::Overflow { portfolio_id: self.inputs.portfolio.portfolio_id.clone(), date, what }
    }
}
