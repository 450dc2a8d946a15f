//! The tables of the lake: each has a maker and a reader, and each rollup is a table.
//!
//! Who writes and who reads is told from who names a table: by its record, by its module in `schemas::tables`, by its
//! name in SQL, or by a rollup file that bears its name.

use schemas::tables::TABLES;

use super::sql::sql_code;
use super::tree::{File, HOUSE};
use super::{has_word, settle};

const ROLLUP_FOLDERS: &[&str] = &["pipelines/rollups/", "pipelines/src/rollups/"];
const WRITER_FOLDERS: &[&str] = &["pipelines/rollups/", "pipelines/src/", "jobs/src/"];

/// A file here reads.
const READ_SHELF: &str = "crates/lake/src/read";

/// A file here reads or writes: a table needs one more than its maker.
const READER_FOLDERS: &[&str] =
    &["pipelines/checks/", "pipelines/rollups/", "pipelines/src/", "jobs/src/", "reports/src/", "api/src/"];

/// The names by which a table is called.
struct Names {
    /// Layer and name, e.g. `gold.cash_flows`.
    full: String,
    /// The name, e.g. `cash_flows`.
    short: String,
    /// The record, e.g. `CashFlow`.
    record: String,
}

/// The record that a definition declares for a table.
fn record_of(definition: &str, full: &str) -> Option<String> {
    let (before, _) = definition.split_once(&format!(" = \"{full}\""))?;
    before.split_whitespace().next_back().map(str::to_owned)
}

fn is_in(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

fn is_named(names: &Names, file: &File) -> bool {
    let module = format!("tables::{}", names.short);
    if let Some(rust) = &file.rust {
        let in_code = [&names.record, &module].iter().any(|word| has_word(&rust.library, word));
        return in_code || rust.literals.iter().any(|literal| has_word(&literal.text, &names.full));
    }
    let is_maker = is_in(&file.path, ROLLUP_FOLDERS) && file.stem() == names.short;
    file.is_sql() && (is_maker || has_word(&sql_code(&file.text), &names.full))
}

/// What is missing of a table, given the files that name it.
fn gaps(full: &str, naming: &[&str]) -> Vec<String> {
    let writers = naming.iter().filter(|path| is_in(path, WRITER_FOLDERS)).count();
    let on_read_shelf = naming.iter().any(|path| path.starts_with(READ_SHELF));
    let in_readers = naming.iter().filter(|path| is_in(path, READER_FOLDERS)).count();
    let mut findings = Vec::new();
    if writers == 0 {
        findings.push(format!("{full}: nobody writes it; make it in pipelines or jobs, or take it out of the list"));
    }
    if !on_read_shelf && in_readers < 2 {
        findings.push(format!("{full}: nobody reads it but its maker; use it, or take it out of the list"));
    }
    findings
}

fn rollups_without_table<'a>(paths: impl Iterator<Item = &'a str>, tables: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    for path in paths {
        let Some(name) = ROLLUP_FOLDERS.iter().find_map(|folder| path.strip_prefix(folder)) else { continue };
        let stem = name.split(['.', '/']).next().unwrap_or_default();
        let is_rollup = name.ends_with(".sql") || name.ends_with(".rs");
        if is_rollup && stem != "mod" && !tables.contains(&format!("gold.{stem}")) {
            findings.push(format!("{path}: no table is called gold.{stem}; see schemas/src/tables.rs"));
        }
    }
    findings
}

#[test]
fn every_table_is_written_and_read() {
    let mut findings = Vec::new();
    for table in TABLES {
        let path = format!("schemas/src/tables/{}.rs", table.short_name());
        let definition = HOUSE.file(&path).map(|file| file.text.as_str()).unwrap_or_default();
        let Some(record) = record_of(definition, table.name) else {
            findings.push(format!("{path}: declares no record for {}", table.name));
            continue;
        };
        let names = Names { full: table.name.to_owned(), short: table.short_name().to_owned(), record };
        let naming = HOUSE.files.iter().filter(|file| !file.is_test() && is_named(&names, file));
        findings.extend(gaps(table.name, &naming.map(|file| file.path.as_str()).collect::<Vec<&str>>()));
    }
    settle("a table has a maker and a reader", &findings);
}

#[test]
fn every_rollup_is_a_table() {
    let tables: Vec<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
    let findings = rollups_without_table(HOUSE.paths.iter().map(String::as_str), &tables);
    settle("a rollup bears the name of the gold table that it makes", &findings);
}

#[test]
fn tables_without_maker_or_reader_are_caught() {
    let made_and_read = ["pipelines/rollups/risk.sql", "crates/lake/src/read/risk.rs"];
    assert!(gaps("gold.risk", &made_and_read).is_empty());
    assert!(gaps("gold.risk", &["pipelines/src/risk.rs", "api/src/routes/risk.rs"]).is_empty());
    assert_eq!(gaps("gold.risk", &["pipelines/src/risk.rs"]).len(), 1);
    assert_eq!(gaps("gold.risk", &["crates/lake/src/read/risk.rs"]).len(), 1);
    assert_eq!(gaps("gold.risk", &[]).len(), 2);
}

#[test]
fn names_of_tables_are_found() {
    let definition =
        "crate::table! {\n    /// One row.\n    CashFlow = \"gold.cash_flows\", key [\"a\"], dated None,\n";
    assert_eq!(record_of(definition, "gold.cash_flows").as_deref(), Some("CashFlow"));
    assert_eq!(record_of(definition, "gold.cash"), None);
    let names = Names { full: "gold.risk".into(), short: "risk".into(), record: "RiskFigure".into() };
    let file = |path: &str, text: &str| {
        let rust = path.ends_with(".rs").then(|| super::rust_text::RustText::split(text));
        File { path: path.to_owned(), text: text.to_owned(), rust }
    };
    assert!(is_named(&names, &file("a.rs", "let rows: Vec<RiskFigure> = read();")));
    assert!(is_named(&names, &file("a.rs", "let table = \"gold.risk\";")));
    assert!(is_named(&names, &file("a.sql", "SELECT a FROM gold.risk")));
    assert!(is_named(&names, &file("pipelines/rollups/risk.sql", "SELECT a FROM b")));
    assert!(!is_named(&names, &file("a.rs", "// RiskFigure\nlet table = \"gold.risks\";")));
    assert!(!is_named(&names, &file("a.sql", "SELECT a FROM b -- gold.risk")));
}

#[test]
fn rollups_without_a_table_are_caught() {
    let tables = ["gold.risk".to_owned()];
    let paths = ["pipelines/rollups/risk.sql", "pipelines/src/rollups/helping.rs", "pipelines/src/rollups.rs"];
    assert_eq!(rollups_without_table(paths.into_iter(), &tables).len(), 1);
}
