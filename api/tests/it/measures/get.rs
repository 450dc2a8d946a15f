//! Every measure by period.

use schemas::ReportingPeriod;
use schemas::tables::measures::MeasureRow;
use serde_json::Value;

use crate::house::{DATES, House, date, id};

fn row(period: ReportingPeriod, measure: &str, value: Option<f64>) -> MeasureRow {
    MeasureRow {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        period,
        measure: measure.to_owned(),
        value,
        amount: None,
        value_date: None,
        unavailable_reason: value.is_none().then(|| "fewer than two daily returns".to_owned()),
    }
}

async fn measured() -> House {
    let house = House::with_values().await;
    let gain = MeasureRow {
        amount: Some("250.50".parse().expect("a number")),
        unavailable_reason: None,
        ..row(ReportingPeriod::MonthToDate, "gain", None)
    };
    let rows = [
        gain,
        row(ReportingPeriod::MonthToDate, "twr", Some(0.125)),
        row(ReportingPeriod::MonthToDate, "volatility", None),
        row(ReportingPeriod::SinceInception, "twr", Some(0.25)),
    ];
    house.write(&rows).await;
    house
}

#[tokio::test]
async fn a_period_has_figures_with_their_meaning_and_reasons() {
    let house = measured().await;
    let measures = house.get("/portfolios/D03/measures?period=MTD").await.json();
    assert_eq!(measures["periods"].as_array().map(Vec::len), Some(1));
    let mut gain = measures["periods"][0]["measures"][0].clone();
    assert!(gain["definition"].take().as_str().is_some_and(|text| text.starts_with("Closing value less opening")));
    insta::assert_json_snapshot!(gain, @r#"
    {
      "id": "gain",
      "title": "Gain",
      "unit": "money",
      "annualised": false,
      "definition": null,
      "value": null,
      "amount": "250.5",
      "date": null,
      "unavailable_reason": null
    }
    "#);
    assert_eq!(measures["periods"][0]["measures"][1]["value"], 0.125);
    assert_eq!(measures["periods"][0]["measures"][2]["value"], Value::Null);
    assert_eq!(measures["periods"][0]["measures"][2]["unavailable_reason"], "fewer than two daily returns");
}

#[tokio::test]
async fn without_a_period_there_are_all_ten_and_empty_ones_say_why() {
    let house = measured().await;
    let measures = house.get("/portfolios/D03/measures?measure=twr").await.json();
    let periods = measures["periods"].as_array().expect("a list");
    assert_eq!(periods.len(), 10);
    let with = |period: &&Value| period["measures"].as_array().is_some_and(|found| !found.is_empty());
    let found: Vec<&Value> = periods.iter().filter(with).map(|period| &period["period"]).collect();
    assert_eq!(found, ["MTD", "SI"]);
    assert_eq!(periods[4]["unavailable_reason"], "no night kept such a figure of YTD on 2014-12-31");
}

#[tokio::test]
async fn wrong_words_are_told_the_right_ones() {
    let house = measured().await;
    for (query, word) in [("period=ytd", "YTD"), ("measure=sharp", "sharpe_rf"), ("size=1", "measure")] {
        let problem = house.get(&format!("/portfolios/D03/measures?{query}")).await.problem(400);
        let detail = problem["detail"].as_str().expect("a text");
        assert!(detail.contains(word), "{detail}");
    }
    house.get("/portfolios/D99/measures").await.problem(404);
}
