//! What a portfolio is worth: its positions and its cash, each down to what was booked and observed.

use rust_decimal::Decimal;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, Currency, InstrumentId};

use super::Trail;
use super::node::{Figure, Node, Rule, Unit};

/// Decimals of an amount in a table.
pub(super) const AMOUNT_DECIMALS: u32 = 10;
/// Why a sum of valuations is not known.
const PART_UNKNOWN: &str = "a position has no price or no rate; a part is not shown as the whole";

impl Trail {
    /// Securities and cash.
    pub(super) fn market_value(&self) -> Node {
        let parts = vec![self.securities_value(), self.cash_value()];
        self.of_portfolio("market value", |row| row.market_value).with_parts(Rule::Sum, parts)
    }

    /// Everything but cash, the largest position first.
    pub(super) fn securities_value(&self) -> Node {
        self.of_portfolio("value of the securities", |row| row.securities_value)
            .with_parts(Rule::Sum, self.worth(|row| !row.instrument_id.is_cash()))
    }

    /// Cash in every currency.
    pub(super) fn cash_value(&self) -> Node {
        self.of_portfolio("value of the cash", |row| row.cash_value)
            .with_parts(Rule::Sum, self.worth(|row| row.instrument_id.is_cash()))
    }

    fn of_portfolio(&self, label: &str, column: fn(&PortfolioValue) -> Option<Amount>) -> Node {
        let amount = self.facts.value_of(self.facts.date).and_then(column).map(Amount::decimal);
        let label = format!("{label} of {} on {}", self.facts.portfolio.portfolio_id, self.facts.date);
        Node::given(label, Figure::known(amount, PART_UNKNOWN), Unit::Money(self.facts.base())).on(self.facts.date)
    }

    fn worth(&self, wanted: impl Fn(&Valuation) -> bool) -> Vec<Node> {
        let mut rows: Vec<&Valuation> = self.facts.valuations.iter().filter(|row| wanted(row)).collect();
        rows.sort_by(|left, right| {
            let size = |row: &Valuation| row.value_base.map(|value| value.decimal().abs());
            size(right).cmp(&size(left)).then_with(|| left.instrument_id.cmp(&right.instrument_id))
        });
        // A part without a value is what explains a missing sum: it is always shown.
        rows.sort_by_key(|row| row.value_base.is_some());
        self.shortened(rows.into_iter().map(|row| self.value(row)).collect(), &Unit::Money(self.facts.base()))
    }

    /// What a position is worth in the base currency: quantity × price × scale × rate.
    pub(super) fn value(&self, row: &Valuation) -> Node {
        let base = self.facts.base();
        let (quantity, priced) = if row.instrument_id.is_cash() {
            (self.cash_balance(row.currency), Vec::new())
        } else {
            let scale = self.facts.scale(&row.instrument_id);
            let scale = scale.map(|scale| Node::given("price scale", Figure::Exact(scale), Unit::Factor));
            let price = self.facts.price(row);
            (self.quantity(&row.instrument_id), std::iter::once(price).chain(scale).collect())
        };
        let mut parts = vec![quantity];
        parts.extend(priced);
        parts.extend(self.facts.cross_rate(row.currency, base, row.business_date));
        let figure = Figure::known(row.value_base.map(Amount::decimal), "there is no price or no rate");
        let node = Node::given(self.facts.name_of(&row.instrument_id), figure, Unit::Money(base)).on(row.business_date);
        let rule = if parts.len() == 1 { Rule::Same } else { Rule::Product(Some(AMOUNT_DECIMALS)) };
        node.with_parts(rule, parts)
    }

    /// What a position is worth in the base currency; nothing if it is not held.
    pub(super) fn value_of(&self, id: &InstrumentId) -> Node {
        match self.facts.valuation(id) {
            Some(row) => self.value(row),
            None => self.not_held(id, "value"),
        }
    }

    /// The price that a position is valued with.
    pub(super) fn price_of(&self, id: &InstrumentId) -> Node {
        match self.facts.valuation(id) {
            Some(row) => self.facts.price(row),
            None => {
                let reason = format!("not held on {}: nothing was valued", self.facts.date);
                Node::given("price", Figure::Unavailable(reason), Unit::Number)
            }
        }
    }

    /// Value less cost, in the base currency.
    pub(super) fn unrealised_gain(&self, id: &InstrumentId) -> Node {
        let parts = vec![self.value_of(id), self.cost(id)];
        let label = format!("unrealised gain of {}", self.facts.name_of(id));
        self.less(label, "value or cost is unknown", parts)
    }

    /// The first part less the others, in the base currency.
    pub(super) fn less(&self, label: String, reason: &str, parts: Vec<Node>) -> Node {
        let unknown = Figure::Unavailable(reason.to_owned());
        let node = Node::given(label, unknown, Unit::Money(self.facts.base())).on(self.facts.date);
        let node = node.with_parts(Rule::Difference, parts);
        match node.recomputed() {
            Some(figure) => Node { figure, ..node },
            None => node,
        }
    }

    fn not_held(&self, id: &InstrumentId, what: &str) -> Node {
        let label = format!("{what} of {}", self.facts.name_of(id));
        Node::given(label, Figure::Exact(Decimal::ZERO), Unit::Money(self.facts.base()))
            .noted(format!("not held on {}", self.facts.date))
            .with_parts(Rule::Sum, Vec::new())
    }

    /// The cash of a currency: the sum of all that was ever booked in it, the latest first.
    pub(super) fn cash_balance(&self, currency: Currency) -> Node {
        let valued = self.facts.valuation(&InstrumentId::cash(currency)).map(|row| row.quantity.decimal());
        let unit = Unit::Money(currency);
        let mut parts: Vec<Node> = Vec::new();
        for row in self.facts.standing().rev() {
            for amount in cash_booked(row, currency) {
                parts.push(self.facts.booking(row, amount, unit.clone()));
            }
        }
        // Zero balances are not valued and have no row.
        let balance = valued.unwrap_or(Decimal::ZERO);
        let mut parts = self.shortened(parts, &unit);
        if let Some(paid) = self.paid_by_issuers(currency) {
            parts.insert(0, paid);
        }
        let is_taken_back = |row: &&Transaction| {
            self.facts.is_taken_back(&row.transaction_id) && !cash_booked(row, currency).is_empty()
        };
        let taken_back = self.facts.transactions.iter().filter(is_taken_back).count();
        let note = match taken_back {
            0 => String::new(),
            1 => "1 booking was taken back".to_owned(),
            several => format!("{several} bookings were taken back"),
        };
        Node::given(format!("balance in {currency}"), Figure::Exact(balance), unit)
            .on(self.facts.date)
            .noted(note)
            .with_parts(Rule::Sum, parts)
    }
}

/// The changes of a currency's cash that a booking made.
fn cash_booked(row: &Transaction, currency: Currency) -> Vec<Decimal> {
    let own = (row.currency == currency).then(|| row.net_cash.decimal());
    let other = row.counter_amount.filter(|_| row.counter_currency == Some(currency)).map(Amount::decimal);
    own.into_iter().chain(other).filter(|amount| !amount.is_zero()).collect()
}
