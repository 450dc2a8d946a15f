//! Where lots come from that a portfolio took over from another one: the disposal there, the lot there, and so on back
//! to the booking that opened it.

use std::collections::BTreeMap;

use ledger::cost_basis_schedule::MethodSchedule;
use ledger::internal_transfers::{LotsByTransaction, handovers};
use ledger::lots::{ClosedLot, Lot};
use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, PortfolioId};

use super::Trail;
use super::arithmetic::sum;
use super::facts::Facts;
use super::lots::lot_node;
use super::node::{Figure, Node, Rule, Unit};
use super::replay::Closing;

/// Portfolios through which a lot is followed back.
const LINKS_SHOWN: usize = 20;

/// A booking by its portfolio and its id.
pub(super) type Place = (PortfolioId, String);

/// The disposals that handed lots over, by the receipt.
pub(super) fn sent_by_receipt(facts: &Facts) -> BTreeMap<Place, Place> {
    if facts.senders.is_empty() {
        return BTreeMap::new();
    }
    let own = facts.transactions.iter().chain(&facts.later_transactions);
    let all = own.chain(facts.senders.iter().flat_map(|sender| &sender.transactions));
    let place = |row: &Transaction| (row.portfolio_id.clone(), row.transaction_id.clone());
    handovers(all).into_iter().map(|handover| (place(handover.received), place(handover.sent))).collect()
}

/// The parts of lots that left for other portfolios. Nothing is realised with them, so that they are no disposals.
pub(super) fn closings_by_sending(facts: &Facts, sent: &LotsByTransaction) -> Vec<Closing> {
    let schedule = facts.portfolio.cost_basis.parse::<MethodSchedule>().ok();
    let rule = |date: BusinessDate| schedule.as_ref().map_or("", |schedule| schedule.on(date).id);
    let mut closings = Vec::new();
    for (id, lots) in sent {
        let Some(booked) = facts.transaction(id) else { continue };
        let Some(instrument_id) = &booked.instrument_id else { continue };
        closings.extend(lots.iter().map(|lot| Closing {
            instrument_id: instrument_id.clone(),
            transaction_id: booked.transaction_id.clone(),
            date: booked.trade_date,
            lot: ClosedLot {
                opened_by: lot.opened_by.clone(),
                acquired_date: lot.acquired_date,
                quantity: lot.quantity,
                basis: lot.basis,
                rule: rule(booked.trade_date),
                term: None,
            },
        }));
    }
    closings
}

impl Trail {
    /// What came from another portfolio with the booking that opened a lot, and is as old as it.
    pub(super) fn taken_over<'a>(&'a self, lot: &'a Lot) -> impl Iterator<Item = &'a Lot> {
        let received = self.replay.lots_received.get(&lot.opened_by).into_iter().flatten();
        received.filter(|received| received.acquired_date == lot.acquired_date)
    }

    /// What a lot from another portfolio had cost there, at the rate of its own day, with the disposal and the lot
    /// there; none if it is none, or the cost is not known.
    pub(super) fn cost_taken_over(&self, lot: &Lot, opening: &Transaction) -> Option<Node> {
        let costs: Vec<Decimal> = self.taken_over(lot).map(|lot| lot.basis.base).collect::<Option<_>>()?;
        let cost = sum(&costs).filter(|_| !costs.is_empty())?;
        let node = self.facts.booking(opening, cost, Unit::Money(self.facts.base()));
        let sender = opening.counter_portfolio_id.as_ref()?;
        let node = Node { label: format!("cost that came with the units from {sender}: {}", node.label), ..node };
        let parts: Vec<Node> = self.taken_over(lot).filter_map(|lot| self.left(opening, lot, LINKS_SHOWN)).collect();
        Some(if parts.is_empty() { node } else { node.with_parts_if_they_give_it(Rule::Sum, parts) })
    }

    /// Which booking of another portfolio sent what a receipt took over.
    pub(super) fn sender_in_words(&self, receipt: &Transaction) -> String {
        let sent = self.sent_for(receipt);
        sent.map_or_else(String::new, |(sender, sent)| {
            format!("sent by {} {} of {sender}", sent.kind, sent.transaction_id)
        })
    }

    fn sent_for(&self, receipt: &Transaction) -> Option<(&PortfolioId, &Transaction)> {
        let place = (receipt.portfolio_id.clone(), receipt.transaction_id.clone());
        let (sender, id) = self.replay.sent_by_receipt.get(&place)?;
        Some((sender, self.facts.booked_by(sender, id)?))
    }

    /// A lot as it left the portfolio that a receipt names, with what it was there.
    fn left(&self, receipt: &Transaction, lot: &Lot, links: usize) -> Option<Node> {
        let cost = lot.basis.base?;
        let (sender, sent) = self.sent_for(receipt)?;
        let node = self.facts.booking(sent, cost, Unit::Money(self.facts.base()));
        let node = Node { label: format!("left {sender} with {}", node.label), ..node };
        Some(node.with_parts(Rule::Same, vec![self.lot_of(sender, lot, cost, links)]))
    }

    /// The lot of another portfolio of which a part left it, with the booking that opened it there.
    fn lot_of(&self, holder: &PortfolioId, lot: &Lot, cost: Decimal, links: usize) -> Node {
        let unit = Unit::Money(self.facts.base());
        let node = lot_node(lot, Figure::Exact(cost), unit.clone());
        let node = Node { label: format!("in {holder}: {}", node.label), ..node };
        let Some(opening) = self.facts.booked_by(holder, &lot.opened_by) else { return node };
        if let Some(came) = self.came_to(holder, lot) {
            // What was passed on is a part of what had come, and as old.
            let part = Lot { quantity: lot.quantity, basis: lot.basis, ..came.clone() };
            let receipt = self.facts.booking(opening, cost, unit);
            let receipt = match links.checked_sub(1) {
                None => receipt.noted(format!("ask for the cost in {holder} to see where it comes from")),
                Some(links) => match self.left(opening, &part, links) {
                    Some(left) => receipt.with_parts(Rule::Same, vec![left]),
                    None => receipt,
                },
            };
            return node.with_parts(Rule::Same, vec![receipt]);
        }
        let claimed = self.paid_for_part(opening, lot).map(|parts| {
            let node = node.clone();
            node.with_parts_if_they_give_it(Rule::Product(None), parts)
        });
        if let Some(claimed) = claimed.filter(|claimed| claimed.rule != Rule::Booked) {
            return claimed;
        }
        // Something else changed the cost in between, e.g. a corporate action: no factor is claimed.
        let units = opening.quantity.map_or(lot.quantity, |quantity| quantity.decimal());
        let booked = self.facts.booking(opening, units, Unit::Units);
        node.with_parts(Rule::Booked, vec![booked]).noted(format!("ask for it in {holder} to see every step"))
    }

    /// The lot that had come to another portfolio from a third one; none if it did not, or it is not clear which.
    fn came_to(&self, holder: &PortfolioId, lot: &Lot) -> Option<&Lot> {
        let received = self.replay.all_lots_received.get(holder)?.get(&lot.opened_by)?;
        let mut as_old = received.iter().filter(|received| received.acquired_date == lot.acquired_date);
        as_old.next().filter(|_| as_old.next().is_none())
    }

    /// What was paid for a lot elsewhere, at the rate of the day, and the share of its units that left.
    fn paid_for_part(&self, opening: &Transaction, lot: &Lot) -> Option<Vec<Node>> {
        let mut parts = self.paid_in_cash(opening)?;
        let units = opening.quantity?.decimal();
        if units != lot.quantity {
            let given = |label: &str, units: Decimal| Node::given(label, Figure::Exact(units), Unit::Units);
            let of_units = vec![given("units that left", lot.quantity), given("units of the booking", units)];
            let share = Figure::Exact(lot.quantity.checked_div(units)?);
            let node = Node::given("share that left", share, Unit::Factor);
            parts.push(node.with_parts(Rule::Quotient(None), of_units));
        }
        Some(parts)
    }
}
