//! Restating: what a late booking would change on published statements is listed, and reissued only on command.

use serde_json::Value;

use crate::books;
use crate::house::House;

const FIRST: &str = "portfolio_statement-EMPTIED-2024-01-31-v1";

/// A house with two statements out, one of which a late fee of 2.50 dollars makes wrong.
fn with_a_late_fee() -> House {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    let said = house.done(&["restate", "--dry-run"]);
    assert!(said.contains("2 statements looked at, 0 would differ today") && !said.contains("have landed"), "{said}");
    let path = house.path().join("books/EMPTIED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text + "7,2024-01-30,FEE,,,,USD,0,0,-2.50,,,booked late\n").expect("written");
    house.done(&["import", "books"]);
    let said = house.done(&["restate", "--dry-run"]);
    assert!(
        said.contains("0 would differ today") && said.contains("1 files have landed since the last night"),
        "{said}"
    );
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    let said = house.done(&["restate", "--dry-run"]);
    assert!(said.contains("1 would differ today") && !said.contains("have landed"), "{said}");
    house
}

fn rows(house: &House, arguments: &[&str]) -> Vec<Value> {
    let said = house.done(&[arguments, &["--format", "json"]].concat());
    serde_json::from_str::<Vec<Value>>(&said).expect("JSON")
}

#[test]
fn what_would_differ_is_listed_and_nothing_is_published() {
    let house = with_a_late_fee();
    let before = house.documents();
    let changes = rows(&house, &["restate", "--dry-run"]);
    assert!(changes.iter().all(|row| row["statement"] == FIRST), "{changes:#?}");
    // The fee lowers the value at the end by 2.50 dollars.
    let cents = |text: &Value| -> i64 {
        let digits = text.as_str().expect("a figure").replace(" USD", "").replace('.', "");
        digits.parse().expect("an amount")
    };
    let total = changes.iter().find(|row| row["figure"].as_str().is_some_and(|name| name.contains("Value at end")));
    let total = total.unwrap_or_else(|| panic!("the value at the end differs: {changes:#?}"));
    assert_eq!(cents(&total["before"]) - cents(&total["after"]), 250, "{total}");
    assert!(
        changes
            .iter()
            .any(|row| row["figure"].as_str().is_some_and(|name| name.contains("Fee")) && row["before"] == Value::Null),
        "the fee is a new line: {changes:#?}"
    );
    assert_eq!(rows(&house, &["restate", "--dry-run", "--portfolio", "MIXED"]), Vec::<Value>::new());
    assert_eq!(house.documents(), before);
    assert_eq!(house.files("financr-data/mail").len(), 2);
}

#[test]
fn a_reissue_is_the_next_version_and_the_first_stays() {
    let house = with_a_late_fee();
    let before = house.documents();
    let reissue =
        ["restate", "--portfolio", "EMPTIED", "--period-end", "2024-01-31", "--reason", "a fee was booked late"];
    let said = house.done(&reissue);
    assert!(said.contains(&format!("portfolio_statement-EMPTIED-2024-01-31-v2 replaces {FIRST}")), "{said}");
    let after = house.documents();
    assert_eq!(after.len(), before.len() + 4, "PDF, CSV, JSON and HTML of the second version");
    for (path, bytes) in &before {
        assert_eq!(after.get(path), Some(bytes), "{}", path.display());
    }
    let (_, bytes) = after
        .iter()
        .find(|(path, _)| !before.contains_key(*path) && path.extension().is_some_and(|ending| ending == "json"))
        .expect("the second version");
    let document: Value = serde_json::from_slice(bytes).expect("JSON");
    assert_eq!(document["sections"][0]["id"], "restatement");
    let notes = document["sections"][0]["notes"].to_string();
    for words in
        ["restated: version 2 of this statement. It replaces version 1", "Reason: a fee was booked late", FIRST]
    {
        assert!(notes.contains(words), "{words}: {notes}");
    }
    // Now nothing differs any more, and asking again publishes nothing.
    let said = house.done(&["restate", "--dry-run"]);
    assert!(said.contains("2 statements looked at, 0 would differ today"), "{said}");
    let said = house.done(&reissue);
    assert!(said.contains("would say the same today; nothing was published"), "{said}");
    let ended = house.run(&["restate", "--statement", FIRST]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("was already replaced by portfolio_statement-EMPTIED-2024-01-31-v2"),
        "{}",
        ended.stderr
    );
    // The client is told once more, by the next delivery.
    house.done(&["run", "deliver", "--date", "2024-01-31"]);
    let mails = house.files("financr-data/mail");
    assert_eq!(mails.len(), 3);
    let restated =
        mails.values().filter(|mail| String::from_utf8_lossy(mail).contains("Restated: Portfolio statement"));
    assert_eq!(restated.count(), 1);
    // The run is on record.
    let said = house.done(&["status", "restate-2024-01-31-1"]);
    assert!(said.contains("restate"), "{said}");
}

#[test]
fn what_cannot_be_restated_is_refused_with_what_to_do() {
    let house = with_a_late_fee();
    for (arguments, words) in [
        (&["restate"][..], "say which statement"),
        (&["restate", "--portfolio", "EMPTIED"], "say which statement"),
        (&["restate", "--statement", "nothing"], "there is no statement `nothing`"),
        (&["restate", "--portfolio", "EMPTIED", "--period-end", "2023-12-29"], "published are those up to: 2024-01-31"),
        (&["restate", "--dry-run", "--portfolio", "NOBODY"], "there is no portfolio `NOBODY`"),
        (&["restate", "--statement", FIRST, "--reason", ""], "a reason has 1 to 500 letters"),
    ] {
        let ended = house.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}\n{}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}\n{}", ended.stderr);
    }
}
