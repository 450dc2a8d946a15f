//! Rights issues, first part: holders receive rights to buy new units.
//!
//! Rights are an instrument of their own, which can be sold. They take no part of the basis, unless a fraction was
//! announced: tax rules differ, and where they divide the basis they say how.

use rust_decimal::Decimal;

use super::{
    ActionError, BasisDivision, BookedBy, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning,
    Terms,
};
use crate::reorganisation::distribute;
use crate::transaction::TransactionKind;

/// A distribution of rights (`RHDI`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "RIGHTS_ISSUE",
    iso_20022: "RHDI",
    iso_20022_detail: None,
    definition: "units held × ratio of the right come in, with the basis fraction if there is one, else at no cost",
    needs: Needs {
        ratio: Need::Required,
        target: Need::Required,
        basis_fraction: Need::Optional,
        fraction_price: Need::Optional,
        ..Needs::NOTHING
    },
    ratio: RatioMeaning::OfTarget,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::DividendInKind],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let fraction = terms.basis_fraction();
    let outcome = distribute(terms, position, Some((fraction.unwrap_or(Decimal::ZERO), Decimal::ONE)))?;
    let basis_division = if fraction.is_some() { BasisDivision::Announced } else { BasisDivision::ByUnits };
    Ok(Outcome { basis_division, ..outcome })
}

#[cfg(test)]
mod tests {
    use super::super::on_holding;
    use super::super::tests::{announced, lot, only, terms};
    use super::*;

    #[test]
    fn an_announced_fraction_of_the_cost_goes_to_the_rights() {
        // 26 CFR 1.307-1: 100 shares for 10,000 and a right for each. The shares are worth 110, the rights 19, so
        // 19/129 of the cost goes to the rights: 1,472.87, and 8,527.13 stay.
        let fraction = "0.147286821705";
        let action =
            announced("RIGHTS_ISSUE", "1954-06-25").ratio("1").target("RIGHT").basis_fraction(fraction).build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "10000")])).expect("valid");
        let (rights, kept) = (&outcome.into[0].lots[0], &outcome.lots.as_ref().expect("their basis changes")[0]);
        assert_eq!((rights.quantity, kept.quantity), (Decimal::from(100), Decimal::from(100)));
        let rounded = |lot: &crate::lots::Lot| lot.basis.local.expect("known").round_dp(2);
        assert_eq!((rounded(rights), rounded(kept)), (Decimal::new(147_287, 2), Decimal::new(852_713, 2)));
        assert_eq!(outcome.basis_division, BasisDivision::Announced);
    }

    #[test]
    fn without_a_fraction_rights_cost_nothing() {
        let action = announced("RIGHTS_ISSUE", "2017-03-21").ratio("1").target("RIGHT").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "1800")])).expect("valid");
        assert_eq!(outcome.lots, Some(vec![lot("100", "1800")]));
        assert_eq!(outcome.into[0].lots, [lot("100", "0")]);
    }
}
