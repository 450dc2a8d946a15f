//! What a portfolio held from which day to which: intervals instead of a row for every day.

use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency};

use crate::quote_board::Listing;

/// The history of one instrument in a portfolio.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldLine {
    /// The instrument, as a position among the board's listings.
    pub line: usize,
    /// Units held from a day on, by day.
    changes: Vec<(usize, Decimal)>,
    /// The last trade from a day on, by day; its price counts where there was no quote so far.
    trades: Vec<(usize, Trade)>,
    /// Days on which the board's close is not right for this portfolio, because it booked a split of its own since.
    restated: Vec<(usize, usize, Decimal)>,
}

/// A price that was paid, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The price per unit as quoted.
    pub price: Decimal,
    /// The day of the trade.
    pub trade_date: BusinessDate,
}

/// The history of a portfolio's holdings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The instruments, by line.
    pub lines: Vec<HeldLine>,
    /// Cash balances from a day on, by currency and day.
    pub cash: Vec<(Currency, Vec<(usize, Decimal)>)>,
}

/// Days on which a position and the origin of its price do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The first day.
    pub from: usize,
    /// The day after the last.
    pub before: usize,
    /// Units held; never zero.
    pub quantity: Decimal,
    /// Where the price comes from.
    pub price: PiecePrice,
}

/// Where the price of a position comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PiecePrice {
    /// The board's close of each day.
    Board,
    /// The price of the last trade, because there was no quote so far.
    Traded(Trade),
    /// The last close, after a split that only this portfolio knows of.
    Restated(Decimal),
    /// Nowhere.
    Missing,
}

/// Notes what holds from a day on. Days come in order; the last note of a day counts.
pub(super) fn push_change<V: PartialEq>(changes: &mut Vec<(usize, V)>, day: usize, value: V) {
    match changes.last_mut() {
        Some((last, noted)) if *last == day => *noted = value,
        Some((_, noted)) if *noted == value => {}
        _ => changes.push((day, value)),
    }
}

impl HeldLine {
    /// The history of an instrument that has none so far.
    pub(super) fn new(line: usize) -> HeldLine {
        HeldLine { line, ..HeldLine::default() }
    }

    pub(super) fn change(&mut self, day: usize, quantity: Decimal) {
        push_change(&mut self.changes, day, quantity);
    }

    pub(super) fn trade(&mut self, day: usize, trade: Trade) {
        push_change(&mut self.trades, day, trade);
    }

    pub(super) fn restate(&mut self, from: usize, before: usize, price: Decimal) {
        // A second split within the stretch ends the first one's.
        if let Some((_, end, _)) = self.restated.last_mut() {
            *end = from.min(*end);
        }
        self.restated.push((from, before, price));
    }

    /// The most units that were held or owed.
    pub(super) fn most_units(&self) -> Decimal {
        self.changes.iter().map(|(_, quantity)| quantity.abs()).max().unwrap_or_default()
    }

    /// The price that a restatement gives to a day.
    pub(super) fn restated_price(&self, day: usize) -> Option<Decimal> {
        let stretch = self.restated.iter().rev().find(|(from, before, _)| *from <= day && day < *before);
        stretch.map(|(_, _, price)| *price)
    }

    /// Calls `each` with every piece of the days from `from` to the one before `before`, in order.
    pub fn pieces(&self, listing: &Listing, from: usize, before: usize, mut each: impl FnMut(Piece)) {
        for (position, (day, quantity)) in self.changes.iter().enumerate() {
            let next = self.changes.get(position + 1).map_or(before, |(day, _)| *day);
            let (start, end) = ((*day).max(from), next.min(before));
            if !quantity.is_zero() && start < end {
                self.parts(listing, start, end, *quantity, &mut each);
            }
        }
    }

    /// Parts the days on which a quantity was held by where the price comes from.
    fn parts(&self, listing: &Listing, start: usize, end: usize, quantity: Decimal, each: &mut impl FnMut(Piece)) {
        let quoted_from = listing.first_day().map_or(end, |first| first.clamp(start, end));
        let mut day = start;
        while day < quoted_from {
            let after = self.trades.partition_point(|(traded, _)| *traded <= day);
            let before = self.trades.get(after).map_or(quoted_from, |(next, _)| (*next).min(quoted_from));
            let traded = after.checked_sub(1).and_then(|last| self.trades.get(last));
            let price = traded.map_or(PiecePrice::Missing, |(_, trade)| PiecePrice::Traded(*trade));
            each(Piece { from: day, before, quantity, price });
            day = before;
        }
        for (from, before, price) in &self.restated {
            let (from, before) = ((*from).clamp(day, end), (*before).clamp(day, end));
            if from < before {
                if day < from {
                    each(Piece { from: day, before: from, quantity, price: PiecePrice::Board });
                }
                each(Piece { from, before, quantity, price: PiecePrice::Restated(*price) });
                day = before;
            }
        }
        if day < end {
            each(Piece { from: day, before: end, quantity, price: PiecePrice::Board });
        }
    }
}
