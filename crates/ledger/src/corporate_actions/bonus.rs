//! Bonus issues: units given free of payment out of the issuer's reserves.

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::reorganisation::add_units;
use crate::transaction::TransactionKind;

/// A bonus issue (`BONU`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "BONUS",
    iso_20022: "BONU",
    iso_20022_detail: None,
    definition: "units held × ratio come on top, free of payment; the basis is spread over all units",
    needs: Needs { ratio: Need::Required, fraction_price: Need::Optional, ..Needs::NOTHING },
    ratio: RatioMeaning::Additional,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::StockDividend, TransactionKind::Split],
    on_holding: add_units,
};

#[cfg(test)]
mod tests {
    use super::super::tests::{announced, lot, only, terms};
    use super::super::{on_holding, split, unit_ratio};

    #[test]
    fn one_for_ten_makes_eleven_of_ten() {
        // 120 shares for 600 at 1 for 10: 132 shares for 600.
        let action = announced("BONUS", "2014-06-09").ratio("1:10").build();
        assert_eq!(unit_ratio(&action), Some((11, 10)));
        let mut lots = [lot("100", "400"), lot("20", "200")];
        let outcome = on_holding(&terms(&action), &only(&lots)).expect("valid");
        assert_eq!((outcome.scale, outcome.lots.is_none()), (Some((11, 10)), true));
        split::apply(&mut lots, (11, 10)).expect("fits");
        assert_eq!(lots, [lot("110", "400"), lot("22", "200")]);
    }
}
