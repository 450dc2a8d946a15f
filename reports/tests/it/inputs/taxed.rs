//! A year of sales, income and taxes whose every figure is worked out in the test of the tax report.

use std::collections::BTreeMap;
use std::sync::Arc;

use reports::statements::StatementInput;
use reports::{Country, Rates};
use schemas::Currency;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;

use super::{amount, date, instrument_id, portfolio_id, realised, step, transaction, two_positions};

/// A lot that a disposal closed: units, acquired, days held, then proceeds, cost and gain, in its currency and in
/// euros.
pub(crate) fn lot(
    of: &RealisedGain,
    position: i64,
    (units, acquired, days_held): (&str, &str, i64),
    [proceeds, cost, gain]: [&str; 3],
    [proceeds_base, cost_base, gain_base]: [&str; 3],
) -> LotClosing {
    LotClosing {
        portfolio_id: portfolio_id(),
        instrument_id: of.instrument_id.clone(),
        transaction_id: of.transaction_id.clone(),
        business_date: of.business_date,
        position,
        trade_date: of.trade_date,
        opened_by: Some("t0".to_owned()),
        acquired_date: Some(date(acquired)),
        quantity: units.parse().expect("a quantity"),
        currency: of.currency,
        proceeds: Some(amount(proceeds)),
        cost: Some(amount(cost)),
        gain: Some(amount(gain)),
        gain_base: Some(amount(gain_base)),
        proceeds_base: Some(amount(proceeds_base)),
        cost_base: Some(amount(cost_base)),
        days_held: Some(days_held),
        holding_term: None,
        rule: "fifo".to_owned(),
    }
}

/// The sale of SAP of two lots, and one of Apple in dollars at a loss.
fn sales() -> (Vec<RealisedGain>, Vec<LotClosing>) {
    let sap = realised(instrument_id("SAP.DE"));
    let apple = RealisedGain {
        transaction_id: "t20".to_owned(),
        booking_sequence: 20,
        business_date: date("2014-12-19"),
        trade_date: date("2014-12-19"),
        currency: Currency::USD,
        quantity: "10".parse().expect("a quantity"),
        proceeds: Some(amount("1100")),
        cost: Some(amount("1200")),
        gain: Some(amount("-100")),
        gain_base: Some(amount("-62.4")),
        ..realised(instrument_id("AAPL"))
    };
    let lots = vec![
        lot(&apple, 1, ("10", "2014-07-01", 171), ["1100", "1200", "-100"], ["897.6", "960", "-62.4"]),
        lot(&sap, 2, ("8", "2014-10-01", 78), ["404.938", "400", "4.938"], ["404.938", "400", "4.938"]),
        lot(&sap, 1, ("12", "2014-06-30", 171), ["607.407", "600", "7.407"], ["607.407", "600", "7.407"]),
    ];
    (vec![apple, sap], lots)
}

/// A booking about an instrument.
fn about(symbol: &str, sequence: i64, day: &str, kind: &str, net_cash: &str) -> Transaction {
    Transaction { instrument_id: Some(instrument_id(symbol)), ..transaction(sequence, day, kind, net_cash) }
}

fn bookings() -> Vec<Transaction> {
    let dollars = |row: Transaction| Transaction { currency: Currency::USD, ..row };
    vec![
        // 23.50 dollars at 1.25 are 18.80 euros, and the tax of 3.525 dollars is 2.82.
        Transaction { taxes: amount("3.525"), ..dollars(about("AAPL", 7, "2014-11-13", "DIVIDEND", "19.975")) },
        about("AAPL", 8, "2014-12-01", "TAX_RECLAIM", "1.5"),
        transaction(9, "2014-12-02", "INTEREST", "4"),
        about("SAP.DE", 10, "2014-12-03", "TAX_STAMP_DUTY", "-5"),
        about("SAP.DE", 11, "2014-12-04", "RETURN_OF_CAPITAL", "30"),
        Transaction {
            quantity: Some("2".parse().expect("a quantity")),
            price: Some("50".parse().expect("a price")),
            ..about("SAP.DE", 12, "2014-12-05", "DIVIDEND_REINVESTED", "0")
        },
        about("SAP.DE", 13, "2014-12-08", "DIVIDEND", "999"),
        Transaction { reverses: Some("t13".to_owned()), ..transaction(14, "2014-12-09", "REVERSAL", "0") },
    ]
}

/// The euro at 1.25 dollars from 12 November 2014 on, published every week.
pub(crate) fn rates() -> Arc<Rates> {
    let days = ["2014-11-12", "2014-11-19", "2014-11-26", "2014-12-03", "2014-12-10", "2014-12-17", "2014-12-24"];
    let rate = |day: &str| FxRate {
        fx_source: "D03".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(day),
        units_per_eur: "1.25".parse().expect("a rate"),
        landing_sha256: String::new(),
        line: 1,
    };
    Arc::new(Rates::of(&days.map(rate), 10))
}

/// The year 2014 of a portfolio that sold, earned and paid taxes.
pub(crate) fn taxed() -> StatementInput {
    use BridgeComponent as C;
    let mut input = two_positions();
    input.period_start = date("2013-12-31");
    let (gains, lots) = sales();
    (input.realised_gains, input.further.lot_closings) = (gains, lots);
    input.transactions.extend(bookings());
    input.further.rates = rates();
    let countries = [("AAPL", Country::One("United States".to_owned())), ("SAP.DE", Country::Several)];
    let countries: BTreeMap<_, _> = countries.map(|(symbol, country)| (instrument_id(symbol), country)).into();
    input.further.countries = Arc::new(countries);
    let euro = |component, own| step(component, Currency::EUR, Some(own), Some(own));
    let dollar = |component, own, in_euro| step(component, Currency::USD, Some(own), Some(in_euro));
    input.nav_bridge.extend([
        dollar(C::Dividends, "23.5", "18.8"),
        euro(C::Dividends, "100"),
        euro(C::Interest, "4"),
        dollar(C::TaxWithholding, "-3.525", "-2.82"),
        euro(C::TaxReclaim, "1.5"),
        euro(C::TaxStampDuty, "-5"),
    ]);
    input
}
