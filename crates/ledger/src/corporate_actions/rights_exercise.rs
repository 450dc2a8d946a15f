//! Rights issues, second part: rights are exercised, and new units bought.
//!
//! The event is about the right; the units that come in are the target. A purchase begins a new holding period. Which
//! rights are used does not depend on the cost basis method: every lot gives its part.

use rust_decimal::Decimal;

use super::{
    ActionError, BookedBy, CashCharacter, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning,
    Terms,
};
use crate::apportion::{scaled_units, spread, take_alike, total_units};
use crate::lots::Lot;
use crate::reorganisation::{add_to_target, opened, pay};
use crate::transaction::TransactionKind;

/// The exercise of rights (`EXRI`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "RIGHTS_EXERCISE",
    iso_20022: "EXRI",
    iso_20022_detail: None,
    definition: "rights exercised × ratio of new units come in, at the amount per new unit and the basis of the rights",
    needs: Needs {
        ratio: Need::Required,
        target: Need::Required,
        amount: Need::Required,
        fraction_price: Need::Optional,
        ..Needs::NOTHING
    },
    ratio: RatioMeaning::OfTarget,
    holders: Holders::Electing(TransactionKind::ElectExercise),
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Buy],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let (ratio, price) = (terms.ratio()?, terms.amount()?);
    let elected = position.elected_units(terms)?;
    let mut outcome = Outcome::default();
    if elected.is_zero() {
        return Ok(outcome);
    }
    let (used, left) = take_alike(position.lots, elected).ok_or_else(|| terms.out_of_range())?;
    let lots = bought(terms, &used, ratio, price)?;
    let units = total_units(&lots).ok_or_else(|| terms.out_of_range())?;
    let cost = units.checked_mul(price).ok_or_else(|| terms.out_of_range())?;
    outcome.lots = Some(left);
    pay(terms, &mut outcome, -cost, CashCharacter::Subscription, BookedBy::Announcement)?;
    add_to_target(terms, &mut outcome, lots)?;
    Ok(outcome)
}

/// A lot of new units for every lot of rights: it costs the rights' basis and the price of its units.
fn bought(terms: &Terms<'_>, rights: &[Lot], ratio: (i64, i64), price: Decimal) -> Result<Vec<Lot>, ActionError> {
    let units = scaled_units(rights, ratio).ok_or_else(|| terms.out_of_range())?;
    let mut lots: Vec<Lot> = rights.iter().zip(units).map(|(right, units)| opened(terms, units, right.basis)).collect();
    let costs = total_units(&lots)
        .and_then(|units| units.checked_mul(price))
        .and_then(|cost| spread(cost, &lots))
        .ok_or_else(|| terms.out_of_range())?;
    for (lot, cost) in lots.iter_mut().zip(costs) {
        let basis = lot.basis.checked_add(terms.worth(cost)?).ok_or_else(|| terms.out_of_range())?;
        lot.basis = terms.in_target(basis)?;
    }
    Ok(lots)
}

#[cfg(test)]
mod tests {
    use super::super::on_holding;
    use super::super::tests::{announced, electing, lot, only, terms};
    use super::*;

    #[test]
    fn the_cost_is_the_price_and_the_basis_of_the_rights() {
        // 26 CFR 1.307-1: the new stock costs the subscription price of 90 and the basis of the right, 14.7287, or
        // 104.7287 a share.
        let action = announced("RIGHTS_EXERCISE", "1954-07-15").ratio("1").target("SHARE").amount("90").build();
        let outcome = on_holding(&terms(&action), &electing(&[lot("100", "1472.87")], "100")).expect("valid");
        let share = &outcome.into[0].lots[0];
        assert_eq!((share.quantity, share.basis.local), (Decimal::from(100), Some(Decimal::new(1_047_287, 2))));
        assert_eq!((outcome.lots, outcome.cash[0].amount), (Some(Vec::new()), Decimal::from(-9000)));
        assert_eq!((share.acquired_date, &*share.opened_by), (action.ex_date, "RIGHTS_EXERCISE:ABC:1954-07-15"));
    }

    #[test]
    fn deutsche_bank_offered_one_share_for_two_at_11_65_in_2017() {
        // Deutsche Bank, 2017: one new share for two at 11.65. Of 1,000 rights 600 are exercised: 300 shares for
        // 3,495.00; 400 rights stay.
        let action = announced("RIGHTS_EXERCISE", "2017-04-06").ratio("1:2").target("SHARE").amount("11.65").build();
        let lots = [lot("500", "0"), lot("500", "0")];
        let outcome = on_holding(&terms(&action), &electing(&lots, "600")).expect("valid");
        assert_eq!(outcome.cash[0].amount, Decimal::new(-349_500, 2));
        let shares = &outcome.into[0].lots;
        assert_eq!(shares.iter().map(|lot| lot.quantity).collect::<Vec<_>>(), [Decimal::from(150); 2]);
        assert_eq!(shares[1].basis.base, Some(Decimal::new(174_750, 2)));
        assert_eq!(outcome.lots, Some(vec![lot("200", "0"), lot("200", "0")]));
    }

    #[test]
    fn nobody_exercises_without_saying_so_or_more_than_is_held() {
        let action = announced("RIGHTS_EXERCISE", "2017-04-06").ratio("1:2").target("SHARE").amount("11.65").build();
        let lots = [lot("10", "0")];
        assert_eq!(on_holding(&terms(&action), &only(&lots)), Ok(Outcome::default()));
        let error = on_holding(&terms(&action), &electing(&lots, "11")).expect_err("too many");
        let event = "corporate action RIGHTS_EXERCISE:ABC:2017-04-06";
        let reason = "11 units were elected and 10 are held";
        assert_eq!(error.to_string(), format!("{event}: {reason}"));
    }
}
