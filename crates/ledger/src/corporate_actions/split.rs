//! Splits: more units, the same value and the same cost.

use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::apportion::scaled_units;
use crate::lots::Lot;
use crate::ratio::product;
use crate::reorganisation::rescale;
use crate::transaction::TransactionKind;

/// The word in files and tables.
pub const CODE: &str = "SPLIT";

/// A split (`SPLF`). With a ratio below one it is a reverse split.
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: CODE,
    iso_20022: "SPLF",
    iso_20022_detail: None,
    definition: "units × ratio on the ex-date, before every transaction of the day; basis and value unchanged",
    needs: Needs { ratio: Need::Required, fraction_price: Need::Optional, ..Needs::NOTHING },
    ratio: RatioMeaning::NewForOld,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Split],
    on_holding: rescale,
};

/// Multiplies the units of every lot by new and divides them by old; they add up to the total times the ratio. The
/// basis stays where it was. None on overflow, and the lots are as before.
pub fn apply(lots: &mut [Lot], ratio: (i64, i64)) -> Option<()> {
    let units = scaled_units(lots, ratio)?;
    for (lot, quantity) in lots.iter_mut().zip(units) {
        lot.quantity = quantity;
    }
    Some(())
}

/// A price per unit from before a split, per unit after it. None on overflow.
pub fn carried_price(price: Decimal, ratio: (i64, i64)) -> Option<Decimal> {
    let (new, old) = ratio;
    price.checked_mul(Decimal::from(old))?.checked_div(Decimal::from(new))
}

/// How many units today one unit of an earlier day has become, as new for old: the product of the ratios of splits
/// after `since` and up to `until`, without a common divisor. None on overflow, or if a ratio is not positive.
pub fn factor(splits: &[(BusinessDate, (i64, i64))], since: BusinessDate, until: BusinessDate) -> Option<(i128, i128)> {
    let mut between = splits.iter().filter(|(ex_date, _)| since < *ex_date && *ex_date <= until);
    between.try_fold((1, 1), |factor, (_, ratio)| product(factor, super::reduced(*ratio)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{announced, cost_of, exact, lot, only, terms};
    use super::super::{Disposal, DisposedLots, on_holding};
    use super::*;
    use crate::basis::Basis;

    #[test]
    fn apple_split_seven_for_one_in_2014_and_four_for_one_in_2020() {
        // Apple Inc., 9 June 2014 and 31 August 2020: 10 shares for 5,000 become 70, then 280, for 5,000.
        let mut lots = vec![lot("10", "5000")];
        for (date, ratio, units) in [("2014-06-09", "7", "70"), ("2020-08-31", "4:1", "280")] {
            let action = announced("SPLIT", date).ratio(ratio).build();
            let outcome = on_holding(&terms(&action), &only(&lots)).expect("valid");
            assert_eq!(outcome.scale, action.ratio_new.zip(action.ratio_old));
            assert_eq!((outcome.cash, outcome.fraction_in_lieu), (Vec::new(), None));
            apply(&mut lots, outcome.scale.expect("a split")).expect("fits");
            assert_eq!(lots, vec![lot(units, "5000")]);
        }
    }

    #[test]
    fn half_a_share_of_a_three_for_two_split_is_paid_in_cash() {
        // H&R Block, "Fractional Shares": 55 shares at 3 for 2 are 82.5; at 20 a share the half brings 10.
        let action = announced("SPLIT", "2014-06-09").ratio("3:2").fraction_price("20").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("55", "1000")])).expect("valid");
        let fraction = outcome.fraction_in_lieu.expect("82.5 is not whole");
        let ten = Some(Decimal::TEN);
        let expected = Disposal {
            instrument_id: action.instrument_id.clone(),
            units: Decimal::new(5, 1),
            proceeds: Basis::without_charges(ten, ten),
            lots: DisposedLots::ByMethod,
        };
        assert_eq!(fraction, expected);
        assert_eq!(outcome.cash.iter().map(|leg| leg.amount).collect::<Vec<_>>(), [Decimal::TEN]);
        // The basis of the half is 1,000 × 0.5 / 82.5 = 6.06, and its gain 3.94.
        let mut lots = vec![lot("55", "1000")];
        apply(&mut lots, (3, 2)).expect("fits");
        let sold = cost_of(&lots[0], fraction.units);
        assert_eq!(sold.round_dp(2), Decimal::new(606, 2));
        assert_eq!((Decimal::TEN - sold).round_dp(2), Decimal::new(394, 2));
    }

    #[test]
    fn a_short_position_buys_its_fraction_in() {
        // 15 short at 1 for 10 are 1.5 short; the half costs 0.5 × 12.
        let action = announced("SPLIT", "2021-08-02").ratio("0.1").fraction_price("12").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("-15", "-150")])).expect("valid");
        let fraction = outcome.fraction_in_lieu.expect("1.5 is not whole");
        assert_eq!((fraction.units, outcome.cash[0].amount), (Decimal::new(-5, 1), Decimal::from(-6)));
        assert_eq!(fraction.proceeds.local, Some(Decimal::from(-6)));
    }

    #[test]
    fn only_splits_between_the_two_days_count() {
        let day = |text: &str| -> BusinessDate { text.parse().expect("a date") };
        let splits = [(day("2014-06-09"), (7, 1)), (day("2020-08-31"), (4, 1))];
        assert_eq!(factor(&splits, day("2014-06-06"), day("2014-06-09")), Some((7, 1)));
        assert_eq!(factor(&splits, day("2014-06-09"), day("2020-08-30")), Some((1, 1)));
        assert_eq!(factor(&splits, day("2014-06-06"), day("2021-01-04")), Some((28, 1)));
        // Seven for one and one for fourteen are one for two.
        let back = [(day("2014-06-09"), (7, 1)), (day("2020-08-31"), (1, 14))];
        assert_eq!(factor(&back, day("2014-06-06"), day("2021-01-04")), Some((1, 2)));
        assert_eq!(factor(&[(day("2014-06-09"), (0, 1))], day("2014-06-06"), day("2021-01-04")), None);
    }

    #[test]
    fn a_carried_price_falls_as_units_rise() {
        assert_eq!(
            carried_price(Decimal::new(64557, 2), (7, 1)).map(|price| price.round_dp(2)),
            Some(Decimal::new(9222, 2))
        );
    }

    proptest! {
        #[test]
        fn a_split_keeps_the_basis_and_the_reverse_split_undoes_it(
            units in 1_i64..1_000_000, cost in 0_i64..1_000_000_000, ratio in 2_i64..20,
        ) {
            let bought = lot(&units.to_string(), &Decimal::new(cost, 2).to_string());
            let mut lots = [bought.clone()];
            apply(&mut lots, (ratio, 1)).expect("fits");
            prop_assert_eq!(exact(lots[0].quantity), exact(Decimal::from(units * ratio)));
            prop_assert_eq!(lots[0].basis, bought.basis);
            apply(&mut lots, (1, ratio)).expect("fits");
            prop_assert_eq!(lots, [bought]);
        }
    }
}
