//! Special dividends: cash outside the issuer's regular dividends.

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::reorganisation::owe_dividend;
use crate::transaction::TransactionKind;

/// A special dividend (`DVCA` of the dividend type `SPEC`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "SPECIAL_DIVIDEND",
    iso_20022: "DVCA",
    iso_20022_detail: Some("SPEC"),
    definition: "amount per unit × units held at the close before the ex-date, before tax, outside the regular ones",
    needs: Needs { amount: Need::Required, ..Needs::NOTHING },
    ratio: RatioMeaning::None,
    holders: Holders::Every,
    cash: BookedBy::Broker,
    booked_as: &[TransactionKind::Dividend],
    on_holding: owe_dividend,
};

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::tests::{announced, lot, only, terms};
    use super::super::{BookedBy, on_holding};

    #[test]
    fn kraft_paid_16_50_a_share_before_it_became_kraft_heinz() {
        // Kraft Foods Group, July 2015: 16.50 USD a share. 200 shares are owed 3,300.
        let action = announced("SPECIAL_DIVIDEND", "2015-07-06").amount("16.50").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("200", "8000")])).expect("valid");
        assert_eq!((outcome.cash[0].amount, outcome.cash[0].booked_by), (Decimal::from(3300), BookedBy::Broker));
        assert_eq!((outcome.lots, outcome.closes), (None, None));
    }
}
