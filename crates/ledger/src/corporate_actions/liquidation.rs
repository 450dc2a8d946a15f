//! Liquidations: a company or a fund is wound up, and its holders are paid off for good.
//!
//! A payment before the last one is a RETURN_OF_CAPITAL. An amount of zero is a total loss; it has to be said.

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::reorganisation::redeem;
use crate::transaction::TransactionKind;

/// A liquidation (`LIQU`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "LIQUIDATION",
    iso_20022: "LIQU",
    iso_20022_detail: None,
    definition: "all units leave for the amount per unit, which can be zero",
    needs: Needs { amount: Need::RequiredOrZero, ..Needs::NOTHING },
    ratio: RatioMeaning::None,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Sell, TransactionKind::WriteOff],
    on_holding: redeem,
};

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::on_holding;
    use super::super::tests::{announced, lot, only, terms};

    #[test]
    fn a_nuveen_fund_paid_its_holders_off_in_2020() {
        // An Interactive Brokers statement: JMLP at 1.1047 USD a share; 367 shares bring 405.4249.
        let action = announced("LIQUIDATION", "2020-05-08").amount("1.1047").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("300", "900"), lot("67", "200")])).expect("valid");
        assert_eq!(outcome.cash[0].amount, Decimal::new(4_054_249, 4));
        let realised = outcome.closes.and_then(|closes| closes.realised()).expect("lots are closed");
        let units: Vec<Decimal> = realised.closed.iter().map(|part| part.quantity).collect();
        assert_eq!(units, [Decimal::from(300), Decimal::from(67)]);
        assert_eq!(outcome.lots, Some(Vec::new()));
    }

    #[test]
    fn a_short_position_keeps_what_it_had_brought() {
        // 10 short brought 60; the company pays nothing: a gain of 60.
        let action = announced("LIQUIDATION", "2020-05-08").amount("0").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("-10", "-60")])).expect("valid");
        let realised = outcome.closes.and_then(|closes| closes.realised()).expect("lots are closed");
        let gain = realised.proceeds.checked_sub(realised.cost).expect("fits").local;
        assert_eq!((realised.quantity, gain), (Decimal::TEN, Some(Decimal::from(60))));
        assert!(outcome.cash.is_empty());
    }
}
