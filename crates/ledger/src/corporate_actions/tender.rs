//! Tender offers for cash: units that holders offer are bought back.
//!
//! An offer that is oversubscribed takes a part of what was tendered; the ratio says which, and the part is rounded
//! down to whole units. Which lots go is the holder's choice, as in a sale.

use rust_decimal::Decimal;

use super::{
    ActionError, BookedBy, CorporateActionKind, DisposedLots, Holders, Need, Needs, Outcome, Position, RatioMeaning,
    Terms,
};
use crate::apportion::scaled;
use crate::reorganisation::dispose;
use crate::transaction::TransactionKind;

/// A tender offer (`TEND`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "TENDER",
    iso_20022: "TEND",
    iso_20022_detail: None,
    definition: "units tendered, or the part of them that was accepted, leave for the amount per unit",
    needs: Needs { ratio: Need::Optional, amount: Need::Required, ..Needs::NOTHING },
    ratio: RatioMeaning::Part,
    holders: Holders::Electing(TransactionKind::ElectTender),
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Sell],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let price = terms.amount()?;
    let tendered = position.elected_units(terms)?;
    let mut outcome = Outcome::default();
    let accepted = if terms.action.ratio_new.is_some() {
        scaled(tendered, terms.ratio()?).map(|units| units.trunc()).ok_or_else(|| terms.out_of_range())?
    } else {
        tendered
    };
    if Decimal::ZERO < accepted {
        dispose(terms, &mut outcome, accepted, price, DisposedLots::ByMethod)?;
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::super::on_holding;
    use super::super::tests::{announced, electing, lot, only, terms};
    use super::*;

    #[test]
    fn uranium_one_was_taken_over_at_2_86_a_share_in_2013() {
        // An Interactive Brokers statement: 12,000 shares tendered bring 34,320.00 CAD and a gain of 2,358.00, so that
        // they had cost 31,962.00.
        let action = announced("TENDER", "2013-10-25").amount("2.86").build();
        let outcome = on_holding(&terms(&action), &electing(&[lot("12000", "31962")], "12000")).expect("valid");
        let closes = outcome.closes.expect("all were tendered");
        assert_eq!((closes.units, closes.lots), (Decimal::from(12_000), DisposedLots::ByMethod));
        let gain = closes.proceeds.local.expect("known") - Decimal::from(31_962);
        assert_eq!((outcome.cash[0].amount, gain), (Decimal::from(34_320), Decimal::from(2_358)));
    }

    #[test]
    fn only_what_was_tendered_and_accepted_leaves() {
        // 100 of 300 are tendered, two thirds are accepted: 66 whole units at 10.
        let action = announced("TENDER", "2013-10-25").ratio("2:3").amount("10").build();
        let lots = [lot("300", "1500")];
        let outcome = on_holding(&terms(&action), &electing(&lots, "100")).expect("valid");
        assert_eq!(outcome.closes.expect("some are accepted").units, Decimal::from(66));
        assert_eq!(outcome.cash[0].amount, Decimal::from(660));
        assert_eq!(on_holding(&terms(&action), &only(&lots)), Ok(Outcome::default()));
    }
}
