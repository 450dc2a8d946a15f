//! The command line as people meet it: what is accepted, what is refused, and with which words.

use crate::books;
use crate::house::House;

#[test]
fn a_second_import_of_the_same_folder_changes_nothing() {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    let landings = house.ask("SELECT * FROM bronze.landings");
    let said = house.done(&["import", "books"]);
    assert!(said.contains("0 new portfolios, 0 new transactions, 0 new files"), "{said}");
    assert!(said.contains("2 portfolios known, 22 transactions known"), "{said}");
    assert_eq!(house.ask("SELECT * FROM bronze.landings"), landings);
}

#[test]
fn bad_rows_are_rejected_with_file_line_column_and_reason_and_the_good_ones_go_in() {
    let house = House::new();
    books::write(&house.path().join("books"));
    let damage = |file: &str, lines: &str| {
        let path = house.path().join("books/MIXED").join(file);
        let text = std::fs::read_to_string(&path).expect("there");
        std::fs::write(&path, text + lines).expect("written");
    };
    damage(
        "transactions.csv",
        "17,2024-02-30,BUY,ALPHA,1,1,GBP,0,0,-1,,,\n18,2024-01-05,BOUGHT,ALPHA,1,1,GBP,0,0,-1,,,\n",
    );
    damage("transactions.csv", "19,2024-01-05,BUY,OMEGA,1,1,GBP,0,0,-1,,,\n20,2024-01-05,FEE,,,,GBX,0,0,-1,,,\n");
    damage("prices.csv", "2024-02-02,GAMMA,-5,EUR\n2024-02-01,ALPHA,1240.1,GBP\n");
    let ended = house.run(&["import", "books", "--format", "csv"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines[0], "file,line,column,reason");
    for expected in [
        "MIXED/transactions.csv,18,date,`2024-02-30` is no date of the form YYYY-MM-DD",
        "MIXED/transactions.csv,19,type,\"unknown transaction kind `BOUGHT`; known: DEPOSIT, WITHDRAWAL, BUY, SELL, \
         DIVIDEND, STOCK_DIVIDEND, ",
        "MIXED/transactions.csv,20,symbol,`OMEGA` is not in the instruments.csv of its market",
        "MIXED/transactions.csv,21,currency,\"`GBX` is a minor unit, not a currency; use `GBP` with a price_scale of \
         0.01\"",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(expected)), "{expected}\n{}", ended.stdout);
    }
    let of_prices = |column: &str| lines.iter().any(|line| line.contains("prices.csv") && line.contains(column));
    assert!(of_prices(",close,") && of_prices(",currency,"), "{}", ended.stdout);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    let rejected = house.ask("SELECT file_name, line FROM silver.rejects ORDER BY 1, 2");
    assert_eq!(rejected.lines().count(), 7, "the header and six rows\n{rejected}");
    let booked = house.ask("SELECT count(*) AS n FROM silver.transactions");
    assert_eq!(booked, "n\n22\n");
}

#[test]
fn a_folder_that_fails_says_that_nothing_of_it_is_booked() {
    let house = House::new();
    let folder = house.path().join("books/SHUT");
    std::fs::create_dir_all(&folder).expect("made");
    let write = |locked_through: &str, more: &str| {
        let said = format!(
            r#"{{"id":"SHUT","base_currency":"EUR","start":"2024-01-02","locked_through":"{locked_through}"}}"#
        );
        let head = "tx_id,date,type,symbol,quantity,currency,net_cash\n1,2024-01-02,DEPOSIT,,,EUR,100\n";
        let files = [
            ("portfolio.json", said),
            ("instruments.csv", "symbol,name,currency\nA,A,EUR\n".to_owned()),
            ("prices.csv", "date,symbol,close,currency\n2024-01-02,A,10,EUR\n".to_owned()),
            ("transactions.csv", format!("{head}{more}")),
        ];
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("written");
        }
    };
    write("2024-01-31", "");
    house.done(&["import", "books"]);
    // The lock would move back: the changed files land, and the new deposit is not booked.
    write("2024-01-15", "2,2024-03-01,DEPOSIT,,,EUR,50\n");
    let ended = house.run(&["import", "books"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(said.contains("1 folders failed (none of their transactions is booked)"), "{said}");
    assert_eq!(house.ask("SELECT count(*) AS n FROM bronze.landings WHERE file_name = 'transactions.csv'"), "n\n2\n");
}

#[test]
fn one_fault_of_a_whole_column_is_one_line_for_people_and_one_for_every_row_for_machines() {
    let house = House::new();
    books::write(&house.path().join("books"));
    let path = house.path().join("books/MIXED/prices.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    let rows = text.matches(",GBX").count();
    assert!(20 < rows, "more than a terminal shows: {rows}");
    std::fs::write(&path, text.replace(",GBX", ",GBP")).expect("written");
    let fault = "in the minor unit, not in GBP";
    for (arguments, lines) in [
        (&["import", "books", "--dry-run"][..], 1),
        (&["import", "books", "--dry-run", "--format", "csv"], rows),
        (&["import", "books"], 1),
        (&["import", "books", "--format", "json"], rows),
    ] {
        let ended = house.run(arguments);
        assert_eq!(ended.code, Some(3), "{arguments:?}\n{}", ended.stderr);
        assert_eq!(ended.stdout.matches(fault).count(), lines, "{arguments:?}\n{}", ended.stdout);
        let counted = ended.stdout.contains(&format!("{rows} lines: 2, "));
        assert_eq!(counted, lines == 1, "{arguments:?}\n{}", ended.stdout);
    }
}

#[test]
fn a_zero_in_no_currency_keeps_no_book_out() {
    let house = House::new();
    books::write(&house.path().join("books"));
    let path = house.path().join("books/MIXED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text + "17,2024-01-05,DEPOSIT,,,,EUR,0,0,1,,0,\n").expect("written");
    let said = house.done(&["import", "books"]);
    assert!(said.contains("2 new portfolios, 23 new transactions"), "{said}");
}

#[test]
fn a_booking_with_a_misplaced_point_is_booked_and_goes_into_the_inbox_once() {
    let house = House::new();
    books::write(&house.path().join("books"));
    let path = house.path().join("books/MIXED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    // Ten at 1,200 pence are 120 pounds.
    let wrong = text + "17,2024-01-05,BUY,ALPHA,10,1200,GBP,0,0,-12000,,,\n";
    std::fs::write(&path, wrong).expect("written");
    let preview = house.done(&["import", "books", "--dry-run", "--format", "csv"]);
    assert!(preview.contains("inbox: amount of BUY 17"), "{preview}");
    let said = house.done(&["import", "books", "--format", "csv"]);
    assert!(said.contains("MIXED (inbox),18,amount of BUY 17,"), "{said}");
    house.done(&["import", "books"]);
    let items: Vec<serde_json::Value> =
        serde_json::from_str(&house.done(&["inbox", "--format", "json"])).expect("an array");
    let [item] = items.as_slice() else { panic!("one item: {items:?}") };
    let cell = |name: &str| item[name].as_str().unwrap_or_default();
    assert_eq!((cell("portfolio"), cell("severity"), cell("state")), ("MIXED", "warn", "open"));
    for words in ["transaction `17` of `MIXED`", "MIXED/transactions.csv:18", "GBP -120 ", "GBP -12000"] {
        assert!(cell("message").contains(words), "{words}\n{items:?}");
    }
    // It is booked as it says.
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    let booked = house.ask("SELECT net_cash FROM silver.transactions WHERE transaction_id = '17'");
    assert!(booked.contains("-12000"), "{booked}");
    let key = cell("key").to_owned();
    house.done(&["inbox", "resolve", &key, "--note", "the broker says so", "--by", "anna"]);
    house.done(&["import", "books"]);
    assert_eq!(house.done(&["inbox", "--format", "json"]).trim(), "[]", "it stays resolved");
}

#[test]
fn wrong_use_ends_with_two_and_says_what_to_do() {
    let house = House::new();
    std::fs::create_dir(house.path().join("empty")).expect("made");
    std::fs::write(house.path().join("wrong.toml"), "[store]\nurl = \"sqlite:x.db\"\nspeed = 3\n").expect("written");
    for (arguments, words) in [
        (&["run", "nigthly", "--date", "2024-01-31"][..], "unknown job `nigthly`; known: nightly, ingest, conform"),
        (&["run", "nightly", "--date", "31.01.2024"], "`31.01.2024` is no date of the form YYYY-MM-DD"),
        (&["run", "nightly", "--from", "2024-02-01", "--to", "2024-01-01"], "the range ends on 2024-01-01"),
        (&["import", "empty"], "no portfolio.json and no market.json in it or below it"),
        (&["import", "nowhere"], "nowhere"),
        (&["show", "NOBODY"], "there is no portfolio `NOBODY` in sqlite:financr-data/store.db"),
        (&["show", "risk", "NOBODY"], "there is no portfolio `NOBODY` in sqlite:financr-data/store.db"),
        (&["show", "risks", "NOBODY"], "unknown topic `risks`; known: portfolio, performance, risk, measures, attr"),
        (&["show", "risk"], "name a portfolio after it: `financr show risk PORTFOLIO`"),
        (&["show", "risk", "NOBODY", "--period", "2Y"], "unknown period `2Y`; known: 1D, WTD, MTD"),
        (&["--config", "wrong.toml", "status"], "unknown field `speed`, expected"),
        (&["--config", "missing.toml", "status"], "cannot read missing.toml"),
    ] {
        let ended = house.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}\n{}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}\n{}", ended.stderr);
    }
}

#[test]
fn made_up_books_cannot_reach_a_store_of_real_ones() {
    let house = House::new();
    books::write(&house.path().join("books"));
    let path = house.path().join("books/MIXED/portfolio.json");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text.replacen('{', "{\"synthetic\":true,", 1)).expect("written");
    let ended = house.run(&["import", "books"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("`MIXED` is synthetic and this is a store of real portfolios"), "{}", ended.stderr);
    let known = house.ask("SELECT count(*) AS n FROM bronze.landings");
    assert_eq!(known, "n\n0\n", "nothing of it went in");
}

#[test]
fn the_demo_runs_says_that_it_is_made_up_and_stays_in_its_folder() {
    let house = House::new();
    let said = house.done(&["demo", "--portfolios", "8", "--folder", "demo"]);
    assert!(said.starts_with("Everything below is made up"), "{said}");
    assert!(said.contains("statements written") && said.contains("Where to look next"), "{said}");
    // The demo ends with a year: each of eight clients has a portfolio statement, one of client assets, a report on
    // performance, one on risk, one on taxes, and costs and charges. What the house owes goes in one mail, and what is
    // optional in another.
    assert!(said.contains("16 mails delivered with 48 documents"), "{said}");
    assert_eq!(house.files("demo/mail").len(), 8 * 2);
    let shown = house.done(&["--config", "demo/financr.toml", "show", "DEMO-001"]);
    assert!(shown.contains("Time-weighted return"), "{shown}");
    assert!(shown.lines().count() <= 36, "a page is one page\n{shown}");
    sides_of_a_portfolio(&house);
    factors_and_volumes(&house);
    parts_of_a_portfolio(&house);
    // The demo's store cannot be opened as a store of real portfolios.
    let shipped = include_str!("../../../../financr.toml").replace("financr-data", "demo");
    std::fs::write(house.path().join("real.toml"), shipped).expect("written");
    let ended = house.run(&["--config", "real.toml", "status"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("demo"), "{}", ended.stderr);
    // A second demo finds the first one's work.
    let said = house.done(&["demo", "--portfolios", "8", "--folder", "demo"]);
    assert!(said.contains("has done this before"), "{said}");
}

/// Performance, risk and measures of a portfolio of the demo, for people and for machines.
fn sides_of_a_portfolio(house: &House) {
    let asked = |words: &[&str]| house.done(&[&["--config", "demo/financr.toml", "show"][..], words].concat());
    let performance = asked(&["performance", "DEMO-001", "--definitions"]);
    for words in ["time-weighted", "What 1 ", "Months and years", "Definitions", "(twr): Daily returns linked"] {
        assert!(performance.contains(words), "{words}\n{performance}");
    }
    let risk = asked(&["risk", "DEMO-001"]);
    for words in [
        "may lose in one day, revalued in past days",
        "VaR 97.5 %",
        "Cornish-Fisher",
        "filtered historical",
        "Method in force, the first that is red by neither: 95 % ",
        "Volatility",
        "deepest fall",
        "SRRI",
        "Concentration on",
        "< VaR 95 %",
    ] {
        assert!(risk.contains(words), "{words}\n{risk}");
    }
    let concentrated: Vec<serde_json::Value> =
        serde_json::from_str(&asked(&["risk", "DEMO-001", "--format", "json"])).expect("an array");
    let largest = |figure: &str| {
        let row = concentrated.iter().find(|row| row["measure"] == figure).expect("a row");
        row["value"].as_f64().expect("a number")
    };
    let one = largest("largest_1_position");
    assert!(one * one <= largest("herfindahl_position") && largest("herfindahl_position") <= one, "{concentrated:?}");
    let stress = asked(&["stress", "DEMO-001"]);
    for words in [
        "Shares fall by 20 %",
        "The synthetic market falls by 20 %",
        "Interest rates rise by one percentage point",
        "all prices",
        "prices of equity",
        "standard deviations",
    ] {
        assert!(stress.contains(words), "{words}\n{stress}");
    }
    let explained = asked(&["explain", "DEMO-001"]);
    assert!(explained.contains("what changed the value") && explained.contains("together"), "{explained}");
    let measures = asked(&["measures", "DEMO-001"]);
    assert!(measures.contains("Tail of the losses") && measures.contains("Maximum drawdown"), "{measures}");
    assert!(![performance, risk, measures].concat().contains("-0.00 %"), "a zero has no sign");
    // What positions add is the expected shortfall that they add to.
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(&asked(&["risk", "DEMO-001", "--format", "json"])).expect("an array");
    let shortfall = rows.iter().find(|row| row["measure"] == "historical_simulation.975.expected_shortfall");
    let shortfall = shortfall.and_then(|row| row["value"].as_f64()).expect("a number");
    let of_positions = rows.iter().filter(|row| row["kind"] == "risk_contribution");
    let parts: f64 = of_positions.filter_map(|row| row["value"].as_f64()).sum();
    assert!(0.0 < shortfall && (parts - shortfall).abs() <= 1e-9 * shortfall, "{parts} is not {shortfall}");
    assert!(rows.iter().any(|row| row["measure"] == "historical.99.hypothetical.zone"), "{rows:?}");
    // The same figure in the tables of the night and for a machine; months multiply to their year.
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(&asked(&["performance", "DEMO-001", "--format", "json"])).expect("an array");
    let of = |period: &str| {
        let row = rows.iter().find(|row| row["period"] == period && row["measure"] == "twr").expect("a row");
        assert_eq!(row["unit"], "fraction");
        row["value"].as_f64().expect("a number")
    };
    let year: f64 = (1..=12).map(|month| 1.0 + of(&format!("2023-{month:02}"))).product();
    assert!((year - 1.0 - of("2023")).abs() < 1e-12 && (of("2023") - of("YTD")).abs() < 1e-12, "{year}");
    let month = asked(&["measures", "DEMO-001", "--period", "MTD", "--format", "csv"]);
    assert!(month.lines().skip(1).all(|line| line.contains(",MTD,")) && month.contains(",twr,"), "{month}");
}

/// What moves a portfolio of the demo, and how long it takes to sell it: its factors and volumes are made up.
fn factors_and_volumes(house: &House) {
    let asked = |topic: &str| house.done(&["--config", "demo/financr.toml", "show", topic, "DEMO-001"]);
    let factors = asked("factors");
    for words in ["explained by `synthetic`", "mkt_rf", "specific", "alpha a year"] {
        assert!(factors.contains(words), "{words}\n{factors}");
    }
    let risk = asked("risk");
    assert!(risk.contains("The same by factor of `synthetic`"), "{risk}");
    let liquidity = asked("liquidity");
    assert!(liquidity.contains("DEMO~"), "{liquidity}");
}

/// The return and the risk of a portfolio of the demo in parts that add up to what the night keeps.
fn parts_of_a_portfolio(house: &House) {
    let asked = |words: &[&str]| house.done(&[&["--config", "demo/financr.toml"][..], words].concat());
    let rows = |words: &[&str]| -> Vec<serde_json::Value> {
        serde_json::from_str(&asked(&[words, &["--format", "json"][..]].concat())).expect("an array")
    };
    let close = |left: f64, right: f64| assert!((left - right).abs() <= 1e-9 * (1.0 + right.abs()), "{left} {right}");
    let performance = asked(&["show", "performance", "DEMO-001"]);
    for words in ["return on average capital", "large flows", "Split when asked for: SI"] {
        assert!(performance.contains(words), "{words}\n{performance}");
    }
    let life = rows(&["show", "performance", "DEMO-001", "--period", "SI"]);
    let of = |measure: &str| {
        let row = life.iter().find(|row| row["period"] == "SI" && row["measure"] == measure).expect("a row");
        row["value"].as_f64().unwrap_or_else(|| panic!("{row}"))
    };
    close(of("local_return") + of("currency_return") + of("cross_return"), of("twr"));
    assert!(of("return_on_average_capital").is_finite() && of("modified_dietz_large_flows").is_finite());
    let risk = asked(&["show", "risk", "DEMO-001"]);
    assert!(risk.contains("What positions add to the expected shortfall of 97.5 %"), "{risk}");
    // A statement that begins with a comment would be taken for an option.
    let question = include_str!("command_line/largest_contribution.sql").lines().skip(1).collect::<Vec<_>>().join(" ");
    let kept = &rows(&["sql", &question])[0];
    let most = kept["instrument_id"].as_str().expect("an id");
    let without = rows(&["show", "risk", "DEMO-001", "--without", most]);
    assert_eq!(without.len(), 3, "{without:?}");
    let of = |column: &str| without[1][column].as_f64().unwrap_or_else(|| panic!("{column}: {without:?}"));
    close(of("expected_shortfall"), kept["expected_shortfall"].as_f64().expect("a number"));
    close(of("expected_shortfall") - of("expected_shortfall_without"), of("incremental_expected_shortfall"));
    let ended = house.run(&["--config", "demo/financr.toml", "show", "risk", "DEMO-001", "--without", "NOTHING"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("`NOTHING` is no position; held are "), "{}", ended.stderr);
}

#[test]
fn rows_come_as_json_too() {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    let runs = house.done(&["status", "--format", "json"]);
    let runs: serde_json::Value = serde_json::from_str(&runs).expect("JSON");
    assert_eq!(runs[0]["run"], "nightly-2024-01-31-1");
    let portfolios = house.done(&["show", "--format", "json"]);
    let portfolios: serde_json::Value = serde_json::from_str(&portfolios).expect("JSON");
    assert_eq!(portfolios[1]["portfolio"], "MIXED");
    let ended = house.run(&["sql", "DELETE FROM gold.measures"]);
    assert_eq!(ended.code, Some(1), "the lake is read only from here");
}
