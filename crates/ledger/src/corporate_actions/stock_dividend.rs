//! Stock dividends: more units of the same instrument instead of cash.

use super::{BookedBy, CorporateActionKind, Holders, Need, Needs, RatioMeaning};
use crate::reorganisation::add_units;
use crate::transaction::TransactionKind;

/// A stock dividend (`DVSE`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "STOCK_DIVIDEND",
    iso_20022: "DVSE",
    iso_20022_detail: None,
    definition: "units held × ratio come on top; the basis is spread over all units",
    needs: Needs { ratio: Need::Required, fraction_price: Need::Optional, ..Needs::NOTHING },
    ratio: RatioMeaning::Additional,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::StockDividend, TransactionKind::Split],
    on_holding: add_units,
};

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::tests::{announced, cost_of, lot, only, terms};
    use super::super::{on_holding, split, unit_ratio};

    #[test]
    fn cash_for_a_twentieth_of_a_share() {
        // IRS Publication 550, "Fractional shares": one share for 100, a stock dividend of 5 percent, 200 a share:
        // 10 are paid for the twentieth. Its basis is 100 × 10/210 = 4.76, so the gain is 5.24.
        let action = announced("STOCK_DIVIDEND", "2018-06-29").ratio("0.05").fraction_price("200").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("1", "100")])).expect("valid");
        assert_eq!(outcome.scale, Some((21, 20)));
        let fraction = outcome.fraction_in_lieu.expect("1.05 is not whole");
        assert_eq!((fraction.units, outcome.cash[0].amount), (Decimal::new(5, 2), Decimal::TEN));
        let mut lots = [lot("1", "100")];
        split::apply(&mut lots, (21, 20)).expect("fits");
        let sold = cost_of(&lots[0], fraction.units);
        assert_eq!(sold.round_dp(2), Decimal::new(476, 2));
        assert_eq!((Decimal::TEN - sold).round_dp(2), Decimal::new(524, 2));
    }

    #[test]
    fn one_share_for_three_spreads_the_cost_over_twelve() {
        // H&R Block, "Stock Dividends": 9 shares for 90, one more for every three: 12 shares for 90, 7.50 each.
        let action = announced("STOCK_DIVIDEND", "2014-06-09").ratio("1:3").build();
        let mut lots = [lot("9", "90")];
        split::apply(&mut lots, unit_ratio(&action).expect("it changes the number of units")).expect("fits");
        assert_eq!(lots, [lot("12", "90")]);
    }
}
