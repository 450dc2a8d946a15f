//! Changes of name, symbol or ISIN: the same investment as another instrument.

use super::{ActionError, BookedBy, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning, Terms};
use crate::reorganisation::exchange;

/// A change (`CHAN`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "CHANGE",
    iso_20022: "CHAN",
    iso_20022_detail: None,
    definition: "all lots become lots of the target, one for one or by the ratio, with basis and age",
    needs: Needs { ratio: Need::Optional, target: Need::Required, fraction_price: Need::Optional, ..Needs::NOTHING },
    ratio: RatioMeaning::OfTarget,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let ratio = if terms.action.ratio_new.is_some() { terms.ratio()? } else { (1, 1) };
    let mut outcome = Outcome { lots: Some(Vec::new()), ..Outcome::default() };
    exchange(terms, &mut outcome, position.lots.to_vec(), ratio)?;
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::super::on_holding;
    use super::super::tests::{announced, lot, only, terms};

    #[test]
    fn facebook_became_meta_in_2022() {
        // Meta Platforms, June 2022: the symbol FB became META, and nothing else changed.
        let action = announced("CHANGE", "2022-06-09").target("META").build();
        let lots = [lot("10", "1700"), lot("5.5", "1100")];
        let outcome = on_holding(&terms(&action), &only(&lots)).expect("valid");
        assert_eq!((outcome.into[0].instrument_id.symbol(), &outcome.into[0].lots[..]), ("META", &lots[..]));
        assert_eq!((outcome.lots, outcome.closes, outcome.cash), (Some(Vec::new()), None, Vec::new()));
    }

    #[test]
    fn a_reverse_split_with_a_new_isin_is_a_change_by_a_ratio() {
        // An Interactive Brokers statement: 12,000 Gran Colombia Gold CA38501D2041 became 480 CA38501D5010.
        let action = announced("CHANGE", "2013-06-18").ratio("1:25").target("GCM").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("12000", "3240")])).expect("valid");
        assert_eq!(outcome.into[0].lots, [lot("480", "3240")]);
    }
}
