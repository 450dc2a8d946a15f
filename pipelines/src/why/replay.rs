//! The books of the one portfolio, kept again: which lots are open, and what closed the others.
//!
//! Gold holds positions and gains, not lots. They are a function of what silver holds, so they are made again from it
//! by the code that made the positions.

use std::collections::{BTreeMap, BTreeSet};

use ledger::books::{AppliedAction, BookInputs};
use ledger::internal_transfers::{LotsByTransaction, NO_LOTS};
use ledger::lots::{ClosedLot, Lot};
use ledger::nav_bridge::BridgePart;
use ledger::{Detail, FxBoard, FxGrid, QuoteBoard, keep_books};
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::positions::Position;
use schemas::tables::quotes::Quote;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId};

use super::facts::{Facts, changes_of_gains};
use super::handed_over::{Place, closings_by_sending, sent_by_receipt};
use crate::books::received::{LotsByPortfolio, lots_received};
use crate::error::Error;

/// What keeping the books again came to.
pub(super) struct Replay {
    /// The lots that are open on the date, in order of opening.
    pub(super) open_lots: BTreeMap<InstrumentId, Vec<Lot>>,
    /// Every part of a lot that was closed, in the order of the bookings; then what left for other portfolios.
    pub(super) closings: Vec<Closing>,
    /// Changes of positions since the first day.
    pub(super) positions: Vec<Position>,
    /// Gains since the first day.
    pub(super) gains: Vec<RealisedGain>,
    /// What rules that look ahead changed about gains since the first day.
    pub(super) gain_changes: Vec<LotClosing>,
    /// The lots that came from other portfolios, by the receipt.
    pub(super) lots_received: LotsByTransaction,
    /// The same of the portfolios from which they came, too.
    pub(super) all_lots_received: LotsByPortfolio,
    /// The disposals that handed lots over, by the receipt.
    pub(super) sent_by_receipt: BTreeMap<Place, Place>,
    /// What corporate actions did to lots and cash, in the order of booking.
    pub(super) applied: Vec<AppliedAction>,
    /// What issuers paid since the first day.
    pub(super) payments: Vec<ActionPayment>,
    /// The bridge since the first day.
    pub(super) bridge: Vec<NavBridgeRow>,
    /// What the bridge was added up from, with the dates.
    pub(super) bridge_parts: Vec<(BusinessDate, BridgePart)>,
}

/// A part of a lot with the booking that closed it.
pub(super) struct Closing {
    pub(super) instrument_id: InstrumentId,
    /// The booking that closed it.
    pub(super) transaction_id: String,
    /// The day of that booking.
    pub(super) date: BusinessDate,
    pub(super) lot: ClosedLot,
}

/// Keeps the books of the portfolio from its first day to the date.
///
/// # Errors
/// [`Error::Books`] if they cannot be kept.
pub(super) fn replay(facts: &Facts) -> Result<Replay, Error> {
    let board = board(facts);
    let fx = FxBoard::new(facts.rates.values().flatten()).with_days_max(facts.fx_rate_days_max);
    let portfolio = &facts.portfolio;
    let listed = facts.instruments.values().map(|instrument| instrument.currency);
    let grid = FxGrid::new(&fx, board.dates(), listed.chain([portfolio.base_currency]));
    // The books see later bookings, too; the walk itself ends with the date.
    let transactions: Vec<Transaction> = facts.transactions.iter().chain(&facts.later_transactions).cloned().collect();
    let without_lots = BookInputs {
        portfolio,
        transactions: &transactions,
        board: &board,
        fx: &fx,
        grid: &grid,
        lots_received: &NO_LOTS,
    };
    let all_lots_received = received(facts, without_lots)?;
    let lots_received = all_lots_received.get(&portfolio.portfolio_id).cloned().unwrap_or_default();
    let inputs = BookInputs { lots_received: &lots_received, ..without_lots };
    let kept = keep_books(inputs, portfolio.start_date, facts.date, Detail::Trail)
        .map_err(|source| Error::Books { portfolio: portfolio.portfolio_id.to_string(), source })?;
    let closing = |closed: ledger::books::LotClosing| Closing {
        instrument_id: closed.instrument_id,
        transaction_id: closed.transaction_id.to_string(),
        date: closed.date,
        lot: closed.lot,
    };
    let mut closings: Vec<Closing> = kept.lot_closings.into_iter().map(closing).collect();
    closings.extend(closings_by_sending(facts, &kept.lots_sent));
    Ok(Replay {
        open_lots: kept.open_lots,
        closings,
        positions: kept.positions,
        gains: kept.realised_gains,
        gain_changes: changes_of_gains(kept.closings),
        lots_received,
        all_lots_received,
        sent_by_receipt: sent_by_receipt(facts),
        applied: kept.applied_actions,
        payments: kept.action_payments,
        bridge: kept.nav_bridge,
        bridge_parts: kept.bridge_parts,
    })
}

/// The lots that the portfolio, and those from which they came, took over from others: their books are kept, too, as
/// far as it takes.
fn received(facts: &Facts, own: BookInputs<'_>) -> Result<LotsByPortfolio, Error> {
    let elsewhere = QuoteBoard::default();
    let listed = || facts.instruments.values().map(|instrument| instrument.currency);
    let mut rates: Vec<(FxBoard, FxGrid)> = Vec::with_capacity(facts.senders.len());
    for sender in &facts.senders {
        let fx = FxBoard::new(&sender.rates).with_days_max(facts.fx_rate_days_max);
        let grid = FxGrid::new(&fx, own.board.dates(), listed().chain([sender.portfolio.base_currency]));
        rates.push((fx, grid));
    }
    let mut books = BTreeMap::from([(own.portfolio.portfolio_id.clone(), own)]);
    for (sender, (fx, grid)) in facts.senders.iter().zip(&rates) {
        let (portfolio, transactions) = (&sender.portfolio, sender.transactions.as_slice());
        // An instrument belongs to one market: portfolios of different ones have none in common.
        let board = if portfolio.market_id == own.portfolio.market_id { own.board } else { &elsewhere };
        let inputs = BookInputs { portfolio, transactions, board, fx, grid, lots_received: &NO_LOTS };
        books.insert(portfolio.portfolio_id.clone(), inputs);
    }
    lots_received(&books)
}

/// The market as far as the portfolio touched it, or those from which its lots came, on all the days on which it was
/// quoted: a day on which only others were quoted is a valuation date, too.
fn board(facts: &Facts) -> QuoteBoard {
    let of_senders = facts.senders.iter().flat_map(|sender| &sender.transactions);
    let booked = facts.transactions.iter().chain(of_senders).filter_map(|row| row.instrument_id.as_ref());
    let received = facts.actions.iter().filter_map(|action| action.target_instrument_id.as_ref());
    let touched: BTreeSet<&InstrumentId> = booked.chain(received).chain(facts.quotes.keys()).collect();
    let instruments = facts.instruments.values().filter(|row| touched.contains(&row.instrument_id));
    let mut quotes: Vec<Quote> = facts.quotes.values().flatten().cloned().collect();
    let quoted: BTreeSet<BusinessDate> = quotes.iter().map(|quote| quote.quote_date).collect();
    let others = facts.market_days.iter().filter(|day| !quoted.contains(day));
    if let Ok(somebody) = InstrumentId::new(&facts.portfolio.market_id, OTHERS) {
        let marker = |day: &BusinessDate| Quote {
            market_id: facts.portfolio.market_id.clone(),
            instrument_id: somebody.clone(),
            quote_date: *day,
            close: schemas::Price::ZERO,
            quote_unit: String::new(),
            volume: None,
            landing_sha256: String::new(),
            line: 0,
        };
        quotes.extend(others.map(marker));
    }
    QuoteBoard::new(instruments.cloned().collect(), &quotes, &facts.actions)
}

/// Stands for all that was quoted and that the portfolio never touched. It is listed nowhere, so its quotes have no
/// price; only their days count.
const OTHERS: &str = "(others)";
