//! Splits and reverse splits: more units or fewer, the same value and the same cost.

use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::CorporateActionKind;
use crate::lots::Lot;

/// The word in files and tables.
pub const CODE: &str = "SPLIT";

/// A split (`SPLF`) or, with a ratio below one, a reverse split (`SPLR`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: CODE,
    iso_20022: "SPLF",
    definition: "units × ratio on the ex-date, before every other transaction of the day; cost and value unchanged",
};

/// Multiplies the units of every lot by the ratio of new to old. The cost stays where it was. None on overflow.
pub fn apply(lots: &mut [Lot], ratio: Decimal) -> Option<()> {
    for lot in lots {
        lot.quantity = lot.quantity.checked_mul(ratio)?;
    }
    Some(())
}

/// How many units today one unit of an earlier day has become: the product of the ratios of splits after `since` and
/// up to `until`. None on overflow.
pub fn factor(splits: &[(BusinessDate, Decimal)], since: BusinessDate, until: BusinessDate) -> Option<Decimal> {
    let between = splits.iter().filter(|(ex_date, _)| since < *ex_date && *ex_date <= until);
    between.map(|(_, ratio)| *ratio).try_fold(Decimal::ONE, Decimal::checked_mul)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_split_keeps_the_cost_and_a_reverse_split_undoes_it(
            units in 1_i64..1_000_000, cost in 0_i64..1_000_000_000, ratio in 2_i64..20,
        ) {
            let lot = Lot {
                opened_date: "2014-01-02".parse().expect("a date"),
                quantity: Decimal::from(units),
                cost: Some(Decimal::new(cost, 2)),
                cost_base: Some(Decimal::new(cost, 2)),
            };
            let mut lots = [lot.clone()];
            apply(&mut lots, Decimal::from(ratio)).expect("fits");
            prop_assert_eq!(lots[0].quantity, Decimal::from(units * ratio));
            prop_assert_eq!(lots[0].cost, lot.cost);
            apply(&mut lots, Decimal::ONE / Decimal::from(ratio)).expect("fits");
            prop_assert!((lots[0].quantity - lot.quantity).abs() < Decimal::new(1, 15));
        }
    }

    #[test]
    fn only_splits_between_the_two_days_count() {
        let day = |text: &str| -> BusinessDate { text.parse().expect("a date") };
        let splits = [(day("2014-06-09"), Decimal::from(7)), (day("2020-08-31"), Decimal::from(4))];
        assert_eq!(factor(&splits, day("2014-06-06"), day("2014-06-09")), Some(Decimal::from(7)));
        assert_eq!(factor(&splits, day("2014-06-09"), day("2020-08-30")), Some(Decimal::ONE));
        assert_eq!(factor(&splits, day("2014-06-06"), day("2021-01-04")), Some(Decimal::from(28)));
    }
}
