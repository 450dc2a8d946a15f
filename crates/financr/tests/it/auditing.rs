//! The audit log on the command line: what was done is shown, and whether the log is whole.

use serde_json::Value;

use crate::house::House;

/// A house with a key, in which a user was made, given another role, and listed.
fn house() -> House {
    let house = House::new();
    house.done(&["users", "key", "--out", "house-key.pem"]);
    let shipped = include_str!("../../../../financr.toml");
    let named = shipped.replace("# signing_key_file", "signing_key_file");
    std::fs::write(house.path().join("financr.toml"), named).expect("written");
    house.done(&["users", "add", "--email", "anna@example.org", "--role", "client"]);
    house.done(&["users", "role", "anna@example.org", "adviser"]);
    house.done(&["users"]);
    house
}

#[test]
fn what_was_done_about_a_person_is_shown() {
    let house = house();
    let shown = house.done(&["audit", "show", "--person", "anna@example.org", "--format", "json"]);
    assert!(!shown.contains("example.org"), "no address is in the log: {shown}");
    let rows: Value = serde_json::from_str(&shown).expect("JSON");
    let rows = rows.as_array().cloned().unwrap_or_default();
    let told: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["actor_kind"].as_str().unwrap_or_default(), row["action"].as_str().unwrap_or_default()))
        .collect();
    let by_hand = "command_line";
    assert_eq!(told, [(by_hand, "read"), (by_hand, "read"), (by_hand, "role_given"), (by_hand, "user_made")]);
}

#[test]
fn the_log_is_checked_against_what_was_noted() {
    let house = house();
    assert!(house.done(&["audit", "verify"]).contains("no head was noted"));
    house.done(&["audit", "note"]);
    let whole = house.done(&["audit", "verify"]);
    assert!(whole.starts_with("whole: 3 entries, 1 noted heads"), "{whole}");
    let heads = house.path().join("financr-data/audit-heads.jsonl");
    let noted = std::fs::read_to_string(&heads).expect("readable");
    // Another store knows nothing of this head.
    let other = House::new();
    for file in ["financr.toml", "house-key.pem"] {
        std::fs::copy(house.path().join(file), other.path().join(file)).expect("copied");
    }
    other.done(&["users"]);
    std::fs::write(other.path().join("financr-data/audit-heads.jsonl"), &noted).expect("written");
    let cut_off = other.run(&["audit", "verify"]);
    assert_eq!(cut_off.code, Some(5), "{}{}", cut_off.stdout, cut_off.stderr);
    assert!(cut_off.stdout.contains("broken: entry 3 is not there"), "{}", cut_off.stdout);
    // A head that was changed is not believed.
    std::fs::write(&heads, noted.replace("\"entry_number\":3", "\"entry_number\":2")).expect("written");
    let forged = house.run(&["audit", "verify"]);
    assert_eq!(forged.code, Some(2));
    assert!(forged.stderr.contains("line 1, is not signed with the key of the house"), "{}", forged.stderr);
}
