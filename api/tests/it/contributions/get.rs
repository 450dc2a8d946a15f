//! What groups added to the return.

use schemas::Amount;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::group_returns::GroupReturn;
use serde_json::Value;

use crate::house::{DATES, House, date, id};

fn day(on: &str, earned: Option<f64>) -> DailyReturn {
    DailyReturn {
        portfolio_id: id("D03"),
        business_date: date(on),
        begin_value: Some(Amount::ZERO),
        inflow: Some(Amount::ZERO),
        outflow: Some(Amount::ZERO),
        end_value: Some(Amount::ZERO),
        return_fraction: earned,
        benchmark_return_fraction: None,
        return_before_fees_fraction: None,
        return_before_taxes_fraction: None,
        risk_free_annual: None,
        is_observed: Some(true),
    }
}

fn group(on: &str, node: &str, weight: f64, earned: f64, contribution: Option<f64>) -> GroupReturn {
    GroupReturn {
        portfolio_id: id("D03"),
        business_date: date(on),
        taxonomy: "asset_class".to_owned(),
        node: node.to_owned(),
        begin_weight: Some(weight),
        begin_value: None,
        inflow: None,
        outflow: None,
        end_value: None,
        return_fraction: Some(earned),
        contribution_fraction: contribution,
    }
}

/// Half in equity, half in bonds: 20 % and nothing, then nothing and 10 %.
fn two_days() -> [GroupReturn; 4] {
    [
        group(DATES[0], "bond", 0.5, 0.0, Some(0.0)),
        group(DATES[0], "equity", 0.5, 0.2, Some(0.1)),
        group(DATES[1], "bond", 0.5, 0.1, Some(0.05)),
        group(DATES[1], "equity", 0.5, 0.0, Some(0.0)),
    ]
}

async fn house_of(days: &[DailyReturn], groups: &[GroupReturn]) -> House {
    let house = House::with_values().await;
    house.write_between(DATES[0], DATES[1], days).await;
    house.write_between(DATES[0], DATES[1], groups).await;
    house
}

#[tokio::test]
async fn contributions_are_linked_and_add_up_to_the_return() {
    let house = house_of(&[day(DATES[0], Some(0.1)), day(DATES[1], Some(0.05))], &two_days()).await;
    let found = house.get("/portfolios/D03/contributions").await.json();
    assert_eq!((&found["linking"], &found["day_count"]), (&Value::from("carino"), &Value::from(2)));
    let number = |value: &Value| value.as_f64().expect("a number");
    // 1.1 · 1.05 − 1.
    let whole = number(&found["portfolio_return"]);
    assert!((whole - 0.155).abs() < 1e-12, "{whole}");
    let [bond, equity] = found["items"].as_array().expect("a list").as_slice() else { panic!("two groups") };
    // Carino: 0.1 times (ln 1.1 / 0.1) / (ln 1.155 / 0.155), which is 0.155 ln 1.1 / ln 1.155.
    let expected = 0.155 * 1.1_f64.ln() / 1.155_f64.ln();
    assert!((number(&equity["contribution"]) - expected).abs() < 1e-12, "{equity}");
    assert!((number(&equity["contribution"]) + number(&bond["contribution"]) - whole).abs() < 1e-12);
    assert_eq!((&equity["node"], &equity["begin_weight"]), (&Value::from("equity"), &Value::from(0.5)));
    assert!((number(&equity["return_fraction"]) - 0.2).abs() < 1e-12, "{equity}");

    let one = house.get("/portfolios/D03/contributions?from=2014-12-31&linking=menchero").await.json();
    assert_eq!((&one["linking"], &one["day_count"]), (&Value::from("menchero"), &Value::from(1)));
    assert!((number(&one["items"][0]["contribution"]) - 0.05).abs() < 1e-12, "{one}");
}

#[tokio::test]
async fn what_is_not_known_is_told_and_no_part_is_shown_as_the_whole() {
    let mut groups = two_days();
    groups[1].contribution_fraction = None;
    let days = [day(DATES[0], Some(0.1)), day(DATES[1], Some(0.05))];
    let house = house_of(&days, &groups).await;
    let found = house.get("/portfolios/D03/contributions").await.json();
    assert_eq!(found["items"], Value::Array(Vec::new()));
    assert_eq!(found["portfolio_return"], Value::Null);
    assert!(found["unavailable_reason"].as_str().is_some_and(|reason| reason.contains(DATES[0])), "{found}");

    let other = house.get("/portfolios/D03/contributions?taxonomy=sector").await.json();
    assert!(other["unavailable_reason"].as_str().is_some_and(|reason| reason.contains("classifications.csv")));
}

#[tokio::test]
async fn groups_that_miss_the_return_are_not_shown() {
    let house = house_of(&[day(DATES[0], Some(0.11)), day(DATES[1], Some(0.05))], &two_days()).await;
    let found = house.get("/portfolios/D03/contributions").await.json();
    assert_eq!(found["unavailable_reason"], "the groups earned 0.1 on 2014-12-30 and the portfolio 0.11");
}

#[tokio::test]
async fn a_day_without_capital_is_passed_over() {
    let house = house_of(&[day(DATES[0], None), day(DATES[1], Some(0.05))], &two_days()).await;
    let found = house.get("/portfolios/D03/contributions").await.json();
    assert_eq!(found["day_count"], 1);
    assert_eq!(found["unavailable_reason"], Value::Null);
}

#[tokio::test]
async fn linking_and_range_are_checked() {
    let house = House::with_values().await;
    let problem = house.get("/portfolios/D03/contributions?linking=carinho").await.problem(400);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("carino, menchero")), "{problem}");
    house.get("/portfolios/D03/contributions?from=2000-01-01").await.problem(400);
    let none = house.get("/portfolios/D03/contributions").await.json();
    assert_eq!(none["unavailable_reason"], "there is no return in the range");
}
