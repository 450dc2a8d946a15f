//! What led from the value at the start of a period to that at its end: the steps of the bridge in gold.nav_bridge, by
//! currency and day, down to the transactions, corporate actions and valuations that they were added up from.
//!
//! The amounts of a day are gold's; what they were added up from was noted while the books were kept again. Where the
//! two are not the same, the tree says so.

use std::collections::BTreeMap;

use ledger::basis::Basis;
use ledger::lots::Lot;
use ledger::nav_bridge::{BridgePart, MadeBy};
use rust_decimal::Decimal;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, Money, ReportingPeriod};

use super::Trail;
use super::arithmetic::{agree, sum};
use super::holdings::AMOUNT_DECIMALS;
use super::lots::lot_node;
use super::node::{Figure, Node, Rule, Unit};

/// Why a step of the bridge is not known.
const STEP_UNKNOWN: &str = "a step of the bridge is not known";

impl Trail {
    /// The value that the bridge of a period begins with.
    pub(super) fn value_at_start(&self, period: ReportingPeriod) -> Node {
        self.opening_value(period)
    }

    /// The value that the bridge of a period ends with: the value at the start and every step.
    pub(super) fn value_at_end(&self, period: ReportingPeriod) -> Node {
        let happened =
            |component: &BridgeComponent| *component != BridgeComponent::Gap && self.has_step(*component, period);
        let steps = BridgeComponent::ALL.into_iter().filter(happened);
        let steps = steps.map(|component| self.bridge_step(component, period));
        let parts = std::iter::once(self.value_at_start(period)).chain(steps).collect();
        let value = self.facts.value_of(self.facts.date).and_then(|row| row.market_value).map(Amount::decimal);
        let figure = Figure::known(value, "the value of the date is unknown");
        let label = format!("value at end: market value of {}", self.facts.date);
        Node::given(label, figure, Unit::Money(self.facts.base()))
            .on(self.facts.date)
            .noted("ask for market_value to see it by positions")
            .with_parts(Rule::Sum, parts)
    }

    /// Several steps of the bridge together.
    pub(super) fn bridge_steps(&self, what: &str, components: &[BridgeComponent], period: ReportingPeriod) -> Node {
        let happened = components.iter().filter(|component| self.has_step(**component, period));
        let parts = happened.map(|component| self.bridge_step(*component, period)).collect();
        let node = self.total(self.titled(what, None, period), parts, STEP_UNKNOWN);
        self.known_in(node, period)
    }

    /// A step of the bridge over a period, in the base currency.
    pub(super) fn bridge_step(&self, component: BridgeComponent, period: ReportingPeriod) -> Node {
        let mut by_currency: BTreeMap<Currency, Vec<&NavBridgeRow>> = BTreeMap::new();
        for row in self.bridge.iter().rev() {
            if row.component == component && self.is_in(period, row.business_date) {
                by_currency.entry(row.currency).or_default().push(row);
            }
        }
        let parts = by_currency.into_iter().map(|(currency, rows)| self.step_in(currency, &rows)).collect();
        let node = self.total(self.titled(component.title(), None, period), parts, STEP_UNKNOWN);
        self.known_in(node.noted(component.definition()), period)
    }

    fn has_step(&self, component: BridgeComponent, period: ReportingPeriod) -> bool {
        self.bridge.iter().any(|row| row.component == component && self.is_in(period, row.business_date))
    }

    /// A sum over a period, unless the bridge of one of its days is not known: then a part is not shown as the whole.
    fn known_in(&self, node: Node, period: ReportingPeriod) -> Node {
        let unknown =
            |row: &&NavBridgeRow| row.component == BridgeComponent::Unknown && self.is_in(period, row.business_date);
        let Some(row) = self.bridge.iter().find(unknown) else { return node };
        let reason = row.detail.as_deref().unwrap_or("the reason was not recorded");
        let reason = format!("what changed the value up to {} is not known: {reason}", row.business_date);
        Node { figure: Figure::Unavailable(reason), ..node }
    }

    /// A step in one currency, day by day, the last one first.
    fn step_in(&self, currency: Currency, rows: &[&NavBridgeRow]) -> Node {
        let parts = rows.iter().map(|row| self.step_of_day(row)).collect();
        let node = self.total(format!("in {currency}"), parts, STEP_UNKNOWN);
        let amounts = rows.iter().map(|row| row.amount.map(Amount::decimal)).collect::<Option<Vec<Decimal>>>();
        let local = amounts.filter(|_| currency != self.facts.base()).and_then(|amounts| sum(&amounts));
        node.noted(local.map_or_else(String::new, |local| Money::new(local, currency).to_string()))
    }

    /// A row of gold.nav_bridge with what it was added up from.
    pub(super) fn step_of_day(&self, row: &NavBridgeRow) -> Node {
        let unit = Unit::Money(self.facts.base());
        let reason = row.detail.as_deref().unwrap_or(STEP_UNKNOWN);
        let figure = Figure::known(row.amount_base.map(Amount::decimal), reason);
        let known = matches!(figure, Figure::Exact(_));
        let detail = row.detail.clone().filter(|_| known).unwrap_or_default();
        let node = Node::given(format!("up to the close of {}", row.business_date), figure, unit.clone());
        let node = node.on(row.business_date).noted(detail);
        // The parts are in the order of their days.
        let all = &self.replay.bridge_parts;
        let first = all.partition_point(|(date, _)| *date < row.business_date);
        let of_day = all.iter().skip(first).take_while(|(date, _)| *date == row.business_date);
        let of_row = of_day.filter(|(_, part)| part.component == row.component && part.currency == row.currency);
        let parts: Vec<Node> = of_row.map(|(date, part)| self.bridge_part(*date, part)).collect();
        if parts.is_empty() { node } else { node.with_parts(Rule::Sum, self.shortened(parts, &unit)) }
    }

    fn bridge_part(&self, date: BusinessDate, part: &BridgePart) -> Node {
        let unit = Unit::Money(self.facts.base());
        let given = |label: String, amount: Decimal| Node::given(label, Figure::Exact(amount), unit.clone()).on(date);
        let before = "the same at the close before";
        match &part.made_by {
            MadeBy::Booking(id) => self.booked_part(id, date, part),
            MadeBy::Closes { before: was, at } => {
                let of_prices = part.component == BridgeComponent::UnrealisedPriceGain;
                let (label, at_close) = if of_prices {
                    ("value less cost of what is held, at the rate of the close", "value less cost")
                } else {
                    ("cost of what is held, at the rate of the close less at those of the purchases", "cost")
                };
                let now = given(format!("{at_close} at the close of {date}"), *at);
                let positions = self.gains_at_close(date, part);
                let now = if positions.is_empty() {
                    now.noted("its positions are shown for the date of the question")
                } else {
                    let positions = self.shortened(positions, &unit);
                    now.with_parts_if_they_give_it(Rule::Sum, positions)
                };
                let parts = vec![now, given(before.to_owned(), *was)];
                given(label.to_owned(), part.amount_base).with_parts(Rule::Difference, parts)
            }
            MadeBy::Balance { before: was, moved, at } => {
                let currency = part.currency;
                let parts = vec![
                    given(format!("balance in {currency} at the close of {date}"), *at),
                    given(before.to_owned(), *was),
                    given("moved since, at the rates of its days".to_owned(), *moved),
                ];
                let label = format!("balance in {currency}, from the rates of its days to that of the close");
                given(label, part.amount_base).with_parts(Rule::Difference, parts)
            }
        }
    }

    /// What one booking did: the transaction or the corporate action, with the rate of its day where that gives it.
    fn booked_part(&self, id: &str, date: BusinessDate, part: &BridgePart) -> Node {
        let base = self.facts.base();
        let unit = Unit::Money(base);
        let Some(booked) = self.facts.transaction(id) else {
            let figure = Figure::Exact(part.amount_base);
            let applied = self.replay.applied.iter().find(|action| *action.id == *id);
            return match applied {
                Some(action) => self.facts.applied(action, figure, unit),
                None => Node::given("changed by a rule that looks ahead", figure, unit).on(date),
            };
        };
        let node = self.facts.booking(booked, part.amount_base, unit);
        let Some(local) = part.amount.filter(|_| part.currency != base) else { return node };
        let node = node.noted(Money::new(local, part.currency).to_string());
        let Some(rate) = self.facts.cross_rate(part.currency, base, booked.trade_date) else { return node };
        let local = Node::given("amount", Figure::Exact(local), Unit::Money(part.currency)).on(booked.trade_date);
        let claimed = node.clone().with_parts(Rule::Product(None), vec![local, rate]);
        match claimed.recomputed() {
            Some(figure) if agree(&claimed.figure, &figure) => claimed,
            _ => node,
        }
    }

    /// What each position of a currency had gained above its cost at the close of the date, by prices or by rates.
    /// None of them for other dates, and if what one cost is not known.
    fn gains_at_close(&self, date: BusinessDate, part: &BridgePart) -> Vec<Node> {
        if date != self.facts.date {
            return Vec::new();
        }
        let held = self.facts.valuations.iter();
        let held = held.filter(|row| row.currency == part.currency && !row.instrument_id.is_cash());
        let gains = held.map(|row| match part.component {
            BridgeComponent::UnrealisedPriceGain => self.price_gain_of(row),
            _ => self.currency_gain_of(row),
        });
        gains.collect::<Option<Vec<Node>>>().unwrap_or_default()
    }

    /// Value less cost before charges, at the rate of the date.
    fn price_gain_of(&self, row: &Valuation) -> Option<Node> {
        let local = Unit::Money(row.currency);
        let price = self.facts.price(row);
        let scale = self.facts.scale(&row.instrument_id);
        let scale = scale.map(|scale| Node::given("price scale", Figure::Exact(scale), Unit::Factor));
        let factors = [self.quantity(&row.instrument_id), price].into_iter().chain(scale).collect();
        let value = Node::given("value", Figure::Exact(row.value?.decimal()), local.clone())
            .with_parts_if_they_give_it(Rule::Product(Some(AMOUNT_DECIMALS)), factors);
        let parts = vec![value, self.cost_before_charges(row, local.clone(), in_local)?];
        let gain = computed("value less cost".to_owned(), local, Rule::Difference, parts)?;
        let name = self.facts.name_of(&row.instrument_id);
        match self.facts.cross_rate(row.currency, self.facts.base(), row.business_date) {
            None => Some(Node { label: name, ..gain }),
            Some(rate) => computed(name, Unit::Money(self.facts.base()), Rule::Product(None), vec![gain, rate]),
        }
    }

    /// The cost before charges at the rate of the date less at those of the purchases.
    fn currency_gain_of(&self, row: &Valuation) -> Option<Node> {
        let base = Unit::Money(self.facts.base());
        let rate = self.facts.cross_rate(row.currency, self.facts.base(), row.business_date)?;
        let cost = self.cost_before_charges(row, Unit::Money(row.currency), in_local)?;
        let now = "cost at the rate of the close".to_owned();
        let now = computed(now, base.clone(), Rule::Product(None), vec![cost, rate])?;
        let then = self.cost_before_charges(row, base.clone(), in_base)?;
        let then = Node { label: format!("{}, at the rates of the purchases", then.label), ..then };
        computed(self.facts.name_of(&row.instrument_id), base, Rule::Difference, vec![now, then])
    }

    /// What the open lots of a position cost before charges, lot by lot; none if one of them is not known.
    fn cost_before_charges(&self, row: &Valuation, unit: Unit, amount: fn(&Basis) -> Option<Decimal>) -> Option<Node> {
        let lots = self.replay.open_lots.get(&row.instrument_id).map_or(&[][..], Vec::as_slice);
        let one = |lot: &Lot| {
            let booked = self.facts.transaction(&lot.opened_by);
            let node = lot_node(lot, Figure::Exact(amount(&lot.basis)?), unit.clone());
            Some(node.read_in(booked.and_then(|booked| self.facts.booked_in(booked))))
        };
        let parts = lots.iter().map(one).collect::<Option<Vec<Node>>>()?;
        let label = "cost of the open lots, before charges".to_owned();
        let node = computed(label, unit.clone(), Rule::Sum, parts)?;
        let children = self.shortened(node.children, &unit);
        Some(Node { children, note: Some("ask for cost to see what made it".to_owned()), ..node })
    }
}

/// What units cost before charges, in the instrument's currency.
fn in_local(basis: &Basis) -> Option<Decimal> {
    basis.local?.checked_sub(basis.charges_local?)
}

/// The same in the base currency.
fn in_base(basis: &Basis) -> Option<Decimal> {
    basis.base?.checked_sub(basis.charges_base?)
}

/// A node with the figure that its parts give; none if they give none.
fn computed(label: String, unit: Unit, rule: Rule, parts: Vec<Node>) -> Option<Node> {
    let node = Node::given(label, Figure::Unavailable(String::new()), unit).with_parts(rule, parts);
    let figure = node.recomputed()?;
    Some(Node { figure, ..node })
}
