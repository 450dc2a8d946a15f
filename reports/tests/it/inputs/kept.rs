//! A portfolio whose assets are kept somewhere, pledged, lent, and not all settled.

use std::sync::Arc;

use reports::Rates;
use reports::statements::StatementInput;
use schemas::tables::custody::CustodyRow;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency};

use super::{date, instrument_id, market_id, portfolio_id, transaction, two_positions};

/// Everything is kept in Luxembourg; SAP is pledged, the dollars are given as collateral with their title. 30 SAP had
/// been lent in October, 20 more were lent in December and 10 came back. The sale of SAP settles in January.
pub(crate) fn kept() -> StatementInput {
    let mut input = two_positions();
    let sap = instrument_id("SAP.DE");
    input.further.custody = vec![
        CustodyRow { custodian: "Custody SA, Luxembourg".to_owned(), ..kept_as("", "2014-01-01", "") },
        CustodyRow {
            custodian: "Custody SA, Luxembourg".to_owned(),
            note: "For the loan of 2014.".to_owned(),
            ..kept_as(sap.as_str(), "2014-07-01", "pledge")
        },
        CustodyRow { is_protected: false, ..kept_as("CASH~USD", "2014-12-01", "title_transfer") },
        // What begins after the date of the statement does not count yet.
        kept_as(sap.as_str(), "2015-01-01", ""),
    ];
    let lent = |sequence, day, kind: &str, units: &str| Transaction {
        instrument_id: Some(sap.clone()),
        quantity: Some(units.parse().expect("a quantity")),
        net_cash: Amount::ZERO,
        ..transaction(sequence, day, kind, "0")
    };
    input.further.other_bookings = vec![lent(10, "2014-10-01", "LEND", "30")];
    input.transactions.push(lent(11, "2014-12-10", "LEND", "20"));
    input.transactions.push(lent(12, "2014-12-19", "LEND_RETURN", "10"));
    input.transactions[2].settlement_date = Some(date("2015-01-05"));
    input.further.rates = Arc::new(Rates::of(&[rate("2014-12-05", "1.20"), rate("2014-12-15", "1.25")]));
    input
}

fn kept_as(asset: &str, since: &str, peculiarities: &str) -> CustodyRow {
    CustodyRow {
        portfolio_id: portfolio_id(),
        asset: asset.to_owned(),
        from_date: date(since),
        is_protected: true,
        custodian: String::new(),
        peculiarities: peculiarities.to_owned(),
        note: String::new(),
        landing_sha256: String::new(),
        line: 2,
    }
}

pub(crate) fn rate(day: &str, units: &str) -> FxRate {
    FxRate {
        fx_source: market_id(),
        currency: Currency::USD,
        rate_date: date(day),
        units_per_eur: units.parse().expect("a rate"),
        landing_sha256: String::new(),
        line: 2,
    }
}
