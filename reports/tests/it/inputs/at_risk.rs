//! A portfolio of which a night knows the risk: what it may lose, where that comes from, and what scenarios would do.

use reports::Further;
use reports::statements::StatementInput;
use schemas::InstrumentId;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::classifications::Classification;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::stress::StressRow;
use schemas::tables::stress_scenarios::StressScenarioRow;

use super::{date, earning, instrument_id, judged, market_id, portfolio_id};

fn may_lose(tail: f64, at_risk: f64, shortfall: f64) -> RiskRow {
    RiskRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        method: "historical_simulation".to_owned(),
        tail,
        horizon_days: 1,
        value_at_risk: Some(at_risk),
        expected_shortfall: Some(shortfall),
        scenario_count: 500,
        position_count: 4,
        excluded_count: 0,
        excluded_fraction: Some(0.0),
        unavailable_reason: None,
        proxied_count: Some(0),
        proxied_fraction: Some(0.0),
    }
}

fn adds(instrument_id: InstrumentId, contribution: Result<f64, &str>) -> RiskContribution {
    RiskContribution {
        portfolio_id: portfolio_id(),
        instrument_id,
        business_date: date("2014-12-31"),
        es_975_contribution: contribution.ok(),
        unavailable_reason: contribution.err().map(str::to_owned),
        proxy_instrument_id: None,
        proxied_scenario_count: None,
        proxied_through_date: None,
    }
}

fn belongs(symbol: &str, taxonomy: &str, node: &str, weight: &str) -> Classification {
    Classification {
        market_id: market_id(),
        instrument_id: instrument_id(symbol),
        taxonomy: taxonomy.to_owned(),
        node: node.to_owned(),
        weight: weight.parse().expect("a rate"),
        landing_sha256: String::new(),
        line: 1,
    }
}

fn forecast(on: &str, method: &str, tail: f64, at_risk: Option<f64>) -> RiskForecast {
    RiskForecast {
        portfolio_id: portfolio_id(),
        business_date: date(on),
        method: method.to_owned(),
        tail,
        value_at_risk: at_risk,
        expected_shortfall: at_risk.map(|loss| loss + 0.01),
        return_count: 250,
        unavailable_reason: at_risk.is_none().then(|| "not enough daily returns in two years: 100 of 250".to_owned()),
    }
}

fn stressed(scenario: &str, profit: Option<f64>) -> StressRow {
    StressRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        scenario_id: scenario.to_owned(),
        version: 1,
        profit,
        profit_fraction: profit.map(|profit| profit / 10_000.0),
        position_count: 4,
        unreached_fraction: Some(0.1),
        unknown_fraction: Some(0.0),
        unavailable_reason: profit.is_none().then(|| "there is no position".to_owned()),
    }
}

fn class(scale: &str, class: Option<i64>, volatility: f64) -> RiskClassRow {
    RiskClassRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        scale: scale.to_owned(),
        risk_class: class,
        volatility: class.map(|_| volatility),
        volatility_class: class,
        return_count: 260,
        holding_years: (scale == "priips").then_some(5.0),
        unavailable_reason: class.is_none().then(|| "not enough returns: 100 of 504".to_owned()),
    }
}

/// A scenario that the market brings.
fn oil_doubles() -> StressScenarioRow {
    StressScenarioRow {
        market_id: market_id(),
        scenario_id: "oil_shock".to_owned(),
        version: 1,
        part: "currency".to_owned(),
        target: "USD".to_owned(),
        symbol: String::new(),
        number: Some(-0.1),
        title: "Oil doubles".to_owned(),
        description: String::new(),
        origin: String::new(),
        effective_date: None,
        until_date: None,
        replay_from: None,
        replay_to: None,
        landing_sha256: String::new(),
        line: 1,
    }
}

/// SAP and Apple and cash in dollars make an expected shortfall of 300; historical simulation was red and is demoted,
/// and on 28 November the portfolio lost more than was forecast.
pub(crate) fn at_risk() -> StatementInput {
    let mut input = earning();
    input.further.risk =
        vec![may_lose(0.05, 150.0, 220.0), may_lose(0.025, 210.0, 300.0), may_lose(0.01, 290.0, 360.5)];
    input.further.risk_contributions = vec![
        adds(instrument_id("SAP.DE"), Ok(120.0)),
        adds(instrument_id("AAPL"), Ok(200.0)),
        adds(InstrumentId::cash(schemas::Currency::USD), Ok(-20.0)),
        adds(InstrumentId::cash(schemas::Currency::EUR), Ok(0.0)),
    ];
    input.further.classifications = vec![
        belongs("SAP.DE", "asset_class", "equity", "1"),
        belongs("AAPL", "asset_class", "equity", "1"),
        belongs("SAP.DE", "sector", "Technology", "0.5"),
    ];
    input.further.risk_forecasts = vec![
        forecast("2014-10-31", "filtered_historical", 0.01, Some(0.04)),
        forecast("2014-11-28", "filtered_historical", 0.01, Some(0.03)),
        forecast("2014-12-15", "filtered_historical", 0.01, Some(0.02)),
        forecast("2014-12-31", "filtered_historical", 0.01, Some(0.025)),
        forecast("2014-12-31", "filtered_historical", 0.025, Some(0.02)),
        forecast("2014-12-31", "historical", 0.01, Some(0.015)),
        forecast("2014-12-31", "cornish_fisher", 0.01, None),
    ];
    let tested = |row: BacktestRow| BacktestRow {
        kupiec_probability: Some(0.042),
        independence_probability: Some(0.5),
        coverage_probability: Some(0.12),
        ..row
    };
    let in_force = judged("filtered_historical", "actual", 5, "yellow", true);
    let demoted = judged("historical", "actual", 11, "red", false);
    input.further.all_backtests = vec![
        tested(BacktestRow {
            exceeded_dates: "2014-11-28".to_owned(),
            capital_multiplier: Some(1.7),
            ..in_force.clone()
        }),
        tested(judged("filtered_historical", "hypothetical", 2, "green", true)),
        BacktestRow {
            unavailable_reason: Some("no day follows one that exceeded the value at risk".to_owned()),
            ..demoted.clone()
        },
        judged("normal", "actual", 0, "green", false),
    ];
    input.backtests = vec![in_force, demoted];
    input.further.scenarios = vec![oil_doubles()];
    input.further.stress = vec![
        stressed("pandemic_2020", None),
        stressed("equity_down_20", Some(-2_000.5)),
        stressed("oil_shock", Some(450.0)),
    ];
    input.further.risk_classes = vec![class("priips", None, 0.1), class("srri", Some(5), 0.1234)];
    input
}

/// The same rows, each table in reverse.
pub(super) fn reverse(further: &mut Further) {
    further.daily_returns.reverse();
    further.position_days.reverse();
    further.class_days.reverse();
    further.risk.reverse();
    further.risk_contributions.reverse();
    further.classifications.reverse();
    further.risk_forecasts.reverse();
    further.all_backtests.reverse();
    further.stress.reverse();
    further.risk_classes.reverse();
}
