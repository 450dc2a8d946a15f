//! Reverse splits: fewer units, the same value and the same cost.

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::reorganisation::rescale;
use crate::transaction::TransactionKind;

/// A reverse split (`SPLR`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "REVERSE_SPLIT",
    iso_20022: "SPLR",
    iso_20022_detail: None,
    definition: "units × ratio, which is below one; the fraction of a unit is paid in cash if it has a price",
    needs: Needs { ratio: Need::Required, fraction_price: Need::Optional, ..Needs::NOTHING },
    ratio: RatioMeaning::FewerForOld,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Split],
    on_holding: rescale,
};

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::tests::{announced, lot, only, terms};
    use super::super::{on_holding, split, validate};

    #[test]
    fn general_electric_gave_one_share_for_eight_in_2021() {
        // General Electric, 2 August 2021: 100 shares are 12.5; no fractions were issued. At an assumed price of 100
        // the half brings 50.
        let action = announced("REVERSE_SPLIT", "2021-08-02").ratio("1:8").fraction_price("100").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "1300")])).expect("valid");
        assert_eq!(outcome.scale, Some((1, 8)));
        assert_eq!(outcome.fraction_in_lieu.expect("12.5 is not whole").units, Decimal::new(5, 1));
        assert_eq!(outcome.cash[0].amount, Decimal::from(50));
        let whole = on_holding(&terms(&action), &only(&[lot("800", "10400")])).expect("valid");
        assert_eq!(whole.fraction_in_lieu, None);
    }

    #[test]
    fn gran_colombia_gold_gave_one_share_for_twenty_five_in_2013() {
        // An Interactive Brokers statement: 12,000 shares became 480 on 18 June 2013.
        let mut lots = [lot("5000", "1350"), lot("6000", "1620"), lot("1000", "270")];
        split::apply(&mut lots, (1, 25)).expect("fits");
        assert_eq!(lots, [lot("200", "1350"), lot("240", "1620"), lot("40", "270")]);
    }

    #[test]
    fn without_a_price_the_fraction_is_kept() {
        let action = announced("REVERSE_SPLIT", "2021-08-02").ratio("1:8").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "1300")])).expect("valid");
        assert_eq!((outcome.fraction_in_lieu, outcome.cash), (None, Vec::new()));
    }

    #[test]
    fn a_ratio_the_wrong_way_round_is_refused() {
        let action = announced("REVERSE_SPLIT", "2021-08-02").ratio("8:1").build();
        let fault = validate(&action).expect_err("eight for one are more");
        assert_eq!(fault.column, "ratio");
        assert_eq!(fault.reason, "a REVERSE_SPLIT gives fewer units for more; 8:1 is a SPLIT");
    }
}
