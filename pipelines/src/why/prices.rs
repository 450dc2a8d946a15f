//! Prices and rates: which quote, of which day, from which file; and which two reference rates make a cross rate.

use ledger::TransactionKind;
use ledger::corporate_actions::{LATE_BOOKING_DAYS, is_booked_as, ratio_of_decimal, unit_ratio};
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, Currency, InstrumentId};

use super::announcements::words_of_action;
use super::facts::Facts;
use super::node::{Figure, Node, Rule, Source, Unit};

/// Decimals of a price that follows a split, and of a price in a table.
const PRICE_DECIMALS: u32 = 12;
/// Days by which a broker's booking of a split may come before its ex-date.
const EARLY_BOOKING_DAYS: i64 = 7;

/// A change of the number of units without a trade: so many new ones for so many old ones.
struct UnitChange {
    date: BusinessDate,
    new: Decimal,
    old: Decimal,
    what: String,
    source: Option<Source>,
}

impl Facts {
    /// The price of a valuation, down to the quote or the trade that it is.
    pub(super) fn price(&self, valuation: &Valuation) -> Node {
        let id = &valuation.instrument_id;
        let observed = valuation.price_date.unwrap_or(valuation.business_date);
        let Some(price) = valuation.price.map(|price| price.decimal()) else {
            let reason = "there is no quote on or before the date, and no trade that could stand in for one";
            return Node::given("price", Figure::Unavailable(reason.to_owned()), self.quote_unit(id, observed));
        };
        let node = Node::given("price", Figure::Exact(price), self.quote_unit(id, observed)).on(observed);
        match valuation.price_basis.as_str() {
            "quote" => self.quoted(node, valuation, price, observed),
            "last_trade" => {
                self.traded(node.noted("no quote so far: the price of the last trade"), id, price, observed)
            }
            basis => node.noted(format!("price basis `{basis}`")),
        }
    }

    fn quoted(&self, node: Node, valuation: &Valuation, price: Decimal, observed: BusinessDate) -> Node {
        let id = &valuation.instrument_id;
        let Some(quote) = self.last_quote(id, observed).filter(|quote| quote.quote_date == observed) else {
            return node.noted(format!("silver.quotes has no quote of {observed} any more"));
        };
        let carried = valuation.business_date.days_since(observed);
        let note = if carried == 0 { String::new() } else { format!("carried since {observed}, {carried} days") };
        let unit = Unit::Price(quote.quote_unit.clone());
        let close = Node::given(format!("close of {observed}"), Figure::Exact(quote.close.decimal()), unit)
            .on(observed)
            .read_in(self.landed(&quote.landing_sha256, quote.line));
        if quote.close.decimal() == price {
            return Node { label: format!("price: {}", close.label), ..close }.noted(note);
        }
        let node = node.noted(note);
        let mut factors = self.unit_changes(id, observed, valuation.business_date);
        match factors.len() {
            // The quote was corrected after the valuation was made, or the books know a reason that is not here.
            0 => node.with_parts(Rule::Same, vec![close]),
            1 => {
                factors.insert(0, close);
                node.with_parts(Rule::Quotient(Some(PRICE_DECIMALS)), factors)
            }
            _ => {
                let all = Node::given("changes of units since", Figure::Unavailable(String::new()), Unit::Factor);
                let all = all.with_parts(Rule::Product(None), factors);
                let figure = all.recomputed().unwrap_or_else(|| Figure::Unavailable("too many digits".to_owned()));
                node.with_parts(Rule::Quotient(Some(PRICE_DECIMALS)), vec![close, Node { figure, ..all }])
            }
        }
    }

    /// The price of the last trade in it, as quoted: where quotes are in pence, some trades are confirmed in pounds.
    fn traded(&self, node: Node, id: &InstrumentId, price: Decimal, observed: BusinessDate) -> Node {
        let of_day = |row: &&Transaction| {
            row.instrument_id.as_ref() == Some(id) && row.trade_date == observed && row.price.is_some()
        };
        let Some(trade) = self.standing().rev().find(of_day) else { return node };
        let confirmed = trade.price.map_or(Decimal::ZERO, |price| price.decimal());
        let booked = self.booking(trade, confirmed, Unit::Price(trade.currency.to_string()));
        if confirmed == price {
            return node.with_parts(Rule::Same, vec![booked]);
        }
        let scale = self.scale(id).unwrap_or(Decimal::ONE);
        let scale = Node::given("price scale", Figure::Exact(scale), Unit::Factor);
        node.with_parts_if_they_give_it(Rule::Quotient(Some(PRICE_DECIMALS)), vec![booked, scale])
    }

    fn quote_unit(&self, id: &InstrumentId, date: BusinessDate) -> Unit {
        let quoted = self.last_quote(id, date).map(|quote| quote.quote_unit.clone());
        let listed = || self.instruments.get(id).map(|instrument| instrument.currency.to_string());
        Unit::Price(quoted.or_else(listed).unwrap_or_default())
    }

    /// What a quote is multiplied by to be in the instrument's currency, where that is not one.
    pub(super) fn scale(&self, id: &InstrumentId) -> Option<Decimal> {
        let scale = self.instruments.get(id)?.price_scale.decimal();
        (scale != Decimal::ONE).then_some(scale)
    }

    /// The factors by which splits have multiplied the units of an instrument after a day, up to another one.
    pub(super) fn unit_changes(&self, id: &InstrumentId, after: BusinessDate, through: BusinessDate) -> Vec<Node> {
        let adjusted = self.instruments.get(id).is_some_and(|instrument| instrument.adjusted != "none");
        // A split counts once: as the portfolio booked it, or as the market announced it.
        let is_booked = |action: &CorporateAction, ratio: (i64, i64)| {
            self.booked_splits(id).any(|row| {
                (-EARLY_BOOKING_DAYS..=LATE_BOOKING_DAYS).contains(&row.trade_date.days_since(action.ex_date))
                    && row.quantity.is_some_and(|booked| is_booked_as(ratio, booked.decimal()))
            })
        };
        let announced = self.actions.iter().filter(|action| action.instrument_id == *id && !adjusted);
        let announced = announced.filter_map(|action| {
            let (new, old) = unit_ratio(action)?;
            if is_booked(action, (new, old)) {
                return None;
            }
            let (new, old) = (Decimal::from(new), Decimal::from(old));
            let source = self.landed(&action.landing_sha256, action.line);
            Some(UnitChange { date: action.ex_date, new, old, what: words_of_action(action), source })
        });
        within(announced.chain(self.booked_changes(id)).collect(), after, through)
    }

    /// The same, those alone that the portfolio itself booked.
    pub(super) fn booked_unit_changes(
        &self,
        id: &InstrumentId,
        after: BusinessDate,
        through: BusinessDate,
    ) -> Vec<Node> {
        within(self.booked_changes(id).collect(), after, through)
    }

    fn booked_splits<'a>(&'a self, id: &'a InstrumentId) -> impl Iterator<Item = &'a Transaction> {
        let split = TransactionKind::Split.code();
        self.standing_at_any_time().filter(move |row| row.kind == split && row.instrument_id.as_ref() == Some(id))
    }

    fn booked_changes<'a>(&'a self, id: &'a InstrumentId) -> impl Iterator<Item = UnitChange> {
        self.booked_splits(id).filter_map(|row| {
            let (new, old) = ratio_of_decimal(row.quantity?.decimal()).ok()?;
            let (new, old) = (Decimal::from(new), Decimal::from(old));
            let source = self.booked_in(row);
            Some(UnitChange { date: row.trade_date, new, old, what: self.words_of(row), source })
        })
    }

    /// Units of one currency for one unit of another, through the euro; none where nothing is to be converted.
    pub(super) fn cross_rate(&self, from: Currency, to: Currency, date: BusinessDate) -> Option<Node> {
        if from == to {
            return None;
        }
        let (numerator, denominator) = (self.per_euro(to, date), self.per_euro(from, date));
        let quotient = match (numerator.figure.exact(), denominator.figure.exact()) {
            (Some(up), Some(down)) => up.checked_div(down),
            _ => None,
        };
        let figure = Figure::known(quotient, "a rate is missing or too old");
        let node = Node::given(format!("{from} in {to}"), figure, Unit::Rate(to, from)).on(date);
        Some(node.noted("through the euro").with_parts(Rule::Quotient(None), vec![numerator, denominator]))
    }

    fn per_euro(&self, currency: Currency, date: BusinessDate) -> Node {
        let unit = Unit::Rate(currency, Currency::EUR);
        if currency == Currency::EUR {
            return Node::given("EUR for one EUR: the pivot", Figure::Exact(Decimal::ONE), unit);
        }
        let Some(rate) = self.rate_on(currency, date) else {
            let reason = format!("{} has no rate of {currency} on or before {date}", self.portfolio.fx_source);
            return Node::given(format!("{currency} for one EUR"), Figure::Unavailable(reason), unit);
        };
        let age = date.days_since(rate.rate_date);
        let note = if age == 0 { String::new() } else { format!("the last rate, {age} days before {date}") };
        let days_max = self.fx_rate_days_max;
        let figure = if age <= i64::from(days_max) {
            Figure::Exact(rate.units_per_eur.decimal())
        } else {
            let units = rate.units_per_eur.decimal();
            Figure::Unavailable(format!("{units}, and a rate counts for no more than {days_max} days"))
        };
        Node::given(format!("{currency} for one EUR on {}", rate.rate_date), figure, unit)
            .on(rate.rate_date)
            .noted(note)
            .read_in(self.landed(&rate.landing_sha256, rate.line))
    }
}

/// The changes after a day, up to another one, in their order.
fn within(mut changes: Vec<UnitChange>, after: BusinessDate, through: BusinessDate) -> Vec<Node> {
    changes.retain(|change| after < change.date && change.date <= through);
    changes.sort_by_key(|change| change.date);
    changes.into_iter().map(UnitChange::node).collect()
}

impl UnitChange {
    fn node(self) -> Node {
        let ratio = Figure::known(self.new.checked_div(self.old), "the ratio divides by zero");
        let node = Node::given(self.what, ratio, Unit::Factor).on(self.date).read_in(self.source);
        if self.old == Decimal::ONE {
            return node;
        }
        let part = |label: &str, number| Node::given(label, Figure::Exact(number), Unit::Units);
        node.with_parts(Rule::Quotient(None), vec![part("new units", self.new), part("old units", self.old)])
    }
}
