//! Addresses in notes can be followed.

use lopdf::{Document as Pdf, Object};
use reports::document::Content;
use reports::statements::portfolio_statement::build;
use reports::{Document, Format};

use crate::archival::assert_archival;
use crate::inputs::two_positions;
use crate::reading::file;

/// A statement with one note more.
fn with_note(note: String) -> Document {
    let mut document = build(&two_positions()).expect("a statement");
    let notes = document.sections.iter_mut().rev().find_map(|section| match &mut section.content {
        Content::Notes(notes) => Some(notes),
        _ => None,
    });
    notes.expect("notes").push(note);
    document
}

/// Where a document leads, with the edges of each place.
fn links(document: &Document) -> Vec<(String, Vec<i64>)> {
    let bytes = file(document, Format::Pdf);
    assert_archival(&bytes);
    let pdf = Pdf::load_mem(&bytes).expect("a PDF");
    let annotations = pdf.get_pages().into_values().flat_map(|page| pdf.get_page_annotations(page).expect("links"));
    let found = annotations.map(|annotation| {
        let action = annotation.get(b"A").and_then(Object::as_dict).expect("an action");
        let target = action.get(b"URI").and_then(Object::as_str).expect("an address").to_vec();
        let edges = annotation.get(b"Rect").and_then(Object::as_array).expect("a place");
        let edges = edges.iter().map(|edge| edge.as_i64().expect("a number")).collect();
        (String::from_utf8(target).expect("ASCII"), edges)
    });
    found.collect()
}

#[test]
fn web_and_mail_addresses_in_notes_are_links() {
    assert_eq!(links(&build(&two_positions()).expect("a statement")), []);
    let filler = "Words before it that fill a line ".repeat(4);
    let note = format!("{filler}write to complaints@example.com, or see https://example.com/complaints?from=pdf.");
    let found = links(&with_note(note));
    let targets: Vec<&str> = found.iter().map(|(target, _)| target.as_str()).collect();
    assert_eq!(targets, ["mailto:complaints@example.com", "https://example.com/complaints?from=pdf"]);
    for (target, edges) in &found {
        let [left, lower, right, upper] = edges[..] else { panic!("four edges: {edges:?}") };
        assert!(47 <= left && left < right && right <= 548, "{target}: {edges:?} on the page");
        assert!((5..=12).contains(&(upper - lower)), "{target}: {edges:?} as high as its line");
    }
}

#[test]
fn an_address_that_is_broken_over_lines_leads_nowhere() {
    let long = format!("See https://example.com/{} and that is all.", "long/".repeat(60));
    assert_eq!(links(&with_note(long)), []);
}
