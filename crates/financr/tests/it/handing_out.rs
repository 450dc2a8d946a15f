//! What users take home: files of a portfolio whose layout is a promise.

use serde_json::Value;

use crate::books;
use crate::house::House;

fn exported(house: &House, arguments: &[&str]) -> (String, Value) {
    let subject = arguments[0];
    let asked = ["--portfolio", "MIXED", "--to", "2024-01-31", "--output", "out"];
    house.done(&[&["export"], arguments, &asked[..]].concat());
    let path = house.path().join(format!("out/MIXED-{subject}.csv"));
    let manifest = std::fs::read_to_string(path.with_extension("csv.manifest.json")).expect("beside it");
    (std::fs::read_to_string(&path).expect("there"), serde_json::from_str(&manifest).expect("JSON"))
}

#[test]
fn files_have_what_was_booked_and_valued_in_a_layout_that_says_its_version() {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);

    // Fifteen of the sixteen bookings are of January; the sale as the book says it.
    let (text, manifest) = exported(&house, &["transactions", "--from", "2024-01-01"]);
    assert_eq!(text.lines().count(), 16, "{text}");
    let names: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
    let sale = text.lines().find(|line| line.contains(",SELL,")).expect("the sale");
    let cells: Vec<&str> = sale.split(',').collect();
    let cell = |name: &str| cells[names.iter().position(|column| *column == name).expect("a column")];
    let number = |name: &str| cell(name).parse::<rust_decimal::Decimal>().expect("a number");
    let decimal = |text: &str| text.parse::<rust_decimal::Decimal>().expect("a number");
    assert_eq!((cell("trade_date"), cell("currency"), cell("note")), ("2024-01-18", "USD", "after the split"));
    assert_eq!((number("net_cash"), number("taxes")), (decimal("2993.25"), decimal("2.25")));
    assert_eq!((cell("counter_currency"), manifest["layout_version"].as_i64()), ("", Some(1)));
    assert_eq!((manifest["layout"].as_str(), manifest["rows"].as_i64()), (Some("transactions"), Some(15)));
    let columns: Vec<&str> =
        manifest["columns"].as_array().expect("a list").iter().filter_map(|column| column["name"].as_str()).collect();
    assert_eq!(columns, names);

    // 22 valuation days; the rows of a day are in the order of the instruments, and the sums are those of the night.
    let (text, _) = exported(&house, &["performance", "--from", "2024-01-02"]);
    assert_eq!(text.lines().count(), 23, "{text}");
    let (text, _) = exported(&house, &["valuations", "--from", "2024-01-02"]);
    let question = "SELECT count(*) AS n FROM gold.valuations WHERE portfolio_id = 'MIXED'";
    assert_eq!(house.ask(question), format!("n\n{}\n", text.lines().count() - 1));
    let days: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert!(days.is_sorted() && days.len() > 22, "{days:?}");

    // Positions begin with those that are in force: Alpha was bought on the 3rd and has not changed since.
    let (text, _) = exported(&house, &["positions", "--from", "2024-01-16"]);
    let alpha: Vec<&str> = text.lines().filter(|line| line.contains("ALPHA")).collect();
    assert_eq!(alpha.len(), 1, "{text}");
    assert!(alpha[0].contains(",2024-01-03,500"), "{text}");
}

#[test]
fn a_file_that_is_there_is_kept_and_parquet_carries_the_version_of_its_layout() {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-16"]);
    let export = |more: &[&str]| {
        let asked = ["export", "valuations", "--portfolio", "EMPTIED", "--from", "2024-01-02", "--to", "2024-01-16"];
        house.run(&[&asked[..], &["--output", "out"], more].concat())
    };
    assert_eq!(export(&[]).code, Some(0));
    let first = house.files("out");
    let again = export(&[]);
    assert_eq!(again.code, Some(2), "{}", again.stderr);
    assert!(again.stderr.contains("is there already; name another folder, or use --force"), "{}", again.stderr);
    assert_eq!(house.files("out"), first);
    assert_eq!(export(&["--force"]).code, Some(0));
    let of_rows = |name: &str| house.files("out").remove(std::path::Path::new(name)).expect("there");
    assert_eq!(of_rows("EMPTIED-valuations.csv"), first[std::path::Path::new("EMPTIED-valuations.csv")]);

    assert_eq!(export(&["--file-format", "parquet"]).code, Some(0));
    let bytes = of_rows("EMPTIED-valuations.parquet");
    // The magic number of the format, and the metadata that stands in clear at the end.
    assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
    let end = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(16_000)..]).into_owned();
    assert!(end.contains("financr.layout_version") && end.contains("valuations"));
    assert!(house.files("out").keys().all(|name| !name.to_string_lossy().contains("unfinished")));

    for (wrong, words) in [
        (&["export", "prices", "--portfolio", "MIXED"][..], "unknown subject `prices`; known: positions, transactions"),
        (&["export", "positions", "--portfolio", "NOBODY"], "NOBODY: no night has seen such a portfolio"),
    ] {
        let ended = house.run(&[wrong, &["--from", "2024-01-02", "--to", "2024-01-16", "--output", "new"]].concat());
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
    let backwards = house.run(&[
        "export",
        "positions",
        "--portfolio",
        "MIXED",
        "--from",
        "2024-01-16",
        "--to",
        "2024-01-02",
        "--output",
        "new",
    ]);
    assert_eq!(backwards.code, Some(2), "{}", backwards.stderr);
}
