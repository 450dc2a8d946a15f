//! What was earned by period, year and month, and figures with what they mean.

use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::measures::MeasureRow;
use schemas::{Amount, ReportingPeriod};
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
    let periods = performance["periods"].as_array().expect("a list");
    let codes: Vec<&str> = periods.iter().filter_map(|period| period["period"].as_str()).collect();
    assert_eq!(codes, ["1D", "WTD", "MTD", "QTD", "YTD", "1Y", "3Y", "5Y", "10Y", "SI"]);
    let month = &periods[2];
    assert_eq!(month["opening_date"], "2014-11-30");
    assert_eq!(month["net"]["value"], 0.125);
    assert_eq!(month["measures"].as_array().map(Vec::len), Some(2));
    assert_eq!(month["measures"][0]["title"], "Time-weighted return");
    assert_eq!(month["measures"][0]["unit"], "fraction");
    assert_eq!(month["measures"][0]["value"], 0.125);
    assert!(month["measures"][0]["definition"].as_str().is_some_and(|text| text.ends_with('.')));
    assert_eq!(month["measures"][1]["id"], "volatility");
    assert_eq!(month["measures"][1]["value"], Value::Null);
    assert_eq!(month["measures"][1]["unavailable_reason"], "no daily return");
    assert_eq!(periods[9]["measures"][0]["value"], 0.25);

    let returns = &house.get("/portfolios/D03").await.json()["returns"];
    assert_eq!(returns[0]["period"], "MTD");
    assert_eq!(returns[0]["value"], 0.125);
    assert_eq!(returns[1]["period"], "SI");
}

fn day(on: &str, net: f64, charged: f64) -> DailyReturn {
    DailyReturn {
        portfolio_id: id("D03"),
        business_date: date(on),
        begin_value: Some(Amount::ZERO),
        inflow: Some(Amount::ZERO),
        outflow: Some(Amount::ZERO),
        end_value: Some(Amount::ZERO),
        return_fraction: Some(net),
        benchmark_return_fraction: Some(0.01),
        return_before_fees_fraction: Some(net + 2.0 * charged),
        return_before_taxes_fraction: Some(net + charged),
        risk_free_annual: None,
        is_observed: Some(true),
    }
}

fn close(value: &Value, expected: f64) {
    let found = value["value"].as_f64().expect("a number");
    assert!((found - expected).abs() < 1e-12, "{found} and not {expected}");
}

#[tokio::test]
async fn months_and_years_are_linked_before_and_after_charges() {
    let house = House::with_values().await;
    let days = [day("2014-11-28", 0.1, 0.0), day(DATES[0], 0.2, 0.05), day(DATES[1], -0.5, 0.0)];
    house.write_between("2014-11-28", DATES[1], &days).await;

    let performance = house.get("/portfolios/D03/performance").await.json();
    let [november, december] = performance["months"].as_array().expect("a list").as_slice() else { panic!("two") };
    assert_eq!((&november["year"], &november["month"]), (&Value::from(2014), &Value::from(11)));
    close(&november["net"], 0.1);
    // 1.2 · 0.5 − 1 after all charges, 1.25 · 0.5 − 1 before taxes, 1.3 · 0.5 − 1 before fees, too.
    close(&december["net"], -0.4);
    close(&december["net_of_fees"], -0.375);
    close(&december["gross"], -0.35);
    assert_eq!(december["through_date"], DATES[1]);
    assert_eq!(december["benchmark"]["value"], Value::Null, "the portfolio has none");
    let reason = december["benchmark"]["unavailable_reason"].as_str().expect("a reason");
    assert!(reason.starts_with("no benchmark is named"), "{reason}");

    let [year] = performance["years"].as_array().expect("a list").as_slice() else { panic!("one year") };
    assert_eq!((&year["year"], &year["month"]), (&Value::from(2014), &Value::Null));
    // 1.1 · 1.2 · 0.5 − 1; the portfolio began in the year, so that this is its whole life.
    close(&year["net"], -0.34);
    let periods = performance["periods"].as_array().expect("a list");
    close(&periods[4]["net"], -0.34);
    close(&periods[0]["net"], -0.5);
    assert_eq!(periods[5]["net"]["unavailable_reason"], "the portfolio began on 2014-01-02, inside the period 1Y");
}

#[tokio::test]
async fn a_day_that_is_unknown_takes_its_month_with_it_and_no_other() {
    let house = House::with_values().await;
    let mut days = [day("2014-11-28", 0.1, 0.0), day(DATES[0], 0.2, 0.0), day(DATES[1], -0.5, 0.0)];
    days[1].end_value = None;
    days[1].return_fraction = None;
    house.write_between("2014-11-28", DATES[1], &days).await;
    let months = &house.get("/portfolios/D03/performance").await.json()["months"];
    close(&months[0]["net"], 0.1);
    assert_eq!(months[1]["net"]["value"], Value::Null);
    let reason = months[1]["net"]["unavailable_reason"].as_str().expect("a reason");
    assert!(reason.contains(DATES[0]), "{reason}");
}
