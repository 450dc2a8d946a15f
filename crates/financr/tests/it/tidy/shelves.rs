//! Shelves: folders in which one file is one thing, each with a list of what stands on it.
//!
//! A file that is not in the list is compiled into nothing and nobody misses it. So every file must be declared and
//! used in the list's file, and every query must be taken in by the room it lies in.

use std::collections::BTreeSet;

use super::rust_text::RustText;
use super::tree::HOUSE;
use super::{has_word, settle};

/// What the file of the list does with the things on the shelf.
#[derive(Clone, Copy, PartialEq)]
enum List {
    /// It declares them and puts each into a list.
    Named,
    /// It only declares them: others use them one by one.
    Declared,
}

const SHELVES: &[(&str, List)] = &[
    ("schemas/src/tables", List::Named),
    ("crates/analytics/src/measures", List::Named),
    ("crates/analytics/src/risk", List::Named),
    ("crates/analytics/src/risk_classes", List::Named),
    ("crates/analytics/src/backtests", List::Named),
    ("crates/analytics/src/attribution", List::Named),
    ("crates/analytics/src/linking", List::Named),
    ("crates/analytics/src/covariance", List::Named),
    ("crates/analytics/src/optimization", List::Named),
    ("crates/ledger/src/lots", List::Named),
    ("crates/ledger/src/corporate_actions", List::Named),
    ("crates/lake/src/functions", List::Named),
    ("crates/lake/src/read", List::Declared),
    ("pipelines/src/sources", List::Named),
    ("pipelines/src/imports", List::Named),
    ("pipelines/src/checks", List::Named),
    ("pipelines/src/rollups", List::Named),
    ("reports/src/statements", List::Named),
    ("reports/src/overviews", List::Named),
    ("reports/src/regulatory", List::Named),
    ("reports/src/delivery", List::Declared),
    ("jobs/src/catalog", List::Named),
    ("api/src/routes", List::Named),
    ("crates/financr/src/commands", List::Named),
];

/// Rooms that keep SQL files, which their Rust code takes in.
const ROOMS_WITH_SQL: &[&str] = &["pipelines/", "crates/lake/", "crates/store/"];

/// The relational schema of the two engines.
const SQLITE_MIGRATIONS: &str = "migrations/sqlite/";
const POSTGRES_MIGRATIONS: &str = "migrations/postgres/";

/// The names of the Rust modules that lie in a folder.
fn modules_in<'a>(folder: &str, paths: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let inside =
        paths.filter(|path| path.ends_with(".rs")).filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
    let names = inside.filter_map(|rest| rest.split(['/', '.']).next());
    names.filter(|name| !["mod", "tests"].contains(name)).collect()
}

fn missing_in_list(list_path: &str, code: &str, kind: List, modules: &BTreeSet<&str>) -> Vec<String> {
    let mut findings = Vec::new();
    for module in modules {
        if !has_word(code, &format!("mod {module};")) {
            findings.push(format!("{list_path}: does not declare `mod {module};`: the file is compiled into nothing"));
        } else if kind == List::Named && !has_word(code, &format!("{module}::")) {
            findings.push(format!("{list_path}: declares `{module}` but does not put it into the list"));
        }
    }
    findings
}

/// Whether a text in Rust code names an SQL file: by its path, or by what a macro makes its path from.
fn takes_in(rust: &RustText, folder: &str, name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let endings = [name.to_owned(), format!("{folder}/{stem}")];
    rust.literals.iter().any(|literal| {
        let text = literal.text.as_str();
        text == stem || endings.iter().any(|ending| text == ending || text.ends_with(&format!("/{ending}")))
    })
}

/// What only one of two folders has.
fn unmatched<'a>(left: &str, right: &str, paths: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let names = |folder: &str| -> BTreeSet<String> {
        paths.clone().filter_map(|path| path.strip_prefix(folder)).map(str::to_owned).collect()
    };
    let alone = |here: &str, there: &str| -> Vec<String> {
        let (mine, others) = (names(here), names(there));
        mine.difference(&others).map(|name| format!("{here}{name}: {there} has no file of this name")).collect()
    };
    [alone(left, right), alone(right, left)].concat()
}

#[test]
fn every_file_on_a_shelf_is_in_its_list() {
    let mut findings = Vec::new();
    for (folder, kind) in SHELVES {
        let modules = modules_in(folder, HOUSE.paths.iter().map(String::as_str));
        let list = [format!("{folder}.rs"), format!("{folder}/mod.rs")].into_iter().find_map(|path| HOUSE.file(&path));
        match list.and_then(|file| file.rust.as_ref().map(|rust| (file, rust))) {
            Some((file, rust)) => findings.extend(missing_in_list(&file.path, &rust.library, *kind, &modules)),
            None if modules.is_empty() => {}
            None => findings.push(format!("{folder}: has files and no list; write {folder}.rs")),
        }
    }
    settle("a file on a shelf is in the shelf's list", &findings);
}

#[test]
fn files_that_no_list_names_are_caught() {
    let paths = ["a/b/one.rs", "a/b/two.rs", "a/b/three/part.rs", "a/b/mod.rs", "a/b/tests.rs", "a/bc/four.rs"];
    let modules = modules_in("a/b", paths.into_iter());
    assert_eq!(modules.iter().copied().collect::<Vec<&str>>(), ["one", "three", "two"]);
    let code = "pub mod one;\nmod two;\npub const LIST: &[&Item] = &[&one::ITEM];\n";
    assert_eq!(missing_in_list("a/b.rs", code, List::Named, &modules).len(), 2);
    assert_eq!(missing_in_list("a/b.rs", code, List::Declared, &modules).len(), 1);
}

#[test]
fn every_query_is_used() {
    let mut findings = Vec::new();
    for file in HOUSE.sql().filter(|file| !file.is_test()) {
        let Some(room) = ROOMS_WITH_SQL.iter().find(|room| file.path.starts_with(*room)) else { continue };
        let mut parts = file.path.rsplit('/');
        let name = parts.next().unwrap_or_default();
        let folder = parts.next().unwrap_or_default();
        let mut sources = HOUSE.rust().filter(|(source, _)| source.path.starts_with(room));
        if !sources.any(|(_, rust)| takes_in(rust, folder, name)) {
            findings.push(format!("{}: no code in {room} takes it in; use it or delete it", file.path));
        }
    }
    settle("a query that nobody uses is deleted", &findings);
}

#[test]
fn sql_lies_where_it_is_looked_for() {
    let folders = [
        "migrations/",
        "pipelines/rollups/",
        "pipelines/checks/",
        "crates/lake/src/read/",
        "crates/store/src/queries/",
    ];
    let also = ["pipelines/src/rollups/", "pipelines/src/checks/"];
    let lies_well = |path: &str| folders.iter().chain(&also).any(|folder| path.starts_with(folder));
    let astray = HOUSE.sql().filter(|file| !file.is_test() && !lies_well(&file.path));
    let findings: Vec<String> =
        astray.map(|file| format!("{}: SQL lies in {}", file.path, folders.join(", "))).collect();
    settle("SQL has its places", &findings);
}

#[test]
fn unused_queries_are_caught() {
    let code =
        "let a = include_str!(\"../rollups/risk.sql\"); let b = query!(\"runs/insert\"); let c = check!(\"gaps\");";
    let rust = RustText::split(code);
    assert!(takes_in(&rust, "rollups", "risk.sql") && takes_in(&rust, "runs", "insert.sql"));
    assert!(takes_in(&rust, "checks", "gaps.sql"));
    assert!(!takes_in(&rust, "rollups", "isk.sql") && !takes_in(&rust, "users", "insert.sql"));
    assert!(!takes_in(&rust, "rollups", "risk.postgres.sql"));
}

#[test]
fn both_engines_have_the_same_migrations() {
    let findings = unmatched(SQLITE_MIGRATIONS, POSTGRES_MIGRATIONS, HOUSE.paths.iter().map(String::as_str));
    settle("a change of the relational schema has one migration per engine, with one number and name", &findings);
    let paths =
        ["migrations/sqlite/0001_runs.sql", "migrations/postgres/0001_runs.sql", "migrations/sqlite/0002_a.sql"];
    assert_eq!(unmatched(SQLITE_MIGRATIONS, POSTGRES_MIGRATIONS, paths.into_iter()).len(), 1);
}
