//! Positions with their values.

use schemas::tables::positions::Position;
use schemas::tables::valuations::Valuation;
use schemas::{Currency, InstrumentId};
use serde_json::Value;

use crate::house::{DATES, House, date, id, key};

fn position(instrument: &str, quantity: &str) -> Position {
    Position {
        portfolio_id: id("D03"),
        instrument_id: instrument.parse().expect("an instrument"),
        business_date: date(DATES[0]),
        quantity: quantity.parse().expect("a number"),
        currency: Currency::EUR,
        cost: Some("753.00".parse().expect("a number")),
        cost_base: None,
        charges: None,
        charges_base: None,
    }
}

fn valuation(instrument: InstrumentId) -> Valuation {
    Valuation {
        portfolio_id: id("D03"),
        instrument_id: instrument,
        business_date: date(DATES[1]),
        quantity: "12.5".parse().expect("a number"),
        price: Some("60.15".parse().expect("a number")),
        price_date: Some(date(DATES[0])),
        price_basis: "quote".to_owned(),
        currency: Currency::EUR,
        value: Some("751.875".parse().expect("a number")),
        fx_rate: None,
        fx_rate_date: None,
        value_base: Some("751.875".parse().expect("a number")),
    }
}

#[tokio::test]
async fn positions_are_joined_with_their_values() {
    let house = House::with_values().await;
    let held = [position("world~SAP", "12.5"), position("world~ALV", "3")];
    let valued = [valuation(held[0].instrument_id.clone())];
    house.lake.replace_dates(date(DATES[0]), date(DATES[0]), &held, &key()).await.expect("written");
    house.lake.replace_dates(date(DATES[1]), date(DATES[1]), &valued, &key()).await.expect("written");

    let positions = house.get("/portfolios/D03/positions").await.json();
    assert_eq!(positions["business_date"], DATES[1]);
    let [bare, valued] = positions["items"].as_array().expect("a list").as_slice() else { panic!("two positions") };
    assert_eq!(valued["instrument_id"], "world~SAP");
    assert_eq!(valued["quantity"], "12.5");
    assert_eq!(valued["price"], "60.15");
    assert_eq!(valued["price_date"], DATES[0]);
    assert_eq!(valued["value_base"], "751.875");
    assert_eq!(valued["cost"], "753");
    assert_eq!(bare["instrument_id"], "world~ALV");
    assert_eq!(bare["quantity"], "3");
    assert_eq!(bare["value"], Value::Null);

    let before = house.get("/portfolios/D03/positions?date=2014-12-29").await.json();
    assert_eq!(before["items"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn a_wrong_date_is_told_with_the_right_form() {
    let house = House::with_values().await;
    for wrong in ["31.12.2014", "2014-02-30", "yesterday", ""] {
        let problem = house.get(&format!("/portfolios/D03/positions?date={wrong}")).await.problem(400);
        let detail = problem["detail"].as_str().expect("a text");
        assert!(detail.contains("date") && detail.contains("YYYY-MM-DD"), "{detail}");
    }
}
