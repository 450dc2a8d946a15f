//! Keys on the command line: addresses are sealed from the first user on, and keys change.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::house::House;

fn keys(house: &House, arguments: &[&str]) -> Vec<(String, i64)> {
    let told = house.done(&[&["keys"], arguments, &["--format", "json"]].concat());
    let rows: Value = serde_json::from_str(&told).expect("JSON");
    let rows = rows.as_array().cloned().unwrap_or_default();
    rows.iter()
        .map(|row| (row["key"].as_str().unwrap_or_default().to_owned(), row["users"].as_i64().unwrap_or_default()))
        .collect()
}

#[test]
fn addresses_are_sealed_from_the_first_user_on() {
    let house = House::new();
    house.done(&["users"]);
    let file = house.path().join("financr-data/personal.keys");
    assert!(!file.exists(), "made when it is needed");
    house.done(&["users", "add", "--email", "anna@example.org", "--role", "client", "--name", "Anna"]);
    assert_eq!(std::fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    let files = house.files("financr-data");
    let holds = |bytes: &[u8]| bytes.windows(16).any(|found| found == b"anna@example.org");
    let readable: Vec<_> = files.iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path).collect();
    assert!(readable.is_empty(), "the address can be read in {readable:?}");
    assert!(house.done(&["users"]).contains("anna@example.org"));
    std::fs::rename(&file, house.path().join("copy")).expect("moved");
    let lost = house.run(&["users"]);
    assert_eq!(lost.code, Some(2));
    assert!(lost.stderr.contains("put the copy of it back"), "{}", lost.stderr);
    assert!(!file.exists(), "no other keys are made in their place");
}

#[test]
fn keys_are_changed_and_old_ones_taken_out() {
    let house = House::new();
    for name in ["anna", "bert"] {
        house.done(&["users", "add", "--email", &format!("{name}@example.org"), "--role", "client"]);
    }
    let before = keys(&house, &[]);
    assert_eq!((before.len(), before[0].1), (2, 2));
    assert_eq!(before[1], ("(not sealed)".to_owned(), 0));
    let after = keys(&house, &["rotate"]);
    assert_ne!(after[0].0, before[0].0);
    assert_eq!(after[0].1, 2);
    let old = &before[0].0;
    let file = house.path().join("financr-data/personal.keys");
    assert!(std::fs::read_to_string(&file).expect("readable").contains(old));
    house.done(&["keys", "retire"]);
    assert!(!std::fs::read_to_string(&file).expect("readable").contains(old));
    house.done(&["keys", "seal"]);
    assert!(house.done(&["users"]).contains("bert@example.org"));
}
