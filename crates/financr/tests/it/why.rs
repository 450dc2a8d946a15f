//! Why a figure is so, asked through the command line: a tree for people, the same for programs.

use serde_json::Value;

use crate::books;
use crate::house::House;

fn valued() -> House {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    house
}

/// Every object of a tree.
fn every(node: &Value) -> Vec<&Value> {
    let children = node["children"].as_array().into_iter().flatten();
    std::iter::once(node).chain(children.flat_map(every)).collect()
}

#[test]
fn the_tree_of_a_value_leads_to_lines_that_are_there() {
    let house = valued();
    let said = house.done(&["why", "MIXED", "market_value", "--format", "json"]);
    let tree: Value = serde_json::from_str(&said).expect("JSON");
    let nodes = every(&tree);
    for node in &nodes {
        assert_eq!(node["differs"], Value::Null, "{}", node["label"]);
    }
    let value = house
        .ask("SELECT market_value FROM gold.portfolio_values WHERE portfolio_id = 'MIXED' ORDER BY business_date DESC");
    let digits = value.lines().nth(1).expect("a value").trim_end_matches('0').to_owned();
    assert_eq!(tree["value"].as_str().map(|text| text.trim_end_matches('0').to_owned()), Some(digits));
    // Every line that is named exists and belongs to what is said of it.
    let mut read = 0;
    for node in nodes {
        let (Some(file), Some(line)) = (node["source"]["file"].as_str(), node["source"]["line"].as_u64()) else {
            continue;
        };
        let text = std::fs::read_to_string(house.path().join("books").join(file)).expect("the file is there");
        let row = text.lines().nth(usize::try_from(line).expect("small") - 1).expect("the line is there");
        let label = node["label"].as_str().expect("a label");
        if let Some(day) = label.strip_prefix("price: close of ") {
            assert!(row.starts_with(day), "{label}: {row}");
        }
        assert_eq!(node["source"]["sha256"].as_str().map(str::len), Some(64), "{label}");
        read += 1;
    }
    assert!(10 < read, "{read} lines were read");
}

#[test]
fn people_see_a_tree_and_spreadsheets_rows() {
    let house = valued();
    let said = house.done(&["why", "MIXED", "unrealised_gain", "--instrument", "ALPHA"]);
    for words in ["unrealised gain of ALPHA (Alpha plc)", "├─ ", "└─ ", "←", "MIXED/transactions.csv:4", "the pivot"]
    {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let rows = house.done(&["why", "MIXED", "market_value", "--depth", "1", "--format", "csv"]);
    let mut lines = rows.lines();
    assert_eq!(lines.next(), Some("depth,path,label,value,printed,unit,rule,note,source"));
    assert_eq!(lines.count(), 3, "the value, the securities, the cash\n{rows}");
    let known = house.done(&["why", "MIXED"]);
    assert!(known.contains("market_value") && known.contains("sharpe_rf"), "{known}");
    for (arguments, words) in [
        (&["why", "MIXED", "sharp"][..], "unknown figure `sharp`; known: market_value"),
        (&["why", "NOBODY", "twr"], "there is no portfolio `NOBODY`"),
        (&["why", "MIXED", "twr", "--as-of-run", "nightly-1999-12-31-1"], "there is no run `nightly-1999-12-31-1`"),
        (&["why", "MIXED", "value"], "add --instrument SYMBOL"),
    ] {
        let ended = house.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}\n{}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}\n{}", ended.stderr);
    }
}

#[test]
fn a_night_is_explained_as_it_saw_things() {
    let house = valued();
    let before = house.done(&["why", "MIXED", "market_value", "--format", "csv"]);
    let path = house.path().join("books/MIXED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text + "17,2024-01-30,FEE,,,,EUR,0,0,-250.00,,,booked late\n").expect("written");
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    let now = house.done(&["why", "MIXED", "market_value", "--format", "csv"]);
    assert!(now.contains("FEE 17 of 2024-01-30") && !before.contains("FEE 17"), "{now}");
    let then = house.done(&["why", "MIXED", "market_value", "--format", "csv", "--as-of-run", "nightly-2024-01-31-1"]);
    crate::house::assert_same_rows("the first night's tree", &then, &before);
}
