//! Documents that events cause: which night tells of what, that nothing is lost, and that nobody is told twice.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::house::House;

/// A client who wants each order told, with 10,000 euro and 90 shares at 100 from 3 January on.
const BOOKED: &str = "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,reverses\n\
                      1,2024-01-02,DEPOSIT,,,,EUR,0,0,10000,\n\
                      2,2024-01-03,BUY,ACME,90,100.00,EUR,1,0,-9001,\n";

/// A house with the book. The share is quoted at 100 until the 9th, at 85 until the 16th, and at 75 then.
fn house() -> House {
    let house = House::new();
    let folder = house.path().join("books/TOLD");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut prices = "date,symbol,close,currency\n".to_owned();
    for day in (2..=31).filter(|day| ![0, 6].contains(&(day % 7))) {
        let close = if day < 10 {
            100
        } else if day < 17 {
            85
        } else {
            75
        };
        writeln!(prices, "2024-01-{day:02},ACME,{close},EUR").expect("text");
    }
    let described = r#"{"id":"TOLD","base_currency":"EUR","start":"2024-01-02","confirmations":true,
                        "client_email":"told@example.org"}"#;
    for (name, text) in [
        ("portfolio.json", described),
        ("instruments.csv", "symbol,name,currency,isin\nACME,Acme SE,EUR,DE0007164600\n"),
        ("prices.csv", &prices),
        ("transactions.csv", BOOKED),
    ] {
        std::fs::write(folder.join(name), text).expect("written");
    }
    house.done(&["import", "books"]);
    house
}

/// Books something more and takes it in.
fn book(house: &House, row: &str) {
    let path = house.path().join("books/TOLD/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, format!("{text}{row}\n")).expect("written");
    house.done(&["import", "books"]);
}

fn night(house: &House, day: &str) -> String {
    house.done(&["run", "nightly", "--date", day])
}

/// The archived documents of a kind as JSON, by the last day of their time.
fn documents(house: &House, kind: &str) -> BTreeMap<String, Value> {
    let files = house.files(&format!("financr-data/lake/statements/{kind}/TOLD"));
    let json = files.into_iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "json"));
    json.map(|(path, bytes)| {
        let day = path.components().next().expect("a folder").as_os_str().to_string_lossy().into_owned();
        (day, serde_json::from_slice(&bytes).expect("JSON"))
    })
    .collect()
}

fn rows(document: &Value, section: &str) -> Vec<Vec<String>> {
    let sections = document["sections"].as_array().expect("sections").iter();
    let found = sections.filter(|found| found["id"] == section).flat_map(|found| found["rows"].as_array().cloned());
    let cell = |cell: &Value| cell["value"].as_str().unwrap_or_default().to_owned();
    found.flatten().map(|row| row.as_array().expect("cells").iter().map(cell).collect()).collect()
}

/// The bookings that each day's confirmation tells of.
fn confirmed(house: &House) -> Vec<(String, Vec<String>)> {
    let told = |document: &Value| {
        let mut ids: Vec<String> = rows(document, "executions").into_iter().map(|row| row[0].clone()).collect();
        ids.dedup();
        ids
    };
    documents(house, "execution_confirmation").iter().map(|(day, document)| (day.clone(), told(document))).collect()
}

fn days(expected: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    expected.iter().map(|(day, found)| ((*day).to_owned(), ids(found))).collect()
}

#[test]
fn a_trade_is_confirmed_by_the_first_night_that_knows_of_it_and_once() {
    let house = house();
    night(&house, "2024-01-03");
    assert_eq!(confirmed(&house), days(&[("2024-01-03", &["2"])]));
    assert_eq!(house.files("financr-data/mail").len(), 1);

    // A trade of the day, and one of the day before that is booked only now.
    book(&house, "3,2024-01-04,SELL,ACME,1,100.00,EUR,0,0,100,");
    book(&house, "4,2024-01-03,BUY,ACME,1,100.00,EUR,0,0,-100,");
    night(&house, "2024-01-04");
    assert_eq!(confirmed(&house), days(&[("2024-01-03", &["2"]), ("2024-01-04", &["4", "3"])]));

    // The document of the 4th is out: what is booked then of that day is told by the next night, not by the same again.
    book(&house, "5,2024-01-04,BUY,ACME,2,100.00,EUR,0,0,-200,");
    night(&house, "2024-01-04");
    assert_eq!(confirmed(&house).len(), 2);
    // Nothing is booked on the 5th, and no night is run on the 8th.
    night(&house, "2024-01-05");
    book(&house, "6,2024-01-08,BUY,ACME,3,100.00,EUR,0,0,-300,");
    night(&house, "2024-01-09");
    // A week late; and one that is older than a month: history, which no confirmation tells.
    book(&house, "7,2024-01-09,SELL,ACME,2,100.00,EUR,0,0,200,");
    night(&house, "2024-01-16");
    night(&house, "2024-01-17");
    let expected: [(&str, &[&str]); 5] = [
        ("2024-01-03", &["2"]),
        ("2024-01-04", &["4", "3"]),
        ("2024-01-05", &["5"]),
        ("2024-01-09", &["6"]),
        ("2024-01-16", &["7"]),
    ];
    assert_eq!(confirmed(&house), days(&expected));

    // What a client was told of is taken back: told as well. What he was not told of is not.
    book(&house, "8,2024-01-18,REVERSAL,,,,,,,,7");
    book(&house, "9,2024-01-18,BUY,ACME,1,75.00,EUR,0,0,-75,");
    book(&house, "10,2024-01-18,REVERSAL,,,,,,,,9");
    night(&house, "2024-01-18");
    let found = documents(&house, "execution_confirmation");
    let document = found.get("2024-01-18").expect("a confirmation");
    assert_eq!(rows(document, "executions"), Vec::<Vec<String>>::new());
    let told: Vec<String> = rows(document, "cancellations").into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(told, ["7"]);
}

#[test]
fn a_confirmation_is_made_again_from_what_it_told_and_differs_from_nothing() {
    let house = house();
    let executed = "tx_id,executed_at,order_type,venue_mic,quantity,price,counterparty\n\
                    2,2024-01-03T09:30:00+01:00,limit,XETR,30,99.99,market\n\
                    2,2024-01-03T09:31:00+01:00,limit,XETR,60,100.01,market\n";
    std::fs::write(house.path().join("books/TOLD/executions.csv"), executed).expect("written");
    house.done(&["import", "books"]);
    night(&house, "2024-01-03");
    let found = documents(&house, "execution_confirmation");
    let document = found.get("2024-01-03").expect("a confirmation");
    let entry = |point: &str| {
        let row = rows(document, "executions").into_iter().find(|row| row[1] == point).expect("the point");
        row[3].clone()
    };
    assert_eq!(entry("(d)"), "09:30:00 UTC+01:00 to 09:31:00 UTC+01:00");
    assert_eq!((entry("(f)"), entry("(g)")), ("XETR".to_owned(), "Acme SE (DE0007164600)".to_owned()));
    assert_eq!(rows(document, "tranches").len(), 2);
    let again = ["report", "render", "TOLD", "--date", "2024-01-03", "--kind", "execution_confirmation"];
    let said = house.run(&again);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let said = house.done(&["restate", "--dry-run"]);
    assert!(said.contains("1 statements looked at, 0 would differ today"), "{said}");
}

#[test]
fn who_has_not_chosen_confirmations_gets_none() {
    let house = house();
    let path = house.path().join("books/TOLD/portfolio.json");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text.replace(r#""confirmations":true"#, r#""confirmations":false"#)).expect("written");
    house.done(&["import", "books"]);
    night(&house, "2024-01-03");
    assert_eq!(confirmed(&house), days(&[]));
}

#[test]
fn a_fall_is_told_once_for_each_step_also_by_a_later_night() {
    let house = house();
    night(&house, "2024-01-09");
    assert!(documents(&house, "depreciation_notice").is_empty());
    // On the 10th it fell: 999 in cash and 90 at 85 are 8,649 of 10,000 paid in. No night is run that day.
    night(&house, "2024-01-11");
    let found = documents(&house, "depreciation_notice");
    assert_eq!(found.keys().collect::<Vec<_>>(), ["2024-01-10"], "the day of the fall");
    let document = found.get("2024-01-10").expect("a notice");
    assert_eq!(document["period"]["closing_date"].as_str(), Some("2024-01-10"), "{document:#}");
    let told = rows(document, "thresholds");
    assert_eq!(told, [["-0.1000", "2024-01-10", "-0.1351", "this notice"]]);
    night(&house, "2024-01-12");
    assert_eq!(documents(&house, "depreciation_notice").len(), 1);
    // At 75 it is worth 7,749: the second step.
    night(&house, "2024-01-17");
    night(&house, "2024-01-18");
    let found = documents(&house, "depreciation_notice");
    assert_eq!(found.keys().collect::<Vec<_>>(), ["2024-01-10", "2024-01-17"]);
    let told = rows(found.get("2024-01-17").expect("a notice"), "thresholds");
    assert_eq!(told[1], ["-0.2000", "2024-01-17", "-0.2251", "this notice"]);
    assert_eq!(told[0][3], "an earlier notice");
    // A late fee moves the figures and the steps stay told.
    book(&house, "3,2024-01-09,FEE,,,,EUR,0,0,-20,");
    night(&house, "2024-01-19");
    assert_eq!(documents(&house, "depreciation_notice").len(), 2);
}

#[test]
fn a_leveraged_position_is_told_by_itself_for_each_tenth_that_it_lost() {
    let house = house();
    night(&house, "2024-01-11");
    assert!(documents(&house, "leveraged_notice").is_empty(), "nobody said that it is leveraged");
    let path = house.path().join("books/TOLD/instruments.csv");
    std::fs::write(&path, "symbol,name,currency,isin,leveraged\nACME,Acme SE,EUR,DE0007164600,true\n")
        .expect("written");
    house.done(&["import", "books"]);
    // 90 at 100, without the fee of 1, are 9,000; at 85 they are 7,650, and at 75 they are 6,750.
    night(&house, "2024-01-12");
    let found = documents(&house, "leveraged_notice");
    assert_eq!(found.keys().collect::<Vec<_>>(), ["2024-01-10"], "the day of the fall, though no night was run then");
    let told = rows(found.get("2024-01-10").expect("a notice"), "positions");
    let told: Vec<&str> = told[0].iter().map(String::as_str).collect();
    assert_eq!(told, ["Acme SE", "ACME", "2024-01-03", "90", "9000.00", "7650.00", "EUR", "-0.1500", "-0.1000"]);
    night(&house, "2024-01-17");
    night(&house, "2024-01-18");
    let found = documents(&house, "leveraged_notice");
    assert_eq!(found.keys().collect::<Vec<_>>(), ["2024-01-10", "2024-01-17"]);
    let told = rows(found.get("2024-01-17").expect("a notice"), "positions");
    assert_eq!(told[0][7..], ["-0.2500", "-0.2000"]);
    let again = ["report", "render", "TOLD", "--date", "2024-01-17", "--kind", "leveraged_notice"];
    let again = house.done(&again);
    assert!(again.contains("identical") && !again.contains("different"), "{again}");
}
