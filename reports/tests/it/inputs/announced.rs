//! A statement of a month in which issuers announced a dividend, a split, a merger and a spin-off.

use reports::statements::StatementInput;
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, InstrumentId};

use super::{
    Worth, amount, date, empty, instrument, instrument_id, portfolio_id, position, step, transaction, valuation, value,
};

/// At start 1,000.00 euro, 55 Splitting at 10 and 40 Merging at 90: 5,150. Splitting pays 0.20 a unit, 11.00 less 2.90
/// of tax. Three for two makes 82.5 of 55, and the half brings 10.00. Merging is bought for 95, so for 3,800.00. One
/// Spun Off for four makes 20.5. Then 5 Splitting are bought for 36.00. At end 87 Splitting at 7, 20.5 Spun Off at 2,
/// and 1,000.00 + 8.10 + 10.00 + 3,800.00 - 36.00 = 4,782.10 euro: 5,432.10.
pub(crate) fn announced() -> StatementInput {
    let (splitting, merging, spun_off) = (instrument_id("SPLT"), instrument_id("MRGR"), instrument_id("SPUN"));
    let mut input = empty();
    input.instruments = vec![
        instrument("SPLT", "Splitting SE", Currency::EUR),
        instrument("MRGR", "Merging AG", Currency::EUR),
        instrument("SPUN", "Spun Off AG", Currency::EUR),
    ];
    let worth = |quantity, price, whole| Worth {
        quantity,
        price,
        price_date: "2014-12-31",
        basis: "quote",
        currency: Currency::EUR,
        value: whole,
        rate: None,
        value_base: whole,
    };
    let cash = Worth { price_date: "", basis: "cash", ..worth("4782.1", "1", "4782.1") };
    input.valuations = vec![
        valuation(splitting.clone(), &worth("87", "7", "609")),
        valuation(spun_off.clone(), &worth("20.5", "2", "41")),
        valuation(InstrumentId::cash(Currency::EUR), &cash),
    ];
    input.positions = vec![
        position(splitting.clone(), "2014-12-22", "87", Currency::EUR, "500"),
        position(spun_off.clone(), "2014-12-17", "20.5", Currency::EUR, "50"),
        position(InstrumentId::cash(Currency::EUR), "2014-06-30", "1000", Currency::EUR, "1000"),
    ];
    input.portfolio_values =
        vec![value("2014-11-28", Some("2014-11-27"), "5150"), value("2014-12-31", Some("2014-12-30"), "5432.1")];
    input.nav_bridge = vec![step(BridgeComponent::RealisedPriceGain, Currency::EUR, Some("282.1"), Some("282.1"))];
    input.transactions = vec![
        Transaction {
            instrument_id: Some(splitting.clone()),
            quantity: Some("55".parse().expect("a quantity")),
            taxes: amount("2.9"),
            ..transaction(1, "2014-12-05", "DIVIDEND", "8.1")
        },
        Transaction {
            instrument_id: Some(splitting.clone()),
            quantity: Some("5".parse().expect("a quantity")),
            ..transaction(2, "2014-12-22", "BUY", "-36")
        },
    ];
    input.action_payments = vec![
        ActionPayment {
            pay_date: Some(date("2014-12-12")),
            ..payment(&splitting, "2014-12-10", "SPLIT", "10", ["55", "82"])
        },
        payment(&merging, "2014-12-16", "MERGER", "3800", ["40", "0"]),
        ActionPayment {
            target_instrument_id: Some(spun_off),
            target_quantity_before: Some("0".parse().expect("a quantity")),
            target_quantity_after: Some("20.5".parse().expect("a quantity")),
            ..payment(&splitting, "2014-12-17", "SPIN_OFF", "0", ["82", "82"])
        },
    ];
    input
}

/// An announcement in euro that was paid on its ex-date, with the units before and after it.
pub(crate) fn payment(
    instrument_id: &InstrumentId,
    ex_date: &str,
    kind: &str,
    cash: &str,
    units: [&str; 2],
) -> ActionPayment {
    let [before, after] = units.map(|units| Some(units.parse().expect("a quantity")));
    ActionPayment {
        portfolio_id: portfolio_id(),
        instrument_id: instrument_id.clone(),
        ex_date: date(ex_date),
        kind: kind.to_owned(),
        business_date: date(ex_date),
        currency: Currency::EUR,
        amount: amount(cash),
        pay_date: Some(date(ex_date)),
        quantity_before: before,
        quantity_after: after,
        target_instrument_id: None,
        target_quantity_before: None,
        target_quantity_after: None,
    }
}
