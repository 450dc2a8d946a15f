//! What issuers paid without a booking of the broker, e.g. for units that a merger took or for fractions of units:
//! units times the amount per unit that was announced.

use ledger::books::{AppliedAction, Payment};
use ledger::corporate_actions::CashCharacter;
use rust_decimal::Decimal;
use schemas::Currency;
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::corporate_actions::CorporateAction;

use super::Trail;
use super::announcements::words_of_action;
use super::arithmetic::sum;
use super::node::{Figure, Node, Rule, Unit};

impl Trail {
    /// What issuers paid in a currency up to the date, the latest first; none if nothing.
    pub(super) fn paid_by_issuers(&self, currency: Currency) -> Option<Node> {
        let unit = Unit::Money(currency);
        let paid = |row: &&ActionPayment| {
            row.currency == currency && row.business_date <= self.facts.date && !row.amount.is_zero()
        };
        let parts: Vec<Node> = self.payments.iter().rev().filter(paid).map(|row| self.payment(row)).collect();
        let amounts: Vec<Decimal> = parts.iter().filter_map(|part| part.figure.exact()).collect();
        let figure = Figure::known(sum(&amounts), "it has too many digits");
        let node = Node::given("paid by issuers, not booked by the broker", figure, unit.clone());
        (!parts.is_empty()).then(|| node.with_parts(Rule::Sum, self.shortened(parts, &unit)))
    }

    /// One payment: what was paid for the units, what for the fraction of one.
    fn payment(&self, row: &ActionPayment) -> Node {
        let announced = self.facts.announcement(&row.instrument_id, row.ex_date, &row.kind);
        let label = announced.map_or_else(
            || format!("{} of {}, ex {}", row.kind, row.instrument_id.symbol(), row.ex_date),
            words_of_action,
        );
        let source = announced.and_then(|action| self.facts.landed(&action.landing_sha256, action.line));
        let node = Node::given(label, Figure::Exact(row.amount.decimal()), Unit::Money(row.currency))
            .on(row.business_date)
            .read_in(source);
        let is_it = |applied: &&AppliedAction| {
            applied.instrument.instrument_id == row.instrument_id
                && applied.ex_date == row.ex_date
                && applied.kind == row.kind
        };
        let (Some(applied), Some(announced)) = (self.replay.applied.iter().find(is_it), announced) else { return node };
        let of_currency = applied.payments.iter().filter(|payment| payment.currency == row.currency);
        let parts: Vec<Node> = of_currency.map(|payment| leg(payment, announced)).collect();
        match <[Node; 1]>::try_from(parts) {
            Ok([only]) => node.with_parts_if_they_give_it(only.rule, only.children),
            Err(parts) => node.with_parts_if_they_give_it(Rule::Sum, parts),
        }
    }
}

/// One of the amounts of a payment: units times the amount or the price of a fraction.
fn leg(payment: &Payment, announced: &CorporateAction) -> Node {
    let is_fraction = payment.character == CashCharacter::InLieu;
    let price = if is_fraction { announced.fraction_price } else { announced.amount };
    let (label, units, per_unit) = match payment.character {
        CashCharacter::Proceeds => ("paid for units that left", "units that left", "amount per unit"),
        CashCharacter::InLieu => ("paid for the fraction of a unit", "fraction of a unit", "price of a whole unit"),
        CashCharacter::Subscription => ("cost of the new units", "new units, which are paid for", "price per unit"),
        CashCharacter::Reinvestment => ("taken as units instead", "units for which it was chosen", "amount per unit"),
        CashCharacter::Dividend => ("dividend", "units for which it was chosen", "amount per unit"),
        CashCharacter::ReturnOfCapital => ("capital that came back", "units held", "amount per unit"),
    };
    let units = Node::given(units, Figure::known(payment.units, "they do not add up"), Unit::Units);
    let price = Figure::known(price.map(|price| price.decimal()), "none was announced");
    let price = Node::given(per_unit, price, Unit::Price(payment.currency.to_string()));
    Node::given(label, Figure::Exact(payment.amount), Unit::Money(payment.currency))
        .with_parts_if_they_give_it(Rule::Product(None), vec![units, price])
}
