//! Cash dividends: what a holder is owed on the ex-date.
//!
//! The cash itself is booked by the broker's DIVIDEND transaction. The entitlement computed here is what the check
//! `missing_dividends` compares with it, so that a dividend that never arrived is noticed.

use rust_decimal::Decimal;

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::reorganisation::owe_dividend;
use crate::transaction::TransactionKind;

/// The word in files and tables.
pub const CODE: &str = "CASH_DIVIDEND";

/// A cash dividend (`DVCA`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: CODE,
    iso_20022: "DVCA",
    iso_20022_detail: None,
    definition: "amount per unit × units held at the close before the ex-date, before tax",
    needs: Needs { amount: Need::Required, ..Needs::NOTHING },
    ratio: RatioMeaning::None,
    holders: Holders::Every,
    cash: BookedBy::Broker,
    booked_as: &[TransactionKind::Dividend],
    on_holding: owe_dividend,
};

/// The gross amount owed for the units held at the close before the ex-date. None on overflow.
pub fn entitlement(units: Decimal, amount_per_unit: Decimal) -> Option<Decimal> {
    units.checked_mul(amount_per_unit)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{announced, lot, only, terms};
    use super::super::{CashCharacter, CashLeg, Outcome, on_holding};
    use super::*;

    #[test]
    fn apple_paid_3_05_a_share_in_february_2014() {
        // 54 shares × 3.05 USD.
        assert_eq!(entitlement(Decimal::from(54), Decimal::new(305, 2)), Some(Decimal::new(16_470, 2)));
        let action = announced("CASH_DIVIDEND", "2014-02-06").amount("3.05").paid("2014-02-13").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("50", "20000"), lot("4", "2000")])).expect("valid");
        let leg = CashLeg {
            date: "2014-02-13".parse().expect("a date"),
            currency: schemas::Currency::USD,
            amount: Decimal::new(16_470, 2),
            character: CashCharacter::Dividend,
            booked_by: BookedBy::Broker,
        };
        assert_eq!(outcome, Outcome { cash: vec![leg], ..Outcome::default() });
    }

    #[test]
    fn a_short_position_owes_the_dividend() {
        let action = announced("CASH_DIVIDEND", "2014-02-06").amount("3.05").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("-10", "-5000")])).expect("valid");
        assert_eq!(outcome.cash[0].amount, Decimal::new(-305, 1));
    }
}
