//! The walk through a portfolio's history: transactions in, positions, flows, gains and values out.
//!
//! Valuation dates are the days on which the portfolio's market was quoted. A transaction takes effect on the first
//! valuation date on or after its own date; what issuers do comes before everything else of its day. Nothing is
//! rounded on the way.
//!
//! The walk goes from booking to booking, not from day to day: what a portfolio held between two of them is one
//! interval. Totals of every day come from those intervals and the closes of the board (`value_history`); only the
//! rows of single positions are made day by day, and only for the days that were asked for.

#[cfg(test)]
mod action_properties;
#[cfg(test)]
mod action_tests;
mod actions;
mod applied;
mod booking;
#[cfg(test)]
mod bridge_tests;
pub(crate) mod events;
#[cfg(test)]
mod flow_tests;
mod flows;
mod journal;
mod moves;
mod rows;
mod timeline;
#[cfg(test)]
mod transfer_tests;
mod valuation;
#[cfg(test)]
mod walk_tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::lot_closings::LotClosing as ClosingRow;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_flows::PositionFlow;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, Currency, InstrumentId};

pub use applied::{AppliedAction, LotsChanged, Payment};
use events::Event;
use flows::PositionFlows;
use journal::Journal;
pub use timeline::{HeldLine, Piece, PiecePrice, Timeline, Trade};

use crate::basis::Basis;
use crate::conversion::FxBoard;
use crate::cost_basis_schedule::MethodSchedule;
use crate::error::Error;
use crate::fx_grid::FxGrid;
use crate::holding::Holding;
use crate::internal_transfers::LotsByTransaction;
use crate::lots::{ClosedLot, Lot};
use crate::nav_bridge::{BridgePart, NavBridge};
use crate::quote_board::{Listing, QuoteBoard};
use crate::value_history::{ValueHistory, value_history};

/// Decimals of a price, those of [`schemas::Price`].
const PRICE_DECIMALS: u32 = 12;

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
    /// The same rates on the valuation dates of the market.
    pub grid: &'a FxGrid,
    /// The lots that its internal receipts take over from other portfolios, by the receipt; one that is not among
    /// them brings its cost, or costs what it is worth.
    pub lots_received: &'a LotsByTransaction,
}

/// What the books say from one valuation date to another, both included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BookRows {
    /// Changes of positions, cash included.
    pub positions: Vec<Position>,
    /// External flows.
    pub cash_flows: Vec<CashFlow>,
    /// What moved value into and out of single positions.
    pub position_flows: Vec<PositionFlow>,
    /// Cash that announcements brought.
    pub action_payments: Vec<ActionPayment>,
    /// Gains of reductions.
    pub realised_gains: Vec<RealisedGain>,
    /// The value of every position on every valuation date.
    pub valuations: Vec<Valuation>,
    /// The value of the portfolio on every valuation date.
    pub values: ValueHistory,
    /// The units of each line, as a position among the board's listings, after the last day; none of them zero.
    pub closing_quantities: Vec<(usize, Decimal)>,
    /// The balance of each currency after the last day; none of them zero.
    pub closing_balances: Vec<(Currency, Decimal)>,
    /// What changed the value from each valuation date to the next, in named components.
    pub nav_bridge: Vec<NavBridgeRow>,
    /// The lots that each disposal closed, and what rules changed about it since.
    pub closings: Vec<ClosingRow>,
    /// Every part of a lot that was closed, from the first transaction on, in order of booking.
    pub lot_closings: Vec<LotClosing>,
    /// The lots that are open after the last day.
    pub open_lots: BTreeMap<InstrumentId, Vec<Lot>>,
    /// The lots that left for other portfolios, from the first transaction on, by the `INTERNAL_OUT`.
    pub lots_sent: LotsByTransaction,
    /// What announcements did to lots and cash, from the first transaction on, in order of booking; with
    /// [`Detail::Trail`] only.
    pub applied_actions: Vec<AppliedAction>,
    /// What the rows of `nav_bridge` were added up from, with their dates; with [`Detail::Trail`] only.
    pub bridge_parts: Vec<(BusinessDate, BridgePart)>,
}

/// A part of a lot with the booking that closed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotClosing {
    /// The instrument.
    pub instrument_id: InstrumentId,
    /// The transaction that closed it.
    pub transaction_id: Arc<str>,
    /// The day of that transaction.
    pub date: BusinessDate,
    /// What was closed.
    pub lot: ClosedLot,
}

/// Which rows are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All of them.
    Positions,
    /// All of them, and beside them what corporate actions did and what the bridge was added up from.
    Trail,
    /// Flows and the values of the portfolio only.
    Totals,
}

impl Detail {
    /// Whether rows of single positions are made.
    fn has_positions(self) -> bool {
        self != Detail::Totals
    }
}

/// One instrument of the portfolio while its history is walked.
#[derive(Debug)]
struct Held {
    line: usize,
    holding: Holding,
    /// What the bridge of values takes for the cost while that is not known: see [`crate::nav_bridge::Held::Uncosted`].
    counted: Option<Basis>,
    timeline: HeldLine,
}

/// One currency of the portfolio while its history is walked.
#[derive(Debug, Default)]
struct Cash {
    balance: Decimal,
    changes: Vec<(usize, Decimal)>,
}

/// The state of a portfolio while its history is walked.
struct Books<'a> {
    inputs: BookInputs<'a>,
    schedule: MethodSchedule,
    bridge: NavBridge,
    journal: Journal,
    flows: PositionFlows,
    /// The first day of which a close is made, as a position among the valuation dates.
    first_close: usize,
    detail: Detail,
    /// The first day of which rows were asked for, as a position among the valuation dates.
    from_day: usize,
    held: Vec<Held>,
    by_line: HashMap<usize, usize>,
    cash: BTreeMap<Currency, Cash>,
    touched_held: Vec<usize>,
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
pub fn keep_books(
    inputs: BookInputs<'_>,
    from: BusinessDate,
    to: BusinessDate,
    detail: Detail,
) -> Result<BookRows, Error> {
    match walk(inputs, from, to, detail, Closes::OneBefore)? {
        Some(rows) => Ok(rows),
        // The close before the first day cannot be valued, so the bridge reaches back to the last one that can.
        None => Ok(walk(inputs, from, to, detail, Closes::All)?.unwrap_or_default()),
    }
}

/// The lots that left a portfolio for others up to a day, by the `INTERNAL_OUT`. A booking that cannot be made ends the
/// walk: what left before it left all the same.
pub fn lots_sent(inputs: BookInputs<'_>, through: BusinessDate) -> LotsByTransaction {
    let Ok(mut walk) = Walk::new(inputs, through.next_calendar_day(), through, Detail::Positions) else {
        return LotsByTransaction::new();
    };
    walk.books.first_close = NO_CLOSE;
    // The reason is given where the portfolio itself is kept.
    drop(walk.run(Closes::All));
    walk.books.rows.lots_sent
}

/// The last valuation date before the booking that cannot be made, of books that cannot be kept up to a day; none if
/// there is no such date, or if it is not a booking that ends them.
///
/// Up to it the books are what a night of that date made of the same facts.
pub fn kept_through(inputs: BookInputs<'_>, through: BusinessDate) -> Option<BusinessDate> {
    let mut walk = Walk::new(inputs, through.next_calendar_day(), through, Detail::Positions).ok()?;
    walk.books.first_close = NO_CLOSE;
    walk.run(Closes::All).err()?;
    let before = walk.reached.checked_sub(1).filter(|before| walk.first_day <= *before)?;
    inputs.board.dates().get(before).copied()
}

/// Later than every close.
const NO_CLOSE: usize = usize::MAX;

/// Of which days before those that were asked for a close is made, for the bridge to begin with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closes {
    OneBefore,
    All,
}

/// The walk; none if the one close before the first day cannot be valued.
fn walk(
    inputs: BookInputs<'_>,
    from: BusinessDate,
    to: BusinessDate,
    detail: Detail,
    closes: Closes,
) -> Result<Option<BookRows>, Error> {
    let mut walk = Walk::new(inputs, from, to, detail)?;
    let (first_day, end_day, from_day) = (walk.first_day, walk.end_day, walk.books.from_day);
    walk.books.first_close = match closes {
        Closes::OneBefore => from_day.saturating_sub(1).max(first_day),
        Closes::All => first_day,
    };
    if !walk.run(closes)? {
        return Ok(None);
    }
    walk.books.finish(from_day.min(end_day), end_day).map(Some)
}

/// Books with what is to be booked into them.
struct Walk<'a> {
    books: Books<'a>,
    events: Vec<Event<'a>>,
    first_day: usize,
    end_day: usize,
    /// The day on which the walk is.
    reached: usize,
}

impl<'a> Walk<'a> {
    fn new(inputs: BookInputs<'a>, from: BusinessDate, to: BusinessDate, detail: Detail) -> Result<Walk<'a>, Error> {
        let portfolio = inputs.portfolio;
        let board = inputs.board;
        let last = portfolio.end_date.map_or(to, |end| end.min(to));
        let first_day = board.day_from(portfolio.start_date);
        let end_day = board.day_from(last.next_calendar_day());
        let from_day = board.day_from(from).max(first_day);
        let schedule = portfolio.cost_basis.parse().map_err(|source| Error::CostBasis {
            portfolio_id: portfolio.portfolio_id.clone(),
            source: Box::new(source),
        })?;
        let events = events::in_order(&inputs, &schedule)?;
        let books = Books {
            inputs,
            schedule,
            bridge: match detail {
                Detail::Trail => NavBridge::new(portfolio.base_currency).noting_parts(),
                Detail::Positions | Detail::Totals => NavBridge::new(portfolio.base_currency),
            },
            journal: Journal::default(),
            flows: PositionFlows::default(),
            first_close: first_day,
            detail,
            from_day,
            held: Vec::new(),
            by_line: HashMap::new(),
            cash: BTreeMap::new(),
            touched_held: Vec::new(),
            touched_cash: Vec::new(),
            rows: BookRows::default(),
        };
        Ok(Walk { books, events, first_day, end_day, reached: first_day })
    }

    /// Books what there is to book and ends the days. False if the one close before the days that were asked for
    /// cannot be valued, and only then.
    fn run(&mut self, closes: Closes) -> Result<bool, Error> {
        let Walk { books, events, first_day, end_day, reached } = self;
        let mut day = *first_day;
        for event in events.iter() {
            let effective = books.inputs.board.day_from(event.date).max(*first_day);
            if *end_day <= effective {
                break;
            }
            if day < effective {
                *reached = day;
                if !books.close_days(day, effective)? && closes == Closes::OneBefore {
                    return Ok(false);
                }
                day = effective;
            }
            *reached = effective;
            let portfolio_id = &books.inputs.portfolio.portfolio_id;
            books.book(event, effective).map_err(|error| event.named(portfolio_id, error))?;
        }
        Ok(*end_day <= day || books.close_days(day, *end_day)? || closes == Closes::All)
    }
}

impl Books<'_> {
    /// Ends a day on which something was booked: what changed holds from this day on, and the days until the next
    /// booking are like it. False if a close before the days that were asked for cannot be valued.
    fn close_days(&mut self, day: usize, next: usize) -> Result<bool, Error> {
        self.note_changes(day);
        if self.detail == Detail::Totals {
            self.touched_held.clear();
            self.touched_cash.clear();
            return Ok(true);
        }
        self.end_day(day)?;
        if next <= self.first_close && day + 1 < next {
            // What a rule settles in between is settled before the next booking, wherever the range begins.
            self.end_day(next - 1)?;
        }
        let mut is_known = true;
        for later in day.max(self.first_close)..next {
            if later != day {
                self.end_day(later)?;
            }
            let is_gap = self.close(later)?;
            is_known &= !is_gap || self.from_day <= later;
        }
        Ok(is_known)
    }

    /// Lets rules settle what is over by the end of a day, and writes the positions that changed on it.
    fn end_day(&mut self, day: usize) -> Result<(), Error> {
        self.settle(day)?;
        if self.from_day <= day {
            self.write_positions(day);
        }
        self.touched_held.clear();
        self.touched_cash.clear();
        Ok(())
    }

    /// Makes the close of a day: the rows of its positions, and of what changed the value since the close before.
    /// True if it cannot be valued.
    fn close(&mut self, day: usize) -> Result<bool, Error> {
        let lines = self.closing_lines(day)?;
        let date = self.date(day);
        let (fx, base) = (self.inputs.fx, self.inputs.portfolio.base_currency);
        let closing = lines.iter().map(|(row, held)| journal::closing_line(row, *held));
        let bridge = self.bridge.close(date, closing, |currency| fx.cross_rate(currency, base, date));
        let bridge = bridge.map_err(|_| self.overflow(day, "the bridge of values"))?;
        let is_gap = self.bridge.is_gap();
        let parts = self.bridge.take_parts();
        if !is_gap {
            self.count_at_value(&lines);
        }
        if self.from_day <= day {
            let portfolio_id = &self.inputs.portfolio.portfolio_id;
            self.rows.nav_bridge.extend(bridge.into_iter().map(|line| line.into_row(portfolio_id, date)));
            self.rows.valuations.extend(lines.into_iter().map(|(row, _)| row));
            self.rows.bridge_parts.extend(parts.into_iter().map(|part| (date, part)));
        }
        Ok(is_gap)
    }

    /// Puts the new quantities and balances onto the timelines.
    fn note_changes(&mut self, day: usize) {
        self.touched_held.sort_unstable();
        self.touched_held.dedup();
        self.touched_cash.sort_unstable();
        self.touched_cash.dedup();
        for &position in &self.touched_held {
            let Some(held) = self.held.get_mut(position) else { continue };
            held.timeline.change(day, held.holding.quantity());
            let first_quoted = self.inputs.board.listings().get(held.line).and_then(Listing::first_day);
            if let Some((trade_date, price)) = held.holding.last_trade
                && first_quoted.is_none_or(|first| day < first)
            {
                held.timeline.trade(day, Trade { price: as_price(price), trade_date });
            }
        }
        for currency in &self.touched_cash {
            if let Some(cash) = self.cash.get_mut(currency) {
                timeline::push_change(&mut cash.changes, day, cash.balance);
            }
        }
    }

    fn finish(self, from_day: usize, end_day: usize) -> Result<BookRows, Error> {
        let inputs = self.inputs;
        let open_lots = self.held.iter().filter(|held| !held.holding.lots().is_empty()).filter_map(|held| {
            let listing = inputs.board.listings().get(held.line)?;
            Some((listing.instrument.instrument_id.clone(), held.holding.lots().to_vec()))
        });
        let open_lots = if self.detail.has_positions() { open_lots.collect() } else { BTreeMap::new() };
        let mut closing_quantities = Vec::new();
        for held in &self.held {
            let quantity = held.holding.quantity();
            if !quantity.is_zero() {
                closing_quantities.push((held.line, quantity));
            }
        }
        closing_quantities.sort_unstable();
        let balances = self.cash.iter().filter(|(_, cash)| !cash.balance.is_zero());
        let closing_balances = balances.map(|(currency, cash)| (*currency, cash.balance)).collect();
        let mut lines: Vec<HeldLine> = self.held.into_iter().map(|held| held.timeline).collect();
        lines.sort_by_key(|line| line.line);
        let cash = self.cash.into_iter().map(|(currency, cash)| (currency, cash.changes)).collect();
        let timeline = Timeline { lines, cash };
        let base = inputs.portfolio.base_currency;
        let values = value_history(inputs.board, inputs.grid, base, &timeline, from_day, end_day);
        let values = values.ok_or_else(|| overflow(&inputs, from_day, &largest(&inputs, &timeline)))?;
        let position_flows = self.flows.into_rows(&inputs.portfolio.portfolio_id, inputs.board.dates());
        Ok(BookRows { values, open_lots, closing_quantities, closing_balances, position_flows, ..self.rows })
    }

    fn overflow(&self, day: usize, what: &str) -> Error {
        overflow(&self.inputs, day, what)
    }

    /// The date of a day.
    fn date(&self, day: usize) -> BusinessDate {
        self.inputs.board.dates().get(day).copied().unwrap_or(self.inputs.portfolio.start_date)
    }
}

/// A price to as many decimals as a price has: a split can leave more.
fn as_price(price: Decimal) -> Decimal {
    price.round_dp_with_strategy(PRICE_DECIMALS, RoundingStrategy::MidpointAwayFromZero)
}

fn overflow(inputs: &BookInputs<'_>, day: usize, what: &str) -> Error {
    let date = inputs.board.dates().get(day).copied().unwrap_or(inputs.portfolio.start_date);
    Error::Overflow { portfolio_id: inputs.portfolio.portfolio_id.clone(), date, what: what.to_owned() }
}

/// What makes a value too large: the most units or the highest balance there ever was, and so the booking to look at.
fn largest(inputs: &BookInputs<'_>, timeline: &Timeline) -> String {
    let units = timeline.lines.iter().filter_map(|line| {
        let listing = inputs.board.listings().get(line.line)?;
        Some((line.most_units(), listing.instrument.symbol.clone()))
    });
    let balances = timeline.cash.iter().map(|(currency, changes)| {
        let highest = changes.iter().map(|(_, balance)| balance.abs()).max();
        (highest.unwrap_or_default(), currency.to_string())
    });
    let (amount, of) = units.chain(balances).max().unwrap_or_default();
    format!("the value, with up to {} {of},", amount.normalize())
}
