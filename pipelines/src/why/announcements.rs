//! What issuers announced, in words and numbers: the kind with its ISO 20022 event code, the ex-date, the ratio, the
//! amount per unit, and the line that it was imported from.

use ledger::books::AppliedAction;
use ledger::corporate_actions::{RatioMeaning, kind_of};
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::{BusinessDate, InstrumentId};

use super::facts::Facts;
use super::node::{Figure, Node, Rule, Unit};

impl Facts {
    /// The announcement of a kind for an instrument and a day.
    pub(super) fn announcement(
        &self,
        instrument: &InstrumentId,
        ex_date: BusinessDate,
        kind: &str,
    ) -> Option<&CorporateAction> {
        let is_it = |action: &&CorporateAction| {
            action.instrument_id == *instrument && action.ex_date == ex_date && action.kind == kind
        };
        self.actions.iter().find(is_it)
    }

    /// The announcement that the books applied.
    pub(super) fn announcement_of(&self, applied: &AppliedAction) -> Option<&CorporateAction> {
        self.announcement(&applied.instrument.instrument_id, applied.ex_date, &applied.kind)
    }

    /// What the books applied, as a part of something: a figure with everything that identifies the announcement.
    pub(super) fn applied(&self, applied: &AppliedAction, figure: Figure, unit: Unit) -> Node {
        let announced = self.announcement_of(applied);
        let label = announced.map_or_else(|| applied.id.to_string(), words_of_action);
        let source = announced.and_then(|action| self.landed(&action.landing_sha256, action.line));
        Node::given(label, figure, unit).on(applied.ex_date).read_in(source)
    }
}

/// An announcement in words, e.g. `MERGER (MRGR) of OLD, ex 2024-02-15: 2 NEW for 1 and 40 EUR per unit`.
pub(super) fn words_of_action(action: &CorporateAction) -> String {
    let named = format!("{} of {}, ex {}", coded(&action.kind), action.instrument_id.symbol(), action.ex_date);
    let terms: Vec<String> = ratio_words(action).into_iter().chain(amount_words(action)).collect();
    if terms.is_empty() { named } else { format!("{named}: {}", terms.join(" and ")) }
}

/// A kind with its ISO 20022 event code, e.g. `SPECIAL_DIVIDEND (DVCA SPEC)`.
fn coded(kind: &str) -> String {
    match kind_of(kind).map(|known| (known.iso_20022, known.iso_20022_detail)) {
        Some((code, Some(detail))) => format!("{kind} ({code} {detail})"),
        Some((code, None)) => format!("{kind} ({code})"),
        None => kind.to_owned(),
    }
}

fn ratio_words(action: &CorporateAction) -> Option<String> {
    let target = action.target_instrument_id.as_ref().map(InstrumentId::symbol);
    let Some((new, old)) = action.ratio_new.zip(action.ratio_old) else {
        return target.map(|target| format!("1 {target} for 1"));
    };
    match (kind_of(&action.kind)?.ratio, target) {
        (RatioMeaning::OfTarget | RatioMeaning::PartOrOfTarget, Some(target)) => {
            Some(format!("{new} {target} for {old}"))
        }
        (RatioMeaning::NewForOld | RatioMeaning::FewerForOld | RatioMeaning::OfTarget, _) => {
            Some(format!("{new} for {old}"))
        }
        (RatioMeaning::Additional, _) => Some(format!("{new} on top of {old}")),
        (RatioMeaning::Part | RatioMeaning::PartOrOfTarget, _) => Some(format!("{new} of {old} units")),
        (RatioMeaning::None, _) => None,
    }
}

fn amount_words(action: &CorporateAction) -> Option<String> {
    let amount = action.amount?.decimal().normalize();
    let currency = action.currency.map_or_else(String::new, |currency| format!(" {currency}"));
    Some(format!("{amount}{currency} per unit"))
}

/// So many new units for so many old ones, as a number to multiply with.
pub(super) fn factor(node: Node, (new, old): (i64, i64)) -> Node {
    let (new, old) = (Decimal::from(new), Decimal::from(old));
    let ratio = Figure::known(new.checked_div(old), "the ratio divides by zero");
    let node = Node { figure: ratio, unit: Unit::Factor, ..node };
    if old == Decimal::ONE {
        return node;
    }
    let part = |label: &str, number| Node::given(label, Figure::Exact(number), Unit::Units);
    node.with_parts(Rule::Quotient(None), vec![part("new units", new), part("old units", old)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_told_by_kind_code_day_and_terms() {
        let action =
            |kind: &str, ratio: Option<(i64, i64)>, target: Option<&str>, amount: Option<&str>| CorporateAction {
                market_id: "M1".parse().expect("an id"),
                instrument_id: "M1~OLD".parse().expect("an id"),
                ex_date: "2024-02-15".parse().expect("a date"),
                kind: kind.to_owned(),
                ratio_new: ratio.map(|(new, _)| new),
                ratio_old: ratio.map(|(_, old)| old),
                target_instrument_id: target.map(|id| id.parse().expect("an id")),
                amount: amount.map(|amount| amount.parse().expect("a number")),
                basis_fraction: None,
                fraction_price: None,
                pay_date: None,
                currency: amount.map(|_| schemas::Currency::EUR),
                landing_sha256: String::new(),
                line: 2,
            };
        for (announced, words) in [
            (action("SPLIT", Some((3, 2)), None, None), "SPLIT (SPLF) of OLD, ex 2024-02-15: 3 for 2"),
            (action("BONUS", Some((1, 10)), None, None), "BONUS (BONU) of OLD, ex 2024-02-15: 1 on top of 10"),
            (action("CHANGE", None, Some("M1~NEW"), None), "CHANGE (CHAN) of OLD, ex 2024-02-15: 1 NEW for 1"),
            (
                action("MERGER", Some((2, 1)), Some("M1~NEW"), Some("40.00")),
                "MERGER (MRGR) of OLD, ex 2024-02-15: 2 NEW for 1 and 40 EUR per unit",
            ),
            (
                action("SPECIAL_DIVIDEND", None, None, Some("5")),
                "SPECIAL_DIVIDEND (DVCA SPEC) of OLD, ex 2024-02-15: 5 EUR per unit",
            ),
        ] {
            assert_eq!(words_of_action(&announced), words);
        }
    }
}
