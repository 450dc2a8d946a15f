//! Reconciling with a custodian, from the file to the inbox and back.

use std::fmt::Write;

use serde_json::Value;

use crate::books;
use crate::house::House;

/// The balances of both books at the close of 26 January 2024, added up by hand.
///
/// ALPHA 500. BETA 40 · 2 − 30 = 50. GAMMA 100 + 25 = 125.
/// EUR 50,000 − 11,600 − 9,100 + 51,500 − 4,960 + 3.17 − 25 − 4.40 = 75,813.77.
/// GBP 10,000 − 6,209.36 + 52.50 = 3,843.14. USD 10,000 − 8,029.50 + 2,993.25 = 4,963.75.
/// The other book: BETA 31; USD 4,000 − 3,961 + 3,983 − 4,022 + 1,000 − 1,020.90 = −20.90.
const BALANCES: [(&str, &str, &str, &str); 8] = [
    ("MIXED", "ALPHA", "GBP", "500"),
    ("MIXED", "BETA", "USD", "50"),
    ("MIXED", "GAMMA", "EUR", "125"),
    ("MIXED", "CASH", "EUR", "75813.77"),
    ("MIXED", "CASH", "GBP", "3843.14"),
    ("MIXED", "CASH", "USD", "4963.75"),
    ("EMPTIED", "BETA", "USD", "31"),
    ("EMPTIED", "CASH", "USD", "-20.90"),
];

fn imported() -> House {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house
}

/// Writes a custodian's file in which some balances are others than in the books.
fn state(house: &House, name: &str, others: &[(&str, &str, &str)]) {
    let mut text = "date,portfolio,symbol,currency,quantity,basis\n".to_owned();
    for (portfolio, symbol, currency, quantity) in BALANCES {
        let other = others.iter().find(|other| (other.0, other.1) == (portfolio, &format!("{symbol} {currency}")));
        let quantity = other.map_or(quantity, |other| other.2);
        writeln!(text, "2024-01-26,{portfolio},{symbol},{currency},{quantity},trade").expect("text");
    }
    std::fs::write(house.path().join(name), text).expect("written");
}

/// A bond of which a quarter is called on 15 February and paid on the 20th: 2,500 · 1.05 = 2,625.
fn called_bond() -> House {
    let house = House::new();
    let folder = house.path().join("books/BOND");
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
    write("portfolio.json", r#"{"id":"BOND","base_currency":"EUR","start":"2024-02-12"}"#);
    write("instruments.csv", "symbol,name,currency\nBND,Bond,EUR\n");
    let days = ["12", "13", "14", "15", "16", "19", "20"].map(|day| format!("2024-02-{day},BND,1.00,EUR\n"));
    write("prices.csv", &format!("date,symbol,close,currency\n{}", days.concat()));
    write(
        "corporate_actions.csv",
        "date,symbol,type,ratio,amount,currency,pay_date\n2024-02-15,BND,PARTIAL_CALL,1:4,1.05,EUR,2024-02-20\n",
    );
    write(
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash\n\
         1,2024-02-12,DEPOSIT,,,,EUR,0,0,20000\n2,2024-02-12,BUY,BND,10000,1.00,EUR,0,0,-10000\n",
    );
    house.done(&["import", "books"]);
    for day in ["2024-02-16", "2024-02-20"] {
        house.done(&["run", "nightly", "--date", day]);
    }
    house
}

fn json(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn equal_balances_are_clean_without_a_night() {
    let house = imported();
    state(&house, "custodian.csv", &[]);
    let said = house.done(&["reconcile", "custodian.csv"]);
    assert!(said.contains("2 portfolios, 8 balances, 0 differences"), "{said}");
    assert_eq!(house.done(&["inbox", "--state", "all", "--format", "json"]).trim(), "[]");
}

#[test]
fn a_difference_goes_into_the_inbox_and_the_suggested_booking_clears_it() {
    let house = imported();
    // The custodian has bought ten GAMMA for 512.50.
    let bought = [("MIXED", "GAMMA EUR", "135"), ("MIXED", "CASH EUR", "75301.27")];
    state(&house, "custodian.csv", &bought);
    let ended = house.run(&["reconcile", "custodian.csv", "--format", "json"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    let found = json(&ended.stdout);
    let causes: Vec<&str> = found.iter().filter_map(|row| row["cause"].as_str()).collect();
    assert_eq!(causes, ["missing_trade", "cash_of"]);
    let buy = &found[0]["suggestion"];
    assert_eq!((buy["type"].as_str(), buy["symbol"].as_str()), (Some("BUY"), Some("GAMMA")));
    assert_eq!((buy["quantity"].as_str(), buy["net_cash"].as_str()), (Some("10"), Some("-512.5")));

    // The same file once more: the same items.
    assert_eq!(house.run(&["reconcile", "custodian.csv"]).code, Some(3));
    assert_eq!(json(&house.done(&["inbox", "--format", "json"])).len(), 2);

    let path = house.path().join("books/MIXED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    let cell = |column: &str| buy[column].as_str().unwrap_or_default();
    let line = format!("{},2024-01-25,BUY,GAMMA,10,,EUR,0,0,{},,,\n", cell("tx_id"), cell("net_cash"));
    std::fs::write(&path, text + &line).expect("written");
    house.done(&["import", "books"]);
    let said = house.done(&["reconcile", "custodian.csv"]);
    assert!(said.contains("0 differences") && said.contains("2 gone by themselves"), "{said}");
    assert_eq!(house.done(&["inbox", "--format", "json"]).trim(), "[]");
    let key = found[0]["key"].as_str().expect("a key");
    let shown = house.done(&["inbox", "show", &key[..10]]);
    assert!(shown.contains("cleared by itself") && shown.contains("suggested net_cash"), "{shown}");
}

#[test]
fn what_is_announced_and_not_paid_yet_is_told_and_nothing_is_suggested() {
    let house = called_bond();
    let state = |day: &str, cash: &str| {
        let balances = format!("{day},BOND,BND,EUR,10000,settlement\n{day},BOND,CASH,EUR,{cash},settlement\n");
        let text = format!("date,portfolio,symbol,currency,quantity,basis\n{balances}");
        std::fs::write(house.path().join("custodian.csv"), text).expect("written");
    };
    // By the books 7,500 and 12,625 since the ex-date; the custodian moves both on the 20th.
    state("2024-02-16", "10000");
    let found = json(&house.done(&["reconcile", "custodian.csv", "--format", "json"]));
    let cells = |column: &str| found.iter().map(|row| row[column].as_str()).collect::<Vec<_>>();
    assert_eq!(cells("cause"), [Some("announced_undelivered"), Some("announced_unpaid")]);
    assert_eq!(cells("difference"), [Some("2500"), Some("-2625")]);
    assert_eq!(cells("severity"), [Some("info"), Some("info")]);
    assert!(found.iter().all(|row| row["suggestion"].is_null()), "{found:?}");
    let message = found[1]["message"].as_str().expect("a message");
    assert!(message.ends_with("PARTIAL_CALL of BND of 2024-02-15, pay date 2024-02-20, 2625 EUR"), "{message}");
    // A charge of 12.50 that nobody has booked is a difference of its own.
    state("2024-02-16", "9987.50");
    let ended = house.run(&["reconcile", "custodian.csv"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("3 differences, 1 to be looked at"), "{}", ended.stdout);
    // On the day of payment the custodian is late.
    state("2024-02-20", "10000");
    assert_eq!(house.run(&["reconcile", "custodian.csv"]).code, Some(3));
}

#[test]
fn an_item_is_closed_by_somebody_for_a_reason_and_stays_closed_if_it_was_dismissed() {
    let house = imported();
    state(&house, "custodian.csv", &[("MIXED", "CASH USD", "4900.00")]);
    assert_eq!(house.run(&["reconcile", "custodian.csv"]).code, Some(3));
    let items = json(&house.done(&["inbox", "--portfolio", "MIXED", "--format", "json"]));
    let key = items[0]["key"].as_str().expect("a key").to_owned();
    assert_eq!((items.len(), items[0]["subject"].as_str()), (1, Some("cash USD")));
    let closing = |action: &'static str| {
        house.run(&["inbox", action, &key[..8], "--note", "a deposit for a safe", "--by", "anna"])
    };
    assert_eq!(closing("resolve").code, Some(0));
    assert_eq!(closing("resolve").code, Some(2), "it is closed already");
    assert_eq!(house.run(&["reconcile", "custodian.csv"]).code, Some(3), "it is there, so it is open again");
    assert_eq!(closing("dismiss").code, Some(0));
    house.done(&["reconcile", "custodian.csv"]);
    let shown = house.done(&["inbox", "show", &key]);
    for word in ["opened", "resolved", "reopened", "dismissed", "by anna: a deposit for a safe"] {
        assert!(shown.contains(word), "{word}\n{shown}");
    }
    // Another amount is another difference.
    state(&house, "custodian.csv", &[("MIXED", "CASH USD", "4800.00")]);
    assert_eq!(house.run(&["reconcile", "custodian.csv"]).code, Some(3));
}

#[test]
fn wrong_use_and_wrong_rows_say_what_to_do() {
    let house = imported();
    std::fs::write(house.path().join("no_basis.csv"), "date,portfolio,symbol,currency,quantity\n").expect("written");
    for (arguments, words) in [
        (&["reconcile", "no_basis.csv"][..], "give --basis trade or --basis settlement"),
        (&["reconcile", "nowhere.csv"], "cannot read nowhere.csv"),
        (&["reconcile", "no_basis.csv", "--basis", "cash"], "unknown basis `cash`; known: trade, settlement"),
        (&["reconcile", "no_basis.csv", "--portfolio", "NOBODY"], "there is no portfolio `NOBODY`"),
        (&["inbox", "show", "abc"], "no item of the inbox has a key that begins with `abc`"),
    ] {
        let ended = house.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}\n{}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}\n{}", ended.stderr);
    }
    // A row that cannot be read is not taken for a position that is gone.
    state(&house, "custodian.csv", &[("MIXED", "GAMMA EUR", "a lot")]);
    let ended = house.run(&["reconcile", "custodian.csv"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stdout.contains("custodian.csv:4: quantity: `a lot` is no number"), "{}", ended.stdout);
    assert!(ended.stdout.contains("0 differences"), "{}", ended.stdout);
}

#[test]
fn a_reversal_of_a_later_month_takes_back_on_the_day_of_the_statement() {
    let house = House::new();
    let folder = house.path().join("books/CORR");
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
    write("portfolio.json", r#"{"id":"CORR","base_currency":"EUR","start":"2024-01-02"}"#);
    write("instruments.csv", "symbol,name,currency\nAAA,Alpha AG,EUR\n");
    write("prices.csv", "date,symbol,close,currency\n2024-01-02,AAA,100,EUR\n2024-01-31,AAA,110,EUR\n");
    // 20 were booked and 25 were sold: it was found in March. 100 − 25 = 75; 50,000 − 10,060 + 2,745 = 42,685.
    write(
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,net_cash,reverses\n\
         1,2024-01-02,DEPOSIT,,,,EUR,,50000,\n2,2024-01-03,BUY,AAA,100,100.50,EUR,10,-10060,\n\
         3,2024-01-30,SELL,AAA,20,110,EUR,5,2195,\n4,2024-03-15,REVERSAL,,,,EUR,,,3\n\
         5,2024-01-30,SELL,AAA,25,110,EUR,5,2745,\n",
    );
    house.done(&["import", "books"]);
    let balances = "2024-01-31,CORR,AAA,EUR,75,trade\n2024-01-31,CORR,CASH,EUR,42685,trade\n";
    let text = format!("date,portfolio,symbol,currency,quantity,basis\n{balances}");
    std::fs::write(house.path().join("custodian.csv"), text).expect("written");
    let said = house.done(&["reconcile", "custodian.csv"]);
    assert!(said.contains("2 balances, 0 differences"), "{said}");
    for basis in ["trade", "settlement"] {
        let held = house.done(&[
            "show",
            "CORR",
            "--date",
            "2024-01-31",
            "--basis",
            basis,
            "--what",
            "positions",
            "--format",
            "csv",
        ]);
        let rows = format!("CASH~EUR,42685,2024-01-31,{basis}\nCORR~AAA,75,2024-01-31,{basis}\n");
        assert_eq!(held, format!("instrument,quantity,date,basis\n{rows}"));
    }
}
