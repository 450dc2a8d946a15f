//! The arrows between rooms, the doors of big packages, and one version of what must be one.

use serde_json::Value;

use super::metadata::{METADATA, packages, text};
use super::settle;
use super::tree::HOUSE;

/// The rooms: each with its floor and the rooms below that it may use. A new arrow is a decision: see docs/adr/0001.
const ROOMS: &[(&str, u8, &[&str])] = &[
    ("schemas", 0, &[]),
    ("analytics", 1, &["schemas"]),
    ("ledger", 1, &["schemas"]),
    ("lake", 2, &["analytics", "ledger", "schemas"]),
    ("store", 2, &["schemas"]),
    ("pipelines", 3, &["lake", "analytics", "ledger", "schemas"]),
    ("reports", 3, &["lake", "schemas"]),
    ("jobs", 4, &["pipelines", "reports", "lake", "store", "schemas"]),
    ("api", 4, &["lake", "store", "analytics", "schemas"]),
    ("financr", 5, &["jobs", "api", "lake", "store", "schemas"]),
];

/// Big packages, with those of their families, and the rooms that may depend on them: an upgrade is one room's work.
const DOORS: &[(&str, &[&str])] = &[
    ("datafusion", &["lake"]),
    ("deltalake", &["lake"]),
    ("ballista", &["lake"]),
    ("object_store", &["lake"]),
    ("parquet", &["lake"]),
    ("polars", &["pipelines"]),
    ("reqwest", &["pipelines", "reports", "api"]),
    ("sqlx", &["store"]),
    ("printpdf", &["reports"]),
    ("lettre", &["reports"]),
    ("quick-xml", &["reports", "pipelines"]),
    ("lopdf", &["reports"]),
    ("allsorts-azul", &["reports"]),
    ("axum", &["api"]),
    ("utoipa", &["api"]),
    ("argon2", &["api"]),
    ("aws-lc-rs", &["api", "reports", "store"]),
    ("jsonwebtoken", &["api"]),
    ("openidconnect", &["api"]),
    ("redis", &["api"]),
    ("totp-rs", &["api"]),
    ("webauthn_rp", &["api"]),
    ("tokio-cron-scheduler", &["jobs"]),
    ("croner", &["jobs"]),
    ("clarabel", &["analytics"]),
    ("faer", &["analytics"]),
    ("clap", &["financr"]),
    ("figment", &["financr"]),
    ("toml", &["financr", "pipelines"]),
    ("tracing-subscriber", &["financr"]),
    ("arrow", &["schemas", "lake", "pipelines"]),
];

/// What tests may use beyond the doors: a local HTTP server for the sources to read from, and what a browser opens
/// messages with.
const TEST_DOORS: &[(&str, &str)] = &[("pipelines", "axum"), ("jobs", "aws-lc-rs")];

/// Packages of which two versions cannot exchange a single column.
const ONE_VERSION: &[&str] = &["arrow", "parquet", "object_store", "datafusion"];

/// Lints that every room inherits. CI turns warnings into errors.
const LINTS: &[&str] = &[
    "unsafe_code = \"forbid\"",
    "unwrap_used = \"warn\"",
    "expect_used = \"warn\"",
    "panic = \"warn\"",
    "todo = \"warn\"",
    "dbg_macro = \"warn\"",
    "allow_attributes_without_reason = \"warn\"",
];

/// What CI must run.
const CI_STEPS: &[&str] = &["cargo fmt", "cargo clippy", "-D warnings", "./test", "cargo doc"];

fn room(name: &str) -> Option<&'static (&'static str, u8, &'static [&'static str])> {
    ROOMS.iter().find(|(room, _, _)| *room == name)
}

fn is_of_family(package: &str, family: &str) -> bool {
    package.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

/// What is wrong with one room's dependency on another.
fn wrong_arrow(from: &str, to: &str, in_tests: bool) -> Option<String> {
    let (_, floor, allowed) = room(from)?;
    let (_, target_floor, _) = room(to)?;
    let below = target_floor < floor;
    if allowed.contains(&to) || (in_tests && below) {
        return None;
    }
    let hint = if below { "a new arrow is a decision: docs/adr/0001" } else { "arrows only go down" };
    Some(format!("{from} → {to}: there is no such arrow; {hint}"))
}

/// What is wrong with a room's dependency on a package from outside.
fn wrong_door(from: &str, package: &str, in_tests: bool) -> Option<String> {
    let (family, rooms) = DOORS.iter().find(|(family, _)| is_of_family(package, family))?;
    let for_tests = in_tests && TEST_DOORS.contains(&(from, *family));
    let allowed = rooms.contains(&from) || for_tests;
    (!allowed).then(|| format!("{from} → {package}: the door of {family} is {}; go through it", rooms.join(", ")))
}

fn wrong_dependencies(ours: &[&Value]) -> Vec<String> {
    let mut findings = Vec::new();
    for package in ours {
        let from = text(package, "name");
        if room(from).is_none() {
            findings.push(format!("{from}: is no room of the house; add it to the table with its floor and arrows"));
        }
        for dependency in package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let to = text(dependency, "name");
            let in_tests = text(dependency, "kind") == "dev";
            findings.extend(wrong_arrow(from, to, in_tests));
            findings.extend(wrong_door(from, to, in_tests));
        }
    }
    findings
}

/// The versions of a package in Cargo.lock.
fn versions<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().zip(lock.lines().skip(1)).filter(|(line, _)| *line == name);
    after.filter_map(|(_, next)| next.strip_prefix("version = \"")?.strip_suffix('"')).collect()
}

fn several_versions(lock: &str) -> Vec<String> {
    let found = ONE_VERSION.iter().map(|package| (package, versions(lock, package)));
    let wrong = found.filter(|(_, versions)| versions.len() != 1);
    wrong.map(|(package, versions)| format!("{package}: {} versions, want one: {versions:?}", versions.len())).collect()
}

fn inherits_lints(manifest: &str) -> bool {
    let section = manifest.lines().skip_while(|line| line.trim() != "[lints]").nth(1);
    section.is_some_and(|line| line.replace(' ', "") == "workspace=true")
}

#[test]
fn arrows_and_doors_are_kept() {
    let metadata = METADATA.as_ref().expect("cargo knows the workspace");
    let (ours, _) = packages(metadata);
    let mut findings = wrong_dependencies(&ours);
    let is_there = |name: &str| ours.iter().any(|package| text(package, "name") == name);
    let gone = ROOMS.iter().filter(|(name, _, _)| !is_there(name));
    findings.extend(gone.map(|(name, _, _)| format!("{name}: is in the table of rooms and not in the workspace")));
    settle("arrows only go down, and each big package has one door", &findings);
}

#[test]
fn the_table_of_rooms_goes_down() {
    for (name, floor, below) in ROOMS {
        for target in *below {
            let (_, target_floor, _) = room(target).expect("an arrow ends in a room");
            assert!(target_floor < floor, "{name} → {target} does not go down");
        }
    }
    assert!(!ROOMS.iter().any(|(_, _, below)| below.contains(&"financr")), "nothing depends on the door");
}

#[test]
fn wrong_arrows_and_doors_are_caught() {
    let package = |name: &str, dependency: &str, kind: Option<&str>| {
        let dependencies = serde_json::json!([{ "name": dependency, "kind": kind }]);
        serde_json::json!({ "name": name, "source": null, "dependencies": dependencies })
    };
    let wrong = |name: &str, dependency: &str, kind: Option<&str>| {
        !wrong_dependencies(&[&package(name, dependency, kind)]).is_empty()
    };
    assert!(!wrong("lake", "schemas", None) && !wrong("lake", "datafusion", None) && !wrong("lake", "serde", None));
    assert!(wrong("schemas", "lake", None), "upwards");
    assert!(wrong("reports", "ledger", None), "down, but not on the table");
    assert!(!wrong("reports", "ledger", Some("dev")), "tests may use what is below");
    assert!(wrong("pipelines", "jobs", Some("dev")), "tests may not use what is above");
    assert!(wrong("lake", "financr", None) && wrong("api", "pipelines", None) && wrong("reports", "store", None));
    assert!(wrong("api", "datafusion-common", None) && wrong("api", "deltalake-core", Some("build")));
    assert!(wrong("jobs", "sqlx", Some("dev")) && wrong("api", "arrow-array", None));
    assert!(wrong("pipelines", "axum", None) && !wrong("pipelines", "axum", Some("dev")));
    assert!(wrong("extra", "serde", None), "a crate that is no room");
    assert!(!is_of_family("tomlike", "toml") && is_of_family("toml_edit", "toml"));
}

#[test]
fn what_must_be_one_version_is_one() {
    let lock = std::fs::read_to_string(HOUSE.root.join("Cargo.lock")).expect("Cargo.lock is there");
    settle("two versions of these cannot exchange a column; align them in Cargo.toml", &several_versions(&lock));
}

#[test]
fn two_versions_are_caught() {
    let entry = |name: &str, version: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n");
    let one: String = ONE_VERSION.iter().map(|name| entry(name, "1.0.0")).collect();
    assert!(several_versions(&one).is_empty(), "{:?}", several_versions(&one));
    let two = format!("{one}{}", entry("arrow", "2.0.0"));
    assert_eq!(several_versions(&two).len(), 1);
    assert_eq!(several_versions("").len(), ONE_VERSION.len(), "none at all is not one");
}

#[test]
fn every_room_inherits_the_lints_and_ci_denies_warnings() {
    let workspace = HOUSE.file("Cargo.toml").map(|file| file.text.as_str()).unwrap_or_default();
    let ci = HOUSE.file(".ci/run").map(|file| file.text.as_str()).unwrap_or_default();
    let lacking = |whole: &str, wanted: &[&str], name: &str| -> Vec<String> {
        wanted.iter().filter(|part| !whole.contains(**part)).map(|part| format!("{name}: lacks `{part}`")).collect()
    };
    let mut findings = lacking(workspace, LINTS, "Cargo.toml");
    findings.extend(lacking(ci, CI_STEPS, ".ci/run"));
    let is_room = |path: &str| path.ends_with("/Cargo.toml") && !path.contains("/tests/");
    let rooms = HOUSE.files.iter().filter(|file| is_room(&file.path) && !inherits_lints(&file.text));
    findings.extend(rooms.map(|file| format!("{}: lacks `[lints] workspace = true`", file.path)));
    settle("unwrap, expect, panic and unsafe are warned about in every room, and CI denies warnings", &findings);
    assert!(inherits_lints("[package]\n\n[lints]\nworkspace = true\n") && !inherits_lints("[package]\n[lints]\n"));
}
