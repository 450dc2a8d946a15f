//! A year of costs whose every figure is worked out in the test of the statement of costs and charges.

use std::collections::BTreeMap;
use std::sync::Arc;

use reports::HeldValue;
use reports::statements::StatementInput;
use schemas::Currency;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::transactions::Transaction;

use super::taxed::rates;
use super::{amount, date, empty, instrument, instrument_id, market_id, portfolio_id, step, transaction, value};

/// What the fund SAP.DE costs from 2014 on, by its manufacturer.
pub(crate) fn stated() -> InstrumentCost {
    let rate = |text: &str| text.parse().expect("a rate");
    InstrumentCost {
        market_id: market_id(),
        instrument_id: instrument_id("SAP.DE"),
        valid_from: date("2014-01-01"),
        ongoing: rate("0.0175"),
        transaction: rate("0.0021"),
        incidental: rate("0.003"),
        entry: rate("0.05"),
        exit: rate("0.01"),
        landing_sha256: String::new(),
        line: 2,
    }
}

/// What an instrument was worth times calendar days.
pub(crate) fn held(symbol: &str, costs: Option<InstrumentCost>, value_days: &str) -> HeldValue {
    HeldValue { instrument_id: instrument_id(symbol), costs, value_days: amount(value_days), unknown_days: 0 }
}

/// A day's returns before fees and taxes, after fees, and after both.
pub(crate) fn returned(day: &str, [before, after_fees, after_taxes]: [f64; 3]) -> DailyReturn {
    DailyReturn {
        portfolio_id: portfolio_id(),
        business_date: date(day),
        begin_value: Some(amount("10000")),
        inflow: Some(amount("0")),
        outflow: Some(amount("0")),
        end_value: Some(amount("10000")),
        return_fraction: Some(after_taxes),
        benchmark_return_fraction: None,
        return_before_fees_fraction: Some(before),
        return_before_taxes_fraction: Some(after_fees),
        risk_free_annual: None,
        is_observed: None,
    }
}

/// The trades of the fund: bought for 1,000 and sold for 500 before charges; and a change of currencies.
fn trades() -> Vec<Transaction> {
    let of_fund = |sequence, day, kind, net_cash| Transaction {
        instrument_id: Some(instrument_id("SAP.DE")),
        fees: amount("5"),
        ..transaction(sequence, day, kind, net_cash)
    };
    vec![
        of_fund(1, "2014-12-01", "BUY", "-1005"),
        of_fund(2, "2014-12-18", "SELL", "495"),
        Transaction {
            counter_currency: Some(Currency::USD),
            counter_amount: Some(amount("1100.5")),
            fees: amount("2.5"),
            ..transaction(4, "2014-12-18", "FX_SPOT", "-900")
        },
    ]
}

/// The year 2014 of a portfolio that paid for services and held a fund, and a share whose costs nobody states.
pub(crate) fn charged() -> StatementInput {
    use BridgeComponent as C;
    let mut input = empty();
    input.period_start = date("2013-12-31");
    input.instruments =
        vec![instrument("SAP.DE", "A Fund", Currency::EUR), instrument("AAPL", "Apple, Inc.", Currency::USD)];
    // One day of 10,000, then 183 of 20,000 and one of 15,000: 3,685,000 over 185 days.
    input.portfolio_values = vec![
        value("2014-06-30", None, "10000"),
        value("2014-12-30", Some("2014-06-30"), "20000"),
        value("2014-12-31", Some("2014-12-30"), "15000"),
    ];
    let euro = |component, own| step(component, Currency::EUR, Some(own), Some(own));
    input.nav_bridge = vec![
        euro(C::FeeManagement, "-150"),
        euro(C::FeeCustody, "-50"),
        euro(C::Fee, "-7"),
        euro(C::FeePerformance, "-30"),
        euro(C::FeeBrokerage, "-10"),
        step(C::FeeBrokerage, Currency::USD, Some("-5"), Some("-4")),
        euro(C::FeeExchange, "-2"),
        euro(C::TaxStampDuty, "-5"),
        euro(C::TaxTransaction, "-3"),
        euro(C::TaxWithholding, "-9"),
    ];
    input.transactions = trades();
    input.further.rates = rates();
    let of_fund = BTreeMap::from([(stated().valid_from, stated())]);
    input.further.instrument_costs = Arc::new(BTreeMap::from([(instrument_id("SAP.DE"), of_fund)]));
    input.further.held_values = vec![held("SAP.DE", Some(stated()), "3650000"), held("AAPL", None, "365000")];
    input.further.daily_returns = vec![
        returned("2014-12-29", [0.01, 0.01, 0.009]),
        returned("2014-12-31", [0.02, 0.02, 0.02]),
        returned("2014-12-30", [0.0, -0.002, -0.002]),
    ];
    input
}
