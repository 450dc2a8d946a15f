//! Rights that were not exercised expire.
//!
//! An issuer that sells the lapsed rights pays the proceeds to their holders; then the announcement has an amount.

use rust_decimal::Decimal;

use super::{ActionError, BookedBy, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning, Terms};
use crate::reorganisation::close;
use crate::transaction::TransactionKind;

/// The lapse of rights: the option `LAPS` of an exercise (`EXRI`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "RIGHTS_LAPSE",
    iso_20022: "EXRI",
    iso_20022_detail: Some("LAPS"),
    definition: "the rights that are left go for nothing, or for the amount per right; their basis is a loss",
    needs: Needs { amount: Need::OptionalOrZero, ..Needs::NOTHING },
    ratio: RatioMeaning::None,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::WriteOff, TransactionKind::Sell],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let price = terms.action.amount.map_or(Decimal::ZERO, |amount| amount.decimal());
    let mut outcome = Outcome { lots: Some(Vec::new()), ..Outcome::default() };
    close(terms, &mut outcome, position.lots, price)?;
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::super::on_holding;
    use super::super::tests::{announced, lot, only, terms};
    use super::*;

    #[test]
    fn what_rights_cost_is_lost_with_them() {
        // 100 rights bought for 250 expire: a loss of 250, and no cash.
        let action = announced("RIGHTS_LAPSE", "2017-04-06").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "250")])).expect("valid");
        let realised = outcome.closes.as_ref().and_then(|closes| closes.realised()).expect("lots are closed");
        let gain = realised.proceeds.checked_sub(realised.cost).expect("fits");
        assert_eq!((gain.local, realised.quantity), (Some(Decimal::from(-250)), Decimal::from(100)));
        assert_eq!((outcome.lots, outcome.cash), (Some(Vec::new()), Vec::new()));
    }

    #[test]
    fn an_issuer_can_sell_them_for_their_holders() {
        let action = announced("RIGHTS_LAPSE", "2017-04-06").amount("1.20").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "0")])).expect("valid");
        assert_eq!(outcome.cash[0].amount, Decimal::from(120));
    }
}
