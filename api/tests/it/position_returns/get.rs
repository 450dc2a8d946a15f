//! What positions earned, in their currency and by exchange rates.

use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, Currency};

use crate::house::{DATES, House, date, id};

#[tokio::test]
async fn a_position_is_split_into_its_own_return_and_that_of_the_rate() {
    let house = House::with_values().await;
    let amount = |text: &str| -> Option<Amount> { Some(text.parse().expect("a number")) };
    // 10 % in dollars and 5 % of the dollar: 1.1 · 1.05 − 1 is 15.5 %.
    let row = PositionReturn {
        portfolio_id: id("D03"),
        instrument_id: "world~AAPL".parse().expect("an instrument"),
        business_date: date(DATES[1]),
        currency: "USD".parse::<Currency>().expect("a currency"),
        begin_value: amount("1000"),
        inflow: amount("0"),
        outflow: amount("0"),
        end_value: amount("1100"),
        begin_value_base: amount("800"),
        inflow_base: amount("0"),
        outflow_base: amount("0"),
        end_value_base: amount("924"),
        return_fraction: Some(0.155),
        local_return_fraction: Some(0.1),
        currency_return_fraction: Some(0.05),
        cross_return_fraction: Some(0.005),
        contribution_fraction: Some(0.00124),
    };
    house.write(&[row]).await;
    let returns = house.get("/portfolios/D03/position-returns").await.json();
    assert_eq!(returns["business_date"], DATES[1]);
    insta::assert_json_snapshot!(returns["items"], @r#"
    [
      {
        "instrument_id": "world~AAPL",
        "currency": "USD",
        "begin_value_base": "800",
        "inflow_base": "0",
        "outflow_base": "0",
        "end_value_base": "924",
        "return_fraction": 0.155,
        "local_return": 0.1,
        "currency_return": 0.05,
        "cross_return": 0.005,
        "contribution": 0.00124
      }
    ]
    "#);
    let before = house.get("/portfolios/D03/position-returns?date=2014-12-29").await.json();
    assert_eq!(before["items"].as_array().map(Vec::len), Some(0));
}
