//! Return of capital: cash that is no income but a part of what the units cost.
//!
//! The cash is booked by the broker's RETURN_OF_CAPITAL transaction, and the announcement says what is owed. What the
//! cash does to the basis is computed here for both: it lowers the basis of each unit alike, down to zero; what goes
//! beyond is a gain. The fees and taxes inside the basis were paid all the same and stay.

use rust_decimal::Decimal;

use super::{
    ActionError, BookedBy, CashCharacter, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning,
    Terms,
};
use crate::apportion::spread;
use crate::basis::Basis;
use crate::lots::Lot;
use crate::reorganisation::owe;
use crate::transaction::TransactionKind;

/// A distribution of capital (`CAPD`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "RETURN_OF_CAPITAL",
    iso_20022: "CAPD",
    iso_20022_detail: None,
    definition: "amount per unit × units held lowers the basis; what goes beyond it is a gain",
    needs: Needs { amount: Need::Required, ..Needs::NOTHING },
    ratio: RatioMeaning::None,
    holders: Holders::Every,
    cash: BookedBy::Broker,
    booked_as: &[TransactionKind::ReturnOfCapital],
    on_holding,
};

/// What a return of capital did to lots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repayment {
    /// The lots with their lower basis.
    pub lots: Vec<Lot>,
    /// What went beyond the basis. A number is none if the amount or the basis of a lot is unknown.
    pub gain: Basis,
}

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    owe(terms, position, CashCharacter::ReturnOfCapital)
}

/// Lowers the basis of lots by cash that came back: in the instrument's currency and, at the rate of its day, in base
/// currency. For short positions cash that was paid is negative. A negative amount for a long position raises the
/// basis: it takes a return of capital back. None on overflow.
pub fn repay(lots: &[Lot], local: Option<Decimal>, base: Option<Decimal>) -> Option<Repayment> {
    let mut repaid = lots.to_vec();
    let gain_local = lower(&mut repaid, local, |basis| &mut basis.local)?;
    let gain_base = lower(&mut repaid, base, |basis| &mut basis.base)?;
    Some(Repayment { lots: repaid, gain: Basis::without_charges(gain_local, gain_base) })
}

/// Lowers one number of the basis of every lot and returns what went beyond. None on overflow.
fn lower(
    lots: &mut [Lot],
    amount: Option<Decimal>,
    number: fn(&mut Basis) -> &mut Option<Decimal>,
) -> Option<Option<Decimal>> {
    let Some(amount) = amount else {
        lots.iter_mut().for_each(|lot| *number(&mut lot.basis) = None);
        return Some(None);
    };
    let mut gain = Some(Decimal::ZERO);
    for (share, lot) in spread(amount, lots)?.into_iter().zip(lots.iter_mut()) {
        let is_short = lot.quantity.is_sign_negative();
        let cell = number(&mut lot.basis);
        let Some(basis) = *cell else {
            gain = None;
            continue;
        };
        let used = if is_short { share.max(basis.min(Decimal::ZERO)) } else { share.min(basis.max(Decimal::ZERO)) };
        *cell = Some(basis.checked_sub(used)?);
        if let Some(sum) = gain {
            gain = Some(sum.checked_add(share.checked_sub(used)?)?);
        }
    }
    Some(gain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::on_holding;
    use super::super::tests::{announced, exact, lot, only, terms};
    use super::*;

    fn dollars(amount: i64) -> Option<Decimal> {
        Some(Decimal::from(amount))
    }

    #[test]
    fn the_basis_falls_to_zero_and_the_rest_is_a_gain() {
        // IRS Publication 17, "Nondividend distributions": stock for 100; 80 come back and leave 20; then 30 come
        // back, of which 20 lower the basis to zero and 10 are a gain.
        let first = repay(&[lot("10", "100")], dollars(80), dollars(80)).expect("fits");
        assert_eq!((first.lots[0].basis.local, first.gain.local), (dollars(20), dollars(0)));
        let second = repay(&first.lots, dollars(30), dollars(30)).expect("fits");
        assert_eq!((second.lots[0].basis.local, second.gain.local), (dollars(0), dollars(10)));
    }

    #[test]
    fn each_unit_gets_the_same_and_a_cheap_lot_has_a_gain_of_its_own() {
        // 30 units get 4 each: the 10 that cost 20 give 20 and a gain of 20, the 20 that cost 200 keep 120.
        let repaid = repay(&[lot("10", "20"), lot("20", "200")], dollars(120), dollars(120)).expect("fits");
        assert_eq!(repaid.lots, [lot("10", "0"), lot("20", "120")]);
        assert_eq!(repaid.gain.base, dollars(20));
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let repaid = repay(&[lot("10", "100")], dollars(40), None).expect("fits");
        assert_eq!((repaid.lots[0].basis.local, repaid.lots[0].basis.base), (dollars(60), None));
        assert_eq!((repaid.gain.local, repaid.gain.base), (dollars(0), None));
    }

    #[test]
    fn a_short_position_pays_and_its_proceeds_fall() {
        // 10 short brought 60; 2 each are paid on them, so they brought 40.
        let repaid = repay(&[lot("-10", "-60")], dollars(-20), dollars(-20)).expect("fits");
        assert_eq!((repaid.lots[0].basis.local, repaid.gain.local), (dollars(-40), dollars(0)));
    }

    #[test]
    fn the_announcement_says_what_is_owed_and_changes_no_basis() {
        let action = announced("RETURN_OF_CAPITAL", "2014-06-09").amount("8").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("10", "100")])).expect("valid");
        assert_eq!((outcome.cash[0].amount, outcome.cash[0].booked_by), (Decimal::from(80), BookedBy::Broker));
        assert_eq!((outcome.cash[0].character, outcome.lots), (CashCharacter::ReturnOfCapital, None));
    }

    proptest! {
        #[test]
        fn what_came_back_lowered_the_basis_or_is_a_gain(
            sizes in prop::collection::vec((1_i64..100_000, 0_i64..1_000_000_000), 1..9), cents in 0_i64..9_000_000_000,
        ) {
            let lots: Vec<Lot> = sizes
                .iter()
                .map(|(units, cost)| lot(&units.to_string(), &Decimal::new(*cost, 2).to_string()))
                .collect();
            let amount = Decimal::new(cents, 2);
            let repaid = repay(&lots, Some(amount), Some(amount)).expect("fits");
            let sum = |lots: &[Lot]| -> i128 { lots.iter().filter_map(|lot| lot.basis.local).map(exact).sum() };
            let gain = exact(repaid.gain.local.expect("known"));
            prop_assert_eq!(sum(&lots) - sum(&repaid.lots) + gain, exact(amount));
            prop_assert!(0 <= gain && repaid.lots.iter().all(|lot| Some(Decimal::ZERO) <= lot.basis.local));
        }
    }
}
