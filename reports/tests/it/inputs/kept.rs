//! A portfolio whose assets are kept somewhere, pledged, lent, and not all settled.

use std::sync::Arc;

use reports::Rates;
use reports::statements::StatementInput;
use rust_decimal::Decimal;
use schemas::tables::custody::CustodyRow;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency, Quantity};

use super::{date, instrument_id, market_id, of_size, portfolio_id, step, transaction, two_positions};

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
    input.further.rates = Arc::new(Rates::of(&[rate("2014-12-05", "1.20"), rate("2014-12-15", "1.25")], 10));
    input
}

/// A portfolio of this many funds, each worth one euro, into which and out of which these cents of December went. All
/// but every third fund have a record of custody of their own.
pub(crate) fn booked(funds: usize, cents: &[i64]) -> StatementInput {
    let mut input = of_size(funds);
    let sum = Amount::new(Decimal::new(cents.iter().sum(), 2));
    for (number, cents) in (1_i64..).zip(cents) {
        let kind = if *cents < 0 { "WITHDRAWAL" } else { "DEPOSIT" };
        let day = format!("2014-12-{:02}", number % 28 + 1);
        input.transactions.push(transaction(number, &day, kind, &Decimal::new(*cents, 2).to_string()));
    }
    let held = input.valuations.iter().enumerate().filter(|(place, _)| place % 3 != 0);
    let recorded = held.map(|(_, row)| kept_as(row.instrument_id.as_str(), "2014-07-01", "usufruct"));
    input.further.custody = recorded.collect();
    let cash = two_positions().valuations.into_iter().find(|row| row.instrument_id.as_str() == "CASH~EUR");
    let mut cash = cash.expect("there is cash");
    (cash.value, cash.value_base, cash.quantity) = (Some(sum), Some(sum), Quantity::new(sum.decimal()));
    input.valuations.push(cash);
    let text = sum.to_string();
    input.nav_bridge.push(step(BridgeComponent::Contributions, Currency::EUR, Some(&text), Some(&text)));
    if let Some(value) = input.portfolio_values.last_mut().and_then(|row| row.market_value.as_mut()) {
        *value = Amount::new(value.decimal() + sum.decimal());
    }
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
