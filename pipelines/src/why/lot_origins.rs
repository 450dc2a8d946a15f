//! Where a lot comes from that a corporate action made or changed: the action, the lot before it, and so on down to the
//! booking that opened it.
//!
//! A lot keeps the id of that booking whatever happens to it. What each action did to it was noted while the books were
//! kept again, so the way back is looked up and not guessed.

use ledger::books::{AppliedAction, LotsChanged, Payment};
use ledger::corporate_actions::{BasisDivision, CashCharacter};
use ledger::lots::Lot;
use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId};

use super::Trail;
use super::announcements::factor;
use super::arithmetic::sum;
use super::lots::{COST_UNKNOWN, lot_node};
use super::node::{Figure, Node, Rule, Unit};
use super::replay::Closing;

/// A moment in the books: what was booked up to a day, and of the corporate actions the first ones.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    actions: usize,
    /// The last day of which bookings are in it.
    pub(super) through: BusinessDate,
}

/// The last action that made or changed a lot.
pub(super) struct Origin<'a> {
    place: usize,
    pub(super) action: &'a AppliedAction,
    /// The lot as the action left it.
    pub(super) after: &'a Lot,
    whence: Whence<'a>,
}

/// What a lot was before an action.
#[derive(Clone, Copy)]
enum Whence<'a> {
    /// A lot of the same instrument.
    Same(&'a Lot),
    /// A lot of the instrument whose issuer announced the action.
    Other(&'a Lot),
    /// Nothing: the action opened it.
    Nothing,
}

impl Origin<'_> {
    /// The moment just before the action.
    fn moment(&self) -> Moment {
        Moment { actions: self.place, through: self.action.ex_date.previous_calendar_day() }
    }

    /// Whether the action left the units of the lot as they were, and changed its cost alone.
    pub(super) fn leaves_units(&self) -> bool {
        matches!(self.whence, Whence::Same(before) if before.quantity == self.after.quantity)
    }

    /// The lot as it came in, if it is one of the instrument that holders received: what closed a part of it at once is
    /// still in it.
    fn came(&self) -> Option<&Lot> {
        alike(&self.action.received, self.after).filter(|_| self.is_received())
    }

    /// Whether the lot is one of the instrument that holders received.
    fn is_received(&self) -> bool {
        matches!(self.whence, Whence::Other(_))
    }
}

impl Trail {
    /// The end of the date of the question.
    pub(super) fn now(&self) -> Moment {
        Moment { actions: self.replay.applied.len(), through: self.facts.date }
    }

    /// The last action before a moment that made or changed a lot; none if its opening booking did.
    pub(super) fn origin<'a>(&'a self, id: &InstrumentId, lot: &Lot, moment: Moment) -> Option<Origin<'a>> {
        let earlier = self.replay.applied.get(..moment.actions)?;
        earlier.iter().enumerate().rev().find_map(|(place, action)| {
            let mut changes = action.changes().filter(|change| change.instrument_id == *id);
            let (after, whence) = changes.find_map(|change| whence(action, change, lot))?;
            Some(Origin { place, action, after, whence })
        })
    }

    /// The steps that led to what an action left of a lot.
    pub(super) fn steps_of_origin(&self, id: &InstrumentId, origin: &Origin<'_>) -> Vec<Node> {
        let (action, after) = (origin.action, origin.after);
        let closed = self.closed_by_action(id, origin);
        let mut steps = match origin.whence {
            Whence::Same(before) => {
                let mut steps = self.unit_steps(id, before, origin.moment());
                if let Some(ratio) = action.scale {
                    steps.push(factor(self.facts.applied(action, Figure::Exact(Decimal::ONE), Unit::Factor), ratio));
                } else if let Some(gone) = gone(before, after, &closed).filter(|gone| !gone.is_zero()) {
                    let node = self.facts.applied(action, Figure::Exact(-gone), Unit::Units);
                    steps.push(Node { label: format!("exchanged by {}", node.label), ..node });
                }
                steps
            }
            Whence::Other(before) => return vec![self.units_received(id, origin, before)],
            Whence::Nothing => return vec![self.units_chosen(origin)],
        };
        steps.extend(closed.into_iter().map(|closing| self.closed(closing)));
        steps
    }

    /// The units of a lot that came from one of another instrument.
    fn units_received(&self, id: &InstrumentId, origin: &Origin<'_>, before: &Lot) -> Node {
        let action = origin.action;
        let source = &action.instrument.instrument_id;
        let lot = lot_node(before, Figure::Exact(before.quantity), Unit::Units);
        let steps = self.steps_in_short(self.unit_steps(source, before, origin.moment()));
        let lot = lot.with_parts_if_they_give_it(Rule::Steps, steps);
        let mut parts = vec![Node { label: format!("{} {}", source.symbol(), lot.label), ..lot }];
        // What is kept of it was not exchanged; units that are given on top leave all of it.
        let kept = alike(&action.instrument.after, before).map(|kept| kept.quantity);
        if let Some(kept) = kept.filter(|kept| *kept != before.quantity) {
            let label = format!("of these, stayed units of {}", source.symbol());
            parts.push(Node::given(label, Figure::Exact(-kept), Unit::Units).on(action.ex_date));
        }
        let announced = self.facts.announcement_of(action);
        if let Some(ratio) = announced.and_then(|action| action.ratio_new.zip(action.ratio_old)) {
            let label = format!("units of {} for one", id.symbol());
            parts.push(factor(Node::given(label, Figure::Exact(Decimal::ONE), Unit::Factor), ratio));
        }
        parts.extend(self.met(id, origin));
        parts.extend(self.closed_by_action(id, origin).into_iter().map(|closing| self.closed(closing)));
        self.facts
            .applied(action, Figure::Exact(origin.after.quantity), Unit::Units)
            .with_parts_if_they_give_it(Rule::Steps, parts)
    }

    /// The units of a lot that came in and closed what was held with the other sign, e.g. a short position; none if
    /// none did.
    fn met(&self, id: &InstrumentId, origin: &Origin<'_>) -> Option<Node> {
        let closed = self.closed_by_action(id, origin);
        let met = gone(origin.came()?, origin.after, &closed).filter(|met| !met.is_zero())?;
        let what = if met.is_sign_negative() { "of these, closed what was held" } else { "of these, covered a short" };
        Some(Node::given(what, Figure::Exact(-met), Unit::Units).on(origin.action.ex_date))
    }

    /// The units of a lot that an action opened because the holder chose so.
    fn units_chosen(&self, origin: &Origin<'_>) -> Node {
        let action = origin.action;
        let node = self.facts.applied(action, Figure::Exact(origin.after.quantity), Unit::Units);
        let Some(elected) = action.elected else { return node };
        let of_it = |row: &&Transaction| {
            row.kind.starts_with("ELECT_") && row.instrument_id.as_ref() == Some(&action.instrument.instrument_id)
        };
        let chosen = self.facts.standing().filter(of_it);
        let booked = chosen.filter_map(|row| {
            let units = row.quantity?.decimal();
            Some(self.facts.booking(row, units, Unit::Units))
        });
        let chosen = Node::given("units for which it was chosen", Figure::Exact(elected), Unit::Units)
            .with_parts_if_they_give_it(Rule::Sum, booked.collect());
        let announced = self.facts.announcement_of(action);
        let ratio = announced.and_then(|action| action.ratio_new.zip(action.ratio_old));
        let for_one = Node::given("new units for one", Figure::Exact(Decimal::ONE), Unit::Factor);
        let parts = std::iter::once(chosen).chain(ratio.map(|ratio| factor(for_one, ratio))).collect();
        node.with_parts_if_they_give_it(Rule::Product(None), parts)
    }

    /// What a lot had cost when an action was done with it.
    pub(super) fn cost_after(&self, id: &InstrumentId, origin: &Origin<'_>) -> Node {
        let (action, after) = (origin.action, origin.after);
        let figure = Figure::known(after.basis.base, COST_UNKNOWN);
        let node = self.facts.applied(action, figure, Unit::Money(self.facts.base()));
        let (source, before) = match origin.whence {
            Whence::Nothing => return self.cost_chosen(node, action),
            Whence::Same(before) => (id, before),
            Whence::Other(before) => (&action.instrument.instrument_id, before),
        };
        let cost = self.cost_of(source, before, origin.moment());
        let cost = Node { label: format!("cost of the {} {}", source.symbol(), cost.label), ..cost };
        let mut parts = vec![cost.clone()];
        if before.basis.base != after.basis.base {
            parts.extend(self.share_of_basis(origin));
            parts.extend(self.shares_of_units(id, origin, before));
        }
        let rule = if parts.len() == 1 { Rule::Same } else { Rule::Product(None) };
        let claimed = match self.subscribed(id, origin) {
            None => node.clone().with_parts_if_they_give_it(rule, parts),
            Some(paid) => {
                let given_up = Node::given("cost of what was given up", UNKNOWN, node.unit.clone());
                let parts = vec![computed(given_up, rule, parts), paid];
                node.clone().with_parts_if_they_give_it(Rule::Sum, parts)
            }
        };
        if claimed.rule != Rule::Booked {
            return claimed;
        }
        let by_gain = self.less_cash(id, origin, before, &cost);
        let by_gain = by_gain.map(|(rule, parts)| node.clone().with_parts_if_they_give_it(rule, parts));
        // A factor that does not give the cost is none that it follows from: what led to it is the cost before.
        by_gain.filter(|node| node.rule != Rule::Booked).unwrap_or_else(|| node.with_parts(Rule::Booked, vec![cost]))
    }

    /// The cost of a lot less the cash that came beside the units, and with the gain that was recognised of it: so
    /// count laws that recognise no more than the cash. None if no cash closed a part of the cost.
    fn less_cash(
        &self,
        id: &InstrumentId,
        origin: &Origin<'_>,
        before: &Lot,
        cost: &Node,
    ) -> Option<(Rule, Vec<Node>)> {
        let action = origin.action;
        let source = &action.instrument.instrument_id;
        let of_action = |closing: &&Closing| closing.transaction_id == *action.id && closing.date == action.ex_date;
        let mut paid = self.closings_of(source, before).filter(of_action);
        let paid = paid.next().filter(|_| origin.is_received() && paid.next().is_none())?;
        let unit = Unit::Money(self.facts.base());
        let given = |label: &str, figure: Figure| Node::given(label, figure, unit.clone());
        let units = Node::given("units for which cash was paid", Figure::Exact(paid.lot.quantity), Unit::Units);
        let cash = computed(given("cash for them", UNKNOWN), Rule::Product(None), self.at_amount(action, units)?);
        let gain = Figure::Exact(cash.figure.exact()?.checked_sub(paid.lot.basis.base?)?);
        let less = computed(given("less the cash", UNKNOWN), Rule::Opposite, vec![cash]);
        let rest = vec![cost.clone(), less, given("gain that was recognised", gain)];
        let shares = self.shares_of_units(id, origin, before);
        if shares.is_empty() {
            return Some((Rule::Sum, rest));
        }
        let rest = computed(given("cost less cash and with the gain", UNKNOWN), Rule::Sum, rest);
        Some((Rule::Product(None), std::iter::once(rest).chain(shares).collect()))
    }

    /// What units cost that an action opened because the holder chose so: the amount that was given up for them.
    fn cost_chosen(&self, node: Node, action: &AppliedAction) -> Node {
        let Some(elected) = action.elected else { return node };
        let units = Node::given("units for which it was chosen", Figure::Exact(elected), Unit::Units);
        match self.at_amount(action, units) {
            Some(parts) => node.with_parts_if_they_give_it(Rule::Product(None), parts),
            None => node,
        }
    }

    /// What was paid for units that came in by exercising rights; none if nothing was.
    fn subscribed(&self, id: &InstrumentId, origin: &Origin<'_>) -> Option<Node> {
        let is_paid = |payment: &Payment| payment.character == CashCharacter::Subscription;
        if !origin.is_received() || !origin.action.payments.iter().any(is_paid) {
            return None;
        }
        let units = Node::given("new units", Figure::Exact(origin.after.quantity), Unit::Units);
        let parts = self.at_amount(origin.action, units)?;
        let label = format!("paid for the {}", id.symbol());
        Some(computed(Node::given(label, UNKNOWN, Unit::Money(self.facts.base())), Rule::Product(None), parts))
    }

    /// Units at the amount that was announced per unit, and the rate of the ex-date.
    fn at_amount(&self, action: &AppliedAction, units: Node) -> Option<Vec<Node>> {
        let announced = self.facts.announcement_of(action)?;
        let (amount, currency) = (announced.amount?.decimal(), announced.currency?);
        let source = self.facts.landed(&announced.landing_sha256, announced.line);
        let per_unit = Node::given("amount per unit", Figure::Exact(amount), Unit::Price(currency.to_string()));
        let rate = self.facts.cross_rate(currency, self.facts.base(), action.ex_date);
        Some([units, per_unit.read_in(source)].into_iter().chain(rate).collect())
    }

    /// The shares of the units of a lot that an action exchanged, and that are left of those that came in or were
    /// there; none where it is all of them.
    fn shares_of_units(&self, id: &InstrumentId, origin: &Origin<'_>, before: &Lot) -> Vec<Node> {
        let after = origin.after.quantity;
        if let Some(came) = origin.came() {
            let kept = alike(&origin.action.instrument.after, before).map_or(Decimal::ZERO, |kept| kept.quantity);
            // Units that were given on top leave all of what they are given on.
            let is_on_top = kept == before.quantity;
            let exchanged = before.quantity.checked_sub(kept).filter(|_| !is_on_top);
            let exchanged = exchanged.and_then(|exchanged| share_of(exchanged, before.quantity));
            return exchanged.into_iter().chain(share_of(after, came.quantity)).collect();
        }
        let quantities: Vec<Decimal> =
            self.closed_by_action(id, origin).iter().map(|closing| closing.lot.quantity).collect();
        let Some(closed) = sum(&quantities) else { return Vec::new() };
        let share = if !closed.is_zero() {
            after.checked_add(closed).and_then(|whole| share_of(after, whole))
        } else if origin.action.scale.is_some() {
            None
        } else {
            share_of(after, before.quantity)
        };
        share.into_iter().collect()
    }

    /// The share of the cost that went with the units received, or that stayed; none if it was not divided, or nobody
    /// can say by what.
    fn share_of_basis(&self, origin: &Origin<'_>) -> Option<Node> {
        let action = origin.action;
        let announced = self.facts.announcement_of(action).filter(|_| action.target.is_some())?;
        let source = self.facts.landed(&announced.landing_sha256, announced.line);
        let given = |label: &str, number: Decimal| Node::given(label, Figure::Exact(number), Unit::Factor);
        if let Some(fraction) = announced.basis_fraction.map(|fraction| fraction.decimal()) {
            let fraction_node = given("share of the cost that goes, as announced", fraction).read_in(source);
            if origin.is_received() {
                return Some(fraction_node);
            }
            let stays = given("share of the cost that stays", Decimal::ONE.checked_sub(fraction)?);
            return Some(stays.with_parts(Rule::Difference, vec![given("all of it", Decimal::ONE), fraction_node]));
        }
        if action.basis_division != BasisDivision::MarketValue {
            let is_free = action.kind == ledger::corporate_actions::rights_issue::KIND.code && origin.is_received();
            return is_free.then(|| given("rights without an announced share cost nothing", Decimal::ZERO));
        }
        let (new, old) = (Decimal::from(announced.ratio_new?), Decimal::from(announced.ratio_old?));
        let currency = self.facts.instruments.get(&action.instrument.instrument_id)?.currency;
        let worth = |label: &str, price: Decimal, what: &str, units: Decimal| {
            let price = Node::given(what, Figure::Exact(price), Unit::Price(currency.to_string()));
            let units = Node::given("units", Figure::Exact(units), Unit::Units);
            computed(Node::given(label, UNKNOWN, Unit::Money(currency)), Rule::Product(None), vec![units, price])
        };
        let goes = worth("worth of the units received", action.target_unit_value?, "close of the ex-date", new);
        // For a merger the other part is the cash, for a spin-off what is kept.
        let stays = match announced.amount.map(|amount| amount.decimal()) {
            Some(cash) if announced.currency == Some(currency) => worth("the cash", cash, "cash per unit", old),
            Some(_) => return None,
            None => worth("worth of the units kept", action.unit_value?, "close of the ex-date", old),
        };
        let part = if origin.is_received() { goes.clone() } else { stays.clone() };
        let both = Node::given("worth of both", UNKNOWN, Unit::Money(currency));
        let both = computed(both, Rule::Sum, vec![goes, stays]);
        let share = Node::given("share of the cost, by what both are worth", UNKNOWN, Unit::Factor);
        Some(computed(share, Rule::Quotient(None), vec![part, both]))
    }

    /// The parts of a lot that an action closed, e.g. a fraction of a unit.
    fn closed_by_action<'a>(&'a self, id: &'a InstrumentId, origin: &'a Origin<'_>) -> Vec<&'a Closing> {
        let by_action =
            |closing: &&Closing| closing.transaction_id == *origin.action.id && closing.date == origin.action.ex_date;
        self.closings_of(id, origin.after).filter(by_action).collect()
    }
}

/// How a part of a lot left with an action; nothing if it can have been the one or the other.
pub(super) fn note_of_closing(action: &AppliedAction) -> &'static str {
    let is = |character: CashCharacter| action.payments.iter().any(|payment| payment.character == character);
    match (is(CashCharacter::InLieu), is(CashCharacter::Proceeds)) {
        (true, false) => "a fraction of a unit, paid in cash",
        (false, true) => "units that were paid in cash",
        _ => "",
    }
}

/// A part of units as a share of all of them; none if it is all.
fn share_of(part: Decimal, whole: Decimal) -> Option<Node> {
    let units = |label: &str, number: Decimal| Node::given(label, Figure::Exact(number), Unit::Units);
    let parts = vec![units("units of this part", part), units("units of all of it", whole)];
    let share = Figure::Exact(part.checked_div(whole).filter(|_| part != whole)?);
    Some(Node::given("share of the units", share, Unit::Factor).with_parts(Rule::Quotient(None), parts))
}

/// Stands for what the parts give.
const UNKNOWN: Figure = Figure::Unavailable(String::new());

/// A node with the figure that its parts give.
fn computed(node: Node, rule: Rule, parts: Vec<Node>) -> Node {
    let node = node.with_parts(rule, parts);
    let figure = node.recomputed().unwrap_or_else(|| Figure::Unavailable("a part is unknown".to_owned()));
    Node { figure, ..node }
}

/// The units of a lot that an action took without closing them.
fn gone(before: &Lot, after: &Lot, closed: &[&Closing]) -> Option<Decimal> {
    let quantities: Vec<Decimal> = closed.iter().map(|closing| closing.lot.quantity).collect();
    before.quantity.checked_sub(after.quantity)?.checked_sub(sum(&quantities)?)
}

/// What a lot is after an action, and what it was before; none if the action left it alone.
fn whence<'a>(action: &'a AppliedAction, change: &'a LotsChanged, lot: &Lot) -> Option<(&'a Lot, Whence<'a>)> {
    let after = alike(&change.after, lot)?;
    if change.before.contains(after) {
        return None;
    }
    let before = alike(&change.before, lot);
    if change.instrument_id == action.instrument.instrument_id {
        return Some((after, before.map_or(Whence::Nothing, Whence::Same)));
    }
    let Some(place) = place_of(&action.received, after) else {
        return before.map(|before| (after, Whence::Same(before)));
    };
    let held = &action.instrument.before;
    // Lots are exchanged one by one, in their order; so are rights for what is bought with them.
    let exchanged = held.get(place).filter(|_| held.len() == action.received.len());
    Some((after, exchanged.or_else(|| alike(held, after)).map_or(Whence::Nothing, Whence::Other)))
}

/// The place of a lot among others: the one of its opening, age and units, or of the first two.
fn place_of(lots: &[Lot], lot: &Lot) -> Option<usize> {
    let is_dated = |other: &Lot| other.opened_by == lot.opened_by && other.acquired_date == lot.acquired_date;
    let exact = lots.iter().position(|other| is_dated(other) && other.quantity == lot.quantity);
    exact.or_else(|| lots.iter().position(is_dated))
}

fn alike<'a>(lots: &'a [Lot], lot: &Lot) -> Option<&'a Lot> {
    lots.get(place_of(lots, lot)?)
}
