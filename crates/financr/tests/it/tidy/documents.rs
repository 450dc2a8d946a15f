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
];

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
fn dead_references_are_caught() {
    let paths = ["docs/adr/0001-a.md".to_owned()];
    let text = format!("see {DECISION}0001 and {DECISION}0999\nall of {DECISION}\n");
    let findings = dead_references("a.md", &text, &paths);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with("a.md:1:"), "{findings:?}");
}
