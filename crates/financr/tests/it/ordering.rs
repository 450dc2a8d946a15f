//! Documents that are ordered over the API: found, made, or refused with the reason.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::books;
use crate::house::House;
use crate::served::Served;

/// How long an order may take before the test gives up.
const WAIT_MAX: Duration = Duration::from_secs(120);

/// Orders a statement and waits for what comes of it.
fn ordered(served: &Served, portfolio: &str, period: &str) -> Value {
    let body = |answer: &str| -> Value {
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("JSON")
    };
    let order = json!({"portfolio_id": portfolio, "period": period}).to_string();
    let given = served.ask("POST /reports/portfolio_statement", &[], &order);
    assert!(given.starts_with("HTTP/1.1 202"), "{given}");
    let place = body(&given)["href"].as_str().expect("a place").to_owned();
    let begin = Instant::now();
    loop {
        let job = body(&served.ask(&format!("GET {place}"), &[], ""));
        if !job["finished_at"].is_null() {
            return job;
        }
        assert!(begin.elapsed() < WAIT_MAX, "nothing came of the order: {job}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn what_can_be_made_is_made_and_what_cannot_says_why() {
    let house = House::new();
    let books = house.path().join("books");
    books::write(&books);
    // EMPTIED is closed when it is emptied, in the middle of its month; nobody knows what MIXED has in pounds.
    for (file, from, to) in [
        ("EMPTIED/portfolio.json", r#""start":"2024-01-02""#, r#""start":"2024-01-02","end":"2024-01-09""#),
        ("EMPTIED/transactions.csv", "5,2024-01-23,DEPOSIT,,,,USD,0,0,1000,,,\n", ""),
        ("EMPTIED/transactions.csv", "6,2024-01-23,BUY,BETA,31,32.9,USD,1,0,-1020.90,,,a small overdraft\n", ""),
    ] {
        let text = std::fs::read_to_string(books.join(file)).expect("there");
        assert!(text.contains(from), "{file}: {text}");
        std::fs::write(books.join(file), text.replace(from, to)).expect("written");
    }
    std::fs::remove_file(books.join("MIXED/fx.csv")).expect("there");
    house.done(&["import", "books"]);
    let ended = house.run(&["run", "nightly", "--from", "2024-01-02", "--to", "2024-01-31"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);

    std::fs::write(house.path().join("financr.toml"), include_str!("../../../../financr.toml")).expect("written");
    let served = Served::start(&house);
    for _ in 0..2 {
        let closed = ordered(&served, "EMPTIED", "2024-01");
        assert_eq!(closed["failure"], Value::Null, "{closed}");
        assert_eq!(closed["statement_id"], "portfolio_statement-EMPTIED-2024-01-09-v1");
        let blocked = ordered(&served, "MIXED", "2024-01");
        assert_eq!(blocked["failure"], "the document was not made: missing_fx_rates", "{blocked}");
    }
    let early = ordered(&served, "MIXED", "2023-12");
    let begins = "the portfolio begins on 2024-01-02, and 2023-12 ends before; order a later period";
    assert_eq!(early["failure"], begins);
    let late = ordered(&served, "EMPTIED", "2024-02");
    assert_eq!(late["failure"], "the portfolio ended on 2024-01-09, before 2024-02; order an earlier period");
}
