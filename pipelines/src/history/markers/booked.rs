//! What stays of transactions: a hash of each, and what it touches.

use std::collections::HashMap;

use lake::{DateRange, Lake};
use ledger::TransactionKind;
use schemas::table::Record;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Currency, InstrumentId, PortfolioId};

use super::facts::Facts;
use super::hashed;
use crate::error::Error;

/// One transaction.
pub(super) struct Booking {
    pub(super) trade_date: BusinessDate,
    /// The hash of everything that decides about figures.
    pub(super) hash: u64,
    /// The place of its instrument among the facts.
    pub(super) instrument: Option<u32>,
    pub(super) currency: Currency,
    pub(super) counter_currency: Option<Currency>,
    /// The hash of its id, and of the id of what it takes back.
    pub(super) id: u64,
    pub(super) reverses: Option<u64>,
}

/// The transactions of all portfolios.
pub(super) struct Booked {
    /// Of each portfolio, in the order in which the portfolios were given.
    pub(super) of_portfolios: Vec<Vec<Booking>>,
    /// The rows that portfolios may have in common: internal transfers, and what takes something back.
    pub(super) moves: Vec<Transaction>,
}

/// What a batch of rows becomes.
struct Read {
    bookings: Vec<(PortfolioId, Option<InstrumentId>, Booking)>,
    moves: Vec<Transaction>,
}

impl Booked {
    /// Reads all transactions: those after the last day of the facts count from the first day on which they may matter.
    pub(super) async fn read(lake: &Lake, facts: &mut Facts, portfolios: &[Portfolio]) -> Result<Booked, Error> {
        let snapshot = lake.snapshot(Transaction::TABLE).await?;
        let read = lake::read::mapped(&snapshot, lake, DateRange::ALL, Read::of).await?;
        let places: HashMap<&PortfolioId, usize> = portfolios.iter().map(|row| &row.portfolio_id).zip(0..).collect();
        let mut booked = Booked { of_portfolios: Vec::new(), moves: Vec::new() };
        booked.of_portfolios.resize_with(portfolios.len(), Vec::new);
        for Read { bookings, moves } in read {
            booked.moves.extend(moves);
            for (portfolio, instrument, booking) in bookings {
                let own = places.get(&portfolio).and_then(|place| booked.of_portfolios.get_mut(*place));
                if let Some(own) = own {
                    let instrument = instrument.map(|instrument| facts.place(instrument));
                    own.push(Booking { instrument, ..booking });
                }
            }
        }
        Ok(booked)
    }
}

impl Read {
    fn of(rows: Vec<Transaction>) -> Read {
        let is_internal = |row: &Transaction| {
            [TransactionKind::InternalOut, TransactionKind::InternalIn].iter().any(|kind| kind.code() == row.kind)
        };
        let moves = rows.iter().filter(|row| row.reverses.is_some() || is_internal(row)).cloned().collect();
        let bookings = rows.into_iter().map(|row| {
            let booking = Booking {
                trade_date: row.trade_date,
                hash: hash_of(&row),
                instrument: None,
                currency: row.currency,
                counter_currency: row.counter_currency,
                id: hashed(row.transaction_id.as_str()),
                reverses: row.reverses.as_deref().map(hashed),
            };
            (row.portfolio_id, row.instrument_id, booking)
        });
        Read { bookings: bookings.collect(), moves }
    }
}

fn hash_of(row: &Transaction) -> u64 {
    let what = (&row.transaction_id, row.booking_sequence, row.trade_date, row.settlement_date, &row.kind);
    let units = (&row.instrument_id, row.quantity, row.price);
    let cash = (row.currency, row.fees, row.taxes, row.net_cash, row.counter_currency, row.counter_amount);
    let lots = (row.lot_cost, row.lot_acquired_date, &row.lots_closed, &row.reverses, &row.counter_portfolio_id);
    hashed((what, units, cash, lots))
}
