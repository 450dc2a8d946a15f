//! A document for people: A4 pages with one typeface, one accent colour and nothing that is not information.
//!
//! Pages are laid out first as plain marks (text, line, area, shape), because "page x of y" and the characters that the
//! fonts must hold are only known at the end. Then the marks are written. The file is a function of the document: the
//! ids, dates and font names in it come from what it shows and from its date.

mod chart;
mod content;
mod deflate;
mod figures;
mod font;
mod footnotes;
mod layout;
mod page;
mod table;
mod write;

pub(super) use footnotes::superscript;

use bytes::Bytes;

pub use chart::graph_as_svg;
pub(crate) use font::{Faces, faces};
pub(crate) use layout::{Anchor, BODY, LEFT, Pages, Sheet};
pub(crate) use page::{Frame, draw, furnished, masthead};
pub(crate) use table::Look;
pub(crate) use write::{Description, write};

use crate::document::Document;
use crate::error::Error;

pub(super) fn render(document: &Document) -> Result<Bytes, Error> {
    let faces = font::faces()?;
    let pages = page::lay_out(document, faces);
    write::write(&description(document), &pages, faces)
}

fn description(document: &Document) -> Description {
    let metadata = &document.metadata;
    Description {
        title: document.title.clone(),
        subject: document.subtitle.clone(),
        language: metadata.language.code().to_owned(),
        date: document.period.closing_date.day(),
        program_version: metadata.program_version.clone(),
        keywords: vec![metadata.kind.clone(), document.portfolio_id.to_string()],
        origin: format!("{} {} {}", metadata.run_id, metadata.inputs_fingerprint, metadata.data_grade.letter()),
    }
}
