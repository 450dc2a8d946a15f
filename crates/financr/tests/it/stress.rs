//! From a scenario beside a book to its loss by position, and what changed the value between two dates.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::books;
use crate::house::House;

const CRASH: &str = "id = \"crash\"\nversion = 1\ntitle = \"Shares and the dollar\"\n\n[[shocks]]\nasset_class = \
                     \"equity\"\nchange = -0.2\n\n[[shocks]]\ncurrency = \"USD\"\nchange = -0.1\n";

/// A house with a book that has classes and a scenario, after the night of 31 January.
fn house() -> House {
    let house = House::new();
    books::write(&house.path().join("books"));
    let book = house.path().join("books/MIXED");
    let classes = ["ALPHA", "BETA", "GAMMA", "DELTA"].map(|symbol| format!("{symbol},asset_class,Equity\n")).concat();
    std::fs::write(book.join("classifications.csv"), format!("symbol,taxonomy,node\n{classes}")).expect("written");
    std::fs::create_dir(book.join("scenarios")).expect("made");
    std::fs::write(book.join("scenarios/crash.toml"), CRASH).expect("written");
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    house
}

fn rows(house: &House, words: &[&str]) -> Vec<Value> {
    let answer = house.done(&[&["show"][..], words, &["--format", "json"][..]].concat());
    serde_json::from_str(&answer).expect("an array")
}

fn number(row: &Value, column: &str) -> f64 {
    row[column].as_f64().expect("a number")
}

#[test]
fn a_scenario_is_told_as_the_night_computed_it_and_by_position() {
    let house = house();
    let all = rows(&house, &["stress", "MIXED"]);
    let crash = all.iter().find(|row| row["kind"] == "scenario" && row["id"] == "crash").expect("in force");
    let question = concat!(
        "SELECT profit FROM gold.stress WHERE portfolio_id = 'MIXED' AND scenario_id = 'crash' ",
        "ORDER BY business_date DESC LIMIT 1"
    );
    let stored: f64 = house.ask(question).lines().nth(1).expect("a row").parse().expect("a number");
    let profit = number(crash, "profit");
    assert!(profit < 0.0 && (profit - stored).abs() < 1e-6, "{profit} and {stored}");
    // Shares are all of the securities: a fifth of them, and a tenth of what is left in dollars.
    let positions = rows(&house, &["stress", "MIXED", "--scenario", "crash"]);
    let expected: f64 = positions
        .iter()
        .map(|row| {
            let (name, value) = (row["instrument"].as_str().expect("a name"), number(row, "value"));
            let price = if name.starts_with("CASH~") { 0.0 } else { -0.2 };
            let rate = if ["CASH~USD", "MIXED~BETA"].contains(&name) { -0.1 } else { 0.0 };
            value * ((1.0 + price) * (1.0 + rate) - 1.0)
        })
        .sum();
    assert!((profit - expected).abs() < 1e-6, "{profit} instead of {expected}");
    let sizes: Vec<f64> = positions.iter().map(|row| number(row, "profit").abs()).collect();
    assert!(sizes.is_sorted_by(|one, next| next <= one), "the largest first: {sizes:?}");
    let page = house.done(&["show", "stress", "MIXED", "--definitions", "--loss", "0.1"]);
    assert!(!page.contains("gold.stress"), "the night has what nights keep: {page}");
    let begun = ["equity_down_40", "equity_up_40", "interest_rates_up_200", "[1] "];
    let more = ["What loses 10.00 % of the value", "all prices", "prices of equity", "What the"];
    for words in begun.into_iter().chain(more) {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let ended = house.run(&["show", "stress", "MIXED", "--scenario", "crsh"]);
    assert_eq!(ended.code, Some(2));
    let words = "no scenario `crsh` is in force on 2024-01-31; known: black_monday_1987, crash, ";
    assert!(ended.stderr.contains(words), "{}", ended.stderr);
}

#[test]
fn a_version_that_says_something_else_is_refused_where_it_is_imported() {
    let house = house();
    let path = house.path().join("books/MIXED/scenarios/crash.toml");
    std::fs::write(&path, CRASH.replace("-0.2", "-0.3")).expect("written");
    let ended = house.run(&["import", "books", "--format", "csv"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    let words = "version 1 of `crash` is known with other contents and stays as it is";
    assert!(ended.stdout.contains("MIXED/scenarios/crash.toml") && ended.stdout.contains(words), "{}", ended.stdout);
}

#[test]
fn what_changed_the_value_adds_up_to_the_last_decimal() {
    let house = house();
    let found = rows(&house, &["explain", "MIXED", "--from", "2024-01-10", "--to", "2024-01-31"]);
    let amounts = |kind: &str, id: Option<&str>| -> Decimal {
        let wanted = found.iter().filter(|row| row["kind"] == kind && id.is_none_or(|id| row["id"] == id));
        wanted.map(|row| row["amount"].as_str().expect("exact").parse::<Decimal>().expect("a number")).sum()
    };
    let (opening, closing) = (amounts("value", Some("opening")), amounts("value", Some("closing")));
    assert_ne!(opening, closing);
    assert_eq!(opening + amounts("cause", None), closing);
    assert_eq!(amounts("cause", Some("unexplained")), Decimal::ZERO);
    // Between the two days a dividend of 52.50 GBP and 3.17 EUR of interest, and a fee of 25 EUR.
    assert!(Decimal::from(50) < amounts("cause", Some("income")));
    assert_eq!(amounts("cause", Some("fees")), Decimal::from(-25));
    assert_eq!(amounts("position", None), closing - opening - amounts("cause", Some("flows")));
    assert_eq!(amounts("position", Some("in no position")), Decimal::ZERO);
    let ended = house.run(&["show", "explain", "MIXED", "--from", "2024-01-31", "--to", "2024-01-31"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("--from is 2024-01-31, not before 2024-01-31"), "{}", ended.stderr);
}
