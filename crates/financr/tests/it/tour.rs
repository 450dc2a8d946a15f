//! The tour in the documentation, as it stands there, against a house that serves.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::books;
use crate::house::House;

const TOUR: &str = include_str!("../../../../docs/TOUR.md");
/// Requests a minute of who is signed in: enough for the part with curl, and fewer than the part with Python makes, so
/// that it has to wait as it does for the many portfolios of the demo. One comes back every five seconds.
const REQUESTS: u32 = 12;
/// How long the API may take until it listens.
const START_MAX: Duration = Duration::from_secs(60);

/// A process that ends with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The one block of a language.
fn block(language: &str) -> &'static str {
    let opening = format!("\n```{language}\n");
    let mut blocks = TOUR.split(opening.as_str()).skip(1);
    let block = blocks.next().and_then(|rest| rest.split("\n```").next()).expect("a block");
    assert!(blocks.next().is_none(), "one block of {language}");
    block
}

/// Starts the API and waits until it listens.
fn serve(house: &House) -> (Serving, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let path = house.path().join("financr.toml");
    let settings = format!(
        "[store]\nurl = \"sqlite:financr-data/store.db\"\n[lake]\nurl = \"financr-data/lake\"\n\
         [api]\nbind = \"{address}\"\nrequests_per_minute = {REQUESTS}\n\
         [api.identity]\ntoken_key_files = [\"token-key.pem\"]\n"
    );
    std::fs::write(path, settings).expect("written");
    let mut command = house.command(&["serve"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let serving = Serving(child);
    let started = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(started.elapsed() < START_MAX, "the API does not listen on {address}");
        std::thread::sleep(Duration::from_millis(10));
    }
    (serving, format!("http://{address}"))
}

fn ran(house: &House, program: &[&str], script: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(program[0]);
    command.args(&program[1..]).arg(script).current_dir(house.path()).envs(environment.iter().copied());
    let output = command.output().expect("the program is there");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{wrong}");
    said.into_owned()
}

#[test]
fn the_tour_can_be_made_as_it_is_written() {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    house.done(&["users", "key", "--out", "token-key.pem"]);
    let add = ["users", "add", "--email", "otto@example.org", "--role", "operations", "--format", "json"];
    let made: Value = serde_json::from_str(&house.done(&add)).expect("JSON");
    let code = made[0]["password_reset_token"].as_str().expect("a code").to_owned();
    let (_serving, base) = serve(&house);

    let said = ran(&house, &["bash", "-c"], block("bash"), &[("BASE", &base), ("CODE", &code)]);
    let known = house.ask("SELECT portfolio_id FROM silver.portfolios ORDER BY 1 LIMIT 1");
    let first = known.lines().nth(1).expect("a portfolio");
    for expected in [&format!("portfolio {first}"), "again: 304", "statement.pdf: OK", "signed out: 401"] {
        assert!(said.lines().any(|line| line == expected), "{expected}\n{said}");
    }
    let pdf = std::fs::read(house.path().join("statement.pdf")).expect("there");
    assert!(pdf.starts_with(b"%PDF-"));

    let and_counts = format!("{}\nprint(house.get('/metrics').decode())", block("python"));
    let said = ran(&house, &["python3", "-c"], &and_counts, &[("BASE", &base)]);
    let values = house.ask(
        "SELECT portfolio_id, market_value FROM gold.portfolio_values WHERE business_date = '2024-01-31' ORDER BY 1",
    );
    for row in values.lines().skip(1) {
        let portfolio = row.split(',').next().expect("an id");
        assert!(said.lines().any(|line| line.starts_with(&format!("{portfolio} 2024-01-31 "))), "{row}\n{said}");
    }
    assert!(said.contains("there is no portfolio `none-of-ours`; GET /portfolios lists"), "{said}");
    let counted = |what: &str| -> u32 {
        let counts = said.lines().filter(|line| line.contains("_count{") && line.contains(what));
        counts.filter_map(|line| line.rsplit(' ').next()?.parse::<u32>().ok()).sum()
    };
    assert_eq!(counted(r#"route="/login",status="200""#), 2, "both parts signed in");
    assert!(0 < counted(r#"status="429""#), "it asked too often, and waited: {said}");
}
