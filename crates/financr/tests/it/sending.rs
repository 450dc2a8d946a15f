//! A book that is sent to the API, row by row, is the book that is imported: the night makes the same figures of both.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Map, Value, json};

use crate::books;
use crate::exports::flex;
use crate::house::{GOLD, House, assert_same_rows};

const DATE: &str = "2024-01-31";
/// The tables of figures that are compared: those of one book, without what names files.
const COMPARED: [&str; 7] =
    ["positions", "cash_flows", "realised_gains", "valuations", "nav_bridge", "portfolio_values", "daily_returns"];

/// The API of a house, which ends with it.
struct Api {
    process: Child,
    port: u16,
}

impl Drop for Api {
    fn drop(&mut self) {
        self.process.kill().expect("it can be ended");
        self.process.wait().expect("it ends");
    }
}

impl Api {
    fn of(house: &House) -> Api {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let shipped = include_str!("../../../../financr.toml");
        let config = shipped.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
        // Whoever waits for an import asks often.
        let config = config.replace("requests_per_minute = 600", "requests_per_minute = 0");
        let config = config.replace("anonymous_requests_per_minute = 300", "anonymous_requests_per_minute = 0");
        assert_ne!(config, shipped);
        std::fs::write(house.path().join("financr.toml"), config).expect("written");
        let mut process =
            house.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let log = process.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(log).lines().map(|line| line.expect("text"));
        assert!(lines.any(|line| line.contains("the API listens on")), "it stopped before it listened");
        // Whatever it logs later must find a reader, or it would wait for one.
        std::thread::spawn(move || lines.for_each(drop));
        Api { process, port }
    }

    /// The status and the body of an answer.
    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it answers");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send("POST", path, "", &body.to_string())
    }
}

/// A house with the market of the mixed book, and the folder of a book that names it.
fn with_market() -> House {
    let house = House::new();
    books::write(&house.path().join("books"));
    let (mixed, market) = (house.path().join("books/MIXED"), house.path().join("market"));
    std::fs::create_dir_all(&market).expect("a folder");
    std::fs::write(market.join("market.json"), r#"{"id":"PLACE"}"#).expect("written");
    for file in ["instruments.csv", "prices.csv", "fx.csv", "corporate_actions.csv"] {
        std::fs::rename(mixed.join(file), market.join(file)).expect("moved");
    }
    std::fs::write(mixed.join("portfolio.json"), agreement().to_string()).expect("written");
    house.done(&["import", "market"]);
    house.done(&["run", "conform", "--date", DATE]);
    house
}

fn agreement() -> Value {
    json!({
        "id": "MIXED", "title": "Mixed book", "base_currency": "EUR", "start": "2024-01-02", "market": "PLACE",
        "risk_free_annual": 0.02, "client_email": "mixed@example.org",
    })
}

/// The rows of a file as they are sent.
fn rows(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("readable");
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
    let header = lines.next().expect("a header");
    let row = |cells: Vec<String>| {
        let filled = header.iter().cloned().zip(cells).filter(|(_, cell)| !cell.is_empty());
        Value::Object(filled.map(|(name, cell)| (name, Value::from(cell))).collect::<Map<String, Value>>())
    };
    lines.map(row).collect()
}

fn figures(house: &House) -> Vec<(&'static str, String)> {
    let compared = GOLD.iter().filter(|(table, _)| COMPARED.contains(table));
    compared.map(|(table, question)| (*table, house.ask(question))).collect()
}

#[test]
fn what_is_sent_is_valued_like_what_is_imported() {
    let imported = with_market();
    imported.done(&["import", "books/MIXED"]);
    imported.done(&["run", "nightly", "--date", DATE]);

    let sent = with_market();
    let api = Api::of(&sent);
    let mut wrong = agreement();
    wrong["market"] = json!("NOWHERE");
    assert_eq!(api.post("/portfolios", &wrong).1["violations"][0]["field"], "market");
    let (status, opened) = api.post("/portfolios", &agreement());
    assert_eq!((status, &opened["fx_source"]), (201, &json!("PLACE")), "{opened}");
    let mut transactions = rows(&sent.path().join("books/MIXED/transactions.csv"));
    // The fee is booked wrong at first, and corrected.
    let fee = transactions.iter().position(|row| row["type"] == "FEE").expect("there is one");
    let right = std::mem::replace(&mut transactions[fee]["net_cash"], json!("-2500"));
    let path = "/portfolios/MIXED/transactions";
    let mut broken = transactions.clone();
    broken[2]["symbol"] = json!("OMEGA");
    broken[4]["net_cash"] = json!("1");
    let (status, problem) = api.post(path, &json!({"transactions": broken}));
    let fields: Vec<&Value> =
        problem["violations"].as_array().expect("violations").iter().map(|violation| &violation["field"]).collect();
    assert_eq!((status, fields), (400, vec![&json!("transactions.2.symbol"), &json!("transactions.4.net_cash")]));
    let (status, booked) = api.post(path, &json!({"transactions": transactions}));
    assert_eq!((status, &booked["inserted"]), (201, &json!(transactions.len())), "{booked}");
    assert_eq!(booked["from_date"], "2024-01-02");

    let mut replacement = transactions[fee].clone();
    replacement["tx_id"] = json!("12a");
    replacement["net_cash"] = right;
    let correction = json!({"reason": "two digits too many", "replacement": replacement});
    let (status, corrected) = api.post(&format!("{path}/12/corrections"), &correction);
    assert_eq!((status, &corrected["from_date"]), (201, &json!("2024-01-24")), "{corrected}");
    let (status, again) = api.post(&format!("{path}/12/corrections"), &json!({"reason": "x", "reversal_id": "again"}));
    assert_eq!(status, 409, "{again}");
    let (_, kept) = api.send("GET", &format!("{path}/12"), "", "");
    assert_eq!(
        (&kept["taken_back_by"]["id"], &kept["corrections"][0]["replacement_id"]),
        (&json!("12-reversal"), &json!("12a"))
    );
    drop(api);
    sent.done(&["run", "nightly", "--date", DATE]);

    for ((table, of_import), (_, of_sent)) in figures(&imported).into_iter().zip(figures(&sent)) {
        assert!(1 < of_import.lines().count(), "{table} has rows");
        assert_same_rows(table, &of_import, &of_sent);
    }
}

#[test]
fn a_file_is_imported_as_the_command_line_imports_it() {
    let house = with_market();
    let api = Api::of(&house);
    assert_eq!(api.post("/portfolios", &agreement()).0, 201);
    let (status, import) = api.send("POST", "/portfolios/MIXED/imports?file_name=flex.xml", "", &flex(""));
    assert_eq!((status, &import["file_name"]), (202, &json!("flex.xml")), "{import}");
    let address = format!("/imports/{}", import["id"].as_str().expect("an id"));
    let ended = || Some(api.send("GET", &address, "", "").1).filter(|import| !import["ended_at"].is_null());
    let import = std::iter::repeat_with(ended).flatten().next().expect("it ends");
    // A deposit, an exchange and a purchase; the future waits for a person.
    let report = &import["report"];
    assert_eq!(
        (&import["state"], &report["transactions_inserted"], &report["inbox_count"]),
        (&json!("done"), &json!(3), &json!(1)),
        "{import}"
    );
    let (status, again) = api.send("POST", "/portfolios/MIXED/imports", "", &flex(""));
    assert_eq!((status, &again["id"]), (200, &import["id"]));
    let (_, wrong) = api.send("POST", "/portfolios/MIXED/imports?format=nothing", "", "a,b");
    let address = format!("/imports/{}", wrong["id"].as_str().expect("an id"));
    let ended = || Some(api.send("GET", &address, "", "").1).filter(|import| !import["ended_at"].is_null());
    let wrong = std::iter::repeat_with(ended).flatten().next().expect("it ends");
    assert_eq!(wrong["state"], "failed");
    assert!(wrong["report"]["problem"].as_str().is_some_and(|text| text.contains("ibkr_flex")), "{wrong}");
    drop(api);
    std::fs::write(house.path().join("flex.xml"), flex("")).expect("written");
    let said = house.done(&["import", "flex.xml", "--portfolio", "MIXED"]);
    assert!(said.contains("0 new portfolios, 0 new transactions, 0 new files"), "{said}");
}
