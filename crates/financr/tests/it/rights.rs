//! Rights on the command line: portfolios for clients, advisers who see them, and plans.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::house::House;
use crate::served::Served;

/// How long an API may take to see what another process did.
const PATIENCE: Duration = Duration::from_secs(2);

const BOOK: [(&str, &str); 4] = [
    ("portfolio.json", r#"{"id":"ONE","base_currency":"EUR","start":"2024-01-31"}"#),
    ("prices.csv", "date,symbol,close,currency\n2024-01-31,AAA,100,EUR\n"),
    ("instruments.csv", "symbol,name,currency,price_scale,adjusted,source\nAAA,Alpha AG,EUR,1,none,test\n"),
    (
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,note\n\
         1,2024-01-31,DEPOSIT,,,,EUR,0,0,1000,\n",
    ),
];

/// A house with two portfolios, a client, an adviser and somebody of operations.
fn house() -> House {
    let house = House::new();
    for name in ["ONE", "TWO"] {
        let folder = house.path().join("books").join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (file, text) in BOOK {
            std::fs::write(folder.join(file), text.replace("ONE", name)).expect("written");
        }
    }
    house.done(&["import", "books"]);
    for (name, role) in [("anna", "client"), ("axel", "adviser"), ("otto", "operations")] {
        house.done(&["users", "add", "--email", &format!("{name}@example.org"), "--role", role]);
    }
    house
}

fn rights_of(house: &House, user: &str) -> Vec<(String, bool)> {
    let listed = house.done(&["rights", "show", user, "--format", "json"]);
    let rows: Value = serde_json::from_str(&listed).expect("JSON");
    let rows = rows.as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| (row["right"].as_str().unwrap_or_default().to_owned(), row["until"].is_null())).collect()
}

#[test]
fn portfolios_are_given_shown_and_taken() {
    let house = house();
    let (anna, axel) = ("anna@example.org", "axel@example.org");
    house.done(&["rights", "own", anna, "ONE", "--by", "test"]);
    house.done(&["rights", "delegate", anna, axel, "--kind", "adviser", "--by", "test"]);
    assert!(house.done(&["rights", "show", axel]).contains("1 portfolios are seen"));
    assert_eq!(rights_of(&house, axel), [("sees (adviser)".to_owned(), true)]);

    let second = house.run(&["rights", "own", anna, "TWO", "--by", "test"]);
    assert_eq!(second.code, Some(2));
    assert!(second.stderr.contains("the plan `free` has 1 portfolios at most"), "{}", second.stderr);
    house.done(&["rights", "plan", anna, "premium", "--by", "test"]);
    house.done(&["rights", "own", anna, "TWO", "--by", "test"]);
    assert!(house.done(&["rights", "show", axel]).contains("2 portfolios are seen"));

    house.done(&["rights", "disown", anna, "ONE", "--by", "test"]);
    house.done(&["rights", "end-delegation", anna, axel, "--kind", "adviser", "--by", "test"]);
    assert!(house.done(&["rights", "show", axel]).contains("0 portfolios are seen"));
    assert_eq!(rights_of(&house, axel), [("sees (adviser)".to_owned(), false)], "what was stays known");
}

#[test]
fn what_would_open_nothing_is_refused() {
    let house = house();
    let (anna, axel, otto) = ("anna@example.org", "axel@example.org", "otto@example.org");
    for wrong in [
        vec!["rights", "own", axel, "ONE", "--by", "test"],
        vec!["rights", "own", anna, "THREE", "--by", "test"],
        vec!["rights", "own", "nobody@example.org", "ONE", "--by", "test"],
        vec!["rights", "own", anna, "ONE"],
        vec!["rights", "disown", anna, "ONE", "--by", "test"],
        vec!["rights", "delegate", anna, axel, "--kind", "household", "--by", "test"],
        vec!["rights", "delegate", anna, otto, "--kind", "adviser", "--by", "test"],
        vec!["rights", "delegate", anna, anna, "--kind", "household", "--by", "test"],
        vec!["rights", "end-delegation", anna, axel, "--kind", "adviser", "--by", "test"],
        vec!["rights", "plan", anna, "gold", "--by", "test"],
    ] {
        assert_eq!(house.run(&wrong).code, Some(2), "{wrong:?}");
    }
    assert_eq!(rights_of(&house, anna), []);
}

/// What a command changes holds for an API that runs meanwhile, also for what it has answered a moment ago.
#[test]
fn what_is_taken_away_is_taken_from_an_api_that_runs() {
    let house = house();
    let anna = "anna@example.org";
    let shipped = include_str!("../../../../financr.toml");
    std::fs::write(house.path().join("financr.toml"), shipped).expect("written");
    house.done(&["rights", "own", anna, "ONE", "--by", "test"]);
    let served = Served::start(&house);
    let reset: Value = serde_json::from_str(&house.done(&["users", "reset", anna, "--format", "json"])).expect("JSON");
    let token = reset[0]["password_reset_token"].as_str().expect("a token");
    let password = "eight purple lamps at noon";
    let chosen = served.ask("POST /password-reset", &[], &json!({"token": token, "password": password}).to_string());
    assert!(chosen.starts_with("HTTP/1.1 204"), "{chosen}");
    let signed_in = served.ask("POST /login", &[], &json!({"email": anna, "password": password}).to_string());
    let (_, body) = signed_in.split_once("\r\n\r\n").expect("a body");
    let tokens: Value = serde_json::from_str(body).expect("JSON");
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let status = || {
        let answer = served.ask("GET /portfolios/ONE", &[("authorization", &bearer)], "");
        answer.split(' ').nth(1).expect("a status").to_owned()
    };
    let becomes = |wanted: &str| {
        let begun = Instant::now();
        while status() != wanted {
            assert!(begun.elapsed() < PATIENCE, "{} and not {wanted}", status());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    assert_eq!((status(), status()), ("200".to_owned(), "200".to_owned()));
    house.done(&["rights", "disown", anna, "ONE", "--by", "test"]);
    becomes("404");
    house.done(&["rights", "own", anna, "ONE", "--by", "test"]);
    becomes("200");
    house.done(&["users", "disable", anna]);
    becomes("401");
}
