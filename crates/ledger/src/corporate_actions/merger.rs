//! Mergers: units are exchanged for units of the acquirer, for cash, or for both.
//!
//! For units, basis and age move to the acquirer's units and nothing is realised. For cash, everything is. For both,
//! the cash is the proceeds of a part of each lot: of the part of its basis that the cash is of all that was received,
//! with the acquirer's units at their value of the ex-date (the part disposal of TCGA 1992 s. 128 and 129). If the
//! issuer announced the fraction of the basis that goes to the units, that decides. Without either, units and cash are
//! right and the basis of both parts is unknown.

use rust_decimal::Decimal;

use super::{
    ActionError, BasisDivision, BookedBy, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning,
    Terms,
};
use crate::reorganisation::{Share, close, divided, exchange, redeem};
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
    let ratio = terms.ratio()?;
    let mut outcome = Outcome { lots: Some(Vec::new()), ..Outcome::default() };
    let Some(cash) = terms.action.amount.map(|amount| amount.decimal()) else {
        exchange(terms, &mut outcome, position.lots.to_vec(), ratio)?;
        return Ok(outcome);
    };
    let (share, basis_division) = share_of_cash(terms, cash, ratio)?;
    let (for_cash, for_units) = divided(terms, position.lots, share)?;
    outcome.basis_division = basis_division;
    close(terms, &mut outcome, &for_cash, cash)?;
    exchange(terms, &mut outcome, for_units, ratio)?;
    Ok(outcome)
}

/// The share of the basis that was given up for the cash; none if it cannot be known.
fn share_of_cash(
    terms: &Terms<'_>,
    cash: Decimal,
    ratio: (i64, i64),
) -> Result<(Option<Share>, BasisDivision), ActionError> {
    if let Some(fraction) = terms.basis_fraction() {
        let rest = Decimal::ONE.checked_sub(fraction).ok_or_else(|| terms.out_of_range())?;
        return Ok((Some((rest, Decimal::ONE)), BasisDivision::Announced));
    }
    let Some(unit_value) = terms.target_unit_value else {
        return Ok((None, BasisDivision::Unknown("cash and units were received, and the units have no price")));
    };
    let Some(cash) = terms.worth(cash)?.local else {
        return Ok((None, BasisDivision::Unknown("cash and units were received, and the cash has no exchange rate")));
    };
    let (new, old) = ratio;
    let values = || {
        let cash = cash.checked_mul(Decimal::from(old))?;
        let units = unit_value.checked_mul(Decimal::from(new))?;
        Some((cash, units, cash.checked_add(units)?))
    };
    let (cash, units, whole) = values().ok_or_else(|| terms.out_of_range())?;
    if cash < Decimal::ZERO || units < Decimal::ZERO || whole.is_zero() {
        return Ok((None, BasisDivision::Unknown("cash and units were received, and neither has a value")));
    }
    Ok((Some((cash, whole)), BasisDivision::MarketValue))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{announced, cost_of, lot, only, terms};
    use super::super::{on_holding, validate};
    use super::*;
    use crate::basis::Basis;

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
