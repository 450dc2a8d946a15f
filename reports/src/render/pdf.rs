//! A document for people: A4 pages with one typeface, one accent colour and nothing that is not information.
//!
//! Pages are laid out first as plain marks (text, line, area), because "page x of y" and the characters that the fonts
//! must hold are only known at the end. Then the marks are written. The file is a function of the document: the ids,
//! dates and font names in it come from the document's own fingerprint and date.

mod chart;
mod figures;
mod font;
mod footnotes;
mod layout;
mod page;
mod table;
mod write;

pub(super) use footnotes::superscript;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::document::Document;
use crate::error::Error;

pub(super) fn render(document: &Document) -> Result<Bytes, Error> {
    let fingerprint = Sha256::digest(super::json::render(document)?);
    let faces = font::faces()?;
    let pages = page::lay_out(document, faces);
    write::write(document, &pages, faces, &fingerprint)
}
