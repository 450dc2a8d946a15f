//! Documents: those that must be there, and references that must lead somewhere.

use super::tree::HOUSE;
use super::{at, numbered, settle};

/// What somebody who opens the project, or gets a copy of the program, must find.
const REQUIRED: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "Dockerfile",
    "LICENSE",
    "NOTICE",
    "README.md",
    "docker-compose.yml",
    "docs/ARCHITECTURE.md",
    "docs/BOOK_FOLDER.md",
    "docs/GLOSSARY.md",
    "docs/RUNBOOK.md",
    "docs/SECURITY.md",
];

/// The page that says of each claim which test shows it.
const CLAIMS: &str = "docs/SECURITY.md";

/// How decisions are referred to: this and four digits.
const DECISION: &str = "docs/adr/";
const DECISION_DIGITS: usize = 4;

/// References to decisions that are not on record.
fn dead_references(path: &str, text: &str, paths: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in numbered(text) {
        for (start, _) in line.match_indices(DECISION) {
            let reference: String = line[start..].chars().take(DECISION.len() + DECISION_DIGITS).collect();
            let numbered_reference = reference.chars().skip(DECISION.len()).all(|digit| digit.is_ascii_digit());
            let complete = reference.len() == DECISION.len() + DECISION_DIGITS;
            if complete && numbered_reference && !paths.iter().any(|path| path.starts_with(&reference)) {
                findings.push(at(path, number, format!("{reference} is not on record; write it or mend the number")));
            }
        }
    }
    findings
}

/// Tests that a page names (`module::of::the_test`) and no source has.
fn unknown_tests(path: &str, text: &str, sources: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in numbered(text) {
        for quoted in line.split('`').skip(1).step_by(2).filter(|quoted| quoted.contains("::")) {
            let name = quoted.rsplit("::").next().unwrap_or_default();
            let (function, module) = (format!("fn {name}("), format!("mod {name} {{"));
            if !sources.iter().any(|source| source.contains(&function) || source.contains(&module)) {
                findings.push(at(path, number, format!("there is no test `{quoted}`; mend the name or the claim")));
            }
        }
    }
    findings
}

fn missing(paths: &[String]) -> Vec<String> {
    let absent = REQUIRED.iter().filter(|required| !paths.iter().any(|path| path == *required));
    absent.map(|required| format!("{required}: must be there")).collect()
}

#[test]
fn what_must_be_there_is_there() {
    settle("the project has the documents that it promises", &missing(&HOUSE.paths));
    assert_eq!(missing(&["LICENSE".to_owned()]).len(), REQUIRED.len() - 1);
}

#[test]
fn references_to_decisions_lead_somewhere() {
    let files = HOUSE.files.iter().flat_map(|file| dead_references(&file.path, &file.text, &HOUSE.paths));
    settle("a decision that is referred to is on record", &files.collect::<Vec<String>>());
}

#[test]
fn claims_about_security_name_tests_that_there_are() {
    let sources: Vec<&str> = HOUSE.rust().map(|(file, _)| file.text.as_str()).collect();
    let page = HOUSE.files.iter().find(|file| file.path == CLAIMS);
    let findings = page.map(|file| unknown_tests(&file.path, &file.text, &sources)).unwrap_or_default();
    settle("a claim is shown by a test", &findings);
}

#[test]
fn claims_without_a_test_are_caught() {
    let sources = ["mod tests {", "async fn it_holds(place: &Place) {"];
    let text = "| met | `store` `rights::it_holds`, `rights::tests` |\n| met | `rights::it_does_not` |\n";
    let findings = unknown_tests("a.md", text, &sources);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with("a.md:2:"), "{findings:?}");
}

#[test]
fn dead_references_are_caught() {
    let paths = ["docs/adr/0001-a.md".to_owned()];
    let text = format!("see {DECISION}0001 and {DECISION}0999\nall of {DECISION}\n");
    let findings = dead_references("a.md", &text, &paths);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with("a.md:1:"), "{findings:?}");
}
