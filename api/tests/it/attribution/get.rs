//! Why a portfolio did better or worse than its benchmark.

use schemas::ReportingPeriod;
use schemas::tables::attribution::AttributionRow;
use serde_json::Value;

use crate::house::{DATES, House, date, id};

fn row(on: &str, period: ReportingPeriod, taxonomy: &str, node: &str, effects: [f64; 3]) -> AttributionRow {
    let [allocation, selection, interaction] = effects;
    AttributionRow {
        portfolio_id: id("D03"),
        business_date: date(on),
        through_date: date(on),
        from_date: Some(date("2014-11-28")),
        period,
        taxonomy: taxonomy.to_owned(),
        node: node.to_owned(),
        model: "brinson_fachler".to_owned(),
        linking: "carino".to_owned(),
        portfolio_weight: Some(0.5),
        benchmark_weight: Some(0.25),
        portfolio_return_fraction: Some(0.07),
        benchmark_return_fraction: Some(0.05),
        allocation: Some(allocation),
        selection: Some(selection),
        interaction: Some(interaction),
        unavailable_reason: None,
    }
}

async fn house_with_attribution() -> House {
    let house = House::with_values().await;
    let month = ReportingPeriod::MonthToDate;
    let rows = [
        row(DATES[0], month, "currency", "USD", [0.5, 0.5, 0.5]),
        row(DATES[1], month, "currency", "USD", [0.25, 0.125, 0.0625]),
        row(DATES[1], month, "currency", "EUR", [0.0, 0.0, 0.0]),
        row(DATES[1], month, "currency", "total", [0.25, 0.125, 0.0625]),
        row(DATES[0], ReportingPeriod::YearToDate, "sector", "total", [0.0, 0.0, 0.0]),
    ];
    house.write_between(DATES[0], DATES[1], &rows).await;
    house
}

#[tokio::test]
async fn the_last_of_each_period_and_taxonomy_is_shown() {
    let house = house_with_attribution().await;
    let found = house.get("/portfolios/D03/attribution").await.json();
    let [month, year] = found["items"].as_array().expect("a list").as_slice() else { panic!("{found}") };
    assert_eq!((&month["period"], &month["taxonomy"]), (&Value::from("MTD"), &Value::from("currency")));
    assert_eq!((&year["period"], &year["through_date"]), (&Value::from("YTD"), &Value::from(DATES[0])));
    assert_eq!(month["groups"].as_array().map(Vec::len), Some(2));
    insta::assert_json_snapshot!(month["total"], @r#"
    {
      "node": "total",
      "portfolio_weight": 0.5,
      "benchmark_weight": 0.25,
      "portfolio_return": 0.07,
      "benchmark_return": 0.05,
      "allocation": 0.25,
      "selection": 0.125,
      "interaction": 0.0625,
      "excess": 0.4375
    }
    "#);
    assert_eq!(month["linking"], "carino");
}

#[tokio::test]
async fn a_date_a_period_and_a_taxonomy_can_be_asked_for() {
    let house = house_with_attribution().await;
    let of_date = house.get("/portfolios/D03/attribution?date=2014-12-30&period=MTD").await.json();
    assert_eq!(of_date["items"][0]["through_date"], DATES[0]);
    assert_eq!(of_date["items"][0]["total"], Value::Null);
    let of_sector = house.get("/portfolios/D03/attribution?taxonomy=sector").await.json();
    assert_eq!(of_sector["items"].as_array().map(Vec::len), Some(1));
    let problem = house.get("/portfolios/D03/attribution?period=3Y").await.problem(400);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("MTD, YTD")), "{problem}");
}

#[tokio::test]
async fn without_a_benchmark_there_is_the_reason() {
    let house = House::with_values().await;
    let found = house.get("/portfolios/D03/attribution").await.json();
    assert_eq!(found["items"], Value::Array(Vec::new()));
    assert_eq!(found["unavailable_reason"], "the portfolio names no benchmark to compare it with");
}
