//! Why a portfolio did better or worse than its benchmark, as people ask for it.

use serde_json::Value;

use crate::house::House;

/// Half in euros that earn 10 % in February and half in dollars that earn 4 %, beside a benchmark of 60 % that earn
/// 5 % and 40 % that earn 2 %: the example of docs/BOOK_FOLDER.md.
const FILES: [(&str, &str); 7] = [
    ("portfolio.json", r#"{"id":"HALVES","base_currency":"EUR","start":"2024-01-31","benchmark":"MIX"}"#),
    (
        "instruments.csv",
        "symbol,name,currency,price_scale,adjusted,source\nAAA,Alpha AG,EUR,1,none,test\n\
         USD1,Dollar Inc.,USD,1,none,test\nMIX,Mix index,EUR,1,total,test\n",
    ),
    (
        "prices.csv",
        "date,symbol,close,currency\n2024-01-31,AAA,100,EUR\n2024-01-31,USD1,100,USD\n2024-01-31,MIX,100,EUR\n\
         2024-02-29,AAA,110,EUR\n2024-02-29,USD1,104,USD\n2024-02-29,MIX,103.8,EUR\n",
    ),
    ("fx.csv", "date,currency,units_per_eur\n2024-01-31,USD,1\n2024-02-29,USD,1\n"),
    (
        "classifications.csv",
        "symbol,taxonomy,node,weight\nAAA,sector,Technology,0.6\nAAA,sector,Health,0.4\nUSD1,sector,Technology,\n",
    ),
    (
        "benchmark_weights.csv",
        "date,benchmark,taxonomy,group,weight,return\n2024-01-31,MIX,currency,EUR,0.6,\n\
         2024-01-31,MIX,currency,USD,0.4,\n2024-02-29,MIX,currency,EUR,0.6,0.05\n\
         2024-02-29,MIX,currency,USD,0.4,0.02\n",
    ),
    (
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,counter_currency,counter_amount,note\n\
         1,2024-01-31,DEPOSIT,,,,EUR,0,0,1000,,,\n2,2024-01-31,FX,,,,EUR,0,0,-500,USD,500,\n\
         3,2024-01-31,BUY,AAA,5,100,EUR,0,0,-500,,,\n4,2024-01-31,BUY,USD1,5,100,USD,0,0,-500,,,\n",
    ),
];

/// A house with the book, without one of its files if that is named, in which both days are made.
fn house_without(left_out: &str) -> House {
    let house = House::new();
    let folder = house.path().join("books/HALVES");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in FILES.iter().filter(|(name, _)| *name != left_out) {
        std::fs::write(folder.join(name), text).expect("written");
    }
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--from", "2024-01-31", "--to", "2024-02-29"]);
    house
}

/// The figures of the JSON: taxonomy, group, figure, model and value.
fn figures(house: &House, options: &[&str]) -> Vec<(String, String, String, String, Option<f64>)> {
    let said = house.done(&[&["show", "attribution", "HALVES", "--format", "json"], options].concat());
    let rows: Vec<Value> = serde_json::from_str(&said).expect("JSON");
    let text = |row: &Value, column: &str| row[column].as_str().expect("text").to_owned();
    rows.iter()
        .map(|row| {
            let place = (text(row, "taxonomy"), text(row, "group"), text(row, "figure"));
            (place.0, place.1, place.2, text(row, "model"), row["value"].as_f64())
        })
        .collect()
}

#[test]
fn effects_are_shown_with_what_is_left_of_the_difference() {
    let house = house_without("");
    let page = house.done(&["show", "attribution", "HALVES", "--definitions"]);
    for words in [
        "Against MIX by currency (YTD), from 2024-01-31 to 2024-02-29, linked by Carino",
        "Portfolio 7.00 %, benchmark 3.80 %, difference 3.20 %",
        "The effects add up to the difference but for ",
        "Markets and currencies apart (YTD): not known\nrisk_free.csv of the market `HALVES` has no rate of EUR",
        "What was added to the return by sector (YTD)",
        "What was added to the return by position (YTD)",
        "selection: The benchmark's weight",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    for linking in ["carino", "menchero", "grap", "frongello", "geometric"] {
        let rows = figures(&house, &["--linking", linking]);
        let residuals: Vec<f64> =
            rows.iter().filter(|(_, _, figure, ..)| figure == "residual").filter_map(|row| row.4).collect();
        // Of the effects by currency, and of what was added by asset class, currency, position and sector.
        assert_eq!(residuals.len(), 5, "{linking}");
        assert!(residuals.iter().all(|left| left.abs() <= 1e-12), "{linking}: {residuals:?}");
    }
    let rows = figures(&house, &["--period", "MTD"]);
    let value = |taxonomy: &str, group: &str, figure: &str| {
        let found =
            rows.iter().find(|row| (row.0.as_str(), row.1.as_str(), row.2.as_str()) == (taxonomy, group, figure));
        found.and_then(|row| row.4).expect("a figure")
    };
    for (taxonomy, group, figure, expected) in [
        ("currency", "total", "allocation", -0.003),
        ("currency", "total", "selection", 0.038),
        ("currency", "total", "interaction", -0.003),
        ("currency", "EUR", "selection", 0.03),
        ("currency", "total", "excess", 0.032),
        // 60 % of what euros added, 5 %, and all that dollars did, 2 %.
        ("sector", "Technology", "contribution", 0.05),
        ("sector", "Health", "contribution", 0.02),
        ("instrument", "HALVES~USD1", "contribution", 0.02),
    ] {
        let found = value(taxonomy, group, figure);
        assert!((found - expected).abs() <= 1e-12, "{taxonomy} {group} {figure}: {found}");
    }
}

#[test]
fn markets_and_currencies_are_told_apart_with_rates_without_risk() {
    let house = house_without("");
    let rates = "date,currency,rate_annual\n2024-01-31,EUR,0\n2024-01-31,USD,0\n";
    std::fs::write(house.path().join("books/HALVES/risk_free.csv"), rates).expect("written");
    house.done(&["import", "books"]);
    house.done(&["run", "conform", "--from", "2024-01-31", "--to", "2024-02-29"]);
    let page = house.done(&["show", "attribution", "HALVES", "--taxonomy", "currency"]);
    assert!(page.contains("Markets and currencies apart (YTD), from 2024-01-31 to 2024-02-29"), "{page}");
    // Cash earned nothing and the dollar stood still, so that no currency did anything.
    let rows = figures(&house, &[]);
    let of_currency: Vec<f64> =
        rows.iter().filter(|row| row.3 == "karnosky_singer" && row.2 == "currency").filter_map(|row| row.4).collect();
    assert_eq!(of_currency.len(), 3, "euros, dollars and both");
    assert!(of_currency.iter().all(|effect| effect.abs() <= 1e-15), "{of_currency:?}");
}

#[test]
fn without_weights_of_the_benchmark_contributions_are_shown() {
    let house = house_without("benchmark_weights.csv");
    let page = house.done(&["show", "attribution", "HALVES"]);
    for words in [
        "By 2024-02-29 nobody says what MIX is made of",
        "benchmark_weights.csv",
        "What was added to the return by currency (YTD), from 2024-01-31 to 2024-02-29, linked by Carino: 7.00 %",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(!page.contains("Against MIX"), "{page}");
    for (options, words) in [
        (
            ["--linking", "davies"],
            "unknown linking method `davies`; known: carino, menchero, grap, frongello, geometric",
        ),
        (["--taxonomy", "country"], "unknown taxonomy `country`; known: asset_class, currency, instrument, sector"),
    ] {
        let ended = house.run(&[&["show", "attribution", "HALVES"][..], &options].concat());
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
}
