//! What internal transfers make a month of a portfolio depend on, beyond its own facts.
//!
//! Lots that came from another portfolio follow from everything behind them: from the facts of the sender up to the
//! month, and of those from whom it had received lots by then. And whether an `INTERNAL_OUT` is matched follows from
//! what the other portfolio booked. Portfolios without internal transfers depend on nothing but themselves.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ledger::TransactionKind;
use ledger::internal_transfers::sender_of;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId, PortfolioId};

use super::markers::{Month, hashed};
use super::month_start;

/// Who depends on whom since when.
#[derive(Default)]
pub(super) struct Transfers<'a> {
    /// The month in which a portfolio receives lots, and from whom.
    receipts: BTreeMap<&'a PortfolioId, Vec<(BusinessDate, &'a PortfolioId)>>,
    /// What others booked of the units that a portfolio sends in a month.
    counterparts: HashMap<(&'a PortfolioId, BusinessDate), u64>,
}

/// Sender, receiver, instrument and day; neither sender nor receiver if a booking does not name the other portfolio.
type Route<'a> = (Option<&'a PortfolioId>, Option<&'a PortfolioId>, Option<&'a InstrumentId>, BusinessDate);

impl<'a> Transfers<'a> {
    /// The internal transfers up to a date among the transactions of portfolios. A reversal counts whenever it was.
    pub(super) fn new(
        portfolios: &'a [Portfolio],
        transactions: impl Iterator<Item = &'a Transaction>,
        through: BusinessDate,
    ) -> Transfers<'a> {
        let mut taken_back: HashSet<(&PortfolioId, &str)> = HashSet::new();
        let mut moves: Vec<(&Transaction, bool)> = Vec::new();
        for row in transactions {
            taken_back.extend(row.reverses.as_deref().map(|id| (&row.portfolio_id, id)));
            let is_out = row.kind == TransactionKind::InternalOut.code();
            let is_move = is_out || row.kind == TransactionKind::InternalIn.code();
            if is_move && row.trade_date <= through {
                moves.push((row, is_out));
            }
        }
        let mut arrived: HashMap<Route<'_>, u64> = HashMap::new();
        for (row, _) in moves.iter().filter(|(_, is_out)| !*is_out) {
            let is_taken_back = taken_back.contains(&(&row.portfolio_id, row.transaction_id.as_str()));
            let place = (&row.portfolio_id, &row.transaction_id, row.booking_sequence);
            let sum = arrived.entry(route(row, false)).or_default();
            *sum = sum.wrapping_add(hashed((place, row.quantity, row.lot_cost, is_taken_back)));
        }
        let starts: HashMap<&PortfolioId, BusinessDate> =
            portfolios.iter().map(|portfolio| (&portfolio.portfolio_id, portfolio.start_date)).collect();
        let mut transfers = Transfers::default();
        for (row, is_out) in moves {
            // What was booked before the first day takes effect on it.
            let start = starts.get(&row.portfolio_id).copied().unwrap_or(row.trade_date);
            let month = month_start(row.trade_date.max(start));
            if is_out {
                let others = arrived.get(&route(row, true)).copied().unwrap_or_default();
                let sum = transfers.counterparts.entry((&row.portfolio_id, month)).or_default();
                *sum = sum.wrapping_add(others);
            } else if let Some(sender) = sender_of(row) {
                transfers.receipts.entry(&row.portfolio_id).or_default().push((month, sender));
            }
        }
        transfers
    }

    /// What months of portfolios depend on beyond their own facts; all others on nothing.
    pub(super) fn behind_months(
        &self,
        own: &BTreeMap<PortfolioId, Vec<Month>>,
    ) -> BTreeMap<(&'a PortfolioId, BusinessDate), u64> {
        let received = self.receipts.iter();
        let received =
            received.flat_map(|(portfolio, receipts)| receipts.iter().map(|(month, _)| (*portfolio, *month)));
        let places = received.chain(self.counterparts.keys().copied());
        places.map(|(portfolio, month)| ((portfolio, month), self.behind(portfolio, month, own))).collect()
    }

    fn behind(&self, portfolio: &PortfolioId, month: BusinessDate, own: &BTreeMap<PortfolioId, Vec<Month>>) -> u64 {
        let others = self.counterparts.get(&(portfolio, month)).copied().unwrap_or_default();
        let received = self.received(portfolio).filter(|(received_in, _)| *received_in == month);
        let mut waiting: Vec<&PortfolioId> = received.map(|(_, sender)| sender).collect();
        let mut found: BTreeSet<&PortfolioId> = BTreeSet::new();
        while let Some(sender) = waiting.pop() {
            if found.insert(sender) {
                let earlier = self.received(sender).filter(|(received_in, _)| *received_in <= month);
                waiting.extend(earlier.map(|(_, sender)| sender));
            }
        }
        let so_far = |sender: &PortfolioId| {
            let months = own.get(sender).map_or(&[][..], Vec::as_slice);
            let after = months.partition_point(|own| own.month_start <= month);
            after.checked_sub(1).and_then(|last| months.get(last)).map_or(0, |own| own.so_far)
        };
        let behind_lots = found.into_iter().map(|sender| hashed((sender, so_far(sender))));
        behind_lots.fold(others, u64::wrapping_add)
    }

    fn received(&self, portfolio: &PortfolioId) -> impl Iterator<Item = (BusinessDate, &'a PortfolioId)> {
        self.receipts.get(portfolio).into_iter().flatten().copied()
    }
}

fn route(row: &Transaction, is_out: bool) -> Route<'_> {
    let other = row.counter_portfolio_id.as_ref();
    let own = other.map(|_| &row.portfolio_id);
    let (from, to) = if is_out { (own, other) } else { (other, own) };
    (from, to, row.instrument_id.as_ref(), row.trade_date)
}
