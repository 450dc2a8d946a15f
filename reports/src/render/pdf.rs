//! A document for people: A4 pages with one typeface, one accent colour and nothing that is not information.
//!
//! Pages are laid out first as plain marks (text, line, area, shape), because "page x of y" and the characters that the
//! fonts must hold are only known at the end. Then the marks are written. The file is a function of the document: the
//! ids, dates and font names in it come from what it shows and from its date. It keeps the rules of archives (PDF/A-3)
//! and carries itself as data.

mod archival;
mod chart;
mod content;
mod deflate;
mod figures;
mod font;
mod footnotes;
mod layout;
mod links;
mod page;
mod table;
mod write;

pub(super) use archival::CLAIM;
pub(super) use deflate::deflated;
pub(super) use footnotes::superscript;

use bytes::Bytes;

pub use chart::graph_as_svg;
pub(crate) use font::{Faces, faces};
pub(crate) use layout::{Anchor, BODY, LEFT, Pages, Sheet};
pub(crate) use page::{Frame, draw, furnished, masthead};
pub(crate) use table::Look;
pub(crate) use write::{Description, write};

use archival::Attachment;

use crate::document::Document;
use crate::error::Error;

/// The document with itself as CSV and as JSON inside.
pub(super) fn render(document: &Document, csv: &[u8], json: &[u8]) -> Result<Bytes, Error> {
    let faces = font::faces()?;
    let pages = page::lay_out(document, faces);
    let kind = &document.metadata.kind;
    let attached = |extension: &str, media_type, content| {
        let name = format!("{kind}-{}-{}.{extension}", document.subject, document.period.closing_date);
        Attachment { name: as_file_name(&name), media_type, content }
    };
    let attachments = [attached("csv", "text/csv", csv), attached("json", "application/json", json)];
    write::write(&description(document), &pages, &attachments, faces)
}

/// A name with letters, digits, `.`, `_` and `-` only, as every system takes it.
fn as_file_name(name: &str) -> String {
    let is_safe = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    name.chars().map(|letter| if is_safe(letter) { letter } else { '_' }).collect()
}

fn description(document: &Document) -> Description {
    let metadata = &document.metadata;
    Description {
        title: document.title.clone(),
        subject: document.subtitle.clone(),
        language: metadata.language.code().to_owned(),
        date: document.period.closing_date.day(),
        program_version: metadata.program_version.clone(),
        keywords: vec![metadata.kind.clone(), document.subject.to_string()],
        origin: format!("{} {} {}", metadata.run_id, metadata.inputs_fingerprint, metadata.data_grade.letter()),
    }
}
