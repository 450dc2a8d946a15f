//! Closes and exchange rates over ranges of dates.

use schemas::tables::fx_rates::FxRate;
use schemas::tables::quotes::Quote;
use serde_json::{Value, json};

use crate::assets::get::house as house_with_instruments;
use crate::house::{DATES, House, date, key};

fn close(on: &str, close: &str) -> Quote {
    Quote {
        market_id: "world".parse().expect("an id"),
        instrument_id: "world~SAP".parse().expect("an id"),
        quote_date: date(on),
        close: close.parse().expect("a price"),
        quote_unit: "EUR".to_owned(),
        volume: None,
        landing_sha256: "0".repeat(64),
        line: 1,
    }
}

fn rate(source: &str, currency: &str, units_per_eur: &str) -> FxRate {
    FxRate {
        fx_source: source.parse().expect("an id"),
        currency: currency.parse().expect("a currency"),
        rate_date: date(DATES[1]),
        units_per_eur: units_per_eur.parse().expect("a rate"),
        landing_sha256: "0".repeat(64),
        line: 1,
    }
}

async fn house() -> House {
    let house = house_with_instruments().await;
    let closes = [close("2013-12-30", "62.31"), close(DATES[0], "58.5"), close(DATES[1], "58.26")];
    house.lake.upsert(&closes[..], &key()).await.expect("written");
    let rates = [
        rate("ecb_reference_rates", "USD", "1.2141"),
        rate("ecb_reference_rates", "CHF", "1.2024"),
        rate("D01", "USD", "1.22"),
    ];
    house.lake.upsert(&rates[..], &key()).await.expect("written");
    house
}

#[tokio::test]
async fn the_last_closes_of_all_instruments() {
    let house = house().await;
    let closes = async |query: &str| {
        let page = house.get(&format!("/market-data?{query}")).await.json();
        let items = page["items"].as_array().expect("items").clone();
        let closes = items.iter().map(|item| {
            let close = &item["close"];
            json!([item["instrument_id"], close["quote_date"], close["close"]])
        });
        (page["date"].clone(), closes.collect::<Vec<Value>>(), page["next"].clone())
    };
    let none = |id: &str| json!([id, null, null]);
    let expected = vec![none("D01~SAP"), none("world~O-X"), json!(["world~SAP", DATES[1], "58.26"]), none("world~SIE")];
    assert_eq!(closes("").await, (DATES[1].into(), expected, Value::Null));
    let earlier = closes("date=2013-12-31&search=sap&market=world").await;
    assert_eq!(earlier.1, [json!(["world~SAP", "2013-12-30", "62.31"])], "the day before is near enough");
    for (day, expected) in [
        ("2014-01-29", json!(["world~SAP", "2013-12-30", "62.31"])),
        ("2014-01-30", none("world~SAP")),
        ("2013-12-29", none("world~SAP")),
    ] {
        let (_, found, _) = closes(&format!("date={day}&search=DE0007164600")).await;
        assert_eq!(found, [expected], "on {day}");
    }
    // The last day of a market is its own, whatever others are quoted on.
    assert_eq!(closes("market=D01").await, (Value::Null, vec![none("D01~SAP")], Value::Null));
    let own = Quote {
        market_id: "D01".parse().expect("an id"),
        instrument_id: "D01~SAP".parse().expect("an id"),
        ..close("2012-12-28", "60.69")
    };
    house.lake.upsert(&[own], &lake::WriteKey::new("another", 2)).await.expect("written");
    let ended = vec![json!(["D01~SAP", "2012-12-28", "60.69"])];
    assert_eq!(closes("market=D01").await, ("2012-12-28".into(), ended, Value::Null));
    assert_eq!(closes("").await.1[0], none("D01~SAP"), "it says nothing of the last day of all");
    let (_, first, next) = closes("limit=3").await;
    assert_eq!((first.len(), &next), (3, &"world~SAP".into()));
    assert_eq!(closes("limit=3&after=world~SAP").await.1, [none("world~SIE")]);
    for query in ["date=yesterday", "search=", "limit=0", "limit=201", "day=1"] {
        house.get(&format!("/market-data?{query}")).await.problem(400);
    }
    let empty = House::with_portfolio().await.get("/market-data").await.json();
    assert_eq!(empty, json!({ "date": null, "items": [], "next": null }));
}

#[tokio::test]
async fn closes_of_a_range() {
    let house = house().await;
    let last_year = house.get("/market-data/closes/world~SAP").await.json();
    assert_eq!(last_year["from_date"], "2013-12-31");
    assert_eq!(last_year["to_date"], DATES[1]);
    let closes: Vec<&Value> = last_year["items"].as_array().expect("items").iter().map(|item| &item["close"]).collect();
    assert_eq!(closes, ["58.5", "58.26"]);
    let named = house.get("/market-data/closes/world~SAP?from=2013-12-30&to=2013-12-30").await.json();
    assert_eq!(named["items"][0]["close"], "62.31");
    assert_eq!(named["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_instrument_that_was_never_quoted() {
    let house = house().await;
    let answer = house.get("/market-data/closes/world~SIE").await.json();
    assert_eq!(answer["items"], json!([]));
    assert_eq!(answer["to_date"], Value::Null);
    house.get("/market-data/closes/world~DAI").await.problem(404);
}

#[tokio::test]
async fn ranges_are_bounded() {
    let house = house().await;
    for path in ["closes/world~SAP", "fx-rates/EUR/USD"] {
        for query in ["from=2015-01-01&to=2014-01-01", "from=1990-01-01&to=2014-01-01", "from=yesterday", "day=1"] {
            house.get(&format!("/market-data/{path}?{query}")).await.problem(400);
        }
    }
}

#[tokio::test]
async fn rates_of_a_pair() {
    let house = house().await;
    let all = house.get("/market-data/fx-rates/EUR/USD").await.json();
    assert_eq!(
        all["items"],
        json!([
            { "source": "D01", "rate_date": DATES[1], "rate": "1.22" },
            { "source": "ecb_reference_rates", "rate_date": DATES[1], "rate": "1.2141" },
        ])
    );
    let crossed = house.get("/market-data/fx-rates/USD/CHF?source=ecb_reference_rates").await.json();
    // 1.2024 / 1.2141, to twelve decimals.
    assert_eq!(crossed["items"][0]["rate"], "0.990363232024");
    let none = house.get("/market-data/fx-rates/USD/JPY?source=D99").await.json();
    assert_eq!(none["items"], json!([]));
    assert_eq!(none["from_date"], Value::Null);
}

#[tokio::test]
async fn currencies_are_checked() {
    let house = house().await;
    house.get("/market-data/fx-rates/EUR/EUR").await.problem(400);
    house.get("/market-data/fx-rates/GBX/EUR").await.problem(404);
    house.get("/market-data/fx-rates/EUR/XXX").await.problem(404);
}
