//! Optional dividends: cash, or units for those who choose them.
//!
//! Units taken instead of cash are income of the cash that was given up, and cost that much. The rest is a cash
//! dividend. Without a choice all of it is.

use super::{
    ActionError, BookedBy, CashCharacter, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning,
    Terms,
};
use crate::apportion::scaled;
use crate::reorganisation::{add_to_instrument, opened, pay};
use crate::transaction::TransactionKind;

/// A dividend with a choice between cash and units (`DVOP`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "OPTIONAL_DIVIDEND",
    iso_20022: "DVOP",
    iso_20022_detail: None,
    definition: "units that chose so get new units by the ratio, at the cost of the cash given up; the rest gets cash",
    needs: Needs { ratio: Need::Required, amount: Need::Required, fraction_price: Need::Optional, ..Needs::NOTHING },
    ratio: RatioMeaning::Additional,
    holders: Holders::Electing(TransactionKind::ElectStock),
    cash: BookedBy::Broker,
    booked_as: &[
        TransactionKind::Dividend,
        TransactionKind::DividendReinvested,
        TransactionKind::DividendInKind,
        TransactionKind::StockDividend,
    ],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let (ratio, amount) = (terms.ratio()?, terms.amount()?);
    let (held, elected) = (position.units(terms)?, position.elected_units(terms)?);
    let mut outcome = Outcome::default();
    let for_cash = held.checked_sub(elected).ok_or_else(|| terms.out_of_range())?;
    let cash = for_cash.checked_mul(amount).ok_or_else(|| terms.out_of_range())?;
    pay(terms, &mut outcome, cash, CashCharacter::Dividend, BookedBy::Broker)?;
    if !elected.is_zero() {
        let units = scaled(elected, ratio).ok_or_else(|| terms.out_of_range())?;
        let given_up = elected.checked_mul(amount).ok_or_else(|| terms.out_of_range())?;
        let lot = opened(terms, units, terms.worth(given_up)?);
        pay(terms, &mut outcome, given_up, CashCharacter::Dividend, BookedBy::Announcement)?;
        pay(terms, &mut outcome, -given_up, CashCharacter::Reinvestment, BookedBy::Announcement)?;
        add_to_instrument(terms, &mut outcome, vec![lot])?;
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::on_holding;
    use super::super::tests::{announced, electing, lot, only, terms};
    use super::*;
    use crate::basis::Basis;

    #[test]
    fn the_choice_divides_the_dividend() {
        // 100 units, 0.50 each or one new unit for 40. 80 units chose units: 2 units at a cost of 40.00, which is
        // income without cash; the other 20 are owed 10.00.
        let action = announced("OPTIONAL_DIVIDEND", "2014-06-09").ratio("1:40").amount("0.50").build();
        let lots = [lot("100", "1500")];
        let outcome = on_holding(&terms(&action), &electing(&lots, "80")).expect("valid");
        let legs: Vec<_> = outcome.cash.iter().map(|leg| (leg.amount, leg.character, leg.booked_by)).collect();
        let forty = Decimal::from(40);
        assert_eq!(
            legs,
            [
                (Decimal::from(10), CashCharacter::Dividend, BookedBy::Broker),
                (forty, CashCharacter::Dividend, BookedBy::Announcement),
                (-forty, CashCharacter::Reinvestment, BookedBy::Announcement),
            ]
        );
        let received = &outcome.into[0];
        assert_eq!(received.instrument_id, action.instrument_id);
        assert_eq!((received.lots.len(), received.lots[0].quantity), (1, Decimal::from(2)));
        assert_eq!(received.lots[0].basis, Basis::without_charges(Some(forty), Some(forty)));
        assert_eq!(received.lots[0].acquired_date, action.ex_date);
        assert_eq!((outcome.scale, outcome.lots), (None, None));
    }

    #[test]
    fn without_a_choice_it_is_a_cash_dividend() {
        let action = announced("OPTIONAL_DIVIDEND", "2014-06-09").ratio("1:40").amount("0.50").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "1500")])).expect("valid");
        assert_eq!((outcome.cash.len(), outcome.cash[0].amount), (1, Decimal::from(50)));
        assert!(outcome.into.is_empty());
    }
}
