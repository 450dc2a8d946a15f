//! Redemptions: an instrument ends and is paid back.

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::reorganisation::redeem;
use crate::transaction::TransactionKind;

/// A final redemption (`REDM`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "REDEMPTION",
    iso_20022: "REDM",
    iso_20022_detail: None,
    definition: "all units leave for the amount per unit",
    needs: Needs { amount: Need::Required, ..Needs::NOTHING },
    ratio: RatioMeaning::None,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Sell],
    on_holding: redeem,
};

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::on_holding;
    use super::super::tests::{announced, lot, only, terms};

    #[test]
    fn a_bond_bought_below_par_gains_the_difference() {
        // Nominal 10,000 bought at 97.5 percent for 9,750 is repaid at 1.00 a unit: a gain of 250.
        let action = announced("REDEMPTION", "2014-06-09").amount("1").paid("2014-06-11").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("10000", "9750")])).expect("valid");
        let realised = outcome.closes.and_then(|closes| closes.realised()).expect("lots are closed");
        assert_eq!(realised.proceeds.checked_sub(realised.cost).expect("fits").base, Some(Decimal::from(250)));
        assert_eq!((outcome.lots, outcome.cash[0].date), (Some(Vec::new()), action.pay_date.expect("given")));
    }
}
