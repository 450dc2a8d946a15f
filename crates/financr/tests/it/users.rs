//! Users on the command line: the first admin, and the key that tokens are signed with.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::house::House;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn users_are_made_listed_and_disabled() {
    let house = House::new();
    assert_eq!(house.done(&["users"]).trim(), "nobody");
    let add = ["users", "add", "--email", "Anna@Example.org", "--role", "admin", "--format", "json"];
    let made = json(&house.done(&add));
    let token = made[0]["password_reset_token"].as_str().expect("a token");
    assert_eq!(token.len(), 64);
    let again = house.run(&add);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("financr users reset"), "{}", again.stderr);
    let another = json(&house.done(&["users", "reset", "anna@example.org", "--format", "json"]));
    assert_ne!(another[0]["password_reset_token"], made[0]["password_reset_token"]);
    let id = made[0]["user_id"].as_str().expect("an id");
    house.done(&["users", "role", id, "compliance"]);
    house.done(&["users", "disable", "anna@example.org"]);
    let listed = json(&house.done(&["users", "list", "--format", "json"]));
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!((&listed[0]["email"], &listed[0]["role"]), (&"Anna@Example.org".into(), &"compliance".into()));
    assert!(listed[0]["disabled_at"].is_string() && !listed.to_string().contains(token));
    house.done(&["users", "enable", id]);
    assert!(json(&house.done(&["users", "--format", "json"]))[0]["disabled_at"].is_null());
    for wrong in [["users", "role", "nobody@example.org", "admin"], ["users", "role", id, "root"]] {
        assert_eq!(house.run(&wrong).code, Some(2), "{wrong:?}");
    }
    assert_eq!(house.run(&["users", "add", "--email", "anna", "--role", "admin"]).code, Some(2));
}

#[test]
fn a_second_factor_is_taken_away_by_somebody_with_a_reason() {
    let house = House::new();
    house.done(&["users", "add", "--email", "anna@example.org", "--role", "admin"]);
    assert_eq!(house.done(&["users", "factors", "anna@example.org"]).trim(), "none, and never any");
    let reset = ["users", "reset-factor", "anna@example.org"];
    assert_eq!(house.run(&reset).code, Some(2), "nobody did it, for nothing");
    assert_eq!(house.run(&[&reset[..], &["--by", "otto"]].concat()).code, Some(2), "for nothing");
    let whole = [&reset[..], &["--by", "otto", "--reason", "came in person"]].concat();
    let told = house.done(&whole);
    assert!(told.contains("the user had no second factor"), "{told}");
}

#[test]
fn a_user_is_linked_to_one_of_another_house_once() {
    let house = House::new();
    house.done(&["users", "add", "--email", "anna@example.org", "--role", "client"]);
    let link = |subject: &'static str| {
        let there = ["--issuer", "https://login.example.org", "--subject", subject, "--by", "otto"];
        [&["users", "link", "anna@example.org"][..], &there].concat()
    };
    house.done(&link("anna-there"));
    assert_eq!(house.run(&link("anna-there")).code, Some(2), "there is nothing left to do");
    assert_eq!(house.run(&link("somebody")).code, Some(2), "one user here is one user there");
}

#[test]
fn a_key_is_for_its_owner_only_and_written_once() {
    let house = House::new();
    house.done(&["users", "key", "--out", "token-key.pem"]);
    let path = house.path().join("token-key.pem");
    let key = std::fs::read_to_string(&path).expect("readable");
    assert!(key.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let mode = std::fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(house.run(&["users", "key", "--out", "token-key.pem"]).code, Some(2), "a key is never overwritten");
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), key);
}
