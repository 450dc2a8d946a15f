//! The note on a reissued statement: what it replaces, why, and what differs.

use reports::document::{Content, Document, Section};
use store::Statement;

use super::{Change, refused};
use crate::error::Error;

/// Differences that are spelled out in the note on the reissued statement.
const SPELLED_OUT_MAX: usize = 40;
/// Letters that a reason may have.
const REASON_LETTERS_MAX: usize = 500;

/// The reason for a restatement, if it can be printed.
pub(super) fn checked_reason(reason: &str) -> Result<String, Error> {
    let trimmed = reason.trim();
    if trimmed.is_empty() || REASON_LETTERS_MAX < trimmed.chars().count() || trimmed.contains(char::is_control) {
        let problem =
            format!("a reason has 1 to {REASON_LETTERS_MAX} letters on one line; it is printed on the statement");
        return Err(refused(problem));
    }
    Ok(trimmed.to_owned())
}

/// What the reissued statement says about the one it replaces.
pub(super) fn note(before: &Statement, changes: &[Change], more: usize, reason: Option<&str>) -> Vec<String> {
    let published = before.published_at.format("%Y-%m-%d");
    let mut lines = vec![format!(
        "restated: version {} of this statement. It replaces version {} of {published} (statement {}, SHA-256 {}).",
        before.version + 1,
        before.version,
        before.id,
        before.document_sha256
    )];
    lines.push(match reason {
        Some(reason) => format!("Reason: {reason}"),
        None => {
            "Reason: a booking, a price or a rate of the period came or was corrected after publication.".to_owned()
        }
    });
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
    for change in changes.iter().take(SPELLED_OUT_MAX) {
        lines.push(match (&change.before, &change.after) {
            (None, Some(added)) if added.is_empty() => format!("{}: new: {}", change.section, change.label),
            (Some(gone), None) if gone.is_empty() => format!("{}: no longer: {}", change.section, change.label),
            (before, after) => {
                format!("{}: {}: {} before, {} now", change.section, change.label, text(before), text(after))
            }
        });
    }
    let left = changes.len().saturating_sub(SPELLED_OUT_MAX) + more;
    if 0 < left {
        lines.push(format!("{left} further figures differ."));
    }
    lines
}

/// A document with a note in front.
pub(super) fn with_note(mut document: Document, note: Vec<String>) -> Document {
    let section = Section { id: "restatement", title: "Restated".to_owned(), content: Content::Notes(note) };
    document.sections.insert(0, section);
    document
}

#[cfg(test)]
mod tests {
    use super::super::tests::statement;
    use super::*;

    #[test]
    fn the_note_says_what_is_replaced_and_what_differs() {
        let change = |number: usize| Change {
            section: "Key figures".to_owned(),
            label: format!("Figure {number}"),
            before: Some("1.00 EUR".to_owned()),
            after: None,
        };
        let changes: Vec<Change> = (0..45).map(change).collect();
        let lines = note(&statement(1, "2024-01-31"), &changes, 7, Some("late fee"));
        assert!(lines.first().is_some_and(|line| {
            line.starts_with("restated: version 2 of this statement. It replaces version 1 of 2024-02-01")
        }));
        assert_eq!(lines.get(1).map(String::as_str), Some("Reason: late fee"));
        assert_eq!(lines.get(2).map(String::as_str), Some("Key figures: Figure 0: 1.00 EUR before, nothing now"));
        assert_eq!(lines.last().map(String::as_str), Some("12 further figures differ."));
        assert_eq!(lines.len(), 2 + SPELLED_OUT_MAX + 1);
    }

    #[test]
    fn a_reason_is_a_line() {
        assert!(checked_reason(" late price ").is_ok_and(|reason| reason == "late price"));
        for wrong in ["", "  ", "two\nlines", &"x".repeat(501)] {
            assert!(checked_reason(wrong).is_err(), "{wrong}");
        }
    }
}
