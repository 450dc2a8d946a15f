//! Mergers: units are exchanged for units of the acquirer, for cash, or for both.
//!
//! For units, basis and age move to the acquirer's units and nothing is realised. For cash, everything is. What cash
//! realises that comes together with units depends on the tax law of the holder: see `boot`.

use super::{ActionError, BookedBy, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning, Terms};
use crate::boot::exchange_with_boot;
use crate::reorganisation::redeem;
use crate::transaction::TransactionKind;

/// A merger (`MRGR`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "MERGER",
    iso_20022: "MRGR",
    iso_20022_detail: None,
    definition: "all units leave: for units held × ratio of the target, for the amount per unit, or for both",
    needs: Needs {
        ratio: Need::OneOf,
        target: Need::OneOf,
        amount: Need::OneOf,
        basis_fraction: Need::Optional,
        fraction_price: Need::Optional,
    },
    ratio: RatioMeaning::OfTarget,
    holders: Holders::Every,
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Sell],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    if terms.action.ratio_new.is_none() {
        return redeem(terms, position);
    }
    let mut outcome = Outcome { lots: Some(Vec::new()), ..Outcome::default() };
    exchange_with_boot(terms, &mut outcome, position.lots.to_vec())?;
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use schemas::BusinessDate;

    use super::super::tests::{announced, cost_of, lot, only, terms};
    use super::super::{BasisDivision, Disposal, on_holding, validate};
    use super::*;
    use crate::basis::Basis;
    use crate::lots::{ClosedLot, HoldingTerm, Lot, METHODS, us_fifo};

    #[test]
    fn kraft_became_kraft_heinz_one_for_one_in_2015() {
        // Kraft Foods Group, 2 July 2015: one share of Kraft Heinz for each; nothing is realised.
        let action = announced("MERGER", "2015-07-06").ratio("1").target("KHC").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("200", "8000")])).expect("valid");
        assert_eq!(outcome.into[0].lots, [lot("200", "8000")]);
        assert_eq!((outcome.lots, outcome.closes, outcome.cash), (Some(Vec::new()), None, Vec::new()));
    }

    #[test]
    fn du_pont_holders_got_1_282_shares_and_cash_for_the_tenth() {
        // The example of a Form 8937 for the merger of DuPont and Dow in 2017, 1.2820 shares for one: 50 shares for
        // 100 become 64.1 for 100, and a tenth of a share with a basis of 0.156 brings 6.665 at 66.65.
        let action = announced("MERGER", "2017-09-01").ratio("1.2820").target("DWDP").fraction_price("66.65").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("50", "100")])).expect("valid");
        assert_eq!(outcome.into[0].lots, [lot("64.1", "100")]);
        assert_eq!(outcome.cash[0].amount, Decimal::new(6665, 3));
        let units = outcome.fraction_in_lieu.expect("64.1 is not whole").units;
        let sold = cost_of(&outcome.into[0].lots[0], units);
        assert_eq!((units, sold.round_dp(3)), (Decimal::new(1, 1), Decimal::new(156, 3)));
    }

    #[test]
    fn cash_alone_realises_everything() {
        // Activision Blizzard, 13 October 2023: 95.00 USD a share. 40 shares for 3,000 bring 3,800.
        let action = announced("MERGER", "2023-10-13").amount("95").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("40", "3000")])).expect("valid");
        let realised = outcome.closes.and_then(|closes| closes.realised()).expect("lots are closed");
        let gain = realised.proceeds.checked_sub(realised.cost).expect("fits").local;
        assert_eq!((gain, outcome.cash[0].amount), (Some(Decimal::from(800)), Decimal::from(3800)));
        assert!(outcome.into.is_empty());
    }

    #[test]
    fn cash_and_units_divide_the_basis_by_their_value() {
        // HMRC, Capital Gains Manual CG52587: 20,000 shares for 60,000; for each 4 in cash and two shares worth 6.
        // A quarter of the cost, 15,000, goes for 80,000: a gain of 65,000. 40,000 new shares cost 45,000.
        let action = announced("MERGER", "2012-03-01").ratio("2").target("EEW").amount("4").build();
        let priced = Terms { target_unit_value: Some(Decimal::from(6)), ..terms(&action) };
        let outcome = on_holding(&priced, &only(&[lot("20000", "60000")])).expect("valid");
        assert_eq!(outcome.into[0].lots, [lot("40000", "45000")]);
        let realised = outcome.closes.and_then(|closes| closes.realised()).expect("lots are closed");
        assert_eq!(realised.cost.local, Some(Decimal::from(15_000)));
        let gain = realised.proceeds.checked_sub(realised.cost).expect("fits").local;
        assert_eq!((gain, realised.quantity), (Some(Decimal::from(65_000)), Decimal::from(20_000)));
        assert_eq!((outcome.cash[0].amount, outcome.lots), (Decimal::from(80_000), Some(Vec::new())));
        assert_eq!(outcome.basis_division, BasisDivision::MarketValue);
    }

    /// A merger for units and cash, with what a unit of the acquirer is worth, under the law of the United States.
    fn reorganised(ratio: &str, cash: &str, unit_value: i64, lots: &[Lot]) -> Outcome {
        let action = announced("MERGER", "2014-06-09").ratio(ratio).target("NEW").amount(cash).build();
        let target_unit_value = Some(Decimal::from(unit_value));
        let terms = Terms { target_unit_value, cost_basis: &us_fifo::METHOD, ..terms(&action) };
        on_holding(&terms, &only(lots)).expect("valid")
    }

    /// The gain of each lot, and what the units cost that came for it.
    fn gains_and_costs(outcome: &Outcome) -> Vec<(Decimal, Decimal)> {
        let realised = outcome.closes.as_ref().and_then(Disposal::realised).expect("lots are closed");
        let lots = realised.closed.iter().zip(&outcome.into[0].lots);
        let both = |(closed, lot): (&ClosedLot, &Lot)| {
            let (proceeds, cost) = realised.of_lot(closed).expect("fits");
            let gain = proceeds.local.expect("known") - cost.local.expect("known");
            (gain.normalize(), lot.basis.local.expect("known").normalize())
        };
        lots.map(both).collect()
    }

    fn both(gain: i64, cost: i64) -> (Decimal, Decimal) {
        (Decimal::from(gain), Decimal::from(cost))
    }

    #[test]
    fn us_law_recognises_the_gain_up_to_what_came_beside_the_units() {
        // 26 CFR 1.356-1, example 1: for a share with a basis of 85 come one worth 100, 25 in cash, and property worth
        // 50, which counts as cash does. Of the gain of 90 the 75 are recognised; the share costs 85 − 75 + 75.
        assert_eq!(gains_and_costs(&reorganised("1", "75", 100, &[lot("1", "85")])), [both(75, 85)]);
        // 26 CFR 1.358-1(b): for a share with a basis of 90 come one worth 100, 10 in cash, and property worth 30. Of
        // the gain of 50 the 40 are recognised; the share costs 90 − 40 + 40.
        assert_eq!(gains_and_costs(&reorganised("1", "40", 100, &[lot("1", "90")])), [both(40, 90)]);
    }

    #[test]
    fn us_law_recognises_no_loss_and_a_small_gain_whole() {
        // 26 CFR 1.356-1(a)(2), with the share of its example 1 at other costs. For 200 it loses 25: nothing is
        // recognised, and the new share costs 200 − 75 = 125. For 150 it gains 25, less than the cash: the new share
        // costs 150 − 75 + 25 = 100, what it is worth.
        assert_eq!(gains_and_costs(&reorganised("1", "75", 100, &[lot("1", "200")])), [both(0, 125)]);
        assert_eq!(gains_and_costs(&reorganised("1", "75", 100, &[lot("1", "150")])), [both(25, 100)]);
    }

    #[test]
    fn under_us_law_the_loss_of_one_lot_lowers_no_gain_of_another() {
        // Share by share (26 CFR 1.356-1(b), 1.358-2(a)(2)); made-up numbers. For each share 5 in cash and half a share
        // worth 10. Ten for 30 gain 70 and recognise 50; ten for 90 gain and recognise 10; ten for 150 lose 50. That is
        // 60, where all together would gain and recognise 30.
        let old = Lot { acquired_date: "2013-06-09".parse().expect("a date"), ..lot("10", "90") };
        let outcome = reorganised("1:2", "5", 10, &[lot("10", "30"), old.clone(), lot("10", "150")]);
        assert_eq!(gains_and_costs(&outcome), [both(50, 30), both(10, 50), both(0, 100)]);
        // The units are as old as those given up (26 USC 1223(1)); one year to the day is not more than a year.
        let days: Vec<BusinessDate> = outcome.into[0].lots.iter().map(|lot| lot.acquired_date).collect();
        assert_eq!(days, [lot("1", "1").acquired_date, old.acquired_date, lot("1", "1").acquired_date]);
        let terms = outcome.closes.and_then(|closes| closes.realised()).expect("closed").closed;
        let terms: Vec<Option<HoldingTerm>> = terms.iter().map(|closed| closed.term).collect();
        assert_eq!(terms, [Some(HoldingTerm::Long), Some(HoldingTerm::Short), Some(HoldingTerm::Long)]);
    }

    #[test]
    fn under_us_law_the_fraction_says_what_the_units_are_worth_and_an_unknown_value_hides_the_gain() {
        // 70 percent of what was received are units: 80,000 in cash and so 186,666.67 in units, for 60,000. The whole
        // cash is a gain. For 250,000 the gain is 16,666.67, and for nothing known nothing is.
        let merger = || announced("MERGER", "2012-03-01").ratio("2").target("EEW").amount("4");
        let action = merger().basis_fraction("0.7").build();
        let us = Terms { cost_basis: &us_fifo::METHOD, ..terms(&action) };
        let outcome = on_holding(&us, &only(&[lot("20000", "60000")])).expect("valid");
        assert_eq!(gains_and_costs(&outcome), [both(80_000, 60_000)]);
        let outcome = on_holding(&us, &only(&[lot("20000", "250000")])).expect("valid");
        assert_eq!(gains_and_costs(&outcome)[0].0.round_dp(2), Decimal::new(1_666_667, 2));
        let action = merger().build();
        let us = Terms { cost_basis: &us_fifo::METHOD, ..terms(&action) };
        let outcome = on_holding(&us, &only(&[lot("20000", "60000")])).expect("valid");
        assert_eq!((outcome.into[0].lots[0].basis, outcome.cash[0].amount), (Basis::UNKNOWN, Decimal::from(80_000)));
    }

    #[test]
    fn a_short_position_is_divided_by_value_under_every_law() {
        let action = announced("MERGER", "2014-06-09").ratio("1").target("NEW").amount("75").build();
        for cost_basis in METHODS.iter().copied() {
            let target_unit_value = Some(Decimal::from(25));
            let terms = Terms { target_unit_value, cost_basis, ..terms(&action) };
            let outcome = on_holding(&terms, &only(&[lot("-1", "-80")])).expect("valid");
            // Three quarters of the 80 that the short sale brought are closed for 75.
            let realised = outcome.closes.and_then(|closes| closes.realised()).expect("closed");
            assert_eq!((realised.proceeds.local, realised.cost.local), (Some(60.into()), Some(75.into())));
            assert_eq!(outcome.into[0].lots, [lot("-1", "-20")]);
        }
    }

    proptest! {
        #[test]
        fn the_gain_under_us_law_is_the_least_of_cash_and_gain_and_never_a_loss(
            units in 1_i64..1_000_000, cost in 0_i64..100_000_000, cash in 1_i64..100_000, value in 0_i64..1_000,
        ) {
            let old = Lot { basis: Basis {
                charges_local: Some(Decimal::new(cost / 7, 3)),
                ..lot("1", &Decimal::new(cost, 2).to_string()).basis
            }, ..lot(&Decimal::new(units, 3).to_string(), "1") };
            let outcome = reorganised("3:7", &Decimal::new(cash, 2).to_string(), value, std::slice::from_ref(&old));
            let (units, cost) = (old.quantity, Decimal::new(cost, 2));
            let cash = units * Decimal::new(cash, 2);
            let worth = units * Decimal::from(value * 3) / Decimal::from(7);
            let recognised = (cash + worth - cost).max(Decimal::ZERO).min(cash);
            let (gain, basis) = gains_and_costs(&outcome)[0];
            let is_near = |left: Decimal, right: Decimal| (left - right).abs() < Decimal::new(1, 12);
            prop_assert!(is_near(gain, recognised), "a gain of {gain} and not {recognised}");
            prop_assert!(is_near(basis, cost - cash + recognised), "a cost of {basis}");
            prop_assert!(Decimal::ZERO <= gain && gain <= cash && Decimal::ZERO <= basis);
            let closed = outcome.closes.and_then(|closes| closes.realised()).expect("closed").cost;
            let charges = [closed.charges_local, outcome.into[0].lots[0].basis.charges_local];
            prop_assert_eq!(charges.into_iter().sum::<Option<Decimal>>(), old.basis.charges_local);
            prop_assert!(charges.iter().all(|part| part.is_some_and(|part| Decimal::ZERO <= part)));
        }
    }

    #[test]
    fn an_announced_fraction_goes_before_prices() {
        let action =
            announced("MERGER", "2012-03-01").ratio("2").target("EEW").amount("4").basis_fraction("0.7").build();
        let priced = Terms { target_unit_value: Some(Decimal::from(6)), ..terms(&action) };
        let outcome = on_holding(&priced, &only(&[lot("20000", "60000")])).expect("valid");
        assert_eq!(outcome.into[0].lots, [lot("40000", "42000")]);
        assert_eq!(outcome.basis_division, BasisDivision::Announced);
    }

    #[test]
    fn without_a_price_units_and_cash_are_right_and_the_basis_is_unknown() {
        let action = announced("MERGER", "2018-06-15").ratio("1.437").target("T").amount("53.75").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "7000")])).expect("valid");
        assert_eq!(outcome.into[0].lots[0].quantity, Decimal::new(1437, 1));
        assert_eq!((outcome.into[0].lots[0].basis, outcome.cash[0].amount), (Basis::UNKNOWN, Decimal::from(5375)));
        let realised = outcome.closes.and_then(|closes| closes.realised()).expect("lots are closed");
        assert_eq!((realised.cost, realised.proceeds.local), (Basis::UNKNOWN, Some(Decimal::from(5375))));
    }

    #[test]
    fn a_merger_gives_something_and_names_the_acquirer() {
        let column = |action| validate(&action).expect_err("not valid").column;
        assert_eq!(column(announced("MERGER", "2018-06-15").build()), "ratio");
        assert_eq!(column(announced("MERGER", "2018-06-15").ratio("1").build()), "target_symbol");
        assert_eq!(column(announced("MERGER", "2018-06-15").target("T").amount("1").build()), "target_symbol");
    }
}
