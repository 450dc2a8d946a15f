//! A report on a composite, from book folders to the archive: made, listed, proven, made again, and sent to nobody.

use std::path::Path;

use serde_json::Value;

use crate::house::House;

/// The month ends of 2024 on which the market is quoted, with the last one of the year before.
const DAYS: [&str; 13] = [
    "2023-12-29",
    "2024-01-31",
    "2024-02-29",
    "2024-03-28",
    "2024-04-30",
    "2024-05-31",
    "2024-06-28",
    "2024-07-31",
    "2024-08-30",
    "2024-09-30",
    "2024-10-31",
    "2024-11-29",
    "2024-12-31",
];

const REPORT: &str = "gips_composite_report-growth-2024-01-01-2024-12-31-v1";

fn file(folder: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join(name), text).expect("written");
}

/// Two portfolios of one market and a composite of both. Shares stand at 100 all year; on its last day Alpha is at 110,
/// Beta at 120 and the index at 105. On 28 June the first portfolio pays 100 for its management.
fn books(folder: &Path) {
    let market = folder.join("world");
    file(&market, "market.json", r#"{"id":"world"}"#);
    let names = "ALPHA,Alpha AG,EUR,1,none,test\nBETA,Beta AG,EUR,1,none,test\nINDEX,Index,EUR,1,total,test\n";
    file(&market, "instruments.csv", &format!("symbol,name,currency,price_scale,adjusted,source\n{names}"));
    let mut prices = "date,symbol,close,currency\n".to_owned();
    for day in DAYS {
        let closes = if day == "2024-12-31" { [110, 120, 105] } else { [100, 100, 100] };
        for (symbol, close) in ["ALPHA", "BETA", "INDEX"].into_iter().zip(closes) {
            prices += &format!("{day},{symbol},{close},EUR\n");
        }
    }
    file(&market, "prices.csv", &prices);
    for (id, symbol, units, cash) in [("AA", "ALPHA", 100, 10_100), ("BB", "BETA", 300, 30_000)] {
        let own = folder.join(id);
        let about = format!(
            r#"{{"id":"{id}","base_currency":"EUR","start":"2023-12-29","market":"world","benchmark":"INDEX",
                "client_email":"{id}@example.org"}}"#
        );
        file(&own, "portfolio.json", &about);
        let mut booked = "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash\n".to_owned();
        booked += &format!("1,2023-12-29,DEPOSIT,,,,EUR,0,0,{cash}\n");
        booked += &format!("2,2023-12-29,BUY,{symbol},{units},100,EUR,0,0,-{}\n", units * 100);
        if id == "AA" {
            booked += "3,2024-06-28,FEE_MANAGEMENT,,,,EUR,0,0,-100\n";
        }
        file(&own, "transactions.csv", &booked);
    }
    let group = r#"{"id":"growth","title":"Growth","kind":"composite","base_currency":"EUR","members":[
        {"portfolio":"AA","from":"2023-12-29"},{"portfolio":"BB","from":"2023-12-29"}]}"#;
    file(&folder.join("growth"), "group.json", group);
}

/// The shipped configuration with what a firm says of itself and, if `fees` are named, all that it must say.
fn configure(house: &House, fees: &str) {
    let shipped = include_str!("../../../../financr.toml");
    let firm = "[firm]\nname = \"Example\"\n";
    let gips = "[gips]\nfirm_definition = \"All of Example.\"\navailability = \"On request.\"\n";
    let composite = "[gips.composites.growth]\ndescription = \"Shares.\"\ncreation_date = \"2024-01-15\"\n";
    let said = format!("{firm}{gips}{composite}benchmark = \"Index.\"\n{fees}\n[[schedule]]");
    let text = shipped.replacen("[[schedule]]", &said, 1);
    std::fs::write(house.path().join("financr.toml"), text).expect("written");
}

fn listed(house: &House, arguments: &[&str]) -> Vec<Value> {
    let all = [&["report", "list", "--format", "json"], arguments].concat();
    serde_json::from_str(&house.done(&all)).expect("JSON")
}

/// The row of 2024 in a table of the archived CSV.
fn row(csv: &str, section: &str) -> Vec<String> {
    let line = csv.lines().find(|line| line.starts_with(&format!("{section},row,2024"))).expect("the year");
    line.split(',').skip(3).map(str::to_owned).collect()
}

#[test]
fn a_report_on_a_composite_is_published_proven_and_made_again() {
    let house = House::new();
    books(&house.path().join("books"));
    configure(&house, "");
    house.done(&["import", "books"]);
    // What the firm has not said blocks the report and nothing else.
    let ended = house.run(&["run", "nightly", "--from", "2023-12-29", "--to", "2024-12-31"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(said.contains("`gips.composites.growth.fees`"), "{said}");
    assert!(listed(&house, &["--group", "growth"]).is_empty());
    assert!(!listed(&house, &["--portfolio", "AA"]).is_empty());

    configure(&house, "fees = \"One percent a year.\"");
    let asked = ["run", "statements", "--period", "2024", "--kind", "gips_composite_report"];
    house.done(&asked);
    let found = listed(&house, &["--group", "growth"]);
    assert_eq!(found.len(), 1, "{found:?}");
    let row_of = &found[0];
    assert_eq!((&row_of["statement"], &row_of["told"]), (&REPORT.into(), &"nobody".into()));
    assert!(listed(&house, &["--portfolio", "growth"]).is_empty(), "it is no portfolio's");

    let below = "financr-data/lake/statements/gips_composite_report/growth/2024-12-31/v1";
    let files = house.files(below);
    let of = |ending: &str| {
        let found = files.iter().find(|(path, _)| path.extension().is_some_and(|found| found == ending));
        found.map(|(path, bytes)| (house.path().join(below).join(path), bytes.clone())).expect("archived")
    };
    let csv = String::from_utf8(of("csv").1).expect("text");
    // Net: 40,000 / 40,100 · (1 + 0.25 · 10 % + 0.75 · 20 %) − 1 = 17.21 %; gross without the fee 17.50 %.
    let returns = row(&csv, "annual_returns");
    assert_eq!(returns.get(..3), Some(&["0.1750".to_owned(), "0.1721".to_owned(), "0.0500".to_owned()][..]));
    // 100 · 110 + 300 · 120; the firm has these two portfolios only.
    let assets = row(&csv, "composite_and_firm");
    let ends: Vec<&String> = assets.iter().filter(|cell| cell.starts_with("47000")).collect();
    assert_eq!((assets.first().map(String::as_str), ends.len()), (Some("5 or fewer"), 2), "{assets:?}");

    std::fs::copy(of("pdf").0, house.path().join("mine.pdf")).expect("copied");
    assert!(house.done(&["report", "verify", "mine.pdf"]).contains(REPORT));
    assert!(house.done(&["report", "show", REPORT]).contains("growth"));
    // The words that were published count, whatever the firm says since then.
    configure(&house, "fees = \"Two percent a year.\"");
    let again = house.done(&["report", "render", "growth", "--date", "2024-12-31"]);
    assert!(again.contains("identical") && !again.contains("different"), "{again}");
    // Asked for once more nothing is written, and nobody is told.
    house.done(&asked);
    assert_eq!(listed(&house, &["--group", "growth"]).len(), 1);
    let ended = house.run(&[&asked[..], &["--portfolio", "AA"]].concat());
    assert_eq!(ended.code, Some(2), "{}{}", ended.stdout, ended.stderr);
}
