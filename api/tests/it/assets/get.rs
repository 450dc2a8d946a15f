//! Instruments in lists and one by one.

use schemas::tables::instruments::Instrument;
use serde_json::{Value, json};

use crate::house::{House, key};

/// An instrument of a market.
pub(crate) fn instrument(market: &str, symbol: &str, name: &str, isin: Option<&str>) -> Instrument {
    Instrument {
        instrument_id: format!("{market}~{symbol}").parse().expect("an id"),
        market_id: market.parse().expect("an id"),
        symbol: symbol.to_owned(),
        name: name.to_owned(),
        currency: schemas::Currency::EUR,
        price_scale: "1".parse().expect("a rate"),
        adjusted: "none".to_owned(),
        quote_origin: "exchange".to_owned(),
        isin: isin.map(str::to_owned),
        cusip: None,
        return_basis: None,
        modified_duration: None,
        spread_duration: None,
        leveraged: None,
        proxy_instrument_id: None,
    }
}

/// A house that knows four instruments of two markets.
pub(crate) async fn house() -> House {
    let house = House::with_portfolio().await;
    let rows = [
        instrument("world", "SAP", "SAP SE", Some("DE0007164600")),
        instrument("world", "SIE", "Siemens AG", Some("DE0007236101")),
        instrument("world", "O-X", "100% of _ \\ \"all\"", None),
        instrument("D01", "SAP", "SAP SE as in the book", None),
    ];
    house.lake.upsert(&rows[..], &key()).await.expect("written");
    house
}

async fn ids(house: &House, query: &str) -> Vec<String> {
    let answer = house.get(&format!("/assets?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {:?}", answer.body);
    let page = answer.json();
    let items = page["items"].as_array().expect("items").iter();
    items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn instruments_are_found_by_symbol_name_and_isin() {
    let house = house().await;
    assert_eq!(ids(&house, "").await, ["D01~SAP", "world~O-X", "world~SAP", "world~SIE"]);
    assert_eq!(ids(&house, "search=sap").await, ["D01~SAP", "world~SAP"]);
    assert_eq!(ids(&house, "search=SAP&market=world").await, ["world~SAP"]);
    assert_eq!(ids(&house, "search=iemen").await, ["world~SIE"]);
    assert_eq!(ids(&house, "search=de0007164600").await, ["world~SAP"]);
    assert!(ids(&house, "search=de000716460").await.is_empty(), "a part of an ISIN is none");
}

#[tokio::test]
async fn what_means_something_to_a_database_means_nothing_here() {
    let house = house().await;
    assert_eq!(ids(&house, "search=100%25").await, ["world~O-X"]);
    assert_eq!(ids(&house, "search=_").await, ["world~O-X"]);
    assert!(ids(&house, "search=%27%20OR%20%27%27%3D%27").await.is_empty());
    assert!(ids(&house, "search=%24rows_max").await.is_empty());
}

#[tokio::test]
async fn pages_follow_each_other() {
    let house = house().await;
    let first = house.get("/assets?limit=3").await.json();
    assert_eq!(first["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(first["next"], "world~SAP");
    let second = house.get("/assets?limit=3&after=world~SAP").await.json();
    assert_eq!(second["items"][0]["id"], "world~SIE");
    assert_eq!(second["next"], Value::Null);
    for query in ["limit=0", "limit=201", "search=", "market=a%20b", "page=2"] {
        house.get(&format!("/assets?{query}")).await.problem(400);
    }
}

#[tokio::test]
async fn one_instrument() {
    let house = house().await;
    let answer = house.get("/assets/world~SAP").await;
    assert_eq!(answer.status, 200);
    let asset = answer.json();
    assert_eq!(asset["isin"], "DE0007164600");
    assert_eq!(asset["price_scale"], json!("1"));
    assert_eq!(house.get("/assets/world~DAI").await.problem(404)["title"], "Unknown instrument");
    house.get("/assets/nothing").await.problem(404);
}
