//! Spin-offs: holders receive units of a company that was a part of the issuer.
//!
//! The basis is divided by a fraction, not by an amount, so that it holds for every lot: by the one that the issuer
//! announced, else by what both are worth on the ex-date.

use super::{ActionError, BookedBy, CorporateActionKind, Holders, Need, Needs, Outcome, Position, RatioMeaning, Terms};
use crate::reorganisation::{distribute, share_of_target};
use crate::transaction::TransactionKind;

/// A spin-off (`SOFF`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "SPIN_OFF",
    iso_20022: "SOFF",
    iso_20022_detail: None,
    definition: "units held × ratio of the target come in with the basis fraction and the age of each lot",
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
    let (share, basis_division) = share_of_target(terms)?;
    Ok(Outcome { basis_division, ..distribute(terms, position, share)? })
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::tests::{announced, lot, only, terms};
    use super::super::{BasisDivision, on_holding};
    use super::*;
    use crate::basis::Basis;

    #[test]
    fn general_electric_gave_one_ge_vernova_for_four_in_2024() {
        // GE, 2 April 2024: one GE Vernova for four, 79.74 percent of the basis stays (Form 8937). 100 shares for
        // 10,000 keep 7,974.00, and 25 shares of GE Vernova cost 2,026.00.
        let action = announced("SPIN_OFF", "2024-04-02").ratio("1:4").target("GEV").basis_fraction("0.2026").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "10000")])).expect("valid");
        assert_eq!(outcome.lots, Some(vec![lot("100", "7974")]));
        assert_eq!(outcome.into[0].lots, [lot("25", "2026")]);
        assert_eq!(outcome.into[0].instrument_id.symbol(), "GEV");
        assert_eq!((outcome.fraction_in_lieu, outcome.basis_division), (None, BasisDivision::Announced));
    }

    #[test]
    fn att_gave_0_241917_shares_of_warner_bros_discovery_in_2022() {
        // AT&T, April 2022: 0.241917 shares of WBD for each. 150 shares give 36.28755: 36 shares, and 0.28755 are
        // paid, here at an assumed 24.00: 6.9012.
        let action = announced("SPIN_OFF", "2022-04-11")
            .ratio("0.241917")
            .target("WBD")
            .basis_fraction("0.25")
            .fraction_price("24")
            .build();
        assert_eq!((action.ratio_new, action.ratio_old), (Some(241_917), Some(1_000_000)));
        let outcome = on_holding(&terms(&action), &only(&[lot("100", "3000"), lot("50", "1000")])).expect("valid");
        let received = &outcome.into[0].lots;
        let units: Vec<Decimal> = received.iter().map(|lot| lot.quantity).collect();
        assert_eq!(units, [Decimal::new(241_917, 4), Decimal::new(1_209_585, 5)]);
        assert_eq!(received[1].basis.local, Some(Decimal::from(250)));
        let fraction = outcome.fraction_in_lieu.expect("36.28755 is not whole");
        assert_eq!((fraction.units, fraction.instrument_id.symbol()), (Decimal::new(28_755, 5), "WBD"));
        assert_eq!(outcome.cash[0].amount, Decimal::new(69_012, 4));
    }

    #[test]
    fn without_a_fraction_prices_divide_the_basis() {
        // eBay and PayPal, July 2015, one for one: at assumed prices of 28 and 42 three fifths go to PayPal.
        let action = announced("SPIN_OFF", "2015-07-20").ratio("1").target("PYPL").build();
        let (own, other) = (Some(Decimal::from(28)), Some(Decimal::from(42)));
        let priced = Terms { unit_value: own, target_unit_value: other, ..terms(&action) };
        let outcome = on_holding(&priced, &only(&[lot("10", "500")])).expect("valid");
        assert_eq!((outcome.lots, outcome.basis_division), (Some(vec![lot("10", "200")]), BasisDivision::MarketValue));
        assert_eq!(outcome.into[0].lots, [lot("10", "300")]);
    }

    #[test]
    fn without_fraction_and_prices_units_come_in_and_the_basis_is_unknown() {
        let action = announced("SPIN_OFF", "2015-07-20").ratio("1").target("PYPL").build();
        let outcome = on_holding(&terms(&action), &only(&[lot("10", "500")])).expect("valid");
        assert_eq!(outcome.lots.as_ref().map(|lots| lots[0].basis), Some(Basis::UNKNOWN));
        assert_eq!((outcome.into[0].lots[0].quantity, outcome.into[0].lots[0].basis), (Decimal::TEN, Basis::UNKNOWN));
        let reason = "no basis fraction was announced, and a price is missing";
        assert_eq!(outcome.basis_division, BasisDivision::Unknown(reason));
    }
}
