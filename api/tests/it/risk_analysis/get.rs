//! What portfolios may lose.

use schemas::Currency;
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
use schemas::tables::valuations::Valuation;
use serde_json::{Value, json};

use crate::house::{DATES, House, date, id, key};

fn risk(tail: f64, shortfall: f64) -> RiskRow {
    RiskRow {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        method: "historical_simulation".to_owned(),
        tail,
        horizon_days: 1,
        value_at_risk: Some(shortfall / 2.0),
        expected_shortfall: Some(shortfall),
        scenario_count: 500,
        position_count: 3,
        excluded_count: 0,
        excluded_fraction: Some(0.0),
        unavailable_reason: None,
        proxied_count: Some(0),
        proxied_fraction: Some(0.0),
    }
}

fn contribution(instrument: &str, part: f64) -> RiskContribution {
    RiskContribution {
        portfolio_id: id("D03"),
        instrument_id: instrument.parse().expect("an instrument"),
        business_date: date(DATES[1]),
        es_975_contribution: Some(part),
        unavailable_reason: None,
        proxy_instrument_id: None,
        proxied_scenario_count: None,
        proxied_through_date: None,
    }
}

fn valuation(instrument: &str, currency: &str) -> Valuation {
    Valuation {
        portfolio_id: id("D03"),
        instrument_id: instrument.parse().expect("an instrument"),
        business_date: date(DATES[1]),
        quantity: "1".parse().expect("a number"),
        price: None,
        price_date: None,
        price_basis: "quote".to_owned(),
        currency: currency.parse::<Currency>().expect("a currency"),
        value: None,
        fx_rate: None,
        fx_rate_date: None,
        value_base: None,
    }
}

fn forecast(method: &str) -> RiskForecast {
    RiskForecast {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        method: method.to_owned(),
        tail: 0.01,
        value_at_risk: Some(0.02),
        expected_shortfall: Some(0.03),
        return_count: 500,
        unavailable_reason: None,
    }
}

fn judged(method: &str, profit_and_loss: &str, exceedance_count: i64, zone: &str, is_in_force: bool) -> BacktestRow {
    BacktestRow {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        method: method.to_owned(),
        tail: 0.01,
        profit_and_loss: profit_and_loss.to_owned(),
        day_count: 250,
        exceedance_count,
        kupiec_statistic: None,
        kupiec_probability: None,
        independence_statistic: None,
        independence_probability: None,
        coverage_statistic: None,
        coverage_probability: None,
        zone: Some(zone.to_owned()),
        capital_multiplier: None,
        is_in_force,
        exceeded_dates: "2014-10-15 2014-12-01".to_owned(),
        last_gap_date: None,
        unavailable_reason: None,
        acerbi_szekely: None,
        pinball: None,
        pinball_day_count: None,
        exceeded_losses: None,
    }
}

async fn risky() -> House {
    let house = House::with_values().await;
    house.write(&[risk(0.05, 80.0), risk(0.025, 100.0), risk(0.01, 120.0)]).await;
    let parts = [contribution("world~SAP", 70.0), contribution("world~AAPL", 40.0), contribution("CASH~USD", -10.0)];
    house.write(&parts).await;
    house.write(&[valuation("world~SAP", "EUR"), valuation("world~AAPL", "USD"), valuation("CASH~USD", "USD")]).await;
    house.write(&[forecast("historical"), forecast("filtered_historical"), forecast("ewma")]).await;
    let backtests = [
        judged("historical", "actual", 4, "green", false),
        judged("historical", "hypothetical", 11, "red", false),
        judged("filtered_historical", "actual", 3, "green", true),
        judged("filtered_historical", "hypothetical", 6, "yellow", true),
        judged("ewma", "actual", 12, "red", false),
    ];
    house.write(&backtests).await;
    let stress = StressRow {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        scenario_id: "equity_down_20".to_owned(),
        version: 1,
        profit: None,
        profit_fraction: None,
        position_count: 3,
        unreached_fraction: Some(0.5),
        unknown_fraction: Some(0.5),
        unavailable_reason: Some("of 50 % of the values nobody knows what would happen".to_owned()),
    };
    house.write(&[stress]).await;
    let class = RiskClassRow {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        scale: "priips".to_owned(),
        risk_class: Some(4),
        volatility: Some(0.127),
        volatility_class: Some(4),
        return_count: 700,
        holding_years: Some(5.0),
        unavailable_reason: None,
    };
    house.write(&[class]).await;
    let sector = Classification {
        market_id: "world".parse().expect("an id"),
        instrument_id: "world~SAP".parse().expect("an instrument"),
        taxonomy: "sector".to_owned(),
        node: "Technology".to_owned(),
        weight: "0.75".parse().expect("a number"),
        landing_sha256: "0".repeat(64),
        line: 2,
    };
    house.lake.append(&[sector], &key()).await.expect("written");
    house
}

#[tokio::test]
async fn the_method_in_force_is_named_with_those_that_were_demoted() {
    let house = risky().await;
    let found = house.get("/risk-analysis/D03").await.json();
    let [method] = found["methods"].as_array().expect("a list").as_slice() else { panic!("one tail: {found}") };
    assert_eq!(method["method"], "filtered_historical");
    assert_eq!(method["zone"], "yellow", "the worse of both decides");
    assert_eq!((&method["value_at_risk"], &method["expected_shortfall"]), (&json!(0.02), &json!(0.03)));
    assert!(method["definition"].as_str().is_some_and(|text| text.ends_with('.')));
    // What comes after the method in force has lost no place.
    let demoted =
        json!([{"method": "historical", "profit_and_loss": "hypothetical", "day_count": 250, "exceedance_count": 11}]);
    assert_eq!(method["demoted"], demoted);
    assert_eq!(found["backtests"].as_array().map(Vec::len), Some(5));
    assert_eq!(found["backtests"][0]["exceeded_dates"], json!(["2014-10-15", "2014-12-01"]));
    assert_eq!(found["forecasts"].as_array().map(Vec::len), Some(3));
    assert_eq!(found["risk_classes"][0]["risk_class"], 4);
    assert_eq!(found["stress"][0]["profit"], Value::Null);
    assert_eq!(found["unavailable_reason"], Value::Null);
}

fn concentration(grouping: &str, herfindahl: Option<f64>, reason: Option<&str>) -> ConcentrationRow {
    ConcentrationRow {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        grouping: grouping.to_owned(),
        group_count: herfindahl.map(|_| 4),
        herfindahl,
        effective_number: herfindahl.map(|index| 1.0 / index),
        normalized_herfindahl: herfindahl.map(|_| 0.0),
        entropy_number: herfindahl.map(|_| 4.0),
        largest_share: herfindahl,
        largest_five_share: herfindahl.map(|_| 1.0),
        largest_ten_share: herfindahl.map(|_| 1.0),
        largest_group: herfindahl.map(|_| "world~SAP".to_owned()),
        unclassified_share: None,
        unavailable_reason: reason.map(str::to_owned),
    }
}

#[tokio::test]
async fn concentration_and_liquidity_are_those_of_the_night() {
    let house = risky().await;
    let reason = "world~X has no value; see the exceptions of the date";
    let spread = [concentration("issuer", None, Some(reason)), concentration("currency", Some(0.25), None)];
    house.write(&[&spread[..], &[concentration("position", Some(0.25), None)]].concat()).await;
    let before = house.get("/risk-analysis/D03").await.json();
    assert_eq!((&before["liquidity"], &before["factors"]), (&Value::Null, &json!([])), "no night has said so");
    let sold = LiquidityRow {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        participation: 0.2,
        position_count: 3,
        unknown_count: 1,
        days_until_all: None,
        days_unavailable_reason: Some("world~X: no volume is known".to_owned()),
        one_day_share: Some(0.55),
        five_day_share: Some(0.75),
        twenty_day_share: Some(0.75),
        unknown_share: Some(0.25),
        shares_unavailable_reason: None,
    };
    house.write(&[sold]).await;
    let found = house.get("/risk-analysis/D03").await.json();
    let spread = found["concentration"].as_array().expect("a list");
    let groupings: Vec<&Value> = spread.iter().map(|one| &one["grouping"]).collect();
    assert_eq!(groupings, ["position", "currency", "issuer"]);
    assert_eq!((&spread[0]["effective_number"], &spread[0]["group_count"]), (&json!(4.0), &json!(4)));
    assert_eq!((&spread[2]["herfindahl"], &spread[2]["unavailable_reason"]), (&Value::Null, &json!(reason)));
    let sold = &found["liquidity"];
    assert_eq!((&sold["one_day_share"], &sold["unknown_count"]), (&json!(0.55), &json!(1)));
    assert_eq!((&sold["days_until_all"], &sold["shares_unavailable_reason"]), (&Value::Null, &Value::Null));
    assert_eq!(sold["days_unavailable_reason"], "world~X: no volume is known");
}

fn explained(set: &str, on: &str, reason: Option<&str>) -> FactorRegressionRow {
    let known = |number: f64| reason.is_none().then_some(number);
    FactorRegressionRow {
        portfolio_id: id("D03"),
        business_date: date(on),
        factor_set: set.to_owned(),
        period: "1Y".to_owned(),
        through_date: date("2014-10-31"),
        opening_date: None,
        observation_count: None,
        left_out_count: None,
        lag_count: None,
        is_above_risk_free: None,
        alpha: known(0.0001),
        alpha_standard_error: known(0.0002),
        alpha_t_statistic: known(0.5),
        alpha_probability: known(0.6),
        r_squared: known(0.9),
        adjusted_r_squared: known(0.89),
        residual_deviation: known(0.001),
        variance: known(0.0001),
        specific_variance: known(0.00001),
        unavailable_reason: reason.map(str::to_owned),
    }
}

fn exposure(factor: &str, loading: f64, on: &str) -> FactorExposureRow {
    FactorExposureRow {
        portfolio_id: id("D03"),
        business_date: date(on),
        factor_set: "ff2".to_owned(),
        factor: factor.to_owned(),
        loading,
        standard_error: 0.1,
        t_statistic: Some(10.0 * loading),
        probability: Some(0.0),
        variance_part: 0.00009,
    }
}

#[tokio::test]
async fn the_factors_are_those_of_the_first_valuation_of_the_month() {
    let house = risky().await;
    let (november, december) = ("2014-11-03", "2014-12-01");
    let reason = "not enough days with returns of both sides: 16 of 60";
    let models = [
        explained("ff2", november, None),
        explained("ff2", december, None),
        explained("other", december, Some(reason)),
    ];
    house.write_between(november, december, &models).await;
    let loadings =
        [exposure("smb", 0.5, november), exposure("smb", -0.25, december), exposure("mkt_rf", 1.25, december)];
    house.write_between(november, december, &loadings).await;
    let found = house.get("/risk-analysis/D03").await.json();
    let [model, other] = found["factors"].as_array().expect("a list").as_slice() else { panic!("two sets: {found}") };
    assert_eq!((&model["business_date"], &model["through_date"]), (&json!(december), &json!("2014-10-31")));
    assert_eq!((&model["factor_set"], &model["r_squared"]), (&json!("ff2"), &json!(0.9)));
    let exposures = model["exposures"].as_array().expect("a list");
    let told: Vec<(&Value, &Value)> = exposures.iter().map(|one| (&one["factor"], &one["loading"])).collect();
    assert_eq!(told, [(&json!("mkt_rf"), &json!(1.25)), (&json!("smb"), &json!(-0.25))]);
    assert_eq!((&other["unavailable_reason"], &other["exposures"]), (&json!(reason), &json!([])));
    let earlier = house.get("/risk-analysis/D03?date=2014-11-28").await.json();
    assert_eq!(earlier["factors"][0]["exposures"][0]["loading"], 0.5);
}

#[tokio::test]
async fn every_taxonomy_adds_up_to_the_expected_shortfall() {
    let house = risky().await;
    let found = house.get("/risk-analysis/D03").await.json();
    assert_eq!(found["positions"][1]["tail"], 0.025);
    assert_eq!(found["positions"][1]["expected_shortfall"], 100.0);
    assert_eq!(found["contributions"][0]["instrument_id"], "world~SAP");
    // A quarter of 70 and all of 40 belong to no sector.
    insta::assert_json_snapshot!(found["groups"], @r#"
    [
      {
        "taxonomy": "asset_class",
        "node": "cash",
        "contribution": -10.0
      },
      {
        "taxonomy": "asset_class",
        "node": "unclassified",
        "contribution": 110.0
      },
      {
        "taxonomy": "currency",
        "node": "EUR",
        "contribution": 70.0
      },
      {
        "taxonomy": "currency",
        "node": "USD",
        "contribution": 30.0
      },
      {
        "taxonomy": "sector",
        "node": "Technology",
        "contribution": 52.5
      },
      {
        "taxonomy": "sector",
        "node": "cash",
        "contribution": -10.0
      },
      {
        "taxonomy": "sector",
        "node": "unclassified",
        "contribution": 57.5
      }
    ]
    "#);
}

#[tokio::test]
async fn a_date_without_a_night_says_so() {
    let house = risky().await;
    let found = house.get("/risk-analysis/D03?date=2014-12-29").await.json();
    assert_eq!(found["positions"], json!([]));
    assert!(found["unavailable_reason"].as_str().is_some_and(|reason| reason.contains("2014-12-29")), "{found}");
    house.get("/risk-analysis/D99").await.problem(404);
}

#[tokio::test]
async fn a_list_has_the_main_figures_by_page() {
    let house = risky().await;
    house.save("D01").await;
    // A market that is closed on the day of the page has figures of the day before.
    let first = house.get("/risk-analysis?date=2015-01-02&limit=1").await.json();
    assert_eq!(first["items"][0]["portfolio_id"], "D01");
    assert_eq!(first["items"][0]["unavailable_reason"], "it was not valued from 2014-12-26 to 2015-01-02");
    assert_eq!(first["next"], "D01");
    let second = house.get("/risk-analysis?date=2015-01-02&limit=1&after=D01").await.json();
    let [risky] = second["items"].as_array().expect("a list").as_slice() else { panic!("{second}") };
    assert_eq!(risky["business_date"], DATES[1]);
    assert_eq!(risky["market_value"], "100250.5");
    let tails: Vec<&Value> = risky["positions"].as_array().expect("a list").iter().map(|row| &row["tail"]).collect();
    assert_eq!(tails, [0.05, 0.025, 0.01]);
    assert_eq!(risky["methods"][0]["method"], "filtered_historical");
    assert_eq!(risky["methods"][0]["expected_shortfall"], 0.03);
    assert_eq!(risky["risk_classes"][0]["scale"], "priips");
    assert_eq!((&risky["unavailable_reason"], &second["next"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn without_a_night_a_list_wants_a_date() {
    let house = House::with_values().await;
    let problem = house.get("/risk-analysis").await.problem(404);
    assert_eq!(problem["detail"], "no night has finished yet");
    for query in ["limit=0", "limit=201", "date=yesterday", "size=5"] {
        house.get(&format!("/risk-analysis?{query}")).await.problem(400);
    }
}
