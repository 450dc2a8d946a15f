//! Partial calls: a part of every unit is repaid, as when a bond is paid back in instalments.

use super::{ActionError, BookedBy, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning, Terms};
use crate::apportion::{divide, take_alike};
use crate::reorganisation::close;
use crate::transaction::TransactionKind;

/// A partial redemption that reduces the nominal (`PCAL`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "PARTIAL_CALL",
    iso_20022: "PCAL",
    iso_20022_detail: None,
    definition: "units held × ratio, the same part of every lot, leave for the amount per unit that is repaid",
    needs: Needs { ratio: Need::Required, amount: Need::Required, ..Needs::NOTHING },
    ratio: RatioMeaning::Part,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Sell],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let (price, (new, old)) = (terms.amount()?, terms.ratio()?);
    let called = divide(position.units(terms)?, new.into(), old.into());
    let parts = called.and_then(|(called, _)| take_alike(position.lots, called));
    let (repaid, left) = parts.ok_or_else(|| terms.out_of_range())?;
    let mut outcome = Outcome { lots: Some(left), ..Outcome::default() };
    close(terms, &mut outcome, &repaid, price)?;
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::on_holding;
    use super::super::tests::{announced, lot, only, terms};

    #[test]
    fn a_quarter_of_a_bond_is_repaid_at_par() {
        // Nominal 10,000 for 9,800 and 2,000 for 2,040: a quarter of each comes back at 1.00. 3,000 come in against a
        // cost of 2,450 + 510: a gain of 40. 7,500 for 7,350 and 1,500 for 1,530 stay.
        let action = announced("PARTIAL_CALL", "2014-06-09").ratio("0.25").amount("1").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("10000", "9800"), lot("2000", "2040")])).expect("valid");
        assert_eq!(outcome.lots, Some(vec![lot("7500", "7350"), lot("1500", "1530")]));
        let realised = outcome.closes.and_then(|closes| closes.realised()).expect("lots are closed");
        let gain = realised.proceeds.checked_sub(realised.cost).expect("fits").local;
        assert_eq!((realised.quantity, gain), (Decimal::from(3000), Some(Decimal::from(40))));
        assert_eq!(outcome.cash[0].amount, Decimal::from(3000));
    }
}
