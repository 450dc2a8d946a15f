//! Units and costs of a position, down to the lots and the bookings that opened and closed them.

use ledger::TransactionKind;
use ledger::books::AppliedAction;
use ledger::lots::Lot;
use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId};

use super::Trail;
use super::arithmetic::sum;
use super::lot_origins::{Moment, note_of_closing};
use super::node::{Figure, Node, Rule, Unit};
use super::replay::Closing;

/// Why the cost of a lot is not known.
pub(super) const COST_UNKNOWN: &str = "it came in without a price, or a rate of its day is missing";

impl Trail {
    /// The units of a position, lot by lot.
    pub(super) fn quantity(&self, id: &InstrumentId) -> Node {
        let lots = self.lots(id);
        let of_books = self.positions.get(id).map_or(Decimal::ZERO, |row| row.quantity.decimal());
        let valued = self.facts.valuation(id).map(|row| row.quantity.decimal());
        let units = valued.unwrap_or(of_books);
        let parts = lots.iter().map(|lot| self.units_of(id, lot)).collect();
        Node::given("quantity", Figure::Exact(units), Unit::Units)
            .noted(if units.is_zero() { format!("not held on {}", self.facts.date) } else { String::new() })
            .with_parts(Rule::Sum, self.shortened(parts, &Unit::Units))
    }

    /// What the open lots cost in the base currency, each at the rate of its own day.
    pub(super) fn cost(&self, id: &InstrumentId) -> Node {
        let unit = Unit::Money(self.facts.base());
        let lots = self.lots(id);
        let figure = match self.positions.get(id) {
            None => Figure::Exact(Decimal::ZERO),
            Some(row) => {
                let cost = row.cost_base.map(|cost| cost.decimal());
                Figure::known(cost, "a lot came in without a price, or a rate of its day is missing")
            }
        };
        let parts = lots.iter().map(|lot| self.cost_of(id, lot, self.now())).collect();
        let label = format!("cost of the open lots, at the {} rates of their days", self.facts.base());
        Node::given(label, figure, unit.clone()).with_parts(Rule::Sum, self.shortened(parts, &unit))
    }

    fn lots(&self, id: &InstrumentId) -> &[Lot] {
        self.replay.open_lots.get(id).map_or(&[][..], Vec::as_slice)
    }

    /// What is left of a lot: what opened it, what multiplied or exchanged it, what closed parts of it.
    fn units_of(&self, id: &InstrumentId, lot: &Lot) -> Node {
        let steps = self.steps_in_short(self.unit_steps(id, lot, self.now()));
        let node = lot_node(lot, Figure::Exact(lot.quantity), Unit::Units);
        // An action that divides the cost leaves the units as they were.
        let divided = self.origin(id, lot, self.now()).filter(|origin| origin.leaves_units());
        let divided = divided.map(|origin| self.facts.applied(origin.action, node.figure.clone(), Unit::Units).label);
        let node = node.noted(divided.map_or_else(String::new, |words| format!("its cost was divided by {words}")));
        node.with_parts_if_they_give_it(Rule::Steps, steps)
    }

    /// The steps that led to the units of a lot by a moment: what opened it, or the last action that made or changed
    /// it with what it was before, and what multiplied it and closed parts of it since.
    pub(super) fn unit_steps(&self, id: &InstrumentId, lot: &Lot, moment: Moment) -> Vec<Node> {
        let mut steps = Vec::new();
        let origin = self.origin(id, lot, moment);
        let mut since = lot.opened_date;
        if let Some(origin) = &origin {
            since = origin.action.ex_date.previous_calendar_day();
            steps.extend(self.steps_of_origin(id, origin));
        } else if let Some((opening, units)) = self.opened(lot) {
            let booked = self.facts.booking(opening, units, Unit::Units);
            steps.push(booked.noted(self.sender_in_words(opening)));
            steps.extend(self.covered(id, lot, units));
        }
        let mut later: Vec<(BusinessDate, bool, Node)> = Vec::new();
        for change in self.facts.booked_unit_changes(id, since, moment.through) {
            later.push((change.date.unwrap_or(since), false, change));
        }
        for closing in self.closings_of(id, lot).filter(|closing| closing.date <= moment.through) {
            // What the action itself closed, or one before it, is among its steps.
            let is_later = since < closing.date && self.facts.transaction(&closing.transaction_id).is_some();
            if origin.is_none() || is_later {
                later.push((closing.date, true, self.closed(closing)));
            }
        }
        // Splits come before all else of their day.
        later.sort_by_key(|(date, after_splits, _)| (*date, *after_splits));
        steps.extend(later.into_iter().map(|(_, _, step)| step));
        steps
    }

    /// What is left of a lot's cost at a moment: what was paid, the share that is left, and the rate of the day.
    pub(super) fn cost_of(&self, id: &InstrumentId, lot: &Lot, moment: Moment) -> Node {
        let base = self.facts.base();
        let node = lot_node(lot, Figure::known(lot.basis.base, COST_UNKNOWN), Unit::Money(base));
        if let Some(origin) = self.origin(id, lot, moment) {
            let mut parts = vec![self.cost_after(id, &origin)];
            let since = origin.action.ex_date.previous_calendar_day();
            parts.extend(self.share_left(id, lot, origin.after.quantity, (since, moment.through)));
            let rule = if parts.len() == 1 { Rule::Same } else { Rule::Product(None) };
            return node.with_parts_if_they_give_it(rule, parts);
        }
        let Some((opening, units)) = self.opened(lot) else { return Node { rule: Rule::Booked, ..node } };
        let is_taken_over = self.taken_over(lot).next().is_some();
        let taken_over = || self.cost_taken_over(lot, opening).map(|cost| vec![cost]);
        let paid = if is_taken_over { taken_over() } else { self.paid(opening) };
        let Some(mut parts) = paid else {
            let booked = self.facts.booking(opening, units, Unit::Units);
            return node.with_parts(Rule::Booked, vec![booked]);
        };
        parts.extend(self.share_left(id, lot, units, (lot.opened_date, moment.through)));
        node.with_parts_if_they_give_it(Rule::Product(None), parts)
    }

    /// The share of the units that is left of those that were there after a day; none if all of them are.
    fn share_left(
        &self,
        id: &InstrumentId,
        lot: &Lot,
        were: Decimal,
        (since, through): (BusinessDate, BusinessDate),
    ) -> Option<Node> {
        let mut whole = vec![Node::given("units at first", Figure::Exact(were), Unit::Units)];
        whole.extend(self.facts.booked_unit_changes(id, since, through));
        let label = "units, had none been closed";
        let whole = if whole.len() == 1 {
            Node::given(label, Figure::Exact(were), Unit::Units)
        } else {
            let node = Node::given(label, Figure::Exact(were), Unit::Units).with_parts(Rule::Steps, whole);
            Node { figure: node.recomputed()?, ..node }
        };
        let units = whole.figure.exact()?;
        if units == lot.quantity {
            return None;
        }
        let left = Node::given("units left", Figure::Exact(lot.quantity), Unit::Units);
        let share = Figure::Exact(lot.quantity.checked_div(units)?);
        Some(Node::given("share left", share, Unit::Factor).with_parts(Rule::Quotient(None), vec![left, whole]))
    }

    /// The booking that opened a lot, with the units that it moved: negative if it went short.
    fn opened(&self, lot: &Lot) -> Option<(&Transaction, Decimal)> {
        let opening = self.facts.transaction(&lot.opened_by)?;
        let taken_over = self.taken_over(lot).map(|lot| lot.quantity).collect::<Vec<Decimal>>();
        let units = if taken_over.is_empty() { opening.quantity?.decimal() } else { sum(&taken_over)? };
        Some((opening, if lot.quantity.is_sign_negative() { -units } else { units }))
    }

    /// The part of an opening that first closed a position of the other sign.
    fn covered(&self, id: &InstrumentId, lot: &Lot, units: Decimal) -> Option<Node> {
        let of_opening = |closing: &&Closing| closing.instrument_id == *id && closing.transaction_id == *lot.opened_by;
        let closed: Vec<Decimal> =
            self.replay.closings.iter().filter(of_opening).map(|closing| closing.lot.quantity.abs()).collect();
        let closed = sum(&closed).filter(|closed| !closed.is_zero())?;
        let sign = if units.is_sign_negative() { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
        let what =
            if units.is_sign_negative() { "of these, closed what was held" } else { "of these, covered a short" };
        Some(Node::given(what, Figure::Exact(closed * sign), Unit::Units))
    }

    /// The parts of a lot that were closed, whenever that was.
    pub(super) fn closings_of<'a>(&'a self, id: &'a InstrumentId, lot: &'a Lot) -> impl Iterator<Item = &'a Closing> {
        // Several lots may have come with one booking.
        let is_one_of_many = self.taken_over(lot).next().is_some();
        self.replay.closings.iter().filter(move |closing| {
            closing.instrument_id == *id
                && closing.lot.opened_by == lot.opened_by
                && (!is_one_of_many || closing.lot.acquired_date == lot.acquired_date)
        })
    }

    /// A closing as a step of its lot.
    pub(super) fn closed(&self, closing: &Closing) -> Node {
        let units = -closing.lot.quantity;
        let rule = closing.lot.rule;
        match self.facts.transaction(&closing.transaction_id) {
            Some(booked) => {
                let node = self.facts.booking(booked, units, Unit::Units);
                Node { label: format!("closed by {}", node.label), ..node }.noted(format!("chosen by {rule}"))
            }
            None => {
                let is_it =
                    |action: &&AppliedAction| *action.id == *closing.transaction_id && action.ex_date == closing.date;
                let node = match self.replay.applied.iter().find(is_it) {
                    Some(action) => {
                        let node = self.facts.applied(action, Figure::Exact(units), Unit::Units);
                        node.noted(note_of_closing(action))
                    }
                    None => Node::given(closing.transaction_id.clone(), Figure::Exact(units), Unit::Units),
                };
                Node { label: format!("closed by {}", node.label), ..node }
                    .on(closing.date)
                    .noted(format!("chosen by {rule}"))
            }
        }
    }

    /// What units cost that a booking brought in: an amount and the rate of its day. None where the books count
    /// something else.
    fn paid(&self, opening: &Transaction) -> Option<Vec<Node>> {
        if let Some(paid) = self.paid_in_cash(opening) {
            return Some(paid);
        }
        // Units that the client brought in without a cost cost what they were worth as a flow.
        let flow = self.facts.flows.iter().find(|flow| flow.transaction_id == opening.transaction_id)?;
        Some(vec![self.flow(flow)])
    }

    /// The amount that a booking, of this portfolio or of another one, names for its units, and the rate of its day;
    /// none if it names none.
    pub(super) fn paid_in_cash(&self, opening: &Transaction) -> Option<Vec<Node>> {
        let words = self.facts.words_of(opening);
        let (label, amount, date) = match (opening.lot_cost, opening.kind.parse::<TransactionKind>().ok()?) {
            (Some(cost), _) => {
                let acquired = opening.lot_acquired_date.unwrap_or(opening.trade_date);
                (format!("cost that came with the units: {words}"), cost.decimal(), acquired)
            }
            (None, TransactionKind::Buy | TransactionKind::Sell) => {
                (format!("paid with fees and taxes: {words}"), -opening.net_cash.decimal(), opening.trade_date)
            }
            (None, _) => return None,
        };
        let booked = self.facts.booking(opening, amount, Unit::Money(opening.currency));
        let rate = self.facts.cross_rate(opening.currency, self.facts.base(), date);
        Some(std::iter::once(Node { label, ..booked }).chain(rate).collect())
    }

    /// Steps of which the first ones are drawn together if they are many: what was there after them.
    pub(super) fn steps_in_short(&self, mut steps: Vec<Node>) -> Vec<Node> {
        let Some(more) = steps.len().checked_sub(self.parts_max).filter(|more| 1 < *more) else { return steps };
        let rest = steps.split_off(more);
        let node = Node::given("", Figure::Unavailable(String::new()), Unit::Units).with_parts(Rule::Steps, steps);
        let Some(figure) = node.recomputed() else { return rest };
        let first = Node::given(format!("after the first {more} bookings"), figure, Unit::Units);
        let first = Node { rule: Rule::Collapsed(more), ..first };
        std::iter::once(first).chain(rest).collect()
    }
}

/// A lot with one of its figures.
pub(super) fn lot_node(lot: &Lot, figure: Figure, unit: Unit) -> Node {
    let acquired =
        if lot.acquired_date == lot.opened_date { String::new() } else { format!("held since {}", lot.acquired_date) };
    let label = format!("lot of {}, opened by {}", lot.opened_date, lot.opened_by);
    Node::given(label, figure, unit).on(lot.opened_date).noted(acquired)
}
