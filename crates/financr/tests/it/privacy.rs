//! Personal data on the command line: an archive for the person, and the end of it.

use serde_json::Value;

use crate::house::House;
use crate::served::Served;

/// A house with a key, and anna.
fn house() -> House {
    let house = House::new();
    house.done(&["users", "key", "--out", "house-key.pem"]);
    let shipped = include_str!("../../../../financr.toml");
    let named = shipped.replace("# signing_key_file", "signing_key_file");
    std::fs::write(house.path().join("financr.toml"), named).expect("written");
    house.done(&["users", "add", "--email", "anna@example.org", "--role", "client", "--name", "Anna"]);
    house
}

#[test]
fn an_archive_is_written_and_verified() {
    let house = house();
    house.done(&["privacy", "export", "anna@example.org", "--out", "anna.tar.gz"]);
    let told = house.done(&["privacy", "verify", "anna.tar.gz"]);
    assert!(told.starts_with("whole and ours: about user "), "{told}");
    let files: Value =
        serde_json::from_str(&house.done(&["privacy", "verify", "anna.tar.gz", "--format", "json"])).expect("JSON");
    assert_eq!(files[0]["name"], "user.json");
    assert_eq!(house.run(&["privacy", "export", "anna@example.org", "--out", "anna.tar.gz"]).code, Some(2));
    let mut bytes = std::fs::read(house.path().join("anna.tar.gz")).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(house.path().join("changed.tar.gz"), bytes).expect("written");
    assert_eq!(house.run(&["privacy", "verify", "changed.tar.gz"]).code, Some(5));
    let shown = house.done(&["audit", "show", "--person", "anna@example.org", "--format", "csv"]);
    assert!(shown.contains(",exported,"), "{shown}");
}

/// Logs hold ids, never names or addresses, whatever is done.
#[test]
fn nothing_personal_is_logged() {
    let house = house();
    let (anna, bert) = ("anna@example.org", "bert@example.org");
    let steps: [&[&str]; 10] = [
        &["users", "add", "--email", bert, "--role", "client", "--name", "Bert"],
        &["users", "add", "--email", bert, "--role", "client"],
        &["users", "reset", anna],
        &["users"],
        &["users", "role", anna, "adviser"],
        &["rights", "show", anna],
        &["privacy", "export", bert, "--out", "bert.tar.gz"],
        &["keys", "rotate"],
        &["privacy", "erase", bert],
        &["audit", "verify"],
    ];
    let mut logged = String::new();
    for step in steps {
        let ended = house.run(&[&["--log"], step].concat());
        // What was typed is shown to who typed it; the log of steps, a JSON object a line, is for others, too.
        let lines = ended.stderr.lines().filter(|line| line.starts_with('{'));
        logged.extend(lines.map(|line| format!("{line}\n")));
    }
    for named in ["example.org", "Anna", "Bert"] {
        assert!(!logged.contains(named), "{named} is in the log:\n{logged}");
    }
}

#[test]
fn nothing_personal_is_logged_by_the_api() {
    let house = house();
    let mut served = Served::start(&house);
    let zoe = r#"{"email":"zoe@example.org","password":"eight purple lamps at noon","display_name":"Zoe"}"#;
    let login = r#"{"email":"zoe@example.org","password":"another password"}"#;
    for (request, body, status) in [
        ("POST /register", zoe, "202"),
        ("POST /register", zoe, "202"),
        ("POST /login", login, "401"),
        ("POST /login", r#"{"email":"zoe@example.org","password":["purple lamps"]}"#, "400"),
        ("GET /portfolios?limit=zoe@example.org", "", "400"),
        ("GET /users", "", "200"),
        ("GET /audit-entries", "", "200"),
        ("GET /portfolios/zoe@example.org", "", "404"),
        ("GET /portfolios/a%0a%7b%22x%22:1%7d", "", "404"),
    ] {
        let answer = served.ask(request, &[], body);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {answer}");
    }
    let logged = served.stop();
    assert!(logged.contains("a user"), "steps are logged: {logged}");
    // Whatever was asked for, a line is one object; what was refused is among them, by the form of its address.
    let lines = logged.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    for (route, status) in [("/login", 401), ("/login", 400), ("/portfolios", 400)] {
        let is_refusal = |line: &&Value| {
            let fields = &line["fields"];
            fields["message"] == "refused" && fields["http.route"] == route && fields["http.status"] == status
        };
        assert_eq!(lines.iter().filter(is_refusal).count(), 1, "{route} {status}: {logged}");
    }
    assert!(logged.lines().all(|line| !line.starts_with("{\"x\"")), "{logged}");
    for named in ["zoe@example.org", "Zoe", "purple lamps"] {
        let lines: Vec<&str> = logged.lines().filter(|line| line.contains(named)).collect();
        assert!(lines.is_empty(), "{named} is in the log: {lines:?}");
    }
}

#[test]
fn who_is_erased_is_nowhere_and_the_log_is_whole() {
    let house = house();
    house.done(&["privacy", "erase", "anna@example.org"]);
    let gone = house.run(&["privacy", "erase", "anna@example.org"]);
    assert_eq!(gone.code, Some(2), "nobody has this address");
    let listed = house.done(&["users", "--format", "csv"]);
    assert!(listed.contains(",erased,,client,"), "{listed}");
    for file in ["rotate", "retire"] {
        house.done(&["keys", file]);
    }
    assert!(house.done(&["audit", "verify"]).starts_with("whole: "));
    house.done(&["users", "add", "--email", "otto@example.org", "--role", "operations"]);
    let kept = house.run(&["privacy", "erase", "otto@example.org"]);
    assert_eq!(kept.code, Some(2));
    assert!(kept.stderr.contains("works for the house"), "{}", kept.stderr);
}
