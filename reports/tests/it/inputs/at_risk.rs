//! A portfolio of which a night knows the risk: what it may lose, where that comes from, and what scenarios would do.

use reports::Further;
use reports::statements::StatementInput;
use schemas::InstrumentId;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::classifications::Classification;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::liquidity::LiquidityRow;
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

/// Shares of 80 and 20 percent have an index of 0.68.
fn in_few_hands(grouping: &str, largest: &str, unclassified: Option<f64>) -> ConcentrationRow {
    ConcentrationRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        grouping: grouping.to_owned(),
        group_count: Some(2),
        herfindahl: Some(0.68),
        effective_number: Some(1.0 / 0.68),
        normalized_herfindahl: Some(0.36),
        entropy_number: Some(1.649),
        largest_share: Some(0.8),
        largest_five_share: Some(1.0),
        largest_ten_share: Some(1.0),
        largest_group: Some(largest.to_owned()),
        unclassified_share: unclassified,
        unavailable_reason: None,
    }
}

/// Three quarters are sold at once, and of one position nobody knows the volume.
fn liquid() -> LiquidityRow {
    LiquidityRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        participation: 0.2,
        position_count: 4,
        unknown_count: 1,
        days_until_all: None,
        days_unavailable_reason: Some("D03~SAP.DE: no volume is known on the last 20 valuation dates".to_owned()),
        one_day_share: Some(0.75),
        five_day_share: Some(0.8),
        twenty_day_share: Some(0.8),
        unknown_share: Some(0.2),
        shares_unavailable_reason: None,
    }
}

fn explained_by(set: &str, found: Result<f64, &str>) -> FactorRegressionRow {
    let known = found.ok();
    FactorRegressionRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-01"),
        factor_set: set.to_owned(),
        period: "1Y".to_owned(),
        through_date: date("2014-10-31"),
        opening_date: known.map(|_| date("2013-10-31")),
        observation_count: known.map(|_| 250),
        left_out_count: known.map(|_| 0),
        lag_count: known.map(|_| 4),
        is_above_risk_free: known.map(|_| true),
        alpha: known.map(|_| 0.0001),
        alpha_standard_error: known.map(|_| 0.0002),
        alpha_t_statistic: known.map(|_| 0.5),
        alpha_probability: known.map(|_| 0.6),
        r_squared: known,
        adjusted_r_squared: known,
        residual_deviation: known.map(|_| 0.005),
        variance: known.map(|_| 0.0004),
        specific_variance: known.map(|explained| 0.0004 * (1.0 - explained)),
        unavailable_reason: found.err().map(str::to_owned),
    }
}

/// The loading of a factor, with its part of a variance of 0.0004.
fn loaded(factor: &str, loading: f64, variance_part: f64) -> FactorExposureRow {
    FactorExposureRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-01"),
        factor_set: "ff3".to_owned(),
        factor: factor.to_owned(),
        loading,
        standard_error: 0.05,
        t_statistic: Some(loading / 0.05),
        probability: Some(0.0312),
        variance_part,
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
    input.further.concentration = vec![
        in_few_hands("sector", "unclassified", Some(0.8)),
        in_few_hands("currency", "USD", None),
        in_few_hands("position", instrument_id("AAPL").as_str(), None),
    ];
    input.further.liquidity = vec![liquid()];
    input.further.factor_regressions =
        vec![explained_by("momentum", Err("not enough returns: 40 of 60")), explained_by("ff3", Ok(0.75))];
    input.further.factor_exposures = vec![loaded("smb", -0.5, -0.00002), loaded("mkt_rf", 0.9, 0.00032)];
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
    further.concentration.reverse();
    further.factor_regressions.reverse();
    further.factor_exposures.reverse();
}
