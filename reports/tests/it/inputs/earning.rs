//! A portfolio that earned and lost, with every figure worked out: two positions, beside a benchmark.

use reports::{ClassDay, PositionDay};
use schemas::tables::daily_returns::DailyReturn;
use schemas::{Currency, InstrumentId};

use super::{amount, attributed, date, instrument_id, portfolio_id, two_positions};
use crate::inputs::StatementInput;

/// A day that began with 10,000: what it earned, and what the benchmark did.
pub(crate) fn day(on: &str, earned: Option<f64>, benchmark: Option<f64>) -> DailyReturn {
    DailyReturn {
        portfolio_id: portfolio_id(),
        business_date: date(on),
        begin_value: Some(amount("10000")),
        inflow: Some(amount("0")),
        outflow: Some(amount("0")),
        end_value: Some(amount("10000")),
        return_fraction: earned,
        benchmark_return_fraction: benchmark,
        return_before_fees_fraction: earned.map(|earned| earned + 0.001),
        return_before_taxes_fraction: earned.map(|earned| earned + 0.0005),
        risk_free_annual: None,
        is_observed: None,
    }
}

/// What a position added on a day, and what it earned in its own currency on a capital of 10,000.
fn added(instrument_id: &InstrumentId, currency: Currency, on: &str, parts: (f64, f64)) -> PositionDay {
    let (contribution, earned) = parts;
    PositionDay {
        instrument_id: instrument_id.clone(),
        currency,
        business_date: date(on),
        contribution: Some(contribution),
        earned_locally: Some(earned),
    }
}

/// Since June 2014: up to 1.1, down to 0.88, back to 1.1, down to 1.045, and 2 and 3 % in December, of which SAP earned
/// 3 and 1, and Apple −1 and 2, of that −1.5 and 1 in dollars.
pub(crate) fn earning() -> StatementInput {
    let mut input = two_positions();
    input.portfolio.benchmark_symbol = Some("INDEX".to_owned());
    input.measures.clear();
    let days = [
        ("2014-06-30", 0.0, 0.0),
        ("2014-07-31", 0.10, 0.05),
        ("2014-08-29", -0.20, -0.10),
        ("2014-09-30", 0.25, 0.10),
        ("2014-10-31", 0.0, 0.0),
        ("2014-11-28", -0.05, -0.02),
        ("2014-12-15", 0.02, 0.01),
        ("2014-12-31", 0.03, 0.01),
    ];
    let returns = days.map(|(on, earned, benchmark)| day(on, Some(earned), Some(benchmark)));
    input.further.daily_returns = returns.to_vec();
    let (sap, apple) = (instrument_id("SAP.DE"), instrument_id("AAPL"));
    input.further.position_days = vec![
        added(&sap, Currency::EUR, "2014-12-15", (0.03, 300.0)),
        added(&sap, Currency::EUR, "2014-12-31", (0.01, 100.0)),
        added(&apple, Currency::USD, "2014-12-15", (-0.01, -150.0)),
        added(&apple, Currency::USD, "2014-12-31", (0.02, 100.0)),
    ];
    let class = |node: &str, on: &str, contribution| ClassDay {
        node: node.to_owned(),
        business_date: date(on),
        contribution: Some(contribution),
    };
    input.further.class_days = vec![
        class("equity", "2014-12-15", 0.021),
        class("equity", "2014-12-31", 0.029),
        class("cash", "2014-12-15", -0.001),
        class("cash", "2014-12-31", 0.001),
    ];
    input.attribution = vec![
        attributed("equity", "2014-12-31", [0.01, 0.02, 0.0]),
        attributed("total", "2014-12-31", [0.01, 0.02, 0.0]),
    ];
    input
}
