//! Dividend reinvestment plans: a cash dividend that buys units in the market for those who take part.
//!
//! Who takes part, at which price and with which charges is between the holder and the broker, who books
//! DIVIDEND_REINVESTED, or DIVIDEND and BUY. The announcement says what is owed, as for a cash dividend.

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::reorganisation::owe_dividend;
use crate::transaction::TransactionKind;

/// A dividend with a reinvestment plan (`DRIP`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "DIVIDEND_REINVESTMENT",
    iso_20022: "DRIP",
    iso_20022_detail: None,
    definition: "amount per unit × units held, before tax; the broker books the cash or the units that it bought",
    needs: Needs { amount: Need::Required, ..Needs::NOTHING },
    ratio: RatioMeaning::None,
    holders: Holders::Every,
    cash: BookedBy::Broker,
    booked_as: &[TransactionKind::DividendReinvested, TransactionKind::Dividend],
    on_holding: owe_dividend,
};

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::tests::{announced, lot, only, terms};
    use super::super::{BookedBy, Outcome, on_holding};

    #[test]
    fn the_dividend_is_owed_and_the_broker_books_the_units() {
        // 80.5 units × 0.20 = 16.10.
        let action = announced("DIVIDEND_REINVESTMENT", "2014-06-09").amount("0.20").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("80.5", "800")])).expect("valid");
        assert_eq!((outcome.cash[0].amount, outcome.cash[0].booked_by), (Decimal::new(1610, 2), BookedBy::Broker));
        assert_eq!(Outcome { cash: Vec::new(), ..outcome }, Outcome::default());
    }
}
