//! Conversions: bonds or preference shares become shares.
//!
//! An announcement in a market is about everybody: all units are converted. Where holders could choose, those who
//! book ELECT_STOCK convert the units that it names, and an ELECT_STOCK is the only way to convert fewer than all.

use super::{ActionError, BookedBy, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning, Terms};
use crate::apportion::take_alike;
use crate::reorganisation::exchange;
use crate::transaction::TransactionKind;

/// A conversion (`CONV`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "CONVERSION",
    iso_20022: "CONV",
    iso_20022_detail: None,
    definition: "units × ratio of the target come in, with basis and age: all units, or those that were elected",
    needs: Needs { ratio: Need::Required, target: Need::Required, fraction_price: Need::Optional, ..Needs::NOTHING },
    ratio: RatioMeaning::OfTarget,
    holders: Holders::EveryUnlessElected(TransactionKind::ElectStock),
    cash: BookedBy::Announcement,
    booked_as: &[],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let ratio = terms.ratio()?;
    let units = match position.elected {
        None => position.units(terms)?,
        Some(_) => position.elected_units(terms)?,
    };
    if units.is_zero() {
        return Ok(Outcome::default());
    }
    let (converted, left) = take_alike(position.lots, units).ok_or_else(|| terms.out_of_range())?;
    let mut outcome = Outcome { lots: Some(left), ..Outcome::default() };
    exchange(terms, &mut outcome, converted, ratio)?;
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::on_holding;
    use super::super::tests::{announced, electing, lot, only, terms};

    #[test]
    fn a_convertible_bond_becomes_shares_and_a_fraction_is_paid() {
        // Nominal 10,000 for 10,200 at 3 shares for 100: 300 shares for 10,200. Nominal 5,050 gives 151.5 shares, and
        // at 36 the half brings 18.
        let announced = announced("CONVERSION", "2014-06-09").ratio("3:100").target("SHARE").fraction_price("36");
        let action = announced.build();
        let outcome = on_holding(&terms(&action), &only(&[lot("10000", "10200")])).expect("valid");
        assert_eq!((outcome.lots, outcome.fraction_in_lieu), (Some(Vec::new()), None));
        assert_eq!(outcome.into[0].lots, [lot("300", "10200")]);
        let odd = on_holding(&terms(&action), &only(&[lot("5050", "5151")])).expect("valid");
        assert_eq!(odd.into[0].lots, [lot("151.5", "5151")]);
        assert_eq!(odd.fraction_in_lieu.expect("not whole").units, Decimal::new(5, 1));
        assert_eq!(odd.cash[0].amount, Decimal::from(18));
    }

    #[test]
    fn an_election_converts_a_part() {
        let action = announced("CONVERSION", "2014-06-09").ratio("3:100").target("SHARE").build();
        let lots = [lot("6000", "6000"), lot("4000", "4400")];
        let outcome = on_holding(&terms(&action), &electing(&lots, "2500")).expect("valid");
        assert_eq!(outcome.lots, Some(vec![lot("4500", "4500"), lot("3000", "3300")]));
        assert_eq!(outcome.into[0].lots, [lot("45", "1500"), lot("30", "1100")]);
        let none = on_holding(&terms(&action), &electing(&lots, "0")).expect("valid");
        assert_eq!(none, super::Outcome::default());
    }
}
