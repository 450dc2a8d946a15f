//! Tender offers: units that holders offer are bought back, or exchanged for units of another instrument.
//!
//! An offer for cash that is oversubscribed takes a part of what was tendered; the ratio says which, and the part is
//! rounded down to whole units. In an offer for units, with or without cash, the ratio is that of the exchange, and
//! what was tendered is what was accepted. Which lots go is the holder's choice, as in a sale; those exchanged keep
//! basis and age as in a merger, and what cash beside the units realises depends on the tax law: see `boot`.

use rust_decimal::Decimal;

use super::{
    ActionError, BookedBy, CorporateActionKind, DisposedLots, Holders, Need, Needs, Outcome, Position, RatioMeaning,
    Terms,
};
use crate::apportion::{scaled, take_in_order};
use crate::boot::exchange_with_boot;
use crate::reorganisation::dispose;
use crate::transaction::TransactionKind;

/// A tender offer (`TEND`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: "TENDER",
    iso_20022: "TEND",
    iso_20022_detail: None,
    definition: "units tendered leave for units of the target, for the amount per unit, or for both; for cash alone \
                 only the part that was accepted",
    needs: Needs {
        ratio: Need::Optional,
        target: Need::OneOf,
        amount: Need::OneOf,
        basis_fraction: Need::Optional,
        fraction_price: Need::Optional,
    },
    ratio: RatioMeaning::PartOrOfTarget,
    holders: Holders::Electing(TransactionKind::ElectTender),
    cash: BookedBy::Announcement,
    booked_as: &[TransactionKind::Sell],
    on_holding,
};

fn on_holding(terms: &Terms<'_>, position: &Position<'_>) -> Result<Outcome, ActionError> {
    let tendered = position.elected_units(terms)?;
    let mut outcome = Outcome::default();
    if tendered.is_zero() {
        return Ok(outcome);
    }
    if terms.action.target_instrument_id.is_some() {
        let parts = take_in_order(position.lots, tendered, terms.cost_basis.next);
        let (given_up, left) = parts.ok_or_else(|| terms.out_of_range())?;
        outcome.lots = Some(left);
        exchange_with_boot(terms, &mut outcome, given_up)?;
        return Ok(outcome);
    }
    let price = terms.amount()?;
    let accepted = if terms.action.ratio_new.is_some() {
        scaled(tendered, terms.ratio()?).map(|units| units.trunc()).ok_or_else(|| terms.out_of_range())?
    } else {
        tendered
    };
    if Decimal::ZERO < accepted {
        dispose(terms, &mut outcome, accepted, price, DisposedLots::ByMethod)?;
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{announced, electing, lot, only, terms};
    use super::super::{on_holding, validate};
    use super::*;
    use crate::lots::{hifo, uk_section_104, us_fifo};

    #[test]
    fn uranium_one_was_taken_over_at_2_86_a_share_in_2013() {
        // An Interactive Brokers statement: 12,000 shares tendered bring 34,320.00 CAD and a gain of 2,358.00, so that
        // they had cost 31,962.00.
        let action = announced("TENDER", "2013-10-25").amount("2.86").build();
        let outcome = on_holding(&terms(&action), &electing(&[lot("12000", "31962")], "12000")).expect("valid");
        let closes = outcome.closes.expect("all were tendered");
        assert_eq!((closes.units, closes.lots), (Decimal::from(12_000), DisposedLots::ByMethod));
        let gain = closes.proceeds.local.expect("known") - Decimal::from(31_962);
        assert_eq!((outcome.cash[0].amount, gain), (Decimal::from(34_320), Decimal::from(2_358)));
    }

    #[test]
    fn only_what_was_tendered_and_accepted_leaves() {
        // 100 of 300 are tendered, two thirds are accepted: 66 whole units at 10.
        let action = announced("TENDER", "2013-10-25").ratio("2:3").amount("10").build();
        let lots = [lot("300", "1500")];
        let outcome = on_holding(&terms(&action), &electing(&lots, "100")).expect("valid");
        assert_eq!(outcome.closes.expect("some are accepted").units, Decimal::from(66));
        assert_eq!(outcome.cash[0].amount, Decimal::from(660));
        assert_eq!(on_holding(&terms(&action), &only(&lots)), Ok(Outcome::default()));
    }

    #[test]
    fn lilly_gave_4_5121_shares_of_elanco_for_each_share_tendered_in_2019() {
        // Eli Lilly, March 2019: 4.5121 shares of Elanco for each of Lilly. 100 of 150 tendered bring 451.21; they keep
        // what the 100 cost that the method gives up, here the oldest, and 0.21 are paid at an assumed 30.00: 6.30.
        let action = announced("TENDER", "2019-03-11").ratio("4.5121").target("ELAN").fraction_price("30").build();
        let lots = [lot("80", "4000"), lot("70", "7000")];
        let outcome = on_holding(&terms(&action), &electing(&lots, "100")).expect("valid");
        assert_eq!(outcome.lots, Some(vec![lot("50", "5000")]));
        assert_eq!(outcome.into[0].lots, [lot("360.968", "4000"), lot("90.242", "2000")]);
        assert_eq!((outcome.closes, outcome.cash[0].amount), (None, Decimal::new(63, 1)));
        assert_eq!(outcome.fraction_in_lieu.expect("451.21 is not whole").units, Decimal::new(21, 2));
        assert_eq!(on_holding(&terms(&action), &only(&lots)), Ok(Outcome::default()));
        // The dearest first, for who chose that: 70 for 7,000 and 30 of the others.
        let dearest = Terms { cost_basis: &hifo::METHOD, ..terms(&action) };
        let outcome = on_holding(&dearest, &electing(&lots, "100")).expect("valid");
        assert_eq!(outcome.lots, Some(vec![lot("50", "2500")]));
        assert_eq!(outcome.into[0].lots, [lot("315.847", "7000"), lot("135.363", "1500")]);
        let error = on_holding(&terms(&action), &electing(&lots, "151")).expect_err("too many");
        assert!(error.to_string().ends_with("151 units were elected and 150 are held"));
    }

    #[test]
    fn cash_beside_units_is_taxed_as_in_a_merger() {
        // HMRC, Capital Gains Manual CG52587, for half of a holding: 20,000 of 40,000 shares that cost 120,000 give
        // 80,000 in cash and 40,000 shares at 6. A quarter of 60,000 goes for the cash, a gain of 65,000. Under US law
        // (26 USC 356) the whole cash is a gain, and the basis stays 60,000.
        let action = announced("TENDER", "2012-03-01").ratio("2").target("EEW").amount("4").build();
        for (cost_basis, gain, cost) in
            [(&uk_section_104::METHOD, 65_000, "45000"), (&us_fifo::METHOD, 80_000, "60000")]
        {
            let terms = Terms { target_unit_value: Some(Decimal::from(6)), cost_basis, ..terms(&action) };
            let outcome = on_holding(&terms, &electing(&[lot("40000", "120000")], "20000")).expect("valid");
            assert_eq!(outcome.lots, Some(vec![lot("20000", "60000")]));
            assert_eq!(outcome.into[0].lots, [lot("40000", cost)]);
            let realised = outcome.closes.and_then(|closes| closes.realised()).expect("lots are closed");
            let gained = realised.proceeds.checked_sub(realised.cost).expect("fits").local;
            assert_eq!((gained, outcome.cash[0].amount), (Some(Decimal::from(gain)), Decimal::from(80_000)));
        }
    }

    #[test]
    fn an_offer_is_for_cash_for_units_or_for_both() {
        let column = |action| validate(&action).err().map(|fault| fault.column);
        let tender = || announced("TENDER", "2019-03-11");
        assert_eq!(column(tender().build()), Some("amount"));
        assert_eq!(column(tender().ratio("1:2").build()), Some("amount"));
        assert_eq!(column(tender().target("ELAN").build()), Some("target_symbol"));
        assert_eq!(column(tender().ratio("3:2").amount("10").build()), Some("ratio"));
        assert_eq!(column(tender().ratio("3:2").target("ELAN").build()), None);
        assert_eq!(column(tender().amount("10").fraction_price("30").build()), Some("fraction_price"));
        assert_eq!(column(tender().amount("10").basis_fraction("0.5").build()), Some("basis_fraction"));
        assert_eq!(column(tender().ratio("3:2").target("ELAN").amount("10").basis_fraction("0.5").build()), None);
    }
}
