//! A tree of book folders: two clients of which one uses the market beside it, and one who names a market that is
//! nowhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pipelines::Error;
use pipelines::sources::book_folder::{Found, Listed, read_folder};
use schemas::{Currency, Language};

fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/sources/book_folder/whole_folder/input")
}

fn read(folder: &Path) -> Result<Found, Error> {
    read_folder(folder, &|_| Listed::new(), &|_| false)
}

#[test]
fn books_and_markets_are_found_wherever_they_lie() {
    let found = read(&tree()).expect("readable");
    let markets: Vec<(&str, bool, usize)> = found
        .markets
        .iter()
        .map(|market| (market.market_id.as_str(), market.has_fx, market.instruments.len()))
        .collect();
    assert_eq!(markets, [("world", true, 2)]);
    let [anna, bert] = &found.books[..] else { panic!("two books: {:?}", found.books) };
    let placed = |book: &pipelines::sources::book_folder::BookFolder| {
        [
            book.portfolio.portfolio_id.to_string(),
            book.portfolio.market_id.to_string(),
            book.portfolio.fx_source.to_string(),
        ]
    };
    assert_eq!(placed(anna), ["anna", "world", "world"], "a market with rates is the source of them");
    assert_eq!(placed(bert), ["bert", "bert", "ecb_reference_rates"], "one without takes those of the ECB");
    assert_eq!((anna.portfolio.title.as_str(), bert.portfolio.title.as_str()), ("Anna", "bert"));
    assert_eq!(bert.portfolio.base_currency, Currency::USD);
    assert_eq!(anna.portfolio.client_email.as_deref(), Some("anna@example.org"));
    assert_eq!(bert.portfolio.language, Language::English, "who names no language reads English");
    assert_eq!(anna.ignored_keys, ["advisor"]);
    assert_eq!(anna.transactions[1].origin, "anna/transactions.csv:3");
}

#[test]
fn every_file_is_delivered_under_the_market_it_speaks_of() {
    let found = read(&tree()).expect("readable");
    let delivered = |deliveries: &[pipelines::landing::Delivered]| -> BTreeSet<String> {
        deliveries.iter().map(|file| format!("{}/{}", file.market_id, file.file_name)).collect()
    };
    let expected = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let world = ["world/fx.csv", "world/instruments.csv", "world/market.json", "world/prices.csv"];
    assert_eq!(delivered(&found.markets[0].deliveries), expected(&world));
    assert_eq!(delivered(&found.books[0].deliveries), expected(&["anna/portfolio.json", "anna/transactions.csv"]));
    let bert = ["bert/instruments.csv", "bert/portfolio.json", "bert/prices.csv", "bert/transactions.csv"];
    assert_eq!(delivered(&found.books[1].deliveries), expected(&bert));
}

fn group(text: &str) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("group.json"), text).expect("written");
    let found = read(folder.path()).expect("readable");
    match found.failures.first() {
        Some((_, reason)) => Err(reason.clone()),
        None => Ok(found.groups.iter().flat_map(|group| &group.members).map(ToString::to_string).collect()),
    }
}

#[test]
fn a_group_names_its_members_and_says_what_is_wrong_with_it() {
    let written = |kind: &str, members: &str| {
        format!(r#"{{"id": "miller", "kind": "{kind}", "base_currency": "EUR", "members": [{members}]}}"#)
    };
    let anna = r#"{"portfolio": "anna", "from": "2024-01-01", "to": "2024-06-30"}"#;
    let again = r#"{"portfolio": "anna", "from": "2024-07-01"}"#;
    assert_eq!(group(&written("household", &format!("{anna}, {again}"))), Ok(vec!["anna".to_owned(); 2]));
    assert_eq!(group(&written("composite", "")), Ok(Vec::new()), "a group that is no more");
    let reason = |kind: &str, members: &str| group(&written(kind, members)).expect_err("refused");
    assert!(reason("family", anna).contains("`kind` is one of household, composite, not `family`"));
    let twice = reason("household", &format!("{anna}, {}", again.replace("07-01", "06-30")));
    assert!(twice.contains("`anna` is a member twice on 2024-06-30"), "{twice}");
    let ends_early = r#"{"portfolio": "anna", "from": "2024-02-01", "to": "2024-01-01"}"#;
    let backwards = reason("household", ends_early);
    assert!(backwards.contains("`anna` is a member from 2024-02-01 to 2024-01-01"), "{backwards}");
    let unknown = reason("household", &anna.replace("portfolio", "book"));
    assert!(unknown.contains("unknown field `book`"), "{unknown}");
}

#[test]
fn a_book_that_cannot_be_taken_stops_no_other() {
    let found = read(&tree()).expect("readable");
    let [(folder, reason)] = &found.failures[..] else { panic!("one failure: {:?}", found.failures) };
    assert!(folder.ends_with("clients/carl"), "{}", folder.display());
    assert!(reason.contains("market `nowhere` is not known"), "{reason}");
}

#[test]
fn a_market_that_was_taken_in_earlier_can_be_named() {
    let listed = |market: &schemas::MarketId| -> Listed {
        let only = || ("nowhere~AAA".parse::<schemas::InstrumentId>().expect("an id"), Currency::EUR);
        (market.as_str() == "nowhere").then(only).into_iter().collect()
    };
    let found = read_folder(&tree().join("clients/carl"), &listed, &|_| true).expect("readable");
    let fx_sources: Vec<&str> = found.books.iter().map(|book| book.portfolio.fx_source.as_str()).collect();
    assert_eq!(fx_sources, ["nowhere"]);
}

#[test]
fn a_folder_without_books_and_two_books_of_one_id_are_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = read(folder.path()).expect_err("nothing is there");
    assert!(error.to_string().contains("no portfolio.json and no market.json"), "{error}");
    for twin in ["one", "two"] {
        let book = folder.path().join(twin);
        std::fs::create_dir(&book).expect("made");
        write_book(&book, "");
    }
    let error = read(folder.path()).expect_err("twins");
    assert!(error.to_string().contains("two book folders have the id `P1`"), "{error}");
}

#[test]
fn where_assets_are_kept_lands_beside_the_market_of_the_book() {
    let folder = tempfile::tempdir().expect("a folder");
    let (book, market) = (folder.path().join("book"), folder.path().join("market"));
    for place in [&book, &market] {
        std::fs::create_dir(place).expect("made");
    }
    write_book(&book, r#", "market": "world""#);
    for (name, text) in [
        ("market.json", r#"{"id": "world"}"#),
        ("instruments.csv", "symbol,currency\nAAA,EUR\n"),
        ("prices.csv", "date,symbol,close,currency\n"),
    ] {
        std::fs::write(market.join(name), text).expect("written");
    }
    let rows = "date,symbol,protected\n2014-01-02,AAA,yes\n2014-01-02,BBB,yes\n";
    for place in [&book, &market] {
        std::fs::write(place.join("custody.csv"), rows).expect("written");
    }
    let found = read(folder.path()).expect("readable");
    let [read_book] = &found.books[..] else { panic!("one book: {:?}", found.failures) };
    let delivered: Vec<String> =
        read_book.deliveries.iter().map(|file| format!("{}/{}", file.market_id, file.file_name)).collect();
    assert!(delivered.contains(&"world/custody/P1.csv".to_owned()), "{delivered:?}");
    let [reject] = &read_book.rejects[..] else { panic!("one reject: {:?}", read_book.rejects) };
    assert_eq!((reject.file.as_str(), reject.line, reject.column.as_str()), ("P1/custody.csv", 3, "symbol"));
    // A market keeps nobody's assets: the file is not taken for one of a book, and not passed over in silence.
    let [reject] = &found.markets[0].rejects[..] else { panic!("one reject: {:?}", found.markets[0].rejects) };
    assert!(reject.reason.contains("put it into the folder of the book"), "{}", reject.reason);
}

/// An empty book whose description says something more.
fn write_book(folder: &Path, more: &str) {
    let description = format!(r#"{{"id": "P1", "base_currency": "EUR", "start": "2014-01-02"{more}}}"#);
    for (name, text) in [
        ("portfolio.json", description.as_str()),
        ("instruments.csv", "symbol,currency\n"),
        ("prices.csv", "date,symbol,close,currency\n"),
        ("transactions.csv", "tx_id,date,type,currency,net_cash\n"),
    ] {
        std::fs::write(folder.join(name), text).expect("written");
    }
}

#[test]
fn what_a_portfolio_is_compared_with_is_kept_in_one_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let described = |more: &str| {
        write_book(folder.path(), more);
        let found = read(folder.path()).expect("readable");
        let [book] = &found.books[..] else { panic!("one book: {:?}", found.failures) };
        let portfolio = &book.portfolio;
        let source = portfolio.risk_free_source.as_ref().map(ToString::to_string);
        (portfolio.benchmark_symbol.clone(), portfolio.benchmark_blend.clone(), portfolio.risk_free_annual, source)
    };
    assert_eq!(described(""), (None, None, None, None));
    let plain = described(r#", "benchmark": "SPY", "risk_free_annual": 0.02"#);
    assert_eq!(plain, (Some("SPY".to_owned()), None, Some(0.02), None));
    let components = r#"[{"symbol": "SPY", "weight": 0.6}, {"symbol": "AGG", "weight": 0.4}]"#;
    let blended = described(&format!(
        r#", "benchmark": {{"components": {components}, "rebalance": "yearly"}}, "risk_free": "series""#
    ));
    let text = "SPY 0.6, AGG 0.4; yearly".to_owned();
    assert_eq!(blended, (None, Some(text), None, Some("P1".to_owned())), "a market of its own has the rates");
}

#[test]
fn the_language_of_a_client_is_one_that_documents_have() {
    let folder = tempfile::tempdir().expect("a folder");
    write_book(folder.path(), r#", "language": "fr""#);
    let found = read(folder.path()).expect("readable");
    let [book] = &found.books[..] else { panic!("one book: {:?}", found.failures) };
    assert_eq!((book.portfolio.language, book.ignored_keys.len()), (Language::French, 0));

    write_book(folder.path(), r#", "language": "pt""#);
    let found = read(folder.path()).expect("readable");
    let [(_, reason)] = &found.failures[..] else { panic!("one failure: {:?}", found.books) };
    assert!(reason.ends_with("`language`: unknown language `pt`; known: en, fr, de, es, it"), "{reason}");
}

#[test]
fn a_client_chooses_confirmations_and_their_executions_are_held_against_the_bookings() {
    let folder = tempfile::tempdir().expect("a folder");
    let chosen = |more: &str| {
        write_book(folder.path(), more);
        let found = read(folder.path()).expect("readable");
        let [book] = &found.books[..] else { panic!("one book: {:?}", found.failures) };
        (book.portfolio.confirmations, book.ignored_keys.len(), book.rejects.clone())
    };
    assert_eq!(chosen(r#", "confirmations": true"#), (true, 0, Vec::new()));
    for nothing in ["", r#", "confirmations": null"#, r#", "confirmations": false"#] {
        assert_eq!(chosen(nothing), (false, 0, Vec::new()), "{nothing}");
    }
    std::fs::write(folder.path().join("executions.csv"), "tx_id,venue_mic\nnone,XPAR\n").expect("written");
    let (_, _, rejects) = chosen("");
    let [reject] = &rejects[..] else { panic!("one reject: {rejects:?}") };
    assert_eq!((reject.file.as_str(), reject.line, reject.column.as_str()), ("P1/executions.csv", 2, "tx_id"));
}

#[test]
fn a_comparison_that_is_none_is_refused_with_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    for (more, told) in [
        (r#", "benchmark": {"components": [{"symbol": "SPY", "weight": 0.9}]}"#, "sum to 0.9, not to 1"),
        (r#", "risk_free": "series", "risk_free_annual": 0.02"#, "keep one"),
        (r#", "risk_free": 0.02"#, "`risk_free` is \"series\""),
    ] {
        write_book(folder.path(), more);
        let found = read(folder.path()).expect("readable");
        let [(_, reason)] = &found.failures[..] else { panic!("one failure: {:?}", found.books) };
        assert!(reason.contains(told), "{more}: {reason}");
    }
}
