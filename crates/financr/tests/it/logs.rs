//! What the API writes into its log when something goes wrong that is nobody's fault who asks.

use serde_json::Value;

use crate::house::House;
use crate::served::Served;

/// The value of a header of an answer.
fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let found = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.expect("the header is there").trim()
}

#[test]
fn what_went_wrong_is_logged_with_its_request() {
    let house = House::new();
    std::fs::write(house.path().join("financr.toml"), include_str!("../../../../financr.toml")).expect("written");
    let mut served = Served::start(&house);
    // The log of a table that is none: while the API runs, somebody writes into the folder of the lake.
    let folder = house.path().join("financr-data/lake/silver/fx_rates/_delta_log");
    std::fs::create_dir_all(&folder).expect("made");
    std::fs::write(folder.join("00000000000000000000.json"), "half of a\n").expect("written");
    let answer = served.ask("GET /market-data/fx-rates/EUR/USD?to=2014-12-31", &[], "");
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(!answer.contains("fx_rates") && !answer.contains("_delta_log"), "callers get no cause: {answer}");
    let request_id = header(&answer, "x-request-id").to_owned();
    let unharmed = served.ask("GET /portfolios", &[], "");
    assert!(unharmed.starts_with("HTTP/1.1 200"), "{unharmed}");
    let logged = served.stop();
    let lines = logged.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    let failed: Vec<&Value> = lines.iter().filter(|line| line["fields"]["message"] == "a request failed").collect();
    let [error] = failed[..] else { panic!("it is logged once: {logged}") };
    assert_eq!(error["level"], "ERROR");
    let cause = error["fields"]["error.chain"].as_str().expect("a text");
    assert!(cause.contains("silver.fx_rates"), "the log has the cause: {cause}");
    let request = &error["span"];
    assert_eq!(request["request.id"], request_id.as_str());
    assert_eq!(request["http.method"], "GET");
    assert_eq!(request["http.route"], "/market-data/fx-rates/{base}/{quote}");
}
