//! The report on the firm, from book folders to the archive: only if somebody asks for it, proven, and made again.

use std::path::Path;

use serde_json::Value;

use crate::house::House;

const REPORT: &str = "management_report-firm-2024-01-31-v1";

fn file(folder: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join(name), text).expect("written");
}

/// What the books of a portfolio say.
struct Books<'a> {
    id: &'a str,
    currency: &'a str,
    start: &'a str,
    booked: &'a str,
}

/// A market with a share in euro and one in dollar, which rise by a tenth in January, and a dollar that falls from 1.10
/// to 1.25 for a euro. Nobody quotes the pound.
fn books(folder: &Path) {
    let market = folder.join("world");
    file(&market, "market.json", r#"{"id":"world"}"#);
    let names = "ALPHA,Alpha AG,EUR,1,none,test\nGAMMA,Gamma Inc,USD,1,none,test\n";
    file(&market, "instruments.csv", &format!("symbol,name,currency,price_scale,adjusted,source\n{names}"));
    let mut prices = "date,symbol,close,currency\n".to_owned();
    for (day, close) in [("2023-12-29", 100), ("2024-01-31", 110)] {
        prices += &format!("{day},ALPHA,{close},EUR\n{day},GAMMA,{close},USD\n");
    }
    file(&market, "prices.csv", &prices);
    file(&market, "fx.csv", "date,currency,units_per_eur\n2023-12-29,USD,1.10\n2024-01-31,USD,1.25\n");
    let alpha = "1,2023-12-29,DEPOSIT,,,,EUR,0,0,10100\n2,2023-12-29,BUY,ALPHA,100,100,EUR,0,0,-10000\n\
                 3,2024-01-31,FEE_MANAGEMENT,,,,EUR,0,0,-100\n";
    let gamma = "1,2023-12-29,DEPOSIT,,,,USD,0,0,11000\n2,2023-12-29,BUY,GAMMA,110,100,USD,0,0,-11000\n";
    for Books { id, currency, start, booked } in [
        Books { id: "AA", currency: "EUR", start: "2023-12-29", booked: alpha },
        Books { id: "BB", currency: "USD", start: "2023-12-29", booked: gamma },
        Books { id: "CC", currency: "EUR", start: "2024-01-31", booked: "1,2024-01-31,DEPOSIT,,,,EUR,0,0,500\n" },
        Books { id: "DD", currency: "GBP", start: "2023-12-29", booked: "1,2023-12-29,DEPOSIT,,,,GBP,0,0,1000\n" },
    ] {
        let own = folder.join(id);
        let about = format!(r#"{{"id":"{id}","base_currency":"{currency}","start":"{start}","market":"world"}}"#);
        file(&own, "portfolio.json", &about);
        let head = "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash\n";
        file(&own, "transactions.csv", &format!("{head}{booked}"));
    }
}

fn listed(house: &House) -> Vec<Value> {
    let all = ["report", "list", "--format", "json", "--kind", "management_report"];
    serde_json::from_str(&house.done(&all)).expect("JSON")
}

/// The cells of a row of the archived CSV, after its name.
fn row<'a>(csv: &'a str, section: &str, name: &str) -> Vec<&'a str> {
    let begins = [format!("{section},row,{name}"), format!("{section},total,{name}")];
    let line = csv.lines().find(|line| begins.iter().any(|begin| line.starts_with(begin)));
    line.unwrap_or_else(|| panic!("no {name} of {section} in {csv}")).split(',').skip(3).collect()
}

#[test]
fn a_report_on_the_firm_is_made_when_asked_for_proven_and_made_again() {
    let house = House::new();
    books(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.run(&["run", "nightly", "--from", "2023-12-29", "--to", "2024-01-31"]);
    assert!(listed(&house).is_empty(), "nobody asked for it");

    let asked = ["run", "statements", "--period", "2024-01", "--kind", "management_report"];
    house.done(&asked);
    let found = listed(&house);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["statement"], &found[0]["told"]), (&REPORT.into(), &"nobody".into()));
    let below = "financr-data/lake/statements/management_report/firm/2024-01-31/v1";
    let files = house.files(below);
    let of = |ending: &str| {
        let found = files.iter().find(|(path, _)| path.extension().is_some_and(|found| found == ending));
        found.map(|(path, bytes)| (house.path().join(below).join(path), bytes.clone())).expect("archived")
    };
    let csv = String::from_utf8(of("csv").1).expect("text");
    // 10,100 EUR and 11,000 USD at 1.10; then 11,000 EUR, 12,100 USD at 1.25 = 9,680 EUR, and 500 EUR that came.
    let total = row(&csv, "assets", "Total");
    assert!(total.contains(&"20100.00") && total.contains(&"21180.00"), "{total:?}");
    assert!(row(&csv, "asset_classes", "Total").contains(&"21180.00"));
    assert!(row(&csv, "asset_classes", "Cash").contains(&"500.00"), "{csv}");
    // 1,000 EUR and 1,100 USD at 1.25; 11,000 USD at 1.25 are 1,200 EUR less than at 1.10.
    let gain = row(&csv, "change_in_value", "\"Unrealised");
    assert!(gain.contains(&"1880.00"), "{gain:?}");
    let rates = row(&csv, "change_in_value", "Exchange rates of base currencies");
    assert!(rates.contains(&"-1200.00"), "{rates:?}");
    assert!(row(&csv, "fees", "Total").contains(&"100.00"));
    assert!(!csv.contains("what no step explains"), "{csv}");
    assert!(row(&csv, "returns", "Best").starts_with(&["BB", "0.1000"]), "{csv}");
    assert!(csv.contains("1 portfolios in GBP") && csv.contains("1,000.00"), "{csv}");
    // The night has published the statements of January of the four portfolios; nobody has an address.
    assert_eq!(row(&csv, "documents", "Portfolio statement").first(), Some(&"4"), "{csv}");

    std::fs::copy(of("pdf").0, house.path().join("mine.pdf")).expect("copied");
    assert!(house.done(&["report", "verify", "mine.pdf"]).contains(REPORT));
    assert!(house.done(&["report", "show", REPORT]).contains("firm"));
    let again = house.done(&["report", "render", "firm", "--date", "2024-01-31"]);
    assert!(again.contains("identical") && !again.contains("different"), "{again}");

    // What is published later, and what becomes of it, changes nothing of what was counted.
    house.done(&["run", "statements", "--period", "2024-01", "--kind", "performance_report"]);
    let again = house.done(&["report", "render", "firm", "--date", "2024-01-31"]);
    assert!(again.contains("identical") && !again.contains("different"), "{again}");
    let said = house.done(&asked);
    assert!(!said.contains("would differ now"), "{said}");
    assert_eq!(listed(&house).len(), 1, "asked for once more nothing is written");
    let reviewed = house.done(&["restate", "--dry-run"]);
    assert!(!reviewed.contains(REPORT), "{reviewed}");
}
