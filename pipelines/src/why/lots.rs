//! Units and costs of a position, down to the lots and the bookings that opened and closed them.

use ledger::TransactionKind;
use ledger::lots::Lot;
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId};

use super::Trail;
use super::arithmetic::sum;
use super::node::{Figure, Node, Rule, Unit};
use super::replay::Closing;

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
        let parts = lots.iter().map(|lot| self.cost_of(id, lot)).collect();
        let label = format!("cost of the open lots, at the {} rates of their days", self.facts.base());
        Node::given(label, figure, unit.clone()).with_parts(Rule::Sum, self.shortened(parts, &unit))
    }

    fn lots(&self, id: &InstrumentId) -> &[Lot] {
        self.replay.open_lots.get(id).map_or(&[][..], Vec::as_slice)
    }

    /// What is left of a lot: what opened it, what multiplied it, what closed parts of it.
    fn units_of(&self, id: &InstrumentId, lot: &Lot) -> Node {
        let mut steps: Vec<(BusinessDate, bool, Node)> = Vec::new();
        if let Some((opening, units)) = self.opened(lot) {
            steps.push((opening.trade_date, false, self.facts.booking(opening, units, Unit::Units)));
            steps.extend(self.covered(id, lot, units));
        } else {
            steps.extend(self.announced(id, lot).map(|action| (lot.opened_date, false, action)));
        }
        for change in self.facts.unit_changes(id, lot.opened_date, self.facts.date) {
            steps.push((change.date.unwrap_or(lot.opened_date), false, change));
        }
        for closing in self.closings_of(id, lot) {
            steps.push((closing.date, true, self.closed(closing)));
        }
        // Splits come before all else of their day.
        steps.sort_by_key(|(date, after_splits, _)| (*date, *after_splits));
        let steps = self.steps_in_short(steps.into_iter().map(|(_, _, step)| step).collect());
        lot_node(lot, Figure::Exact(lot.quantity), Unit::Units).with_parts_if_they_give_it(Rule::Steps, steps)
    }

    /// What issuers did on the day on which a lot was opened without a booking.
    fn announced<'a>(&'a self, id: &'a InstrumentId, lot: &'a Lot) -> impl Iterator<Item = Node> {
        let opened = move |action: &&CorporateAction| {
            action.ex_date == lot.opened_date
                && (action.instrument_id == *id || action.target_instrument_id.as_ref() == Some(id))
        };
        let node = move |action: &CorporateAction| {
            let label = format!("{} of {} on {}", action.kind, action.instrument_id.symbol(), action.ex_date);
            let ratio = action.ratio_new.zip(action.ratio_old);
            let ratio = ratio.and_then(|(new, old)| Decimal::from(new).checked_div(Decimal::from(old)));
            Node::given(label, Figure::known(ratio, "it has no ratio"), Unit::Factor)
                .on(action.ex_date)
                .read_in(self.facts.landed(&action.landing_sha256, action.line))
        };
        self.facts.actions.iter().filter(opened).map(node)
    }

    /// What is left of a lot's cost: what was paid, the share that is left, and the rate of the day.
    fn cost_of(&self, id: &InstrumentId, lot: &Lot) -> Node {
        let base = self.facts.base();
        let figure = Figure::known(lot.basis.base, "it came in without a price, or a rate of its day is missing");
        let node = lot_node(lot, figure, Unit::Money(base));
        let Some((opening, units)) = self.opened(lot) else { return Node { rule: Rule::Booked, ..node } };
        let paid = self.cost_taken_over(lot, opening).map(|cost| vec![cost]);
        let Some(mut parts) = paid.or_else(|| self.paid(opening)) else {
            let booked = self.facts.booking(opening, units, Unit::Units);
            return node.with_parts(Rule::Booked, vec![booked]);
        };
        parts.extend(self.share_left(id, lot, units));
        node.with_parts_if_they_give_it(Rule::Product(None), parts)
    }

    /// The share of the units that is left; none if all of them are.
    fn share_left(&self, id: &InstrumentId, lot: &Lot, opened: Decimal) -> Option<Node> {
        let mut whole = vec![Node::given("units at the opening", Figure::Exact(opened), Unit::Units)];
        whole.extend(self.facts.unit_changes(id, lot.opened_date, self.facts.date));
        let label = "units, had none been closed";
        let whole = if whole.len() == 1 {
            Node::given(label, Figure::Exact(opened), Unit::Units)
        } else {
            let node = Node::given(label, Figure::Exact(opened), Unit::Units).with_parts(Rule::Steps, whole);
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

    /// What came from another portfolio with the booking that opened a lot, and is as old as it.
    fn taken_over<'a>(&'a self, lot: &'a Lot) -> impl Iterator<Item = &'a Lot> {
        let received = self.replay.lots_received.get(&lot.opened_by).into_iter().flatten();
        received.filter(|received| received.acquired_date == lot.acquired_date)
    }

    /// What a lot from another portfolio had cost there, at the rate of its own day; none if it is none, or the cost is
    /// not known.
    fn cost_taken_over(&self, lot: &Lot, opening: &Transaction) -> Option<Node> {
        let costs: Vec<Decimal> = self.taken_over(lot).map(|lot| lot.basis.base).collect::<Option<_>>()?;
        let cost = sum(&costs).filter(|_| !costs.is_empty())?;
        let node = self.facts.booking(opening, cost, Unit::Money(self.facts.base()));
        let sender = opening.counter_portfolio_id.as_ref()?;
        Some(Node { label: format!("cost that came with the units from {sender}: {}", node.label), ..node })
    }

    /// The part of an opening that first closed a position of the other sign.
    fn covered(&self, id: &InstrumentId, lot: &Lot, units: Decimal) -> Option<(BusinessDate, bool, Node)> {
        let of_opening = |closing: &&Closing| closing.instrument_id == *id && closing.transaction_id == *lot.opened_by;
        let closed: Vec<Decimal> =
            self.replay.closings.iter().filter(of_opening).map(|closing| closing.lot.quantity.abs()).collect();
        let closed = sum(&closed).filter(|closed| !closed.is_zero())?;
        let sign = if units.is_sign_negative() { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
        let what =
            if units.is_sign_negative() { "of these, closed what was held" } else { "of these, covered a short" };
        Some((lot.opened_date, false, Node::given(what, Figure::Exact(closed * sign), Unit::Units)))
    }

    fn closings_of<'a>(&'a self, id: &'a InstrumentId, lot: &'a Lot) -> impl Iterator<Item = &'a Closing> {
        // Several lots may have come with one booking.
        let is_one_of_many = self.taken_over(lot).next().is_some();
        self.replay.closings.iter().filter(move |closing| {
            closing.instrument_id == *id
                && closing.lot.opened_by == lot.opened_by
                && (!is_one_of_many || closing.lot.acquired_date == lot.acquired_date)
        })
    }

    /// A closing as a step of its lot.
    fn closed(&self, closing: &Closing) -> Node {
        let units = -closing.lot.quantity;
        let rule = closing.lot.rule;
        match self.facts.transaction(&closing.transaction_id) {
            Some(booked) => {
                let node = self.facts.booking(booked, units, Unit::Units);
                Node { label: format!("closed by {}", node.label), ..node }.noted(format!("chosen by {rule}"))
            }
            None => Node::given(format!("closed by {}", closing.transaction_id), Figure::Exact(units), Unit::Units)
                .on(closing.date)
                .noted(format!("chosen by {rule}")),
        }
    }

    /// What units cost that a booking brought in: an amount and the rate of its day. None where the books count
    /// something else.
    fn paid(&self, opening: &Transaction) -> Option<Vec<Node>> {
        let words = self.facts.words_of(opening);
        let (label, amount, date) = match (opening.lot_cost, opening.kind.parse::<TransactionKind>().ok()?) {
            (Some(cost), _) => {
                let acquired = opening.lot_acquired_date.unwrap_or(opening.trade_date);
                (format!("cost that came with the units: {words}"), cost.decimal(), acquired)
            }
            (None, TransactionKind::Buy | TransactionKind::Sell) => {
                (format!("paid with fees and taxes: {words}"), -opening.net_cash.decimal(), opening.trade_date)
            }
            (None, _) => {
                // Units that the client brought in without a cost cost what they were worth as a flow.
                let flow = self.facts.flows.iter().find(|flow| flow.transaction_id == opening.transaction_id)?;
                return Some(vec![self.flow(flow)]);
            }
        };
        let booked = self.facts.booking(opening, amount, Unit::Money(opening.currency));
        let rate = self.facts.cross_rate(opening.currency, self.facts.base(), date);
        Some(std::iter::once(Node { label, ..booked }).chain(rate).collect())
    }

    /// Steps of which the first ones are drawn together if they are many: what was there after them.
    fn steps_in_short(&self, mut steps: Vec<Node>) -> Vec<Node> {
        let Some(more) = steps.len().checked_sub(self.parts_max).filter(|more| 1 < *more) else { return steps };
        let rest = steps.split_off(more);
        let node = Node::given("", Figure::Unavailable(String::new()), Unit::Units).with_parts(Rule::Steps, steps);
        let Some(figure) = node.recomputed() else { return rest };
        let first = Node::given(format!("after the first {more} bookings"), figure, Unit::Units);
        let first = Node { rule: Rule::Collapsed(more), ..first };
        std::iter::once(first).chain(rest).collect()
    }
}

fn lot_node(lot: &Lot, figure: Figure, unit: Unit) -> Node {
    let acquired =
        if lot.acquired_date == lot.opened_date { String::new() } else { format!("held since {}", lot.acquired_date) };
    let label = format!("lot of {}, opened by {}", lot.opened_date, lot.opened_by);
    Node::given(label, figure, unit).on(lot.opened_date).noted(acquired)
}
