//! What was earned: gains of sales against the lots they closed, and dividends.

use rust_decimal::Decimal;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, ReportingPeriod};

use super::Trail;
use super::holdings::AMOUNT_DECIMALS;
use super::node::{Figure, Node, Rule, Unit};
use super::replay::Closing;

/// Why a gain is not known.
const GAIN_UNKNOWN: &str = "a price or a rate of the purchase or the sale is missing";

impl Trail {
    /// The gains of a period in the base currency, of one instrument or of all: what disposals earned, and what rules
    /// that look ahead changed in the period about these and earlier ones.
    pub(super) fn realised_gains(&self, id: Option<&InstrumentId>, period: ReportingPeriod) -> Node {
        let wanted =
            |row: &&RealisedGain| self.is_in(period, row.business_date) && id.is_none_or(|id| row.instrument_id == *id);
        let earned = self.gains.iter().rev().filter(wanted).map(|row| self.realised(row));
        let parts = self.changed_later(id, period).into_iter().chain(earned).collect();
        self.total(self.titled("realised gains", id, period), parts, GAIN_UNKNOWN)
    }

    /// What rules that look ahead changed in a period; none if nothing.
    fn changed_later(&self, id: Option<&InstrumentId>, period: ReportingPeriod) -> Option<Node> {
        let wanted =
            |row: &&LotClosing| self.is_in(period, row.business_date) && id.is_none_or(|id| row.instrument_id == *id);
        let parts: Vec<Node> =
            self.gain_changes.iter().rev().filter(wanted).map(|row| self.change_of_gain(row)).collect();
        let label = "changed by a rule that looks ahead".to_owned();
        (!parts.is_empty()).then(|| self.total(label, parts, GAIN_UNKNOWN))
    }

    /// One change, with the disposal whose gain it changes and the acquisition that made the rule apply.
    fn change_of_gain(&self, row: &LotClosing) -> Node {
        let booked = |id: &str| self.facts.transaction(id);
        let words_of = |id: &str| booked(id).map_or_else(|| id.to_owned(), |booked| self.facts.words_of(booked));
        let units = row.quantity.decimal().normalize();
        let label = format!("{}, {units} units of {}", row.rule, words_of(&row.transaction_id));
        let figure = Figure::known(row.gain_base.map(Amount::decimal), GAIN_UNKNOWN);
        let acquired = row.opened_by.as_deref().map(|id| format!("because of {}", words_of(id)));
        let later = row.trade_date < row.business_date;
        let takes_effect = later.then(|| format!("takes effect on {}", row.business_date));
        let source = row.opened_by.as_deref().and_then(booked);
        Node::given(label, figure, Unit::Money(self.facts.base()))
            .on(row.trade_date)
            .noted(acquired.unwrap_or_default())
            .noted(takes_effect.unwrap_or_default())
            .read_in(source.and_then(|booked| self.facts.booked_in(booked)))
    }

    /// The cash dividends of a period in the base currency, each at the rate of its own day.
    pub(super) fn dividends(&self, id: Option<&InstrumentId>, period: ReportingPeriod) -> Node {
        let wanted = |row: &&Transaction| {
            row.kind == ledger::TransactionKind::Dividend.code()
                && self.is_in(period, row.trade_date)
                && id.is_none_or(|id| row.instrument_id.as_ref() == Some(id))
        };
        let paid = |row: &Transaction| {
            let local = self.facts.booking(row, row.net_cash.decimal(), Unit::Money(row.currency));
            let label = local.label.clone();
            self.in_base(label, local, row.currency, row.trade_date)
        };
        let parts = self.facts.standing().rev().filter(wanted).map(paid).collect();
        self.total(self.titled("cash dividends", id, period), parts, "a rate is missing")
    }

    pub(super) fn titled(&self, what: &str, id: Option<&InstrumentId>, period: ReportingPeriod) -> String {
        let whose = match id {
            Some(id) => self.facts.name_of(id),
            None => self.facts.portfolio.portfolio_id.to_string(),
        };
        let since = match self.opening(period) {
            Some(opening) => format!("after {opening} and up to"),
            None => "up to".to_owned(),
        };
        format!("{what} of {whose}, {since} {}", self.facts.date)
    }

    /// Parts and their sum, in the base currency.
    pub(super) fn total(&self, label: String, parts: Vec<Node>, reason: &str) -> Node {
        let unit = Unit::Money(self.facts.base());
        let unknown = Figure::Unavailable(reason.to_owned());
        let mut whole = Node::given(label, unknown, unit.clone()).on(self.facts.date).with_parts(Rule::Sum, parts);
        if let Some(sum) = whole.recomputed() {
            whole.figure = sum;
        }
        whole.children = self.shortened(std::mem::take(&mut whole.children), &unit);
        whole
    }

    /// An amount in the base currency at the rate of a day.
    pub(super) fn in_base(&self, label: String, local: Node, currency: Currency, date: BusinessDate) -> Node {
        let base = self.facts.base();
        let node = Node::given(label, local.figure.clone(), Unit::Money(base)).on(date);
        let Some(rate) = self.facts.cross_rate(currency, base, date) else {
            return node.with_parts(Rule::Same, vec![local]);
        };
        let node = node.with_parts(Rule::Product(Some(AMOUNT_DECIMALS)), vec![local, rate]);
        let unknown = || Figure::Unavailable(format!("the amount, or a rate of {currency} or {base}, is unknown"));
        let figure = node.recomputed().unwrap_or_else(unknown);
        Node { figure, ..node }
    }

    /// The gain of one reduction: the part that prices made and the part that exchange rates made.
    fn realised(&self, row: &RealisedGain) -> Node {
        let base = self.facts.base();
        let figure = Figure::known(row.gain_base.map(Amount::decimal), GAIN_UNKNOWN);
        let applied = self.replay.applied.iter().find(|action| *action.id == *row.transaction_id);
        let node = match (self.facts.transaction(&row.transaction_id), applied) {
            (Some(booked), _) => Node::given(self.facts.words_of(booked), figure, Unit::Money(base)),
            (None, Some(action)) => self.facts.applied(action, figure, Unit::Money(base)),
            (None, None) => {
                let label = format!("{} {} of {}", row.kind, row.transaction_id, row.trade_date);
                Node::given(label, figure, Unit::Money(base))
            }
        };
        let node = node.on(row.trade_date);
        let date = row.trade_date;
        if row.currency == base {
            return node.with_parts(Rule::Same, vec![self.local_gain(row)]);
        }
        if self.covers(row) {
            // What a short brought in stays at the rates of its days; covering it is paid at the rate of the day.
            let paid = self.in_base("paid at the rate of the day".to_owned(), self.spent(row), row.currency, date);
            return node.with_parts(Rule::Difference, vec![self.base_amount_of_lots(row, Rule::Opposite), paid]);
        }
        let rate = self.facts.cross_rate(row.currency, base, date);
        let parts = std::iter::once(self.local_gain(row)).chain(rate).collect();
        let prices = self.kept_amount("made by prices: the gain at the rate of the day", row.price_gain_base);
        let now = self.in_base("cost at the rate of the day".to_owned(), self.spent(row), row.currency, date);
        let rates = self.kept_amount("made by exchange rates", row.currency_gain_base);
        let rates = rates.with_parts(Rule::Difference, vec![now, self.base_amount_of_lots(row, Rule::Sum)]);
        // Units that a client takes out leave at the rate of their valuation date, which may be a later one.
        let prices = prices.with_parts_if_they_give_it(Rule::Product(Some(AMOUNT_DECIMALS)), parts);
        node.with_parts(Rule::Sum, vec![prices, rates])
    }

    fn kept_amount(&self, label: &str, amount: Option<Amount>) -> Node {
        let figure = Figure::known(amount.map(Amount::decimal), GAIN_UNKNOWN);
        Node::given(label, figure, Unit::Money(self.facts.base()))
    }

    /// Whether a booking closed a short position: then the lots hold what came in, and the booking what it cost.
    fn covers(&self, row: &RealisedGain) -> bool {
        self.closings_by(row).any(|closing| closing.lot.quantity.is_sign_negative())
    }

    fn local_gain(&self, row: &RealisedGain) -> Node {
        let figure = Figure::known(row.gain.map(Amount::decimal), GAIN_UNKNOWN);
        // A tax rule may have changed the gain afterwards; then proceeds and cost are what it began with.
        Node::given(format!("gain in {}", row.currency), figure, Unit::Money(row.currency))
            .with_parts_if_they_give_it(Rule::Difference, vec![self.proceeds(row), self.spent(row)])
    }

    /// What came in: with the booking, or with the lots of a short that it covers.
    fn proceeds(&self, row: &RealisedGain) -> Node {
        let figure = Figure::known(row.proceeds.map(Amount::decimal), "the value of what left is unknown");
        let node = Node::given("what came in, net of fees and taxes", figure, Unit::Money(row.currency));
        if self.covers(row) { self.of_lots(node, row, Rule::Opposite) } else { self.of_booking(node, row) }
    }

    /// What it had cost: the lots that were closed, or the purchase that covers a short.
    fn spent(&self, row: &RealisedGain) -> Node {
        let figure = Figure::known(row.cost.map(Amount::decimal), "a lot came in without a price");
        let node = Node::given("what it had cost, with fees and taxes", figure, Unit::Money(row.currency));
        if self.covers(row) { self.of_booking(node, row) } else { self.of_lots(node, row, Rule::Sum) }
    }

    fn of_booking(&self, node: Node, row: &RealisedGain) -> Node {
        let booked = self.facts.transaction(&row.transaction_id);
        node.on(row.trade_date).read_in(booked.and_then(|booked| self.facts.booked_in(booked)))
    }

    fn of_lots(&self, node: Node, row: &RealisedGain, rule: Rule) -> Node {
        let unit = node.unit.clone();
        let parts = self.closed_lots(row, |closing| closing.lot.basis.local, &unit);
        node.with_parts_if_they_give_it(rule, self.shortened(parts, &unit))
    }

    fn base_amount_of_lots(&self, row: &RealisedGain, rule: Rule) -> Node {
        let unit = Unit::Money(self.facts.base());
        let parts = self.closed_lots(row, |closing| closing.lot.basis.base, &unit);
        let node =
            Node::given("of the lots, at the rates of their days", Figure::Unavailable(GAIN_UNKNOWN.to_owned()), unit);
        let node = node.with_parts(rule, parts);
        let figure = node.recomputed().unwrap_or_else(|| node.figure.clone());
        Node { figure, ..node }
    }

    fn closings_by<'a>(&'a self, row: &'a RealisedGain) -> impl Iterator<Item = &'a Closing> {
        self.replay.closings.iter().filter(move |closing| {
            closing.transaction_id == row.transaction_id && closing.instrument_id == row.instrument_id
        })
    }

    /// The lots that a booking closed, with one of their amounts each.
    fn closed_lots(&self, row: &RealisedGain, amount: impl Fn(&Closing) -> Option<Decimal>, unit: &Unit) -> Vec<Node> {
        let part = |closing: &Closing| {
            let units = closing.lot.quantity.normalize();
            let label = format!("{units} units of the lot opened by {}", closing.lot.opened_by);
            let figure = Figure::known(amount(closing), "it came in without a price or a rate");
            let opening = self.facts.transaction(&closing.lot.opened_by);
            Node::given(label, figure, unit.clone())
                .on(closing.lot.acquired_date)
                .noted(format!("chosen by {}", closing.lot.rule))
                .noted(opening.map(|booked| self.facts.words_of(booked)).unwrap_or_default())
                .read_in(opening.and_then(|booked| self.facts.booked_in(booked)))
        };
        self.closings_by(row).map(part).collect()
    }
}
