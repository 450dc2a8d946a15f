//! What a room may know. The arrows say which crates it may use; this says what it may not do by itself.

use schemas::table::ColumnKind;
use schemas::tables::TABLES;

use super::sql::sql_code;
use super::tree::HOUSE;
use super::{at, is_word, mentions, numbered, settle};

/// Words that a room may not use.
struct Ban {
    /// The folders of the room.
    folders: &'static [&'static str],
    /// The words, in code outside tests.
    words: &'static [&'static str],
    /// Why, and what to do instead.
    advice: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        folders: &["crates/analytics/src/", "crates/ledger/src/"],
        words: &[
            "tokio",
            "async",
            "await",
            "fs",
            "std::io",
            "std::net",
            "std::time",
            "Utc",
            "Local",
            "Clock",
            "Instant",
        ],
        advice: "this room is pure: no I/O, no async, no clock; take what is needed as an argument",
    },
    Ban {
        folders: &["schemas/src/"],
        words: &["tokio", "async", "await", "fs", "std::io", "std::net"],
        advice: "schemas are words and do no I/O; a file is taken in with include_str!",
    },
    Ban {
        folders: &["api/src/"],
        words: &[
            "datafusion",
            "deltalake",
            "deltalake_core",
            "object_store",
            "parquet",
            "polars",
            "rayon",
            "SessionContext",
            "RecordBatch",
        ],
        advice: "the API does no heavy work: read through lake::read, or insert a queued run",
    },
    Ban {
        folders: &["reports/src/"],
        words: &[
            "RecordBatch",
            "WriteKey",
            "to_batch",
            "deltalake",
            "deltalake_core",
            "datafusion",
            "parquet",
            "SessionContext",
        ],
        advice: "reports read through lake::read and write documents, never tables",
    },
    Ban {
        folders: &["pipelines/src/"],
        words: &["store::", "User", "Users", "ApiKey", "Password", "password"],
        advice: "pipelines know portfolios and transactions, not users; what they need is handed to them",
    },
    Ban {
        folders: &["crates/store/src/"],
        words: &["Quote", "FxRate", "BenchmarkLevel", "quotes", "fx_rates", "benchmark_levels"],
        advice: "the store keeps people and runs; market data belongs to the lake",
    },
];

/// Tables of market data, which no relational schema or query may name.
const MARKET_TABLES: &[&str] = &["quotes", "prices", "fx_rates", "benchmark_levels"];
const RELATIONAL_FOLDERS: &[&str] = &["migrations/", "crates/store/"];

/// Parts of names that mean booked or printed money.
const MONEY_WORDS: &[&str] =
    &["amount", "cash", "cost", "fee", "fees", "gain", "price", "proceeds", "tax", "taxes", "value"];

/// Columns that have such a part and are estimates all the same: the value of a measure, returns before charges, and
/// value at risk.
const ESTIMATES: &[(&str, &str)] = &[
    ("gold.measures", "value"),
    ("gold.portfolio_group_measures", "value"),
    ("gold.daily_returns", "return_before_fees_fraction"),
    ("gold.daily_returns", "return_before_taxes_fraction"),
    ("gold.risk", "value_at_risk"),
    ("gold.risk_forecasts", "value_at_risk"),
];

/// Folders whose code holds booked money and no estimates.
const MONEY_FOLDERS: &[&str] = &["crates/ledger/src/", "crates/store/src/"];

fn banned(ban: &Ban, path: &str, library: &str) -> Vec<String> {
    let concerned = ban.folders.iter().any(|folder| path.starts_with(folder));
    if concerned { mentions(path, library, ban.words, ban.advice) } else { Vec::new() }
}

fn market_data_in_store(path: &str, text: &str) -> Vec<String> {
    let advice = "the store keeps people and runs; market data belongs to the lake";
    let concerned = RELATIONAL_FOLDERS.iter().any(|folder| path.starts_with(folder));
    if concerned { mentions(path, &sql_code(text), MARKET_TABLES, advice) } else { Vec::new() }
}

fn means_money(name: &str) -> bool {
    name.split('_').any(|part| MONEY_WORDS.contains(&part))
}

fn estimated_money<'a>(columns: impl Iterator<Item = (&'a str, &'a str, ColumnKind)>) -> Vec<String> {
    let estimates = columns.filter(|(_, _, kind)| matches!(kind, ColumnKind::Float | ColumnKind::Numbers));
    let wrong = estimates.filter(|(table, column, _)| means_money(column) && !ESTIMATES.contains(&(*table, *column)));
    wrong.map(|(table, column, _)| format!("{table}.{column} is f64: booked and printed money is a decimal")).collect()
}

/// Fields and arguments of type `f64` whose names mean money.
fn float_fields(path: &str, library: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in numbered(library) {
        for part in line.split([',', '(', ';']).filter(|part| part.contains("f64")) {
            let name = part.split_once(':').map(|(before, _)| before.trim_end()).unwrap_or_default();
            let name = name.rsplit(|character| !is_word(character)).next().unwrap_or_default();
            if means_money(name) {
                findings.push(at(path, number, format!("`{name}` is f64: booked and printed money is a decimal")));
            }
        }
    }
    findings
}

#[test]
fn rooms_do_only_what_is_theirs() {
    let mut findings = Vec::new();
    for (file, rust) in HOUSE.rust().filter(|(file, _)| !file.is_test()) {
        findings.extend(BANS.iter().flat_map(|ban| banned(ban, &file.path, &rust.library)));
    }
    findings.extend(HOUSE.sql().flat_map(|file| market_data_in_store(&file.path, &file.text)));
    settle("a room does only what is its own", &findings);
}

#[test]
fn rooms_that_are_watched_are_there() {
    let folders = BANS.iter().flat_map(|ban| ban.folders).chain(MONEY_FOLDERS);
    for folder in folders {
        assert!(HOUSE.paths.iter().any(|path| path.starts_with(folder)), "nothing is in {folder}: mend the list");
    }
}

#[test]
fn trespassers_are_caught() {
    let caught = |path: &str, line: &str| BANS.iter().flat_map(|ban| banned(ban, path, line)).count();
    assert_eq!(caught("crates/ledger/src/a.rs", "pub async fn b() {}"), 1);
    assert_eq!(caught("crates/analytics/src/a.rs", "use std::fs;"), 1);
    assert_eq!(caught("crates/analytics/src/a.rs", "use chrono::{DateTime, Utc};"), 1);
    assert_eq!(caught("schemas/src/a.rs", "tokio::spawn(b);"), 1);
    assert_eq!(caught("api/src/a.rs", "use datafusion::prelude::col;"), 1);
    assert_eq!(caught("reports/src/a.rs", "let batch = Valuation::to_batch(&rows)?;"), 1);
    assert_eq!(caught("pipelines/src/a.rs", "let user = store::users::find(id);"), 1);
    assert_eq!(caught("crates/store/src/a.rs", "fn quotes() {}"), 1);
    assert_eq!(caught("crates/lake/src/a.rs", "pub async fn b() {}"), 0);
    assert_eq!(market_data_in_store("migrations/sqlite/1.sql", "CREATE TABLE quotes (a TEXT);").len(), 1);
    assert!(market_data_in_store("migrations/sqlite/1.sql", "CREATE TABLE runs (a TEXT); -- no quotes").is_empty());
}

#[test]
fn money_in_tables_is_exact() {
    let tables = TABLES.iter().flat_map(|table| table.columns.iter().map(move |column| (table.name, column)));
    let columns = tables.map(|(table, column)| (table, column.name, column.kind));
    settle("money in the tables of the lake is exact", &estimated_money(columns));
}

#[test]
fn money_in_books_is_exact() {
    let in_books = |path: &str| MONEY_FOLDERS.iter().any(|folder| path.starts_with(folder));
    let files = HOUSE.rust().filter(|(file, _)| in_books(&file.path) && !file.is_test());
    let findings: Vec<String> = files.flat_map(|(file, rust)| float_fields(&file.path, &rust.library)).collect();
    settle("money in the books is exact", &findings);
}

#[test]
fn estimated_money_is_caught() {
    let columns = [
        ("gold.valuations", "value_base", ColumnKind::Float),
        ("gold.valuations", "price", ColumnKind::Price),
        ("gold.daily_returns", "return_fraction", ColumnKind::Float),
        ("gold.measures", "value", ColumnKind::Float),
        ("gold.risk", "value", ColumnKind::Float),
        ("gold.risk", "values", ColumnKind::Numbers),
        ("gold.risk", "scenario_value", ColumnKind::Numbers),
    ];
    assert_eq!(estimated_money(columns.into_iter()).len(), 3);
    let code = "    pub net_cash: f64,\n    weight: f64,\nfn a(price: Option<f64>, days: f64) -> f64 {\n";
    let findings = float_fields("a.rs", code);
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].contains("`net_cash`") && findings[1].contains("`price`"), "{findings:?}");
}
