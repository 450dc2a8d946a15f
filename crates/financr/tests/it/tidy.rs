//! The rules of the house, checked by every `cargo test`.
//!
//! docs/ARCHITECTURE.md says which room may use which, and what is not allowed. What stands there as a sentence stands
//! here as data and as a check, so that a broken rule is a failed test that names the file, the line and what to do.
//! Each check is also tried on a text that breaks its rule: a check that can only pass proves nothing.

mod compose;
mod dependencies;
mod documents;
mod habits;
mod licences;
mod metadata;
mod rooms;
mod rust_text;
mod shape;
mod shelves;
mod sql;
mod tables;
mod tree;

use std::fmt::Display;

/// Fails with every finding, one a line, if there is one.
fn settle(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}\n{} to mend:\n  {}\n", findings.len(), findings.join("\n  "));
}

/// A finding in a line of a file.
fn at(path: &str, line: usize, problem: impl Display) -> String {
    format!("{path}:{line}: {problem}")
}

/// Whether a character can be part of a word.
fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a text holds a word, or a phrase of code such as `env::var`, that is not part of a longer word.
fn has_word(text: &str, word: &str) -> bool {
    let word_first = word.chars().next().is_some_and(is_word);
    let word_last = word.chars().next_back().is_some_and(is_word);
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        let joined_before = word_first && before.is_some_and(is_word);
        let joined_after = word_last && after.is_some_and(is_word);
        !joined_before && !joined_after
    })
}

/// The lines of a text with their numbers, from 1.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// A finding for every line that holds one of the words.
fn mentions(path: &str, layer: &str, words: &[&str], advice: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in numbered(layer) {
        for word in words.iter().filter(|word| has_word(line, word)) {
            findings.push(at(path, number, format!("`{word}`: {advice}")));
        }
    }
    findings
}

#[test]
fn a_word_is_not_a_part_of_a_longer_word() {
    assert!(has_word("let day = chrono::Utc::now();", "Utc::now"));
    assert!(!has_word("MyUtc::now()", "Utc::now"));
    assert!(!has_word("std::env::vars()", "env::var"));
    assert!(has_word("table.upsert(rows)", ".upsert("));
    assert!(has_word("use store::runs;", "store::"));
    assert!(!has_word("use object_store::path;", "store::"));
}

#[test]
fn findings_fail_a_test_and_say_where() {
    assert_eq!(mentions("a.rs", "one\nlet two = 2;", &["two"], "use one"), ["a.rs:2: `two`: use one"]);
    let failed = std::panic::catch_unwind(|| settle("a rule", &["a.rs:2: broken".to_owned()]));
    let panic = failed.expect_err("a finding fails the test");
    let message = panic.downcast_ref::<String>().map_or("", String::as_str);
    assert!(message.contains("a rule") && message.contains("a.rs:2: broken"), "{message}");
}
