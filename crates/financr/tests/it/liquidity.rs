//! Volumes come in with the closes, and `financr show liquidity` says how long it takes to sell.

use std::fmt::Write as _;

use serde_json::Value;

use crate::house::House;

const DAYS: [&str; 12] = ["02", "03", "04", "05", "08", "09", "10", "11", "12", "15", "16", "17"];

/// A book of ACME, which splits two for one on 16 January 2024, on which day it trades 800 instead of 100 shares, and
/// of DARK, which says nothing about its volumes.
fn book(house: &House) {
    let folder = house.path().join("book");
    std::fs::create_dir(&folder).expect("made");
    let mut prices = "date,symbol,close,currency,volume\n".to_owned();
    for (place, day) in DAYS.iter().enumerate() {
        let (close, volume) = if place < 10 { (50, 100) } else { (25, 800) };
        writeln!(prices, "2024-01-{day},ACME,{close},EUR,{volume}\n2024-01-{day},DARK,10,EUR,").expect("text");
    }
    // A volume that is none: the close counts, the volume is refused.
    prices.push_str("2024-01-18,ACME,25,EUR,-3\n");
    let instruments = "symbol,name,currency,price_scale,adjusted,source\nACME,Acme AG,EUR,1,none,test\n\
                       DARK,Dark AG,EUR,1,none,test\n";
    let transactions = "tx_id,date,type,symbol,quantity,currency,net_cash\n1,2024-01-02,DEPOSIT,,,EUR,11000\n\
                        2,2024-01-03,BUY,ACME,90,EUR,-4500\n3,2024-01-03,BUY,DARK,100,EUR,-1000\n";
    let portfolio = r#"{"id":"SELL","title":"To be sold","base_currency":"EUR","start":"2024-01-02"}"#;
    let actions = "date,symbol,type,ratio,amount,currency,note\n2024-01-16,ACME,SPLIT,2,,,\n";
    for (name, text) in [
        ("portfolio.json", portfolio),
        ("instruments.csv", instruments),
        ("prices.csv", &prices),
        ("transactions.csv", transactions),
        ("corporate_actions.csv", actions),
    ] {
        std::fs::write(folder.join(name), text).expect("written");
    }
}

#[test]
fn days_to_exit_follow_volumes_and_splits() {
    let house = House::new();
    book(&house);
    let imported = house.run(&["import", "book"]);
    assert_eq!(imported.code, Some(3), "{}", imported.stderr);
    let said = [imported.stdout, imported.stderr].concat();
    assert!(said.contains("volume") && said.contains("the close is kept without it"), "{said}");
    house.done(&["run", "nightly", "--from", "2024-01-02", "--to", "2024-01-18"]);
    let closes = "SELECT quote_date, close, volume FROM silver.quotes WHERE instrument_id = 'SELL~ACME'";
    let rows = house.ask(closes);
    assert!(rows.contains("2024-01-17,25.000000000000,800.0000000000\n"), "{rows}");
    assert!(rows.contains("2024-01-18,25.000000000000,\n"), "{rows}");
    let shown = house.done(&["show", "liquidity", "SELL", "--date", "2024-01-17", "--format", "json"]);
    let figures: Vec<Value> = serde_json::from_str(&shown).expect("JSON");
    let figure = |instrument: Value, name: &str| {
        let found = figures.iter().find(|row| row["instrument"] == instrument && row["figure"] == name);
        found.expect("a row").clone()
    };
    // Ten days of 100 old shares, 200 of today's each, and two of 800: 3,600 / 12 = 300 a day. A fifth of it is 60:
    // the 180 shares that 90 became take three days.
    let acme = Value::from("SELL~ACME");
    assert_eq!(figure(acme.clone(), "average_daily_volume")["value"], "300");
    let days = figure(acme, "days_to_exit")["value"].as_f64().expect("a number");
    assert!((days - 3.0).abs() < 1e-12, "{days}");
    let dark = figure(Value::from("SELL~DARK"), "days_to_exit");
    assert_eq!(dark["value"], Value::Null);
    assert_eq!(dark["unavailable_reason"], "no volume is known on the last 12 valuation dates");
    // 5,500 in cash, 4,500 of ACME and 1,000 of DARK: after a day 5,500 + 1,500, after five 10,000, of 11,000.
    for (name, sold) in [("sold_within_1_days", 7_000.0), ("sold_within_5_days", 10_000.0)] {
        let share = figure(Value::Null, name)["value"].as_f64().expect("a number");
        assert!((share - sold / 11_000.0).abs() < 1e-12, "{name}: {share}");
    }
    let page = house.done(&["show", "liquidity", "SELL", "--date", "2024-01-17", "--participation", "0.1"]);
    for words in ["Days to sell as 10.00 % of the average daily volume of 12 valuation dates", " 6.00", "SELL~DARK"] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}
