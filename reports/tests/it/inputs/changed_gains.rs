//! A statement of a sale whose gain a rule changed later.

use reports::statements::StatementInput;
use schemas::Currency;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::realised_gains::RealisedGain;

use super::{amount, date, instrument_id, portfolio_id, realised, two_positions};

/// Shares that had cost 1,000 were sold for 800 and bought again for 850 within 30 days (TCGA 1992 s. 106A).
pub(crate) fn bought_again() -> StatementInput {
    let mut input = two_positions();
    input.portfolio.cost_basis = "uk_section_104".to_owned();
    let sold = RealisedGain {
        quantity: "100".parse().expect("a quantity"),
        proceeds: Some(amount("800")),
        cost: Some(amount("1000")),
        gain: Some(amount("-200")),
        gain_base: Some(amount("-200")),
        price_gain_base: Some(amount("-200")),
        ..realised(instrument_id("SAP.DE"))
    };
    input.gain_changes = vec![LotClosing {
        portfolio_id: portfolio_id(),
        instrument_id: sold.instrument_id.clone(),
        transaction_id: sold.transaction_id.clone(),
        business_date: date("2014-12-29"),
        position: 1,
        trade_date: date("2014-12-29"),
        opened_by: Some("t6".to_owned()),
        acquired_date: None,
        quantity: "100".parse().expect("a quantity"),
        currency: Currency::EUR,
        proceeds: None,
        cost: None,
        gain: Some(amount("150")),
        gain_base: Some(amount("150")),
        proceeds_base: None,
        cost_base: None,
        days_held: None,
        holding_term: None,
        rule: "bed_and_breakfast".to_owned(),
    }];
    input.changed_disposals = vec![sold.clone()];
    input.realised_gains = vec![sold];
    input
}
