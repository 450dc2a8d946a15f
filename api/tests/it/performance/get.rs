//! Figures with what they mean.

use schemas::ReportingPeriod;
use schemas::tables::measures::MeasureRow;
use serde_json::Value;

use crate::house::{DATES, House, date, id, key};

fn row(period: ReportingPeriod, measure: &str, value: Option<f64>) -> MeasureRow {
    MeasureRow {
        portfolio_id: id("D03"),
        business_date: date(DATES[1]),
        period,
        measure: measure.to_owned(),
        value,
        amount: None,
        value_date: None,
        unavailable_reason: value.is_none().then(|| "no daily return".to_owned()),
    }
}

#[tokio::test]
async fn figures_come_with_title_unit_and_definition() {
    let house = House::with_values().await;
    let rows = [
        row(ReportingPeriod::SinceInception, "twr", Some(0.25)),
        row(ReportingPeriod::MonthToDate, "volatility", None),
        row(ReportingPeriod::MonthToDate, "twr", Some(0.125)),
        row(ReportingPeriod::MonthToDate, "no_longer_known", Some(1.0)),
    ];
    house.lake.replace_dates(date(DATES[1]), date(DATES[1]), &rows, &key()).await.expect("written");

    let performance = house.get("/portfolios/D03/performance").await.json();
    let month = &performance["periods"][0];
    assert_eq!(month["period"], "MTD");
    assert_eq!(month["measures"].as_array().map(Vec::len), Some(2));
    assert_eq!(month["measures"][0]["title"], "Time-weighted return");
    assert_eq!(month["measures"][0]["unit"], "fraction");
    assert_eq!(month["measures"][0]["value"], 0.125);
    assert!(month["measures"][0]["definition"].as_str().is_some_and(|text| text.ends_with('.')));
    assert_eq!(month["measures"][1]["id"], "volatility");
    assert_eq!(month["measures"][1]["value"], Value::Null);
    assert_eq!(month["measures"][1]["unavailable_reason"], "no daily return");
    assert_eq!(performance["periods"][1]["period"], "SI");

    let returns = &house.get("/portfolios/D03").await.json()["returns"];
    assert_eq!(returns[0]["period"], "MTD");
    assert_eq!(returns[0]["value"], 0.125);
    assert_eq!(returns[1]["period"], "SI");
}
